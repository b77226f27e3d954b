//! Every state of an invitation, as the lists and the page show it, and the list that is read page by page.

use super::{change, invite, list, wish};
use crate::invitations::{State, store};
use crate::outbox;
use crate::platform::ids::InvitationId;
use crate::tenants::Tenant;
use crate::testing::{TestServer, on_both_engines};
use axum::http::Method;
use serde_json::Value;
use std::time::Duration;

/// What the list says of the one invitation, which the filter for that state must find and every other one must not.
async fn state(server: &TestServer, caller: &crate::graph::Caller) -> String {
    let shown = list(server, caller, "").await[0]["state"].as_str().expect("a state").to_owned();
    for state in State::ALL {
        let found = list(server, caller, &format!("?state={state}")).await.len();
        assert_eq!(found, usize::from(state.as_str() == shown), "{state} while {shown}");
    }
    shown
}

/// The relay's final refusal of every mail that waits.
async fn refuse_by_relay(server: &TestServer, tenant: &Tenant) {
    let mut tx = server.write().await.expect("a transaction");
    let mails = tx.query(database::sql!("UPDATE mail SET state = $2 WHERE tenant_id = $1 AND state = $3"));
    let mails = mails.bind(tenant.id).bind(outbox::State::RefusedByRelay).bind(outbox::State::Queued);
    assert_eq!(mails.execute().await.expect("an answer"), 1);
    tx.commit().await.expect("a commit");
}

/// What a restore does with open invitations.
async fn hold(server: &TestServer, tenant: &Tenant) {
    let mut tx = server.write().await.expect("a transaction");
    let held = tx.query(database::sql!("UPDATE invitation SET held_at = $2 WHERE tenant_id = $1"));
    held.bind(tenant.id).bind(server.clock.now()).execute().await.expect("held");
    tx.commit().await.expect("a commit");
}

#[tokio::test]
async fn one_invitation_goes_through_every_state_and_is_listed_under_exactly_that_one() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let week = Duration::from_hours(7 * 24);
        change(&server, &tenant, |settings| settings.invitation_lifetime = i64::try_from(week.as_micros()).ok()).await;
        let invited = invite(&server, &admin, &wish("sam@partner.example")).await;
        let id: InvitationId = invited["id"].as_str().expect("an id").parse().expect("an id");
        let act = async |action: &str| {
            let path = format!("/vestibule/v1/invitations/{id}/{action}");
            let answer = server.api_as(&admin, Method::POST, &path, &Value::Null).await;
            assert_eq!(answer.status, 200, "{}", answer.text);
        };
        assert_eq!(state(&server, &admin).await, "notSent");
        act("resend").await;
        assert_eq!(state(&server, &admin).await, "queued");
        refuse_by_relay(&server, &tenant).await;
        assert_eq!(state(&server, &admin).await, "refusedByRelay");
        act("resend").await;
        server.run_due_jobs().await;
        assert_eq!(state(&server, &admin).await, "handedToRelay");
        let mut tx = server.write().await.expect("a transaction");
        store::mark_opened(&mut tx, tenant.id, id, server.clock.now()).await.expect("noted");
        tx.commit().await.expect("a commit");
        assert_eq!(state(&server, &admin).await, "opened");
        hold(&server, &tenant).await;
        assert_eq!(state(&server, &admin).await, "heldByRestore");
        server.clock.advance(week);
        assert_eq!(state(&server, &admin).await, "heldByRestore", "as long as nobody sends it again");
        act("resend").await;
        assert_eq!(state(&server, &admin).await, "queued");
        server.clock.advance(week);
        assert_eq!(state(&server, &admin).await, "expired");
        act("resend").await;
        let mut tx = server.write().await.expect("a transaction");
        assert!(store::mark_accepted(&mut tx, tenant.id, id, server.clock.now()).await.expect("an answer"));
        tx.commit().await.expect("a commit");
        assert_eq!(state(&server, &admin).await, "accepted");
    })
    .await;
}

#[tokio::test]
async fn a_revoked_invitation_is_listed_as_that_whatever_became_of_its_mail() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let invited = invite(&server, &admin, &wish("sam@partner.example")).await;
        let path = format!("/vestibule/v1/invitations/{}/revoke", invited["id"].as_str().expect("an id"));
        assert_eq!(server.api_as(&admin, Method::POST, &path, &Value::Null).await.status, 200);
        assert_eq!(state(&server, &admin).await, "revoked");
    })
    .await;
}

#[tokio::test]
async fn the_list_is_read_page_by_page() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        for number in 0..5 {
            invite(&server, &admin, &wish(&format!("guest{number}@fabrikam.example"))).await;
            server.clock.advance(Duration::from_secs(1));
        }
        let mut path = "/vestibule/v1/invitations?$top=2".to_owned();
        let mut seen = Vec::new();
        loop {
            let page = server.api_as(&admin, Method::GET, &path, &Value::Null).await.json();
            let rows = page["value"].as_array().expect("a page").clone();
            assert!((1..=2).contains(&rows.len()));
            seen.extend(rows.into_iter().map(|row| row["invitedUserDisplayName"].clone()));
            match page["@odata.nextLink"].as_str() {
                Some(next) => path = next.strip_prefix("http://localhost:8080").expect("our address").to_owned(),
                None => break,
            }
        }
        assert_eq!(seen, ["guest4", "guest3", "guest2", "guest1", "guest0"]);
        for options in ["?$top=0", "?$top=1000", "?state=lost", "?$filter=x", "?$skiptoken=AAAA"] {
            let path = format!("/vestibule/v1/invitations{options}");
            assert_eq!(server.api_as(&admin, Method::GET, &path, &Value::Null).await.status, 400, "{options}");
        }
    })
    .await;
}
