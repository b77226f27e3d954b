//! When the world fails: each refusal is a 503 with `Retry-After`, and nothing that was acknowledged is lost.

use super::{TestServer, on_both_engines, on_sqlite, postgres_command};
use crate::graph::Permission;
use crate::tenants::Tenant;
use axum::http::Method;
use database::sql_across;
use serde_json::json;

/// Invites somebody; the status and the header that says when to come back.
async fn invite(server: &TestServer, tenant: &Tenant, local: &str) -> (u16, String) {
    let caller = server.application(tenant.id, &[Permission::UserInviteAll]);
    let body = json!({
        "invitedUserEmailAddress": format!("{local}@fabrikam.example"),
        "inviteRedirectUrl": "https://myapps.microsoft.com",
    });
    let answer = server.api_as(&caller, Method::POST, "/v1.0/invitations", &body).await;
    if answer.status == 503 {
        assert_eq!(answer.json()["error"]["code"], "serviceNotAvailable");
    }
    (answer.status.as_u16(), answer.header("retry-after").to_owned())
}

async fn guests(server: &TestServer, tenant: &Tenant) -> usize {
    let caller = server.application(tenant.id, &[Permission::UserReadAll]);
    let answer = server.api_as(&caller, Method::GET, "/v1.0/users?$top=999", &json!(null)).await;
    answer.json()["value"].as_array().map_or(0, Vec::len)
}

#[tokio::test]
async fn a_full_disk_refuses_and_keeps_what_was_acknowledged() {
    on_sqlite(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        assert_eq!(invite(&server, &tenant, "before").await.0, 201);
        pragma(&server, "PRAGMA max_page_count = 1").await;
        let mut acknowledged = 1;
        let mut refused = None;
        for n in 0..2_000 {
            match invite(&server, &tenant, &format!("guest{n}")).await {
                (201, _) => acknowledged += 1,
                other => {
                    refused = Some(other);
                    break;
                }
            }
        }
        assert_eq!(refused, Some((503, "5".to_owned())));
        assert!(guests(&server, &tenant).await >= acknowledged.min(999));
        pragma(&server, "PRAGMA max_page_count = 4294967294").await;
        assert_eq!(invite(&server, &tenant, "after").await.0, 201);
    })
    .await;
}

#[tokio::test]
async fn a_read_only_database_refuses_changes_and_still_answers_reads() {
    on_sqlite(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        assert_eq!(invite(&server, &tenant, "before").await.0, 201);
        pragma(&server, "PRAGMA query_only = on").await;
        assert_eq!(invite(&server, &tenant, "refused").await, (503, "5".to_owned()));
        assert_eq!(guests(&server, &tenant).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_database_that_is_away_refuses_and_is_used_again_when_it_is_back() {
    on_both_engines(async |server| {
        let Some(name) = server.postgres_database() else { return };
        let tenant = server.tenant("Contoso", "contoso.example").await;
        assert_eq!(invite(&server, &tenant, "before").await.0, 201);
        postgres_command(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")).await;
        postgres_command(&format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"))
            .await;
        for local in ["one", "two"] {
            assert_eq!(invite(&server, &tenant, local).await, (503, "5".to_owned()), "{local}");
        }
        postgres_command(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true")).await;
        let mut status = 0;
        for attempt in 0..20 {
            status = invite(&server, &tenant, &format!("after{attempt}")).await.0;
            if status == 201 {
                break;
            }
        }
        assert_eq!(status, 201, "the server finds its database again");
        assert!(guests(&server, &tenant).await >= 2);
    })
    .await;
}

/// Changes how the writing connection behaves.
async fn pragma(server: &TestServer, text: &'static str) {
    let mut tx = server.write().await.expect("a transaction");
    let statement = match text {
        "PRAGMA max_page_count = 1" => sql_across!("a full disk in a test", "PRAGMA max_page_count = 1"),
        "PRAGMA max_page_count = 4294967294" => sql_across!("room in a test", "PRAGMA max_page_count = 4294967294"),
        "PRAGMA query_only = on" => sql_across!("a read-only disk in a test", "PRAGMA query_only = on"),
        other => panic!("{other} is not one of the faults"),
    };
    let _: Option<(i64,)> = tx.query(statement).fetch_optional().await.expect("a pragma");
    tx.commit().await.expect("nothing to write");
}
