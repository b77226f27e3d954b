//! Inviting again, sending again, revoking, ending.

use super::{activities, change, guest, invite, list, ticket, wish, with};
use crate::graph::{Caller, Permission};
use crate::invitations::store::{self, FoundByTicket};
use crate::invitations::{InviteError, operations};
use crate::platform::ids::InvitationId;
use crate::tenants::Tenant;
use crate::testing::{TestServer, on_both_engines, person};
use crate::users::{self, ExternalUserState};
use axum::http::Method;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

async fn act(server: &TestServer, caller: &Caller, invited: &Value, action: &str) -> (u16, Value) {
    let id = invited["id"].as_str().expect("an id");
    let path = format!("/vestibule/v1/invitations/{id}/{action}");
    let answer = server.api_as(caller, Method::POST, &path, &Value::Null).await;
    (answer.status.as_u16(), answer.json())
}

/// Whether a link is the newest one of an open invitation.
async fn is_alive(server: &TestServer, tenant: &Tenant, hash: &crate::platform::SecretHash) -> bool {
    let mut tx = server.read().await.expect("a connection");
    let found = store::find_by_ticket(&mut tx, tenant.id, hash).await.expect("an answer");
    matches!(found, Some(FoundByTicket::Newest(invitation)) if invitation.is_open(server.clock.now()))
}

/// The ticket in the newest mail.
fn mailed_ticket(server: &TestServer) -> crate::platform::SecretHash {
    let mail = server.mailbox().first().cloned().expect("a mail");
    let url = mail.text.lines().find(|line| line.contains("/redeem?ticket=")).expect("a link").trim().to_owned();
    ticket(&json!({ "inviteRedeemUrl": url })).1
}

/// Security check I6: every new link kills the older ones.
#[tokio::test]
async fn i6_inviting_again_finds_the_same_guest_and_kills_the_older_link() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let first = invite(&server, &admin, &wish("sam@fabrikam.example")).await;
        server.clock.advance(Duration::from_secs(1));
        let second = invite(&server, &admin, &wish("SAM@Fabrikam.Example")).await;
        assert_eq!(first["invitedUser"]["id"], second["invitedUser"]["id"]);
        assert_ne!(first["id"], second["id"]);
        let ((_, old), (_, new)) = (ticket(&first), ticket(&second));
        assert!(!is_alive(&server, &tenant, &old).await && is_alive(&server, &tenant, &new).await);
        let mut tx = server.read().await.expect("a connection");
        let found = store::find_by_ticket(&mut tx, tenant.id, &old).await.expect("an answer");
        let Some(FoundByTicket::Dead(dead)) = found else { panic!("{found:?}") };
        assert_eq!(Some(dead.id.to_string().as_str()), first["id"].as_str());
        drop(tx);
        let states: Vec<Value> = list(&server, &admin, "").await.iter().map(|row| row["state"].clone()).collect();
        assert_eq!(states, ["notSent", "revoked"]);
    })
    .await;
}

#[tokio::test]
async fn i6_sending_again_kills_the_link_before_and_its_waiting_mail() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let invited =
            invite(&server, &admin, &with("sam@fabrikam.example", &json!({ "sendInvitationMessage": true }))).await;
        let (_, first) = ticket(&invited);
        let (status, shown) = act(&server, &admin, &invited, "resend").await;
        assert_eq!((status, shown["state"].as_str()), (200, Some("queued")), "{shown}");
        server.run_due_jobs().await;
        assert_eq!(server.mailbox().len(), 1, "the mail with the dead link is not sent");
        let mailed = mailed_ticket(&server);
        assert_ne!(mailed, first);
        assert!(is_alive(&server, &tenant, &mailed).await && !is_alive(&server, &tenant, &first).await);
        assert_eq!(list(&server, &admin, "?state=handedToRelay").await.len(), 1);
        assert!(list(&server, &admin, "?state=queued").await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn i6_a_revoked_invitation_is_dead_and_cannot_be_sent_again() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let invited =
            invite(&server, &admin, &with("sam@fabrikam.example", &json!({ "sendInvitationMessage": true }))).await;
        let (_, hash) = ticket(&invited);
        assert_eq!(act(&server, &admin, &invited, "revoke").await.1["state"], "revoked");
        assert!(!is_alive(&server, &tenant, &hash).await);
        assert_eq!(act(&server, &admin, &invited, "revoke").await.0, 409);
        assert_eq!(act(&server, &admin, &invited, "resend").await.0, 409);
        server.run_due_jobs().await;
        assert!(server.mailbox().is_empty(), "neither the first mail nor a fresh one");
        assert!(activities(&server, &tenant).await.contains(&"Revoke external user invite".to_owned()));
    })
    .await;
}

