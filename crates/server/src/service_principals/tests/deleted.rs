//! Service principals that were deleted by themselves: found, brought back, gone for good.

use super::app;
use crate::applications::{Changes, SigningAlgorithm};
use crate::graph::{Caller, Permission};
use crate::service_principals::Registered;
use crate::testing::{Answer, TestServer, on_both_engines, watch};
use crate::token_lifetimes::tests::{give, made as policy};
use crate::{deleted, deleted_items};
use axum::http::Method;
use serde_json::{Value, json};
use std::time::Duration;

const LIST: &str = "/v1.0/directory/deletedItems/microsoft.graph.servicePrincipal";

async fn call(server: &TestServer, caller: &Caller, method: Method, path: &str, body: Value) -> Answer {
    server.api_as(caller, method, path, &body).await
}

async fn get(server: &TestServer, caller: &Caller, path: &str) -> Value {
    let answer = call(server, caller, Method::GET, path, Value::Null).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    answer.json()
}

async fn made(server: &TestServer, caller: &Caller, path: &str, body: Value) -> Value {
    let answer = call(server, caller, Method::POST, path, body).await;
    assert!(answer.status.is_success(), "{path}: {}", answer.text);
    answer.json()
}

/// A program with a secret, somebody assigned, something granted to it, a policy of its tokens and a group it belongs to; and the
/// secret.
async fn furnished(server: &TestServer, admin: &Caller, person: &str) -> (Registered, String) {
    let properties = Changes { signing_algorithm: Some(SigningAlgorithm::Es256), ..Changes::default() };
    let registered = app(server, admin, "Program", properties).await;
    let principal = registered.service_principal.id;
    let path = format!("/v1.0/servicePrincipals/{principal}");
    let secret = made(server, admin, &format!("{path}/addPassword"), json!({})).await;
    let secret = secret["secretText"].as_str().expect("a secret").to_owned();
    watch::keep(&secret);
    let default = "00000000-0000-0000-0000-000000000000";
    let assigned = json!({ "principalId": person, "resourceId": principal, "appRoleId": default });
    made(server, admin, &format!("{path}/appRoleAssignedTo"), assigned).await;
    let api = "/v1.0/servicePrincipals(appId='00000003-0000-0000-c000-000000000000')";
    let api = get(server, admin, api).await["id"].clone();
    let role = Permission::UserReadAll.role_id();
    let permission = json!({ "principalId": principal, "resourceId": api, "appRoleId": role });
    made(server, admin, &format!("{path}/appRoleAssignments"), permission).await;
    let grant = json!({
        "clientId": principal, "consentType": "AllPrincipals", "resourceId": api, "scope": "User.Read.All",
    });
    made(server, admin, "/v1.0/oauth2PermissionGrants", grant).await;
    let group = json!({
        "displayName": "Robots", "mailNickname": "robots", "mailEnabled": false, "securityEnabled": true,
        "members@odata.bind": [format!("http://localhost:8080/v1.0/directoryObjects/{principal}")],
    });
    made(server, admin, "/v1.0/groups", group).await;
    let lifetime = policy(server, admin.tenant, "00:30:00", false).await;
    give(server, admin.tenant, &format!("servicePrincipals/{principal}"), &lifetime).await;
    (registered, secret)
}

async fn token(server: &TestServer, of: &Registered, secret: &str) -> Answer {
    let client = of.application.app_id.to_string();
    let fields = [
        ("grant_type", "client_credentials"),
        ("client_id", client.as_str()),
        ("client_secret", secret),
        ("scope", "https://graph.microsoft.com/.default"),
    ];
    server.post_form(&format!("/{}/oauth2/v2.0/token", of.application.tenant_id), &fields, None).await
}

/// The tables whose rows name this id. What happened stays told.
async fn tables_naming(server: &TestServer, id: &str) -> Vec<&'static str> {
    let logs = ["directory_audit", "sign_in", "directory_change"];
    let bare = id.replace('-', "");
    let names = |row: &String| {
        let row = row.to_lowercase();
        row.contains(id) || row.contains(&bare)
    };
    let contents = server.contents().await;
    let found = contents.into_iter().filter(|(table, rows)| !logs.contains(table) && rows.iter().any(names));
    found.map(|(table, _)| table).collect()
}

