//! A copy that was made under an older schema.

use super::schema::Schema;
use crate::migration::{self, Migration};
use crate::sqlite::{Access, Opening};
use crate::transaction::{Connection, Transaction};
use crate::{Error, Result};
use std::path::PathBuf;
use std::time::Duration;

/// The steps that made the schema of a version: the first of `known`, up to that one. `None` for a version that no step
/// has.
pub(super) fn steps(known: &[Migration], version: i64) -> Option<&[Migration]> {
    let steps = &known[..known.partition_point(|step| step.version <= version)];
    steps.last().is_some_and(|step| step.version == version).then_some(steps)
}

/// Reads a copy into a database of its own that has the schema of the copy, and takes it through the later steps there,
/// so that neither the file nor the target is ever half way. `from` was checked before.
///
/// The database has no name: it is in memory as far as SQLite's cache goes, and beyond that in a file of the folder for
/// temporary files (`SQLITE_TMPDIR`, `TMPDIR`, `/var/tmp`, `/tmp`) that is unlinked as soon as it is open, so it needs
/// as much room as the copy and is gone whatever ends the process.
pub(super) async fn bring_up(mut from: Transaction, made_by: &[Migration], known: &[Migration]) -> Result<Transaction> {
    let unnamed = Opening { file: PathBuf::new(), access: Access::Write, patience: Duration::ZERO };
    let mut connection = unnamed.open()?;
    migration::sqlite(&mut connection, made_by)?;
    connection.batch("BEGIN IMMEDIATE")?;
    let mut to = Transaction::sqlite_alone(connection);
    super::copy(&Schema::of(made_by), &mut from, &mut to).await?;
    let Connection::Sqlite(connection) = to.connection().await? else { return Err(super::not_alone()) };
    // Not `Transaction::commit`, which would give the connection away, and the database with it.
    connection.batch("COMMIT")?;
    migration::sqlite(connection, known)?;
    connection.batch("BEGIN")?;
    Ok(to)
}

/// What is told when that fails; the way that is left goes through the program that made the copy.
pub(super) fn stuck(name: &str, program: &str, error: &Error) -> Error {
    Error::Copy(format!(
        "{name} was made by version {program} and could not be brought to the schema of this program: {error}; restore \
         it with that version, then run `vestibule migrate` with this one"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_has_the_steps_up_to_it_and_an_unknown_one_has_none() {
        let step = |version| Migration { version, name: "x", text: "" };
        let known = [step(1), step(2), step(5)];
        let found = |version| steps(&known, version).map(<[Migration]>::len);
        assert_eq!([1, 2, 5].map(found), [Some(1), Some(2), Some(3)]);
        assert_eq!([0, 3, 6].map(found), [None, None, None]);
    }
}
