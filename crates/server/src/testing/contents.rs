//! Everything a database holds, to see that nothing changed.

use super::TestServer;
use crate::MIGRATIONS;
use database::Settings;
use sqlx::{AssertSqlSafe, Connection as _};
use sqlx_postgres::PgConnection;
use std::collections::BTreeMap;
use std::path::Path;

impl TestServer {
    /// The rows of every table as text, in no order of their own.
    ///
    /// # Panics
    /// When the database cannot be read.
    pub async fn contents(&self) -> BTreeMap<&'static str, Vec<String>> {
        let settings = self.settings.database_settings().expect("settings");
        let mut contents = match &settings {
            Settings::Sqlite { file, .. } => sqlite(file).expect("SQLite"),
            Settings::Postgres { url, .. } => postgres(url).await,
        };
        contents.values_mut().for_each(|rows| rows.sort_unstable());
        contents
    }
}

fn sqlite(file: &Path) -> rusqlite::Result<BTreeMap<&'static str, Vec<String>>> {
    let connection = rusqlite::Connection::open(file)?;
    let texts = |text: &str| -> rusqlite::Result<Vec<String>> {
        connection.prepare(text)?.query_map([], |row| row.get(0))?.collect()
    };
    let mut contents = BTreeMap::new();
    for table in tables() {
        let columns = texts(&format!("SELECT 'quote(' || name || ')' FROM pragma_table_info('{table}')"))?;
        contents.insert(table, texts(&format!("SELECT {} FROM {table}", columns.join(" || ',' || ")))?);
    }
    Ok(contents)
}

async fn postgres(url: &str) -> BTreeMap<&'static str, Vec<String>> {
    let mut connection = PgConnection::connect(url).await.expect("PostgreSQL");
    let mut contents = BTreeMap::new();
    for table in tables() {
        let text = format!("SELECT CAST({table} AS TEXT) FROM {table}");
        let rows = sqlx::query_scalar(AssertSqlSafe(text)).fetch_all(&mut connection).await.expect("the rows");
        contents.insert(table, rows);
    }
    contents
}

/// The tables of the schema, read from the migrations so that none is forgotten.
fn tables() -> impl Iterator<Item = &'static str> {
    let texts = MIGRATIONS.iter().map(|migration| migration.text);
    texts.flat_map(|text| text.split("CREATE TABLE ").skip(1)).filter_map(|rest| rest.split([' ', '(']).next())
}
