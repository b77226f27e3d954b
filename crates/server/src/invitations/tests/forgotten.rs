//! Dead links, and for how long they are known.

use super::{invite, ticket, wish};
use crate::invitations::purge;
use crate::invitations::store::{self, FoundByTicket};
use crate::platform::SecretHash;
use crate::tenants::Tenant;
use crate::testing::{TestServer, on_both_engines};
use axum::http::Method;
use database::{Engine, sql};
use serde_json::Value;
use std::time::Duration;
use uuid::Uuid;

const DAY: Duration = Duration::from_hours(24);

/// How many dead links of an invitation are known.
async fn count(server: &TestServer, tenant: &Tenant, invited: &Value) -> i64 {
    let id: Uuid = invited["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
    let mut tx = server.read().await.expect("a connection");
    let query = tx.query(sql!("SELECT COUNT(*) FROM dead_ticket WHERE tenant_id = $1 AND invitation_id = $2"));
    let (count,): (i64,) = query.bind(tenant.id).bind(id).fetch_one().await.expect("a number");
    count
}

/// So many further dead links of each of the invitations, all of this instant.
async fn kill(server: &TestServer, tenant: &Tenant, invited: [&Value; 2], links: u32) {
    let mut tx = server.write().await.expect("a transaction");
    for (kind, invited) in invited.into_iter().enumerate() {
        let id: Uuid = invited["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
        for link in 0..links {
            tx.query(sql!(
                "INSERT INTO dead_ticket (tenant_id, ticket_hash, invitation_id, created_at) VALUES ($1, $2, $3, $4)"
            ))
            .bind(tenant.id)
            .bind(SecretHash::of(format!("{kind} {link}").as_bytes()))
            .bind(id)
            .bind(server.clock.now())
            .execute()
            .await
            .expect("a dead link");
        }
    }
    tx.commit().await.expect("a commit");
}

#[tokio::test]
async fn dead_links_that_stay_are_passed_once_and_all_others_go() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let open = invite(&server, &admin, &wish("sam@fabrikam.example")).await;
        let closed = invite(&server, &admin, &wish("grace@fabrikam.example")).await;
        let path = format!("/vestibule/v1/invitations/{}/revoke", closed["id"].as_str().expect("an id"));
        assert_eq!(server.api_as(&admin, Method::POST, &path, &Value::Null).await.status, 200);
        kill(&server, &tenant, [&open, &closed], 450).await;
        server.clock.advance(91 * DAY);
        assert!(purge(&server).await.expect("a purge") >= 450);
        assert_eq!(count(&server, &tenant, &closed).await, 0, "more than one transaction removes");
        assert_eq!(count(&server, &tenant, &open).await, 450);
    })
    .await;
}

#[tokio::test]
async fn dead_links_are_gone_through_in_an_index() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let is_sqlite = server.database.engine() == Engine::Sqlite;
        let now = server.clock.now();
        for last in [None, Some((now, tenant.id, SecretHash::of(b"a link")))] {
            let mut tx = server.read().await.expect("a connection");
            let plan = purge::query_forgotten(&mut tx, now, last.as_ref()).explain().await.expect("a plan");
            if is_sqlite {
                let first = plan.lines().next().unwrap_or_default();
                assert!(first.contains("dead_ticket_age") && first.contains("created_at<?"), "{plan}");
                assert_eq!(first.contains(">("), last.is_some(), "{plan}");
                assert!(!plan.contains("TEMP B-TREE"), "{plan}");
            }
        }
    })
    .await;
}

async fn is_known(server: &TestServer, tenant: &Tenant, invited: &Value) -> bool {
    let mut tx = server.read().await.expect("a connection");
    let found = store::find_by_ticket(&mut tx, tenant.id, &ticket(invited).1).await.expect("an answer");
    matches!(found, Some(FoundByTicket::Dead(_)))
}

#[tokio::test]
async fn a_dead_link_is_known_while_it_may_lead_to_a_fresh_mail_and_ninety_days_longer() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let open = invite(&server, &admin, &wish("sam@fabrikam.example")).await;
        invite(&server, &admin, &wish("sam@fabrikam.example")).await;
        let closed = invite(&server, &admin, &wish("grace@fabrikam.example")).await;
        let last = invite(&server, &admin, &wish("grace@fabrikam.example")).await;
        let path = format!("/vestibule/v1/invitations/{}/revoke", last["id"].as_str().expect("an id"));
        assert_eq!(server.api_as(&admin, Method::POST, &path, &Value::Null).await.status, 200);
        assert!(is_known(&server, &tenant, &open).await && is_known(&server, &tenant, &closed).await);

        server.clock.advance(90 * DAY);
        assert_eq!(purge(&server).await.expect("a purge"), 0);
        server.clock.advance(DAY);
        assert!(purge(&server).await.expect("a purge") > 0);
        assert!(!is_known(&server, &tenant, &closed).await, "nobody is sent a fresh mail for it");
        server.clock.advance(400 * DAY);
        purge(&server).await.expect("a purge");
        assert!(is_known(&server, &tenant, &open).await, "a newer invitation is still open");
    })
    .await;
}
