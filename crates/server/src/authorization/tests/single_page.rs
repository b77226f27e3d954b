//! Apps that run in the browser: no secret, their own origin, one day.

use super::flow::{Flow, REDIRECT, VERIFIER, number, text, web};
use crate::applications::Changes;
use crate::sign_in::session::Method;
use crate::testing::{TestServer, on_both_engines};
use axum::body::Body;
use axum::http::Request;
use std::time::Duration;

const ORIGIN: &str = "https://app.example";

async fn flow(server: &TestServer) -> Flow<'_> {
    let tenant = server.tenant("Contoso", "contoso.example").await;
    let user = server.member(&tenant, "mara", &[]).await;
    let properties = Changes { spa_redirect_uris: web().web_redirect_uris, ..Changes::default() };
    Flow::with(server, tenant, user, Method::Password, properties).await
}

#[tokio::test]
async fn a_script_redeems_from_its_own_origin_only() {
    on_both_engines(async |server| {
        let flow = flow(&server).await;
        let code = flow.code().await;
        let fields = [
            ("grant_type", "authorization_code"),
            ("client_id", flow.app.client_id.as_str()),
            ("redirect_uri", REDIRECT),
            ("code_verifier", VERIFIER),
            ("code", code.as_str()),
        ];
        assert_eq!(number(&flow.post(&fields, &[], None).await), 9_002_327);
        for origin in ["https://evil.example", "null", "https://app.example.evil"] {
            let answer = flow.post(&fields, &[], Some(origin)).await;
            assert_eq!(number(&answer), 9_002_327, "{origin}");
            assert_eq!(answer.header("access-control-allow-origin"), "", "a14 {origin}");
        }
        let secret = [("client_secret", flow.app.secret.as_str())];
        assert_eq!(number(&flow.post(&fields, &secret, Some(ORIGIN)).await), 700_025);
        let answer = flow.post(&fields, &[], Some(ORIGIN)).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(answer.header("access-control-allow-origin"), ORIGIN);
        assert_eq!(answer.header("access-control-allow-credentials"), "");
    })
    .await;
}

#[tokio::test]
async fn a_script_refreshes_for_one_day_in_all() {
    on_both_engines(async |server| {
        let flow = flow(&server).await;
        let code = flow.code().await;
        let fields = [
            ("grant_type", "authorization_code"),
            ("client_id", flow.app.client_id.as_str()),
            ("redirect_uri", REDIRECT),
            ("code_verifier", VERIFIER),
            ("code", code.as_str()),
        ];
        let mut tokens = flow.post(&fields, &[], Some(ORIGIN)).await.json();
        for _ in 0..2 {
            server.clock.advance(Duration::from_hours(12));
            let token = text(&tokens, "refresh_token").to_owned();
            let fields = [
                ("grant_type", "refresh_token"),
                ("client_id", flow.app.client_id.as_str()),
                ("refresh_token", token.as_str()),
            ];
            let answer = flow.post(&fields, &[], Some(ORIGIN)).await;
            if answer.status != 200 {
                assert_eq!(number(&answer), 700_084);
                return;
            }
            tokens = answer.json();
        }
        panic!("refreshed beyond a day");
    })
    .await;
}

#[tokio::test]
async fn a14_each_endpoint_names_exactly_the_origin_of_the_script() {
    on_both_engines(async |server| {
        let flow = flow(&server).await;
        let tenant = flow.tenant.id;
        for path in [
            format!("/{tenant}/v2.0/.well-known/openid-configuration"),
            "/common/v2.0/.well-known/openid-configuration".to_owned(),
            format!("/{tenant}/discovery/v2.0/keys"),
            format!("/{tenant}/oauth2/v2.0/token"),
            "/oidc/userinfo".to_owned(),
            "/v1.0/me".to_owned(),
            "/vestibule/v1/invitations".to_owned(),
        ] {
            for (origin, allowed) in
                [(ORIGIN, ORIGIN), ("https://evil.example", ""), ("null", ""), ("https://app.examp", "")]
            {
                let request = Request::options(&path)
                    .header("origin", origin)
                    .header("access-control-request-method", "POST")
                    .header("access-control-request-headers", "content-type,x-client-sku");
                let answer = server.send(request.body(Body::empty()).expect("a request")).await;
                assert_eq!(answer.header("access-control-allow-origin"), allowed, "{path} {origin}");
                assert_eq!(answer.header("access-control-allow-credentials"), "", "{path} {origin}");
                assert!(answer.header("vary").contains("origin"), "{path}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_script_reads_the_api_and_its_refusals_from_its_own_origin_only() {
    on_both_engines(async |server| {
        let flow = flow(&server).await;
        let arrived = flow.ask(&[("scope", "openid User.Read")]).await;
        let fields = [
            ("grant_type", "authorization_code"),
            ("client_id", flow.app.client_id.as_str()),
            ("redirect_uri", REDIRECT),
            ("code_verifier", VERIFIER),
            ("code", arrived["code"].as_str()),
        ];
        let tokens = flow.post(&fields, &[], Some(ORIGIN)).await.json();
        let token = text(&tokens, "access_token");
        let call = async |method: &str, path: &str, origin: &str, token: &str| {
            let request = Request::builder().method(method).uri(path).header("origin", origin);
            let request = request.header("authorization", format!("Bearer {token}"));
            server.send(request.body(Body::empty()).expect("a request")).await
        };
        for (token, path, status) in [
            (token, "/v1.0/me", 200),
            (token, "/v1.0/users", 403),
            (token, "/v1.0/nothing", 404),
            ("x", "/v1.0/me", 401),
        ] {
            for (origin, allowed) in [(ORIGIN, ORIGIN), ("https://evil.example", "")] {
                let answer = call("GET", path, origin, token).await;
                assert_eq!(answer.status, status, "{path}: {}", answer.text);
                assert_eq!(answer.header("access-control-allow-origin"), allowed, "a14 {path} {origin}");
                assert_eq!(answer.header("access-control-allow-credentials"), "", "{path} {origin}");
                assert!(answer.header("vary").contains("origin"), "{path}");
            }
        }
        let answer = call("GET", "/v1.0/me", ORIGIN, "x").await;
        assert!(answer.header("access-control-expose-headers").contains("www-authenticate"));
        // A question that is no browser's is a call like every other, and needs a token.
        assert_eq!(call("OPTIONS", "/v1.0/me", ORIGIN, "x").await.status, 401);
    })
    .await;
}
