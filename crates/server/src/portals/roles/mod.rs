//! `/portal/{tenant}/roles`: who holds which role; giving and taking.

mod page;

pub(super) use page::routes;
