//! What a mail waits behind: the lane of its job, and its place in the hour.

use super::{admit_many, delivered, find, hour, message, send, send_as};
use crate::config::InvitationsPerHour;
use crate::jobs::{Job, Kind as JobKind, Lane};
use crate::outbox::{Kind, Limits, Message, Share, State, Wait, Waits, give_up, move_up, wait, withdraw};
use crate::platform::Timestamp;
use crate::platform::ids::{JobId, MailId, TenantId};
use crate::testing::{TestServer, on_both_engines};
use database::sql;
use std::time::Duration;

const HOUR: Duration = Duration::from_hours(1);
const LIST: Share = Share { inviter: None, yields: true, is_of_list: true };

/// A mail that has a place: its address, the place, what it waits for, and which mail it is.
type Placed = (String, Timestamp, Wait, MailId);

/// The mails that have a place, by their addresses.
async fn places(server: &TestServer, tenant: TenantId) -> Vec<Placed> {
    let mut tx = server.read().await.expect("a connection");
    let query = tx.query(sql!(
        "SELECT recipient, place_at, place_for, id FROM mail
         WHERE tenant_id = $1 AND place_at > 0 AND state = 'queued' ORDER BY recipient"
    ));
    query.bind(tenant).fetch_all().await.expect("rows")
}

async fn send_later(server: &TestServer, tenant: TenantId, locals: &[&str], share: Share) {
    for local in locals {
        server.clock.advance(Duration::from_millis(1));
        send_as(server, tenant, local, share).await;
    }
}

/// An organisation whose hour is used up for mails that yield, and the places of those of a list that are sent after that.
async fn beyond_the_hour(server: &TestServer, locals: &[&str]) -> (TenantId, Vec<Placed>) {
    let tenant = server.tenant("Contoso", "contoso.example").await.id;
    admit_many(server, tenant, LIST, hour(server).yielding()).await;
    send_later(server, tenant, locals, LIST).await;
    assert_eq!(server.run_due_jobs().await, locals.len(), "each is given its place");
    let placed = places(server, tenant).await;
    assert_eq!(placed.len(), locals.len(), "{placed:?}");
    (tenant, placed)
}

async fn take_back(server: &TestServer, tenant: TenantId, placed: &[Placed]) {
    let mut tx = server.write().await.expect("a transaction");
    for (.., mail) in placed {
        withdraw(&mut tx, tenant, *mail).await.expect("taken back");
    }
    tx.commit().await.expect("a commit");
}

fn all_delivered(server: &TestServer, locals: &[&str]) -> Vec<usize> {
    locals.iter().map(|local| delivered(server, &format!("{local}@fabrikam.example"))).collect()
}

