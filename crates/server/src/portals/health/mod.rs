//! `/portal/{tenant}/health` and `/vestibule/v1/health`: whether the server works for this organisation.
//!
//! What tells of the work of other organisations is not shown: counts, queues and mails are those of the caller's own, and
//! times of the database are measured by the request that asks.

mod graph;
mod operations;
mod page;
mod store;

pub(super) use graph::routes as api_routes;
pub(super) use page::routes;
