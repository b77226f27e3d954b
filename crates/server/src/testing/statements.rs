//! Every statement of the program: it prepares on both engines, and it names its tenant.

use super::logs::{LOGS, only_adds};
use super::tenancy::{GLOBAL, unbound};
use super::{has_postgres, on_both_engines, on_sqlite};
use crate::platform::ids::UserId;
use database::{Statement, registered, sql};
use std::sync::Mutex;

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
        .map(|statement| (statement.place(), unbound(statement.text)))
        .filter(|(_, unbound)| !unbound.is_empty())
        .collect();
    assert!(wrong.is_empty(), "not bound to the tenant in $1: {wrong:#?}");
}

#[test]
fn every_statement_that_writes_knows_its_table() {
    let unknown = statements().filter(|statement| !statement.text.starts_with("SELECT") && statement.writes.is_none());
    let wrong: Vec<_> = unknown.filter(|statement| !changes_nothing(statement.text)).map(Statement::place).collect();
    assert!(wrong.is_empty(), "what others keep of their tables would grow old: {wrong:#?}");
    assert!(
        statements().filter(|statement| changes_nothing(statement.text)).all(|statement| statement.writes.is_none())
    );
    assert!(registered().filter(|statement| statement.writes == Some("application")).count() >= 2);
}

/// An update that changes nothing: it makes others wait, or shows whether anything can be written.
fn changes_nothing(text: &str) -> bool {
    ["SET version = version WHERE", "SET created_at = created_at WHERE", "SET sealed = sealed WHERE"]
        .iter()
        .any(|words| text.contains(words))
}

