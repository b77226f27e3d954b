use super::journey::audit;
use super::{Journey, LANDING};
use crate::graph::Caller;
use crate::redemption;
use crate::tenants::Tenant;
use crate::testing::interruption::{Attempt, cut_off_anywhere};
use crate::testing::{Answer, Browser, TestServer, on_both_engines, postgres_command};
use crate::users;
use axum::body::Body;
use axum::http::Request;
use database::sql;
use futures_util::future::join_all;
use std::time::Duration;
use tokio::sync::Mutex;

/// The request that sends a code in, from the code page a browser stands on.
fn with_code(browser: &Browser<'_>, code: &str) -> Request<Body> {
    browser.prepare("/code", &[("code", code)])
}

/// What was written for the guest: accepted, invitation accepted, identities by mail, sessions, audited acceptances.
async fn written(server: &TestServer, journey: &Journey<'_>) -> (bool, bool, usize, i64, usize) {
    let guest = journey.guest().await;
    let invitation = journey.invitation().await;
    let mut tx = server.read().await.expect("a connection");
    let identities = users::store::list_identities(&mut tx, guest.tenant_id, guest.id).await.expect("identities");
    let (sessions,): (i64,) = tx
        .query(sql!("SELECT COUNT(*) FROM session WHERE tenant_id = $1 AND user_id = $2"))
        .bind(guest.tenant_id)
        .bind(guest.id)
        .fetch_one()
        .await
        .expect("a count");
    drop(tx);
    let audited = audit(server, journey).await.into_iter().filter(|(result, _)| result == "success").count();
    let by_mail = identities.iter().filter(|identity| identity.issuer == "mail").count();
    (!guest.is_pending(), invitation.accepted_at.is_some(), by_mail, sessions, audited)
}

const EVERYTHING: (bool, bool, usize, i64, usize) = (true, true, 1, 1, 1);
const NOTHING: (bool, bool, usize, i64, usize) = (false, false, 0, 0, 0);

#[tokio::test]
async fn i2_of_fifty_parallel_redemptions_one_succeeds() {
    on_both_engines(async |server| {
        let journey = Journey::begin(&server).await;
        let mut requests = Vec::new();
        for _ in 0..10 {
            let browser = server.browser();
            journey.ask(&browser).await;
            let code = journey.code().await;
            for _ in 0..5 {
                browser.get(&browser.location()).await;
                requests.push(with_code(&browser, &code));
            }
        }
        let answers: Vec<Answer> = join_all(requests.into_iter().map(|request| server.send(request))).await;
        let let_in = |answer: &&Answer| answer.header("set-cookie").contains("vestibule-session-");
        let inside: Vec<&Answer> = answers.iter().filter(let_in).collect();
        assert_eq!(inside.len(), 1);
        assert_eq!(inside[0].header("location"), LANDING);
        for answer in answers.iter().filter(|answer| !let_in(answer)) {
            assert!(!answer.status.is_server_error(), "{}", answer.status);
            assert_ne!(answer.header("location"), LANDING);
        }
        assert_eq!(written(&server, &journey).await, EVERYTHING);
    })
    .await;
}

/// A guest who has the code page in front of them, and the code.
struct Ready<'s> {
    journey: Journey<'s>,
    browser: Browser<'s>,
    code: String,
}