#[tokio::test]
async fn a_deleted_service_principal_comes_back_with_what_hung_on_it() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let admin = server.administrator(&tenant).await;
        let ada = server.member(&tenant, "ada", &[]).await.id.to_string();
        let (registered, secret) = furnished(&server, &admin, &ada).await;
        let before = token(&server, &registered, &secret).await.json();
        let bearer = before["access_token"].as_str().expect("a token").to_owned();
        let id = registered.service_principal.id;
        let path = format!("/v1.0/servicePrincipals/{id}");
        let lists =
            ["appRoleAssignedTo", "appRoleAssignments", "oauth2PermissionGrants", "memberOf", "tokenLifetimePolicies"];
        server.clock.advance(Duration::from_secs(5));
        assert_eq!(call(&server, &admin, Method::DELETE, &path, Value::Null).await.status, 204);
        assert_eq!(token(&server, &registered, &secret).await.json()["error_codes"][0], 700_016);
        assert_eq!(get(&server, &admin, "/v1.0/oauth2PermissionGrants").await["value"], json!([]));

        let listed = format!("{LIST}?$select=id,displayName,deletedDateTime&$count=true");
        let eventual = [("consistencylevel", "eventual")];
        let listed = server.api_with(&admin, Method::GET, &listed, &eventual, &Value::Null).await.json();
        assert_eq!((&listed["@odata.count"], &listed["value"][0]["id"]), (&json!(1), &json!(id)));
        let count = format!("{LIST}/$count");
        assert_eq!(server.api_with(&admin, Method::GET, &count, &eventual, &Value::Null).await.text, "1");
        assert!(listed["value"][0]["deletedDateTime"].is_string(), "{listed}");
        let item = format!("/v1.0/directory/deletedItems/{id}");
        let one = get(&server, &admin, &item).await;
        assert_eq!(one["@odata.type"], "#microsoft.graph.servicePrincipal");
        assert!(one.get("passwordCredentials").is_none() && one["appId"].is_string(), "{one}");

        let restore = format!("{item}/restore");
        assert_eq!(call(&server, &admin, Method::POST, &restore, json!({ "surprise": 1 })).await.status, 400);
        let back = call(&server, &admin, Method::POST, &restore, Value::Null).await;
        assert_eq!((back.status.as_u16(), &back.json()["id"]), (200, &json!(id)), "{}", back.text);
        for list in lists {
            let listed = get(&server, &admin, &format!("{path}/{list}")).await;
            assert_eq!(listed["value"].as_array().map(Vec::len), Some(1), "{list}: {listed}");
        }
        let old = server.api(Method::GET, "/v1.0/users", &bearer, &Value::Null).await;
        assert_eq!(old.status, 401, "a token from before its deletion stays void");
        server.clock.advance(Duration::from_secs(5));
        assert_eq!(token(&server, &registered, &secret).await.status, 200);
        assert_eq!(call(&server, &admin, Method::POST, &restore, Value::Null).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn one_that_comes_back_is_found_by_the_name_its_registration_got_meanwhile() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let admin = server.administrator(&tenant).await;
        let registered = app(&server, &admin, "Before", Changes::default()).await;
        let id = registered.service_principal.id;
        let path = format!("/v1.0/servicePrincipals/{id}");
        assert_eq!(call(&server, &admin, Method::DELETE, &path, Value::Null).await.status, 204);
        let registration = format!("/v1.0/applications/{}", registered.application.id);
        let renamed = json!({ "displayName": "Afterwards" });
        assert_eq!(call(&server, &admin, Method::PATCH, &registration, renamed).await.status, 204);
        let restore = format!("/v1.0/directory/deletedItems/{id}/restore");
        assert_eq!(call(&server, &admin, Method::POST, &restore, Value::Null).await.status, 200);
        let eventual = [("consistencylevel", "eventual")];
        for (query, hits) in [
            ("$filter=startsWith(displayName,'after')", 1),
            ("$filter=startsWith(displayName,'before')", 0),
            ("$search=%22displayName:after%22", 1),
            ("$search=%22displayName:before%22", 0),
        ] {
            let path = format!("/v1.0/servicePrincipals?{query}");
            let found = server.api_with(&admin, Method::GET, &path, &eventual, &Value::Null).await.json();
            assert_eq!(found["value"].as_array().map(Vec::len), Some(hits), "{query}: {found}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_came_in_between_stands_in_the_way() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let admin = server.administrator(&tenant).await;
        let registered = app(&server, &admin, "App", Changes::default()).await;
        let id = registered.service_principal.id;
        let path = format!("/v1.0/servicePrincipals/{id}");
        assert_eq!(call(&server, &admin, Method::DELETE, &path, Value::Null).await.status, 204);
        let client = json!({ "appId": registered.application.app_id });
        let other = made(&server, &admin, "/v1.0/servicePrincipals", client).await;
        let restore = format!("/v1.0/directory/deletedItems/{id}/restore");
        let refused = call(&server, &admin, Method::POST, &restore, Value::Null).await;
        assert_eq!(refused.status, 409, "{}", refused.text);

        let other = format!("/v1.0/servicePrincipals/{}", other["id"].as_str().expect("an id"));
        assert_eq!(call(&server, &admin, Method::DELETE, &other, Value::Null).await.status, 204);
        let registration = registered.application.id;
        let gone = format!("/v1.0/applications/{registration}");
        assert_eq!(call(&server, &admin, Method::DELETE, &gone, Value::Null).await.status, 204);
        let refused = call(&server, &admin, Method::POST, &restore, Value::Null).await;
        assert_eq!((refused.status.as_u16(), &refused.json()["error"]["target"]), (400, &json!("appId")));
        let first = format!("/v1.0/directory/deletedItems/{registration}/restore");
        assert_eq!(call(&server, &admin, Method::POST, &first, Value::Null).await.status, 200);
        let absent = call(&server, &admin, Method::GET, &path, Value::Null).await;
        assert_eq!(absent.status, 404, "it was deleted by itself, and does not come with the registration");
        assert_eq!(call(&server, &admin, Method::POST, &restore, Value::Null).await.status, 200);
        assert_eq!(call(&server, &admin, Method::GET, &path, Value::Null).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn a_purged_service_principal_leaves_nothing_but_its_registration() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let admin = server.administrator(&tenant).await;
        let ada = server.member(&tenant, "ada", &[]).await.id.to_string();
        let (by_hand, _) = furnished(&server, &admin, &ada).await;
        let (by_age, _) = furnished(&server, &admin, &ada).await;
        for registered in [&by_hand, &by_age] {
            let path = format!("/v1.0/servicePrincipals/{}", registered.service_principal.id);
            assert_eq!(call(&server, &admin, Method::DELETE, &path, Value::Null).await.status, 204);
        }
        let id = by_hand.service_principal.id.to_string();
        let item = format!("/v1.0/directory/deletedItems/{id}");
        let reader = server.application(tenant.id, &[Permission::ApplicationReadAll]);
        assert_eq!(call(&server, &reader, Method::GET, &item, Value::Null).await.status, 200);
        assert_eq!(call(&server, &reader, Method::DELETE, &item, Value::Null).await.status, 403);
        assert_eq!(call(&server, &admin, Method::DELETE, &item, Value::Null).await.status, 204);
        assert_eq!(call(&server, &admin, Method::GET, &item, Value::Null).await.status, 404);
        assert!(tables_naming(&server, &id).await.is_empty(), "{:?}", tables_naming(&server, &id).await);
        let registration = format!("/v1.0/applications/{}", by_hand.application.id);
        assert_eq!(get(&server, &admin, &registration).await["displayName"], "Program");

        server.clock.advance(deleted_items::KEPT);
        server.clock.advance(Duration::from_secs(1));
        let id = by_age.service_principal.id.to_string();
        let late = format!("/v1.0/directory/deletedItems/{id}");
        assert_eq!(call(&server, &admin, Method::GET, &late, Value::Null).await.status, 404, "its time is over");
        assert!(!tables_naming(&server, &id).await.is_empty());
        assert_eq!(deleted_items::purge(&server, deleted::OWNERS).await.expect("purged"), 1);
        assert!(tables_naming(&server, &id).await.is_empty(), "{:?}", tables_naming(&server, &id).await);
    })
    .await;
}
