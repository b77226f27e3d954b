//! Delta queries.

use crate::graph::{Caller, Permission};
use crate::testing::{Answer, TestServer, on_both_engines};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use std::time::Duration;

async fn get(server: &TestServer, caller: &Caller, path: &str) -> Answer {
    server.api_as(caller, Method::GET, path, &Value::Null).await
}

fn path(link: &Value) -> String {
    let link = link.as_str().unwrap_or_else(|| panic!("no link: {link}"));
    link[link.find("/v1.0/").expect("an address of the API")..].to_owned()
}

/// Every page of a round, and the link to the next one.
async fn round(server: &TestServer, caller: &Caller, start: &str) -> (Vec<Value>, String) {
    let (mut items, mut next) = (Vec::new(), start.to_owned());
    loop {
        let answer = get(server, caller, &next).await;
        assert_eq!(answer.status, StatusCode::OK, "{next}: {}", answer.text);
        let body = answer.json();
        items.extend(body["value"].as_array().expect("objects").clone());
        if body.get("@odata.deltaLink").is_some() {
            return (items, path(&body["@odata.deltaLink"]));
        }
        next = path(&body["@odata.nextLink"]);
    }
}

fn names(items: &[Value]) -> Vec<&str> {
    items.iter().filter_map(|item| item["displayName"].as_str()).collect()
}

#[tokio::test]
async fn a_round_tells_what_changed_since_the_one_before_and_what_is_gone() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let administrator = server.administrator(&tenant).await;
        let ada = server.member(&tenant, "ada", &[]).await;
        let bob = server.member(&tenant, "bob", &[]).await;
        let (all, link) = round(&server, &administrator, "/v1.0/users/delta?$select=displayName,jobTitle").await;
        assert!(names(&all).contains(&ada.display_name.as_str()), "{all:?}");
        let (none, link) = round(&server, &administrator, &link).await;
        assert!(none.is_empty(), "{none:?}");

        let patch = json!({ "jobTitle": "Auditor" });
        let changed = server.api_as(&administrator, Method::PATCH, &format!("/v1.0/users/{}", ada.id), &patch).await;
        assert_eq!(changed.status, 204);
        let path = format!("/v1.0/users/{}", bob.id);
        assert_eq!(server.api_as(&administrator, Method::DELETE, &path, &Value::Null).await.status, 204);
        let cora = server.member(&tenant, "cora", &[]).await;
        let (some, link) = round(&server, &administrator, &link).await;
        let ids: Vec<&Value> = some.iter().map(|item| &item["id"]).collect();
        assert_eq!(ids, [&json!(ada.id), &json!(bob.id), &json!(cora.id)], "{some:?}");
        assert_eq!(some[0]["jobTitle"], "Auditor");
        assert_eq!(some[1], json!({ "id": bob.id, "@removed": { "reason": "changed" } }));
        let (none, _) = round(&server, &administrator, &link).await;
        assert!(none.is_empty(), "{none:?}");
    })
    .await;
}

#[tokio::test]
async fn both_rounds_come_in_pages() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let administrator = server.administrator(&tenant).await;
        for at in 0..205 {
            server.member(&tenant, &format!("m{at}"), &[]).await;
        }
        let first = get(&server, &administrator, "/v1.0/users/delta?$select=id").await.json();
        assert_eq!(first["value"].as_array().map(Vec::len), Some(200));
        let (rest, link) = round(&server, &administrator, &path(&first["@odata.nextLink"])).await;
        assert_eq!(rest.len(), 6, "{rest:?}");
        let mut users = Vec::new();
        for at in 0..205 {
            users.push(server.member(&tenant, &format!("n{at}"), &[]).await.id.to_string());
        }
        let second = get(&server, &administrator, &link).await.json();
        let mut told: Vec<Value> = second["value"].as_array().expect("objects").clone();
        let (rest, _) = round(&server, &administrator, &path(&second["@odata.nextLink"])).await;
        told.extend(rest);
        let told: Vec<&str> = told.iter().filter_map(|item| item["id"].as_str()).collect();
        assert_eq!(told, users, "each once, in the order of the changes");
    })
    .await;
}

#[tokio::test]
async fn a_round_can_begin_now() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let administrator = server.administrator(&tenant).await;
        let (none, link) = round(&server, &administrator, "/v1.0/applications/delta()?$deltatoken=latest").await;
        assert!(none.is_empty());
        let named = json!({ "displayName": "Expenses" });
        server.api_as(&administrator, Method::POST, "/v1.0/applications", &named).await;
        let (some, _) = round(&server, &administrator, &link).await;
        assert_eq!(names(&some), ["Expenses"]);
    })
    .await;
}

