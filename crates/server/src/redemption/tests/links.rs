use super::journey::{audit, set};
use super::mailbox::{codes_sent, invitations_sent, newest_link};
use super::{Journey, LANDING, SAM};
use crate::invitations::operations::{resend, revoke};
use crate::tenants::DomainListKind;
use crate::testing::{Answer, Recorder, on_both_engines};
use crate::users::{self, User};
use axum::body::Body;
use axum::http::Request;
use database::sql;
use std::time::Duration;

/// What a page says, without what is new on every page and the address of its step in other languages.
fn gist(answer: &Answer) -> String {
    let text = answer.text.split("<form").next().and_then(|text| text.split("<footer").next()).unwrap_or_default();
    format!("{} {text}", answer.status)
}

#[tokio::test]
async fn i1_a_changed_ticket_opens_nothing_and_is_written_down() {
    on_both_engines(async |server| {
        let journey = Journey::begin(&server).await;
        let other = server.tenant("Fabrikam", "fabrikam.example").await;
        let users = count_users(&server, &journey).await;
        let (path, ticket) = journey.link.split_once("ticket=").expect("a ticket");
        for at in 0..ticket.len() {
            let old = ticket.as_bytes()[at];
            let new = if old == b'A' { 'B' } else { 'A' };
            let changed = format!("{path}ticket={}{new}{}", &ticket[..at], &ticket[at + 1..]);
            let answer = server.browser().get(&changed).await;
            assert_eq!(answer.status, 404, "{at}");
        }
        let elsewhere = journey.link.replace(&journey.tenant.id.to_string(), &other.id.to_string());
        assert_eq!(server.browser().get(&elsewhere).await.status, 404);
        assert_eq!(server.browser().get(path).await.status, 404);
        assert_eq!(count_users(&server, &journey).await, users);
        assert!(journey.guest().await.is_pending());
        let rows = audit(&server, &journey).await;
        assert_eq!(rows.len(), 20, "written down, but no flood of rows");
        let is_rejected = |reason: &Option<String>| reason.as_deref().is_some_and(|r| r.starts_with("redeem.rejected"));
        assert!(rows.iter().all(|(result, reason)| result == "failure" && is_rejected(reason)));
        let last = |reason: &Option<String>| reason.as_deref().is_some_and(|r| r.ends_with("are not listed."));
        assert_eq!(rows.iter().filter(|(_, reason)| last(reason)).count(), 1, "the last one says that there were more");
    })
    .await;
}

#[tokio::test]
async fn i9_whoever_holds_a_link_cannot_fill_the_sign_in_log_with_refusals() {
    on_both_engines(async |server| {
        let journey = Journey::begin(&server).await;
        let browser = server.browser();
        journey.open(&browser).await;
        let step = browser.location();
        let other = server.member(&journey.tenant, "ben", &[]).await;
        let stranger = server.signed_in(&other).await;
        journey.open(&stranger).await;
        for _ in 0..25 {
            assert_eq!(browser.get(&format!("{step}/cancel")).await.status, 200);
            assert_eq!(stranger.get(&stranger.location()).await.status, 403);
        }
        assert_eq!(refusals(&server, &journey, 65004).await, (20, 1), "saying no");
        assert_eq!(refusals(&server, &journey, 50020).await, (20, 1), "another account");
        let blocked = User { account_enabled: false, ..journey.guest().await };
        let mut tx = server.write().await.expect("a transaction");
        assert!(users::store::update(&mut tx, &blocked, server.clock.now()).await.expect("an answer"));
        tx.commit().await.expect("a commit");
        for _ in 0..25 {
            assert_eq!(browser.get(&step).await.status, 403);
        }
        assert_eq!(refusals(&server, &journey, 50057).await, (20, 1), "a rule");
        server.clock.advance(Duration::from_hours(1));
        browser.get(&step).await;
        assert_eq!(refusals(&server, &journey, 50057).await, (21, 1), "the next hour is listed again");
    })
    .await;
}

