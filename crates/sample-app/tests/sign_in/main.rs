//! The application against a provider the tests dictate.

mod browser;
mod provider;

use axum::Router;
use axum::http::{Request, StatusCode, header};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use browser::{Browser, Page};
use openidconnect::{PkceCodeChallenge, PkceCodeVerifier, PrivateSigningKey};
use provider::{CLIENT_ID, CLIENT_SECRET, TestProvider, key, sign};
use sample_app::Settings;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const ORIGIN: &str = "http://localhost:5001";
const AUTHORITY: &str = "localhost:5001";
const SESSION: &str = "sample-app-5001-session";

async fn settings(issuer: &str) -> Settings {
    Settings {
        name: "Contoso Expenses".into(),
        organisation: "Contoso".into(),
        issuer: issuer.into(),
        client_id: CLIENT_ID.into(),
        client_secret: CLIENT_SECRET.into(),
        own_address: ORIGIN.into(),
        ca_certificate: None,
        listener: TcpListener::bind("127.0.0.1:0").await.expect("a free port"),
    }
}

async fn app(issuer: &str) -> Router {
    sample_app::router(&settings(issuer).await).expect("good settings")
}

/// Goes to the application and back to it with a code, the provider answering with the ID token
/// that `token` makes of good claims.
async fn sign_in(provider: &TestProvider, browser: &mut Browser, token: impl FnOnce(&Value) -> String) -> Page {
    let request = browser.get("/").await.parameters();
    provider.answer_with(&token(&provider.claims(&request["nonce"])));
    browser.get(&format!("/signin-oidc?code=the-code&state={}", request["state"])).await
}

fn good(claims: &Value) -> String {
    sign(claims, 1, "1")
}

#[tokio::test]
async fn a_plain_get_starts_sign_in_with_every_parameter() {
    let provider = TestProvider::start().await;
    let page = Browser::new(&app(&provider.issuer).await).get("/").await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    assert!(page.location().starts_with(&format!("{}/authorize?", provider.origin())), "{}", page.location());
    let sent = page.parameters();
    assert_eq!(sent["response_type"], "code");
    assert_eq!(sent["client_id"], CLIENT_ID);
    assert_eq!(sent["redirect_uri"], "http://localhost:5001/signin-oidc");
    assert_eq!(sent["scope"], "openid profile email");
    assert_eq!(sent["code_challenge_method"], "S256");
    for random in ["code_challenge", "state", "nonce"] {
        assert_eq!(sent[random].len(), 43, "{random} carries 256 bits");
    }
    let cookie = page.headers[header::SET_COOKIE].to_str().expect("ASCII");
    assert!(cookie.starts_with("sample-app-5001-sign-in="), "{cookie}");
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Max-Age=900"),
        "{cookie}"
    );
}

