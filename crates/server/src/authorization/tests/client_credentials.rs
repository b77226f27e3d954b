//! Programs that act for themselves, and the way from their token to a caller.

use super::{claims, logged};
use crate::authorization::tokens;
use crate::graph::{Actor, Caller, Permission, Role};
use crate::service_principals::{self, ServicePrincipalChanges};
use crate::sign_in::session;
use crate::testing::{ADDRESS, TestServer, on_both_engines};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use oauth::claims::AccessTokenClaims;
use oauth::jose::Algorithm;
use serde_json::{Value, json};

#[tokio::test]
async fn a_program_gets_its_permissions_for_each_name_of_the_api() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let app = server.program(&tenant, &[Permission::UserInviteAll]).await;
        for audience in
            [ADDRESS, "http://localhost", "https://graph.microsoft.com", "00000003-0000-0000-c000-000000000000"]
        {
            let scope = format!("{audience}/.default");
            let answer = server.ask_token(&app, &scope).await;
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
            assert_eq!(answer.header("cache-control"), "no-store");
            let answer = answer.json();
            assert_eq!(answer["scope"], scope);
            assert_eq!(answer["expires_in"], 3600);
            let token = answer["access_token"].as_str().expect("a token");
            let says = claims(token);
            assert_eq!(says["aud"], audience);
            assert_eq!(says["iss"], format!("{ADDRESS}/{}/v2.0", tenant.id));
            assert_eq!(says["roles"], json!(["User.Invite.All"]));
            assert_eq!(says["idtyp"], "app");
            assert_eq!(says.get("scp"), None);
            let caller = read(&server, token).await.expect("a caller");
            let Actor::Application(program) = caller.actor else { panic!("a program") };
            assert_eq!(program.permissions, [Permission::UserInviteAll]);
        }
        assert_eq!(logged(&server, tenant.id).await, [0; 4]);
    })
    .await;
}

#[tokio::test]
async fn a_wrong_secret_an_unknown_app_and_another_tenant_are_refused_by_number() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let other = server.tenant("Fabrikam", "fabrikam.example").await;
        let mut app = server.program(&tenant, &[]).await;
        let scope = "https://graph.microsoft.com/.default";
        let secret = std::mem::replace(&mut app.secret, server.program(&other, &[]).await.secret);
        assert_eq!(number(&server.ask_token(&app, scope).await.json()), 7_000_215);
        app.secret = secret;
        assert_eq!(server.ask_token(&app, scope).await.status, StatusCode::OK);
        assert_eq!(number(&server.ask_token(&app, "User.Read").await.json()), 1_002_012);
        assert_eq!(number(&server.ask_token(&app, "api://nobody/.default").await.json()), 500_011);
        app.tenant = other.id;
        let answer = server.ask_token(&app, scope).await;
        assert_eq!(number(&answer.json()), 700_016);
        assert!(answer.json()["error_description"].as_str().expect("text").starts_with("AADSTS700016: "));
        assert_eq!(logged(&server, tenant.id).await, [0, 500_011, 7_000_215]);
        assert_eq!(logged(&server, other.id).await, [0_i64; 0]);
    })
    .await;
}

#[tokio::test]
async fn x10_wrong_secrets_without_end_become_a_number_on_one_row() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let mut app = server.program(&tenant, &[]).await;
        let scope = "https://graph.microsoft.com/.default";
        let secret = std::mem::replace(&mut app.secret, "wrong".to_owned());
        for _ in 0..25 {
            assert_eq!(number(&server.ask_token(&app, scope).await.json()), 7_000_215);
        }
        app.secret = secret;
        assert_eq!(server.ask_token(&app, scope).await.status, StatusCode::OK);
        assert_eq!(
            logged(&server, tenant.id).await.len(),
            1 + 10 + 1,
            "the success, ten failures, and one that counts"
        );
        let filter = crate::audit::SignInFilter::default();
        let mut tx = server.read().await.expect("a connection");
        let rows = crate::audit::store::list_sign_ins(&mut tx, tenant.id, &filter, None, 100).await.expect("rows");
        assert_eq!(rows.iter().map(|row| row.attempts).sum::<i64>(), 26, "nothing is left out");
        let counting = rows.iter().find(|row| row.attempts > 1).expect("the row that counts");
        assert!(counting.reason().ends_with("15 times within this hour."), "{}", counting.reason());
        drop(tx);

        server.clock.advance(std::time::Duration::from_hours(1));
        app.secret = "wrong".to_owned();
        server.ask_token(&app, scope).await;
        assert_eq!(logged(&server, tenant.id).await.len(), 13, "the next hour begins anew");
    })
    .await;
}

#[tokio::test]
async fn a8_grants_that_put_passwords_or_secrets_into_the_open_are_refused() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let app = server.program(&tenant, &[]).await;
        let path = format!("/{}/oauth2/v2.0/token", tenant.id);
        let id = app.client_id.as_str();
        let password = [("grant_type", "password"), ("client_id", id), ("username", "a"), ("password", "b")];
        assert_eq!(server.post_form(&path, &password, None).await.json()["error"], "unsupported_grant_type");
        let fields = [
            ("grant_type", "client_credentials"),
            ("client_id", id),
            ("client_secret", app.secret.as_str()),
            ("scope", "https://graph.microsoft.com/.default"),
        ];
        let answer = server.post_form(&path, &fields, Some("https://app.example")).await;
        assert_eq!(number(&answer.json()), 9_002_326);
        assert_eq!(answer.header("access-control-allow-origin"), "");
        let json = Request::post(&path).header("content-type", "application/json");
        let json = json.body(Body::from(r#"{"grant_type":"client_credentials"}"#)).expect("a request");
        assert_eq!(server.send(json).await.json()["error"], "invalid_request");
    })
    .await;
}

