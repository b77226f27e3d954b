//! The guest's path, on both engines. Tests are named by the security check they show.

mod accounts;
mod clock;
mod journey;
mod just_in_time;
mod links;
pub mod mailbox;
mod races;
mod rules;
mod unknowing;
mod work;

use crate::graph::Caller;
use crate::invitations::operations::{Invited, invite};
use crate::invitations::{self, Invitation, NewInvitation};
use crate::tenants::Tenant;
use crate::testing::{Answer, Browser, TestServer};
use crate::users::{self, User};

/// A landing address of the tenant `contoso.example`.
pub const LANDING: &str = "https://expenses.contoso.example/start";
/// Whom Contoso invites.
pub const SAM: &str = "sam@fabrikam.example";

/// One invitation, as the inviter and the invited see it.
pub struct Journey<'s> {
    /// Where.
    pub server: &'s TestServer,
    /// Who invites.
    pub tenant: Tenant,
    /// An administrator there.
    pub administrator: Caller,
    /// The invitation as it was made.
    pub invitation: Invitation,
    /// The guest as it was made.
    pub guest: User,
    /// Path and query of the link.
    pub link: String,
}

impl<'s> Journey<'s> {
    /// Contoso invites Sam to its expenses.
    pub async fn begin(server: &'s TestServer) -> Journey<'s> {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let administrator = server.administrator(&tenant).await;
        Self::invite(server, tenant, administrator, SAM, LANDING).await
    }

    /// A tenant invites somebody.
    pub async fn invite(
        server: &'s TestServer,
        tenant: Tenant,
        administrator: Caller,
        address: &str,
        landing: &str,
    ) -> Journey<'s> {
        let wish = NewInvitation {
            send_mail: true,
            message: Some("Please file your expenses here.".to_owned()),
            ..NewInvitation::new(address, landing)
        };
        let Invited { invitation, guest, redeem_url, .. } =
            invite(server, &administrator, wish).await.expect("an invitation");
        let link = redeem_url.strip_prefix(crate::testing::ADDRESS).expect("our own address").to_owned();
        Journey { server, tenant, administrator, invitation, guest, link }
    }

    /// Opens the link.
    pub async fn open(&self, browser: &Browser<'_>) -> Answer {
        browser.get(&self.link).await
    }

    /// Opens the link and presses the button of page one.
    pub async fn ask(&self, browser: &Browser<'_>) -> Answer {
        self.open(browser).await;
        browser.submit(&[]).await
    }

    /// The whole way; the answer leads to the landing address.
    pub async fn accept(&self, browser: &Browser<'_>) -> Answer {
        self.ask(browser).await;
        browser.submit_to("/code", &[("code", &self.code().await)]).await
    }

    /// The newest code that arrived in the invited mailbox.
    pub async fn code(&self) -> String {
        code(self.server, &self.invitation.address).await
    }

    /// The invitation as it is now.
    pub async fn invitation(&self) -> Invitation {
        let mut tx = self.server.read().await.expect("a connection");
        let found = invitations::store::find(&mut tx, self.tenant.id, self.invitation.id).await;
        found.expect("an answer").expect("the invitation")
    }

    /// The guest as it is now.
    pub async fn guest(&self) -> User {
        let mut tx = self.server.read().await.expect("a connection");
        users::store::find(&mut tx, self.tenant.id, self.guest.id).await.expect("an answer").expect("the guest")
    }
}

/// The newest code that arrived in a mailbox.
pub async fn code(server: &TestServer, address: &str) -> String {
    server.run_due_jobs().await;
    let mails = server.mailbox();
    let arrived = mails.iter().filter(|mail| mail.to.iter().any(|to| to == address));
    let digits = |text: &str| text.split(|c: char| !c.is_ascii_digit()).find(|word| word.len() == 8).map(str::to_owned);
    arrived.filter(|mail| mail.subject.contains("code")).find_map(|mail| digits(&mail.text)).expect("a code")
}
