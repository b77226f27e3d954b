//! The log of changes, on both engines.

use super::{Change, KEPT, Kind, What, note, purge, store};
use crate::platform::ids::TenantId;
use crate::testing::{TestServer, on_both_engines};
use axum::http::Method;
use serde_json::json;
use std::time::Duration;
use uuid::Uuid;

async fn write(server: &TestServer, tenant: TenantId, change: Change) {
    let mut tx = server.write().await.expect("a transaction");
    note(&mut tx, tenant, server.clock.now(), change).await.expect("a number");
    tx.commit().await.expect("a commit");
}

async fn read(server: &TestServer, tenant: TenantId, kind: Kind, after: i64) -> Vec<(Uuid, What)> {
    let mut tx = server.read().await.expect("a transaction");
    let (last, _) = store::bounds(&mut tx, tenant).await.expect("bounds");
    let rows = store::list(&mut tx, tenant, kind, after, last, 100).await.expect("changes");
    rows.into_iter().map(|row| (row.object_id, row.what)).collect()
}

async fn last(server: &TestServer, tenant: TenantId) -> i64 {
    store::bounds(&mut server.read().await.expect("a transaction"), tenant).await.expect("bounds").0
}

#[tokio::test]
async fn changes_are_numbered_within_their_tenant_and_read_by_kind() {
    on_both_engines(async |server| {
        let contoso = server.tenant("Contoso", "contoso.example").await.id;
        let fabrikam = server.tenant("Fabrikam", "fabrikam.example").await.id;
        let (before, elsewhere) = (last(&server, contoso).await, last(&server, fabrikam).await);
        let (user, group) = (server.entropy.random_uuid(), server.entropy.random_uuid());
        write(&server, contoso, Change::set(Kind::User, user)).await;
        write(&server, contoso, Change::member(group, (Kind::User, user), true)).await;
        write(&server, contoso, Change::deleted(Kind::User, user)).await;
        assert_eq!(last(&server, contoso).await, before + 3);
        assert_eq!(last(&server, fabrikam).await, elsewhere, "another tenant counts for itself");
        assert_eq!(read(&server, contoso, Kind::User, before).await, [(user, What::Set), (user, What::Deleted)]);
        assert_eq!(read(&server, contoso, Kind::Group, before).await, [(group, What::MemberAdded)]);
        assert!(read(&server, fabrikam, Kind::User, elsewhere).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_refused_operation_leaves_no_change() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await.id;
        let before = last(&server, tenant).await;
        let mut tx = server.write().await.expect("a transaction");
        note(&mut tx, tenant, server.clock.now(), Change::set(Kind::User, Uuid::nil())).await.expect("a number");
        drop(tx);
        write(&server, tenant, Change::set(Kind::Group, Uuid::nil())).await;
        assert_eq!(last(&server, tenant).await, before + 1);
        assert!(read(&server, tenant, Kind::User, before).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_the_api_writes_is_noted() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let administrator = server.administrator(&tenant).await;
        let before = last(&server, tenant.id).await;
        let app = server
            .api_as(&administrator, Method::POST, "/v1.0/applications", &json!({ "displayName": "Expenses" }))
            .await
            .json();
        let client = json!({ "appId": app["appId"] });
        let principal = server.api_as(&administrator, Method::POST, "/v1.0/servicePrincipals", &client).await.json();
        let user = server.member(&tenant, "ada", &[]).await.id.0;
        let path = format!("/v1.0/users/{user}");
        let changed = server.api_as(&administrator, Method::PATCH, &path, &json!({ "jobTitle": "Auditor" })).await;
        assert_eq!(changed.status, 204);
        assert_eq!(server.api_as(&administrator, Method::DELETE, &path, &json!(null)).await.status, 204);
        let id = |object: &serde_json::Value| object["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
        assert_eq!(read(&server, tenant.id, Kind::Application, before).await, [(id(&app), What::Set)]);
        assert_eq!(read(&server, tenant.id, Kind::ServicePrincipal, before).await, [(id(&principal), What::Set)]);
        let users = read(&server, tenant.id, Kind::User, before).await;
        assert_eq!(users, [(user, What::Set), (user, What::Set), (user, What::Deleted)]);
    })
    .await;
}

#[tokio::test]
async fn old_changes_go_and_the_log_says_from_where_it_is_whole() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await.id;
        let user = server.entropy.random_uuid();
        write(&server, tenant, Change::set(Kind::User, user)).await;
        let old = last(&server, tenant).await;
        server.clock.advance(KEPT);
        server.clock.advance(Duration::from_secs(1));
        write(&server, tenant, Change::deleted(Kind::User, user)).await;
        assert!(purge(&server).await.expect("a purge") > 0);
        let mut tx = server.read().await.expect("a transaction");
        assert_eq!(store::bounds(&mut tx, tenant).await.expect("bounds"), (old + 1, old));
        drop(tx);
        assert_eq!(read(&server, tenant, Kind::User, 0).await, [(user, What::Deleted)]);
        assert_eq!(purge(&server).await.expect("a purge"), 0);
    })
    .await;
}
