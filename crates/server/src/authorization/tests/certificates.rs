//! Apps that prove who they are by a certificate (security check A9).

use super::claims;
use super::flow::{Flow, number, text};
use crate::testing::{App, Certified, TestServer, on_both_engines};
use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::{Value, json};

const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

async fn add(server: &TestServer, app: &App, certified: &Certified) {
    let writer = server.application(app.tenant, &[crate::graph::Permission::ApplicationReadWriteAll]);
    let path = format!("/v1.0/applications(appId='{}')", app.client_id);
    let body = json!({ "keyCredentials": [{ "key": certified.base64() }] });
    let answer = server.api_as(&writer, Method::PATCH, &path, &body).await;
    assert_eq!(answer.status, 204, "{}", answer.text);
}

/// The claims of a statement, with changes.
fn statement(server: &TestServer, app: &App, name: &str, changes: &Value) -> Value {
    let now = server.clock.now().seconds();
    let mut claims = json!({
        "iss": app.client_id, "sub": app.client_id, "jti": name, "nbf": now, "exp": now + 600,
        "aud": format!("{}/{}/oauth2/v2.0/token", crate::testing::ADDRESS, app.tenant),
    });
    for (name, value) in changes.as_object().expect("an object") {
        claims[name] = value.clone();
    }
    claims
}

async fn ask(server: &TestServer, app: &App, assertion: &str, more: &[(&str, &str)]) -> crate::testing::Answer {
    let mut fields = vec![
        ("grant_type", "client_credentials"),
        ("client_id", app.client_id.as_str()),
        ("client_assertion_type", TYPE),
        ("client_assertion", assertion),
        ("scope", "https://graph.microsoft.com/.default"),
    ];
    fields.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    fields.extend(more.iter().filter(|(_, value)| !value.is_empty()));
    server.post_form(&format!("/{}/oauth2/v2.0/token", app.tenant), &fields, None).await
}

#[tokio::test]
async fn an_app_gets_tokens_by_each_algorithm_with_either_thumbprint() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let app = server.program(&tenant, &[crate::graph::Permission::UserReadAll]).await;
        let (rsa, p256) = (Certified::rsa(), Certified::p256());
        let mut count = 0;
        for (certified, algorithms) in [(&rsa, &["RS256", "PS256"][..]), (&p256, &["ES256"])] {
            add(&server, &app, certified).await;
            for algorithm in algorithms {
                count += 1;
                let claims_of = statement(&server, &app, &count.to_string(), &json!({}));
                let answer = ask(&server, &app, &certified.sign(algorithm, &claims_of), &[]).await;
                assert_eq!(answer.status, 200, "{algorithm}: {}", answer.text);
                let token = answer.json();
                let said = claims(text(&token, "access_token"));
                assert_eq!((&said["azpacr"], &said["roles"]), (&json!("2"), &json!(["User.Read.All"])));
            }
        }
        let own = base64_url(&p256.thumbprint());
        let claims_of = statement(&server, &app, "sha1", &json!({ "aud": issuer(&server, &app) }));
        let by_sha1 = p256.sign_as(&json!({ "alg": "ES256", "x5t": own }), &claims_of);
        let answer = ask(&server, &app, &by_sha1, &[("client_id", "")]).await;
        assert_eq!(answer.status, 200, "the statement names the client: {}", answer.text);
    })
    .await;
}

fn issuer(server: &TestServer, app: &App) -> String {
    crate::authorization::tokens::issuer(server, app.tenant)
}

fn base64_url(standard: &str) -> String {
    standard.trim_end_matches('=').replace('+', "-").replace('/', "_")
}