/// Security check I6: a link dies only for one that arrives, not for a mail that would wait for a day.
#[tokio::test]
async fn i6_sending_again_beyond_the_limit_of_the_mailbox_leaves_the_link_alive() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let invited =
            invite(&server, &admin, &with("sam@fabrikam.example", &json!({ "sendInvitationMessage": true }))).await;
        server.run_due_jobs().await;
        for _ in 1..5 {
            server.clock.advance(Duration::from_mins(1));
            assert_eq!(act(&server, &admin, &invited, "resend").await.0, 200);
            server.run_due_jobs().await;
        }
        let live = mailed_ticket(&server);
        let id: InvitationId = invited["id"].as_str().expect("an id").parse().expect("an id");
        let path = format!("/vestibule/v1/invitations/{id}/resend");
        let answer = server.api_as(&admin, Method::POST, &path, &Value::Null).await;
        assert_eq!(answer.status, 429, "{}", answer.text);
        assert_eq!(answer.header("retry-after"), (24 * 60 * 60 - 4 * 60).to_string());
        let fresh = operations::resend(&server, &Caller::system(tenant.id), id).await;
        assert!(matches!(fresh, Err(InviteError::TooMany { .. })), "a fresh link neither");
        server.run_due_jobs().await;
        assert_eq!(server.mailbox().len(), 5);
        assert!(is_alive(&server, &tenant, &live).await, "the newest link still opens");

        server.clock.advance(Duration::from_hours(24));
        assert_eq!(act(&server, &admin, &invited, "resend").await.0, 200);
        server.run_due_jobs().await;
        assert_eq!(server.mailbox().len(), 6);
        assert!(!is_alive(&server, &tenant, &live).await && is_alive(&server, &tenant, &mailed_ticket(&server)).await);
    })
    .await;
}

/// Security check I6: a link that was mailed dies by the mail of a newer one, not by an invitation whose mail waits.
#[tokio::test]
async fn i6_inviting_again_beyond_the_limit_of_the_mailbox_leaves_the_links_alive_until_the_mail_leaves() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let eve = person(&server.member(&tenant, "eve", &[]).await, Vec::new());
        let body = with("sam@fabrikam.example", &json!({ "sendInvitationMessage": true }));
        for _ in 0..5 {
            invite(&server, &admin, &body).await;
            server.run_due_jobs().await;
            server.clock.advance(Duration::from_mins(1));
        }
        let mailed = mailed_ticket(&server);
        assert_eq!(
            list(&server, &admin, "?state=handedToRelay").await.len(),
            1,
            "each mail has killed the link before"
        );
        let (waiting, newest) = (invite(&server, &eve, &body).await, invite(&server, &eve, &body).await);
        server.run_due_jobs().await;
        for link in [&mailed, &ticket(&waiting).1, &ticket(&newest).1] {
            assert!(is_alive(&server, &tenant, link).await);
        }
        assert_eq!(waiting_jobs(&server, &tenant).await, 1, "the mail that was taken back has no job");
        let third = invite(&server, &eve, &body).await;
        assert_eq!(act(&server, &eve, &third, "revoke").await.1["state"], "revoked");
        assert!(!is_alive(&server, &tenant, &ticket(&newest).1).await && is_alive(&server, &tenant, &mailed).await);
        assert_eq!(waiting_jobs(&server, &tenant).await, 0);

        let last = invite(&server, &eve, &body).await;
        server.clock.advance(Duration::from_hours(24));
        server.run_due_jobs().await;
        assert_eq!(mailed_ticket(&server), ticket(&last).1);
        assert!(is_alive(&server, &tenant, &ticket(&last).1).await && !is_alive(&server, &tenant, &mailed).await);
        let mut tx = server.read().await.expect("a connection");
        let found = store::find_by_ticket(&mut tx, tenant.id, &mailed).await.expect("an answer");
        assert!(matches!(found, Some(FoundByTicket::Dead(_))), "it leads to the page that offers a fresh mail");
        drop(tx);
        invite(&server, &eve, &wish("sam@fabrikam.example")).await;
        assert!(!is_alive(&server, &tenant, &ticket(&last).1).await, "a link the inviter takes replaces at once");
    })
    .await;
}

