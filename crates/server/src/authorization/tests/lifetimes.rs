//! How long tokens are good: as long as the policies say that hold for whoever reads them.

use super::claims;
use super::flow::{Flow, text};
use super::foreign::{for_several, set_policies, standing, stranger};
use crate::applications::Changes;
use crate::graph::Permission;
use crate::platform::ids::TenantId;
use crate::tenants::ConsentPolicy;
use crate::testing::{App, Recorder, TestServer, on_both_engines};
use crate::token_lifetimes::definition_of;
use crate::token_lifetimes::tests::{POLICIES, give, made, manager};
use axum::http::Method;
use serde_json::{Value, json};
use std::time::Duration;

const DIRECTORY: &str = "https://graph.microsoft.com/.default";

/// How long a token is good, in seconds.
fn length(token: &str) -> i64 {
    let says = claims(token);
    let [from, to] = ["iat", "exp"].map(|name| says[name].as_i64().expect("an instant"));
    to - from
}

/// How long the access token of an answer is good, which the answer says as well.
fn access(answer: &Value) -> i64 {
    let length = length(text(answer, "access_token"));
    assert_eq!((&answer["expires_in"], &answer["ext_expires_in"]), (&json!(length), &json!(length)));
    length
}

/// How long the tokens of an answer are good: access token, ID token.
fn both(answer: &Value) -> [i64; 2] {
    [access(answer), length(text(answer, "id_token"))]
}

/// How long the token of a program is good.
async fn given(server: &TestServer, app: &App, scope: &str) -> i64 {
    let answer = server.ask_token(app, scope).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    access(&answer.json())
}

fn registration(app: &App) -> String {
    format!("applications/{}", app.registered.application.id)
}

fn principal(app: &App) -> String {
    format!("servicePrincipals/{}", app.registered.service_principal.id)
}

/// What asks for a token that the app itself reads.
fn of(app: &App) -> String {
    format!("api://{}/.default", app.client_id)
}

/// Sends a call about policies that is to succeed without an answer.
async fn send(server: &TestServer, tenant: TenantId, method: Method, path: &str, body: Value) {
    let answer = server.api_as(&manager(server, tenant), method, path, &body).await;
    assert_eq!(answer.status, 204, "{path}: {}", answer.text);
}

#[tokio::test]
async fn whoever_reads_a_token_decides_how_long_it_is_good() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        let (tenant, app) = (flow.tenant.id, &flow.app);
        let ledger = server.app(&flow.tenant, "Ledger", Changes::default()).await;
        assert_eq!(both(&flow.tokens().await), [3600, 3600], "where nobody says otherwise");
        made(&server, tenant, "02:00:00", true).await;
        give(&server, tenant, &principal(app), &made(&server, tenant, "00:10:00", false).await).await;
        give(&server, tenant, &registration(&ledger), &made(&server, tenant, "1.00:00:00", false).await).await;

        let tokens = flow.tokens().await;
        assert_eq!(both(&tokens), [7200, 600], "the directory API reads the one, the app the other");
        let refreshed = flow.refresh(text(&tokens, "refresh_token"), &[]).await.json();
        assert_eq!(both(&refreshed), [7200, 600]);
        let own = format!("openid offline_access {}", of(app));
        let code = flow.ask(&[("scope", &own)]).await["code"].clone();
        let tokens = flow.redeem(&code, &[]).await.json();
        assert_eq!(both(&tokens), [600, 600]);
        let refreshed = flow.refresh(text(&tokens, "refresh_token"), &[]).await.json();
        assert_eq!(both(&refreshed), [600, 600]);

        for (client, scope, seconds) in [
            (app, DIRECTORY.to_owned(), 7200),
            (app, of(&ledger), 86_400),
            (&ledger, DIRECTORY.to_owned(), 7200),
            (&ledger, of(app), 600),
        ] {
            assert_eq!(given(&server, client, &scope).await, seconds, "{scope}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_nearer_to_the_app_wins_and_every_change_binds_at_once() {
    on_both_engines(async |server| {
        server.caught_up().await;
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let app = server.program(&tenant, &[]).await;
        let (scope, tenant) = (of(&app), tenant.id);
        let now = async || given(&server, &app, &scope).await;
        assert_eq!(now().await, 3600);
        let default = made(&server, tenant, "02:00:00", true).await;
        assert_eq!(now().await, 7200);
        let of_registration = made(&server, tenant, "00:30:00", false).await;
        assert_eq!(now().await, 7200, "it was given to nothing");
        give(&server, tenant, &registration(&app), &of_registration).await;
        assert_eq!(now().await, 1800);
        let of_principal = made(&server, tenant, "00:10:00", false).await;
        give(&server, tenant, &principal(&app), &of_principal).await;
        assert_eq!(now().await, 600);
        let [default, of_registration, of_principal] =
            [default, of_registration, of_principal].map(|policy| format!("{POLICIES}/{policy}"));
        let change = json!({ "definition": [definition_of("00:20:00")] });
        send(&server, tenant, Method::PATCH, &of_principal, change).await;
        assert_eq!(now().await, 1200);
        send(&server, tenant, Method::DELETE, &of_principal, Value::Null).await;
        assert_eq!(now().await, 1800);
        let policy = of_registration.rsplit('/').next().expect("an id");
        let held = format!("/v1.0/{}/tokenLifetimePolicies/{policy}/$ref", registration(&app));
        send(&server, tenant, Method::DELETE, &held, Value::Null).await;
        assert_eq!(now().await, 7200);
        send(&server, tenant, Method::PATCH, &default, json!({ "isOrganizationDefault": false })).await;
        assert_eq!(now().await, 3600);
    })
    .await;
}

#[tokio::test]
async fn a_token_is_good_until_its_end_and_no_longer() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let app = server.program(&tenant, &[Permission::UserReadAll]).await;
        let default = format!("{POLICIES}/{}", made(&server, tenant.id, "1.00:00:00", true).await);
        for (lifetime, seconds) in [("1.00:00:00", 86_400), ("00:10:00", 600)] {
            let said = json!({ "definition": [definition_of(lifetime)] });
            send(&server, tenant.id, Method::PATCH, &default, said).await;
            let token = server.token(&app).await;
            assert_eq!(length(&token), seconds);
            server.clock.advance(Duration::from_secs(seconds.unsigned_abs() - 1));
            // What was given before stays as it is, whatever is said afterwards.
            let said = json!({ "definition": [definition_of("05:00:00")] });
            send(&server, tenant.id, Method::PATCH, &default, said).await;
            assert_eq!(server.api(Method::GET, "/v1.0/users", &token, &Value::Null).await.status, 200, "{lifetime}");
            server.clock.advance(Duration::from_secs(1));
            assert_eq!(server.api(Method::GET, "/v1.0/users", &token, &Value::Null).await.status, 401, "{lifetime}");
        }
    })
    .await;
}

