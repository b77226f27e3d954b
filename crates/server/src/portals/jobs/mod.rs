//! `/portal/{tenant}/jobs` and `/vestibule/v1/jobs`: the work of an organisation that is still to be done, and what was given
//! up, with a way to try it again. Work of the server itself belongs to no organisation and is not shown.

mod error;
mod graph;
pub(super) mod operations;
mod page;
mod store;
#[cfg(test)]
mod tests;
mod words;

pub(super) use graph::routes as api_routes;
pub(super) use page::routes;
pub(super) use words::of_suspects;
