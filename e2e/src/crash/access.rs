//! The second half of a story: the app's tokens, their renewal, and how access ends.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use super::answer::{Told, answered, once_sent};
use super::ledger::{Fate, Holding};
use super::site::ADDRESS;
use super::story::Story;
use crate::Outcome;
use crate::graph::text;
use crate::organisation::REDIRECT;
use crate::visitor::{Page, Visitor};

/// The challenge and the verifier of RFC 7636 appendix B.
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// A refresh token that was replaced is still answered for ten seconds; one that is sent again later ends everything.
const GRACE: Duration = Duration::from_secs(9);

const TRIES: usize = 12;

impl Story {
    /// The guest signs in to the app, which renews its tokens a few times.
    pub(super) async fn use_app(&mut self, mut browser: Visitor) -> Outcome {
        for _ in 0..TRIES {
            let Some(code) = self.code_for_app(&mut browser).await? else { continue };
            if let Some(refresh_token) = self.exchange(&code).await? {
                let (session_ended, token_void) = (Fate::NotAsked, Fate::NotAsked);
                self.guest.holding = Some(Holding { browser, refresh_token, session_ended, token_void });
                for _ in 0..self.rng.usize(1..6) {
                    self.refresh().await?;
                }
                return if self.rng.u8(..8) == 0 { self.present_again(&code).await } else { Ok(()) };
            }
        }
        Err(format!("no tokens after {TRIES} tries").into())
    }

    fn authorize_path(&self, prompt: &str) -> String {
        let organisation = self.organisation();
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([
                ("client_id", organisation.app.program.client_id.as_str()),
                ("redirect_uri", REDIRECT),
                ("response_type", "code"),
                ("scope", "openid profile offline_access"),
                ("code_challenge", CHALLENGE),
                ("code_challenge_method", "S256"),
                ("prompt", prompt),
            ])
            .finish();
        format!("{ADDRESS}/{}/oauth2/v2.0/authorize?{query}", organisation.id)
    }

    /// Opens the app: the authorization code, after a sign-in by mail if there is no session. `None` when the server died
    /// on the way.
    async fn code_for_app(&mut self, browser: &mut Visitor) -> Outcome<Option<String>> {
        let path = self.authorize_path("");
        let path = path.trim_end_matches("&prompt=");
        let page = self.open(browser, path).await?;
        if let Some(code) = returned(&page, "code") {
            return Ok(Some(code));
        }
        let address = self.guest.address.clone();
        let Some(code) = self.request_code(browser, "", &[("address", &address)]).await? else { return Ok(None) };
        let typed = once_sent(async || {
            self.move_on(browser);
            browser.submit_once("/code", &[("code", &code)]).await
        });
        let Told::Answer(page) = typed.await? else { return Ok(None) };
        if page.status == 400 && self.guest.codes_asked > 1 {
            return Ok(None);
        }
        let next = page.leads_to.as_ref().ok_or_else(|| format!("the code is not taken: {page:?}"))?.clone();
        let page = self.open(browser, next.as_str()).await?;
        returned(&page, "code").map(Some).ok_or_else(|| format!("no code: {page:?}").into())
    }

    async fn open(&mut self, browser: &mut Visitor, address: &str) -> Outcome<Page> {
        answered(async || {
            self.move_on(browser);
            browser.open(address).await
        })
        .await
    }

    async fn token(&mut self, fields: &[(&str, &str)]) -> Outcome<(u16, Value)> {
        let front = self.front();
        let program = self.organisation().app.program.clone();
        let own = [("client_id", program.client_id.as_str()), ("client_secret", &program.client_secret)];
        let form: Vec<(&str, &str)> = own.into_iter().chain(fields.iter().copied()).collect();
        let url = format!("{ADDRESS}{}", self.organisation().token_path());
        let answer = self.site.fronts[front].client.post(url).form(&form).send().await?;
        Ok((answer.status().as_u16(), serde_json::from_str(&answer.text().await?)?))
    }

