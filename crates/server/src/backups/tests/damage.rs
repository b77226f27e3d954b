use super::{key, restore, save, summaries};
use crate::backups::{Backup, Replace};
use crate::platform::MasterKey;
use crate::redemption::tests::Journey;
use crate::testing::{TestServer, on_both_engines, on_empty_databases, on_sqlite};
use std::path::Path;

fn change(file: &Path, statement: &str) {
    let connection = rusqlite::Connection::open(file).expect("the file");
    connection.execute_batch(statement).expect("a change");
}

async fn refusal(file: &Path) -> String {
    let refused = Backup::open(file, &key()).await.err().expect("must be refused").to_string();
    assert!(refused.contains(&file.display().to_string()), "{refused}");
    refused
}

#[tokio::test]
async fn a_file_that_is_not_a_whole_backup_is_refused_by_name() {
    on_sqlite(async |server| {
        Journey::begin(&server).await;
        let saved = save(&server).await;
        let whole = std::fs::read(&saved.file).expect("the backup");
        let file = saved.file.with_extension("copy");
        let of = |bytes: &[u8]| std::fs::write(&file, bytes).expect("a copy");

        assert!(refusal(&file).await.contains("there is no file"));
        of(b"id,name\n1,Ada\n");
        assert!(refusal(&file).await.contains("not a whole backup"));
        of(b"");
        assert!(refusal(&file).await.contains("not a whole backup"));
        let aside = saved.file.with_extension("other");
        change(&aside, "CREATE TABLE people (name TEXT)");
        assert!(refusal(&aside).await.contains("not a whole backup"), "another program's database");
        of(&whole[..whole.len() / 2]);
        assert!(refusal(&file).await.contains("malformed"));

        let newest = crate::MIGRATIONS.last().expect("a schema").version;
        let of_version = |version: u8| {
            format!(
                r#"UPDATE copy_manifest
                   SET content = replace(content, '"schema_version":{newest}', '"schema_version":{version}')"#
            )
        };
        let [newer, older, none] = [99, 1, 0].map(of_version);
        for (statement, words) in [
            ("DROP TABLE copy_manifest", "damaged"),
            ("UPDATE tenant SET name = 'Fabrikam'", "tenant should have"),
            ("DELETE FROM mail", "mail should have"),
            ("ALTER TABLE tenant ADD COLUMN colour TEXT", "tenant.colour"),
            ("DROP TABLE passcode", "passcode."),
            (newer.as_str(), "newer version"),
            (older.as_str(), "it differs in"),
            (none.as_str(), "no release had"),
        ] {
            of(&whole);
            change(&file, statement);
            let refused = refusal(&file).await;
            assert!(refused.contains(words), "{statement}: {refused}");
        }
        of(&whole);
        assert!(Backup::open(&file, &key()).await.is_ok(), "the same file is good without the changes");
    })
    .await;
}

#[tokio::test]
async fn another_master_key_restores_nothing() {
    on_both_engines(async |server| {
        let saved = save(&server).await;
        let other = MasterKey::parse(&"0f".repeat(32)).expect("a key");
        let refused = Backup::open(&saved.file, &other).await.err().expect("must be refused").to_string();
        assert!(refused.contains("master key"), "{refused}");
    })
    .await;
}

#[tokio::test]
async fn a_database_with_rows_is_given_up_only_when_asked() {
    on_both_engines(async |server| {
        Journey::begin(&server).await;
        let saved = save(&server).await;
        let now = server.clock.now();
        on_empty_databases(async |url| {
            restore(&saved.file, &url, Replace::Nothing, now).await.expect("into an empty one");
            let other = TestServer::at(&url, now).await;
            other.tenant("Northwind", "northwind.example").await;
            let before = summaries(&other).await;
            other.database.close().await;
            drop(other);

            let refused = restore(&saved.file, &url, Replace::Nothing, now).await.expect_err("not empty").to_string();
            assert!(refused.contains("not empty") && refused.contains("--replace"), "{refused}");
            let untouched = TestServer::at(&url, now).await;
            assert_eq!(summaries(&untouched).await, before);
            untouched.database.close().await;
            drop(untouched);

            restore(&saved.file, &url, Replace::Everything, now).await.expect("all of it is replaced");
            let replaced = TestServer::at(&url, now).await;
            let tenants = summaries(&replaced).await.into_iter().find(|summary| summary.table == "tenant");
            assert_eq!(tenants.expect("tenants").rows, 1, "Northwind is gone");
            replaced.database.close().await;
        })
        .await;
    })
    .await;
}
