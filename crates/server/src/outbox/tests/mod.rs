//! The outbox on both engines.

mod listed;
mod mailbox;
mod nobody;
mod queues;
mod silent_relay;

use super::*;
use crate::config::InvitationsPerHour;
use crate::graph::Permission;
use crate::platform::mailbox::Received;
use crate::testing::{TestServer, on_both_engines, on_sqlite};
use axum::http::Method;
use database::sql;
use serde_json::Value;
use std::time::Duration;

fn message(recipient: &str) -> Message {
    Message {
        kind: Kind::Invitation,
        recipient: recipient.to_owned(),
        cc: Vec::new(),
        reply_to: Some("priya@contoso.example".to_owned()),
        sender_name: "Contoso with Vestibule".to_owned(),
        subject: "You are invited".to_owned(),
        html: "<p>the secret word</p>".to_owned(),
        text: "the secret word".to_owned(),
        invitation: None,
        expires_at: None,
        unsubscribe: Some("https://id.example/no".to_owned()),
    }
}

/// The same with a copy, which says something else.
fn copied(recipient: &str, copy: &str) -> Message {
    let copy = CarbonCopy {
        recipient: copy.to_owned(),
        html: "<p>the copy</p>".to_owned(),
        text: "the copy".to_owned(),
        unsubscribe: Some("https://id.example/not-me".to_owned()),
    };
    Message { cc: vec![copy], ..message(recipient) }
}

async fn send(server: &TestServer, tenant: TenantId, message: &Message) -> MailId {
    queue(server, prepare(server, tenant, message)).await
}

/// The same to somebody at Fabrikam, counted against this share of the hour.
async fn send_as(server: &TestServer, tenant: TenantId, local: &str, share: Share) {
    queue(server, prepare(server, tenant, &message(&format!("{local}@fabrikam.example"))).counted(share)).await;
}

async fn queue(server: &TestServer, prepared: Prepared) -> MailId {
    let mut tx = server.write().await.expect("a transaction");
    let id = enqueue(&mut tx, server, prepared).await.expect("a mail");
    tx.commit().await.expect("a commit");
    id
}

async fn find(server: &TestServer, tenant: TenantId, id: MailId) -> (Mail, Option<Vec<u8>>) {
    let mut tx = server.read().await.expect("a connection");
    let mail = store::find(&mut tx, tenant, id).await.expect("an answer").expect("the mail");
    (mail, store::find_sealed(&mut tx, tenant, id).await.expect("an answer"))
}

/// What an hour lets through.
fn hour(server: &TestServer) -> InvitationsPerHour {
    server.settings.mail.invitations_per_hour
}

fn names(mail: &Received) -> Vec<String> {
    let mut names: Vec<String> = mail.headers().into_iter().map(|(name, _)| name).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_mail_is_sealed_until_it_is_sent_and_wiped_after() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await.id;
        let id = send(&server, tenant, &message("sam@fabrikam.example")).await;
        let (mail, sealed) = find(&server, tenant, id).await;
        assert_eq!(mail.state, State::Queued);
        let sealed = String::from_utf8_lossy(&sealed.expect("the sealed mail")).into_owned();
        assert!(!sealed.contains("secret") && !sealed.contains("sam"));
        assert!(server.mailbox().is_empty(), "nothing is sent before the commit is followed by the job");

        server.run_due_jobs().await;
        let sent = server.mailbox();
        assert_eq!((sent.len(), sent[0].to.as_slice()), (1, ["sam@fabrikam.example".to_owned()].as_slice()));
        assert_eq!(sent[0].header("List-Unsubscribe").as_deref(), Some("<https://id.example/no>"));
        assert_eq!(sent[0].header("Message-ID"), Some(mail.message_id));
        let (mail, sealed) = find(&server, tenant, id).await;
        assert_eq!((mail.state, sealed, mail.attempts), (State::HandedToRelay, None, 1));
    })
    .await;
}

#[tokio::test]
async fn a_copy_is_a_mail_of_its_own_with_the_same_message_id() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await.id;
        send(&server, tenant, &copied("sam@fabrikam.example", "boss@contoso.example")).await;
        assert_eq!(server.run_due_jobs().await, 2);
        let sent = server.mailbox();
        assert_eq!((sent.len(), &sent[0].message_id), (2, &sent[1].message_id));
        for (text, unsubscribe) in [("the secret word", "no"), ("the copy", "not-me")] {
            let mail = sent.iter().find(|mail| mail.text == text).expect("a mail that says so");
            assert_eq!((mail.to[0].as_str(), mail.cc[0].as_str()), ("sam@fabrikam.example", "boss@contoso.example"));
            assert_eq!(mail.header("List-Unsubscribe"), Some(format!("<https://id.example/{unsubscribe}>")));
        }
    })
    .await;
}

