//! What the form says while the organisation lets nobody invite.

use crate::Server;
use crate::graph::Role;
use crate::web::answer;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

#[derive(Template)]
#[template(path = "invitations/pages/off.html")]
struct OffPage {
    inside: Inside,
    /// The settings, for those who may change them.
    settings: Option<String>,
}

/// The refusal with its reason. An administrator who reads only "not allowed" looks for a role that is not missing.
pub(super) fn page(server: &Server, visitor: &Visitor) -> Response {
    let administers = visitor.caller.holds_any(&[Role::GlobalAdministrator]);
    let page = OffPage {
        inside: visitor.inside(server, Section::Invitations),
        settings: administers.then(|| format!("{}/settings", visitor.base())),
    };
    answer::page(StatusCode::FORBIDDEN, &page)
}
