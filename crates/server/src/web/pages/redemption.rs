//! The pages beside the straight way from an invitation to its app.

use askama::Template;

use super::{Destination, Reference};
use crate::web::shell::Outside;

/// The reader said no; nothing changed.
#[derive(Debug, Clone, Template)]
#[template(path = "redemption/pages/cancelled.html")]
pub struct CancelledPage {
    /// The inviting organisation's door.
    pub outside: Outside,
    /// Back to page one.
    pub invitation_url: String,
    /// The page that refuses all further invitations.
    pub block_url: Option<String>,
}

/// The reader wants to accept with another address; only the inviter can send the invitation there.
#[derive(Debug, Clone, Template)]
#[template(path = "redemption/pages/other_address.html")]
pub struct OtherAddressPage {
    /// The inviting organisation's door.
    pub outside: Outside,
    /// Name and address of the person to ask.
    pub inviter: Option<(String, String)>,
    /// Back to page one.
    pub invitation_url: String,
}

/// Signed in as somebody whom the invitation does not name.
#[derive(Debug, Clone, Template)]
#[template(path = "redemption/pages/wrong_account.html")]
pub struct WrongAccountPage {
    /// The inviting organisation's door.
    pub outside: Outside,
    /// The address the invitation was sent to.
    pub invited_address: String,
    /// The address of the session.
    pub signed_in_as: String,
    /// The anti-forgery token.
    pub csrf: String,
    /// Where "Continue as the invited address" posts to.
    pub action: String,
    /// Name and address of the person to ask.
    pub inviter: Option<(String, String)>,
    /// For the administrator who is asked about it.
    pub reference: Reference,
}

/// A link that opens nothing: replaced, ended, revoked or never issued, which the page does not tell.
#[derive(Debug, Clone, Template)]
#[template(path = "redemption/pages/dead_link.html")]
pub struct DeadLinkPage {
    /// The organisation's door if the link names one.
    pub outside: Outside,
    /// The anti-forgery token.
    pub csrf: String,
    /// Where asking for a fresh invitation posts to.
    pub action: String,
    /// For the administrator who is asked about it.
    pub reference: Reference,
}

/// After asking for a fresh invitation; the same whether one was sent or not.
#[derive(Debug, Clone, Template)]
#[template(path = "redemption/pages/fresh_link.html")]
pub struct FreshLinkPage {
    /// The door of the page before.
    pub outside: Outside,
}

/// The link of an invitation that was accepted: no longer a credential, still a way to the sign-in.
#[derive(Debug, Clone, Template)]
#[template(path = "redemption/pages/accepted.html")]
pub struct AcceptedPage {
    /// The organisation's door.
    pub outside: Outside,
    /// What lies behind the sign-in.
    pub destination: Destination,
    /// Where the sign-in begins.
    pub continue_url: String,
}

/// Stands before an address that is not the organisation's.
#[derive(Debug, Clone, Template)]
#[template(path = "redemption/pages/leaving.html")]
pub struct LeavingPage {
    /// The organisation's door.
    pub outside: Outside,
    /// The host the reader would go to.
    pub host: String,
    /// The whole address.
    pub continue_url: String,
    /// Where the reader can stay instead.
    pub stay_url: Option<String>,
}
