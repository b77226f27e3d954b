//! Deleted applications: found, brought back, gone for good.

use crate::graph::{Caller, Permission};
use crate::testing::{Answer, TestServer, on_both_engines, person};
use crate::token_lifetimes::tests::{give, made as policy};
use crate::{deleted, deleted_items};
use axum::http::Method;
use serde_json::{Value, json};
use std::time::Duration;

const LIST: &str = "/v1.0/directory/deletedItems/microsoft.graph.application";

async fn call(server: &TestServer, caller: &Caller, method: Method, path: &str, body: Value) -> Answer {
    server.api_as(caller, method, path, &body).await
}

async fn get(server: &TestServer, caller: &Caller, path: &str) -> Answer {
    call(server, caller, Method::GET, path, Value::Null).await
}

async fn made(server: &TestServer, caller: &Caller, path: &str, body: Value) -> Value {
    let answer = call(server, caller, Method::POST, path, body).await;
    assert!(answer.status.is_success(), "{path}: {}", answer.text);
    answer.json()
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// An app with a secret, an owner, somebody assigned, something granted and policies of its tokens; the ids of both of its objects.
async fn furnished(server: &TestServer, admin: &Caller, person: &str) -> [String; 2] {
    let app = made(server, admin, "/v1.0/applications", json!({ "displayName": "Expenses" })).await;
    let principal = made(server, admin, "/v1.0/servicePrincipals", json!({ "appId": app["appId"] })).await;
    let [app, principal] = [text(&app["id"]), text(&principal["id"])];
    made(server, admin, &format!("/v1.0/applications/{app}/addPassword"), json!({})).await;
    let reference = json!({ "@odata.id": format!("http://localhost:8080/v1.0/users/{person}") });
    for owned in [format!("applications/{app}"), format!("servicePrincipals/{principal}")] {
        let added = call(server, admin, Method::POST, &format!("/v1.0/{owned}/owners/$ref"), reference.clone()).await;
        assert_eq!(added.status, 204, "{}", added.text);
    }
    let default = "00000000-0000-0000-0000-000000000000";
    let assigned = json!({ "principalId": person, "resourceId": principal, "appRoleId": default });
    made(server, admin, &format!("/v1.0/servicePrincipals/{principal}/appRoleAssignedTo"), assigned).await;
    let directory = "/v1.0/servicePrincipals?$filter=appId%20eq%20'00000003-0000-0000-c000-000000000000'";
    let directory = get(server, admin, directory).await.json()["value"][0]["id"].clone();
    let grant = json!({
        "clientId": principal, "consentType": "AllPrincipals", "resourceId": directory, "scope": "User.Read.All",
    });
    made(server, admin, "/v1.0/oauth2PermissionGrants", grant).await;
    let lifetime = policy(server, admin.tenant, "00:30:00", false).await;
    for object in [format!("applications/{app}"), format!("servicePrincipals/{principal}")] {
        give(server, admin.tenant, &object, &lifetime).await;
    }
    [app, principal]
}

/// The entries of a delta query of service principals behind a link, and the link that goes on.
async fn followed(server: &TestServer, caller: &Caller, link: &str) -> (Vec<Value>, String) {
    let page = get(server, caller, link.strip_prefix("http://localhost:8080").unwrap_or(link)).await.json();
    let next = page["@odata.nextLink"].as_str().or_else(|| page["@odata.deltaLink"].as_str()).expect("a link");
    let next = next.to_owned();
    let entries = page["value"].as_array().expect("entries").clone();
    if page["@odata.nextLink"].is_null() {
        return (entries, next);
    }
    let (rest, link) = Box::pin(followed(server, caller, &next)).await;
    ([entries, rest].concat(), link)
}

/// The tables whose rows name one of these ids. What happened stays told.
async fn tables_naming(server: &TestServer, ids: &[String]) -> Vec<&'static str> {
    let logs = ["directory_audit", "sign_in", "directory_change"];
    let bare: Vec<String> = ids.iter().map(|id| id.replace('-', "")).collect();
    let names = |row: &String| {
        let row = row.to_lowercase();
        ids.iter().chain(&bare).any(|id| row.contains(id))
    };
    let contents = server.contents().await;
    let found = contents.into_iter().filter(|(table, rows)| !logs.contains(table) && rows.iter().any(names));
    found.map(|(table, _)| table).collect()
}

