//! The whole database: into a file, back from it, to the other engine, and under another master key.
//!
//! A backup is one SQLite file with the schema of the product, whichever engine it came from, so that it restores into
//! either. It holds everything but the master key. Owns no table and knows none but those a restore makes void.

mod epoch;
mod error;
mod master_key;
mod moving;
mod restore;
mod target;
#[cfg(test)]
mod tests;

pub use epoch::{Voided, announcement};
pub use error::Error;
pub use master_key::{Resealed, reseal};
pub use moving::copy_to;
pub use restore::{Backup, Replace};
pub use target::open as open_target;

use crate::MIGRATIONS;
use crate::platform::{Timestamp, private_file};
use database::copy::{self, Manifest, Schema};
use database::{Database, migration};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The tables of the product.
pub fn schema() -> Schema {
    Schema::of(MIGRATIONS)
}

/// Writes everything into a new file that only its owner can read: one view of all tables, while others write. The file
/// gets its name when it is complete; one that exists is left alone.
pub async fn write(database: &Database, to: &Path, now: Timestamp) -> Result<Manifest, Error> {
    if to.exists() {
        return Err(Error::Refused(format!("{} exists already; a backup overwrites nothing", to.display())));
    }
    migration::check(database, MIGRATIONS).await?;
    let aside = beside(to, ".partial");
    remove(&aside)?;
    private_file::create(&aside, b"").map_err(Error::file(&aside))?;
    let made = fill(database, &aside, now).await;
    if made.is_err() {
        remove(&aside)?;
    }
    let manifest = made?;
    private_file::publish(&aside, to).map_err(Error::file(to))?;
    Ok(manifest)
}

async fn fill(database: &Database, file: &Path, now: Timestamp) -> Result<Manifest, Error> {
    let schema = schema();
    let mut from = database.snapshot().await?;
    let mut into = copy::create(file, MIGRATIONS)?;
    let tables = copy::copy(&schema, &mut from, &mut into).await?;
    let manifest = Manifest::new(now.microseconds(), env!("CARGO_PKG_VERSION"), &schema, tables);
    copy::finish(into, &manifest).await?;
    Ok(manifest)
}

/// Removes what an interrupted backup left, SQLite's journal with it.
fn remove(aside: &Path) -> Result<(), Error> {
    for file in [aside.to_owned(), beside(aside, "-journal")] {
        private_file::remove(&file).map_err(Error::file(&file))?;
    }
    Ok(())
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(file);
    name.push(ending);
    PathBuf::from(name)
}
