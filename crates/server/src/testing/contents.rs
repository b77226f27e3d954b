//! Everything a database holds, to see that nothing changed.

use super::TestServer;
use crate::MIGRATIONS;
use database::Settings;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection};
use std::collections::BTreeMap;

impl TestServer {
    /// The rows of every table as text, in no order of their own.
    ///
    /// # Panics
    /// When the database cannot be read.
    pub async fn contents(&self) -> BTreeMap<&'static str, Vec<String>> {
        let settings = self.settings.database_settings().expect("settings");
        let mut contents = match &settings {
            Settings::Sqlite { file, .. } => sqlite(&format!("sqlite:{}", file.display())).await,
            Settings::Postgres { url, .. } => postgres(url).await,
        };
        contents.values_mut().for_each(|rows| rows.sort_unstable());
        contents
    }
}

async fn sqlite(address: &str) -> BTreeMap<&'static str, Vec<String>> {
    let mut connection = SqliteConnection::connect(address).await.expect("SQLite");
    let mut contents = BTreeMap::new();
    for table in tables() {
        let columns = sqlx::query_scalar("SELECT 'quote(' || name || ')' FROM pragma_table_info(?1)").bind(table);
        let columns: Vec<String> = columns.fetch_all(&mut connection).await.expect("the columns");
        let text = format!("SELECT {} FROM {table}", columns.join(" || ',' || "));
        let rows = sqlx::query_scalar(AssertSqlSafe(text)).fetch_all(&mut connection).await.expect("the rows");
        contents.insert(table, rows);
    }
    contents
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
