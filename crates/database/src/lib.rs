//! One SQL text on two engines.
//!
//! SQLite runs inside the process, PostgreSQL beside it; a statement is written once, with `$1` placeholders, and
//! every difference between the two that cannot be avoided is handled here. The crate knows no table of the product.
//!
//! * [`Database`] opens an engine and hands out [`Transaction`]s.
//! * [`sql!`] writes a statement and registers it, so that a test can prepare each of them on both engines.
//! * [`Bind`] and [`Record`] carry the bounds of both engines, so that no signature repeats them.
//! * [`Changes`] tells when tables have changed, here and in other processes, so that what was read can be kept.
//! * [`copy`] carries whole databases from one engine to the other, or into a file that says what is in it.
//! * [`migration`] brings the schema to the version this program knows.

mod bind;
mod changes;
mod connections;
pub mod copy;
mod engine;
mod error;
mod inspect;
pub mod migration;
mod planning;
mod query;
mod sqlite;
mod statement;
mod statistics;
mod text_enum;
mod transaction;
mod writer;

pub use bind::{Bind, Record, Timestamp};
pub use changes::{Changes, LEASE, Stamp, Tables, Watched};
pub use engine::{Database, Engine, Settings};
pub use error::Error;
pub use inspect::Column;
pub use query::Query;
pub use statement::{Registered, Statement, registered};
pub use statistics::{READ_BOUNDS, Statistics, Times, Total};
pub use transaction::Transaction;

/// What the macros of this crate expand to; not for use by hand.
#[doc(hidden)]
pub mod private {
    pub use inventory;
    pub use serde;
    pub use sqlx;
}

/// The result of everything here.
pub type Result<T, E = Error> = std::result::Result<T, E>;
