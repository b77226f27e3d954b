//! The answer to an application by POST.

use askama::Template;

use crate::web::shell::{Hidden, Outside};

/// Carries the parameters of an authorization response to the application in a form (OAuth 2.0 Form Post Response
/// Mode). A script of ours submits it; without scripts its button does.
#[derive(Debug, Clone, Template)]
#[template(path = "authorization/pages/form_post.html")]
pub struct FormPostPage {
    /// The organisation's door.
    pub outside: Outside,
    /// The application's name.
    pub app: String,
    /// Whether the application is told who signed in, and not why nobody did.
    pub is_granted: bool,
    /// The redirect address.
    pub action: String,
    /// The parameters of the response.
    pub fields: Vec<Hidden>,
}
