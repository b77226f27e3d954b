//! What a transaction promises, on both engines: all or nothing, also for tasks that are aborted in the middle.

mod changes;
mod engines;
mod migrations;

use database::{Database, Error, Result, Settings, sql, sql_across};
use engines::on_both;
use std::time::Duration;

async fn pairs(database: &Database) -> i64 {
    let mut tx = database.read().await.expect("a connection");
    let (left,): (i64,) =
        tx.query(sql_across!("test", "SELECT COUNT(*) FROM left_side")).fetch_one().await.expect("a count");
    let (right,): (i64,) =
        tx.query(sql_across!("test", "SELECT COUNT(*) FROM right_side")).fetch_one().await.expect("a count");
    assert_eq!(left, right, "half of an operation was kept");
    left
}

async fn insert_pair(database: &Database, id: i64) -> Result<()> {
    let mut tx = database.write().await?;
    tx.query(sql!("INSERT INTO left_side (id) VALUES ($1)")).bind(id).execute().await?;
    tokio::task::yield_now().await;
    tx.query(sql!("INSERT INTO right_side (id) VALUES ($1)")).bind(id).execute().await?;
    tx.commit().await
}

#[tokio::test]
async fn what_is_committed_is_there_and_what_is_dropped_is_not() {
    on_both(async |database| {
        insert_pair(&database, 1).await.expect("a commit");
        let mut tx = database.write().await.expect("a transaction");
        tx.query(sql!("INSERT INTO left_side (id) VALUES ($1)")).bind(2_i64).execute().await.expect("a row");
        drop(tx);
        insert_pair(&database, 2).await.expect("the key is free again");
        assert_eq!(pairs(&database).await, 2);
    })
    .await;
}

