//! Applications over the wire.

use crate::graph::{Caller, Permission};
use crate::testing::{Answer, TestServer, on_both_engines, person};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

async fn post(server: &TestServer, caller: &Caller, path: &str, body: Value) -> Answer {
    server.api_as(caller, Method::POST, path, &body).await
}

async fn patch(server: &TestServer, caller: &Caller, path: &str, body: Value) -> Answer {
    server.api_as(caller, Method::PATCH, path, &body).await
}

async fn get(server: &TestServer, caller: &Caller, path: &str) -> Answer {
    server.api_as(caller, Method::GET, path, &Value::Null).await
}

async fn delete(server: &TestServer, caller: &Caller, path: &str) -> Answer {
    server.api_as(caller, Method::DELETE, path, &Value::Null).await
}

#[tokio::test]
async fn an_application_lives_under_both_keys() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let program = server.application(tenant.id, &[Permission::ApplicationReadWriteAll]);
        let made = post(&server, &program, "/v1.0/applications", json!({ "displayName": "Expenses" })).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        let app = made.json();
        let (id, client) = (app["id"].as_str().expect("an id"), app["appId"].as_str().expect("a client id"));
        assert_eq!(app["signInAudience"], "AzureADMyOrg");

        let changes = json!({
            "web": { "redirectUris": ["https://app.example/cb"], "homePageUrl": "https://app.example/" },
            "identifierUris": [format!("api://{client}")],
            "api": { "oauth2PermissionScopes": [{
                "id": server.entropy.random_uuid(), "value": "Read", "adminConsentDisplayName": "Read", "isEnabled": true, "type": "User",
            }] },
            "requiredResourceAccess": [{
                "resourceAppId": "00000003-0000-0000-c000-000000000000",
                "resourceAccess": [{ "id": "e1fe6dd8-ba31-4d61-89e7-88639da4683d", "type": "Scope" }],
            }],
        });
        let by_client = format!("/v1.0/applications(appId='{client}')");
        assert_eq!(patch(&server, &program, &by_client, changes).await.status, StatusCode::NO_CONTENT);
        let logout = json!({ "web": { "logoutUrl": "https://app.example/out", "homePageUrl": null } });
        assert_eq!(patch(&server, &program, &by_client, logout).await.status, StatusCode::NO_CONTENT);

        let read = get(&server, &program, &format!("/v1.0/applications/{id}")).await.json();
        assert_eq!(read["web"]["redirectUris"], json!(["https://app.example/cb"]), "what was left out stays");
        assert_eq!(read["web"]["homePageUrl"], Value::Null);
        assert_eq!(read["web"]["logoutUrl"], "https://app.example/out");
        assert_eq!(read["api"]["oauth2PermissionScopes"][0]["value"], "Read");
        assert_eq!(read["requiredResourceAccess"][0]["resourceAccess"][0]["type"], "Scope");

        assert_eq!(delete(&server, &program, &by_client).await.status, StatusCode::NO_CONTENT);
        assert_eq!(get(&server, &program, &by_client).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn a_secret_is_shown_in_one_answer_only() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let program = server.application(tenant.id, &[Permission::ApplicationReadWriteAll]);
        let app = post(&server, &program, "/v1.0/applications", json!({ "displayName": "App" })).await.json();
        let path = format!("/v1.0/applications/{}", app["id"].as_str().expect("an id"));
        let wanted = json!({ "passwordCredential": { "displayName": "CI", "endDateTime": "2027-01-01T00:00:00Z" } });
        let added = post(&server, &program, &format!("{path}/addPassword"), wanted).await;
        assert_eq!(added.status, StatusCode::OK, "{}", added.text);
        let added = added.json();
        let text = added["secretText"].as_str().expect("the secret");
        assert!(text.ends_with(added["hint"].as_str().expect("a hint")));

        let read = get(&server, &program, &path).await;
        assert!(!read.text.contains(text));
        let credential = &read.json()["passwordCredentials"][0];
        assert_eq!((&credential["displayName"], &credential["secretText"]), (&json!("CI"), &Value::Null));
        assert_eq!(credential["endDateTime"], "2027-01-01T00:00:00Z");
        let listed = get(&server, &program, "/v1.0/applications?$select=id,passwordCredentials").await.json();
        assert_eq!(listed["value"][0]["passwordCredentials"][0]["keyId"], added["keyId"]);

        let path = format!("{path}/removePassword");
        let removed = post(&server, &program, &path, json!({ "keyId": added["keyId"] })).await;
        assert_eq!(removed.status, StatusCode::NO_CONTENT);
        let again = post(&server, &program, &path, json!({ "keyId": added["keyId"] })).await;
        assert_eq!((again.status, again.json()["error"]["target"].clone()), (StatusCode::BAD_REQUEST, json!("keyId")));
    })
    .await;
}

