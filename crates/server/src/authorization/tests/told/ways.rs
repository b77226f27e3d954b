//! The ways, each with the rows it should write: `result by request: who of home to app for resource with proof`.

use super::super::flow::{CHALLENGE, REDIRECT, SCOPE, VERIFIER, text};
use super::book::Book;
use super::{Cast, GUESTS, PASSWORD, change};
use crate::sign_in::passcode::LIFETIME;
use crate::sign_in::recovery;
use crate::sign_in::session::Method;
use crate::testing::{ADDRESS, Answer, Browser, TestServer};
use crate::users::User;
use axum::body::Body;
use axum::http;
use serde_json::{Value, json};
use std::time::Duration;

/// What the ways are gone with.
pub struct Stage<'s> {
    pub server: &'s TestServer,
    pub cast: &'s Cast,
    pub book: &'s Book<'s>,
}

impl<'s> Stage<'s> {
    /// The query of an authorization request.
    fn wish(&self, more: &[(&str, &str)]) -> String {
        let parameters = [
            ("client_id", self.cast.app.client_id.as_str()),
            ("redirect_uri", REDIRECT),
            ("response_type", "code"),
            ("scope", SCOPE),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters.iter().chain(more)).finish()
    }

    fn path(&self, endpoint: &str) -> String {
        format!("/{}/oauth2/v2.0/{endpoint}", self.cast.tenant.id)
    }

    async fn authorize(&self, browser: &Browser<'_>, more: &[(&str, &str)]) -> Answer {
        browser.get(&format!("{}?{}", self.path("authorize"), self.wish(more))).await
    }