    /// Exchanges an authorization code, and tries again when the server dies. `None` if it was used by a request whose
    /// answer was lost: nobody gets it a second time.
    async fn exchange(&mut self, code: &str) -> Outcome<Option<String>> {
        let mut is_lost = false;
        loop {
            match once_sent(async || self.present(code).await).await? {
                Told::Answer((200, answer)) => return Ok(Some(text(&answer, "/refresh_token")?)),
                Told::Answer((400, _)) if is_lost => return Ok(None),
                Told::Answer((503, _)) => {}
                Told::Answer(other) => return Err(format!("exchanging a code: {other:?}").into()),
                Told::Unknown | Told::NotSent => is_lost = true,
            }
        }
    }

    async fn present(&mut self, code: &str) -> Outcome<(u16, Value)> {
        let fields = [
            ("grant_type", "authorization_code"),
            ("redirect_uri", REDIRECT),
            ("code_verifier", VERIFIER),
            ("code", code),
        ];
        self.token(&fields).await
    }

    /// A code that was exchanged is refused, and what came of it ends (RFC 6749 section 4.1.2).
    async fn present_again(&mut self, code: &str) -> Outcome {
        let (status, answer) = answered(async || self.present(code).await).await?;
        if status != 400 {
            return Err(format!("a code is exchanged twice: {status} {answer}").into());
        }
        self.guest.replays += 1;
        if let Some(holding) = &mut self.guest.holding {
            holding.token_void = Fate::Done;
        }
        Ok(())
    }

    async fn present_refresh(&mut self, refresh_token: &str) -> Outcome<(u16, Value)> {
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", refresh_token)]).await
    }

    /// Renews the tokens. An app that lost the answer sends the same token again at once, and gets another one.
    async fn refresh(&mut self) -> Outcome {
        let Some(holding) = &self.guest.holding else { return Ok(()) };
        let token = holding.refresh_token.clone();
        let mut lost: Option<Instant> = None;
        loop {
            let begun = Instant::now();
            let told = once_sent(async || self.present_refresh(&token).await).await?;
            let holding = self.guest.holding.as_mut().ok_or("nothing is held")?;
            match told {
                Told::Answer((200, answer)) => {
                    holding.refresh_token = text(&answer, "/refresh_token")?;
                    self.guest.refreshes += 1;
                    return Ok(());
                }
                Told::Answer((400, _)) if lost.is_some_and(|at| at.elapsed() > GRACE) => {
                    holding.token_void = Fate::Done;
                    return Ok(());
                }
                Told::Answer((503, _)) => {}
                Told::Answer(other) => return Err(format!("refreshing: {other:?}").into()),
                Told::Unknown | Told::NotSent => lost = lost.or(Some(begun)),
            }
        }
    }

    /// One of the ways in which access ends, or none.
    pub(super) async fn end(&mut self) -> Outcome {
        let user = self.guest.user.clone().ok_or("no user")?;
        let fate = match self.rng.u8(..8) {
            0 | 1 => self.sign_out().await?,
            2 | 3 => {
                let path = format!("/v1.0/users/{user}/revokeSignInSessions");
                let fate = fate(&self.change(Method::POST, &path, &json!({})).await?, 200)?;
                self.guest.sessions_revoked = fate;
                fate
            }
            4 | 5 => {
                let body = json!({ "accountEnabled": false });
                let fate = fate(&self.change(Method::PATCH, &format!("/v1.0/users/{user}"), &body).await?, 204)?;
                self.guest.disabled = fate;
                fate
            }
            _ => return Ok(()),
        };
        if let Some(holding) = &mut self.guest.holding {
            holding.session_ended = fate;
            if holding.token_void != Fate::Done {
                holding.token_void = fate;
            }
        }
        // A database may still finish what a dead process began, so the unknown is looked at in the end.
        if fate == Fate::Unknown { Ok(()) } else { self.check_access().await }
    }

