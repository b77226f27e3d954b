//! `vestibule migrate`

use super::{Configured, Error};
use crate::{MIGRATIONS, StartError};
use database::{Database, migration};

pub(super) async fn run(configured: &Configured) -> Result<(), Error> {
    let settings = configured.settings()?.database_settings().map_err(StartError::from)?;
    let database = Database::open(&settings).await?;
    let applied = migration::migrate(&database, MIGRATIONS).await?;
    database.close().await;
    match (applied, MIGRATIONS.last()) {
        (0, _) | (_, None) => say!("The schema is up to date."),
        (_, Some(newest)) => say!("The schema is now version {} ({}).", newest.version, newest.name),
    }
    Ok(())
}
