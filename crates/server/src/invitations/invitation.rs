//! What an invitation is, and how far it has come.

use crate::outbox;
use crate::platform::ids::{ApplicationId, InvitationId, MailId, TenantId, UserId};
use crate::platform::{SecretHash, Timestamp};
use crate::users::{CreationType, ExternalUserState, Identity, SignInType, User, UserType};
use sqlx::types::Json;
use uuid::Uuid;

database::text_enum! {
    /// Who invited.
    pub enum InviterKind {
        /// A person.
        User = "user",
        /// A program with its own permissions.
        Application = "application",
        /// The server itself.
        System = "system",
    }
}

database::text_enum! {
    /// How far an invitation has come.
    pub enum State {
        /// No mail was asked for, or the mailbox refuses invitations: the inviter hands the link over.
        NotSent = "notSent",
        /// The mail waits in the outbox.
        Queued = "queued",
        /// The relay has taken the mail.
        HandedToRelay = "handedToRelay",
        /// The relay refused the mail, or could not be reached for too long.
        RefusedByRelay = "refusedByRelay",
        /// The link was opened.
        Opened = "opened",
        /// The guest has accepted.
        Accepted = "accepted",
        /// It was open in a backup that was restored, and may have been withdrawn since: it is void until it is sent again.
        HeldByRestore = "heldByRestore",
        /// It was not accepted in time.
        Expired = "expired",
        /// It was withdrawn, or a newer invitation of the same guest has replaced it.
        Revoked = "revoked",
    }
}

/// One invitation of one person.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Invitation {
    /// The inviting tenant.
    pub tenant_id: TenantId,
    /// Its id.
    pub id: InvitationId,
    /// The guest it is for.
    pub user_id: UserId,
    /// The address that was invited.
    pub address: String,
    /// The hash of the link's ticket; none once a newer link has replaced it.
    pub ticket_hash: Option<SecretHash>,
    /// `inviteRedirectUrl`, as it was given.
    pub redirect_url: String,
    /// The app that address belonged to when the invitation was made.
    pub application_id: Option<ApplicationId>,
    /// Who invited.
    pub inviter_kind: InviterKind,
    /// Their object id; nil for the server itself.
    pub inviter_id: Uuid,
    /// Their name at that time.
    pub inviter_name: String,
    /// Where answers go.
    pub inviter_address: Option<String>,
    /// Their own words.
    pub message: Option<String>,
    /// `messageLanguage`, as it was given.
    pub language: Option<String>,
    /// Addresses that get a copy of the mail.
    pub carbon_copies: Json<Vec<String>>,
    /// The newest mail that carries it.
    pub mail_id: Option<MailId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its link ends; `None` for never.
    pub expires_at: Option<Timestamp>,
    /// When its link was first opened.
    pub opened_at: Option<Timestamp>,
    /// When it was accepted.
    pub accepted_at: Option<Timestamp>,
    /// When it was withdrawn or replaced.
    pub revoked_at: Option<Timestamp>,
    /// Since when it is held by a restore; `None` once it was sent again.
    pub held_at: Option<Timestamp>,
    /// Counts the changes.
    pub version: i64,
}

impl Invitation {
    /// Whether it is still to be accepted. One that a restore holds is as well, once it was sent again.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.accepted_at.is_none() && !self.has_ended(now)
    }

    /// Whether its time is over.
    pub fn has_ended(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }

    /// How far it has come, with the state of its mail.
    pub fn state(&self, mail: Option<outbox::State>, now: Timestamp) -> State {
        if self.revoked_at.is_some() {
            State::Revoked
        } else if self.accepted_at.is_some() {
            State::Accepted
        } else if self.held_at.is_some() {
            State::HeldByRestore
        } else if self.has_ended(now) {
            State::Expired
        } else if self.opened_at.is_some() {
            State::Opened
        } else {
            match mail {
                Some(outbox::State::Queued) => State::Queued,
                Some(outbox::State::HandedToRelay) => State::HandedToRelay,
                Some(outbox::State::RefusedByRelay) => State::RefusedByRelay,
                Some(outbox::State::Expired) | None => State::NotSent,
            }
        }
    }

    /// The person who invited; a program or the server is no person.
    pub fn inviting_person(&self) -> Option<&str> {
        (self.inviter_kind == InviterKind::User).then_some(self.inviter_name.as_str())
    }
}

/// An invitation with what stands in other tables, for lists.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Invitee {
    /// The invitation.
    #[sqlx(flatten)]
    pub invitation: Invitation,
    /// The guest's name.
    pub guest_name: String,
    /// How far the mail is.
    pub mail_state: Option<outbox::State>,
    /// Why the mail was not taken.
    pub mail_error: Option<String>,
    /// Since when the mailbox wants no invitations of the tenant.
    pub blocked_at: Option<Timestamp>,
}

impl Invitee {
    /// How far the invitation has come.
    pub fn state(&self, now: Timestamp) -> State {
        self.invitation.state(self.mail_state, now)
    }

    /// Why no mail has arrived: what the relay said, or that the mailbox wants none.
    pub fn mail_problem(&self, now: Timestamp) -> Option<&str> {
        let refuses = self.state(now) == State::NotSent && self.blocked_at.is_some();
        if refuses {
            return Some("The recipient wants no invitations from this organisation.");
        }
        self.mail_error.as_deref()
    }
}

/// The link of an invitation. It holds the ticket, so it is shown to nobody but its creator and the invited person.
pub fn redeem_url(base: &str, tenant: TenantId, ticket: &str) -> String {
    format!("{base}/{tenant}/redeem?ticket={ticket}")
}

/// The name a guest gets in the tenant: `sam_fabrikam.com#EXT#@contoso.example`. Domains hold no underscore, so no two
/// addresses get the same name.
pub(super) fn guest_principal_name(address: &str, initial_domain: &str) -> String {
    format!("{}#EXT#@{initial_domain}", address.replace('@', "_"))
}

/// The guest object as it is made before anybody has accepted (Graph: invitation, effect on the directory).
pub(super) fn pending_guest(
    tenant: TenantId,
    id: UserId,
    address: &str,
    name: String,
    principal_name: String,
    user_type: UserType,
    now: Timestamp,
) -> User {
    User {
        mail: Some(address.to_owned()),
        other_mails: Json(vec![address.to_owned()]),
        proxy_addresses: Json(vec![format!("SMTP:{address}")]),
        user_type,
        creation_type: Some(CreationType::Invitation),
        external_user_state: Some(ExternalUserState::PendingAcceptance),
        external_user_state_changed_at: Some(now),
        ..User::member(tenant, id, principal_name, name, now)
    }
}

/// How a guest is named until the invitation is accepted.
pub(super) fn pending_identity(guest: &User, initial_domain: &str) -> Identity {
    Identity {
        sign_in_type: SignInType::UserPrincipalName,
        issuer: initial_domain.to_owned(),
        issuer_assigned_id: Some(guest.user_principal_name.clone()),
    }
}