    async fn sign_out(&mut self) -> Outcome<Fate> {
        let path = format!("{ADDRESS}/{}/oauth2/v2.0/logout", self.organisation().id);
        let mut browser = self.guest.holding.as_ref().ok_or("nothing is held")?.browser.clone();
        let page = self.open(&mut browser, &path).await?;
        if page.status != 200 {
            return Err(format!("no page to sign out: {page:?}").into());
        }
        // The browser that is kept still has the cookie: somebody may have copied it.
        let told = once_sent(async || {
            self.move_on(&mut browser);
            browser.submit_once("/logout", &[]).await
        });
        match told.await? {
            Told::Answer(page) if page.status == 200 => Ok(Fate::Done),
            Told::Answer(page) if page.status == 503 => Ok(Fate::Refused),
            Told::Answer(page) => Err(format!("signing out: {page:?}").into()),
            Told::Unknown | Told::NotSent => Ok(Fate::Unknown),
        }
    }

    /// What is held works as long as nobody has ended it, and not a moment longer; what is unknown ended whole or not at
    /// all.
    pub(super) async fn check_access(&mut self) -> Outcome {
        let Some(holding) = &self.guest.holding else { return Ok(()) };
        let (session, token) = (holding.session_ended, holding.token_void);
        let (mut browser, refresh_token) = (holding.browser.clone(), holding.refresh_token.clone());
        let path = self.authorize_path("none");
        let page = self.open(&mut browser, &path).await?;
        let is_signed_in = match (returned(&page, "code"), returned(&page, "error")) {
            (Some(_), None) => true,
            (None, Some(_)) => false,
            // A blocked guest is told so on a page.
            _ if (400..500).contains(&page.status) => false,
            _ => return Err(format!("neither signed in nor out: {page:?}").into()),
        };
        if !session.agrees(usize::from(!is_signed_in)) {
            return Err(format!("the session that was {session:?} to end: signed in {is_signed_in}, {page:?}").into());
        }
        if token == Fate::Unknown || token == Fate::NotAsked || token == Fate::Refused {
            // A live token is exchanged by this, and the new one is what the app holds.
            return self.check_live(token, is_signed_in, &refresh_token).await;
        }
        let (status, answer) = answered(async || self.present_refresh(&refresh_token).await).await?;
        if status == 400 { Ok(()) } else { Err(format!("a revoked refresh token works: {status} {answer}").into()) }
    }

    async fn check_live(&mut self, token: Fate, is_signed_in: bool, refresh_token: &str) -> Outcome {
        let begun = Instant::now();
        let (status, answer) = answered(async || self.present_refresh(refresh_token).await).await?;
        let holding = self.guest.holding.as_mut().ok_or("nothing is held")?;
        match status {
            200 => holding.refresh_token = text(&answer, "/refresh_token")?,
            400 if begun.elapsed() > GRACE => holding.token_void = Fate::Done,
            _ => {}
        }
        let is_whole = is_signed_in == (status == 200);
        let is_known = token == Fate::Unknown || status == 200;
        if (is_whole && is_known) || holding.token_void == Fate::Done {
            return Ok(());
        }
        Err(format!("half an end: signed in {is_signed_in}, but refreshing says {status} {answer}").into())
    }
}

/// A parameter of the response that the app gets.
fn returned(page: &Page, name: &str) -> Option<String> {
    let target = page.leads_to.as_ref().filter(|target| target.as_str().starts_with(REDIRECT))?;
    target.query_pairs().find(|(found, _)| found == name).map(|(_, value)| value.into_owned())
}

fn fate(told: &Told<(u16, Value)>, good: u16) -> Outcome<Fate> {
    match told {
        Told::Answer((status, _)) if *status == good => Ok(Fate::Done),
        Told::Answer((503, _)) => Ok(Fate::Refused),
        Told::Answer(other) => Err(format!("ending access: {other:?}").into()),
        Told::Unknown | Told::NotSent => Ok(Fate::Unknown),
    }
}
