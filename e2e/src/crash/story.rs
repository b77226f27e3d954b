//! The story of one guest, from the invitation to the end of their access, told through a server that keeps dying.

use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use reqwest::Method;
use serde_json::{Value, json};

use super::answer::{Told, answered, once_sent};
use super::ledger::{Fate, Guest};
use super::site::{BLOCKED_DOMAIN, Organisation, Site};
use crate::Outcome;
use crate::graph::{Graph, text};
use crate::organisation::REDIRECT;
use crate::visitor::Visitor;

/// How long a mail may take that was acknowledged: the lease of a process that died has to run out.
pub const MAIL: Duration = Duration::from_secs(45);

/// How often a guest begins anew before something is wrong.
const TRIES: usize = 12;

/// How far a story goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plot {
    /// The invitation, sometimes withdrawn.
    Invitation,
    /// Everything.
    Whole,
}

/// A guest's story.
pub struct Story {
    pub(super) site: Arc<Site>,
    pub(super) rng: Rng,
    pub(super) guest: Guest,
}

impl Story {
    /// Tells a whole story; what is known of the guest afterwards.
    pub async fn tell(site: Arc<Site>, mut rng: Rng, number: u64, plot: Plot) -> Outcome<Guest> {
        let organisation = rng.usize(..site.organisations.len());
        let domain = if rng.u8(..20) == 0 { BLOCKED_DOMAIN } else { "partner.example" };
        let guest = Guest { organisation, address: format!("guest{number}@{domain}"), ..Guest::default() };
        let mut story = Self { site, rng, guest };
        match story.run(plot).await {
            Ok(()) => Ok(story.guest),
            Err(error) => Err(format!("{}: {error}\n{:?}", story.guest.address, story.guest).into()),
        }
    }

    async fn run(&mut self, plot: Plot) -> Outcome {
        self.invite().await?;
        if self.guest.invited != Fate::Done {
            return Ok(());
        }
        if plot == Plot::Invitation || self.rng.u8(..10) == 0 {
            return if self.rng.u8(..5) == 0 { self.withdraw().await } else { Ok(()) };
        }
        let browser = self.redeem().await?;
        self.use_app(browser).await?;
        self.end().await
    }

    /// Looks at what the guest holds, in the end.
    pub async fn close(site: Arc<Site>, rng: Rng, guest: Guest) -> Outcome<Guest> {
        let mut story = Self { site, rng, guest };
        let looked = story.check_access().await;
        if looked.is_ok() && story.guest.withdrawn == Fate::Done {
            story.link_is_dead().await?;
        }
        match looked {
            Ok(()) => Ok(story.guest),
            Err(error) => Err(format!("{}: {error}\n{:?}", story.guest.address, story.guest).into()),
        }
    }

    /// A process, chosen anew for each request.
    pub(super) fn front(&mut self) -> usize {
        self.rng.usize(..self.site.fronts.len())
    }

    pub(super) fn organisation(&self) -> &Organisation {
        &self.site.organisations[self.guest.organisation]
    }

    pub(super) async fn graph(&mut self) -> Outcome<Graph> {
        let front = self.front();
        self.site.graph(self.organisation(), front).await
    }

    pub(super) fn visitor(&mut self) -> Outcome<Visitor> {
        let front = self.front();
        self.site.visitor(front)
    }

    /// Leads a browser to a process that may be another one.
    pub(super) fn move_on(&mut self, visitor: &mut Visitor) {
        let front = self.front();
        visitor.go_on_by(self.site.fronts[front].client.clone());
    }

    /// A call that must not be done twice.
    pub(super) async fn change(&mut self, method: Method, path: &str, body: &Value) -> Outcome<Told<(u16, Value)>> {
        once_sent(async || self.graph().await?.ask(method.clone(), path, Some(body)).await).await
    }

    async fn invite(&mut self) -> Outcome {
        self.guest.is_mailed = self.organisation().may_mail();
        let body = json!({
            "invitedUserEmailAddress": self.guest.address,
            "inviteRedirectUrl": REDIRECT,
            "sendInvitationMessage": self.guest.is_mailed,
        });
        self.guest.invited = match self.change(Method::POST, "/v1.0/invitations", &body).await? {
            Told::Answer((201, answer)) => {
                self.guest.user = Some(text(&answer, "/invitedUser/id")?);
                self.guest.invitation = Some(text(&answer, "/id")?);
                self.guest.link = Some(text(&answer, "/inviteRedeemUrl")?);
                Fate::Done
            }
            Told::Answer((400, _)) if self.guest.address.ends_with(BLOCKED_DOMAIN) => Fate::Refused,
            Told::Answer((503, _)) => Fate::Refused,
            Told::Answer(other) => return Err(format!("inviting: {other:?}").into()),
            Told::Unknown | Told::NotSent => Fate::Unknown,
        };
        Ok(())
    }

