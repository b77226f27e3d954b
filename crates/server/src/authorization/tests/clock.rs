//! The clock was set back while the server was stopped: what is good stays good, and what is void stays void.

use super::claims;
use super::flow::{Flow, number, text};
use crate::applications::{self, NewSecret};
use crate::authorization::key_rotation;
use crate::graph::{Caller, Permission};
use crate::service_principals::{self, ServicePrincipalChanges};
use crate::sign_in::session::Method as SignedInBy;
use crate::testing::{App, TestServer, on_both_engines};
use axum::http::Method;
use oauth::jose::Algorithm;
use serde_json::{Value, json};
use std::time::Duration;

const HOUR: Duration = Duration::from_hours(1);
const STEPS: [Duration; 2] = [HOUR, Duration::from_hours(24)];
const SCOPE: &str = "https://graph.microsoft.com/.default";

async fn list_users(server: &TestServer, token: &str) -> u16 {
    server.api(Method::GET, "/v1.0/users", token, &Value::Null).await.status.as_u16()
}

async fn switch(server: &TestServer, app: &App, account_enabled: bool) {
    let key = service_principals::operations::Key::Id(app.registered.service_principal.id);
    let changes =
        ServicePrincipalChanges { account_enabled: Some(account_enabled), ..ServicePrincipalChanges::default() };
    let mut tx = server.write().await.expect("a transaction");
    let caller = Caller::system(app.tenant);
    service_principals::operations::update(&mut tx, server, &caller, key, changes).await.expect("switched");
    tx.commit().await.expect("a commit");
}

