//! `/portal/{tenant}/settings`: who may invite, what guests see and are told, which domains, where invitations may lead, and what
//! is kept of the organisation itself.

mod branding;
mod contacts;
mod effect;
mod form;
mod organization;
mod page;
mod store;

pub(super) use page::sentence;

use crate::Server;
use axum::Router;
use std::sync::Arc;

pub(super) fn routes() -> Router<Arc<Server>> {
    page::routes().merge(organization::routes()).merge(contacts::routes()).merge(branding::routes())
}
