use super::{save, schema, summaries};
use crate::backups::{self, copy_to, open_target};
use crate::platform::ids::TenantId;
use crate::redemption::tests::Journey;
use crate::testing::{TestServer, on_both_engines, on_empty_databases};
use database::{Settings, sql};
use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use uuid::Uuid;

#[tokio::test]
async fn every_table_and_column_of_the_schema_is_copied() {
    on_both_engines(async |server| {
        let columns = server.database.columns().await.expect("columns");
        let found: BTreeSet<(String, String)> = columns
            .into_iter()
            .filter(|column| column.table != "schema_version")
            .map(|column| (column.table, column.name))
            .collect();
        let schema = schema();
        let copied = schema
            .tables
            .iter()
            .flat_map(|table| table.columns.iter().map(|(column, _)| (table.name.clone(), column.clone())));
        assert_eq!(copied.collect::<BTreeSet<_>>(), found);
        let saved = save(&server).await;
        let named: Vec<&str> = saved.manifest.tables.iter().map(|summary| summary.table.as_str()).collect();
        assert_eq!(named, schema.tables.iter().map(|table| table.name.as_str()).collect::<Vec<_>>());
    })
    .await;
}

#[tokio::test]
async fn a_backup_is_private_whole_and_overwrites_nothing() {
    on_both_engines(async |server| {
        Journey::begin(&server).await;
        let saved = save(&server).await;
        assert_eq!(saved.manifest.tables, summaries(&server).await);
        let mode = std::fs::metadata(&saved.file).expect("the file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let folder = saved.file.parent().expect("a folder");
        assert_eq!(std::fs::read_dir(folder).expect("the folder").count(), 1, "nothing is left beside it");
        let bytes = std::fs::read(&saved.file).expect("the backup");
        assert!(!bytes.windows(32).any(|part| part == [0x5a; 32]), "the master key is not in it");

        let again = backups::write(&server.database, &saved.file, server.clock.now()).await.expect_err("exists");
        assert!(again.to_string().contains("overwrites nothing"), "{again}");
        assert_eq!(std::fs::read(&saved.file).expect("the backup"), bytes);
    })
    .await;
}

#[tokio::test]
async fn a_database_moves_to_either_engine_and_nothing_else() {
    on_both_engines(async |server| {
        let journey = Journey::begin(&server).await;
        journey.accept(&server.browser()).await;
        let before = summaries(&server).await;
        let start = server.clock.now();
        on_empty_databases(async |url| {
            let settings = TestServer::settings_of(&url).database_settings().expect("settings");
            let target = open_target(&settings).await.expect("a target");
            assert_eq!(copy_to(&server.database, &target).await.expect("a move"), before);
            let again = copy_to(&server.database, &target).await.expect_err("not empty").to_string();
            assert!(again.contains("not empty"), "{again}");
            target.close().await;
            drop(target);

            let moved = TestServer::at(&url, start).await;
            assert!(settings.is_in_use().await.expect("an answer"), "a server has it open");
            let refused = open_target(&settings).await.err().expect("in use").to_string();
            assert!(refused.contains("stop every server first"), "{refused}");
            assert_eq!(summaries(&moved).await, before);
            assert!(journey.open(&moved.browser()).await.text.contains("You have accepted"), "the link goes on");
            moved.database.close().await;
        })
        .await;
        assert_eq!(summaries(&server).await, before, "the source is unchanged");
    })
    .await;
}

/// Two rows in two tables that belong together, in one transaction.
async fn write_pair(server: &TestServer, tenant: TenantId) {
    let mut tx = server.write().await.expect("a transaction");
    let (id, now) = (server.entropy.random_uuid(), server.clock.now());
    tx.query(sql!("INSERT INTO invitation_block (tenant_id, address_folded, created_at) VALUES ($1, $2, $3)"))
        .bind(tenant)
        .bind(id.to_string())
        .bind(now)
        .execute()
        .await
        .expect("a block");
    tx.query(sql!(
        "INSERT INTO directory_role_assignment (tenant_id, principal_id, role_id, created_at) VALUES ($1, $2, $2, $3)"
    ))
    .bind(tenant)
    .bind(id)
    .bind(now)
    .execute()
    .await
    .expect("a role");
    tx.commit().await.expect("a commit");
}

#[tokio::test]
async fn a_backup_beside_a_writer_is_one_moment_of_all_tables() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await.id;
        let server = Arc::new(server);
        let stop = Arc::new(AtomicBool::new(false));
        for _ in 0..200 {
            write_pair(&server, tenant).await;
        }
        let writer = tokio::spawn({
            let (server, stop) = (Arc::clone(&server), Arc::clone(&stop));
            async move {
                let mut pairs = 0;
                while !stop.load(Ordering::Relaxed) {
                    write_pair(&server, tenant).await;
                    pairs += 1;
                }
                pairs
            }
        });
        for _ in 0..3 {
            let saved = save(&server).await;
            let file = Settings::Sqlite { file: saved.file.clone(), readers: 1 };
            let copy = database::Database::open(&file).await.expect("the file");
            let mut tx = copy.read().await.expect("a connection");
            let blocks: Vec<(String,)> = tx
                .query(sql!("SELECT address_folded FROM invitation_block WHERE tenant_id = $1"))
                .bind(tenant)
                .fetch_all()
                .await
                .expect("blocks");
            let roles: Vec<(Uuid,)> = tx
                .query(sql!("SELECT role_id FROM directory_role_assignment WHERE tenant_id = $1"))
                .bind(tenant)
                .fetch_all()
                .await
                .expect("roles");
            let blocks: BTreeSet<String> = blocks.into_iter().map(|(id,)| id).collect();
            let roles: BTreeSet<String> = roles.into_iter().map(|(id,)| id.to_string()).collect();
            assert!(roles.len() >= 200);
            assert_eq!(blocks, roles, "no row without the one it was committed with");
        }
        stop.store(true, Ordering::Relaxed);
        assert!(writer.await.expect("the writer") > 0, "it was not held up");
    })
    .await;
}
