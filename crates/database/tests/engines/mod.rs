//! A fresh database on each engine.

use database::migration::{Migration, migrate};
use database::{Database, Settings};
use sqlx::{Connection, Executor};
use std::sync::atomic::{AtomicU32, Ordering};

/// The schema of these tests.
pub const SCHEMA: &[Migration] = &[Migration {
    version: 1,
    name: "sides",
    text: "CREATE TABLE left_side (id BIGINT NOT NULL PRIMARY KEY);\nCREATE TABLE right_side (id BIGINT NOT NULL PRIMARY KEY);",
}];

/// Runs a test on SQLite and, unless it is switched off by name, on PostgreSQL.
pub async fn on_both<F, T>(test: F)
where
    F: Fn(Database) -> T,
    T: Future<Output = ()>,
{
    with_settings_on_both(|database, _| test(database)).await;
}

/// The same for a test that opens the database once more, as another process does.
pub async fn with_settings_on_both<F, T>(test: F)
where
    F: Fn(Database, Settings) -> T,
    T: Future<Output = ()>,
{
    with_settings_on_sqlite(&test).await;
    on_postgres_alone(test).await;
}

/// Runs a test on PostgreSQL, unless it is switched off by name: for what SQLite does not have.
pub async fn on_postgres_alone<F, T>(test: F)
where
    F: Fn(Database, Settings) -> T,
    T: Future<Output = ()>,
{
    if let Some(url) = postgres() {
        on_postgres(&url, &test).await;
    }
}

pub async fn on_sqlite<F, T>(test: F)
where
    F: Fn(Database) -> T,
    T: Future<Output = ()>,
{
    with_settings_on_sqlite(|database, _| test(database)).await;
}

async fn with_settings_on_sqlite<F, T>(test: F)
where
    F: Fn(Database, Settings) -> T,
    T: Future<Output = ()>,
{
    let directory = tempfile::tempdir().expect("a temporary directory");
    let settings = Settings::Sqlite { file: directory.path().join("test.db"), readers: 2 };
    let database = Database::open(&settings).await.expect("SQLite");
    assert_eq!(migrate(&database, SCHEMA).await.expect("the schema"), 1);
    test(database, settings).await;
}

async fn on_postgres<F, T>(url: &str, test: F)
where
    F: Fn(Database, Settings) -> T,
    T: Future<Output = ()>,
{
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = format!("database_test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    command(url, format!("CREATE DATABASE {name}")).await;
    let server = url.rsplit_once('/').expect("an address with a database").0;
    let settings = Settings::Postgres { url: format!("{server}/{name}"), connections: 4 };
    let database = Database::open(&settings).await.expect("PostgreSQL");
    assert_eq!(migrate(&database, SCHEMA).await.expect("the schema"), 1);
    test(database, settings).await;
    command(url, format!("DROP DATABASE {name} WITH (FORCE)")).await;
}

async fn command(url: &str, text: String) {
    let mut connection = sqlx_postgres::PgConnection::connect(url).await.expect("PostgreSQL");
    connection.execute(sqlx::AssertSqlSafe(text)).await.expect("a command");
}

#[expect(clippy::disallowed_methods, reason = "the harness tells the tests where PostgreSQL is")]
fn postgres() -> Option<String> {
    let skipped = std::env::var("VESTIBULE_SKIP").is_ok_and(|tiers| tiers.split(',').any(|tier| tier == "postgres"));
    if skipped {
        return None;
    }
    let url = std::env::var("VESTIBULE_TEST_POSTGRES").ok();
    assert!(
        url.is_some(),
        "VESTIBULE_TEST_POSTGRES is not set: run `cargo xtask test`, or set VESTIBULE_SKIP=postgres"
    );
    url
}
