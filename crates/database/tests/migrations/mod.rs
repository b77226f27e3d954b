//! Migrations: once, together, and never backwards.

use super::engines::{SCHEMA, on_both};
use database::migration::{Migration, check, migrate};
use database::{Database, Error, Settings};

const NEWER: &[Migration] =
    &[SCHEMA[0], Migration { version: 2, name: "shine", text: "CREATE TABLE shine (id BIGINT NOT NULL PRIMARY KEY);" }];

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

#[tokio::test]
async fn a_read_only_file_is_told_as_not_available() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let file = directory.path().join("nowhere").join("test.db");
    let outcome = Database::open(&Settings::Sqlite { file, readers: 1 }).await;
    assert!(matches!(outcome.map(|_| ()), Err(Error::Unavailable(_))));
}
