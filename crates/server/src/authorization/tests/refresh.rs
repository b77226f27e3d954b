//! Refresh tokens: good once, and only as long as everything behind them stands.

use super::claims;
use super::flow::{Flow, guest, number, text, web};
use crate::sign_in::session::{self, Method};
use crate::testing::on_both_engines;
use crate::users::{self, ExternalUserState};
use std::time::Duration;

#[tokio::test]
async fn a4_each_use_gives_a_successor_and_scopes_come_back_as_asked() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        let first = flow.tokens().await;
        let second = flow.refresh(text(&first, "refresh_token"), &[("scope", "User.Read openid")]).await;
        assert_eq!(second.status, 200, "{}", second.text);
        let second = second.json();
        assert_eq!(second["scope"], "User.Read openid");
        assert_ne!(second["refresh_token"], first["refresh_token"]);
        assert_eq!(claims(text(&second, "access_token"))["scp"], "User.Read openid");
        assert_eq!(claims(text(&second, "id_token"))["sub"], claims(text(&first, "id_token"))["sub"]);
        let third = flow.refresh(text(&second, "refresh_token"), &[]).await;
        assert_eq!(third.json()["scope"], super::flow::SCOPE);
        let consent = flow.refresh(text(&third.json(), "refresh_token"), &[("scope", "User.Read.All")]).await;
        assert_eq!(number(&consent), 65001);
    })
    .await;
}

#[tokio::test]
async fn a4_a_token_used_again_later_ends_its_family_and_is_audited() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        let first = flow.tokens().await;
        let second = flow.refresh(text(&first, "refresh_token"), &[]).await.json();
        server.clock.advance(Duration::from_secs(11));
        assert_eq!(number(&flow.refresh(text(&first, "refresh_token"), &[]).await), 50173);
        assert_eq!(number(&flow.refresh(text(&second, "refresh_token"), &[]).await), 50173);
        assert_eq!(flow.userinfo(text(&second, "access_token")).await.status, 401);
        let mut tx = server.read().await.expect("a connection");
        let rows: Vec<(String,)> = tx
            .query(database::sql!(
                "SELECT result FROM directory_audit WHERE tenant_id = $1 AND activity = 'Refresh token reuse detected'"
            ))
            .bind(flow.tenant.id)
            .fetch_all()
            .await
            .expect("rows");
        assert_eq!(rows, [("failure".to_owned(),)]);
    })
    .await;
}

#[tokio::test]
async fn a4_honest_use_in_parallel_works_within_the_grace() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        let first = flow.tokens().await;
        let token = text(&first, "refresh_token");
        let attempts = (0..5).map(|_| flow.refresh(token, &[]));
        let answers = futures_util::future::join_all(attempts).await;
        assert!(answers.iter().all(|answer| answer.status == 200));
        server.clock.advance(Duration::from_secs(10));
        let again = flow.refresh(token, &[]).await;
        assert_eq!(again.status, 200, "{}", again.text);
        assert_eq!(flow.refresh(text(&again.json(), "refresh_token"), &[]).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn a4_a_token_is_its_clients() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        let tokens = flow.tokens().await;
        let token = text(&tokens, "refresh_token");
        let other = server.app(&flow.tenant, "Other", web()).await;
        let as_other = [("client_id", other.client_id.as_str()), ("client_secret", other.secret.as_str())];
        assert_eq!(number(&flow.refresh(token, &as_other).await), 70000);
        assert_eq!(number(&flow.refresh(token, &[("client_secret", "")]).await), 7_000_218);
        assert_eq!(flow.refresh(token, &[]).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn ninety_days_slide_and_a_mailed_code_carries_a_day() {
    on_both_engines(async |server| {
        let day = Duration::from_hours(24);
        let flow = Flow::new(&server).await;
        let mut token = text(&flow.tokens().await, "refresh_token").to_owned();
        for _ in 0..2 {
            server.clock.advance(day * 89);
            let answer = flow.refresh(&token, &[]).await;
            assert_eq!(answer.status, 200, "{}", answer.text);
            text(&answer.json(), "refresh_token").clone_into(&mut token);
        }
        server.clock.advance(day * 90);
        assert_eq!(number(&flow.refresh(&token, &[]).await), 700_082);

        let tenant = server.tenant("Fabrikam", "fabrikam.example").await;
        let user = guest(&server, &tenant, "sam@contoso.example", ExternalUserState::Accepted).await;
        let flow = Flow::with(&server, tenant, user, Method::Passcode, web()).await;
        server.clock.advance(day / 2);
        let tokens = flow.tokens().await;
        server.clock.advance(day / 2);
        assert_eq!(number(&flow.refresh(text(&tokens, "refresh_token"), &[]).await), 70008);
    })
    .await;
}

#[tokio::test]
async fn tidying_up_leaves_what_is_in_use_and_nothing_else() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        let tokens = flow.tokens().await;
        let tidy = async || {
            let rows = crate::authorization::purge(&server).await.expect("a purge");
            rows + crate::sign_in::purge(&server).await.expect("a purge")
        };
        server.clock.advance(Duration::from_hours(60 * 24));
        assert_eq!(tidy().await, 1, "the code");
        let answer = flow.refresh(text(&tokens, "refresh_token"), &[]).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        server.clock.advance(Duration::from_hours(92 * 24));
        assert_eq!(tidy().await, 4, "two refresh tokens, the grant, the session");
        assert_eq!(number(&flow.refresh(text(&answer.json(), "refresh_token"), &[]).await), 70000);
    })
    .await;
}

