//! Migrations: once, together, and never backwards.

use super::engines::{SCHEMA, on_both, on_postgres_alone};
use database::migration::{Migration, check, migrate};
use database::{Database, Error, Settings, sql_across};

const NEWER: &[Migration] =
    &[SCHEMA[0], Migration { version: 2, name: "shine", text: "CREATE TABLE shine (id BIGINT NOT NULL PRIMARY KEY);" }];

/// A step that takes longer than a server's connection waits for a lock (5 s), and writes down how long a statement may take.
const SLOW: &[Migration] = &[
    SCHEMA[0],
    Migration {
        version: 2,
        name: "slow",
        text: "CREATE TABLE limits (name TEXT NOT NULL PRIMARY KEY, setting TEXT NOT NULL);\n\
            INSERT INTO limits SELECT name, setting FROM pg_settings\n\
            WHERE name IN ('idle_in_transaction_session_timeout', 'lock_timeout', 'statement_timeout');\n\
            SELECT pg_sleep(6);",
    },
];

#[tokio::test]
async fn an_older_program_refuses_a_newer_schema_by_name() {
    on_both(async |database| {
        assert!(matches!(check(&database, NEWER).await, Err(Error::OlderSchema { found: 1, known: 2 })));
        assert_eq!(migrate(&database, NEWER).await.expect("a step"), 1);
        check(&database, NEWER).await.expect("the schema of this program");
        for outcome in [check(&database, SCHEMA).await, migrate(&database, SCHEMA).await.map(|_| ())] {
            let error = outcome.expect_err("newer than this program");
            assert!(error.to_string().contains("2 (shine)"), "{error}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_edited_migration_is_refused() {
    on_both(async |database| {
        let edited = [Migration { text: "CREATE TABLE other (id BIGINT NOT NULL PRIMARY KEY);", ..SCHEMA[0] }];
        assert!(matches!(migrate(&database, &edited).await, Err(Error::ChangedMigration { version: 1, .. })));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_that_start_at_once_apply_each_step_once() {
    on_both(async |database| {
        let tasks: Vec<_> = (0..4)
            .map(|_| {
                let database = database.clone();
                tokio::spawn(async move { migrate(&database, NEWER).await })
            })
            .collect();
        let mut applied = 0;
        for task in tasks {
            applied += task.await.expect("no panic").expect("a migration");
        }
        assert_eq!(applied, 1);
    })
    .await;
}

/// A million rows may take longer than the 30 seconds that a statement of a server has, and whoever waits for them longer than
/// the five that it has for a lock.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_step_takes_as_long_as_it_takes_and_a_second_process_waits_for_it() {
    on_postgres_alone(async |database, settings| {
        let other = Database::open(&settings).await.expect("another process");
        let (one, second) = tokio::join!(migrate(&database, SLOW), migrate(&other, SLOW));
        assert_eq!(one.expect("a migration") + second.expect("it waited"), 1);
        let mut tx = database.read().await.expect("a connection");
        let limits: Vec<(String, String)> = tx
            .query(sql_across!("test", "SELECT name, setting FROM limits WHERE setting <> '0' ORDER BY name"))
            .fetch_all()
            .await
            .expect("the limits");
        assert!(limits.is_empty(), "a step is limited: {limits:?}");
        let (kept,): (String,) = tx
            .query(sql_across!("test", "SELECT current_setting('statement_timeout')"))
            .fetch_one()
            .await
            .expect("a setting");
        assert_eq!(kept, "30s", "what serves requests is limited as before");
    })
    .await;
}

#[tokio::test]
async fn a_read_only_file_is_told_as_not_available() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let file = directory.path().join("nowhere").join("test.db");
    let outcome = Database::open(&Settings::Sqlite { file, readers: 1 }).await;
    assert!(matches!(outcome.map(|_| ()), Err(Error::Unavailable(_))));
}