#[test]
fn x10_what_the_logs_hold_is_only_added_to_and_purged() {
    for table in LOGS {
        let of_table = || statements().filter(|statement| statement.writes == Some(table));
        let added: Vec<_> = of_table().filter(|statement| statement.text.starts_with("INSERT")).collect();
        assert_eq!(added.len(), 1, "{table} is written in one place");
        // What is continued while it runs is looked at in every test that runs it.
        assert!(only_adds(table, added[0].text), "what is added changes rows of {table}: {}", added[0].text);
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
    assert!(across.len() <= 71, "{} statements look across tenants", across.len());
}

#[test]
fn the_rule_itself_lets_pass_what_stays_within_a_tenant() {
    for text in [
        "SELECT a FROM session WHERE tenant_id = $1",
        "SELECT a FROM session WHERE $1 = tenant_id AND (a = $2 OR b = $3)",
        "SELECT name FROM tenant WHERE id = $1",
        "SELECT a FROM session s JOIN user_account u ON u.tenant_id = s.tenant_id WHERE s.tenant_id = $1",
        "SELECT a FROM session s, user_account u WHERE s.tenant_id = $1 AND u.tenant_id = s.tenant_id",
        "SELECT a FROM session s LEFT JOIN user_account u ON u.tenant_id = s.tenant_id WHERE s.tenant_id = $1",
        "SELECT a FROM session s JOIN tenant t ON t.id = s.tenant_id WHERE t.id = $1",
        "SELECT a FROM session WHERE tenant_id = $1 AND user_id IN (SELECT id FROM user_account WHERE tenant_id = $1)",
        "SELECT a FROM session s WHERE s.tenant_id = $1 AND NOT EXISTS
             (SELECT 1 FROM user_account u WHERE u.tenant_id = s.tenant_id AND u.id = s.user_id)",
        "SELECT (SELECT COUNT(*) FROM session WHERE tenant_id = $1), (SELECT COUNT(*) FROM mail WHERE tenant_id = $1)",
        "WITH x AS (SELECT id FROM session WHERE tenant_id = $1) SELECT id FROM x",
        "SELECT a FROM session WHERE tenant_id = $1 UNION SELECT a FROM mail WHERE tenant_id = $1",
        "SELECT tenant_id FROM domain WHERE name = $1",
        "INSERT INTO session (id, tenant_id) VALUES ($2, $1), ($3, $1)",
        "INSERT INTO session (tenant_id, id) SELECT u.tenant_id, u.id FROM user_account u WHERE u.tenant_id = $1",
        "INSERT INTO session (tenant_id, id) VALUES ($1, $2) ON CONFLICT (tenant_id, id) DO UPDATE SET a = excluded.a",
        "INSERT INTO session (tenant_id, id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        "UPDATE session SET a = $2 WHERE tenant_id = $1",
        "UPDATE session SET a = u.a FROM user_account u WHERE session.tenant_id = $1 AND u.tenant_id = session.tenant_id",
        "DELETE FROM session WHERE tenant_id = $1 AND id = $2",
    ] {
        assert_eq!(unbound(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn the_rule_itself_finds_what_it_is_for() {
    for (text, wrong) in [
        ("SELECT a FROM session WHERE id = $1", "session"),
        ("SELECT a FROM session", "session"),
        ("SELECT name FROM tenant WHERE tenant_id = $1", "tenant"),
        // The words are there, and bind nothing.
        ("SELECT a FROM session WHERE tenant_id = $1 OR id = $2", "session"),
        ("SELECT a FROM session WHERE NOT (tenant_id = $1)", "session"),
        ("SELECT a FROM session WHERE 'tenant_id = $1' = $2", "session"),
        ("SELECT a FROM session WHERE (tenant_id = $1) IS NULL", "session"),
        ("SELECT tenant_id = $1 FROM session", "session"),
        ("SELECT a FROM session WHERE tenant_id = $2", "session"),
        ("SELECT a FROM session WHERE tenant_id <> $1", "session"),
        ("SELECT a FROM session WHERE tenant_id = tenant_id", "session"),
        ("SELECT a FROM session s WHERE s.user_id = $1 AND s.tenant_id = s.tenant_id", "s"),
        // Joins.
        ("SELECT a FROM session s JOIN user_account u ON u.id = s.user_id WHERE s.tenant_id = $1", "u"),
        ("SELECT a FROM session s, user_account u WHERE s.tenant_id = $1", "u"),
        ("SELECT a FROM session s CROSS JOIN user_account u WHERE s.tenant_id = $1", "u"),
        ("SELECT a FROM session s JOIN user_account u ON u.tenant_id = s.tenant_id", "s u"),
        ("SELECT a FROM session s LEFT JOIN user_account u ON s.tenant_id = $1 AND u.tenant_id = $1", "s"),
        ("SELECT a FROM session s JOIN domain d ON d.tenant_id = s.tenant_id WHERE d.tenant_id = $1", "s"),
        (
            "SELECT a FROM session s JOIN user_account u ON u.tenant_id = s.tenant_id OR u.id = $2 WHERE s.tenant_id = $1",
            "u",
        ),
        (
            "SELECT a FROM session s RIGHT JOIN user_account u ON u.tenant_id = $1 WHERE s.tenant_id = $1",
            "a join that the rule does not know: user_account u u",
        ),
        // Queries within.
        (
            "SELECT a FROM session WHERE tenant_id = $1 AND user_id IN (SELECT id FROM user_account WHERE a = $2)",
            "user_account",
        ),
        (
            "SELECT a FROM session s WHERE EXISTS
              (SELECT 1 FROM user_account u WHERE u.tenant_id = $1 AND u.tenant_id = s.tenant_id)",
            "s",
        ),
        ("SELECT (SELECT COUNT(*) FROM mail) FROM session WHERE tenant_id = $1", "mail"),
        ("WITH x AS (SELECT id FROM session) SELECT a FROM mail WHERE tenant_id = $1", "session"),
        ("SELECT a FROM (SELECT a FROM mail) m", "mail"),
        ("SELECT a FROM session WHERE tenant_id = $1 UNION SELECT a FROM mail", "mail"),
        // Changes.
        ("INSERT INTO session (id, tenant_id) VALUES ($1, $2)", "session"),
        ("INSERT INTO session (id) VALUES ($1)", "session"),
        ("INSERT INTO session (tenant_id, id) VALUES ($1, $2), ($3, $4)", "session"),
        ("INSERT INTO session (tenant_id, id) SELECT u.tenant_id, u.id FROM user_account u", "session u"),
        (
            "INSERT INTO session (tenant_id, id) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET a = 1",
            "ON CONFLICT without the tenant",
        ),
        ("UPDATE session SET a = $1 WHERE id = $2", "session"),
        ("UPDATE session SET tenant_id = $2 WHERE tenant_id = $1", "SET tenant_id"),
        ("UPDATE session SET a = u.a FROM user_account u WHERE session.tenant_id = $1", "u"),
        ("DELETE FROM session WHERE expires_at < $1", "session"),
        ("DELETE FROM session s USING user_account u WHERE s.tenant_id = $1", "u"),
        ("DELETE FROM session WHERE tenant_id = $1; DELETE FROM mail", "not one statement"),
        ("DROP TABLE session", "not a statement of this program: DROP TABLE session"),
    ] {
        assert_eq!(unbound(text).join(" "), wrong, "{text}");
    }
}

#[tokio::test]
#[should_panic(expected = "leave their tenant")]
async fn a_statement_that_is_continued_out_of_its_tenant_fails_the_test_that_ran_it() {
    on_sqlite(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let mut tx = server.read().await.expect("a connection");
        let mut query = tx.query(sql!("SELECT id FROM user_account WHERE tenant_id = $1")).bind(tenant.id);
        query.push(" OR display_name <> ").value(String::new());
        let _: Vec<(UserId,)> = query.fetch_all().await.expect("rows");
    })
    .await;
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
    // Without PostgreSQL the harness says that nothing is compared.
    assert_eq!(seen.len(), if has_postgres() { 2 } else { 1 });
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
