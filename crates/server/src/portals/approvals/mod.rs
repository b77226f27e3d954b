//! `/portal/{tenant}/consent-requests`: what people asked administrators about apps, and the answers.

mod page;

pub(super) use page::routes;