#[tokio::test]
async fn lists_are_filtered_sorted_and_cut() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let program = server.application(tenant.id, &[Permission::ApplicationReadWriteAll]);
        let mut clients = Vec::new();
        for name in ["Beta", "alpha", "Gamma"] {
            let app = post(&server, &program, "/v1.0/applications", json!({ "displayName": name })).await.json();
            clients.push(app["appId"].as_str().expect("a client id").to_owned());
        }
        let names = |answer: &Answer| -> Vec<String> {
            let value = answer.json()["value"].clone();
            let items = value.as_array().expect("a list").clone();
            items.iter().map(|item| item["displayName"].as_str().expect("a name").to_owned()).collect()
        };
        let first = get(&server, &program, "/v1.0/applications?$orderby=displayName&$top=2").await;
        assert_eq!(names(&first), ["alpha", "Beta"]);
        let next = first.json()["@odata.nextLink"].as_str().expect("a next page").replace(crate::testing::ADDRESS, "");
        assert_eq!(names(&get(&server, &program, &next).await), ["Gamma"]);
        let one = get(&server, &program, &format!("/v1.0/applications?$filter=appId%20eq%20'{}'", clients[0])).await;
        assert_eq!(names(&one), ["Beta"]);
        let one = get(&server, &program, "/v1.0/applications?$filter=startsWith(displayName,'GA')").await;
        assert_eq!(names(&one), ["Gamma"]);
        let eventual = [("consistencylevel", "eventual")];
        let path = "/v1.0/applications/$count";
        let count = server.api_with(&program, Method::GET, path, &eventual, &Value::Null).await;
        assert_eq!(count.text, "3");
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_is_named_and_nothing_is_kept() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let program = server.application(tenant.id, &[Permission::ApplicationReadWriteAll]);
        for (body, target) in [
            (json!({}), "displayName"),
            (json!({ "displayName": "" }), "displayName"),
            (json!({ "displayName": "a\u{202e}b" }), "displayName"),
            (json!({ "displayName": "a\u{2028}b" }), "displayName"),
            (json!({ "displayName": "A", "passwordCredentials": [] }), "passwordCredentials"),
            (json!({ "displayName": "A", "signInAudience": "AzureADandPersonalMicrosoftAccount" }), "signInAudience"),
            (json!({ "displayName": "A", "web": { "redirectUris": ["http://app.example/"] } }), "web.redirectUris"),
            (
                json!({ "displayName": "A", "web": { "implicitGrantSettings": { "enableIdTokenIssuance": true } } }),
                "web",
            ),
            (json!({ "displayName": "A", "api": { "requestedAccessTokenVersion": 1 } }), "api"),
            (json!({ "displayName": "A", "spa": { "wrong": 1 } }), "spa"),
            (json!({ "displayName": "A", "appRoles": [{ "id": "x" }] }), "appRoles"),
        ] {
            let refused = post(&server, &program, "/v1.0/applications", body).await;
            assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{target}");
            assert_eq!(refused.json()["error"]["target"], target);
        }
        assert_eq!(get(&server, &program, "/v1.0/applications").await.json()["value"], json!([]));
        let path = "/v1.0/applications/not-an-id";
        assert_eq!(get(&server, &program, path).await.status, StatusCode::BAD_REQUEST);
    })
    .await;
}

#[tokio::test]
async fn i5_a5_no_call_reaches_another_tenant() {
    on_both_engines(async |server| {
        let (here, there) = (server.tenant("A", "a.example").await, server.tenant("B", "b.example").await);
        let ours = server.application(here.id, &[Permission::ApplicationReadWriteAll]);
        let theirs = server.application(there.id, &[Permission::ApplicationReadWriteAll]);
        let app = post(&server, &ours, "/v1.0/applications", json!({ "displayName": "App" })).await.json();
        let id = app["id"].as_str().expect("an id");
        let client = app["appId"].as_str().expect("a client id");
        for path in [format!("/v1.0/applications/{id}"), format!("/v1.0/applications(appId='{client}')")] {
            assert_eq!(get(&server, &theirs, &path).await.status, StatusCode::NOT_FOUND);
            assert_eq!(
                patch(&server, &theirs, &path, json!({ "displayName": "X" })).await.status,
                StatusCode::NOT_FOUND
            );
            assert_eq!(delete(&server, &theirs, &path).await.status, StatusCode::NOT_FOUND);
            let add = post(&server, &theirs, &format!("{path}/addPassword"), json!({})).await;
            assert_eq!(add.status, StatusCode::NOT_FOUND);
        }
        assert_eq!(get(&server, &theirs, "/v1.0/applications").await.json()["value"], json!([]));
        let kept = get(&server, &ours, &format!("/v1.0/applications/{id}")).await.json();
        assert_eq!((&kept["displayName"], &kept["passwordCredentials"]), (&json!("App"), &json!([])));
    })
    .await;
}

#[tokio::test]
async fn who_may_read_and_who_may_write() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let member = person(&server.member(&tenant, "mara", &[]).await, Vec::new());
        let reader = server.application(tenant.id, &[Permission::ApplicationReadAll]);
        let other = server.application(tenant.id, &[Permission::UserReadWriteAll]);
        for (caller, status) in [(&member, StatusCode::OK), (&reader, StatusCode::OK), (&other, StatusCode::FORBIDDEN)]
        {
            assert_eq!(get(&server, caller, "/v1.0/applications").await.status, status);
            let refused = post(&server, caller, "/v1.0/applications", json!({ "displayName": "A" })).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN);
        }
    })
    .await;
}

#[tokio::test]
async fn the_signing_algorithm_is_an_extension_of_ours() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let program = server.application(tenant.id, &[Permission::ApplicationReadWriteAll]);
        let app = post(&server, &program, "/v1.0/applications", json!({ "displayName": "App" })).await.json();
        let path = format!("/vestibule/v1/applications(appId='{}')", app["appId"].as_str().expect("a client id"));
        assert_eq!(get(&server, &program, &path).await.json()["signingAlgorithm"], "RS256");
        let changed = patch(&server, &program, &path, json!({ "signingAlgorithm": "ES256" })).await;
        assert_eq!(changed.status, StatusCode::NO_CONTENT);
        assert_eq!(get(&server, &program, &path).await.json()["signingAlgorithm"], "ES256");
        let refused = patch(&server, &program, &path, json!({ "signingAlgorithm": "none" })).await;
        assert_eq!(refused.json()["error"]["target"], "signingAlgorithm");
    })
    .await;
}
