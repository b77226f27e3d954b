//! `vestibule backup TO`

use super::{Configured, Error};
use crate::platform::Clock;
use crate::{StartError, backups};
use clap::Args;
use database::Database;
use database::copy::Summary;
use std::path::PathBuf;

/// Options of `backup`.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    configured: Configured,
    /// The file that is made; one that exists is left alone.
    #[arg(value_name = "TO")]
    to: PathBuf,
}

pub(super) async fn run(options: &Options) -> Result<(), Error> {
    let settings = options.configured.settings()?.database_settings().map_err(StartError::from)?;
    let database = Database::open(&settings).await?;
    let manifest = backups::write(&database, &options.to, Clock::system().now()).await?;
    database.close().await;
    show(&manifest.tables);
    say!(
        "{} holds {} rows of schema version {}. The master key is not in it: keep a copy of the key elsewhere, without \
         it the backup cannot be restored.",
        options.to.display(),
        manifest.rows(),
        manifest.schema_version
    );
    Ok(())
}

/// One line for each table: its rows and their checksum.
pub(super) fn show(tables: &[Summary]) {
    for Summary { table, rows, checksum } in tables {
        say!("{table:<26} {rows:>10}  {checksum}");
    }
}
