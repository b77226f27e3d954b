//! `vestibule move --to URL`

use super::{Configured, Error, backup};
use crate::config::Settings;
use crate::{StartError, backups};
use clap::Args;
use database::Database;
use std::path::PathBuf;

/// Connections a move needs of each database.
const CONNECTIONS: u32 = 2;

/// Options of `move`.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    configured: Configured,
    #[command(flatten)]
    to: To,
}

/// Where to; exactly one of the two.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct To {
    /// The empty database: `sqlite:FILE` or `postgres://..`.
    #[arg(long, value_name = "URL")]
    to: Option<String>,
    /// A file that holds the url, for one that carries a password.
    #[arg(long, value_name = "FILE")]
    to_file: Option<PathBuf>,
}

impl To {
    fn url(&self) -> Result<String, Error> {
        match (&self.to, &self.to_file) {
            (Some(url), _) => Ok(url.clone()),
            (None, Some(file)) => Ok(std::fs::read_to_string(file).map_err(Error::file(file))?.trim_end().to_owned()),
            (None, None) => Err(Error::refused("--to or --to-file is missing")),
        }
    }
}

pub(super) async fn run(options: &Options) -> Result<(), Error> {
    let present = options.configured.settings()?.database_settings().map_err(StartError::from)?;
    let target = Settings::engine(&options.to.url()?, CONNECTIONS)
        .map_err(|_| Error::refused("--to must begin with sqlite: or postgres://"))?;
    if present.is_in_use().await? {
        return Err(Error::refused("the database is in use: stop every server first, or what it writes would be lost"));
    }
    let from = Database::open(&present).await?;
    let to = backups::open_target(&target).await?;
    let tables = backups::copy_to(&from, &to).await?;
    from.close().await;
    to.close().await;
    backup::show(&tables);
    say!(
        "Everything was moved and every table compared. Set database.url to the new address before the next start; the \
         old database is unchanged and must not be served any more."
    );
    Ok(())
}
