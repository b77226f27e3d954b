//! Secrets of service principals: shown once, good at the token endpoint as long as the service principal stands.

use super::app;
use crate::applications::{Changes, SigningAlgorithm};
use crate::graph::{Caller, Permission};
use crate::platform::Timestamp;
use crate::platform::ids::TenantId;
use crate::service_principals::Registered;
use crate::service_principals::list_store::{self, Beside, Filter};
use crate::testing::{Answer, TestServer, on_both_engines, watch};
use axum::http::Method;
use serde_json::{Value, json};
use std::time::Duration;

async fn program(server: &TestServer, caller: &Caller) -> Registered {
    let properties = Changes { signing_algorithm: Some(SigningAlgorithm::Es256), ..Changes::default() };
    app(server, caller, "Program", properties).await
}

async fn add(server: &TestServer, caller: &Caller, path: &str, body: Value) -> Value {
    let answer = server.api_as(caller, Method::POST, &format!("{path}/addPassword"), &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let added = answer.json();
    watch::keep(added["secretText"].as_str().expect("a secret"));
    added
}

async fn token(server: &TestServer, of: &Registered, secret: &Value) -> Answer {
    let client = of.application.app_id.to_string();
    let fields = [
        ("grant_type", "client_credentials"),
        ("client_id", client.as_str()),
        ("client_secret", secret["secretText"].as_str().expect("a secret")),
        ("scope", "https://graph.microsoft.com/.default"),
    ];
    server.post_form(&format!("/{}/oauth2/v2.0/token", of.application.tenant_id), &fields, None).await
}

/// When the last secret of each app ends, as the list of the portal says it.
async fn ends(server: &TestServer, tenant: TenantId) -> Vec<Option<Timestamp>> {
    let mut tx = server.read().await.expect("a connection");
    let apps = list_store::list(&mut tx, tenant, &Filter::default(), None, 10).await.expect("apps");
    let beside = list_store::list_beside(&mut tx, tenant, &apps, 10).await.expect("their ends");
    beside.iter().map(Beside::ends_at).collect()
}

#[tokio::test]
async fn tokens_are_got_with_a_secret_of_the_service_principal() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let caller = server.administrator(&tenant).await;
        let (program, other) = (program(&server, &caller).await, program(&server, &caller).await);
        let path = format!("/v1.0/servicePrincipals/{}", program.service_principal.id);
        let named = json!({ "passwordCredential": { "displayName": "CI" } });
        let added = add(&server, &caller, &path, named).await;
        let text = added["secretText"].as_str().expect("a secret");
        assert_eq!((&added["displayName"], added["hint"].as_str()), (&json!("CI"), Some(&text[text.len() - 3..])));
        assert_eq!(token(&server, &program, &added).await.status, 200);
        let elsewhere = token(&server, &other, &added).await;
        assert_eq!(elsewhere.status, 401, "{}", elsewhere.text);
        assert_eq!(elsewhere.json()["error_codes"][0], 7_000_215);

        for shown in [path.clone(), format!("/v1.0/servicePrincipals(appId='{}')", program.application.app_id)] {
            let read = server.api_as(&caller, Method::GET, &shown, &Value::Null).await.json();
            assert_eq!(read["passwordCredentials"][0]["keyId"], added["keyId"], "{shown}");
            assert_eq!(read["passwordCredentials"][0]["secretText"], Value::Null, "it was shown once");
        }
        let listed = "/v1.0/servicePrincipals?$select=id,passwordCredentials";
        let listed = server.api_as(&caller, Method::GET, listed, &Value::Null).await.json();
        let counts = listed["value"].as_array().expect("a list").iter().map(|one| {
            let count = one["passwordCredentials"].as_array().map_or(0, Vec::len);
            (one["id"] == json!(program.service_principal.id), count)
        });
        assert!(counts.clone().all(|(is_it, count)| count == usize::from(is_it)) && counts.count() > 1, "{listed}");
        let registration = format!("/v1.0/applications/{}", program.application.id);
        let registration = server.api_as(&caller, Method::GET, &registration, &Value::Null).await.json();
        assert_eq!(registration["passwordCredentials"], json!([]), "it is not of the registration");

        let remove = format!("{path}/removePassword");
        let key = json!({ "keyId": added["keyId"] });
        let wrong = format!("/v1.0/applications/{}/removePassword", program.application.id);
        assert_eq!(server.api_as(&caller, Method::POST, &wrong, &key).await.status, 400);
        assert_eq!(server.api_as(&caller, Method::POST, &remove, &key).await.status, 204);
        assert_eq!(server.api_as(&caller, Method::POST, &remove, &key).await.status, 400);
        assert_eq!(token(&server, &program, &added).await.status, 401, "it was removed");
    })
    .await;
}