#[tokio::test]
async fn beyond_five_a_day_to_one_mailbox_mails_wait_and_others_do_not() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await.id;
        for spelling in ["sam@fabrikam.example", "SAM@fabrikam.example"].iter().cycle().take(7) {
            send(&server, tenant, &message(spelling)).await;
        }
        send(&server, tenant, &message("kim@fabrikam.example")).await;
        let code = Message { kind: Kind::Passcode, ..message("sam@fabrikam.example") };
        send(&server, tenant, &code).await;
        server.run_due_jobs().await;
        assert_eq!(server.mailbox().len(), 7, "five to Sam, one to Kim, and the code");
        server.clock.advance(Duration::from_hours(23));
        server.run_due_jobs().await;
        assert_eq!(server.mailbox().len(), 7);
        server.clock.advance(Duration::from_hours(1));
        server.run_due_jobs().await;
        assert_eq!(server.mailbox().len(), 9);
        let mut tx = server.read().await.expect("a connection");
        let (jobs,): (i64,) = tx
            .query(sql!("SELECT COUNT(*) FROM job WHERE tenant_id = $1"))
            .bind(tenant)
            .fetch_one()
            .await
            .expect("a count");
        assert_eq!(jobs, 0);
    })
    .await;
}

#[tokio::test]
async fn a_copy_counts_for_its_own_mailbox_and_waits_alone() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await.id;
        for number in 0..7 {
            send(&server, tenant, &copied(&format!("guest{number}@fabrikam.example"), "boss@contoso.example")).await;
        }
        send(&server, tenant, &message("Boss@contoso.example")).await;
        server.run_due_jobs().await;
        assert_eq!(delivered(&server, "boss@contoso.example"), 5, "the sixth copy waits, and the mail after it");
        assert_eq!((0..7).map(|n| delivered(&server, &format!("guest{n}@fabrikam.example"))).sum::<usize>(), 7);
        server.clock.advance(Duration::from_hours(24));
        server.run_due_jobs().await;
        assert_eq!(delivered(&server, "boss@contoso.example"), 8);
    })
    .await;
}

/// How many mails a mailbox has got.
fn delivered(server: &TestServer, address: &str) -> usize {
    let mails = server.mailbox();
    mails.iter().flat_map(|mail| &mail.delivered_to).filter(|to| to.eq_ignore_ascii_case(address)).count()
}

/// The last of a share of the hour lets mails of the others through.
#[tokio::test]
async fn an_inviter_and_all_that_yield_leave_room_for_the_others() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await.id;
        let of_a_person = |()| Share { inviter: Some(server.entropy.random_uuid()), yields: true, is_of_list: false };
        let [eve, bob] = [(); 2].map(of_a_person);
        let list = Share { inviter: None, yields: true, is_of_list: true };
        admit_many(&server, tenant, eve, hour(&server).of_one()).await;
        for (local, share) in [("eve", eve), ("bob", bob), ("list", list), ("admin", Share::default())] {
            send_as(&server, tenant, local, share).await;
        }
        server.run_due_jobs().await;
        assert_eq!(delivered(&server, "eve@fabrikam.example"), 0, "her share is used up");
        assert_eq!(server.mailbox().len(), 3);

        admit_many(&server, tenant, list, hour(&server).yielding() - hour(&server).of_one()).await;
        for (local, share) in [("bob", bob), ("list", list), ("admin", Share::default())] {
            send_as(&server, tenant, local, share).await;
        }
        server.run_due_jobs().await;
        assert_eq!(["bob", "list", "admin"].map(|to| delivered(&server, &format!("{to}@fabrikam.example"))), [1, 1, 2]);
        let mut tx = server.read().await.expect("a connection");
        let waits =
            wait(&mut tx, &server, tenant, "bob@fabrikam.example", bob, server.clock.now()).await.expect("an answer");
        assert_eq!(waits.map(|waits| waits.reason), Some(Wait::Yields));
        let waits =
            wait(&mut tx, &server, tenant, "eve@fabrikam.example", eve, server.clock.now()).await.expect("an answer");
        let behind_her_first = Duration::from_hours(1) + Duration::from_millis(7200);
        assert_eq!(waits.map(|waits| waits.until), Some(server.clock.now().plus(behind_her_first)));
        drop(tx);
        server.clock.advance(Duration::from_hours(1));
        server.run_due_jobs().await;
        assert_eq!(delivered(&server, "eve@fabrikam.example"), 1);
        server.clock.advance(Duration::from_secs(3));
        server.run_due_jobs().await;
        assert_eq!(server.mailbox().len(), 7);
    })
    .await;
}