#[tokio::test]
async fn reads_are_counted_and_writes_are_none() {
    on_both(async |database| {
        let counted = || database.statistics().reads.counts.iter().sum::<u64>();
        let before = counted();
        pairs(&database).await;
        assert_eq!(counted(), before + 2);
        let mut tx = database.write().await.expect("a transaction");
        let query = tx.query(sql_across!("test", "SELECT COUNT(*) FROM left_side"));
        assert_eq!(query.fetch_one::<(i64,)>().await.expect("a count"), (0,));
        tx.commit().await.expect("a commit");
        assert_eq!(counted(), before + 2, "what a write reads is a part of it");
        assert!(!database.statistics().reads.time.is_zero());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tasks_aborted_anywhere_leave_nothing_half_done() {
    on_both(async |database| {
        let mut committed = 0;
        for round in 0..20_i64 {
            let tasks: Vec<_> = (0..20_i64)
                .map(|n| {
                    let database = database.clone();
                    tokio::spawn(async move { insert_pair(&database, round * 100 + n).await })
                })
                .collect();
            for (n, task) in tasks.into_iter().enumerate() {
                if n % 3 == 0 {
                    tokio::time::sleep(Duration::from_micros(u64::try_from(round * 37).unwrap_or(0))).await;
                    task.abort();
                }
                if let Ok(outcome) = task.await {
                    outcome.expect("nothing stands against these rows");
                    committed += 1;
                }
            }
        }
        let found = pairs(&database).await;
        assert!(found >= committed, "{committed} operations were acknowledged, {found} are there");
        insert_pair(&database, 999_999).await.expect("the writer still works");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_operation_takes_no_other_with_it() {
    on_both(async |database| {
        insert_pair(&database, 0).await.expect("the first");
        let tasks: Vec<_> = (0..60_i64)
            .map(|n| {
                let database = database.clone();
                // Every third one collides with the first row.
                let id = if n % 3 == 0 { 0 } else { n };
                tokio::spawn(async move { (id, insert_pair(&database, id).await) })
            })
            .collect();
        for task in tasks {
            match task.await.expect("no panic") {
                (0, outcome) => assert!(matches!(outcome, Err(Error::Conflict(_))), "{outcome:?}"),
                (id, outcome) => outcome.unwrap_or_else(|error| panic!("{id}: {error}")),
            }
        }
        assert_eq!(pairs(&database).await, 41);
    })
    .await;
}

#[tokio::test]
async fn operations_that_arrive_together_share_their_commits_and_lonely_ones_do_not_wait() {
    engines::on_sqlite(async |database| {
        let commits = || database.commits().expect("SQLite counts its commits");
        let before = commits();
        for id in 0..5 {
            insert_pair(&database, id).await.expect("a commit");
        }
        let alone = commits() - before;
        assert_eq!(alone, 5, "each was acknowledged before the next one came");
        let together = 100..200;
        let tasks: Vec<_> = together
            .clone()
            .map(|id| {
                let database = database.clone();
                tokio::spawn(async move { insert_pair(&database, id).await })
            })
            .collect();
        for task in tasks {
            task.await.expect("no panic").expect("a commit");
        }
        let shared = commits() - before - alone;
        let operations = u64::try_from(together.count()).expect("a small number");
        assert!(shared >= 1 && shared < operations, "{shared} commits for {operations} operations");
        assert_eq!(pairs(&database).await, 105);
    })
    .await;
}

/// A connection goes straight to the next caller, however the one before left it.
#[tokio::test]
async fn what_somebody_left_open_is_nothing_to_whoever_comes_next() {
    on_both(async |database| {
        for id in 0..20_i64 {
            insert_pair(&database, id).await.expect("a commit");
            let mut left = database.write().await.expect("a transaction");
            left.query(sql!("INSERT INTO left_side (id) VALUES ($1)")).bind(1000 + id).execute().await.expect("a row");
            drop(left);
            let mut failed = database.write().await.expect("a transaction");
            let clash = failed.query(sql!("INSERT INTO left_side (id) VALUES ($1)")).bind(id).execute().await;
            assert!(matches!(clash, Err(Error::Conflict(_))), "{clash:?}");
            drop(failed);
            assert_eq!(pairs(&database).await, id + 1);
        }
    })
    .await;
}

/// Connections that wait for the next caller keep nobody from one, and end with the database.
#[tokio::test]
async fn whoever_needs_a_connection_gets_one_of_those_that_nobody_uses() {
    on_both(async |database| {
        let mut readers = Vec::new();
        for _ in 0..4 {
            let mut reader = database.read().await.expect("a connection");
            let count = reader.query(sql_across!("test", "SELECT COUNT(*) FROM left_side"));
            assert_eq!(count.fetch_one::<(i64,)>().await.expect("a count"), (0,));
            readers.push(reader);
        }
        drop(readers);
        let soon = Duration::from_secs(2);
        let snapshot = tokio::time::timeout(soon, database.snapshot()).await.expect("a connection is free");
        drop(snapshot.expect("a snapshot"));
        let alone = tokio::time::timeout(soon, database.alone()).await.expect("a connection is free");
        drop(alone.expect("a transaction"));
        tokio::time::timeout(soon, insert_pair(&database, 1)).await.expect("a connection is free").expect("a commit");
        tokio::time::timeout(soon, database.close()).await.expect("nobody holds a connection");
        let mut late = database.read().await.expect("what needs no connection yet");
        let refused: Result<(i64,)> =
            late.query(sql_across!("test", "SELECT COUNT(*) FROM left_side")).fetch_one().await;
        assert!(matches!(refused, Err(Error::Unavailable(_))), "{refused:?}");
    })
    .await;
}

/// PostgreSQL goes on with a statement when its caller is gone; the others go on with the connections that are left.
#[tokio::test]
async fn a_statement_that_was_given_up_keeps_nobody_from_a_connection_that_is_free() {
    engines::on_postgres_alone(async |_, settings| {
        let Settings::Postgres { url, .. } = settings else { panic!("PostgreSQL has an address") };
        let database = Database::open(&Settings::Postgres { url, connections: 2 }).await.expect("PostgreSQL");
        let held = database.write().await.expect("the first connection");
        let mut reader = database.read().await.expect("what needs no connection yet");
        let long = reader.query(sql_across!("test", "SELECT CAST(1 AS BIGINT) FROM pg_sleep(4)"));
        let given_up = tokio::time::timeout(Duration::from_millis(300), long.fetch_one::<(i64,)>()).await;
        assert!(given_up.is_err(), "it takes longer");
        drop(reader);
        let next = tokio::time::timeout(Duration::from_secs(2), pairs(&database));
        let release = async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            held.commit().await.expect("a commit");
        };
        let (found, ()) = tokio::join!(next, release);
        assert_eq!(found.expect("a connection is free"), 0);
    })
    .await;
}

/// PostgreSQL counts what changed a moment after it was committed. Its own schedule comes once in a minute.
#[tokio::test]
async fn statistics_are_gathered_of_a_table_that_has_doubled_and_not_again() {
    engines::on_postgres_alone(async |database, _| {
        let rows = sql_across!("test", "INSERT INTO left_side (id) SELECT generate_series(1, 600)");
        let mut tx = database.write().await.expect("a transaction");
        tx.query(rows).execute().await.expect("rows");
        tx.commit().await.expect("a commit");
        let gathering = async {
            while database.analyze_outgrown().await.expect("a look") == 0 {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), gathering).await.expect("the table has outgrown its statistics");
        let known = sql_across!("test", "SELECT CAST(reltuples AS BIGINT) FROM pg_class WHERE relname = 'left_side'");
        let mut tx = database.read().await.expect("a connection");
        let (known,): (i64,) = tx.query(known).fetch_one().await.expect("statistics");
        assert_eq!(known, 600);
        assert_eq!(database.analyze_outgrown().await.expect("a look"), 0);
    })
    .await;
}

#[tokio::test]
async fn nothing_can_be_kept_after_a_statement_has_failed() {
    on_both(async |database| {
        insert_pair(&database, 1).await.expect("the first");
        let mut tx = database.write().await.expect("a transaction");
        tx.query(sql!("INSERT INTO left_side (id) VALUES ($1)")).bind(2_i64).execute().await.expect("a row");
        let clash = tx.query(sql!("INSERT INTO left_side (id) VALUES ($1)")).bind(1_i64).execute().await;
        assert!(matches!(clash, Err(Error::Conflict(_))), "{clash:?}");
        let further = tx.query(sql!("INSERT INTO right_side (id) VALUES ($1)")).bind(2_i64).execute().await;
        assert!(matches!(further, Err(Error::AlreadyFailed)), "{further:?}");
        assert!(matches!(tx.commit().await, Err(Error::AlreadyFailed)));
        assert_eq!(pairs(&database).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_missing_bind_is_refused_instead_of_read_as_null() {
    on_both(async |database| {
        let mut tx = database.read().await.expect("a connection");
        let outcome: Result<Option<(i64,)>> = tx
            .query(sql_across!("test", "SELECT id FROM left_side WHERE id = $1 OR id = $2"))
            .bind(1_i64)
            .fetch_optional()
            .await;
        assert!(matches!(outcome, Err(Error::Binds { placeholders: 2, bound: 1, .. })), "{outcome:?}");
    })
    .await;
}

#[tokio::test]
async fn a_continued_statement_binds_what_it_is_given() {
    on_both(async |database| {
        for id in 1..=5 {
            insert_pair(&database, id).await.expect("a commit");
        }
        let mut tx = database.read().await.expect("a connection");
        let mut query = tx.query(sql_across!("test", "SELECT id FROM left_side WHERE id > $1")).bind(1_i64);
        query.push(" AND id < ").value(4_i64).push(" ORDER BY id DESC LIMIT ").value(10_i64);
        let rows: Vec<(i64,)> = query.fetch_all().await.expect("rows");
        assert_eq!(rows, [(3,), (2,)]);
    })
    .await;
}

#[tokio::test]
async fn a_row_shows_nothing_of_the_row_before() {
    on_both(async |database| {
        for id in 1..=4 {
            insert_pair(&database, id).await.expect("a commit");
        }
        let mut tx = database.read().await.expect("a connection");
        let rows: Vec<(i64, Option<String>, Option<i64>)> = tx
            .query(sql_across!(
                "test",
                "SELECT id, CASE id WHEN 1 THEN 'a long text' WHEN 3 THEN '' WHEN 4 THEN 'b' END AS words,
                        CASE id WHEN 2 THEN CAST(7 AS BIGINT) END AS number
                 FROM left_side ORDER BY id"
            ))
            .fetch_all()
            .await
            .expect("rows");
        let words = |text: &str| Some(text.to_owned());
        assert_eq!(
            rows,
            [(1, words("a long text"), None), (2, None, Some(7)), (3, words(""), None), (4, words("b"), None)]
        );
    })
    .await;
}

#[tokio::test]
async fn a_transaction_that_is_open_for_too_long_is_rolled_back_and_holds_up_nobody() {
    on_both(async |database| {
        let mut late = database.write().await.expect("a transaction");
        late.query(sql!("INSERT INTO left_side (id) VALUES ($1)")).bind(1_i64).execute().await.expect("a row");
        tokio::time::sleep(Database::WRITE_LIMIT + Duration::from_millis(500)).await;
        insert_pair(&database, 2).await.expect("the next one");
        assert!(late.commit().await.is_err(), "too late to be kept");
        assert_eq!(pairs(&database).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_full_disk_refuses_the_operation_and_keeps_what_was_acknowledged() {
    engines::on_sqlite(async |database| {
        insert_pair(&database, 1).await.expect("there is room");
        let mut tx = database.write().await.expect("a transaction");
        // The limit on pages makes SQLite answer as it does on a full disk (SQLITE_FULL).
        let limit: Option<(i64,)> =
            tx.query(sql_across!("test", "PRAGMA max_page_count = 1")).fetch_optional().await.expect("a limit");
        assert!(limit.is_some());
        tx.commit().await.expect("nothing to write");
        let mut refused = None;
        for id in 2..20_000 {
            if let Err(error) = insert_pair(&database, id).await {
                refused = Some((id, error));
                break;
            }
        }
        let (id, error) = refused.expect("the disk is full in the end");
        assert!(error.is_temporary(), "{error:?}");
        assert_eq!(pairs(&database).await, id - 1);
    })
    .await;
}

#[tokio::test]
async fn the_file_and_those_beside_it_are_read_by_their_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = tempfile::tempdir().expect("a temporary directory");
    let settings = database::Settings::Sqlite { file: directory.path().join("new.db"), readers: 1 };
    let database = Database::open(&settings).await.expect("SQLite");
    database::migration::migrate(&database, engines::SCHEMA).await.expect("the schema");
    insert_pair(&database, 1).await.expect("a pair");
    let files = std::fs::read_dir(directory.path()).expect("the folder").map(|file| file.expect("a file"));
    let modes: Vec<_> = files.map(|file| file.metadata().expect("a file").permissions().mode() & 0o777).collect();
    assert!(modes.len() >= 2 && modes.iter().all(|mode| *mode == 0o600), "{modes:?}");
}
