//! Dead links, and for how long they are known.

use super::{invite, ticket, wish};
use crate::invitations::{purge, store};
use crate::tenants::Tenant;
use crate::testing::{TestServer, on_both_engines};
use axum::http::Method;
use serde_json::Value;
use std::time::Duration;

const DAY: Duration = Duration::from_hours(24);

async fn is_known(server: &TestServer, tenant: &Tenant, invited: &Value) -> bool {
    let mut tx = server.read().await.expect("a connection");
    store::find_by_dead_ticket(&mut tx, tenant.id, &ticket(invited).1).await.expect("an answer").is_some()
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