/// Mails that were let through just now.
async fn admit_many(server: &TestServer, tenant: TenantId, share: Share, count: i64) {
    let mut tx = server.write().await.expect("a transaction");
    for number in 0..count {
        if number % 100 == 99 {
            // No transaction is open for long.
            tx.commit().await.expect("a commit");
            tx = server.write().await.expect("a transaction");
        }
        let prepared = prepare(server, tenant, &message(&format!("g{number}@partner.example"))).counted(share);
        let id = prepared.id();
        store::insert_each(&mut tx, prepared, server.clock.now()).await.expect("a mail");
        let mail = store::find(&mut tx, tenant, id).await.expect("an answer").expect("the mail");
        let turn = store::take_turn(&mut tx, tenant, share.yields).await.expect("a turn");
        store::mark_tried(&mut tx, tenant, &mail, Some(turn), server.clock.now()).await.expect("admitted");
        store::mark_handed_over(&mut tx, tenant, id, server.clock.now()).await.expect("sent");
    }
    tx.commit().await.expect("a commit");
}

#[tokio::test]
async fn the_limit_of_a_tenant_lets_the_rest_wait_an_hour() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await.id;
        admit_many(&server, tenant, Share::default(), hour(&server).all()).await;
        send(&server, tenant, &message("sam@fabrikam.example")).await;
        server.run_due_jobs().await;
        assert!(server.mailbox().is_empty());
        server.clock.advance(Duration::from_hours(1));
        server.run_due_jobs().await;
        assert_eq!(server.mailbox().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_mail_that_came_too_late_is_not_sent() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await.id;
        let expires_at = Some(server.clock.now().plus(Duration::from_mins(15)));
        let code = Message { kind: Kind::Passcode, expires_at, ..message("sam@fabrikam.example") };
        let id = send(&server, tenant, &code).await;
        server.clock.advance(Duration::from_mins(15));
        server.run_due_jobs().await;
        assert!(server.mailbox().is_empty());
        let (mail, sealed) = find(&server, tenant, id).await;
        assert_eq!((mail.state, sealed), (State::Expired, None));
        let taken_back = send(&server, tenant, &code).await;
        let mut tx = server.write().await.expect("a transaction");
        withdraw(&mut tx, tenant, taken_back).await.expect("taken back");
        tx.commit().await.expect("a commit");
        server.run_due_jobs().await;
        let page = server.measures.page().expect("a page");
        assert!(page.contains("vestibule_mails_total{result=\"expired\"} 1"), "{page}");
        let mut tx = server.read().await.expect("a connection");
        let query = tx.query(sql!("SELECT id FROM mail WHERE tenant_id = $1 AND expired_at >= 0")).bind(tenant);
        assert_eq!(query.fetch_all::<(MailId,)>().await.expect("rows"), [(id,)], "what was taken back is not late");
    })
    .await;
}

