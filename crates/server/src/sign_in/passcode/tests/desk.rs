//! A person at a desk, who asks for codes and types them.

use crate::platform::ids::CorrelationId;
use crate::platform::ids::{InvitationId, TenantId, UserId};
use crate::platform::request::Request;
use crate::sign_in::browser::Browser;
use crate::sign_in::continuation::{self, Beginning, Continuation, Next};
use crate::sign_in::passcode::{Asked, Checked, Code, Letter, Mailbox, Passcode, Step, ask, check, prepare};
use crate::testing::TestServer;
use crate::web::language::Language;
use axum::http::HeaderMap;
use std::net::IpAddr;

pub struct Desk<'s> {
    server: &'s TestServer,
    pub browser: Browser,
    pub continuation: Continuation,
    pub mailbox: Mailbox,
    pub invitation: Option<InvitationId>,
    pub client: IpAddr,
}

impl<'s> Desk<'s> {
    /// A fresh browser in which somebody says to be `address`.
    pub async fn new(server: &'s TestServer, tenant: TenantId, address: &str, user: Option<UserId>) -> Desk<'s> {
        let browser = Browser::of(server, &HeaderMap::new());
        let next = Next::Portal { path: "/".to_owned() };
        let mut tx = server.write().await.expect("a transaction");
        let step = continuation::begin(&mut tx, server, tenant, &browser, Beginning::from(next)).await;
        tx.commit().await.expect("a commit");
        let mailbox = Mailbox { address: address.to_owned(), user };
        let client = IpAddr::from([192, 0, 2, 1]);
        Desk { server, browser, continuation: step.expect("a step"), mailbox, invitation: None, client }
    }

    /// Another step in the same browser.
    pub async fn again(self) -> Desk<'s> {
        let next = Next::Portal { path: "/".to_owned() };
        let tenant = self.continuation.tenant;
        let mut tx = self.server.write().await.expect("a transaction");
        let step = continuation::begin(&mut tx, self.server, tenant, &self.browser, Beginning::from(next)).await;
        tx.commit().await.expect("a commit");
        Desk { continuation: step.expect("a step"), ..self }
    }

    pub fn step(&self) -> Step<'_> {
        Step {
            continuation: &self.continuation,
            browser: &self.browser,
            mailbox: self.mailbox.clone(),
            invitation: self.invitation,
        }
    }

    pub async fn ask(&self) -> Asked {
        let letter = Letter {
            language: Language::English,
            organization: "Contoso".to_owned(),
            app: Some("Expenses".to_owned()),
            accent: crate::web::accent::Accent::OURS,
        };
        let ask = async {
            let step = self.step();
            let order = prepare(self.server, &step, &letter).await.expect("a mail");
            let mut tx = self.server.write().await.expect("a transaction");
            let asked = ask(&mut tx, self.server, &step, order).await.expect("an answer");
            tx.commit().await.expect("a commit");
            asked
        };
        self.request().scope(ask).await
    }

    /// Asks, and takes the code as the program derives it.
    pub async fn code(&self) -> (Passcode, Code) {
        let Asked::Sent(passcode) = self.ask().await else { panic!("too many mails") };
        let code = passcode.code(&self.server.master_key);
        (passcode, code)
    }

    pub async fn check(&self, code: &Code) -> Checked {
        let check = async {
            let mut tx = self.server.write().await.expect("a transaction");
            let checked = check(&mut tx, self.server, &self.step(), code).await.expect("an answer");
            tx.commit().await.expect("a commit");
            checked
        };
        self.request().scope(check).await
    }

    fn request(&self) -> Request {
        Request {
            correlation: CorrelationId(self.server.entropy.random_uuid()),
            client_request: None,
            client_address: Some(self.client),
            user_agent: None,
            is_beta: false,
        }
    }
}

/// Another code than this one.
pub fn wrong(code: &Code) -> Code {
    let right: u32 = code.text().parse().expect("digits");
    Code::parse(&format!("{:08}", (right + 1) % 100_000_000)).expect("eight digits")
}
