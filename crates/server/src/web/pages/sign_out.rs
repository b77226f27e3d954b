//! Signing out.

use askama::Template;

use crate::web::shell::{Hidden, Outside};

/// Asks before it ends the session (`OpenID` Connect RP-Initiated Logout 1.0, section 2).
#[derive(Debug, Clone, Template)]
#[template(path = "sign_in/pages/sign_out.html")]
pub struct SignOutPage {
    /// The organisation's door.
    pub outside: Outside,
    /// Who is signed in.
    pub address: String,
    /// The anti-forgery token.
    pub csrf: String,
    /// Where the form posts to.
    pub action: String,
    /// Hidden fields of the form.
    pub hidden: Vec<Hidden>,
    /// Where the reader stays signed in.
    pub stay_url: Option<String>,
}

/// The session has ended.
#[derive(Debug, Clone, Template)]
#[template(path = "sign_in/pages/signed_out.html")]
pub struct SignedOutPage {
    /// The organisation's door.
    pub outside: Outside,
    /// Where to sign in again.
    pub sign_in_url: Option<String>,
}
