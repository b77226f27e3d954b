//! `/portal/{tenant}/users`: everybody who can reach the organisation, found by name, address, organisation or reference.

mod export;
mod filter;
mod find;
mod page;
mod row;
mod store;
#[cfg(test)]
mod tests;

pub(super) use page::routes;