    /// A browser on the way to the app, at the page that comes after the address.
    async fn on_the_way(&self, address: &str) -> Browser<'s> {
        let browser = self.server.browser();
        self.authorize(&browser, &[]).await;
        browser.submit(&[("address", address)]).await;
        browser
    }

    /// The code in the newest mail.
    async fn mailed(&self) -> String {
        self.server.run_due_jobs().await;
        let mails = self.server.mailbox();
        let mut words = mails
            .iter()
            .filter(|mail| mail.subject.contains("code"))
            .flat_map(|mail| mail.text.split(|c: char| !c.is_ascii_digit()).filter(|word| word.len() == 8));
        words.next().expect("a code").to_owned()
    }

    pub async fn passwords(&self) {
        let before = "with password in person";
        for (what, local, password, row) in [
            ("a right password", "mara", PASSWORD, "0 by POST /password: Mara of Contoso"),
            ("a wrong password", "mara", "not the password", "50126 by POST /password: Mara of Contoso"),
            ("an unknown name", "nobody", PASSWORD, "50034 by POST /password: nobody@contoso.example of nobody"),
            ("a blocked member", "ben", PASSWORD, "50057 by POST /password: Ben of Contoso"),
        ] {
            let row = format!("{row} to Expenses for nothing {before}");
            let address = format!("{local}@contoso.example");
            let browser = self.book.tells("the way to a password", &[], self.on_the_way(&address)).await;
            self.book.tells(what, &[&row], browser.submit(&[("password", password)])).await;
            assert_eq!(browser.location().starts_with(REDIRECT), row.starts_with("0 "), "{what}: {}", browser.page());
        }
    }

    pub async fn codes(&self) {
        let [sam, kim] = GUESTS;
        let end = "of nobody to Expenses for nothing with passcode in person";
        let browser = self.book.tells("asking for a code", &[], self.on_the_way(sam)).await;
        let code = self.mailed().await;
        let wrong = format!("{:08}", (code.parse::<u32>().expect("digits") + 1) % 100_000_000);
        let row = format!("50126 by POST /code: Sam {end}");
        self.book.tells("a wrong code", &[&row], browser.submit_to("/code", &[("code", &wrong)])).await;
        let row = format!("0 by POST /code: Sam {end}");
        self.book.tells("the right code", &[&row], browser.submit_to("/code", &[("code", &code)])).await;
        assert!(browser.location().starts_with(REDIRECT), "{}", browser.page());

        let browser = self.on_the_way(sam).await;
        let code = self.mailed().await;
        self.server.clock.advance(LIFETIME);
        let row = format!("50126 by POST /code: Sam {end}");
        self.book.tells("a code too late", &[&row], browser.submit_to("/code", &[("code", &code)])).await;

        let browser = self.on_the_way(kim).await;
        let code = self.mailed().await;
        let row = format!("50057 by POST /code: Kim {end}");
        self.book.tells("the code of a blocked guest", &[&row], browser.submit_to("/code", &[("code", &code)])).await;

        let browser = self.on_the_way("nobody@fabrikam.example").await;
        let row = format!("50126 by POST /code: nobody@fabrikam.example {end}");
        self.book.tells("a code for nobody", &[&row], browser.submit_to("/code", &[("code", "12345678")])).await;
    }

    pub async fn apps(&self) {
        let silently = [("prompt", "none")];
        let browser = self.server.browser();
        let row = "50058 by GET /authorize: nobody of nobody to Expenses for nothing with nothing silently";
        self.book.tells("silently, by nobody", &[row], self.authorize(&browser, &silently)).await;
        assert!(browser.location().contains("error=login_required"), "{}", browser.location());

        browser.sign_in_as(self.server, &self.cast.mara, Method::Password).await;
        let row = "0 by GET /authorize: Mara of Contoso to Expenses for nothing with session silently";
        self.book.tells("silently, by a person", &[row], self.authorize(&browser, &silently)).await;
        assert!(browser.location().contains("code="), "{}", browser.location());

        let hinted = [("prompt", "none"), ("login_hint", "ben@contoso.example")];
        let nobody = "50058 by GET /authorize: nobody of nobody to Expenses for nothing with nothing silently";
        self.book.tells("silently, for somebody else", &[nobody], self.authorize(&browser, &hinted)).await;
        let fresh = [("prompt", "none"), ("max_age", "0")];
        let stale = "50058 by GET /authorize: Mara of Contoso to Expenses for nothing with nothing silently";
        self.book.tells("silently, by an old session", &[stale], self.authorize(&browser, &fresh)).await;

        // A form leads to the same request by GET, where the cookies come along; that one is told, and it alone.
        let form = http::Request::post(self.path("authorize"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(self.wish(&silently)))
            .expect("a request");
        let answer = self.book.tells("a form of an app", &[], browser.send(form)).await;
        let target = answer.header("location").to_owned();
        self.book.tells("where the form leads", &[row], browser.get(&target)).await;

        self.require_assignment(true).await;
        let row = "50105 by GET /authorize: Mara of Contoso to Expenses for nothing with session silently";
        self.book.tells("silently, not assigned", &[row], self.authorize(&browser, &silently)).await;
        self.require_assignment(false).await;
    }

    async fn require_assignment(&self, required: bool) {
        let administrator = self.server.administrator(&self.cast.tenant).await;
        let path = format!("/v1.0/servicePrincipals/{}", self.cast.app.registered.service_principal.id);
        let body = json!({ "appRoleAssignmentRequired": required });
        let answer = self.server.api_as(&administrator, http::Method::PATCH, &path, &body).await;
        assert!(answer.status.is_success(), "{}", answer.text);
    }

    async fn token(&self, fields: &[(&str, &str)]) -> Answer {
        let app = &self.cast.app;
        let whole = [("client_id", app.client_id.as_str()), ("client_secret", &app.secret), ("redirect_uri", REDIRECT)];
        let fields: Vec<_> = whole.iter().chain(fields).copied().collect();
        self.server.post_form(&self.path("token"), &fields, None).await
    }

    pub async fn tokens(&self) {
        let (book, program) = (self.book, &self.cast.program);
        let scope = "https://graph.microsoft.com/.default";
        let row = "0 by POST /token: Program of Contoso to Program for Vestibule Graph with secret silently";
        let answer = book.tells("a program", &[row], self.server.ask_token(program, scope)).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let guess = [
            ("grant_type", "client_credentials"),
            ("client_id", &program.client_id),
            ("client_secret", "wrong"),
            ("scope", scope),
        ];
        let row = "7000215 by POST /token: Program of Contoso to Program for nothing with nothing silently";
        let path = self.path("token");
        book.tells("a wrong secret", &[row], self.server.post_form(&path, &guess, None)).await;
        let guess = [("grant_type", "refresh_token"), ("refresh_token", "made up")];
        let row = "70000 by POST /token: nobody of nobody to Expenses for nothing with nothing silently";
        book.tells("a made-up refresh token", &[row], self.token(&guess)).await;
    }

    /// Signs this member in, and gives the code that the app gets.
    async fn code_of(&self, user: &User) -> String {
        let browser = self.server.browser();
        browser.sign_in_as(self.server, user, Method::Password).await;
        self.authorize(&browser, &[]).await;
        code_in(&browser)
    }

    async fn exchange(&self, code: &str) -> Answer {
        self.token(&[("grant_type", "authorization_code"), ("code", code), ("code_verifier", VERIFIER)]).await
    }

    async fn refresh(&self, tokens: &Value) -> Answer {
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", text(tokens, "refresh_token"))]).await
    }

    pub async fn grants(&self) {
        let (book, mara) = (self.book, &self.cast.mara);
        let code = self.code_of(mara).await;
        // The request that gave the code is told already, and the exchange is the end of that sign-in.
        let tokens = book.tells("a code of an app", &[], self.exchange(&code)).await.json();
        let row = "0 by POST /token: Mara of Contoso to Expenses for Vestibule Graph with session silently";
        let answer = book.tells("a refresh token", &[row], self.refresh(&tokens)).await;
        assert_eq!(answer.status, 200, "{}", answer.text);

        self.server.clock.advance(Duration::from_secs(11));
        let ended = "50173 by POST /token: Mara of Contoso to Expenses for nothing with nothing silently";
        let rows = [ended, "failure by POST /token: Vestibule Refresh token reuse detected Mara"];
        book.tells("a refresh token again", &rows, self.refresh(&tokens)).await;
        book.tells("a refresh token once more", &[ended], self.refresh(&tokens)).await;
        let again = "54005 by POST /token: Mara of Contoso to Expenses for nothing with nothing silently";
        book.tells("a code of a grant that has ended", &[again], self.exchange(&code)).await;

        let code = self.code_of(mara).await;
        let tokens = self.exchange(&code).await.json();
        let rows = [again, "failure by POST /token: Vestibule Authorization code reuse detected Mara"];
        book.tells("a code of an app again", &rows, self.exchange(&code)).await;
        book.tells("what it had led to", &[ended], self.refresh(&tokens)).await;
        let wrong = [("grant_type", "authorization_code"), ("code", &self.code_of(mara).await), ("code_verifier", "x")];
        let row = "501481 by POST /token: Mara of Contoso to Expenses for nothing with nothing silently";
        book.tells("a code without its proof", &[row], self.token(&wrong)).await;
    }

    pub async fn grants_of_the_blocked(&self) {
        let (book, server, tenant) = (self.book, self.server, &self.cast.tenant);
        let nia = server.member(tenant, "nia", &[]).await;
        book.call(&nia.id, "Nia");
        let tokens = self.exchange(&self.code_of(&nia).await).await.json();
        let code = self.code_of(&nia).await;
        change(server, nia.id, tenant, |user| user.account_enabled = false).await;
        let row = "50057 by POST /token: Nia of Contoso to Expenses for nothing with nothing silently";
        book.tells("a code of somebody blocked", &[row], self.exchange(&code)).await;
        book.tells("a refresh token of somebody blocked", &[row], self.refresh(&tokens)).await;
        change(server, nia.id, tenant, |user| user.deleted_at = Some(server.clock.now())).await;
        // The id is all there is of them.
        let row = "50034 by POST /token: Nia of nobody to Expenses for nothing with nothing silently";
        book.tells("a refresh token of somebody deleted", &[row], self.refresh(&tokens)).await;
    }

    /// Invites somebody; the path of the link.
    async fn invite(&self, address: &str, name: &'static str) -> String {
        let administrator = self.server.administrator(&self.cast.tenant).await;
        let body = json!({
            "invitedUserEmailAddress": address,
            "inviteRedirectUrl": "https://myapps.microsoft.com",
            "sendInvitationMessage": true,
        });
        let invited = self.server.api_as(&administrator, http::Method::POST, "/v1.0/invitations", &body).await.json();
        self.book.call(&text(&invited["invitedUser"], "id"), name);
        text(&invited, "inviteRedeemUrl").strip_prefix(ADDRESS).expect("our own address").to_owned()
    }

    pub async fn redemptions(&self) {
        let (book, browser) = (self.book, self.server.browser());
        let link = self.invite("lee@partner.example", "Lee").await;
        book.tells("opening a link", &[], browser.get(&link)).await;
        book.tells("the button of the invitation", &[], browser.submit(&[])).await;
        let code = self.mailed().await;
        let wrong = format!("{:08}", (code.parse::<u32>().expect("digits") + 1) % 100_000_000);
        let row = "50126 by POST /code: Lee of nobody to nobody for nothing with passcode in person";
        book.tells("a wrong code of a guest", &[row], browser.submit_to("/code", &[("code", &wrong)])).await;
        let rows = [
            "0 by POST /code: Lee of nobody to nobody for nothing with passcode in person",
            "success by POST /code: Lee Redeem external user invite Lee",
            "success by POST /code: Lee Redeem extern user invite Lee",
        ];
        book.tells("accepting", &rows, browser.submit_to("/code", &[("code", &code)])).await;
        book.tells("opening the link again", &[], browser.get(&link)).await;
    }

    pub async fn refused_redemptions(&self) {
        let (book, browser) = (self.book, self.server.browser());
        let link = self.invite("pat@partner.example", "Pat").await;
        browser.get(&link).await;
        let row = "65004 by GET /cancel: Pat of nobody to nobody for nothing with nothing in person";
        let cancel = format!("{}/cancel", browser.location());
        book.tells("saying no", &[row], browser.get(&cancel)).await;

        let other = self.server.signed_in(&self.cast.mara).await;
        // The row names the step the link leads to.
        other.get(&link).await;
        let step = other.location();
        let rows = [
            "50020 by GET /redeem: Mara of Contoso to nobody for nothing with nothing in person",
            "failure by GET /redeem: Mara Redeem external user invite Pat",
        ];
        book.tells("another account", &rows, other.get(&step)).await;
        let row = "success by POST /switch: Mara Sign out Mara";
        book.tells("signing out to accept", &[row], other.submit_to("/switch", &[])).await;

        let forged = format!("/{}/redeem?ticket=nothing", self.cast.tenant.id);
        let row = "failure by GET /redeem: Vestibule Redeem external user invite nobody";
        book.tells("a forged link", &[row], self.server.browser().get(&forged)).await;
    }

    pub async fn ends(&self) {
        let (book, server, tenant) = (self.book, self.server, &self.cast.tenant);
        let browser = server.signed_in(&self.cast.mara).await;
        let page = format!("/{}/sign-out", tenant.id);
        book.tells("asking to sign out", &[], browser.get(&page)).await;
        let stale = browser.prepare("", &[]);
        book.tells("signing out", &["success by POST /sign-out: Mara Sign out Mara"], browser.submit(&[])).await;
        book.tells("signing out again", &[], browser.send(stale)).await;
        let browser = server.signed_in(&self.cast.mara).await;
        book.tells("an app that signs out", &[], browser.get(&self.path("logout"))).await;
        book.tells("its form", &["success by POST /logout: Mara Sign out Mara"], browser.submit(&[])).await;
        book.tells("an app that signs nobody out", &[], browser.get(&self.path("logout"))).await;
        let browser = server.signed_in(&self.cast.mara).await;
        self.authorize(&browser, &[]).await;
        let tokens = self.exchange(&code_in(&browser)).await.json();
        let path = format!("{}?id_token_hint={}", self.path("logout"), text(&tokens, "id_token"));
        let row = "success by GET /logout: Mara Sign out Mara";
        book.tells("an app that knows whom it means", &[row], browser.get(&path)).await;

        let issue = async || recovery::issue(server, tenant, "mara@contoso.example").await.expect("an answer");
        let row = "success by nothing: Vestibule Issue recovery link Mara";
        let link = book.tells("a recovery link", &[row], issue()).await.expect("a link").address;
        let path = link.strip_prefix(ADDRESS).expect("our own address").to_owned();
        book.tells("opening it", &[], browser.get(&path)).await;
        let rows = [
            "success by POST /recover: Vestibule Use recovery link Mara",
            "success by POST /recover: Vestibule Reset user password Mara",
        ];
        book.tells("using it", &rows, browser.submit(&[("password", "a longer new password")])).await;
        let row = "failure by GET /recover: Vestibule Use recovery link Mara";
        book.tells("using it again", &[row], browser.get(&path)).await;
        let made_up = path.replace("vsl_", "vsl_x");
        book.tells("a made-up link", &[], browser.get(&made_up)).await;
    }
}

/// The code with which a browser stands at the app.
fn code_in(browser: &Browser<'_>) -> String {
    let arrived = url::Url::parse(&browser.location()).expect("the app");
    arrived.query_pairs().find(|(name, _)| name == "code").expect("a code").1.into_owned()
}
