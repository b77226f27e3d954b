//! `/portal/{tenant}/users`: everybody who can reach the organisation, found by name, address, organisation or reference.

mod export;
mod filter;
mod page;
mod store;

pub(super) use page::routes;