#[tokio::test]
async fn what_ends_a_person_or_a_session_ends_the_tokens() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        let tokens = flow.tokens().await;
        let mut tx = server.write().await.expect("a transaction");
        session::end_all(&mut tx, &server, flow.tenant.id, flow.user.id).await.expect("ended");
        tx.commit().await.expect("a commit");
        assert_eq!(number(&flow.refresh(text(&tokens, "refresh_token"), &[]).await), 50173);
        assert_eq!(flow.userinfo(text(&tokens, "access_token")).await.status, 401);

        flow.browser.sign_in_as(&server, &flow.user, Method::Password).await;
        let tokens = flow.tokens().await;
        let mut tx = server.write().await.expect("a transaction");
        let mut user =
            users::store::find(&mut tx, flow.tenant.id, flow.user.id).await.expect("an answer").expect("her");
        user.account_enabled = false;
        assert!(users::store::update(&mut tx, &user, server.clock.now()).await.expect("an answer"));
        tx.commit().await.expect("a commit");
        assert_eq!(number(&flow.refresh(text(&tokens, "refresh_token"), &[]).await), 50057);
        assert_eq!(flow.userinfo(text(&tokens, "access_token")).await.status, 401);
    })
    .await;
}

#[tokio::test]
async fn what_apps_hold_of_a_guest_ends_when_they_leave() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let sam = guest(&server, &tenant, "sam@partner.example", ExternalUserState::Accepted).await;
        let flow = Flow::with(&server, tenant, sam, Method::Passcode, web()).await;
        let tokens = flow.tokens().await;
        assert_eq!(flow.userinfo(text(&tokens, "access_token")).await.status, 200);
        flow.browser.get("/myapps/contoso.example/leave").await;
        let left = flow.browser.submit_to("/leave", &[]).await;
        assert_eq!(left.status, 200, "{}", left.text);
        let refused = flow.refresh(text(&tokens, "refresh_token"), &[]).await;
        assert_eq!(refused.status, 400, "{}", refused.text);
        assert_eq!(flow.userinfo(text(&tokens, "access_token")).await.status, 401);
    })
    .await;
}

#[tokio::test]
async fn a_user_tells_when_an_app_last_signed_them_in() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        let first = flow.tokens().await;
        let seen = async || {
            let mut tx = server.read().await.expect("a connection");
            users::store::find(&mut tx, flow.tenant.id, flow.user.id).await.expect("an answer").expect("mara")
        };
        let before = seen().await;
        assert!(before.last_sign_in_request_id.is_some() && before.last_app_sign_in_at.is_none());
        server.clock.advance(Duration::from_secs(60));
        let second = flow.refresh(text(&first, "refresh_token"), &[]).await.json();
        let noted = seen().await;
        assert_eq!(noted.last_app_sign_in_at, Some(server.clock.now()));
        server.clock.advance(Duration::from_secs(60));
        flow.refresh(text(&second, "refresh_token"), &[]).await;
        assert_eq!(seen().await.last_app_sign_in_at, noted.last_app_sign_in_at, "once an hour is enough");
        assert_eq!(seen().await.version, before.version, "it is no change of the user");
        server.flush_sign_ins().await;
        let caller = server.application(flow.tenant.id, crate::graph::Permission::ALL);
        let path = format!("/v1.0/users/{}?$select=signInActivity", flow.user.id);
        let answer = server.api_as(&caller, axum::http::Method::GET, &path, &serde_json::Value::Null).await.json();
        let activity = &answer["signInActivity"];
        assert_eq!(activity["lastSuccessfulSignInDateTime"], activity["lastNonInteractiveSignInDateTime"]);
        let mut tx = server.read().await.expect("a connection");
        for id in ["lastSignInRequestId", "lastNonInteractiveSignInRequestId"] {
            let id = activity[id].as_str().and_then(|id| id.parse().ok()).expect("an id");
            let row = crate::audit::store::find_sign_in(&mut tx, flow.tenant.id, id).await.expect("an answer");
            assert!(row.is_some(), "the log has the row");
        }
    })
    .await;
}
