//! `/portal/{tenant}`: where somebody begins.

use crate::Server;
use crate::web::answer;
use crate::web::visitor::Visitor;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use std::sync::Arc;

pub(super) fn routes() -> Router<Arc<Server>> {
    Router::new().route("/portal/{tenant}", get(begin)).route("/portal/{tenant}/", get(begin))
}

/// Administrators begin with the users, everybody else with their apps.
async fn begin(visitor: Visitor) -> Response {
    let place = match super::require_role(&visitor.caller) {
        Ok(()) => format!("{}/users", visitor.base()),
        Err(_) => format!("/myapps/{}", visitor.tenant_domain),
    };
    answer::see_other(&place)
}
