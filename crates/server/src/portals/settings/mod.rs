//! `/portal/{tenant}/settings`: who may invite, what guests see, which domains, where invitations may lead.

mod effect;
mod form;
mod page;
mod store;

pub(super) use page::routes;
