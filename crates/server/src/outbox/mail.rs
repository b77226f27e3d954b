//! What is known about a mail, without what it says.

use super::{Kind, Wait};
use crate::platform::Timestamp;
use crate::platform::ids::{InvitationId, MailId};
use uuid::Uuid;

database::text_enum! {
    /// How far a mail is.
    pub enum State {
        /// It waits for its first or next try.
        Queued = "queued",
        /// The relay has taken it.
        HandedToRelay = "handedToRelay",
        /// It was given up: the relay refused it, or could not be reached for too long.
        RefusedByRelay = "refusedByRelay",
        /// It was not sent in the time it was good for, or taken back before.
        Expired = "expired",
    }
}

/// One mail to one mailbox.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Mail {
    /// Its id.
    pub id: MailId,
    /// What it is about.
    pub kind: Kind,
    /// The address it goes to; empty for a mail to nobody ([`super::Prepared::to_nobody`]).
    pub recipient: String,
    /// The invitation it carries.
    pub invitation_id: Option<InvitationId>,
    /// `Message-ID`, as relays log it.
    pub message_id: String,
    /// How far it is.
    pub state: State,
    /// How often it was tried.
    pub attempts: i64,
    /// Why the last try failed.
    pub last_error: Option<String>,
    /// When it was written.
    pub created_at: Timestamp,
    /// After this it is not worth sending.
    pub expires_at: Option<Timestamp>,
    /// When the limits let it through.
    pub admitted_at: Option<Timestamp>,
    /// The person whose share of the hour it counts against.
    pub share_of: Option<Uuid>,
    /// Whether it leaves room for others.
    pub yields: bool,
    /// When its turn comes, for one that waits for a limit of the hour.
    pub place_at: Option<Timestamp>,
    /// For which.
    pub place_for: Option<Wait>,
    /// When the relay took it.
    pub handed_over_at: Option<Timestamp>,
}

impl Mail {
    /// Whether nobody gets it ([`super::Prepared::to_nobody`]).
    pub(super) const fn is_to_nobody(&self) -> bool {
        self.recipient.is_empty()
    }
}