/// Security check I13: what stands in a mail cannot add a header or a recipient.
#[tokio::test]
async fn i13_nothing_in_a_mail_adds_a_header_or_a_recipient() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await.id;
        send(&server, tenant, &message("kim@fabrikam.example")).await;
        server.run_due_jobs().await;
        for evil in [
            "x\r\nBcc: all@evil.example",
            "x\nBcc: all@evil.example",
            "x\rBcc: all@evil.example",
            "x%0d%0aBcc: all@evil.example",
            "x\u{2028}Bcc: all@evil.example\u{2029}",
            "=?utf-8?B?eA0KQmNjOiBhbGxAZXZpbC5leGFtcGxl?=",
            "\"x\" <all@evil.example>,",
        ] {
            let hostile = Message {
                sender_name: evil.to_owned(),
                subject: evil.to_owned(),
                html: evil.to_owned(),
                text: evil.to_owned(),
                unsubscribe: Some(format!("https://id.example/{evil}")),
                ..message("sam@fabrikam.example")
            };
            send(&server, tenant, &hostile).await;
            server.clock.advance(Duration::from_hours(25));
            server.run_due_jobs().await;
            let sent = server.mailbox();
            let plain = sent.iter().find(|mail| mail.to == ["kim@fabrikam.example"]).expect("the plain mail");
            let (newest, plain) = (names(&sent[0]), names(plain));
            assert_eq!(newest, plain, "{evil:?}");
            assert_eq!(sent[0].to, ["sam@fabrikam.example"], "{evil:?}");
            assert!(sent[0].from.ends_with("<invitations@vestibule.example>"), "{}", sent[0].from);
        }
        for evil in ["all@evil.example, sam@x.example", "a@x.example\r\nBcc: b@x.example", "Sam <sam@x.example>"] {
            let id = send(&server, tenant, &message(evil)).await;
            server.run_due_jobs().await;
            assert_eq!(find(&server, tenant, id).await.0.state, State::RefusedByRelay, "{evil:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_mail_that_was_given_up_is_listed_and_can_be_tried_again() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await.id;
        let id = send(&server, tenant, &message("no address")).await;
        let good = send(&server, tenant, &message("sam@fabrikam.example")).await;
        server.run_due_jobs().await;
        let caller = server.application(tenant, &[Permission::UserReadWriteAll]);
        let list = |query: &'static str| server.api_as(&caller, Method::GET, query, &Value::Null);
        let body = list("/vestibule/v1/mails?state=refusedByRelay").await.json();
        assert_eq!(body["value"].as_array().map(Vec::len), Some(1), "{body}");
        assert_eq!(body["value"][0]["id"], id.to_string());
        assert!(!body.to_string().contains("secret"));
        assert_eq!(list("/vestibule/v1/mails").await.json()["value"].as_array().map(Vec::len), Some(2));
        assert_eq!(list("/vestibule/v1/mails?state=lost").await.status, 400);

        let retry = |id: MailId| format!("/vestibule/v1/mails/{id}/retry");
        let answer = server.api_as(&caller, Method::POST, &retry(id), &Value::Null).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["state"]), (200, &Value::from("queued")));
        assert_eq!(server.run_due_jobs().await, 1);
        assert_eq!(server.api_as(&caller, Method::POST, &retry(good), &Value::Null).await.status, 409);

        let inviter = server.application(tenant, &[Permission::UserInviteAll]);
        assert_eq!(server.api_as(&inviter, Method::GET, "/vestibule/v1/mails", &Value::Null).await.status, 403);
        let other = server.tenant("Fabrikam", "fabrikam.example").await.id;
        let stranger = server.application(other, &[Permission::UserReadWriteAll]);
        assert_eq!(server.api_as(&stranger, Method::POST, &retry(id), &Value::Null).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn mails_go_after_their_time_but_not_those_that_still_say_something() {
    on_both_engines(async |server| {
        let journey = crate::redemption::tests::Journey::begin(&server).await;
        let tenant = journey.tenant.id;
        let sent = send(&server, tenant, &message("sam@fabrikam.example")).await;
        server.run_due_jobs().await;
        server.clock.advance(Duration::from_hours(91 * 24));
        let waiting = send(&server, tenant, &message("ben@fabrikam.example")).await;
        let there = async |id| {
            let mut tx = server.read().await.expect("a connection");
            store::find(&mut tx, tenant, id).await.expect("an answer").is_some()
        };
        let carries = journey.invitation().await.mail_id.expect("a mail");
        assert_eq!(purge(&server).await.expect("a purge"), 1);
        assert!(!there(sent).await && there(waiting).await);
        assert!(there(carries).await, "it says how far an open invitation has come");
        server.clock.advance(Duration::from_hours(91 * 24));
        assert!(there(waiting).await, "what waits stays, however old");
    })
    .await;
}

#[tokio::test]
async fn a_clock_far_ahead_keeps_no_mail_from_being_written() {
    on_sqlite(async |server| {
        let far = Timestamp::from_microseconds(i64::MAX);
        let sent = send_at_once(&server.mail, "sam@fabrikam.example", ("Here", "Words"), far, &server.entropy).await;
        assert_eq!(sent, Ok(()));
        let mails = server.mailbox();
        assert!(mails[0].raw.contains(" 31 Dec 9999 23:59:59 "), "{}", mails[0].raw);
    })
    .await;
}
