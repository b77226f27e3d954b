//! The authorization endpoint: whom it lets on, whom it sends where, and what it never does.

use super::flow::{Flow, REDIRECT, guest, web};
use crate::service_principals::{self, ServicePrincipalChanges};
use crate::sign_in::session::Method;
use crate::testing::on_both_engines;
use crate::users::{self, ExternalUserState, Identity, SignInType};
use std::time::Duration;

#[tokio::test]
async fn a1_only_the_registered_address_is_ever_redirected_to() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        for address in [
            "https://app.example/cb/../evil",
            "https://app.example/cb?x=1",
            "https://app.example/cb#f",
            "https://app.example/CB",
            "https://app.example/%63b",
            "https://app.example/cb%2f",
            "https://a.app.example/cb",
            "https://app.example@evil.example/cb",
            "http://app.example/cb",
        ] {
            for silent in ["", "none"] {
                let answer = flow.browser.get(&flow.address(&[("redirect_uri", address), ("prompt", silent)])).await;
                assert_eq!(answer.status, 400, "{address}");
                assert_eq!(answer.header("location"), "", "{address}");
                assert!(answer.text.contains("AADSTS50011"), "{address}");
            }
        }
        let stranger = server.entropy.random_uuid().to_string();
        let answer = flow.browser.get(&flow.address(&[("client_id", &stranger)])).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (400, ""));
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe-inline"), "a11: {policy}");
    })
    .await;
}

#[tokio::test]
async fn a8_tokens_never_travel_in_addresses_and_request_objects_are_not_read() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        for (name, value, error) in [
            ("response_type", "token", "unsupported_response_type"),
            ("response_type", "id_token token", "unsupported_response_type"),
            ("response_type", "code id_token", "unsupported_response_type"),
            ("request", "eyJhbGciOiJub25lIn0.e30.", "request_not_supported"),
            ("request_uri", "https://evil.example/", "request_uri_not_supported"),
        ] {
            let arrived = flow.ask(&[(name, value)]).await;
            assert_eq!(arrived["error"], error, "{name}={value}");
            assert!(!arrived.contains_key("code") && !arrived.contains_key("access_token"));
        }
    })
    .await;
}

#[tokio::test]
async fn a13_refusals_are_encoded_and_carry_state_and_issuer() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        let arrived = flow.ask(&[("scope", "openid \u{7f}<script>"), ("state", "\"><b>&x=1")]).await;
        assert_eq!(arrived["state"], "\"><b>&x=1");
        assert_eq!(arrived["iss"], crate::authorization::tokens::issuer(&server, flow.tenant.id));
        assert!(!flow.browser.location().contains(['<', '>', '"']));
        assert!(!arrived["error_description"].to_lowercase().contains("select "));
    })
    .await;
}

#[tokio::test]
async fn nobody_signed_in_is_told_silently_or_asked() {
    on_both_engines(async |server| {
        let mut flow = Flow::new(&server).await;
        flow.browser = server.browser();
        let arrived = flow.ask(&[("prompt", "none")]).await;
        assert_eq!(arrived["error"], "login_required");
        let page = flow.browser.get(&flow.address(&[("login_hint", "mara@contoso.example")])).await;
        assert_eq!(page.status, 200);
        assert!(flow.browser.location().contains("/sign-in/"), "{}", flow.browser.location());
        assert!(page.text.contains("mara@contoso.example"));
    })
    .await;
}

#[tokio::test]
async fn an_address_that_was_proved_is_a_hint_like_the_name() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        let hint = [("prompt", "none"), ("login_hint", "Mara@New.example")];
        assert_eq!(flow.ask(&hint).await["error"], "login_required");
        let identity = Identity {
            sign_in_type: SignInType::Federated,
            issuer: Identity::MAIL_ISSUER.to_owned(),
            issuer_assigned_id: Some("mara@new.example".to_owned()),
        };
        let mut tx = server.write().await.expect("a transaction");
        users::store::insert_identity(&mut tx, flow.tenant.id, flow.user.id, &identity).await.expect("an identity");
        tx.commit().await.expect("a commit");
        assert!(flow.ask(&hint).await.contains_key("code"));
        assert_eq!(
            flow.ask(&[("prompt", "none"), ("login_hint", "other@new.example")]).await["error"],
            "login_required"
        );
    })
    .await;
}

#[tokio::test]
async fn wishes_for_a_fresh_sign_in_are_kept_and_do_not_go_in_circles() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        assert!(flow.ask(&[("prompt", "none"), ("max_age", "60")]).await.contains_key("code"));
        server.clock.advance(Duration::from_secs(61));
        let stale = flow.ask(&[("prompt", "none"), ("max_age", "60")]).await;
        assert_eq!(stale["error"], "login_required");
        for wish in [("prompt", "login"), ("max_age", "0"), ("login_hint", "other@contoso.example")] {
            flow.browser.get(&flow.address(&[wish])).await;
            let page = flow.browser.location();
            assert!(page.contains("/sign-in/"), "{wish:?} leads to {page}");
        }
        flow.browser.get(&flow.address(&[("prompt", "login")])).await;
        let resume = resume_path(&server, &flow, &flow.browser.location()).await;
        flow.browser.get(&resume).await;
        assert!(flow.browser.location().contains("/sign-in/"), "the old session does not count");
        server.clock.advance(Duration::from_secs(5));
        flow.browser.sign_in_as(&server, &flow.user, Method::Password).await;
        flow.browser.get(&resume).await;
        assert!(flow.arrived().contains_key("code"));
    })
    .await;
}

