//! From one engine to the other.

use super::{Error, schema, target};
use database::Database;
use database::copy::{self, Summary};

/// Copies everything into an empty database, all of it or nothing, and compares every table by count and checksum. What
/// is open stays open: it is the same database in another place. The source is not changed.
pub async fn copy_to(from: &Database, to: &Database) -> Result<Vec<Summary>, Error> {
    let schema = schema();
    let mut source = from.snapshot().await?;
    let mut into = to.alone().await?;
    if let Some(table) = target::first_filled(&mut into).await? {
        return Err(Error::Refused(format!("the target is not empty: it has rows in {table}; nothing was moved")));
    }
    copy::clear(&schema, &mut into).await?;
    let tables = copy::copy(&schema, &mut source, &mut into).await?;
    into.commit().await?;
    Ok(tables)
}
