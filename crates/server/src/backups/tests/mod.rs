//! Backups on both engines: what comes back, what must not, and what is refused.

mod copies;
mod damage;
mod epoch;
mod keys;
mod older;
mod revoked;

use super::{Backup, Error, Replace, Voided, open_target, schema, write};
use crate::Server;
use crate::config::Settings;
use crate::platform::{Clock, Entropy, MailTransport, Mailbox, MasterKey, Timestamp};
use crate::testing::TestServer;
use database::copy::{self, Manifest, Summary};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A backup in a folder of its own.
struct Saved {
    _folder: TempDir,
    file: PathBuf,
    manifest: Manifest,
}

async fn save(server: &TestServer) -> Saved {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("backup.db");
    let manifest = write(&server.database, &file, server.clock.now()).await.expect("a backup");
    Saved { _folder: folder, file, manifest }
}

fn key() -> MasterKey {
    MasterKey::parse(&"5a".repeat(32)).expect("the key of test servers")
}

/// Restores into the database at `url`, as the command does.
async fn restore(file: &Path, url: &str, replace: Replace, now: Timestamp) -> Result<Voided, Error> {
    let backup = Backup::open(file, &key()).await?;
    let settings: Settings = TestServer::settings_of(url);
    let database = open_target(&settings.database_settings().expect("settings")).await?;
    let mail = MailTransport::mailbox(&settings, Mailbox::default()).expect("a mailbox");
    let server = Server::assemble(settings, database, Clock::manual(now), Entropy::system(), mail).expect("a server");
    let outcome = backup.restore(&server, replace).await;
    server.database.close().await;
    outcome
}

async fn summaries(server: &Server) -> Vec<Summary> {
    let mut tx = server.database.snapshot().await.expect("a view");
    copy::summarize(&schema(), &mut tx).await.expect("summaries")
}
