//! Whose mailbox an address is.

use super::{Passcode, store};
use crate::platform::ids::{InvitationId, TenantId, UserId};
use crate::sign_in::browser::Browser;
use crate::sign_in::continuation::Continuation;
use crate::users::{self, Address, Identity};
use database::{Result, Transaction};

/// A mailbox to prove.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// Where the mail goes: the stored address of its owner, byte for byte.
    pub address: String,
    /// Who signs in with it; nobody if the address is not known here. Then no mail goes out and no code is right.
    pub user: Option<UserId>,
}

/// A step in which a code is asked for and checked.
pub struct Step<'a> {
    /// The step.
    pub continuation: &'a Continuation,
    /// The browser it was begun in.
    pub browser: &'a Browser,
    /// The mailbox to prove.
    pub mailbox: Mailbox,
    /// The open invitation of this mailbox whose link was opened in this step.
    pub invitation: Option<InvitationId>,
}

impl Mailbox {
    /// The mailbox of the guest who signs in with this address. An accepted guest signs in with the address that was
    /// proved then, a pending one with the address that was invited, whatever `mail` says today: nobody has proved it.
    /// The same look-ups are made for every address.
    pub async fn find(tx: &mut Transaction, tenant: TenantId, typed: &Address) -> Result<Self> {
        let folded = typed.folded();
        let accepted = users::store::find_by_identity(tx, tenant, Identity::MAIL_ISSUER, &folded).await?;
        let invited = store::find_invited(tx, tenant, &folded).await?;
        Ok(match accepted.or(invited) {
            Some((user, address)) => Self { address, user: Some(user) },
            None => Self { address: typed.as_str().to_owned(), user: None },
        })
    }

    /// The form mailboxes are compared and counted in.
    pub fn folded(&self) -> String {
        self.address.to_ascii_lowercase()
    }

    /// Whether a code was asked for this mailbox and its owner.
    pub fn is_proved_by(&self, passcode: &Passcode) -> bool {
        passcode.address_folded == self.folded() && passcode.user_id == self.user
    }
}

impl Step<'_> {
    /// The organisation at whose door it happens.
    pub fn tenant(&self) -> TenantId {
        self.continuation.tenant
    }
}