/// An older link that is still good accepts for every one of its guest.
#[tokio::test]
async fn accepting_by_an_older_link_leaves_no_other_to_be_accepted() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let body = with("sam@fabrikam.example", &json!({ "sendInvitationMessage": true }));
        let (older, newer) = (invite(&server, &admin, &body).await, invite(&server, &admin, &body).await);
        let id: InvitationId = older["id"].as_str().expect("an id").parse().expect("an id");
        let mut tx = server.write().await.expect("a transaction");
        assert!(store::mark_accepted(&mut tx, tenant.id, id, server.clock.now()).await.expect("an answer"));
        tx.commit().await.expect("a commit");
        assert!(!is_alive(&server, &tenant, &ticket(&newer).1).await);
        assert_eq!(list(&server, &admin, "?state=accepted").await.len(), 2);
        assert_eq!(act(&server, &admin, &newer, "resend").await.0, 409);
    })
    .await;
}

/// How many jobs of the tenant are still to be done.
async fn waiting_jobs(server: &TestServer, tenant: &Tenant) -> i64 {
    let mut tx = server.read().await.expect("a connection");
    let query = tx.query(database::sql!("SELECT COUNT(*) FROM job WHERE tenant_id = $1 AND state = 'waiting'"));
    let (jobs,): (i64,) = query.bind(tenant.id).fetch_one().await.expect("a count");
    jobs
}

#[tokio::test]
async fn i6_an_inviter_sends_a_hundred_invitations_again_in_an_hour() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let (admin, other) =
            (server.administrator(&tenant).await, server.application(tenant.id, &[Permission::UserInviteAll]));
        let invited = invite(&server, &admin, &wish("sam@fabrikam.example")).await;
        let theirs = invite(&server, &other, &wish("kim@fabrikam.example")).await;
        for _ in 0..100 {
            assert_eq!(act(&server, &admin, &invited, "resend").await.0, 200);
        }
        assert_eq!(act(&server, &admin, &invited, "resend").await.0, 429);
        assert_eq!(act(&server, &other, &theirs, "resend").await.0, 200, "everybody has a count of their own");
        server.clock.advance(Duration::from_hours(1));
        assert_eq!(act(&server, &admin, &invited, "resend").await.0, 200);
    })
    .await;
}

#[tokio::test]
async fn parallel_invitations_of_one_address_make_one_guest() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let tasks = (0..8).map(|_| {
            let (server, admin) = (Arc::clone(&server.server), admin.clone());
            tokio::spawn(async move {
                let wish = crate::invitations::NewInvitation::new("sam@fabrikam.example", "https://contoso.example");
                operations::invite(&server, &admin, wish).await.map(|invited| invited.guest.id)
            })
        });
        let mut guests = Vec::new();
        for task in futures_util::future::join_all(tasks).await {
            guests.push(task.expect("a task").expect("invited"));
        }
        guests.dedup();
        assert_eq!(guests.len(), 1);
        let open = list(&server, &admin, "?state=notSent").await;
        assert_eq!(open.len(), 1, "every new link killed the older ones");
        assert_eq!(list(&server, &admin, "?state=revoked").await.len(), 7);
    })
    .await;
}

