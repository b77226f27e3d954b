//! When the world fails: each refusal is a 503 with `Retry-After`, and nothing that was acknowledged is lost.

use super::{TestServer, on_both_engines, on_sqlite, postgres_command};
use crate::graph::Permission;
use crate::tenants::Tenant;
use axum::body::Body;
use axum::http::{Method, Request};
use database::sql_across;
use serde_json::json;

/// Invites somebody; the status and the header that says when to come back.
pub async fn invite(server: &TestServer, tenant: &Tenant, local: &str) -> (u16, String) {
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

/// What a browser that wants German is shown, and when it is asked to come back.
async fn look(server: &TestServer, path: &str) -> (u16, String, bool) {
    let request = Request::get(path).header("accept-language", "de").body(Body::empty()).expect("a request");
    let answer = server.send(request).await;
    (answer.status.as_u16(), answer.header("retry-after").to_owned(), answer.text.contains("lang=\"de\""))
}

#[tokio::test]
async fn pages_and_tokens_say_in_their_own_format_that_the_database_is_away() {
    on_both_engines(async |server| {
        let Some(name) = server.postgres_database() else { return };
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let app = server.program(&tenant, &[]).await;
        postgres_command(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")).await;
        postgres_command(&format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"))
            .await;
        let id = tenant.id;
        let link = format!("/{id}/redeem?ticket=nothing");
        let authorize = format!("/{id}/oauth2/v2.0/authorize?client_id={}", app.client_id);
        for path in ["/portal/contoso.example/invitations", "/myapps/contoso.example", &link, &authorize] {
            assert_eq!(look(&server, path).await, (503, "10".to_owned(), true), "{path}");
        }
        let answer = server.ask_token(&app, "https://graph.microsoft.com/.default").await;
        assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (503, "5"));
        assert_eq!(answer.json()["error"], "temporarily_unavailable");
        postgres_command(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true")).await;
    })
    .await;
}

#[tokio::test]
async fn on_a_read_only_database_pages_that_must_write_say_so_and_programs_still_get_tokens() {
    on_sqlite(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let app = server.program(&tenant, &[]).await;
        let scope = "https://graph.microsoft.com/.default";
        assert_eq!(server.ask_token(&app, scope).await.status, 200);
        pragma(&server, "PRAGMA query_only = on").await;
        for path in ["/portal/contoso.example/invitations", &format!("/{}/redeem?ticket=nothing", tenant.id)] {
            assert_eq!(look(&server, path).await, (503, "10".to_owned(), true), "{path}");
        }
        assert_eq!(server.ask_token(&app, scope).await.status, 200, "nothing has to be written first");
    })
    .await;
}

/// Changes how the writing connection behaves.
pub async fn pragma(server: &TestServer, text: &'static str) {
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