#[tokio::test]
async fn a_service_principal_changes_with_its_registration() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let administrator = server.administrator(&tenant).await;
        let named = json!({ "displayName": "Expenses" });
        let app = server.api_as(&administrator, Method::POST, "/v1.0/applications", &named).await.json();
        let of_app = json!({ "appId": app["appId"] });
        server.api_as(&administrator, Method::POST, "/v1.0/servicePrincipals", &of_app).await;
        let (_, link) = round(&server, &administrator, "/v1.0/servicePrincipals/microsoft.graph.delta()").await;
        let path = format!("/v1.0/applications/{}", app["id"].as_str().expect("an id"));
        let renamed = json!({ "displayName": "Travel" });
        assert_eq!(server.api_as(&administrator, Method::PATCH, &path, &renamed).await.status, 204);
        let (some, _) = round(&server, &administrator, &link).await;
        assert_eq!(names(&some), ["Travel"]);
    })
    .await;
}

#[tokio::test]
async fn some_objects_are_followed_by_their_ids() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let administrator = server.administrator(&tenant).await;
        let (ada, bob) = (server.member(&tenant, "ada", &[]).await, server.member(&tenant, "bob", &[]).await);
        let start = format!("/v1.0/users/delta?$select=id&$filter=id%20eq%20'{}'", ada.id);
        let (some, link) = round(&server, &administrator, &start).await;
        assert_eq!(some.iter().map(|item| &item["id"]).collect::<Vec<_>>(), [&json!(ada.id)]);
        for user in [&ada, &bob] {
            let patch = json!({ "jobTitle": "Auditor" });
            server.api_as(&administrator, Method::PATCH, &format!("/v1.0/users/{}", user.id), &patch).await;
        }
        let (some, _) = round(&server, &administrator, &link).await;
        assert_eq!(some.iter().map(|item| &item["id"]).collect::<Vec<_>>(), [&json!(ada.id)]);
    })
    .await;
}

#[tokio::test]
async fn a_link_of_long_ago_leads_to_the_beginning() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let administrator = server.administrator(&tenant).await;
        let (_, link) = round(&server, &administrator, "/v1.0/users/delta?$select=id").await;
        server.clock.advance(Duration::from_hours(7 * 24 + 1));
        let answer = get(&server, &administrator, &link).await;
        assert_eq!(answer.status, StatusCode::GONE);
        assert_eq!(answer.json()["error"]["code"], "resyncRequired");
        assert!(answer.header("location").ends_with("/v1.0/users/delta?$select=id"), "{}", answer.header("location"));
    })
    .await;
}

#[tokio::test]
async fn what_is_not_asked_this_way_is_refused_by_name() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let administrator = server.administrator(&tenant).await;
        for (query, target) in [
            ("$top=5", "$top"),
            ("$orderby=displayName", "$orderby"),
            ("$expand=sponsors", "$expand"),
            ("$search=%22displayName:a%22", "$search"),
            ("$filter=displayName%20eq%20'a'", "$filter"),
            ("$deltatoken=abc", "$deltatoken"),
            ("$skiptoken=abc", "$skiptoken"),
        ] {
            let answer = get(&server, &administrator, &format!("/v1.0/users/delta?{query}")).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}: {}", answer.text);
            assert_eq!(answer.json()["error"]["target"], target, "{query}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_link_of_another_organisation_or_query_opens_nothing() {
    on_both_engines(async |server| {
        let contoso = server.tenant("Contoso", "contoso.example").await;
        let fabrikam = server.tenant("Fabrikam", "fabrikam.example").await;
        let ours = server.administrator(&contoso).await;
        let theirs = server.administrator(&fabrikam).await;
        let (_, link) = round(&server, &ours, "/v1.0/users/delta?$select=id").await;
        for (caller, path) in [
            (&theirs, link.clone()),
            (&ours, link.replace("=id&", "=id,mail&")),
            (&ours, link.replace("users", "applications")),
        ] {
            let answer = get(&server, caller, &path).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}: {}", answer.text);
        }
        let program = server.application(contoso.id, &[Permission::ApplicationReadAll]);
        let latest = get(&server, &program, "/v1.0/users/delta?$deltatoken=latest").await;
        assert_eq!(latest.status, StatusCode::FORBIDDEN, "{}", latest.text);
    })
    .await;
}

#[tokio::test]
async fn an_object_comes_whole_and_no_preference_is_said_to_be_followed() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let administrator = server.administrator(&tenant).await;
        let ada = server.member(&tenant, "ada", &[]).await;
        let (_, link) = round(&server, &administrator, "/v1.0/users/delta?$select=displayName,jobTitle,city").await;
        let patch = json!({ "jobTitle": "Auditor" });
        let changed = server.api_as(&administrator, Method::PATCH, &format!("/v1.0/users/{}", ada.id), &patch).await;
        assert_eq!(changed.status, 204);
        let minimal = [("prefer", "return=minimal")];
        let answer = server.api_with(&administrator, Method::GET, &link, &minimal, &Value::Null).await;
        assert_eq!(answer.header("preference-applied"), "");
        let whole = &answer.json()["value"][0];
        assert_eq!((&whole["displayName"], &whole["jobTitle"]), (&json!("ada"), &json!("Auditor")), "{whole}");
        assert_eq!(whole.get("city"), Some(&Value::Null), "what did not change is there too");
    })
    .await;
}
