//! `/portal/{tenant}/settings`: who may invite, what guests see, which domains, where invitations may lead.

mod form;
mod page;

pub(super) use page::routes;
