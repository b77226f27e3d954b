//! Policies of what people may consent to that an organisation makes itself.

use crate::graph::{Caller, Permission, Role};
use crate::testing::{Answer, TestServer, on_both_engines, person};
use axum::http::Method;
use serde_json::{Value, json};

const POLICIES: &str = "/v1.0/policies/permissionGrantPolicies";
const ASSIGNED: &str = "/v1.0/policies/authorizationPolicy";

async fn send(server: &TestServer, caller: &Caller, method: Method, path: &str, body: &Value) -> Answer {
    server.api_as(caller, method, &format!("{POLICIES}{path}"), body).await
}

#[tokio::test]
async fn a_policy_is_made_changed_filled_and_removed() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let mia = server.member(&tenant, "mia", &[]).await;
        let privileged = person(&mia, vec![Role::PrivilegedRoleAdministrator]);
        let call =
            async |method: Method, path: &str, body: Value| send(&server, &privileged, method, path, &body).await;
        let new = json!({ "id": "My-Own", "displayName": "Own", "description": "What we let people do" });
        let made = call(Method::POST, "", new.clone()).await;
        assert_eq!(made.status, 201, "{}", made.text);
        assert_eq!((&made.json()["id"], &made.json()["includes"]), (&json!("my-own"), &json!([])));
        assert_eq!(call(Method::POST, "", new).await.status, 409);
        let changed = call(Method::PATCH, "/MY-OWN", json!({ "displayName": "Ours", "description": null })).await;
        assert_eq!(changed.status, 204, "{}", changed.text);
        let set = json!({
            "permissionType": "delegated",
            "permissionClassification": "low",
            "resourceApplication": "any",
            "permissions": ["all"],
            "clientApplicationIds": [tenant.id],
            "clientApplicationTenantIds": [tenant.id],
            "clientApplicationPublisherIds": ["1234567"],
            "clientApplicationsFromVerifiedPublisherOnly": true,
        });
        let included = call(Method::POST, "/my-own/includes", set.clone()).await;
        assert_eq!(included.status, 201, "{}", included.text);
        let excluded = call(Method::POST, "/my-own/excludes", json!({ "permissionType": "application" })).await.json();
        for (name, value) in set.as_object().expect("an object") {
            assert_eq!(included.json()[name], *value, "{name}");
        }
        let whole = call(Method::GET, "/my-own", Value::Null).await.json();
        assert_eq!((&whole["displayName"], &whole["description"]), (&json!("Ours"), &Value::Null));
        assert_eq!(whole["includes"][0]["id"], included.json()["id"]);
        assert_eq!(whole["excludes"][0]["clientApplicationIds"], json!(["all"]));
        assert_eq!(whole["excludes"][0]["permissionClassification"], "all");
        let all = call(Method::GET, "", Value::Null).await.json();
        assert_eq!(all["value"].as_array().map(Vec::len), Some(4));
        let listed = call(Method::GET, "/my-own/excludes", Value::Null).await.json();
        assert_eq!(listed["value"][0]["permissionType"], "application");

        let of_excludes = format!("/my-own/excludes/{}", excluded["id"].as_str().expect("an id"));
        let elsewhere = of_excludes.replace("excludes", "includes");
        assert_eq!(call(Method::DELETE, &elsewhere, Value::Null).await.status, 404);
        assert_eq!(call(Method::DELETE, &of_excludes, Value::Null).await.status, 204);
        assert_eq!(call(Method::DELETE, &of_excludes, Value::Null).await.status, 404);

        // One that is assigned stays.
        let assign = async |names: Value| {
            let body = json!({ "defaultUserRolePermissions": { "permissionGrantPoliciesAssigned": names } });
            server.api_as(&privileged, Method::PATCH, ASSIGNED, &body).await.status
        };
        assert_eq!(assign(json!(["ManagePermissionGrantsForSelf.nothing"])).await, 400);
        assert_eq!(assign(json!(["ManagePermissionGrantsForSelf.my-own"])).await, 204);
        let held = server.api_as(&privileged, Method::GET, ASSIGNED, &Value::Null).await.json();
        let held = held["defaultUserRolePermissions"]["permissionGrantPoliciesAssigned"].clone();
        assert_eq!(held, json!(["ManagePermissionGrantsForSelf.my-own"]));
        assert_eq!(call(Method::DELETE, "/my-own", Value::Null).await.status, 400);
        assert_eq!(assign(json!([])).await, 204);
        assert_eq!(call(Method::DELETE, "/my-own", Value::Null).await.status, 204);
        assert_eq!(call(Method::GET, "/my-own", Value::Null).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn what_makes_no_sense_and_what_comes_with_the_server_is_refused() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let other = server.tenant("Fabrikam", "fabrikam.example").await;
        let writer = server.application(tenant.id, &[Permission::PolicyReadWritePermissionGrant]);
        let call = async |method: Method, path: &str, body: Value| send(&server, &writer, method, path, &body).await;
        for (body, target) in [
            (json!({ "displayName": "Own" }), "id"),
            (json!({ "id": "own" }), "displayName"),
            (json!({ "id": "microsoft-own", "displayName": "Own" }), "id"),
            (json!({ "id": "a/b", "displayName": "Own" }), "id"),
            (json!({ "id": "x".repeat(65), "displayName": "Own" }), "id"),
            (json!({ "id": "own", "displayName": " " }), "displayName"),
            (json!({ "id": "own", "displayName": "Own", "includes": [] }), "includes"),
        ] {
            let refused = call(Method::POST, "", body.clone()).await;
            assert_eq!((refused.status.as_u16(), &refused.json()["error"]["target"]), (400, &json!(target)), "{body}");
        }
        assert_eq!(call(Method::POST, "", json!({ "id": "own", "displayName": "Own" })).await.status, 201);
        for (property, value) in [
            ("permissionType", json!(null)),
            ("permissionType", json!("delegatedUserConsentable")),
            ("permissionType", json!("everything")),
            ("permissionClassification", json!("tiny")),
            ("resourceApplication", json!("Graph")),
            ("permissions", json!(["User.Read"])),
            ("permissions", json!([])),
            ("clientApplicationIds", json!(["all", tenant.id])),
            ("clientApplicationTenantIds", json!(["contoso.example"])),
            ("clientApplicationPublisherIds", json!(["Contoso"])),
            ("colour", json!("red")),
        ] {
            let mut body = json!({ "permissionType": "delegated" });
            body[property] = value;
            let refused = call(Method::POST, "/own/includes", body.clone()).await;
            assert_eq!(refused.status, 400, "{body}: {}", refused.text);
            assert_eq!(refused.json()["error"]["target"], property, "{body}");
        }
        let ours = "/microsoft-user-default-low";
        let set = json!({ "permissionType": "delegated" });
        for (method, path, body) in [
            (Method::PATCH, ours.to_owned(), json!({ "displayName": "Mine" })),
            (Method::DELETE, ours.to_owned(), Value::Null),
            (Method::POST, format!("{ours}/includes"), set.clone()),
            (Method::DELETE, format!("{ours}/includes/7b6d1c52-0f0e-4d0b-9a39-0d3f4f6f2a01"), Value::Null),
        ] {
            let refused = call(method.clone(), &path, body).await;
            assert_eq!(refused.status, 400, "{method} {path}: {}", refused.text);
        }
        // Another organisation has policies of its own.
        let stranger = server.application(other.id, &[Permission::PolicyReadWritePermissionGrant]);
        for (method, path) in [(Method::GET, "/own"), (Method::DELETE, "/own"), (Method::POST, "/own/includes")] {
            assert_eq!(send(&server, &stranger, method, path, &set).await.status, 404, "{path}");
        }
    })
    .await;
}
