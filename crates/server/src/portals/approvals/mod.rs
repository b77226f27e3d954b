//! `/portal/{tenant}/consent-requests`: what people asked administrators about apps, the answers, and who may ask and answer.

mod page;
mod policy;
mod policy_form;
mod reviewers;

use crate::Server;
use axum::Router;
use std::sync::Arc;

pub(super) fn routes() -> Router<Arc<Server>> {
    page::routes().merge(policy::routes())
}
