//! Every statement of the program: it prepares on both engines, and it names its tenant.

use super::{on_both_engines, on_sqlite};
use database::{Statement, registered};
use std::sync::Mutex;

/// Tables that belong to no tenant: small, and with a tenant id without a foreign key where they have one.
const GLOBAL: [&str; 4] = ["domain", "global_attempt", "master_key_proof", "schema_version"];

fn statements() -> impl Iterator<Item = &'static Statement> {
    registered().filter(|statement| !statement.file.contains("/testing/") && !statement.file.contains("/tests/"))
}

#[tokio::test]
async fn every_statement_prepares_on_both_engines() {
    assert!(statements().count() > 20, "the registry is there");
    on_both_engines(async |server| {
        for statement in statements() {
            if let Err(error) = server.database.prepare(statement).await {
                panic!("{}: {error}\n{}", statement.place(), statement.text);
            }
        }
    })
    .await;
}

#[test]
fn every_statement_names_its_tenant() {
    let wrong: Vec<_> = statements()
        .filter(|statement| statement.across.is_none())
        .filter_map(|statement| unbound(statement.text).map(|table| (statement.place(), table)))
        .collect();
    assert!(wrong.is_empty(), "not bound to the tenant in $1: {wrong:#?}");
}

#[test]
fn every_statement_that_writes_knows_its_table() {
    let unknown = statements().filter(|statement| !statement.text.starts_with("SELECT") && statement.writes.is_none());
    let wrong: Vec<_> = unknown.filter(|statement| !only_locks(statement.text)).map(Statement::place).collect();
    assert!(wrong.is_empty(), "what others keep of their tables would grow old: {wrong:#?}");
    assert!(statements().filter(|statement| only_locks(statement.text)).all(|statement| statement.writes.is_none()));
    assert!(registered().filter(|statement| statement.writes == Some("application")).count() >= 2);
}

/// An update that changes nothing: it makes others wait.
fn only_locks(text: &str) -> bool {
    ["SET version = version WHERE", "SET created_at = created_at WHERE"].iter().any(|words| text.contains(words))
}

#[test]
fn x10_what_the_logs_hold_is_only_added_to_and_purged() {
    for table in ["directory_audit", "sign_in"] {
        let of_table = || statements().filter(|statement| statement.writes == Some(table));
        let added = of_table().filter(|statement| statement.text.starts_with("INSERT"));
        assert_eq!(added.count(), 1, "{table} is written in one place");
        let changed: Vec<_> = of_table().filter(|statement| !statement.text.starts_with("INSERT")).collect();
        let is_purge = |statement: &Statement| {
            let is_old = statement.text.contains(".at < $1") && statement.text.contains("LIMIT $2");
            statement.text.starts_with("DELETE") && is_old && statement.file.ends_with("audit/store.rs")
        };
        let others: Vec<_> = changed.iter().filter(|statement| !is_purge(statement)).map(|s| s.place()).collect();
        assert!(others.is_empty(), "rows of {table} are changed: {others:#?}");
        assert_eq!(changed.len(), 1, "{table} is purged in one place");
    }
}

#[test]
fn statements_that_look_across_tenants_are_few_and_have_a_reason() {
    let across: Vec<_> = statements().filter_map(|s| s.across.map(|reason| (s.place(), reason))).collect();
    for (place, reason) in &across {
        println!("{place}: {reason}");
        assert!(reason.split_whitespace().count() >= 3, "{place} gives no reason");
    }
    assert!(across.len() <= 60, "{} statements look across tenants", across.len());
}

