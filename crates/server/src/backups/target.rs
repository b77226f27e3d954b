//! A database that is to be filled.

use super::{Error, schema};
use crate::MIGRATIONS;
use crate::platform::private_file;
use database::copy;
use database::{Database, Settings, Transaction, migration};

/// Tables that a server fills by starting, before anybody has used it.
const ON_START: [&str; 1] = ["master_key_proof"];

/// Opens it for ourselves alone: refused while a program of ours uses it. A database without any table gets the schema;
/// one with another schema is refused.
pub async fn open(settings: &Settings) -> Result<Database, Error> {
    if settings.is_in_use().await? {
        return Err(Error::Refused(format!("{} is in use: stop every server first", name(settings))));
    }
    if let Settings::Sqlite { file, .. } = settings
        && !file.exists()
    {
        private_file::create(file, b"").map_err(Error::file(file))?;
    }
    let database = Database::open(settings).await?;
    let columns = database.columns().await?;
    if columns.is_empty() {
        migration::migrate(&database, MIGRATIONS).await?;
    } else if columns.iter().any(|column| column.table == "schema_version") {
        migration::check(&database, MIGRATIONS).await?;
    } else {
        return Err(Error::Refused(format!("{} holds tables of another program", name(settings))));
    }
    Ok(database)
}

/// What it is called in messages: without user name and password.
pub(super) fn name(settings: &Settings) -> String {
    match settings {
        Settings::Sqlite { file, .. } => file.display().to_string(),
        Settings::Postgres { url, .. } => {
            let place = url.rsplit_once('@').map_or(url.as_str(), |(_, place)| place);
            format!("the database {}", place.trim_start_matches("postgres://").trim_start_matches("postgresql://"))
        }
    }
}

/// The table that keeps it from being empty.
pub(super) async fn first_filled(tx: &mut Transaction) -> Result<Option<String>, Error> {
    Ok(copy::first_filled(&schema(), tx, &ON_START).await?)
}