#[tokio::test]
async fn what_an_administrator_takes_away_ends_at_once() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let app = server.program(&tenant, &[Permission::UserReadAll]).await;
        let token = server.token(&app).await;
        assert!(read(&server, &token).await.is_ok());
        let key = service_principals::operations::Key::Id(app.registered.service_principal.id);
        let changes = ServicePrincipalChanges { account_enabled: Some(false), ..ServicePrincipalChanges::default() };
        let caller = Caller::system(tenant.id);
        let mut tx = server.write().await.expect("a transaction");
        service_principals::operations::update(&mut tx, &server, &caller, key, changes).await.expect("switched off");
        tx.commit().await.expect("a commit");
        assert!(read(&server, &token).await.is_err());
        let refused = server.ask_token(&app, "https://graph.microsoft.com/.default").await;
        assert_eq!(number(&refused.json()), 7_000_112);
        assert_eq!(logged(&server, tenant.id).await, [0, 50_013, 7_000_112]);
    })
    .await;
}

#[tokio::test]
async fn a5_a_token_of_another_tenant_kind_audience_or_time_opens_nothing() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let other = server.tenant("Fabrikam", "fabrikam.example").await;
        let app = server.program(&tenant, &[Permission::UserReadAll]).await;
        let good: AccessTokenClaims = serde_json::from_value(claims(&server.token(&app).await)).expect("claims");
        let foreign = server.signing_keys.signer(&server, other.id, Algorithm::Es256).await.expect("a key");
        let own = server.signing_keys.signer(&server, tenant.id, Algorithm::Es256).await.expect("a key");
        let sign = |claims: &AccessTokenClaims| own.sign(claims, tokens::ACCESS_TYPE).expect("a token");
        assert!(read(&server, &sign(&good)).await.is_ok());

        let renamed = AccessTokenClaims { tid: other.id.to_string(), ..good.clone() };
        let issuer = AccessTokenClaims { iss: tokens::issuer(&server, other.id), ..good.clone() };
        let audience = AccessTokenClaims { aud: app.client_id.clone(), ..good.clone() };
        let expired = AccessTokenClaims { exp: good.iat, ..good.clone() };
        let early = AccessTokenClaims { nbf: good.iat + 600, ..good.clone() };
        for (name, token) in [
            ("signed by another tenant", foreign.sign(&good, tokens::ACCESS_TYPE).expect("a token")),
            ("another tenant, own key", sign(&renamed)),
            ("issuer of another tenant", sign(&issuer)),
            ("another audience", sign(&audience)),
            ("expired", sign(&expired)),
            ("not yet", sign(&early)),
            ("of the kind of an ID token", own.sign(&good, tokens::ID_TYPE).expect("a token")),
            ("no token", "abc".to_owned()),
        ] {
            let answer = server.api(Method::GET, "/v1.0/me", &token, &Value::Null).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{name}");
            assert_eq!(answer.json()["error"]["code"], "InvalidAuthenticationToken", "{name}");
            assert!(answer.header("www-authenticate").starts_with("Bearer "), "{name}");
        }
        let missing = server.get("/v1.0/me").await;
        assert_eq!(missing.json()["error"]["message"], "Access token is empty.");
        // One row for each token that is the tenant's own; the zero is the one that was given for the secret.
        assert_eq!(logged(&server, tenant.id).await, [0, 50_013, 50_013, 50_013, 50_013, 50_013]);
    })
    .await;
}

#[tokio::test]
async fn a_person_calls_the_api_through_an_app_with_what_both_may() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let user = server.member(&tenant, "mara", &[Role::GuestInviter]).await;
        let app = server.app(&tenant, "Expenses", super::flow::web()).await;
        let mut tx = server.write().await.expect("a transaction");
        let system = Caller::system(tenant.id);
        let client = &app.registered.service_principal;
        let granted = [Permission::UserInviteAll];
        service_principals::grant_delegated(&mut tx, &server, &system, client, &granted).await.expect("granted");
        tx.commit().await.expect("a commit");
        let redirect = super::flow::REDIRECT;
        let method = session::Method::Password;
        let tokens = server.tokens_for(&app, redirect, &user, method, "User.Read User.Invite.All").await;
        let token = tokens["access_token"].as_str().expect("a token");
        let caller = read(&server, token).await.expect("a caller");
        let person = caller.user().expect("a person");
        assert_eq!((person.id, person.roles.as_slice()), (user.id, [Role::GuestInviter].as_slice()));
        let delegated = person.delegated.as_ref().expect("an app");
        assert_eq!(delegated.permissions, [Permission::UserRead, Permission::UserInviteAll]);

        let mut tx = server.write().await.expect("a transaction");
        service_principals::grant_delegated(&mut tx, &server, &system, client, &[]).await.expect("taken back");
        tx.commit().await.expect("a commit");
        let caller = read(&server, token).await.expect("a caller");
        let delegated = caller.user().and_then(|person| person.delegated.clone()).expect("an app");
        assert_eq!(delegated.permissions, [Permission::UserRead]);
    })
    .await;
}

async fn read(server: &TestServer, token: &str) -> Result<Caller, crate::authorization::bearer::Rejection> {
    let mut headers = axum::http::HeaderMap::new();
    headers.insert("authorization", format!("Bearer {token}").parse().expect("a header"));
    crate::authorization::bearer::authenticate(server, &headers).await.map(|bearer| bearer.caller)
}

fn number(answer: &Value) -> i64 {
    answer["error_codes"][0].as_i64().expect("a number")
}
