//! The database: there, of the right schema, writable, with room.

use super::Finding;
use crate::MIGRATIONS;
use crate::config::Settings;
use crate::platform::master_key_proof;
use database::{Database, Error, migration};
use std::path::Path;
use std::time::Duration;

const ABOUT: &str = "database";

/// How long it may take to open; a host that is away answers nothing at all.
const PATIENCE: Duration = Duration::from_secs(10);
/// Bytes of the disk below which the next busy hour may fail.
const LITTLE_ROOM: u64 = 1 << 30;
/// Bytes of the disk below which writes are about to fail.
const NO_ROOM: u64 = 100 << 20;
/// A WAL is taken over at 16 MiB. One of this size means that somebody keeps a reader open.
const LARGE_WAL: u64 = 256 << 20;

/// What was found, and the database if it can be used.
pub(super) async fn examine(settings: &Settings) -> (Vec<Finding>, Option<Database>) {
    let wanted = match settings.database_settings() {
        Ok(wanted) => wanted,
        Err(error) => return (vec![unusable(&error.to_string())], None),
    };
    let mut findings = Vec::new();
    if let database::Settings::Sqlite { file, .. } = &wanted {
        if !file.exists() {
            let means = format!("There is no database {}, so the server does not start.", file.display());
            return (vec![Finding::failure(ABOUT, means, "vestibule migrate --config FILE makes it.")], None);
        }
        // Before it is opened: the last one to close a WAL takes it away.
        findings.extend(wal(file));
        findings.push(room(file));
    }
    let database = match tokio::time::timeout(PATIENCE, Database::open(&wanted)).await {
        Ok(Ok(database)) => database,
        Ok(Err(error)) => {
            findings.push(unusable(&error.to_string()));
            return (findings, None);
        }
        Err(_) => {
            findings.push(unusable("it did not answer within ten seconds"));
            return (findings, None);
        }
    };
    findings.push(schema(migration::check(&database, MIGRATIONS).await));
    findings.push(writable(&database).await);
    (findings, Some(database))
}

fn unusable(problem: &str) -> Finding {
    let advice = "Look at [database] in the configuration, and whether the server of the database runs and lets us in.";
    Finding::failure(ABOUT, format!("The database cannot be opened: {problem}."), advice)
}

fn schema(checked: Result<(), Error>) -> Finding {
    match checked {
        Ok(()) => Finding::ok(ABOUT, "It answers, and its schema is the one of this version."),
        Err(error @ Error::OlderSchema { .. }) => {
            Finding::failure(ABOUT, format!("{error}."), "vestibule migrate --config FILE, after a backup.")
        }
        Err(error @ Error::NewerSchema { .. }) => Finding::failure(
            ABOUT,
            format!("{error}."),
            "Install the version of Vestibule that this database was used with.",
        ),
        Err(error) => unusable(&error.to_string()),
    }
}

/// Writes, and takes it back.
async fn writable(database: &Database) -> Finding {
    let tried = async {
        let mut tx = database.write().await?;
        master_key_proof::touch(&mut tx).await
    };
    match tried.await {
        Ok(()) => Finding::ok(ABOUT, "It can be written to."),
        Err(error) => Finding::failure(
            ABOUT,
            format!("It cannot be written to: {error}."),
            "Run this as the user of the service; then look at the rights of the file and its folder, or of the role.",
        ),
    }
}

/// Nothing where there is no such file, as beside a database that nobody has open.
fn wal(file: &Path) -> Option<Finding> {
    let mut name = file.as_os_str().to_owned();
    name.push("-wal");
    let size = std::fs::metadata(&name).ok()?.len();
    Some(if size > LARGE_WAL {
        let means = format!("The write-ahead log has grown to {}: somebody keeps an old view open.", bytes(size));
        Finding::warning(
            ABOUT,
            means,
            "Look for a backup or another program that has the file open for hours, and end it.",
        )
    } else {
        Finding::ok(ABOUT, format!("The write-ahead log takes {}.", bytes(size)))
    })
}

fn room(file: &Path) -> Finding {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // It was opened before; without a size, the room that is left says what matters.
    let size = std::fs::metadata(file).map(|data| data.len()).unwrap_or_default();
    match rustix::fs::statvfs(folder) {
        Ok(disk) => {
            let free = disk.f_bavail.saturating_mul(disk.f_frsize);
            let means = format!("The database takes {}, and its disk has {} left", bytes(size), bytes(free));
            let advice = format!("Make room on the disk of {}, or shorten [retention].", folder.display());
            if free < NO_ROOM {
                Finding::failure(ABOUT, format!("{means}: writes are about to fail."), advice)
            } else if free < LITTLE_ROOM {
                Finding::warning(ABOUT, format!("{means}, which is little."), advice)
            } else {
                Finding::ok(ABOUT, format!("{means}."))
            }
        }
        Err(error) => {
            let means = format!("How much room its disk has could not be seen: {error}.");
            Finding::warning(ABOUT, means, format!("df {}", folder.display()))
        }
    }
}

fn bytes(count: u64) -> String {
    let mebibytes = count >> 20;
    if mebibytes >= 10_240 { format!("{} GiB", mebibytes >> 10) } else { format!("{mebibytes} MiB") }
}
