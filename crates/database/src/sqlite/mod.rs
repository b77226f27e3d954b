//! SQLite, run where the caller is.
//!
//! A statement that finds its rows by a key takes a few microseconds; handing it to another thread and back takes several
//! times as long. So statements run in place, and only what takes long leaves: reads that turn out to be long, and
//! everything that waits for the disk (see [`Readers`] and `writer`).
//!
//! `rusqlite` runs the statements. To the rest of the product a row is still a row of `sqlx`, so that one
//! `derive(FromRow)` reads it on both engines; [`Sqlite`] is that side.

mod connection;
mod driver;
mod nowhere;
mod readers;
mod types;
mod value;

pub(crate) use connection::{Access, Answer, Connection, Opening, is_open};
pub use driver::{Arguments, Row, Sqlite};
pub(crate) use readers::Readers;