#[tokio::test]
async fn a_guest_signs_in_is_shown_and_signs_out() {
    let provider = TestProvider::start().await;
    let mut browser = Browser::new(&app(&provider.issuer).await);
    let sent = browser.get("/").await.parameters();
    provider.answer_with(&good(&provider.claims(&sent["nonce"])));
    let answered = browser.get(&format!("/signin-oidc?code=the-code&state={}", sent["state"])).await;
    assert_eq!((answered.status, answered.location()), (StatusCode::SEE_OTHER, "/"));

    let request = provider.token_requests().pop().expect("a token request");
    let value =
        |name| request.form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str()).unwrap_or_default();
    assert_eq!((value("grant_type"), value("code")), ("authorization_code", "the-code"));
    assert_eq!(value("redirect_uri"), "http://localhost:5001/signin-oidc");
    let verifier = PkceCodeVerifier::new(value("code_verifier").to_owned());
    assert_eq!(PkceCodeChallenge::from_code_verifier_sha256(&verifier).as_str(), sent["code_challenge"]);
    // RFC 6749 section 2.3.1: form-encoded, then Basic.
    let basic = BASE64_STANDARD.encode(format!("{CLIENT_ID}:p%3Aa+s%7Es%25"));
    assert_eq!(request.authorization, format!("Basic {basic}"));

    let page = browser.get("/").await;
    assert_eq!(page.status, StatusCode::OK);
    for shown in
        ["Ada &lt;b&gt;Guest&lt;/b&gt;", "ada@partner.example", "aaaabbbb-0000", "<strong>Guest</strong>", "at_hash"]
    {
        assert!(page.body.contains(shown), "{shown} in {}", page.body);
    }
    assert!(page.headers[header::CONTENT_SECURITY_POLICY].to_str().expect("ASCII").contains("frame-ancestors 'none'"));

    let left = browser.post("/sign-out", ORIGIN).await;
    assert!(left.location().starts_with(&format!("{}/logout?", provider.origin())), "{}", left.location());
    let sent = left.parameters();
    assert_eq!(sent["post_logout_redirect_uri"], "http://localhost:5001/signed-out");
    assert_eq!(sent["id_token_hint"].split('.').count(), 3);
    assert!(!browser.cookies.contains_key(SESSION));
    assert_eq!(browser.get("/signed-out").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_session_ends_with_sign_out_even_if_its_cookie_is_kept() {
    let provider = TestProvider::start().await;
    let mut browser = Browser::new(&app(&provider.issuer).await);
    sign_in(&provider, &mut browser, good).await;
    let kept = browser.cookies.clone();
    browser.post("/sign-out", ORIGIN).await;
    browser.cookies = kept;
    assert_eq!(browser.get("/").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_foreign_page_cannot_sign_anybody_out() {
    let provider = TestProvider::start().await;
    let mut browser = Browser::new(&app(&provider.issuer).await);
    sign_in(&provider, &mut browser, good).await;
    assert_eq!(browser.post("/sign-out", "http://localhost:5002").await.status, StatusCode::FORBIDDEN);
    assert_eq!(browser.get("/").await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_id_token_with_a_fault_opens_no_session() {
    let provider = TestProvider::start().await;
    let app = app(&provider.issuer).await;
    let faults = [
        ("iss", json!("http://127.0.0.1/other/v2.0")),
        ("aud", json!("another-client")),
        ("aud", json!([CLIENT_ID, "another-client"])),
        ("azp", json!("another-client")),
        ("nonce", json!("another-nonce")),
        ("nonce", Value::Null),
        ("exp", json!(1_700_000_000)),
        ("at_hash", json!("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")),
    ];
    for (claim, wrong) in faults {
        let mut browser = Browser::new(&app);
        let page = sign_in(&provider, &mut browser, |claims| {
            let mut claims = claims.clone();
            claims[claim] = wrong.clone();
            good(&claims)
        });
        assert_refused(&page.await, &browser, &format!("{claim} = {wrong}"));
    }
    let mut browser = Browser::new(&app);
    let page = sign_in(&provider, &mut browser, |claims| sign(claims, 2, "1")).await;
    assert_refused(&page, &browser, "signature by another key");
    let page = sign_in(&provider, &mut browser, |claims| {
        let signed = good(claims);
        let payload = signed.split('.').nth(1).expect("a payload");
        // {"alg":"none"}
        format!("eyJhbGciOiJub25lIn0.{payload}.")
    });
    assert_refused(&page.await, &browser, "no signature");
}

fn assert_refused(page: &Page, browser: &Browser, fault: &str) {
    assert_eq!(page.status, StatusCode::BAD_GATEWAY, "{fault}");
    assert!(page.body.contains("Try again"), "{fault}: {}", page.body);
    assert!(!browser.cookies.contains_key(SESSION), "{fault}");
}

#[tokio::test]
async fn an_unknown_key_is_looked_up_once() {
    let provider = TestProvider::start().await;
    let app = app(&provider.issuer).await;
    let mut browser = Browser::new(&app);
    let page = sign_in(&provider, &mut browser, |claims| {
        provider.publish(&[key(1).as_verification_key(), key(2).as_verification_key()]);
        sign(claims, 2, "2")
    });
    assert_eq!(page.await.location(), "/");
    assert_eq!(provider.key_requests(), 2);

    let mut other = Browser::new(&app);
    let page = sign_in(&provider, &mut other, |claims| sign(claims, 3, "3")).await;
    assert_refused(&page, &other, "a key nobody publishes");
    assert_eq!(provider.key_requests(), 3);
}

#[tokio::test]
async fn only_the_browser_that_began_may_bring_the_answer_and_only_once() {
    let provider = TestProvider::start().await;
    let app = app(&provider.issuer).await;
    let (mut victim, mut attacker) = (Browser::new(&app), Browser::new(&app));
    let begun = attacker.get("/").await.parameters();
    victim.get("/").await;
    provider.answer_with(&good(&provider.claims(&begun["nonce"])));
    let answer = format!("/signin-oidc?code=the-code&state={}", begun["state"]);
    assert_eq!(victim.get(&answer).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(attacker.get(&answer).await.status, StatusCode::BAD_REQUEST, "the state has been used");
    assert!(provider.token_requests().is_empty());
    for nonsense in ["/signin-oidc", "/signin-oidc?code=x", "/signin-oidc?code=x&state=y"] {
        assert_eq!(victim.get(nonsense).await.status, StatusCode::BAD_REQUEST, "{nonsense}");
    }
}

#[tokio::test]
async fn two_tabs_can_sign_in_side_by_side() {
    let provider = TestProvider::start().await;
    let mut browser = Browser::new(&app(&provider.issuer).await);
    let first = browser.get("/").await.parameters();
    let second = browser.get("/").await.parameters();
    assert_ne!(first["state"], second["state"]);
    provider.answer_with(&good(&provider.claims(&first["nonce"])));
    let page = browser.get(&format!("/signin-oidc?code=a&state={}", first["state"])).await;
    assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/"));
    let again = browser.get(&format!("/signin-oidc?code=a&state={}", first["state"])).await;
    assert_eq!((again.status, again.location()), (StatusCode::SEE_OTHER, "/"), "going back does no harm");
}

#[tokio::test]
async fn an_error_of_the_provider_is_shown_as_text() {
    let provider = TestProvider::start().await;
    let mut browser = Browser::new(&app(&provider.issuer).await);
    let state = browser.get("/").await.parameters()["state"].clone();
    let query = format!("error=access_denied&error_description=AADSTS50105%3A%20%3Cimg%20src%3Dx%3E&state={state}");
    let page = browser.get(&format!("/signin-oidc?{query}")).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    for shown in ["access_denied", "AADSTS50105: &lt;img src=x&gt;", "Try again"] {
        assert!(page.body.contains(shown), "{shown} in {}", page.body);
    }
}

#[tokio::test]
async fn an_answer_that_names_another_issuer_is_refused() {
    let provider = TestProvider::start().await;
    let mut browser = Browser::new(&app(&provider.issuer).await);
    let state = browser.get("/").await.parameters()["state"].clone();
    let page = browser.get(&format!("/signin-oidc?code=c&iss=https%3A%2F%2Fevil.example&state={state}")).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(provider.token_requests().is_empty());
}

#[tokio::test]
async fn the_provider_may_start_later() {
    let place = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = place.local_addr().expect("an address");
    drop(place);
    let mut browser = Browser::new(&app(&format!("http://{address}/tenant/v2.0")).await);
    let page = browser.get("/").await;
    assert_eq!(page.status, StatusCode::BAD_GATEWAY);
    assert!(page.body.contains("metadata or keys could not be read"), "{}", page.body);
    TestProvider::start_on(TcpListener::bind(address).await.expect("the same port"));
    assert_eq!(browser.get("/").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn another_host_name_leads_to_the_own_address() {
    let provider = TestProvider::start().await;
    let mut browser = Browser::new(&app(&provider.issuer).await);
    for host in ["127.0.0.1:5001", "localhost", "evil.example"] {
        let page = browser.send(Request::get("/signed-out?a=b").header(header::HOST, host)).await;
        assert_eq!(
            (page.status, page.location()),
            (StatusCode::TEMPORARY_REDIRECT, "http://localhost:5001/signed-out?a=b")
        );
    }
}

#[tokio::test]
async fn serving_stops_when_told_to() {
    let provider = TestProvider::start().await;
    let settings = settings(&provider.issuer).await;
    let address = settings.listener.local_addr().expect("an address");
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let served = tokio::spawn(sample_app::serve(settings, async move {
        let _ = stopped.await;
    }));
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let request = format!("GET /style.css HTTP/1.1\r\nHost: {AUTHORITY}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    stop.send(()).expect("still serving");
    served.await.expect("no panic").expect("no error");
}