#[tokio::test]
async fn t1_an_app_of_another_organisation_obeys_the_policies_here_and_none_of_its_own() {
    on_both_engines(async |server| {
        let (flow, home) = stranger(&server, for_several()).await;
        let (tenant, app) = (flow.tenant.id, &flow.app);
        made(&server, home.id, "00:20:00", true).await;
        give(&server, home.id, &registration(app), &made(&server, home.id, "00:10:00", false).await).await;
        assert_eq!(given(&server, app, &of(app)).await, 600, "at home");

        set_policies(&server, &flow.tenant, &[ConsentPolicy::Legacy.as_str()]).await;
        flow.browser.get(&flow.address(&[("scope", "openid offline_access User.ReadWrite")])).await;
        flow.browser.submit(&[("answer", "accept")]).await;
        let tokens = flow.redeem(&flow.arrived()["code"].clone(), &[]).await.json();
        assert_eq!(both(&tokens), [3600, 3600], "nobody here says otherwise");
        let here = standing(&server, &flow.tenant, app).await.expect("it stands here");
        let policy = made(&server, tenant, "02:00:00", false).await;
        give(&server, tenant, &format!("servicePrincipals/{}", here.id), &policy).await;
        let tokens = flow.refresh(text(&tokens, "refresh_token"), &[]).await.json();
        assert_eq!(both(&tokens), [3600, 7200]);
        made(&server, tenant, "03:00:00", true).await;
        let tokens = flow.refresh(text(&tokens, "refresh_token"), &[]).await.json();
        assert_eq!(both(&tokens), [10_800, 7200]);
        assert_eq!(given(&server, app, &of(app)).await, 600, "and nothing changes at home");
    })
    .await;
}

/// What is kept of an app says how long its tokens are good: a policy costs no statement.
#[tokio::test]
async fn a_policy_is_read_with_the_app() {
    on_both_engines(async |server| {
        server.caught_up().await;
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let app = server.program(&tenant, &[]).await;
        let policy = format!("{POLICIES}/{}", made(&server, tenant.id, "02:00:00", true).await);
        give(&server, tenant.id, &registration(&app), &made(&server, tenant.id, "00:30:00", false).await).await;
        let scope = of(&app);
        for _ in 0..2 {
            given(&server, &app, &scope).await;
        }
        server.flush_sign_ins().await;
        let recorder = Recorder::start();
        given(&server, &app, &scope).await;
        let kept = recorder.work();
        assert_eq!(kept.count(), (0, 0), "{kept:#?}");
        server.flush_sign_ins().await;
        let change = json!({ "displayName": "Renamed" });
        send(&server, tenant.id, Method::PATCH, &policy, change).await;
        recorder.take();
        given(&server, &app, &scope).await;
        let anew = recorder.work();
        assert_eq!(anew.count(), (2, 0), "the app as it stands here, and its registration: {anew:#?}");
    })
    .await;
}