/// Rows of the sign-in log with this number, and how many of them say that more are not listed.
async fn refusals(server: &crate::testing::TestServer, journey: &Journey<'_>, number: i64) -> (usize, usize) {
    let mut tx = server.read().await.expect("a connection");
    let rows: Vec<(String,)> = tx
        .query(sql!("SELECT failure_reason FROM sign_in WHERE tenant_id = $1 AND error_code = $2"))
        .bind(journey.tenant.id)
        .bind(number)
        .fetch_all()
        .await
        .expect("rows");
    (rows.len(), rows.iter().filter(|(reason,)| reason.ends_with("are not listed.")).count())
}

async fn count_users(server: &crate::testing::TestServer, journey: &Journey<'_>) -> i64 {
    let mut tx = server.read().await.expect("a connection");
    let row: (i64,) = tx
        .query(sql!("SELECT COUNT(*) FROM user_account WHERE tenant_id = $1"))
        .bind(journey.tenant.id)
        .fetch_one()
        .await
        .expect("a count");
    row.0
}

#[tokio::test]
async fn i6_replaced_ended_withdrawn_and_unknown_links_get_the_same_page() {
    on_both_engines(async |server| {
        let journey = Journey::begin(&server).await;
        resend(&server, &journey.administrator, journey.invitation.id).await.expect("a fresh link");
        let fresh = newest_link(&server).await;
        let replaced = journey.open(&server.browser()).await;
        assert_eq!(replaced.status, 404);
        assert!(replaced.text.contains("This link no longer works"));
        assert!(
            !replaced.text.contains(SAM) && !replaced.text.contains("fabrikam"),
            "it tells nothing about the guest"
        );
        let alive = server.browser();
        assert_eq!(alive.get(&fresh).await.status, 200);
        revoke(&server, &journey.administrator, journey.invitation.id).await.expect("withdrawn");
        let withdrawn = server.browser().get(&fresh).await;
        let in_between = alive.submit(&[]).await;
        assert_eq!(in_between.status, 404, "a page that was open already");
        let unknown = server.browser().get(&format!("/{}/redeem?ticket=vsi_x", journey.tenant.id)).await;

        let tenant = journey.tenant.clone();
        set(&server, &tenant, |settings| settings.invitation_lifetime = Some(3_600_000_000)).await;
        let second =
            Journey::invite(&server, tenant, journey.administrator.clone(), "ann@fabrikam.example", LANDING).await;
        server.clock.advance(Duration::from_hours(1));
        let ended = second.open(&server.browser()).await;
        for answer in [&withdrawn, &unknown, &ended] {
            assert_eq!(gist(answer), gist(&replaced));
        }
    })
    .await;
}

#[tokio::test]
async fn i17_a_link_that_is_dead_is_the_same_work_as_one_that_never_was() {
    on_both_engines(async |server| {
        let withdrawn = Journey::begin(&server).await;
        revoke(&server, &withdrawn.administrator, withdrawn.invitation.id).await.expect("withdrawn");
        let tenant = withdrawn.tenant.clone();
        set(&server, &tenant, |settings| settings.invitation_lifetime = Some(3_600_000_000)).await;
        let ended =
            Journey::invite(&server, tenant, withdrawn.administrator.clone(), "ann@fabrikam.example", LANDING).await;
        server.clock.advance(Duration::from_hours(1));
        server.caught_up().await;
        let (path, ticket) = withdrawn.link.split_once("ticket=").expect("a ticket");
        let unknown = format!("{path}ticket={}AAAAAAAAAA", &ticket[..ticket.len() - 10]);
        server.browser().get(&unknown).await;
        let recorder = Recorder::start();
        let mut works = Vec::new();
        for link in [&unknown, &withdrawn.link, &ended.link] {
            recorder.take();
            assert_eq!(server.browser().get(link).await.status, 404);
            works.push(recorder.work());
        }
        for work in &works[1..] {
            assert_eq!((work.count(), &work.writes), (works[0].count(), &works[0].writes));
        }
        let (rows, named): (i64, i64) = {
            let mut tx = server.read().await.expect("a connection");
            tx.query(sql!(
                "SELECT COUNT(*), COUNT(target_id) FROM directory_audit
                 WHERE tenant_id = $1 AND activity = 'Redeem external user invite'"
            ))
            .bind(withdrawn.tenant.id)
            .fetch_one()
            .await
            .expect("rows")
        };
        assert_eq!((rows, named), (4, 2), "each is written down, and which invitation a dead one was of");
    })
    .await;
}