#[tokio::test]
async fn a_secret_ends_with_its_time_and_with_its_service_principal() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let caller = server.administrator(&tenant).await;
        let program = program(&server, &caller).await;
        let path = format!("/v1.0/servicePrincipals/{}", program.service_principal.id);
        let end = crate::platform::clock::rfc3339(server.clock.now().plus(Duration::from_mins(5)));
        let short = json!({ "passwordCredential": { "endDateTime": end } });
        let (short, long) = (add(&server, &caller, &path, short).await, add(&server, &caller, &path, json!({})).await);
        assert_eq!(token(&server, &program, &short).await.status, 200);
        server.clock.advance(Duration::from_mins(5));
        assert_eq!(token(&server, &program, &short).await.status, 401, "it has ended");
        assert!(matches!(ends(&server, tenant.id).await.as_slice(), [Some(_)]), "its end is told of");

        assert_eq!(server.api_as(&caller, Method::DELETE, &path, &Value::Null).await.status, 204);
        assert_eq!(token(&server, &program, &long).await.json()["error_codes"][0], 700_016);
        let again = json!({ "appId": program.application.app_id });
        let again = server.api_as(&caller, Method::POST, "/v1.0/servicePrincipals", &again).await;
        assert_eq!(again.status, 201, "{}", again.text);
        assert_eq!(token(&server, &program, &long).await.status, 401, "another service principal does not inherit it");
        assert_eq!(ends(&server, tenant.id).await, [None], "nor does its end hide that there is none");
    })
    .await;
}

#[tokio::test]
async fn service_principals_of_an_app_have_fifty_secrets_together() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let caller = server.administrator(&tenant).await;
        let program = program(&server, &caller).await;
        let path = format!("/v1.0/servicePrincipals/{}", program.service_principal.id);
        for _ in 0..50 {
            add(&server, &caller, &path, json!({})).await;
        }
        let refused = server.api_as(&caller, Method::POST, &format!("{path}/addPassword"), &json!({})).await;
        let error = &refused.json()["error"];
        assert_eq!((refused.status.as_u16(), &error["target"]), (400, &json!("passwordCredentials")), "{error}");
        let registration = format!("/v1.0/applications/{}", program.application.id);
        add(&server, &caller, &registration, json!({})).await;

        // One that comes after it begins with no more room, because nothing was compared less.
        assert_eq!(server.api_as(&caller, Method::DELETE, &path, &Value::Null).await.status, 204);
        let again = json!({ "appId": program.application.app_id });
        let again = server.api_as(&caller, Method::POST, "/v1.0/servicePrincipals", &again).await;
        let next = again.json()["id"].as_str().expect("an id").to_owned();
        let next = format!("/v1.0/servicePrincipals/{next}/addPassword");
        assert_eq!(server.api_as(&caller, Method::POST, &next, &json!({})).await.status, 400);
        let gone = format!("/v1.0/directory/deletedItems/{}", program.service_principal.id);
        assert_eq!(server.api_as(&caller, Method::DELETE, &gone, &Value::Null).await.status, 204);
        assert_eq!(server.api_as(&caller, Method::POST, &next, &json!({})).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn who_may_not_change_it_adds_no_secret() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let caller = server.administrator(&tenant).await;
        let program = program(&server, &caller).await;
        let path = format!("/v1.0/servicePrincipals/{}/addPassword", program.service_principal.id);
        let reader = server.application(tenant.id, &[Permission::ApplicationReadAll]);
        assert_eq!(server.api_as(&reader, Method::POST, &path, &json!({})).await.status, 403);
        let directory = "/v1.0/servicePrincipals(appId='00000003-0000-0000-c000-000000000000')/addPassword";
        assert_eq!(server.api_as(&caller, Method::POST, directory, &json!({})).await.status, 400);
        let chosen = json!({ "passwordCredential": { "secretText": "of my own" } });
        assert_eq!(server.api_as(&caller, Method::POST, &path, &chosen).await.status, 400);
    })
    .await;
}
