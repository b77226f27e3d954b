//! The directory audit and the sign-in log: who did what to whom, with which result.
//!
//! A change is audited in the transaction that makes it; an interactive sign-in in the transaction of its session. Rows
//! are only ever added, and removed by age alone, but for two things. Failures of programs that repeat without end become a
//! number on one row of the sign-in log, `attempts`, which only grows. What guests read of the directory is counted beside the
//! logs by the hour ([`reads`]): of its row, object, client address and correlation id are those of the last read. Names of
//! activities are those of Microsoft Entra's audit log, so that queries carry over.
//!
//! Owns `directory_audit`, `sign_in`, `sign_in_hour` and `directory_read`. Every feature writes; administrators read, by the API, as a file, and
//! in the portal, whose pages stand in `portals::logs` because a search there knows people and apps.

mod condition;
mod device;
pub mod directory;
mod entry;
mod export;
mod filter;
mod graph;
pub mod group;
mod marks;
pub mod operations;
mod plain;
mod query;
pub mod reads;
mod repeats;
mod resource;
mod retention;
mod rows;
pub mod sign_in;
pub mod store;
pub mod tally;
#[cfg(test)]
mod tests;
pub mod words;

pub use directory::{Activity, Outcome, Target};
pub use entry::{ChangeEntry, ReadEntry, SignInEntry};
pub use export::{ExportedLog, Format, export};
pub use filter::{ChangeFilter, Place, ReadFilter, Requests, SignInFilter, Subject};
pub use marks::{deeds, mark};
pub use reads::{Answered, Reading};
pub use retention::purge;
pub use rows::{Deed, record, record_each};

use crate::Server;
use axum::Router;
use std::sync::Arc;

/// The logs in the API.
pub fn routes() -> Router<Arc<Server>> {
    graph::routes()
}