    async fn withdraw(&mut self) -> Outcome {
        let id = self.guest.invitation.clone().ok_or("no invitation")?;
        let path = format!("/vestibule/v1/invitations/{id}/revoke");
        self.guest.withdrawn = match self.change(Method::POST, &path, &json!({})).await? {
            Told::Answer((200, _)) => Fate::Done,
            Told::Answer((503, _)) => Fate::Refused,
            Told::Answer(other) => return Err(format!("withdrawing: {other:?}").into()),
            Told::Unknown | Told::NotSent => Fate::Unknown,
        };
        match self.guest.withdrawn {
            Fate::Done => self.link_is_dead().await,
            _ => Ok(()),
        }
    }

    /// The link leads nowhere any more.
    async fn link_is_dead(&mut self) -> Outcome {
        let link = self.guest.link.clone().ok_or("no link")?;
        let page = answered(async || self.visitor()?.open(&link).await).await?;
        if page.text.contains("pages/dead_link") {
            Ok(())
        } else {
            Err(format!("the withdrawn link still opens: {page:?}").into())
        }
    }

    /// The guest accepts, and begins anew whenever the server dies. Their browser, with a session unless the answer that
    /// brought it was lost.
    async fn redeem(&mut self) -> Outcome<Visitor> {
        for _ in 0..TRIES {
            let mut browser = self.visitor()?;
            if self.guest.accepted == Fate::Unknown && self.is_accepted().await? {
                return Ok(browser);
            }
            if let Some(code) = self.ask_for_code(&mut browser).await?
                && self.accept(&mut browser, &code).await?
            {
                return Ok(browser);
            }
        }
        Err(format!("not let in after {TRIES} tries").into())
    }

    /// Opens the link and asks for the code. `None` when the server died on the way or the guest is in already.
    async fn ask_for_code(&mut self, browser: &mut Visitor) -> Outcome<Option<String>> {
        let link = self.guest.link.clone().ok_or("no link")?;
        let page = answered(async || {
            self.move_on(browser);
            browser.open(&link).await
        })
        .await?;
        if self.guest.accepted == Fate::Unknown && self.is_accepted().await? {
            return Ok(None);
        }
        if page.status != 200 {
            return Err(format!("the link does not open: {page:?}").into());
        }
        self.request_code(browser, "", &[]).await
    }

    /// Sends a form that is answered with a mail, goes to the page that asks for the code, and waits for it.
    pub(super) async fn request_code(
        &mut self,
        browser: &mut Visitor,
        ending: &str,
        fields: &[(&str, &str)],
    ) -> Outcome<Option<String>> {
        let known = self.site.mailroom.letters_to(&self.guest.address).len();
        self.guest.codes_asked += 1;
        let asked = once_sent(async || {
            self.move_on(browser);
            browser.submit_once(ending, fields).await
        });
        let page = match asked.await? {
            Told::Answer(page) if page.status == 303 => page,
            Told::Answer(page) if page.status != 503 => {
                return Err(format!("no code is sent: {page:?}").into());
            }
            _ => return Ok(None),
        };
        let next = page.leads_to.ok_or("no page for the code")?;
        answered(async || {
            self.move_on(browser);
            browser.open(next.as_str()).await
        })
        .await?;
        self.site.mailroom.code_to(&self.guest.address, known, MAIL).await.map(Some)
    }

    /// Types the code. Whether the guest has accepted by it.
    async fn accept(&mut self, browser: &mut Visitor, code: &str) -> Outcome<bool> {
        let before = browser.clone();
        let typed = once_sent(async || {
            self.move_on(browser);
            browser.submit_once("/code", &[("code", code)]).await
        });
        match typed.await? {
            Told::Answer(page) => {
                let next = page.leads_to.as_ref().map(url::Url::path).unwrap_or_default();
                if page.status == 303 && !next.ends_with("/code") {
                    self.guest.accepted = Fate::Done;
                    self.code_is_spent(before, code).await?;
                    return Ok(true);
                }
                let may_be_older = page.status == 400 && self.guest.codes_asked > 1;
                if may_be_older || self.guest.accepted == Fate::Unknown {
                    Ok(false)
                } else {
                    Err(format!("{page:?}").into())
                }
            }
            Told::Unknown | Told::NotSent => {
                self.guest.accepted = Fate::Unknown;
                Ok(false)
            }
        }
    }

    /// The same form, sent again from the page as it was before, lets nobody in.
    async fn code_is_spent(&mut self, mut browser: Visitor, code: &str) -> Outcome {
        if self.rng.u8(..4) > 0 {
            return Ok(());
        }
        let cookies = browser.secrets().count();
        answered(async || {
            self.move_on(&mut browser);
            browser.submit_once("/code", &[("code", code)]).await
        })
        .await?;
        if browser.secrets().count() > cookies {
            return Err("a code lets somebody in twice".into());
        }
        self.guest.replays += 1;
        Ok(())
    }

    pub(super) async fn is_accepted(&mut self) -> Outcome<bool> {
        let id = self.guest.user.clone().ok_or("no user")?;
        let path = format!("/v1.0/users/{id}?$select=externalUserState");
        let (status, user) = answered(async || self.graph().await?.ask(Method::GET, &path, None).await).await?;
        match user["externalUserState"].as_str() {
            Some("Accepted") => Ok(true),
            Some("PendingAcceptance") => Ok(false),
            _ => Err(format!("the guest is gone: {status} {user}").into()),
        }
    }
}