#[test]
fn the_rule_itself_finds_what_it_is_for() {
    assert_eq!(unbound("SELECT a FROM session WHERE id = $1"), Some("session".to_owned()));
    assert_eq!(unbound("SELECT a FROM session WHERE tenant_id = $1"), None);
    assert_eq!(
        unbound("SELECT a FROM session s JOIN user_account u ON u.id = s.user_id WHERE s.tenant_id = $1"),
        Some("user_account".to_owned())
    );
    assert_eq!(
        unbound("SELECT a FROM session s JOIN user_account u ON u.tenant_id = s.tenant_id WHERE s.tenant_id = $1"),
        None
    );
    assert_eq!(unbound("INSERT INTO session (id, tenant_id) VALUES ($1, $2)"), Some("session".to_owned()));
    assert_eq!(unbound("INSERT INTO session (tenant_id, id) VALUES ($1, $2)"), None);
    assert_eq!(unbound("DELETE FROM session WHERE expires_at < $1"), Some("session".to_owned()));
    assert_eq!(unbound("SELECT name FROM tenant WHERE id = $1"), None);
}

/// The first table of a statement that is not bound to `$1`, directly or by a join.
fn unbound(text: &str) -> Option<String> {
    let words: Vec<String> = text.replace(['(', ')', ','], " ").split_whitespace().map(str::to_lowercase).collect();
    let squeezed = words.join(" ");
    if words.first().is_some_and(|word| word == "insert") {
        let table = &words[2];
        let first = if table == "tenant" { "id" } else { "tenant_id" };
        return (words[3] != first && !GLOBAL.contains(&table.as_str())).then(|| table.clone());
    }
    let keywords =
        ["where", "set", "on", "join", "left", "order", "group", "limit", "using", "returning", "union", "as"];
    for (at, word) in words.iter().enumerate() {
        if !matches!(word.as_str(), "from" | "join" | "update")
            || words.get(at.wrapping_sub(1)).is_some_and(|w| w == "do")
        {
            continue;
        }
        let Some(table) = words.get(at + 1) else { continue };
        if GLOBAL.contains(&table.as_str()) || table == "select" || table.starts_with("excluded") {
            continue;
        }
        let column = if table == "tenant" { "id" } else { "tenant_id" };
        let alias = words
            .get(at + 2)
            .filter(|word| !keywords.contains(&word.as_str()) && word.chars().all(char::is_alphanumeric));
        let name = alias.map_or_else(|| column.to_owned(), |alias| format!("{alias}.{column}"));
        let bound = squeezed.contains(&format!("{name} = $1"))
            || squeezed.contains(&format!(".tenant_id = {name}"))
            || (alias.is_some()
                && squeezed
                    .split(&format!("{name} = "))
                    .skip(1)
                    .any(|rest| rest.split(' ').next().is_some_and(|word| word.ends_with(".tenant_id"))));
        if !bound {
            return Some(table.clone());
        }
    }
    None
}

#[tokio::test]
async fn both_engines_have_one_schema() {
    let seen = Mutex::new(Vec::new());
    on_both_engines(async |server| {
        let columns = server.database.columns().await.expect("columns");
        let indexes = server.database.indexes().await.expect("indexes");
        assert!(columns.len() > 100, "{} columns", columns.len());
        seen.lock().expect("no panic").push((columns, indexes));
    })
    .await;
    let seen = seen.into_inner().expect("no panic");
    if let [(sqlite_columns, sqlite_indexes), (postgres_columns, postgres_indexes)] = seen.as_slice() {
        let differing: Vec<_> = sqlite_columns.iter().zip(postgres_columns).filter(|(a, b)| a != b).collect();
        assert!(differing.is_empty() && sqlite_columns.len() == postgres_columns.len(), "{differing:#?}");
        assert_eq!(sqlite_indexes, postgres_indexes);
    }
}

#[tokio::test]
async fn every_tenant_owned_table_is_keyed_by_its_tenant_first() {
    on_sqlite(async |server| {
        let columns = server.database.columns().await.expect("columns");
        let tables: std::collections::BTreeSet<_> = columns.iter().map(|column| column.table.as_str()).collect();
        for table in tables {
            let has_tenant = columns.iter().any(|column| column.table == table && column.name == "tenant_id");
            assert!(has_tenant || table == "tenant" || GLOBAL.contains(&table), "{table} has no tenant");
        }
    })
    .await;
}