/// Security check I6: whoever holds a dead link cannot take the live one from the guest.
#[tokio::test]
async fn i6_a_fresh_link_beyond_the_limit_of_the_mailbox_is_neutral_and_leaves_the_live_one() {
    on_both_engines(async |server| {
        let journey = Journey::begin(&server).await;
        for sent in 1..5 {
            assert_eq!(invitations_sent(&server).await, sent);
            resend(&server, &journey.administrator, journey.invitation.id).await.expect("a fresh link");
        }
        let live = newest_link(&server).await;
        let browser = server.browser();
        journey.open(&browser).await;
        let answer = browser.submit_to("/fresh", &[]).await;
        let unknown = server.browser();
        unknown.get(&format!("/{}/redeem?ticket=vsi_x", journey.tenant.id)).await;
        let nothing = unknown.submit_to("/fresh", &[]).await;
        assert_eq!((answer.status.as_u16(), gist(&answer)), (200, gist(&nothing)), "the same answer");
        assert_eq!(invitations_sent(&server).await, 5, "and nothing sent");
        assert_eq!(server.browser().get(&live).await.status, 200, "the newest link still opens");
    })
    .await;
}

#[tokio::test]
async fn a_dead_link_brings_a_fresh_one_to_the_invited_mailbox_while_the_invitation_is_open() {
    on_both_engines(async |server| {
        let journey = Journey::begin(&server).await;
        assert_eq!(invitations_sent(&server).await, 1);
        resend(&server, &journey.administrator, journey.invitation.id).await.expect("a fresh link");
        assert_eq!(invitations_sent(&server).await, 2);
        let browser = server.browser();
        journey.open(&browser).await;
        let answer = browser.submit_to("/fresh", &[]).await;
        assert_eq!(answer.status, 200);
        assert_eq!(invitations_sent(&server).await, 3);
        let mail = server.mailbox().into_iter().next().expect("the fresh mail");
        assert_eq!(mail.to, vec![SAM.to_owned()]);
        let unknown = server.browser();
        unknown.get(&format!("/{}/redeem?ticket=vsi_x", journey.tenant.id)).await;
        let nothing = unknown.submit_to("/fresh", &[]).await;
        assert_eq!(gist(&nothing), gist(&answer), "the same answer");
        assert_eq!(invitations_sent(&server).await, 3, "and nothing sent");
        for _ in 0..5 {
            journey.open(&browser).await;
            assert_eq!(gist(&browser.submit_to("/fresh", &[]).await), gist(&answer));
        }
        assert!(invitations_sent(&server).await <= 5, "no more than the mailbox takes in a day");
        revoke(&server, &journey.administrator, journey.invitation.id).await.expect("withdrawn");
        server.clock.advance(Duration::from_hours(48));
        let sent = invitations_sent(&server).await;
        journey.open(&browser).await;
        assert_eq!(gist(&browser.submit_to("/fresh", &[]).await), gist(&answer));
        assert_eq!(invitations_sent(&server).await, sent, "a withdrawn invitation stays withdrawn");
    })
    .await;
}