#[tokio::test]
async fn a_deleted_application_comes_back_with_what_hung_on_it() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let ada = server.member(&tenant, "ada", &[]).await.id.to_string();
        let [app, principal] = furnished(&server, &admin, &ada).await;
        let (_, link) = followed(&server, &admin, "/v1.0/servicePrincipals/delta").await;
        let path = format!("/v1.0/applications/{app}");
        assert_eq!(call(&server, &admin, Method::DELETE, &path, Value::Null).await.status, 204);
        let (left, link) = followed(&server, &admin, &link).await;
        assert_eq!(left.len(), 1, "{left:?}");
        assert_eq!((&left[0]["id"], &left[0]["@removed"]["reason"]), (&json!(principal), &json!("changed")));

        let listed = get(&server, &admin, &format!("{LIST}?$select=id,displayName,deletedDateTime")).await.json();
        assert_eq!(listed["value"].as_array().map(Vec::len), Some(1));
        assert_eq!((&listed["value"][0]["id"], &listed["value"][0]["displayName"]), (&json!(app), &json!("Expenses")));
        assert!(listed["value"][0]["deletedDateTime"].is_string());
        let item = format!("/v1.0/directory/deletedItems/{app}");
        let one = get(&server, &admin, &format!("{item}?$select=appId")).await.json();
        assert_eq!(one["@odata.type"], "#microsoft.graph.application");
        assert!(one["appId"].is_string() && one.get("passwordCredentials").is_none(), "{one}");

        let restore = format!("{item}/restore");
        let refused = call(&server, &admin, Method::POST, &restore, json!({ "surprise": 1 })).await;
        assert_eq!(refused.status, 400);
        assert_eq!(get(&server, &admin, &path).await.status, 404);
        let back = call(&server, &admin, Method::POST, &restore, Value::Null).await;
        assert_eq!((back.status.as_u16(), &back.json()["id"]), (200, &json!(app)), "{}", back.text);
        let again = get(&server, &admin, &path).await.json();
        assert_eq!(again["passwordCredentials"].as_array().map(Vec::len), Some(1));
        let below = format!("/v1.0/servicePrincipals/{principal}");
        let lists = ["owners", "tokenLifetimePolicies"].map(|list| format!("{path}/{list}")).into_iter();
        let of_principal = ["appRoleAssignedTo", "owners", "tokenLifetimePolicies"];
        for list in lists.chain(of_principal.map(|list| format!("{below}/{list}"))) {
            let listed = get(&server, &admin, &list).await.json();
            assert_eq!(listed["value"].as_array().map(Vec::len), Some(1), "{list}: {listed}");
        }
        let (there, _) = followed(&server, &admin, &link).await;
        assert_eq!((&there[0]["id"], there[0].get("@removed")), (&json!(principal), None));
        assert_eq!(call(&server, &admin, Method::POST, &restore, Value::Null).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn a_purged_application_leaves_nothing() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let ada = server.member(&tenant, "ada", &[]).await.id.to_string();
        let (by_hand, by_age) = (furnished(&server, &admin, &ada).await, furnished(&server, &admin, &ada).await);
        for [app, principal] in [&by_hand, &by_age] {
            let group = json!({
                "displayName": "Robots", "mailNickname": "robots", "mailEnabled": false, "securityEnabled": true,
                "members@odata.bind": [format!("http://localhost:8080/v1.0/directoryObjects/{principal}")],
            });
            made(&server, &admin, "/v1.0/groups", group).await;
            let path = format!("/v1.0/applications/{app}");
            assert_eq!(call(&server, &admin, Method::DELETE, &path, Value::Null).await.status, 204);
        }
        let item = format!("/v1.0/directory/deletedItems/{}", by_hand[0]);
        let mara = person(&server.member(&tenant, "mara", &[]).await, Vec::new());
        let reader = server.application(tenant.id, &[Permission::ApplicationReadAll]);
        assert_eq!(get(&server, &reader, &item).await.status, 200);
        for caller in [&mara, &reader] {
            assert_eq!(call(&server, caller, Method::DELETE, &item, Value::Null).await.status, 403);
        }
        assert_eq!(call(&server, &admin, Method::DELETE, &item, Value::Null).await.status, 204);
        assert_eq!(get(&server, &admin, &item).await.status, 404);
        assert!(tables_naming(&server, &by_hand).await.is_empty(), "{:?}", tables_naming(&server, &by_hand).await);

        server.clock.advance(deleted_items::KEPT);
        server.clock.advance(Duration::from_secs(1));
        let late = format!("/v1.0/directory/deletedItems/{}", by_age[0]);
        assert_eq!(get(&server, &admin, &late).await.status, 404, "its time is over");
        assert_eq!(call(&server, &admin, Method::POST, &format!("{late}/restore"), Value::Null).await.status, 404);
        assert!(!tables_naming(&server, &by_age).await.is_empty());
        assert_eq!(deleted_items::purge(&server, deleted::OWNERS).await.expect("purged"), 1);
        assert!(tables_naming(&server, &by_age).await.is_empty(), "{:?}", tables_naming(&server, &by_age).await);
    })
    .await;
}
