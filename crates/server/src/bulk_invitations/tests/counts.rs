//! How many rows have each result is kept and not counted: it is what a count finds, at every point.

use super::{get, post, send};
use crate::bulk_invitations::bulk_invitation::{BulkRow, RowResult};
use crate::bulk_invitations::store;
use crate::platform::ids::{BulkInvitationId, TenantId};
use crate::testing::{TestServer, on_both_engines, on_sqlite};
use database::sql;
use serde_json::Value;
use uuid::Uuid;

const FILE: &str = "email,displayName\n\
                    sam@partner.example,Sam\n\
                    not an address,Nobody\n\
                    Sam@Partner.example,Again\n\
                    ana@partner.example,Ana\n\
                    priya@contoso.example,Priya\n";

fn id(bulk: &Value) -> BulkInvitationId {
    bulk["id"].as_str().expect("an id").parse().expect("an id")
}

/// The results that rows have, each with its number, as they are kept and as they are counted.
async fn kept_and_counted(server: &TestServer, tenant: TenantId, bulk: &Value) -> [Vec<(RowResult, i64)>; 2] {
    let mut tx = server.read().await.expect("a connection");
    let run = store::find(&mut tx, tenant, id(bulk)).await.expect("an answer").expect("a run");
    let count =
        sql!("SELECT result, COUNT(*) FROM bulk_invitation_row WHERE tenant_id = $1 AND bulk_id = $2 GROUP BY result");
    let mut counted: Vec<(RowResult, i64)> =
        tx.query(count).bind(tenant).bind(id(bulk)).fetch_all().await.expect("a count");
    counted.sort();
    [run.counts.each().filter(|(_, rows)| *rows != 0).collect(), counted]
}

async fn check(server: &TestServer, tenant: TenantId, bulk: &Value, expected: &[(RowResult, i64)]) {
    let [kept, counted] = kept_and_counted(server, tenant, bulk).await;
    assert_eq!(kept, counted);
    assert_eq!(kept, expected);
}

#[tokio::test]
async fn what_is_kept_is_what_a_count_finds_from_the_file_to_the_last_mail() {
    use RowResult::{AlreadyInvited, Failed, Invited, Ready, Repeated, Unchecked};
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let bulk = send(&server, &admin, FILE).await;
        assert_eq!(bulk["results"]["unchecked"], 3, "the answer to the file says it too: {bulk}");
        check(&server, tenant.id, &bulk, &[(Unchecked, 3), (Repeated, 1), (Failed, 1)]).await;
        server.run_due_jobs().await;
        check(&server, tenant.id, &bulk, &[(Ready, 2), (Repeated, 1), (Failed, 2)]).await;
        assert_eq!(post(&server, &admin, &bulk, "start").await.0, 200);
        server.run_due_jobs().await;
        check(&server, tenant.id, &bulk, &[(Invited, 2), (Repeated, 1), (Failed, 2)]).await;
        assert_eq!(get(&server, &admin, &bulk, "").await["results"]["invited"], 2);

        let again = send(&server, &admin, FILE).await;
        server.run_due_jobs().await;
        check(&server, tenant.id, &again, &[(AlreadyInvited, 2), (Repeated, 1), (Failed, 2)]).await;
        check(&server, tenant.id, &bulk, &[(Invited, 2), (Repeated, 1), (Failed, 2)]).await;
    })
    .await;
}

/// Two processes may have the same rows in hand when one was taken for dead.
#[tokio::test]
async fn a_row_that_somebody_else_has_settled_counts_once() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let bulk = send(&server, &admin, "sam@partner.example\n").await;
        let mut tx = server.write().await.expect("a transaction");
        let rows = store::list_rows(&mut tx, tenant.id, id(&bulk), None, 0, 10).await.expect("rows");
        let [row] = rows.as_slice() else { panic!("{rows:?}") };
        let settled = BulkRow { result: RowResult::Ready, ..row.clone() };
        for is_first in [true, false] {
            let settle = store::settle_row(&mut tx, tenant.id, id(&bulk), &settled, RowResult::Unchecked);
            assert_eq!(settle.await.expect("an answer"), is_first);
        }
        let gone = store::delete_rows(&mut tx, tenant.id, id(&bulk), 10).await.expect("an answer");
        assert_eq!(gone, [RowResult::Ready], "what is taken off the numbers");
    })
    .await;
}

/// SQLite plans by the statement alone, so a plan is the same with a million rows.
#[tokio::test]
async fn a_page_of_rows_is_read_from_where_it_begins_and_nothing_is_counted() {
    on_sqlite(async |server| {
        let mut tx = server.read().await.expect("a connection");
        let run = (TenantId(Uuid::nil()), BulkInvitationId(Uuid::nil()));
        for (result, index) in [
            (None, "sqlite_autoindex_bulk_invitation_row_1 (tenant_id=? AND bulk_id=? AND position>?)"),
            (
                Some(RowResult::Failed),
                "bulk_invitation_row_by_result (tenant_id=? AND bulk_id=? AND result=? AND position>?)",
            ),
        ] {
            let plan = store::query_rows(&mut tx, run, result, 500_000, 51).explain().await.expect("a plan");
            assert!(plan.contains(index) && !plan.contains("TEMP B-TREE"), "{plan}");
        }
        let counting: Vec<_> = database::registered()
            .filter(|statement| statement.file.contains("/bulk_invitations/") && !statement.file.contains("/tests/"))
            .filter(|statement| statement.text.contains("COUNT("))
            .map(database::Statement::place)
            .collect();
        assert!(counting.is_empty(), "{counting:?}");
    })
    .await;
}