#[tokio::test]
async fn a_dead_link_and_a_wrong_code_can_be_read_in_another_language() {
    on_both_engines(async |server| {
        let journey = Journey::begin(&server).await;
        let stranger = server.browser();
        let dead = stranger.get(&format!("/{}/redeem?ticket=vsi_x", journey.tenant.id)).await;
        let link = in_language(&dead, "Deutsch");
        assert!(link.ends_with("/fresh?lang=de") && !link.contains("ticket"), "{link}");
        let dead = stranger.get(&link).await;
        assert_eq!(dead.status, 404);
        assert!(dead.text.contains("Dieser Link gilt nicht mehr"), "{}", dead.text);
        let elsewhere = server.browser().get(&link).await;
        assert!(elsewhere.status == 404 && !elsewhere.text.contains("/fresh"), "of this browser only");
        let asked = stranger.submit_to("/fresh?lang=de", &[]).await;
        assert!(stranger.get(&in_language(&asked, "English")).await.text.contains("This link no longer works"));

        let guest = server.browser();
        journey.ask(&guest).await;
        let wrong = guest.submit_to("/code", &[("code", "00000000")]).await;
        let page = guest.get(&in_language(&wrong, "Deutsch")).await;
        assert_eq!(page.status, 200);
        assert!(page.text.contains("lang=\"de\"") && page.text.contains("name=\"code\""), "{}", page.text);
        assert_eq!(codes_sent(&server).await, 1, "reading sends nothing");
        let live = guest.location().replace("/code?lang=de", "/fresh");
        guest.get(&live).await;
        assert!(!guest.location().contains("/fresh"), "a step that opens something is no dead link");
    })
    .await;
}

/// The link of a page to itself in another language.
fn in_language(answer: &Answer, name: &str) -> String {
    let link = answer.text.split("href=\"").find(|rest| rest.contains(&format!(">{name}<"))).expect("a link");
    link.split('"').next().expect("an address").to_owned()
}

#[tokio::test]
async fn i7_scanners_that_open_links_change_nothing_and_send_nothing() {
    on_both_engines(async |server| {
        let journey = Journey::begin(&server).await;
        let before = format!("{:?}{:?}", journey.invitation().await, journey.guest().await);
        for number in 0..20 {
            let agent = ["SafeLinks/1.0", "Mozilla/5.0 (compatible; Googlebot/2.1)", "Barracuda"][number % 3];
            for method in ["GET", "HEAD"] {
                let request = Request::builder().method(method).uri(&journey.link).header("user-agent", agent);
                server.send(request.body(Body::empty()).expect("a request")).await;
            }
            let browser = server.browser();
            journey.open(&browser).await;
            for path in ["", "/code", "/leave", "/fresh", "/switch", "/resend"] {
                let location = browser.location();
                let first = location.split("/code").next().unwrap_or_default();
                browser.get(&format!("{first}{path}")).await;
            }
        }
        assert_eq!(codes_sent(&server).await, 0);
        assert_eq!(invitations_sent(&server).await, 1);
        assert_eq!(format!("{:?}{:?}", journey.invitation().await, journey.guest().await), before);
        assert_eq!(journey.accept(&server.browser()).await.header("location"), LANDING);
    })
    .await;
}

#[tokio::test]
async fn a_step_is_worth_nothing_in_another_browser() {
    on_both_engines(async |server| {
        let journey = Journey::begin(&server).await;
        let browser = server.browser();
        journey.ask(&browser).await;
        let thief = server.browser();
        let answer = thief.get(&browser.location()).await;
        assert_eq!(answer.status, 404);
        assert!(!answer.text.contains(SAM));
    })
    .await;
}

#[tokio::test]
async fn rules_that_changed_turn_away_by_name() {
    on_both_engines(async |server| {
        let journey = Journey::begin(&server).await;
        let browser = server.browser();
        journey.ask(&browser).await;
        let code = journey.code().await;
        set(&server, &journey.tenant, |settings| {
            settings.domain_list_kind = DomainListKind::Deny;
            settings.listed_domains.0 = vec!["fabrikam.example".to_owned()];
        })
        .await;
        let answer = browser.submit_to("/code", &[("code", &code)]).await;
        assert_eq!(answer.status, 403);
        assert!(answer.text.contains("Which addresses may be guests") && answer.text.contains("fabrikam.example"));
        assert!(journey.guest().await.is_pending());
        set(&server, &journey.tenant, |settings| settings.domain_list_kind = DomainListKind::Any).await;
        let mut tx = server.write().await.expect("a transaction");
        let blocked = users::User { account_enabled: false, ..journey.guest().await };
        assert!(users::store::update(&mut tx, &blocked, server.clock.now()).await.expect("an answer"));
        tx.commit().await.expect("a commit");
        let answer = journey.open(&browser).await;
        assert_eq!(answer.status, 403);
        assert!(answer.text.contains("blocked this account"));
    })
    .await;
}
