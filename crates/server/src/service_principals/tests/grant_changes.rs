//! What changes about grants, for who follows them by delta queries.

use super::app;
use crate::applications::Changes;
use crate::graph::Caller;
use crate::testing::{Answer, TestServer, on_both_engines, person};
use axum::http::Method;
use serde_json::{Value, json};

const DELTA: &str = "/v1.0/oauth2PermissionGrants/delta";

async fn get(server: &TestServer, caller: &Caller, path: &str) -> Answer {
    let path = path.strip_prefix(crate::testing::ADDRESS).unwrap_or(path);
    server.api_as(caller, Method::GET, path, &Value::Null).await
}

/// What every page of a round holds, and the link to the next round.
async fn round(server: &TestServer, caller: &Caller, start: &str) -> (Vec<Value>, String) {
    let (mut items, mut next) = (Vec::new(), start.to_owned());
    loop {
        let page = get(server, caller, &next).await;
        assert_eq!(page.status, 200, "{next}: {}", page.text);
        let page = page.json();
        items.extend(page["value"].as_array().expect("grants").clone());
        if let Some(link) = page["@odata.deltaLink"].as_str() {
            return (items, link.to_owned());
        }
        page["@odata.nextLink"].as_str().expect("a link").clone_into(&mut next);
    }
}

async fn call(server: &TestServer, caller: &Caller, method: Method, path: &str, body: Value) -> Value {
    let answer = server.api_as(caller, method, path, &body).await;
    assert!(answer.status.is_success(), "{path}: {} {}", answer.status, answer.text);
    if answer.text.is_empty() { Value::Null } else { answer.json() }
}

fn removed(grant: &Value, reason: &str) -> Value {
    json!({ "id": grant["id"], "@removed": { "reason": reason } })
}

#[tokio::test]
async fn a_round_tells_what_was_granted_changed_and_taken_back() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let caller = server.administrator(&tenant).await;
        let client = app(&server, &caller, "App", Changes::default()).await.service_principal.id;
        let api = "/v1.0/servicePrincipals(appId='00000003-0000-0000-c000-000000000000')";
        let api = get(&server, &caller, api).await.json()["id"].clone();
        let grants = "/v1.0/oauth2PermissionGrants";
        let new = json!({ "clientId": client, "consentType": "AllPrincipals", "resourceId": api, "scope": "User.Read" });
        let first = call(&server, &caller, Method::POST, grants, new).await;
        let (all, link) = round(&server, &caller, &format!("{DELTA}()?$select=scope")).await;
        assert_eq!(all, [json!({ "id": first["id"], "scope": "User.Read" })]);
        let (none, link) = round(&server, &caller, &link).await;
        assert!(none.is_empty(), "{none:?}");

        let mara = server.member(&tenant, "mara", &[]).await.id;
        let own = json!({
            "clientId": client, "consentType": "Principal", "principalId": mara, "resourceId": api, "scope": "User.ReadWrite",
        });
        let second = call(&server, &caller, Method::POST, grants, own).await;
        let one = format!("{grants}/{}", first["id"].as_str().expect("an id"));
        call(&server, &caller, Method::PATCH, &one, json!({ "scope": "User.Read.All" })).await;
        let (some, link) = round(&server, &caller, &link).await;
        let told: Vec<_> = some.iter().map(|item| (&item["id"], &item["scope"])).collect();
        let expected = [(&second["id"], &json!("User.ReadWrite")), (&first["id"], &json!("User.Read.All"))];
        assert_eq!(told, expected);

        call(&server, &caller, Method::DELETE, &one, Value::Null).await;
        let (gone, link) = round(&server, &caller, &link).await;
        assert_eq!(gone, [removed(&first, "deleted")]);
        let only = format!("{DELTA}?$filter=id eq '{}'", second["id"].as_str().expect("an id")).replace(' ', "%20");
        assert_eq!(round(&server, &caller, &only).await.0.len(), 1);
        let other = format!("{DELTA}?$filter=id%20eq%20'{mara}'");
        assert_eq!(get(&server, &caller, &other).await.status, 400, "it is no id of a grant");

        let guest = person(&server.guest(&tenant, "guest@partner.example").await, Vec::new());
        for path in [DELTA, &link] {
            assert_eq!(get(&server, &guest, path).await.status, 403, "t2: what others granted");
        }
    })
    .await;
}

#[tokio::test]
async fn grants_go_and_come_with_the_app_and_the_person() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let caller = server.administrator(&tenant).await;
        let registered = app(&server, &caller, "App", Changes::default()).await;
        let api = "/v1.0/servicePrincipals(appId='00000003-0000-0000-c000-000000000000')";
        let api = get(&server, &caller, api).await.json()["id"].clone();
        let mara = server.member(&tenant, "mara", &[]).await.id;
        let grant = json!({
            "clientId": registered.service_principal.id, "consentType": "Principal", "principalId": mara,
            "resourceId": api, "scope": "User.ReadWrite",
        });
        let grant = call(&server, &caller, Method::POST, "/v1.0/oauth2PermissionGrants", grant).await;
        let (_, mut link) = round(&server, &caller, DELTA).await;
        for object in [format!("users/{mara}"), format!("applications/{}", registered.application.id)] {
            call(&server, &caller, Method::DELETE, &format!("/v1.0/{object}"), Value::Null).await;
            let (gone, next) = round(&server, &caller, &link).await;
            assert_eq!(gone, [removed(&grant, "changed")], "{object}");
            let id = object.rsplit('/').next().expect("an id");
            call(&server, &caller, Method::POST, &format!("/v1.0/directory/deletedItems/{id}/restore"), Value::Null)
                .await;
            let (back, next) = round(&server, &caller, &next).await;
            assert_eq!((back.len(), &back[0]["id"], &back[0]["scope"]), (1, &grant["id"], &grant["scope"]), "{object}");
            link = next;
        }
        call(&server, &caller, Method::DELETE, &format!("/v1.0/users/{mara}"), Value::Null).await;
        call(&server, &caller, Method::DELETE, &format!("/v1.0/directory/deletedItems/{mara}"), Value::Null).await;
        let (gone, _) = round(&server, &caller, &link).await;
        assert_eq!(gone, [removed(&grant, "deleted")], "with the person, for good");
    })
    .await;
}
