//! One test on each engine.

use super::{TestServer, watch};
use crate::MIGRATIONS;
use database::{Database, Settings};
use sqlx::{Connection, Executor};
use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::sync::OnceCell;

/// Where the tests find PostgreSQL: the address of a server on which databases may be made.
const POSTGRES: &str = "VESTIBULE_TEST_POSTGRES";

/// Runs a test on SQLite, then on PostgreSQL. Without a server it fails, unless PostgreSQL is switched off by name
/// (`VESTIBULE_SKIP=postgres`).
pub async fn on_both_engines<F, T>(test: F)
where
    F: Fn(TestServer) -> T,
    T: Future<Output = ()>,
{
    on_sqlite(&test).await;
    if let Some(url) = postgres_url() {
        let name = fresh_postgres(&url).await;
        watch::begin();
        Box::pin(test(TestServer::open(&with_database(&url, &name)).await)).await;
        watch::end();
        drop_postgres(&url, &name).await;
    }
}

/// Runs a test on SQLite only: for what has nothing to do with the engine.
pub async fn on_sqlite<F, T>(test: F)
where
    F: Fn(TestServer) -> T,
    T: Future<Output = ()>,
{
    let directory = tempfile::tempdir().expect("a temporary directory");
    let file = directory.path().join("test.db");
    // Readable by its owner alone, as the server makes it.
    let mut made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&file).expect("a file");
    made.write_all(migrated_file().await).expect("a copy of the migrated database");
    drop(made);
    watch::begin();
    Box::pin(test(TestServer::open(&format!("sqlite:{}", file.display())).await)).await;
    watch::end();
}

/// Runs a part of a test with the address of a database without any table, on SQLite and then on PostgreSQL.
pub async fn on_empty_databases<F, T>(test: F)
where
    F: Fn(String) -> T,
    T: Future<Output = ()>,
{
    let directory = tempfile::tempdir().expect("a temporary directory");
    test(format!("sqlite:{}", directory.path().join("other.db").display())).await;
    if let Some(url) = postgres_url() {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("vestibule_empty_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        command(&url, &format!("CREATE DATABASE {name}")).await;
        test(with_database(&url, &name)).await;
        drop_postgres(&url, &name).await;
    }
}

/// Whether tests run on PostgreSQL too.
#[cfg(test)]
pub fn has_postgres() -> bool {
    postgres_url().is_some()
}

#[expect(clippy::disallowed_methods, reason = "the harness tells the tests where PostgreSQL is")]
fn postgres_url() -> Option<String> {
    let skipped = std::env::var("VESTIBULE_SKIP").is_ok_and(|tiers| tiers.split(',').any(|tier| tier == "postgres"));
    if skipped {
        // Past the capture of the test runner, which shows nothing of tests that pass.
        static TOLD: Once = Once::new();
        TOLD.call_once(|| {
            let words = "PostgreSQL is switched off by name (VESTIBULE_SKIP): tests run on SQLite alone, and nothing is compared.";
            writeln!(std::io::stderr(), "{words}").expect("a place for words");
        });
        return None;
    }
    let url = std::env::var(POSTGRES).ok();
    assert!(url.is_some(), "{POSTGRES} is not set: run `cargo xtask test`, or set VESTIBULE_SKIP=postgres");
    url
}

/// The file of a migrated database, with which every test on SQLite begins.
async fn migrated_file() -> &'static [u8] {
    static FILE: OnceCell<Vec<u8>> = OnceCell::const_new();
    FILE.get_or_init(|| async {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let (file, whole) = (directory.path().join("migrated.db"), directory.path().join("whole.db"));
        let database = Database::open(&Settings::Sqlite { file: file.clone(), readers: 1 }).await.expect("SQLite");
        database::migration::migrate(&database, MIGRATIONS).await.expect("the schema");
        database.close().await;
        // What is still in the WAL comes along.
        let connection = rusqlite::Connection::open(&file).expect("the migrated database");
        connection.execute("VACUUM INTO ?1", [whole.to_string_lossy()]).expect("a database in one file");
        std::fs::read(whole).expect("the file")
    })
    .await
}

/// A migrated database that every test on PostgreSQL clones.
async fn template(url: &str) -> &'static str {
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    TEMPLATE
        .get_or_init(|| async {
            let name = format!("vestibule_template_{}", std::process::id());
            command(url, &format!("DROP DATABASE IF EXISTS {name}")).await;
            command(url, &format!("CREATE DATABASE {name}")).await;
            let settings = Settings::Postgres { url: with_database(url, &name), connections: 1 };
            let database = Database::open(&settings).await.expect("PostgreSQL");
            database::migration::migrate(&database, MIGRATIONS).await.expect("the schema");
            database.close().await;
            name
        })
        .await
}

async fn fresh_postgres(url: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let template = template(url).await;
    let name = format!("vestibule_test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    command(url, &format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
    name
}

/// Sends a command to the PostgreSQL server of the tests, outside of any test's database.
pub async fn postgres_command(text: &str) {
    let url = postgres_url().expect("PostgreSQL is there when a test asks for it");
    command(&url, text).await;
}

impl TestServer {
    /// The name of this server's database on PostgreSQL; `None` on SQLite.
    pub fn postgres_database(&self) -> Option<String> {
        match self.settings.database_settings() {
            Ok(Settings::Postgres { url, .. }) => url.rsplit('/').next().map(str::to_owned),
            _ => None,
        }
    }
}

async fn drop_postgres(url: &str, name: &str) {
    command(url, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
}

async fn command(url: &str, text: &str) {
    let mut connection = sqlx_postgres::PgConnection::connect(url).await.expect("PostgreSQL");
    connection.execute(sqlx::AssertSqlSafe(text.to_owned())).await.expect("a database command");
    connection.close().await.expect("an orderly end");
}

fn with_database(url: &str, name: &str) -> String {
    let mut url = url::Url::parse(url).expect("an address");
    url.set_path(name);
    url.to_string()
}