#[tokio::test]
async fn a9_a_statement_that_is_not_the_apps_own_for_us_and_now_is_refused() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let app = server.program(&tenant, &[]).await;
        let other = server.app(&tenant, "Other", crate::applications::Changes::default()).await;
        let (own, theirs, unknown) = (Certified::p256(), Certified::p256(), Certified::p256());
        add(&server, &app, &own).await;
        add(&server, &other, &theirs).await;
        let now = server.clock.now().seconds();
        let elsewhere = format!("https://elsewhere.example/{}/oauth2/v2.0/token", app.tenant);
        for (changes, expected) in [
            (json!({ "aud": elsewhere }), 700_027),
            (json!({ "aud": "https://login.microsoftonline.com/common/v2.0" }), 700_027),
            (json!({ "iss": other.client_id }), 700_027),
            (json!({ "sub": other.client_id }), 700_027),
            (json!({ "jti": null }), 700_027),
            (json!({ "exp": now }), 700_024),
            (json!({ "exp": now + 3601 }), 700_024),
            (json!({ "nbf": now + 301 }), 700_024),
        ] {
            let signed = own.sign("ES256", &statement(&server, &app, "n", &changes));
            let answer = ask(&server, &app, &signed, &[]).await;
            assert_eq!((answer.status.as_u16(), number(&answer)), (401, expected), "{changes}: {}", answer.text);
            assert_eq!(answer.json()["error"], "invalid_client");
        }
        let good = statement(&server, &app, "n", &json!({}));
        for (what, signed) in [
            ("another app's key", theirs.sign("ES256", &good)),
            ("nobody's key", unknown.sign("ES256", &good)),
            ("another algorithm", own.sign("RS256", &good)),
            ("none", own.sign("none", &good)),
            ("the secret as key", own.sign("HS256", &good)),
            ("another name", own.sign_as(&json!({ "alg": "ES256", "x5t": "AAAA" }), &good)),
            ("extensions", own.sign_as(&json!({ "alg": "ES256", "crit": ["exp"] }), &good)),
        ] {
            let answer = ask(&server, &app, &signed, &[]).await;
            assert_eq!((answer.status.as_u16(), number(&answer)), (401, 700_027), "{what}: {}", answer.text);
        }
        let signed = own.sign("ES256", &good);
        let two = ask(&server, &app, &signed, &[("client_secret", &app.secret)]).await;
        assert_eq!(two.json()["error"], "invalid_request", "two methods in one call");
        let kind = ask(&server, &app, &signed, &[("client_assertion_type", "urn:x")]).await;
        assert_eq!(kind.json()["error"], "invalid_client");
        let ends = own.sign("ES256", &statement(&server, &app, "e", &json!({})));
        add(&server, &app, &unknown).await;
        assert_eq!(number(&ask(&server, &app, &ends, &[]).await), 700_027, "the certificate was replaced");
    })
    .await;
}

#[tokio::test]
async fn a9_a_statement_comes_again_only_from_where_it_came_first() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let app = server.program(&tenant, &[]).await;
        let own = Certified::p256();
        add(&server, &app, &own).await;
        let signed = own.sign("ES256", &statement(&server, &app, "n", &json!({})));
        let from = async |address: &str| {
            let browser = server.browser();
            browser.move_to(address);
            let fields = [
                ("grant_type", "client_credentials"),
                ("client_assertion_type", TYPE),
                ("client_assertion", &signed),
                ("scope", "https://graph.microsoft.com/.default"),
            ];
            let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
            let request = Request::post(format!("/{}/oauth2/v2.0/token", app.tenant))
                .header("content-type", "application/x-www-form-urlencoded");
            browser.send(request.body(Body::from(body)).expect("a request")).await
        };
        assert_eq!(from("192.0.2.7").await.status, 200);
        assert_eq!(from("192.0.2.7").await.status, 200, "the libraries of apps present one for some minutes");
        let stolen = from("192.0.2.8").await;
        assert_eq!((stolen.status.as_u16(), number(&stolen)), (401, 700_024));
        server.clock.advance(std::time::Duration::from_secs(601));
        assert_eq!(number(&from("192.0.2.7").await), 700_024);
        assert!(super::super::purge(&server).await.expect("purged") == 0);
        server.clock.advance(std::time::Duration::from_hours(25));
        assert_eq!(super::super::purge(&server).await.expect("purged"), 1, "what has ended is not kept");
    })
    .await;
}

#[tokio::test]
async fn a_server_redeems_codes_and_asks_about_tokens_by_its_certificate() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        let own = Certified::p256();
        add(&server, &flow.app, &own).await;
        let by = |name: &str| own.sign("ES256", &statement(&server, &flow.app, name, &json!({})));
        let code = flow.code().await;
        let redeemed = by("code");
        let proof = [("client_secret", ""), ("client_assertion_type", TYPE), ("client_assertion", redeemed.as_str())];
        let tokens = flow.redeem(&code, &proof).await;
        assert_eq!(tokens.status, 200, "{}", tokens.text);
        let tokens = tokens.json();
        assert_eq!(claims(text(&tokens, "access_token"))["azpacr"], "2");
        let asked = by("ask");
        let fields = [
            ("client_assertion_type", TYPE),
            ("client_assertion", asked.as_str()),
            ("token", text(&tokens, "access_token")),
        ];
        let path = format!("/{}/oauth2/v2.0/introspect", flow.tenant.id);
        let answer = server.post_form(&path, &fields, None).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["active"]), (200, &json!(true)), "{}", answer.text);
    })
    .await;
}
