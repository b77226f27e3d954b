//! What lists of invitations find, whether few or many are met by what is asked for, and what that costs. Here more than three are many.

use super::{change, invite, list, with};
use crate::graph::Caller;
use crate::invitations::State;
use crate::invitations::list_store::{self, Lead};
use crate::invitations::operations::{Filter, Place, SOON};
use crate::invitations::store::{self, Older};
use crate::outbox;
use crate::platform::Timestamp;
use crate::platform::ids::{InvitationId, TenantId, UserId};
use crate::tenants::Tenant;
use crate::testing::{TestServer, on_both_engines, on_sqlite};
use axum::http::Method;
use database::{Statement, sql};
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

/// The numbers of the people who were invited, in the order of the list.
async fn found(server: &TestServer, caller: &Caller, state: State) -> Vec<char> {
    let number =
        |invitation: &Value| invitation["invitedUserEmailAddress"].as_str().and_then(|text| text.chars().nth(1));
    let listed = list(server, caller, &format!("?state={state}")).await;
    listed.iter().map(|invitation| number(invitation).expect("a number")).collect()
}

async fn ending_soon(server: &TestServer, tenant: &Tenant) -> Vec<char> {
    let mut tx = server.read().await.expect("a connection");
    let soon = Filter { ends_soon: true, ..Filter::default() };
    let listed = list_store::list(&mut tx, tenant.id, &soon, None, 10, server.clock.now()).await.expect("a list");
    listed.iter().map(|invitee| invitee.invitation.address.chars().nth(1).expect("a number")).collect()
}

async fn execute(server: &TestServer, tenant: &Tenant, statement: &'static Statement, address: &str) {
    let mut tx = server.write().await.expect("a transaction");
    let changed = tx.query(statement).bind(tenant.id).bind(address.to_owned()).execute().await.expect("a change");
    assert!(changed > 0, "nobody was met");
    tx.commit().await.expect("a commit");
}

#[tokio::test]
async fn few_and_many_are_found_in_one_order() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let lifetime = i64::try_from(SOON.as_micros()).expect("a lifetime");
        change(&server, &tenant, |settings| settings.invitation_lifetime = Some(lifetime)).await;
        let mut ids = Vec::new();
        for number in 0..5 {
            let wish = with(&format!("p{number}@partner.example"), &json!({ "sendInvitationMessage": true }));
            let invited = invite(&server, &admin, &wish).await;
            ids.push(invited["id"].as_str().expect("an id").to_owned());
            server.clock.advance(Duration::from_secs(1));
        }
        assert_eq!(found(&server, &admin, State::Queued).await, ['4', '3', '2', '1', '0']);
        assert_eq!(ending_soon(&server, &tenant).await, ['4', '3', '2', '1', '0']);
        let refuse = sql!("UPDATE mail SET state = 'refusedByRelay' WHERE tenant_id = $1 AND recipient = $2");
        for address in ["p1@partner.example", "p3@partner.example"] {
            execute(&server, &tenant, refuse, address).await;
        }
        assert_eq!(found(&server, &admin, State::RefusedByRelay).await, ['3', '1']);
        assert_eq!(found(&server, &admin, State::Queued).await, ['4', '2', '0']);
        let path = format!("/vestibule/v1/invitations/{}/resend", ids[3]);
        assert_eq!(server.api_as(&admin, Method::POST, &path, &Value::Null).await.status, 200);
        assert_eq!(found(&server, &admin, State::RefusedByRelay).await, ['1'], "the newest mail counts");
        assert_eq!(found(&server, &admin, State::Queued).await, ['4', '3', '2', '0']);
        server.clock.advance(SOON + Duration::from_mins(1));
        assert_eq!(found(&server, &admin, State::Expired).await, ['4', '3', '2', '1', '0']);
        assert!(ending_soon(&server, &tenant).await.is_empty());
        let endless = sql!("UPDATE invitation SET expires_at = NULL WHERE tenant_id = $1 AND address > $2");
        execute(&server, &tenant, endless, "p2").await;
        assert_eq!(found(&server, &admin, State::Expired).await, ['1', '0']);
    })
    .await;
}

/// Those that were never mailed, and those whose mail ended, come in one order, page by page, whether few mails have ended or many.
#[tokio::test]
async fn those_that_were_not_sent_are_found_by_why() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        for number in 0..9 {
            let is_mailed = number >= 3;
            let wish = with(&format!("p{number}@partner.example"), &json!({ "sendInvitationMessage": is_mailed }));
            invite(&server, &admin, &wish).await;
            server.clock.advance(Duration::from_secs(1));
        }
        assert_eq!(found(&server, &admin, State::NotSent).await, ['2', '1', '0']);
        let end = sql!("UPDATE mail SET state = 'expired' WHERE tenant_id = $1 AND recipient = $2");
        execute(&server, &tenant, end, "p4@partner.example").await;
        assert_eq!(found(&server, &admin, State::NotSent).await, ['4', '2', '1', '0']);
        let read = async |limit: i64, after: Option<Place>| {
            let mut tx = server.read().await.expect("a connection");
            let filter = Filter { state: Some(State::NotSent), ..Filter::default() };
            let page = list_store::list(&mut tx, tenant.id, &filter, after, limit, server.clock.now()).await;
            page.expect("a page")
        };
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = read(2, after).await;
            after = page.last().map(Place::from);
            seen.extend(page.iter().filter_map(|invitee| invitee.invitation.address.chars().nth(1)));
            if page.len() < 2 {
                break;
            }
        }
        assert_eq!(seen, ['4', '2', '1', '0']);
        let open = sql!("UPDATE invitation SET opened_at = created_at WHERE tenant_id = $1 AND address = $2");
        execute(&server, &tenant, open, "p1@partner.example").await;
        assert_eq!(found(&server, &admin, State::NotSent).await, ['4', '2', '0']);
        for number in [5, 7, 8] {
            execute(&server, &tenant, end, &format!("p{number}@partner.example")).await;
        }
        assert_eq!(found(&server, &admin, State::NotSent).await, ['8', '7', '5', '4', '2', '0'], "many have ended");
    })
    .await;
}

