//! Whoever presents what was given to somebody else learns nothing by the time of the answer: the same statements run as for what
//! nobody was given (check X6, the look-up of tokens).

use super::flow::{Flow, text};
use crate::platform::{Secret, SecretKind};
use crate::sign_in::session::Method;
use crate::testing::{Answer, App, Recorder, TestServer, on_both_engines};
use crate::users;
use serde_json::Value;
use std::time::Duration;

/// An answer without what names the one request, and what ran for it.
type Seen = ((u16, String), Vec<String>);

/// The status and the words of an answer, in the form of any of the endpoints.
fn said(answer: &Answer) -> (u16, String) {
    let body: Value = serde_json::from_str(&answer.text).unwrap_or_default();
    let words = match &body["error"] {
        Value::String(error) => {
            let description = body["error_description"].as_str().unwrap_or_default();
            let words = description.split(" Trace ID").next().unwrap_or_default();
            format!("{error} {} {} {words}", body["suberror"], body["error_codes"])
        }
        Value::Object(error) => format!("{:?} {:?}", error.get("code"), error.get("message")),
        _ => answer.text.clone(),
    };
    (answer.status.as_u16(), words)
}

async fn seen(server: &TestServer, recorder: &Recorder, asked: impl Future<Output = Answer>) -> Seen {
    server.flush_sign_ins().await;
    recorder.take();
    let answer = asked.await;
    // The rows of the log are written together, half a second later: on a slow machine in the middle of this.
    let work = recorder.take().into_iter().filter(|line| !line.contains("crates/server/src/audit/")).collect();
    (said(&answer), work)
}

/// Fails unless every answer is the first one, for the same statements, of which there are so many.
fn are_alike(what: &str, statements: usize, all: &[Seen]) {
    let (answer, work) = &all[0];
    let ran = work.iter().filter(|line| line.contains("a statement runs")).count();
    assert_eq!(ran, statements, "{what}: {answer:?} {work:#?}");
    for (number, other) in all.iter().enumerate() {
        assert_eq!(other, &all[0], "{what}: case {number}");
    }
}

/// An app asks about a token (`introspect`), or gives it back (`revoke`).
async fn present(server: &TestServer, app: &App, endpoint: &str, token: &str) -> Answer {
    let fields = [("client_id", app.client_id.as_str()), ("client_secret", &app.secret), ("token", token)];
    server.post_form(&format!("/{}/oauth2/v2.0/{endpoint}", app.tenant), &fields, None).await
}

/// Somebody else in front of another app of the same organisation, or of the same one.
async fn beside<'s>(flow: &Flow<'s>, name: &str, app: App) -> Flow<'s> {
    let user = flow.server.member(&flow.tenant, name, &[]).await;
    let browser = flow.server.browser();
    browser.sign_in_as(flow.server, &user, Method::Password).await;
    Flow { server: flow.server, tenant: flow.tenant.clone(), app, user, browser }
}

/// The same token with another signature.
fn forged(token: &str) -> String {
    let (front, signature) = token.rsplit_once('.').expect("three parts");
    let first = if signature.starts_with('A') { 'B' } else { 'A' };
    format!("{front}.{first}{}", &signature[1..])
}

