//! What an app hears about a token: everything about its own as long as it opens something, and nothing about others.

use super::claims;
use super::flow::{Flow, number, text};
use crate::graph::Permission;
use crate::sign_in::session::Method;
use crate::testing::{ADDRESS, Answer, App, TestServer, on_both_engines};
use crate::users;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use database::Timestamp;
use serde_json::{Value, json};
use std::time::Duration;

async fn ask(server: &TestServer, app: &App, token: &str) -> Answer {
    let fields = [("client_id", app.client_id.as_str()), ("client_secret", &app.secret), ("token", token)];
    server.post_form(&format!("/{}/oauth2/v2.0/introspect", app.tenant), &fields, None).await
}

/// The answer about a token; whatever is not active looks like noise.
async fn said(server: &TestServer, app: &App, token: &str) -> Value {
    let answer = ask(server, app, token).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert_eq!(answer.header("cache-control"), "no-store");
    let said = answer.json();
    if said["active"] != true {
        assert_eq!(said, json!({ "active": false }));
    }
    said
}

async fn is_active(server: &TestServer, app: &App, token: &str) -> bool {
    said(server, app, token).await["active"] == true
}

/// What ends a person's tokens without a word to anybody.
type Change = fn(&mut users::User, Timestamp);

#[tokio::test]
async fn an_app_hears_what_its_tokens_say() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        let tokens = flow.tokens().await;
        let access = text(&tokens, "access_token");
        let (known, heard) = (claims(access), said(&server, &flow.app, access).await);
        for (name, claim) in [
            ("iss", "iss"),
            ("aud", "aud"),
            ("sub", "sub"),
            ("exp", "exp"),
            ("iat", "iat"),
            ("client_id", "azp"),
            ("scope", "scp"),
            ("username", "preferred_username"),
            ("jti", "uti"),
            ("oid", "oid"),
        ] {
            assert_eq!(heard[name], known[claim], "{name}");
        }
        assert_eq!(heard["token_type"], "Bearer");
        let refresh = said(&server, &flow.app, text(&tokens, "refresh_token")).await;
        assert_eq!(refresh["scope"], super::flow::SCOPE);
        assert_eq!(refresh["client_id"], flow.app.client_id);
        assert_eq!(refresh["sub"], claims(text(&tokens, "id_token"))["sub"]);
        assert_eq!(refresh.get("token_type"), None);

        let program = server.program(&flow.tenant, &[Permission::UserInviteAll]).await;
        let token = server.token(&program).await;
        assert_eq!(said(&server, &program, &token).await["roles"], json!(["User.Invite.All"]));
    })
    .await;
}

#[tokio::test]
async fn other_apps_other_tenants_and_noise_hear_nothing() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        let tokens = flow.tokens().await;
        let other = server.program(&flow.tenant, &[]).await;
        let elsewhere = server.tenant("Fabrikam", "fabrikam.example").await;
        let stranger = server.program(&elsewhere, &[]).await;
        let (access, refresh) = (text(&tokens, "access_token"), text(&tokens, "refresh_token"));
        for token in [access, refresh] {
            assert!(is_active(&server, &flow.app, token).await);
            assert!(!is_active(&server, &other, token).await);
            assert!(!is_active(&server, &stranger, token).await);
        }
        let (front, signature) = access.rsplit_once('.').expect("three parts");
        let forged = format!("{front}.{}", signature.chars().rev().collect::<String>());
        for noise in ["x", "a.b.c", &forged, text(&tokens, "id_token"), &refresh[..refresh.len() - 1], &flow.app.secret]
        {
            assert!(!is_active(&server, &flow.app, noise).await, "{noise}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_app_a_token_is_made_for_hears_about_it_too() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let (api, client) = (server.program(&tenant, &[]).await, server.program(&tenant, &[]).await);
        for name in [api.client_id.clone(), format!("api://{}", api.client_id)] {
            let answer = server.ask_token(&client, &format!("{name}/.default")).await;
            let answer = answer.json();
            let token = text(&answer, "access_token");
            assert_eq!(said(&server, &api, token).await["aud"], name);
            assert!(is_active(&server, &client, token).await);
            assert!(!is_active(&server, &server.program(&tenant, &[]).await, token).await);
        }
    })
    .await;
}

#[tokio::test]
async fn what_was_ended_is_not_active() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let changes: [(&str, Change); 2] = [
            ("ola", |user, _| user.account_enabled = false),
            ("pia", |user, now| user.sessions_valid_from = now.plus(Duration::from_secs(1))),
        ];
        for (name, change) in changes {
            let user = server.member(&tenant, name, &[]).await;
            let flow = Flow::with(&server, tenant.clone(), user, Method::Password, super::flow::web()).await;
            let tokens = flow.tokens().await;
            let both = [text(&tokens, "access_token"), text(&tokens, "refresh_token")];
            for token in both {
                assert!(is_active(&server, &flow.app, token).await, "{name}");
            }
            let mut user = flow.user.clone();
            change(&mut user, server.clock.now());
            let mut tx = server.write().await.expect("a transaction");
            assert!(users::store::update(&mut tx, &user, server.clock.now()).await.expect("an update"), "{name}");
            tx.commit().await.expect("a commit");
            for token in both {
                assert!(!is_active(&server, &flow.app, token).await, "{name}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_over_is_not_active() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        let first = flow.tokens().await;
        let second = flow.refresh(text(&first, "refresh_token"), &[]).await.json();
        assert!(!is_active(&server, &flow.app, text(&first, "refresh_token")).await);
        assert!(is_active(&server, &flow.app, text(&second, "refresh_token")).await);
        server.clock.advance(Duration::from_secs(3600));
        assert!(!is_active(&server, &flow.app, text(&second, "access_token")).await);
    })
    .await;
}

#[tokio::test]
async fn only_an_app_that_proves_itself_may_ask() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        let tokens = flow.tokens().await;
        let token = text(&tokens, "access_token");
        let path = format!("/{}/oauth2/v2.0/introspect", flow.tenant.id);
        let without = server.post_form(&path, &[("client_id", &flow.app.client_id), ("token", token)], None).await;
        assert_eq!((without.status, number(&without)), (StatusCode::UNAUTHORIZED, 7_000_218));
        let mut liar = server.program(&flow.tenant, &[]).await;
        liar.secret.clone_from(&flow.app.secret);
        let wrong = ask(&server, &liar, token).await;
        assert_eq!((wrong.status, number(&wrong)), (StatusCode::UNAUTHORIZED, 7_000_215));
        assert!(super::logged(&server, flow.tenant.id).await.contains(&7_000_215));
        assert_eq!(number(&ask(&server, &flow.app, "").await), 900_144);

        let basic = oauth_basic(&flow.app);
        let request = Request::post(&path)
            .header(header::AUTHORIZATION, basic)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(format!("token={token}&token_type_hint=access_token")));
        let answer = server.send(request.expect("a request")).await;
        assert_eq!(answer.json()["active"], true, "{}", answer.text);
        let named = format!("{ADDRESS}{path}");
        let document = server.get(&format!("/{}/v2.0/.well-known/openid-configuration", flow.tenant.id)).await.json();
        assert_eq!(document["introspection_endpoint"], named);
    })
    .await;
}

/// RFC 6749 section 2.3.1.
fn oauth_basic(app: &App) -> String {
    use base64::Engine as _;
    let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = format!("{}:{}", encode(&app.client_id), encode(&app.secret));
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair))
}