#[tokio::test]
async fn a_guest_who_has_accepted_is_invited_again_as_completed() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let first = invite(&server, &admin, &wish("sam@fabrikam.example")).await;
        let mut sam = guest(&server, &tenant, &first).await;
        sam.external_user_state = Some(ExternalUserState::Accepted);
        let id: InvitationId = first["id"].as_str().expect("an id").parse().expect("an id");
        let mut tx = server.write().await.expect("a transaction");
        assert!(users::store::update(&mut tx, &sam, server.clock.now()).await.expect("an answer"));
        assert!(store::mark_accepted(&mut tx, tenant.id, id, server.clock.now()).await.expect("an answer"));
        assert!(!store::mark_accepted(&mut tx, tenant.id, id, server.clock.now()).await.expect("once"));
        tx.commit().await.expect("a commit");

        let again = invite(&server, &admin, &wish("sam@fabrikam.example")).await;
        assert_eq!((&again["status"], &again["invitedUser"]), (&json!("Completed"), &first["invitedUser"]));
        let (_, hash) = ticket(&again);
        assert!(!is_alive(&server, &tenant, &hash).await, "no credential");
        let mut tx = server.read().await.expect("a connection");
        for hash in [hash, ticket(&first).1] {
            let found = store::find_by_ticket(&mut tx, tenant.id, &hash).await.expect("an answer");
            let Some(FoundByTicket::Newest(invitation)) = found else { panic!("{found:?}") };
            assert!(invitation.accepted_at.is_some(), "leads to the sign-in");
        }
        drop(tx);
        assert_eq!(list(&server, &admin, "?state=accepted").await.len(), 2);
        assert_eq!(act(&server, &admin, &first, "revoke").await.0, 409);
    })
    .await;
}

#[tokio::test]
async fn an_invitation_ends_only_where_the_tenant_says_and_begins_anew_when_sent_again() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let (_, forever) = ticket(&invite(&server, &admin, &wish("kim@fabrikam.example")).await);
        let day = 24 * 60 * 60 * 1_000_000;
        change(&server, &tenant, |settings| settings.invitation_lifetime = Some(14 * day)).await;
        let invited = invite(&server, &admin, &wish("sam@fabrikam.example")).await;
        let (_, hash) = ticket(&invited);
        server.clock.advance(Duration::from_hours(14 * 24));
        assert!(is_alive(&server, &tenant, &forever).await && !is_alive(&server, &tenant, &hash).await);
        assert_eq!(list(&server, &admin, "?state=expired").await.len(), 1);
        let mut tx = server.write().await.expect("a transaction");
        let id: InvitationId = invited["id"].as_str().expect("an id").parse().expect("an id");
        assert!(!store::mark_accepted(&mut tx, tenant.id, id, server.clock.now()).await.expect("an answer"));
        drop(tx);

        assert_eq!(act(&server, &admin, &invited, "resend").await.0, 200);
        server.run_due_jobs().await;
        assert!(is_alive(&server, &tenant, &mailed_ticket(&server)).await);
        assert!(server.mailbox()[0].text.contains("21 December 2026"));
        let mut tx = server.write().await.expect("a transaction");
        store::mark_opened(&mut tx, tenant.id, id, server.clock.now()).await.expect("noted");
        tx.commit().await.expect("a commit");
        assert_eq!(list(&server, &admin, "?state=opened").await[0]["id"], invited["id"]);
    })
    .await;
}

#[tokio::test]
async fn a_deleted_guest_is_made_anew() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = person(
            &server.member(&tenant, "ada", &[crate::graph::Role::GlobalAdministrator]).await,
            vec![crate::graph::Role::GlobalAdministrator],
        );
        let first = invite(&server, &admin, &wish("sam@fabrikam.example")).await;
        let mut sam = guest(&server, &tenant, &first).await;
        sam.deleted_at = Some(server.clock.now());
        let mut tx = server.write().await.expect("a transaction");
        assert!(users::store::update(&mut tx, &sam, server.clock.now()).await.expect("an answer"));
        tx.commit().await.expect("a commit");
        let second = invite(&server, &admin, &wish("sam@fabrikam.example")).await;
        assert_ne!(first["invitedUser"]["id"], second["invitedUser"]["id"]);
        assert_eq!(act(&server, &admin, &first, "resend").await.0, 409, "its guest is gone");
    })
    .await;
}