#[tokio::test]
async fn a_client_secret_made_before_the_clock_was_set_back_gets_tokens_that_are_good() {
    on_both_engines(async |server| {
        for step in STEPS {
            let name = format!("contoso{}.example", step.as_secs());
            let tenant = server.tenant("Contoso", &name).await;
            let app = server.program(&tenant, &[Permission::UserReadAll]).await;
            server.clock.set_back(step);
            let token = server.token(&app).await;
            assert_eq!(list_users(&server, &token).await, 200, "{step:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_client_secret_that_begins_later_is_refused_until_then_whatever_the_clock_did() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let mut app = server.program(&tenant, &[]).await;
        let mut tx = server.write().await.expect("a transaction");
        let key = applications::Key::Id(app.registered.application.id);
        let later = NewSecret { starts_at: Some(server.clock.now().plus(HOUR)), ..NewSecret::default() };
        let caller = Caller::system(tenant.id);
        let added =
            applications::operations::add_secret(&mut tx, &server, &caller, key, later).await.expect("a secret");
        tx.commit().await.expect("a commit");
        app.secret = added.text.to_string();
        assert_eq!(number(&server.ask_token(&app, SCOPE).await), 7_000_215);
        server.clock.set_back(HOUR);
        assert_eq!(number(&server.ask_token(&app, SCOPE).await), 7_000_215);
        server.clock.advance(HOUR * 2);
        assert_eq!(server.ask_token(&app, SCOPE).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn tokens_of_a_program_switched_off_after_the_clock_was_set_back_are_void_when_it_is_on_again() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let app = server.program(&tenant, &[Permission::UserReadAll]).await;
        let before = server.token(&app).await;
        assert_eq!(list_users(&server, &before).await, 200);
        server.clock.set_back(Duration::from_mins(4));
        switch(&server, &app, false).await;
        switch(&server, &app, true).await;
        assert_eq!(list_users(&server, &before).await, 401);
        assert_eq!(list_users(&server, &server.token(&app).await).await, 200);
    })
    .await;
}

#[tokio::test]
async fn people_sign_in_and_codes_and_refresh_tokens_are_good_after_the_clock_was_set_back() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        for step in STEPS {
            let tokens = flow.tokens().await;
            let code = flow.code().await;
            server.clock.set_back(step);
            let refreshed = flow.refresh(text(&tokens, "refresh_token"), &[]).await;
            assert_eq!(refreshed.status, 200, "{step:?}: {}", refreshed.text);
            assert_eq!(flow.redeem(&code, &[]).await.status, 200, "{step:?}");
            // The user, and what voids older sessions of theirs, is from before.
            flow.browser.sign_in_as(&server, &flow.user, SignedInBy::Password).await;
            let tokens = flow.tokens().await;
            assert_eq!(flow.userinfo(text(&tokens, "access_token")).await.status, 200, "{step:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a12_sessions_voided_after_the_clock_was_set_back_stay_void_whenever_they_began() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        let administrator = server.administrator(&flow.tenant).await;
        let path = format!("/v1.0/users/{}", flow.user.id);
        let block = |enabled: bool| (Method::PATCH, path.clone(), json!({ "accountEnabled": enabled }));
        let revoke = (Method::POST, format!("{path}/revokeSignInSessions"), Value::Null);
        for void in [vec![block(false), block(true)], vec![revoke]] {
            flow.browser.sign_in_as(&server, &flow.user, SignedInBy::Password).await;
            let before = flow.tokens().await;
            server.clock.set_back(HOUR);
            let later = server.browser();
            later.sign_in_as(&server, &flow.user, SignedInBy::Password).await;
            for (method, path, body) in &void {
                let answer = server.api_as(&administrator, method.clone(), path, body).await;
                assert!(answer.status.is_success(), "{}", answer.text);
            }
            assert_eq!(number(&flow.refresh(text(&before, "refresh_token"), &[]).await), 50173, "{void:?}");
            assert_eq!(flow.userinfo(text(&before, "access_token")).await.status, 401, "{void:?}");
            assert_eq!(flow.ask(&[("prompt", "none")]).await["error"], "login_required", "{void:?}");
            later.get(&flow.address(&[("prompt", "none")])).await;
            assert!(later.location().contains("error=login_required"), "{void:?}: {}", later.location());

            flow.browser.sign_in_as(&server, &flow.user, SignedInBy::Password).await;
            let after = flow.tokens().await;
            assert_eq!(flow.refresh(text(&after, "refresh_token"), &[]).await.status, 200, "{void:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a4_a_refresh_token_replaced_before_the_clock_was_set_back_has_no_grace_and_ends_its_family() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        let first = flow.tokens().await;
        let second = flow.refresh(text(&first, "refresh_token"), &[]).await.json();
        server.clock.set_back(HOUR);
        assert_eq!(number(&flow.refresh(text(&first, "refresh_token"), &[]).await), 50173);
        assert_eq!(number(&flow.refresh(text(&second, "refresh_token"), &[]).await), 50173);
    })
    .await;
}

#[tokio::test]
async fn x9_signing_keys_made_or_rotated_before_the_clock_was_set_back_sign_and_stay_published() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let app = server.program(&tenant, &[Permission::UserReadAll]).await;
        let published = async || {
            let answer = server.get(&format!("/{}/discovery/v2.0/keys", tenant.id)).await.json();
            let keys = answer["keys"].as_array().expect("keys").clone();
            keys.into_iter().map(|key| key["kid"].clone()).collect::<Vec<_>>()
        };
        server.token(&app).await;
        let successor = key_rotation::rotate(&server, &tenant, Algorithm::Es256).await.expect("rotated").id;
        server.clock.advance(Duration::from_hours(25));
        assert_eq!(kid(&server.token(&app).await), successor);
        for step in STEPS {
            server.clock.set_back(step);
            assert!(published().await.contains(&Value::from(successor.clone())), "{step:?}");
            let token = server.token(&app).await;
            assert!(published().await.contains(&Value::from(kid(&token))), "{step:?}");
            assert_eq!(list_users(&server, &token).await, 200, "{step:?}");
        }
        server.clock.set_back(Duration::from_hours(24 * 30));
        let token = server.token(&app).await;
        assert_eq!(claims(&token)["iat"], server.clock.now().seconds());
        assert_eq!(list_users(&server, &token).await, 200, "before any key began");
    })
    .await;
}

fn kid(token: &str) -> String {
    let header = oauth::base64url::decode(token.split('.').next().unwrap_or_default()).expect("a header");
    let header: Value = serde_json::from_slice(&header).expect("JSON");
    header["kid"].as_str().expect("a key").to_owned()
}