/// SQLite plans by the statement alone, so a plan is the same with a million rows.
#[tokio::test]
async fn every_page_follows_an_index_and_sorts_nothing_but_few() {
    on_sqlite(async |server| {
        let mut tx = server.read().await.expect("a connection");
        let now = Timestamp::from_microseconds(1_700_000_000_000_000);
        let all = Filter::default;
        let mine = Filter { inviter: Some(Uuid::nil()), ..all() };
        let of = |state| Filter { state: Some(state), ..all() };
        let ends = Filter { ends_soon: true, ..all() };
        let unanswered = "invitation_unanswered (tenant_id=?";
        let by_inviter = "invitation_by_inviter (tenant_id=? AND inviter_id=?";
        let by_state = "mail_by_state (tenant_id=? AND state=?)";
        let by_end = "invitation_open (tenant_id=? AND expires_at>? AND expires_at<?)";
        let queued = Lead::Mails(outbox::State::Queued);
        let ended = Lead::Mails(outbox::State::Expired);
        let until = Lead::Ends(Timestamp::from_microseconds(i64::MIN), now);
        let cases = [
            (all(), None, "invitation_by_age (tenant_id=?"),
            (mine, None, by_inviter),
            (Filter { state: Some(State::Accepted), ..mine }, None, by_inviter),
            (Filter { state: Some(State::Expired), ..mine }, None, by_inviter),
            (Filter::of_guest(UserId(Uuid::nil())), None, "invitation_of_user (tenant_id=? AND user_id=?"),
            (
                Filter { guest: Some(UserId(Uuid::nil())), ..mine },
                None,
                "invitation_of_user (tenant_id=? AND user_id=?",
            ),
            (of(State::Revoked), None, "invitation_revoked (tenant_id=?"),
            (of(State::Accepted), None, "invitation_accepted (tenant_id=?"),
            (of(State::Opened), None, "invitation_opened (tenant_id=?"),
            (of(State::HeldByRestore), None, "invitation_held (tenant_id=?"),
            (of(State::NotSent), None, unanswered),
            (of(State::HandedToRelay), None, unanswered),
            (of(State::Queued), None, unanswered),
            (of(State::RefusedByRelay), None, unanswered),
            (of(State::Expired), None, unanswered),
            (ends, None, unanswered),
            (of(State::Queued), Some(queued), by_state),
            (of(State::NotSent), Some(ended), by_state),
            (Filter { is_unmailed: true, ..of(State::NotSent) }, None, "invitation_unmailed (tenant_id=?"),
            (of(State::Expired), Some(until), by_end),
            (ends, Some(until), by_end),
        ];
        let place = Place { created_at: now.microseconds(), id: InvitationId(Uuid::nil()) };
        for (filter, lead, index) in &cases {
            for after in [None, Some(place)] {
                let query = list_store::query(&mut tx, TenantId(Uuid::nil()), (filter, *lead), (after, 51), now);
                let plan = query.explain().await.expect("a plan");
                assert!(plan.contains(index) && !plan.contains("SCAN "), "{filter:?} {lead:?}\n{plan}");
                let is_few = lead.is_some() || filter.guest.is_some();
                assert_eq!(plan.contains("TEMP B-TREE"), is_few, "{filter:?} {lead:?}\n{plan}");
            }
        }
        let counts: Vec<_> = database::registered()
            .filter(|statement| statement.file.ends_with("invitations/list_store.rs"))
            .filter(|statement| statement.text.contains("COUNT(*)"))
            .collect();
        assert_eq!(counts.len(), 2);
        for statement in counts {
            let mut query = tx.query(statement);
            for _ in 0..statement.placeholders {
                query = query.bind(Uuid::nil());
            }
            let plan = query.explain().await.expect("a plan");
            assert!(plan.contains(by_state) || plan.contains(by_end), "{plan}");
        }
    })
    .await;
}

/// Whoever sends lists has made a million invitations, and every one that is made withdraws theirs of the same guest.
#[tokio::test]
async fn what_a_guest_has_open_is_found_by_the_guest() {
    on_sqlite(async |server| {
        let mut tx = server.read().await.expect("a connection");
        let now = Timestamp::from_microseconds(0);
        let but = Some(InvitationId(Uuid::nil()));
        let older = Older { but, inviter: Some(Uuid::nil()), spare_waiting: true };
        for older in [Older::default(), older] {
            let query = store::query_revoke(&mut tx, TenantId(Uuid::nil()), UserId(Uuid::nil()), older, now);
            let plan = query.explain().await.expect("a plan");
            let sought = "SEARCH invitation USING INDEX invitation_of_user (tenant_id=? AND user_id=?)";
            assert!(plan.contains(sought), "{plan}");
        }
    })
    .await;
}
