use super::journey::audit;
use super::{Journey, LANDING};
use crate::redemption;
use crate::testing::{Answer, Browser, TestServer, on_both_engines};
use crate::users;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use database::sql;
use futures_util::future::join_all;
use std::sync::Arc;
use std::time::Duration;
use tower::ServiceExt as _;

/// The request that sends a code in, from the code page a browser stands on.
fn with_code(browser: &Browser<'_>, code: &str) -> Request<Body> {
    let page = browser.page();
    let csrf = page.split("name=\"csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a value");
    let cookies: Vec<String> =
        browser.cookie_names().iter().filter_map(|name| Some(format!("{name}={}", browser.cookie(name)?))).collect();
    Request::post(browser.location())
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::COOKIE, cookies.join("; "))
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(format!("csrf={csrf}&code={code}")))
        .expect("a request")
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

/// The routes without the layer that protects them from clients that hang up: here a dropped request stops the handler
/// wherever it stands.
fn bare(server: &TestServer) -> Router {
    redemption::routes().with_state(Arc::clone(server))
}

#[tokio::test]
async fn a_redemption_that_is_cut_off_anywhere_leaves_nothing_half_done() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let administrator = server.administrator(&tenant).await;
        let (mut cut, mut done) = (0, 0);
        for number in 0..60_u64 {
            let address = format!("guest{number}@fabrikam.example");
            let journey = Journey::invite(&server, tenant.clone(), administrator.clone(), &address, LANDING).await;
            let browser = server.browser();
            journey.ask(&browser).await;
            let code = journey.code().await;
            let request = tokio::spawn(bare(&server).oneshot(with_code(&browser, &code)));
            tokio::time::sleep(Duration::from_micros(number * 150)).await;
            request.abort();
            let finished = request.await.is_ok();
            // A commit that was under way may still become visible.
            tokio::time::sleep(Duration::from_millis(20)).await;
            match written_of(&server, &journey).await {
                NOTHING => cut += 1,
                EVERYTHING => done += 1,
                half => panic!("{half:?} after {} µs", number * 150),
            }
            if !finished && journey.guest().await.is_pending() {
                let answer = browser.get(&browser.location()).await;
                assert_eq!(answer.status, 200, "the page is still there");
                let answer = browser.submit_to("/code", &[("code", &code)]).await;
                assert_eq!(answer.header("location"), LANDING, "and the code still works");
            }
        }
        assert!(cut > 0 && done > 0, "{cut} cut off, {done} done");
    })
    .await;
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
