use super::accounts::sign_in;
use super::mailbox::codes_sent;
use super::{Journey, SAM, code};
use crate::invitations::operations::revoke;
use crate::sign_in::browser::Browser;
use crate::sign_in::continuation::{self, Beginning, Next};
use crate::testing::{self, TestServer, on_both_engines};
use axum::http::{HeaderMap, HeaderValue, header};

/// Begins a step towards an app in this browser; its path below the tenant.
async fn towards_app(server: &TestServer, journey: &Journey<'_>, browser: &testing::Browser<'_>) -> String {
    let mut headers = HeaderMap::new();
    if let Some(value) = browser.cookie("vestibule-browser") {
        let line = format!("vestibule-browser={value}");
        headers.insert(header::COOKIE, HeaderValue::from_str(&line).expect("a header"));
    }
    let known = Browser::of(server, &headers);
    if let Some(cookie) = known.set_cookie(server) {
        let line = cookie.to_str().expect("ASCII").split(';').next().unwrap_or_default().to_owned();
        let (name, value) = line.split_once('=').expect("a cookie");
        browser.set_cookie(name, value);
    }
    let next = Next::Portal { path: "/style".to_owned() };
    let beginning = Beginning { address: Some(SAM.to_owned()), ..next.into() };
    let mut tx = server.write().await.expect("a transaction");
    let step = continuation::begin(&mut tx, server, journey.tenant.id, &known, beginning).await.expect("a step");
    tx.commit().await.expect("a commit");
    step.id.to_string()
}

#[tokio::test]
async fn a_guest_who_goes_straight_to_an_app_proves_the_mailbox_once_and_accepts_on_the_way() {
    on_both_engines(async |server| {
        let journey = Journey::begin(&server).await;
        let browser = server.browser();
        let step = towards_app(&server, &journey, &browser).await;
        let tenant = journey.tenant.id;
        browser.get(&format!("/{tenant}/sign-in/{step}")).await;
        let page = browser.submit(&[("address", SAM)]).await;
        assert!(page.text.contains(SAM), "{}", page.text);
        assert_eq!(codes_sent(&server).await, 1);
        let page = browser.submit_to("/code", &[("code", &code(&server, SAM).await)]).await;
        assert!(browser.location().starts_with(&format!("/{tenant}/redeem/{step}")), "{}", browser.location());
        assert!(page.text.contains("Accept and continue"));
        assert!(journey.guest().await.is_pending(), "the proof alone accepts nothing");
        browser.submit(&[]).await;
        assert_eq!(browser.location(), "/style");
        assert!(!journey.guest().await.is_pending());
        assert_eq!(codes_sent(&server).await, 1, "no second code");
    })
    .await;
}

#[tokio::test]
async fn i3_a_changed_mail_of_a_pending_guest_neither_signs_in_nor_accepts() {
    on_both_engines(async |server| {
        let journey = Journey::begin(&server).await;
        let (tenant, new) = (journey.tenant.id, "new@evil.example");
        let path = format!("/v1.0/users/{}", journey.guest.id);
        let body = serde_json::json!({ "mail": new });
        let changed = server.api_as(&journey.administrator, axum::http::Method::PATCH, &path, &body).await;
        assert_eq!(changed.status, 204, "{}", changed.text);
        let browser = server.browser();
        let step = towards_app(&server, &journey, &browser).await;
        browser.get(&format!("/{tenant}/sign-in/{step}")).await;
        browser.submit(&[("address", new)]).await;
        assert_eq!(codes_sent(&server).await, 0, "nobody was invited there");
        let browser = server.browser();
        let step = towards_app(&server, &journey, &browser).await;
        browser.get(&format!("/{tenant}/sign-in/{step}")).await;
        browser.submit(&[("address", SAM)]).await;
        browser.submit_to("/code", &[("code", &code(&server, SAM).await)]).await;
        browser.submit(&[]).await;
        assert!(!journey.guest().await.is_pending(), "the invited mailbox accepts");
    })
    .await;
}

#[tokio::test]
async fn i3_a_session_from_before_the_invitation_does_not_accept_it() {
    on_both_engines(async |server| {
        let journey = Journey::begin(&server).await;
        let browser = server.browser();
        sign_in(&server, &browser, &journey.guest).await;
        server.clock.advance(std::time::Duration::from_mins(1));
        let (guest, administrator) = (journey.guest.id, journey.administrator.clone());
        let again = Journey::invite(&server, journey.tenant, administrator, SAM, super::LANDING).await;
        assert_eq!(again.guest.id, guest);
        again.ask(&browser).await;
        assert!(again.guest().await.is_pending());
        assert_eq!(codes_sent(&server).await, 1, "the mailbox is to be proved for this invitation");
    })
    .await;
}

#[tokio::test]
async fn a_step_towards_an_app_sends_strangers_to_sign_in_and_accepted_people_on() {
    on_both_engines(async |server| {
        let journey = Journey::begin(&server).await;
        let browser = server.browser();
        let step = towards_app(&server, &journey, &browser).await;
        let redeem = format!("/{}/redeem/{step}", journey.tenant.id);
        browser.get(&redeem).await;
        assert_eq!(browser.location(), format!("/{}/sign-in/{step}", journey.tenant.id));
        let member = server.member(&journey.tenant, "ben", &[]).await;
        sign_in(&server, &browser, &member).await;
        browser.get(&redeem).await;
        assert_eq!(browser.location(), "/style");
    })
    .await;
}

#[tokio::test]
async fn a_withdrawn_invitation_cannot_be_accepted_on_the_way_to_an_app() {
    on_both_engines(async |server| {
        let journey = Journey::begin(&server).await;
        revoke(&server, &journey.administrator, journey.invitation.id).await.expect("withdrawn");
        let browser = server.browser();
        let step = towards_app(&server, &journey, &browser).await;
        sign_in(&server, &browser, &journey.guest).await;
        let page = browser.get(&format!("/{}/redeem/{step}", journey.tenant.id)).await;
        assert_eq!(page.status, 404);
        assert!(journey.guest().await.is_pending());
    })
    .await;
}
