//! When what was read is no longer good: on both engines, for changes of this process and of others.

use super::engines::with_settings_on_both;
use database::{Database, LEASE, Settings, Stamp, Tables, sql, sql_across, watched};
use std::time::Duration;
use tokio::time::{sleep, timeout};

fn left() -> Tables {
    watched!["left_side"]
}

fn right() -> Tables {
    watched!["right_side"]
}

/// The stamp as soon as there is one.
async fn stamp(database: &Database, tables: Tables) -> Stamp {
    until(async || database.changes().stamp(tables)).await
}

async fn until<T>(look: impl AsyncFn() -> Option<T>) -> T {
    let looking = async {
        loop {
            if let Some(seen) = look().await {
                return seen;
            }
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(Duration::from_secs(30), looking).await.expect("it comes to pass")
}

async fn followed(settings: &Settings) -> Database {
    let database = Database::open(settings).await.expect("the database");
    database.follow_changes(LEASE);
    database
}

async fn insert_left(database: &Database, id: i64) {
    let mut tx = database.write().await.expect("a transaction");
    tx.query(sql!("INSERT INTO left_side (id) VALUES ($1)")).bind(id).execute().await.expect("a row");
    tx.commit().await.expect("a commit");
}

async fn count_left(database: &Database) -> i64 {
    let mut tx = database.read().await.expect("a connection");
    let counted: (i64,) =
        tx.query(sql_across!("test", "SELECT COUNT(*) FROM left_side")).fetch_one().await.expect("a count");
    counted.0
}

#[tokio::test]
async fn a_commit_moves_its_tables_on_before_it_is_acknowledged_and_a_rollback_moves_nothing() {
    with_settings_on_both(async |_, settings| {
        let database = followed(&settings).await;
        let (before, beside) = (stamp(&database, left()).await, stamp(&database, right()).await);
        let mut tx = database.write().await.expect("a transaction");
        tx.query(sql!("DELETE FROM left_side WHERE id = $1")).bind(1_i64).execute().await.expect("no row");
        drop(tx);
        assert_eq!(stamp(&database, left()).await, before);

        insert_left(&database, 1).await;
        assert_ne!(database.changes().stamp(left()), Some(before));
        assert_ne!(database.changes().stamp(left() | right()), Some(before));
        // Own commits are no reason to forget anything, however often others are asked after.
        let after = stamp(&database, left()).await;
        sleep(LEASE).await;
        assert_eq!(stamp(&database, right()).await, beside);
        assert_eq!(stamp(&database, left()).await, after);
    })
    .await;
}

#[tokio::test]
async fn a_commit_whose_caller_has_gone_away_moves_its_tables_on_all_the_same() {
    with_settings_on_both(async |_, settings| {
        let database = followed(&settings).await;
        let before = stamp(&database, left()).await;
        let mut tx = database.write().await.expect("a transaction");
        tx.query(sql!("INSERT INTO left_side (id) VALUES ($1)")).bind(1_i64).execute().await.expect("a row");
        let mut commit = Box::pin(tx.commit());
        tokio::select! {
            biased;
            _ = &mut commit => panic!("it was acknowledged at once"),
            () = std::future::ready(()) => {}
        }
        drop(commit);
        until(async || (count_left(&database).await == 1).then_some(())).await;
        until(async || (stamp(&database, left()).await != before).then_some(())).await;
    })
    .await;
}

#[tokio::test]
async fn what_another_process_commits_is_known_before_the_lease_ends() {
    with_settings_on_both(async |other, settings| {
        let database = followed(&settings).await;
        for id in 0..3 {
            let before = stamp(&database, left()).await;
            insert_left(&other, id).await;
            sleep(LEASE).await;
            assert_ne!(database.changes().stamp(left()), Some(before));
            assert_ne!(stamp(&database, left()).await, before);
        }
    })
    .await;
}

#[tokio::test]
async fn nothing_is_known_without_following() {
    with_settings_on_both(async |database, settings| {
        assert_eq!(database.changes().stamp(left()), None);
        let followed = followed(&settings).await;
        stamp(&followed, left()).await;
        followed.close().await;
        sleep(LEASE).await;
        assert_eq!(followed.changes().stamp(left()), None);
    })
    .await;
}

#[tokio::test]
async fn what_was_missed_while_nobody_listened_is_not_taken_for_unchanged() {
    with_settings_on_both(async |other, settings| {
        let Settings::Postgres { url, .. } = &settings else { return };
        let database = followed(&settings).await;
        let before = stamp(&database, left()).await;
        let mut connection = <sqlx_postgres::PgConnection as sqlx::Connection>::connect(url).await.expect("PostgreSQL");
        let ended: Vec<bool> = sqlx::query_scalar(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE datname = current_database() AND query = 'SELECT 1'",
        )
        .fetch_all(&mut connection)
        .await
        .expect("the listeners end");
        assert_eq!(ended, [true]);
        insert_left(&other, 1).await;
        sleep(LEASE).await;
        assert_ne!(database.changes().stamp(left()), Some(before));
        assert_ne!(stamp(&database, left()).await, before, "it listens again, and trusts nothing from before");
    })
    .await;
}

#[tokio::test]
async fn an_operator_can_tell_that_rows_were_changed_by_hand() {
    with_settings_on_both(async |_, settings| {
        let Settings::Postgres { url, .. } = &settings else { return };
        let database = followed(&settings).await;
        let before = stamp(&database, left()).await;
        let mut connection = <sqlx_postgres::PgConnection as sqlx::Connection>::connect(url).await.expect("PostgreSQL");
        sqlx::Executor::execute(&mut connection, "NOTIFY vestibule_changes, '*'").await.expect("a message");
        sleep(LEASE).await;
        assert_ne!(stamp(&database, left()).await, before);
    })
    .await;
}
