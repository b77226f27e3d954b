//! Sessions begin anew at every sign-in and end at once.

use super::{holding, is_signed_in, start};
use crate::sign_in::browser::Browser;
use crate::sign_in::continuation::{self, Beginning, Next};
use crate::sign_in::session;
use crate::testing::on_both_engines;
use crate::users;
use axum::http::HeaderMap;
use std::time::Duration;

#[tokio::test]
async fn a12_every_sign_in_begins_a_new_session_and_ends_the_one_before() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let user = server.member(&tenant, "mara", &[]).await;
        let first = start(&server, &HeaderMap::new(), &user).await;
        let held = holding(&[&first.set_cookies[0]]);
        assert!(is_signed_in(&server, &held, &user).await);

        let second = start(&server, &held, &user).await;
        assert_ne!(second.session.id, first.session.id);
        assert_ne!(second.set_cookies[0], first.set_cookies[0]);
        assert!(!is_signed_in(&server, &held, &user).await);
        assert!(is_signed_in(&server, &holding(&[&second.set_cookies[0]]), &user).await);
    })
    .await;
}

#[tokio::test]
async fn a12_a_session_is_worth_nothing_at_another_organisation() {
    on_both_engines(async |server| {
        let contoso = server.tenant("Contoso", "contoso.example").await;
        let fabrikam = server.tenant("Fabrikam", "fabrikam.example").await;
        let user = server.member(&contoso, "mara", &[]).await;
        let started = start(&server, &HeaderMap::new(), &user).await;
        let cookie = started.set_cookies[0]
            .to_str()
            .expect("ASCII")
            .replace(&contoso.id.0.simple().to_string(), &fabrikam.id.0.simple().to_string());
        let held = holding(&[&cookie.parse().expect("a header")]);
        let mut tx = server.read().await.expect("a connection");
        assert!(session::current(&mut tx, &server, fabrikam.id, &held).await.expect("an answer").is_none());
    })
    .await;
}

#[tokio::test]
async fn a_session_ends_by_time_by_sign_out_by_block_by_revocation_and_by_deletion() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        for way in ["time", "sign-out", "block", "revocation", "deletion"] {
            let user = server.member(&tenant, way, &[]).await;
            let started = start(&server, &HeaderMap::new(), &user).await;
            let held = holding(&[&started.set_cookies[0]]);
            assert!(is_signed_in(&server, &held, &user).await, "{way}");
            server.clock.advance(Duration::from_secs(1));
            let mut tx = server.write().await.expect("a transaction");
            let mut user = users::store::find(&mut tx, tenant.id, user.id).await.expect("an answer").expect("the user");
            assert!(user.last_sign_in_at.is_some());
            match way {
                "time" => server.clock.advance(Duration::from_hours(12)),
                "sign-out" => {
                    let cookie = session::end(&mut tx, &server, &started.session, &user, None).await.expect("an end");
                    assert!(cookie.to_str().expect("ASCII").contains("Max-Age=0"));
                }
                "block" => user.account_enabled = false,
                "revocation" => user.sessions_valid_from = server.clock.now(),
                _ => user.deleted_at = Some(server.clock.now()),
            }
            assert!(users::store::update(&mut tx, &user, server.clock.now()).await.expect("an update"));
            tx.commit().await.expect("a commit");
            assert!(!is_signed_in(&server, &held, &user).await, "{way}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_browser_with_too_many_sessions_loses_the_oldest() {
    on_both_engines(async |server| {
        let mut cookies = Vec::new();
        let mut users = Vec::new();
        for at in 0..21 {
            let tenant = server.tenant("Contoso", &format!("contoso{at}.example")).await;
            let user = server.member(&tenant, "mara", &[]).await;
            let started = start(&server, &holding(&cookies.iter().collect::<Vec<_>>()), &user).await;
            cookies.extend(started.set_cookies.last().cloned());
            assert_eq!(started.set_cookies.len(), if at < 20 { 1 } else { 2 });
            users.push(user);
        }
        let held = holding(&cookies.iter().collect::<Vec<_>>());
        assert!(!is_signed_in(&server, &held, &users[0]).await);
        assert!(is_signed_in(&server, &held, &users[1]).await);
        assert!(is_signed_in(&server, &held, &users[20]).await);
    })
    .await;
}

#[tokio::test]
async fn i8_a_step_is_found_in_the_browser_it_was_begun_in_only() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let browser = Browser::of(&server, &HeaderMap::new());
        let stranger = Browser::of(&server, &HeaderMap::new());
        let next = Next::Authorize { query: "client_id=6f1a6e0e-9d0f-4b7e-8a54-0c8f2f3c9d11&state=1".to_owned() };
        let mut tx = server.write().await.expect("a transaction");
        let step =
            continuation::begin(&mut tx, &server, tenant.id, &browser, Beginning::from(next)).await.expect("a step");
        tx.commit().await.expect("a commit");
        let mut tx = server.read().await.expect("a connection");
        let found = continuation::find(&mut tx, &server, tenant.id, step.id, &browser).await.expect("an answer");
        let found = found.expect("the step");
        assert!(
            found
                .resume_path()
                .ends_with("/oauth2/v2.0/authorize?client_id=6f1a6e0e-9d0f-4b7e-8a54-0c8f2f3c9d11&state=1")
        );
        assert!(found.client().is_some());
        assert!(
            continuation::find(&mut tx, &server, tenant.id, step.id, &stranger).await.expect("an answer").is_none()
        );
        server.clock.advance(Duration::from_hours(12));
        assert!(continuation::find(&mut tx, &server, tenant.id, step.id, &browser).await.expect("an answer").is_none());
    })
    .await;
}