#[tokio::test]
async fn what_waits_for_the_hour_has_a_place_and_is_looked_at_when_its_turn_comes() {
    on_both_engines(async |server| {
        let opens = server.clock.now().plus(HOUR);
        let (tenant, placed) = beyond_the_hour(&server, &["a", "b", "c"]).await;
        let step = Duration::from_millis(2400);
        let expected = [opens, opens.plus(step), opens.plus(2 * step)];
        assert_eq!(placed.iter().map(|(_, at, ..)| *at).collect::<Vec<_>>(), expected);
        assert!(placed.iter().all(|(_, _, reason, _)| *reason == Wait::Yields), "{placed:?}");
        let mut tx = server.read().await.expect("a connection");
        let waits =
            Limits::new(&server, tenant, server.clock.now()).wait_of(&mut tx, placed[2].3).await.expect("an answer");
        assert_eq!(waits.map(|waits| (waits.until, waits.reason)), Some((expected[2], Wait::Yields)));
        drop(tx);

        server.clock.advance(HOUR);
        send_later(&server, tenant, &["late"], LIST).await;
        assert_eq!(
            server.run_due_jobs().await,
            2,
            "the first goes, and what comes later gets a place behind the others"
        );
        assert_eq!(all_delivered(&server, &["a", "b", "c", "late"]), [1, 0, 0, 0]);
        server.clock.advance(2 * step);
        assert_eq!(server.run_due_jobs().await, 2);
        assert_eq!(all_delivered(&server, &["b", "c", "late"]), [1, 1, 0]);
        server.clock.advance(step);
        assert_eq!(server.run_due_jobs().await, 1);
        assert_eq!(all_delivered(&server, &["late"]), [1]);
        assert!(places(&server, tenant).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn one_whose_turn_comes_a_moment_before_the_limit_opens_keeps_its_turn() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await.id;
        let eve = Share { inviter: Some(server.entropy.random_uuid()), yields: true, is_of_list: false };
        admit_many(&server, tenant, eve, hour(&server).of_one()).await;
        send_later(&server, tenant, &["a", "b"], eve).await;
        server.run_due_jobs().await;
        let before = places(&server, tenant).await;
        assert_eq!(before[1].1, before[0].1.plus(Duration::from_millis(7200)), "hers is a queue of its own");
        // Her mails of then left a second later than the place of the first says.
        let mut tx = server.write().await.expect("a transaction");
        tx.query(sql!("UPDATE mail SET admitted_at = admitted_at + 1000000 WHERE tenant_id = $1 AND admitted_at > 0"))
            .bind(tenant)
            .execute()
            .await
            .expect("later");
        tx.commit().await.expect("a commit");
        server.clock.advance(HOUR);
        assert_eq!(server.run_due_jobs().await, 1);
        assert_eq!(all_delivered(&server, &["a", "b"]), [0, 0]);
        assert_eq!(places(&server, tenant).await, before, "no other place is given to it");
        server.clock.advance(Duration::from_secs(1));
        assert_eq!(server.run_due_jobs().await, 1);
        assert_eq!(all_delivered(&server, &["a", "b"]), [1, 0]);
    })
    .await;
}

#[tokio::test]
async fn a_code_goes_before_a_mail_and_both_before_a_list() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await.id;
        send_as(&server, tenant, "list", LIST).await;
        send_as(&server, tenant, "one", Share { is_of_list: false, ..LIST }).await;
        send(&server, tenant, &Message { kind: Kind::Notice, ..message("notice@fabrikam.example") }).await;
        let code = Message { kind: Kind::Passcode, ..message("code@fabrikam.example") };
        send(&server, tenant, &code).await;
        let mut tx = server.read().await.expect("a connection");
        let query = tx.query(sql!(
            "SELECT m.recipient, j.lane FROM mail m JOIN job j ON j.tenant_id = m.tenant_id AND j.subject = m.id
             WHERE m.tenant_id = $1 ORDER BY m.recipient"
        ));
        let lanes: Vec<(String, Lane)> = query.bind(tenant).fetch_all().await.expect("rows");
        let expected = [("code", Lane::Code), ("list", Lane::ListMail), ("notice", Lane::Mail), ("one", Lane::Mail)];
        assert_eq!(lanes, expected.map(|(local, lane)| (format!("{local}@fabrikam.example"), lane)));
    })
    .await;
}

#[tokio::test]
async fn a_mail_whose_job_was_given_up_without_a_word_is_listed_as_given_up() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await.id;
        let (waiting, sent) = {
            let sent = send(&server, tenant, &message("sent@fabrikam.example")).await;
            server.run_due_jobs().await;
            (send(&server, tenant, &message("sam@fabrikam.example")).await, sent)
        };
        for subject in [waiting, sent] {
            let id = JobId(server.entropy.random_uuid());
            let (kind, lane) = (JobKind::SendMail, Lane::Mail);
            let job = Job { tenant_id: tenant, id, kind, lane, subject: subject.0, attempts: 1, deaths: 7 };
            give_up(&server, &job, "It was cut off.").await.expect("noted");
        }
        let (mail, sealed) = find(&server, tenant, waiting).await;
        assert_eq!((mail.state, mail.last_error.as_deref()), (State::RefusedByRelay, Some("It was cut off.")));
        assert!(sealed.is_some(), "it can be tried again");
        assert_eq!(find(&server, tenant, sent).await.0.state, State::HandedToRelay);
    })
    .await;
}

#[tokio::test]
async fn what_is_taken_back_holds_no_place() {
    on_both_engines(async |server| {
        let (tenant, placed) = beyond_the_hour(&server, &["a", "b", "c"]).await;
        let behind = async || {
            let now = server.clock.now();
            let mut tx = server.read().await.expect("a connection");
            let waits = wait(&mut tx, &server, tenant, "late@fabrikam.example", LIST, now).await.expect("an answer");
            waits.map(|waits| waits.until)
        };
        let step = Duration::from_millis(2400);
        assert_eq!(behind().await, Some(placed[2].1.plus(step)));
        take_back(&server, tenant, &placed[1..]).await;
        assert_eq!(behind().await, Some(placed[0].1.plus(step)));
        take_back(&server, tenant, &placed[..1]).await;
        assert_eq!(behind().await, Some(placed[0].1), "when the hour is over");
        server.clock.advance(HOUR);
        assert_eq!(behind().await, None);
    })
    .await;
}

