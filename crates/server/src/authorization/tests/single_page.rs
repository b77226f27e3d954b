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