#[tokio::test]
async fn a_choice_is_offered_and_a_pending_guest_is_led_to_the_invitation() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        let chosen = flow.address(&[("prompt", "select_account")]);
        flow.browser.get(&chosen).await;
        assert!(flow.browser.location().ends_with("/account"), "{}", flow.browser.location());

        let pending = guest(&server, &flow.tenant, "sam@fabrikam.example", ExternalUserState::PendingAcceptance).await;
        let flow = Flow::with(&server, flow.tenant.clone(), pending, Method::Passcode, web()).await;
        let silent = flow.ask(&[("prompt", "none")]).await;
        assert_eq!(silent["error"], "interaction_required");
        assert!(silent["error_description"].starts_with("AADSTS50014:"));
        let request = axum::http::Request::get(flow.address(&[])).body(axum::body::Body::empty());
        let answer = flow.browser.send(request.expect("a request")).await;
        assert!(answer.header("location").starts_with(&format!("/{}/redeem/", flow.tenant.id)));
    })
    .await;
}

#[tokio::test]
async fn who_is_not_assigned_or_has_no_consent_is_refused_by_number_and_logged() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        let consent = flow.ask(&[("scope", "User.Read.All"), ("prompt", "none")]).await;
        assert_eq!(consent["error"], "consent_required");
        assert!(consent["error_description"].starts_with("AADSTS65001:"));
        assert_eq!(flow.ask(&[("scope", "Nothing.Known")]).await["error"], "invalid_scope");
        let key = service_principals::operations::Key::Id(flow.app.registered.service_principal.id);
        let changes =
            ServicePrincipalChanges { app_role_assignment_required: Some(true), ..ServicePrincipalChanges::default() };
        let caller = crate::graph::Caller::system(flow.tenant.id);
        let mut tx = server.write().await.expect("a transaction");
        service_principals::operations::update(&mut tx, &server, &caller, key, changes).await.expect("required");
        tx.commit().await.expect("a commit");
        let refused = flow.ask(&[]).await;
        assert_eq!(refused["error"], "access_denied");
        assert!(refused["error_description"].starts_with("AADSTS50105:"));
        assert_eq!(super::logged(&server, flow.tenant.id).await, [0, 50105, 65001]);
    })
    .await;
}

#[tokio::test]
async fn answers_travel_as_fragment_or_form_too_and_forms_are_asked_again_by_get() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        flow.browser.get(&flow.address(&[("response_mode", "fragment")])).await;
        assert!(flow.browser.location().starts_with(&format!("{REDIRECT}#code=")));
        let page = flow.browser.get(&flow.address(&[("response_mode", "form_post")])).await;
        assert_eq!(page.status, 200);
        assert!(page.text.contains(&format!("action=\"{REDIRECT}\"")), "{}", page.text);
        assert!(page.text.contains("name=\"code\"") && page.text.contains("name=\"iss\""));
        assert!(page.text.contains("You are signed in."));
        let nobody = server.browser();
        let page = nobody.get(&flow.address(&[("response_mode", "form_post"), ("prompt", "none")])).await;
        assert!(page.text.contains("value=\"login_required\""), "{}", page.text);
        assert!(!page.text.contains("You are signed in") && page.text.contains("did not succeed"), "{}", page.text);
        let address = flow.address(&[]);
        let (path, query) = address.split_once('?').expect("a query");
        let pairs: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let fields: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let answer = server.post_form(path, &fields, Some("https://app.example")).await;
        assert_eq!(answer.status, 303);
        flow.browser.get(answer.header("location")).await;
        assert!(flow.arrived().contains_key("code"));
        let common = flow.browser.get(&address.replace(&flow.tenant.id.to_string(), "common")).await;
        assert!(common.text.contains("AADSTS50194"));
    })
    .await;
}

/// The address that a step leads back to.
async fn resume_path(server: &crate::testing::TestServer, flow: &Flow<'_>, location: &str) -> String {
    use crate::sign_in::{browser::Browser, continuation};
    let id =
        location.split(['/', '?']).find_map(|part| part.parse().ok().filter(|_| part != flow.tenant.id.to_string()));
    let cookie = format!("vestibule-browser={}", flow.browser.cookie("vestibule-browser").expect("a cookie"));
    let mut headers = axum::http::HeaderMap::new();
    headers.insert("cookie", cookie.parse().expect("a header"));
    let browser = Browser::known(server, &headers).expect("a browser");
    let mut tx = server.read().await.expect("a connection");
    let step = continuation::find(&mut tx, server, flow.tenant.id, id.expect("a step"), &browser).await;
    step.expect("an answer").expect("the step").resume_path()
}
