//! A backup comes back, and a new epoch begins.

use super::epoch::{self, Voided};
use super::{Error, schema, target};
use crate::audit::{self, Activity, Outcome, Target};
use crate::graph::Caller;
use crate::platform::clock::rfc3339;
use crate::platform::{MasterKey, Timestamp, master_key_proof};
use crate::tenants;
use crate::{MIGRATIONS, Server};
use database::Transaction;
use database::copy::{self, Manifest};
use std::path::Path;

/// What may be done with the database that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replace {
    /// It must be empty.
    Nothing,
    /// All of it is given up for the backup.
    Everything,
}

/// A backup that was opened and found whole.
pub struct Backup {
    tx: Transaction,
    /// What is in it.
    pub manifest: Manifest,
}

impl Backup {
    /// Opens a file and checks all of it, the master key too: with another one, nothing in it could be unsealed. What an older
    /// version made is brought to the schema of this program on the way; what a newer one made is refused.
    pub async fn open(file: &Path, master_key: &MasterKey) -> Result<Self, Error> {
        if !file.is_file() {
            return Err(Error::Refused(format!("there is no file {}", file.display())));
        }
        let (mut tx, manifest) = copy::open(file, MIGRATIONS).await?;
        if master_key_proof::open(&mut tx, master_key).await.is_err() {
            return Err(Error::Refused(format!(
                "the configured master key is not the one that {} was sealed with",
                file.display()
            )));
        }
        Ok(Self { tx, manifest })
    }

    /// The version of its schema, when that is older than the one it is restored with.
    pub fn older_schema(&self) -> Option<i64> {
        let made_with = self.manifest.schema_version;
        (made_with < schema().version).then_some(made_with)
    }

    /// When it was made.
    pub const fn made_at(&self) -> Timestamp {
        Timestamp::from_microseconds(self.manifest.made_at)
    }

    /// Fills the database of `server`, which nobody else uses, and makes void what was open: all of it or nothing.
    pub async fn restore(mut self, server: &Server, replace: Replace) -> Result<Voided, Error> {
        let schema = schema();
        let mut into = server.database.alone().await?;
        let filled = target::first_filled(&mut into).await?;
        if let (Some(table), Replace::Nothing) = (filled, replace) {
            return Err(Error::Refused(format!(
                "the database is not empty: it has rows in {table}; with --replace all of it is given up"
            )));
        }
        copy::clear(&schema, &mut into).await?;
        copy::copy(&schema, &mut self.tx, &mut into).await?;
        let voided = epoch::begin(&mut into, server.clock.now()).await?;
        record(&mut into, server, self.made_at()).await?;
        into.commit().await?;
        Ok(voided)
    }
}

async fn record(tx: &mut Transaction, server: &Server, made_at: Timestamp) -> Result<(), Error> {
    let made_at = rfc3339(made_at);
    for tenant in tenants::store::list(tx).await? {
        let target = Target::new("Directory", tenant.id.0, tenant.name.clone());
        let caller = Caller::system(tenant.id);
        let details = [("BackupDateTime", made_at.as_str())];
        audit::record(tx, server, &caller, Activity::RestoreBackup, &Outcome::Success, &target, &details).await?;
    }
    Ok(())
}
