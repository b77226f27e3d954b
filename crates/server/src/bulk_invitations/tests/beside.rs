//! Two lists of one organisation beside each other, in two processes.

use super::{carry_out, get, post, send};
use crate::bulk_invitations::{store, work};
use crate::graph::Caller;
use crate::jobs::{Job, Kind, Lane, Outcome};
use crate::platform::ids::{BulkInvitationId, JobId, TenantId};
use crate::testing::{TestServer, on_both_engines};
use database::sql;
use serde_json::Value;
use std::time::Duration;

const PEOPLE: usize = 150;

fn file() -> String {
    (0..PEOPLE).map(|number| format!("p{number}@partner.example\n")).collect()
}

fn id(bulk: &Value) -> BulkInvitationId {
    bulk["id"].as_str().expect("an id").parse().expect("an id")
}

/// A list that was checked and started, and whose own job waits.
async fn started(server: &TestServer, admin: &Caller) -> Value {
    let bulk = send(server, admin, &file()).await;
    server.run_due_jobs().await;
    assert_eq!(post(server, admin, &bulk, "start").await.0, 200);
    bulk
}

fn job(server: &TestServer, tenant: TenantId, bulk: &Value) -> Job {
    let id_of_job = JobId(server.entropy.random_uuid());
    let (kind, lane) = (Kind::InviteMany, Lane::Work);
    Job { tenant_id: tenant, id: id_of_job, kind, lane, subject: id(bulk).0, attempts: 1, deaths: 0 }
}

async fn counted(server: &TestServer, admin: &Caller, bulk: &Value) -> (Value, Value, Value) {
    let bulk = get(server, admin, bulk, "").await;
    (bulk["state"].clone(), bulk["results"]["invited"].clone(), bulk["results"]["alreadyInvited"].clone())
}

#[tokio::test]
async fn two_lists_with_the_same_people_send_each_of_them_one_mail() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let twin = server.twin().await;
        let (one, other) = (send(&server, &admin, &file()).await, send(&server, &admin, &file()).await);
        server.run_due_jobs().await;
        for bulk in [&one, &other] {
            assert_eq!(post(&server, &admin, bulk, "start").await.0, 200);
        }
        let jobs = [&one, &other].map(|bulk| job(&server, tenant.id, bulk));
        for round in 0.. {
            let both = tokio::join!(work(&server, &jobs[0]), work(&twin, &jobs[1]));
            if both == (Outcome::Done, Outcome::Done) {
                break;
            }
            assert!(round < 10, "{both:?}");
            server.clock.advance(Duration::from_secs(5));
        }
        server.run_due_jobs().await;
        assert_eq!(server.mailbox().len() + twin.mailbox().len(), PEOPLE, "nobody gets two");
        let mut counts = [counted(&server, &admin, &one).await, counted(&server, &admin, &other).await];
        counts.sort_by_key(|(_, invited, _)| invited.as_u64());
        let (nobody, all) = (Value::from(0), Value::from(PEOPLE));
        let finished = Value::from("finished");
        assert_eq!(counts, [(finished.clone(), nobody.clone(), all.clone()), (finished, all, nobody)]);
    })
    .await;
}

#[tokio::test]
async fn the_turn_of_a_process_that_died_passes_on() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let bulk = started(&server, &admin).await;
        let now = server.clock.now();
        let until = (now.plus(Duration::from_mins(3)), now.plus(Duration::from_mins(6)));
        let dead = BulkInvitationId(server.entropy.random_uuid());
        let mut tx = server.write().await.expect("a transaction");
        assert!(store::take_turn(&mut tx, tenant.id, dead, now, until).await.expect("an answer"));
        assert!(!store::take_turn(&mut tx, tenant.id, id(&bulk), now, until).await.expect("an answer"), "it is taken");
        assert!(
            store::take_turn(&mut tx, tenant.id, dead, now, until).await.expect("an answer"),
            "whoever has it keeps it"
        );
        tx.commit().await.expect("a commit");
        server.run_due_jobs().await;
        assert!(server.mailbox().is_empty());
        server.clock.advance(Duration::from_mins(3));
        server.run_due_jobs().await;
        assert_eq!(server.mailbox().len(), PEOPLE);
        assert!(server.contents().await["bulk_invitation_turn"].is_empty(), "it was given back");
    })
    .await;
}

/// A list that was refused need not look at the right moment.
#[tokio::test]
async fn whoever_gives_the_turn_back_passes_it_on() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let refused = started(&server, &admin).await;
        let now = server.clock.now();
        let until = (now.plus(Duration::from_mins(3)), now.plus(Duration::from_mins(6)));
        let holder = BulkInvitationId(server.entropy.random_uuid());
        let mut tx = server.write().await.expect("a transaction");
        assert!(store::take_turn(&mut tx, tenant.id, holder, now, until).await.expect("an answer"));
        tx.commit().await.expect("a commit");
        server.run_due_jobs().await;
        let mut tx = server.write().await.expect("a transaction");
        store::give_turn_back(&mut tx, tenant.id, holder).await.expect("given back");
        tx.commit().await.expect("a commit");

        let other = started(&server, &admin).await;
        assert_eq!(counted(&server, &admin, &refused).await.0, "running", "its time has not come");
        assert_eq!(work(&server, &job(&server, tenant.id, &other)).await, Outcome::Done);
        server.run_due_jobs().await;
        assert_eq!(counted(&server, &admin, &refused).await.0, "finished", "though no time has passed");
        assert_eq!(server.mailbox().len(), PEOPLE);
    })
    .await;
}

#[tokio::test]
async fn a_turn_that_was_taken_before_the_clock_was_set_back_holds_up_nobody() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let bulk = started(&server, &admin).await;
        let ahead = server.clock.now().plus(Duration::from_hours(24));
        let mut tx = server.write().await.expect("a transaction");
        let dead = BulkInvitationId(server.entropy.random_uuid());
        assert!(store::take_turn(&mut tx, tenant.id, dead, ahead, (ahead, ahead)).await.expect("an answer"));
        tx.commit().await.expect("a commit");
        server.run_due_jobs().await;
        assert_eq!(counted(&server, &admin, &bulk).await.1, Value::from(PEOPLE));
    })
    .await;
}

/// A process dies between the invitations and the note of them, and the same file is sent once more.
#[tokio::test]
async fn who_was_invited_by_a_list_that_broke_off_is_not_invited_by_the_next() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let first = carry_out(&server, &admin, &file()).await;
        let mut tx = server.write().await.expect("a transaction");
        let forget = sql!("UPDATE bulk_invitation_row SET result = 'ready' WHERE tenant_id = $1 AND bulk_id = $2");
        tx.query(forget).bind(tenant.id).bind(id(&first)).execute().await.expect("forgotten");
        tx.commit().await.expect("a commit");
        let second = carry_out(&server, &admin, &file()).await;
        assert_eq!(counted(&server, &admin, &second).await.2, Value::from(PEOPLE));
        assert_eq!(server.mailbox().len(), PEOPLE);
    })
    .await;
}
