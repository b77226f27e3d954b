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
        let mut contents = BTreeMap::new();
        for table in tables() {
            let mut rows = match &settings {
                Settings::Sqlite { file, .. } => {
                    let address = format!("sqlite:{}", file.display());
                    let mut connection = SqliteConnection::connect(&address).await.expect("SQLite");
                    let columns: Vec<String> =
                        sqlx::query_scalar("SELECT 'quote(' || name || ')' FROM pragma_table_info(?1)")
                            .bind(table)
                            .fetch_all(&mut connection)
                            .await
                            .expect("the columns");
                    let text = format!("SELECT {} FROM {table}", columns.join(" || ',' || "));
                    sqlx::query_scalar(AssertSqlSafe(text)).fetch_all(&mut connection).await.expect("the rows")
                }
                Settings::Postgres { url, .. } => {
                    let mut connection = PgConnection::connect(url).await.expect("PostgreSQL");
                    let text = format!("SELECT CAST({table} AS TEXT) FROM {table}");
                    sqlx::query_scalar(AssertSqlSafe(text)).fetch_all(&mut connection).await.expect("the rows")
                }
            };
            rows.sort_unstable();
            contents.insert(table, rows);
        }
        contents
    }
}

/// The tables of the schema, read from the migrations so that none is forgotten.
fn tables() -> impl Iterator<Item = &'static str> {
    let texts = MIGRATIONS.iter().map(|migration| migration.text);
    texts.flat_map(|text| text.split("CREATE TABLE ").skip(1)).filter_map(|rest| rest.split([' ', '(']).next())
}