#[tokio::test]
async fn x6_a_code_or_a_refresh_token_of_another_app_is_the_same_work_as_one_that_never_was() {
    on_both_engines(async |server| {
        server.caught_up().await;
        let flow = Flow::new(&server).await;
        let app = server.app(&flow.tenant, "Other", super::flow::web()).await;
        let others = beside(&flow, "nils", app).await;
        let never = |kind| Secret::new(kind, flow.tenant.id, &server.entropy).text().to_string();

        let spent = others.code().await;
        let live = others.redeem(&spent, &[]).await.json();
        let (replaced, ended) = (others.tokens().await, others.tokens().await);
        assert_eq!(others.refresh(text(&replaced, "refresh_token"), &[]).await.status, 200);
        assert_eq!(present(&server, &others.app, "revoke", text(&ended, "refresh_token")).await.status, 200);
        let kind = SecretKind::AuthorizationCode;
        let codes = [never(kind), never(kind), others.code().await, spent];
        let (kind, given) = (SecretKind::RefreshToken, |tokens: &Value| text(tokens, "refresh_token").to_owned());
        let tokens = [never(kind), never(kind), given(&live), given(&replaced), given(&ended)];

        // The first ones read what is kept for those after them.
        flow.redeem(&codes[0], &[]).await;
        present(&server, &flow.app, "introspect", &tokens[0]).await;
        let recorder = Recorder::start();
        let mut all = Vec::new();
        for code in &codes {
            all.push(seen(&server, &recorder, flow.redeem(code, &[])).await);
        }
        are_alike("a code", 1, &all);
        assert_eq!(all[0].0.0, 400);
        all.clear();
        for token in &tokens {
            all.push(seen(&server, &recorder, flow.refresh(token, &[])).await);
        }
        are_alike("a refresh token", 1, &all);
        assert_eq!(all[0].0.0, 400);
        for endpoint in ["introspect", "revoke"] {
            all.clear();
            for token in &tokens {
                all.push(seen(&server, &recorder, present(&server, &flow.app, endpoint, token)).await);
            }
            are_alike(endpoint, 1, &all);
            assert_eq!(all[0].0.0, 200);
        }
        assert_eq!(others.refresh(&given(&live), &[]).await.status, 200, "none of it has ended anything");
    })
    .await;
}

#[tokio::test]
async fn x6_an_access_token_of_another_app_is_the_same_work_as_one_that_never_was() {
    on_both_engines(async |server| {
        server.caught_up().await;
        let flow = Flow::new(&server).await;
        let app = server.app(&flow.tenant, "Other", super::flow::web()).await;
        let others = beside(&flow, "nils", app).await;
        let (live, ended) = (others.tokens().await, others.tokens().await);
        assert_eq!(present(&server, &others.app, "revoke", text(&ended, "refresh_token")).await.status, 200);
        let (live, ended) = (text(&live, "access_token"), text(&ended, "access_token"));
        let tokens = [forged(live), live.to_owned(), ended.to_owned()];

        present(&server, &flow.app, "introspect", &tokens[0]).await;
        let recorder = Recorder::start();
        for endpoint in ["introspect", "revoke"] {
            let mut all = Vec::new();
            for token in &tokens {
                all.push(seen(&server, &recorder, present(&server, &flow.app, endpoint, token)).await);
            }
            are_alike(endpoint, 0, &all);
            assert_eq!(all[0].0.0, 200);
        }
        assert_eq!(others.userinfo(live).await.status, 200, "none of it has ended anything");
    })
    .await;
}

#[tokio::test]
async fn x6_userinfo_spends_the_same_on_every_token_that_is_none_and_on_every_one_that_has_ended() {
    on_both_engines(async |server| {
        server.caught_up().await;
        let flow = Flow::new(&server).await;
        let tokens = flow.tokens().await;
        let live = text(&tokens, "access_token");
        let ended = [("given back", "nils"), ("blocked", "ola"), ("sessions ended", "pia")];
        let mut ends = Vec::new();
        for (how, name) in ended {
            let others = beside(&flow, name, flow.app.clone()).await;
            let tokens = others.tokens().await;
            ends.push(text(&tokens, "access_token").to_owned());
            if how == "given back" {
                let token = text(&tokens, "refresh_token");
                assert_eq!(present(&server, &flow.app, "revoke", token).await.status, 200);
                continue;
            }
            let (mut user, now) = (others.user.clone(), server.clock.now());
            if how == "blocked" {
                user.account_enabled = false;
            } else {
                user.sessions_valid_from = now.plus(Duration::from_secs(1));
            }
            let mut tx = server.write().await.expect("a transaction");
            assert!(users::store::update(&mut tx, &user, now).await.expect("an update"), "{how}");
            tx.commit().await.expect("a commit");
        }
        assert_eq!(flow.userinfo(live).await.status, 200);

        let recorder = Recorder::start();
        let mut all = Vec::new();
        for token in [forged(live), forged(&ends[0]), "x".to_owned(), "a.b.c".to_owned()] {
            all.push(seen(&server, &recorder, flow.userinfo(&token)).await);
        }
        are_alike("none", 0, &all);
        assert_eq!(all[0].0.0, 401);
        all.clear();
        for token in &ends {
            all.push(seen(&server, &recorder, flow.userinfo(token)).await);
        }
        are_alike("ended", 1, &all);
        assert_eq!(all[0].0.0, 401);
    })
    .await;
}