impl<'s> Ready<'s> {
    async fn number(server: &'s TestServer, tenant: &Tenant, administrator: &Caller, number: u32) -> Ready<'s> {
        let address = format!("guest{number}@fabrikam.example");
        let journey = Journey::invite(server, tenant.clone(), administrator.clone(), &address, LANDING).await;
        let browser = server.browser();
        journey.ask(&browser).await;
        let code = journey.code().await;
        Ready { journey, browser, code }
    }

    /// What the guest does when nothing came back.
    async fn try_again(&self) {
        let answer = self.browser.get(&self.browser.location()).await;
        assert_eq!(answer.status, 200, "the page is still there");
        let answer = self.browser.submit_to("/code", &[("code", &self.code)]).await;
        assert_eq!(answer.header("location"), LANDING, "and the code still works");
    }
}

#[tokio::test]
async fn a_redemption_that_is_cut_off_anywhere_leaves_nothing_half_done() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let administrator = server.administrator(&tenant).await;
        let ready = Mutex::new(None);
        let attempt = async |number| {
            let next = Ready::number(&server, &tenant, &administrator, number).await;
            let request = with_code(&next.browser, &next.code);
            *ready.lock().await = Some(next);
            Attempt::new(&server, redemption::routes(), request)
        };
        let afterwards = async |_, is_written: bool| {
            let ready = ready.lock().await.take().expect("the one of this round");
            let expected = if is_written { EVERYTHING } else { NOTHING };
            assert_eq!(written_of(&server, &ready.journey).await, expected);
            if !is_written {
                ready.try_again().await;
            }
        };
        cut_off_anywhere(&server, tenant.id, attempt, afterwards).await;
    })
    .await;
}

#[tokio::test]
async fn a_database_that_breaks_off_in_the_middle_of_a_redemption_loses_nothing_that_was_answered() {
    on_both_engines(async |server| {
        let Some(name) = server.postgres_database() else { return };
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let administrator = server.administrator(&tenant).await;
        let end = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
        for number in 0..16_u32 {
            let ready = Ready::number(&server, &tenant, &administrator, number).await;
            let redeem = server.send(with_code(&ready.browser, &ready.code));
            let pause = Duration::from_millis(u64::from(number / 2));
            let break_off = async {
                tokio::time::sleep(pause).await;
                postgres_command(&end).await;
            };
            let (answer, ()) = tokio::join!(redeem, break_off);
            come_back(&server).await;
            let written = written_of(&server, &ready.journey).await;
            if answer.header("location") == LANDING {
                assert_eq!(written, EVERYTHING, "what was answered is kept");
            } else {
                assert_eq!(answer.status, 503, "{}", answer.text);
                assert!(!answer.header("retry-after").is_empty());
                assert!(written == NOTHING || written == EVERYTHING, "{written:?}");
            }
            if written == NOTHING {
                ready.try_again().await;
            }
        }
    })
    .await;
}

/// Uses up the connections whose other end is gone.
async fn come_back(server: &TestServer) {
    for _ in 0..20 {
        let Ok(mut tx) = server.read().await else { continue };
        if crate::tenants::store::list(&mut tx).await.is_ok() {
            return;
        }
    }
    panic!("the server finds its database again");
}

/// As [`written`], with the audit of this guest alone.
async fn written_of(server: &TestServer, journey: &Journey<'_>) -> (bool, bool, usize, i64, usize) {
    let (guest, invitation, identities, sessions, _) = written(server, journey).await;
    let mut tx = server.read().await.expect("a connection");
    let (audited,): (i64,) = tx
        .query(sql!("SELECT COUNT(*) FROM directory_audit WHERE tenant_id = $1 AND target_id = $2 AND activity = $3"))
        .bind(journey.tenant.id)
        .bind(journey.guest.id)
        .bind("Redeem external user invite".to_owned())
        .fetch_one()
        .await
        .expect("a count");
    (guest, invitation, identities, sessions, usize::try_from(audited).expect("a small number"))
}

#[tokio::test]
async fn a_client_that_hangs_up_cancels_nothing() {
    on_both_engines(async |server| {
        let journey = Journey::begin(&server).await;
        let browser = server.browser();
        journey.ask(&browser).await;
        let request = with_code(&browser, &journey.code().await);
        let sent = tokio::time::timeout(Duration::from_micros(1), server.send(request)).await;
        drop(sent);
        let mut tries = 0;
        while written(&server, &journey).await != EVERYTHING {
            assert!(tries < 200, "{:?}", written(&server, &journey).await);
            tokio::time::sleep(Duration::from_millis(10)).await;
            tries += 1;
        }
    })
    .await;
}
