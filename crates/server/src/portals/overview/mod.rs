//! `/portal/{tenant}`: where somebody begins. Whoever administers users sees who came in, who did not, and what needs
//! somebody.

mod attention;
mod chart;
mod page;
mod secrets;
mod store;

pub(super) use page::routes;
pub(super) use secrets::{ending, way};