/// A second process, by which an organisation sends so many invitation mails in an hour.
async fn with_limit(server: &TestServer, organization: u32) -> TestServer {
    let mut settings = server.settings.clone();
    settings.mail.invitations_per_hour = InvitationsPerHour { organization, ..InvitationsPerHour::default() };
    server.twin_with(settings).await
}

async fn end_of(server: &TestServer, tenant: TenantId, mail: MailId) -> Option<(Timestamp, Wait)> {
    let mut tx = server.read().await.expect("a connection");
    let waits = Limits::new(server, tenant, server.clock.now()).end_of(&mut tx, mail).await.expect("an answer");
    waits.map(|Waits { until, reason }| (until, reason))
}

#[tokio::test]
async fn who_waits_moves_up_when_an_operator_raises_the_limit() {
    on_both_engines(async |server| {
        let (tenant, placed) = beyond_the_hour(&server, &["a", "b", "c"]).await;
        assert_eq!(move_up(&server).await.expect("a look"), 0, "each has the place that the limit gives");
        assert_eq!(end_of(&server, tenant, placed[2].3).await, Some((placed[2].1, Wait::Yields)));

        let raised = with_limit(&server, 20_000).await;
        let (now, step) = (server.clock.now(), Duration::from_millis(240));
        assert_eq!(end_of(&raised, tenant, placed[2].3).await, Some((now.plus(2 * step), Wait::Yields)));
        assert_eq!(raised.run_due_jobs().await, 0, "nobody looks at them before their places");
        assert_eq!(move_up(&raised).await.expect("a look"), 3);
        let moved = places(&server, tenant).await;
        let expected = [now, now.plus(step), now.plus(2 * step)];
        assert_eq!(moved.iter().map(|(_, at, ..)| *at).collect::<Vec<_>>(), expected, "at the pace of the new limit");
        assert_eq!(move_up(&raised).await.expect("a look"), 0);
        assert_eq!(raised.run_due_jobs().await, 1);
        server.clock.advance(2 * step);
        assert_eq!(raised.run_due_jobs().await, 2);
        assert_eq!(all_delivered(&raised, &["a", "b", "c"]), [1, 1, 1]);
    })
    .await;
}

#[tokio::test]
async fn one_that_is_looked_at_just_now_keeps_its_place() {
    on_both_engines(async |server| {
        let (tenant, placed) = beyond_the_hour(&server, &["a", "b"]).await;
        let mut tx = server.write().await.expect("a transaction");
        let look = sql!("UPDATE job SET state = 'running' WHERE tenant_id = $1 AND subject = $2");
        tx.query(look).bind(tenant).bind(placed[0].3).execute().await.expect("a job");
        tx.commit().await.expect("a commit");
        let raised = with_limit(&server, 20_000).await;
        assert_eq!(move_up(&raised).await.expect("a look"), 1);
        let moved = places(&server, tenant).await;
        assert_eq!(moved[0].1, placed[0].1, "its job would not come before");
        assert!(moved[1].1 < placed[1].1, "{moved:?}");
    })
    .await;
}

#[tokio::test]
async fn a_limit_that_was_lowered_lets_nobody_through_who_has_a_place() {
    on_both_engines(async |server| {
        let (tenant, _) = beyond_the_hour(&server, &["a", "b"]).await;
        let lowered = with_limit(&server, 4).await;
        server.clock.advance(HOUR);
        assert_eq!(move_up(&lowered).await.expect("a look"), 0);
        admit_many(&server, tenant, LIST, hour(&lowered).yielding()).await;
        lowered.run_due_jobs().await;
        server.clock.advance(Duration::from_secs(3));
        lowered.run_due_jobs().await;
        assert_eq!(all_delivered(&lowered, &["a", "b"]), [0, 0]);
        server.clock.advance(HOUR);
        lowered.run_due_jobs().await;
        assert_eq!(all_delivered(&lowered, &["a", "b"]), [1, 1]);
    })
    .await;
}

#[tokio::test]
async fn a_gap_that_somebody_leaves_is_filled() {
    on_both_engines(async |server| {
        let (tenant, placed) = beyond_the_hour(&server, &["a", "b", "c"]).await;
        take_back(&server, tenant, &placed[..2]).await;
        assert_eq!(move_up(&server).await.expect("a look"), 1);
        assert_eq!(places(&server, tenant).await[0].1, placed[0].1);
        server.clock.advance(HOUR);
        server.run_due_jobs().await;
        assert_eq!(all_delivered(&server, &["a", "b", "c"]), [0, 0, 1]);
    })
    .await;
}
