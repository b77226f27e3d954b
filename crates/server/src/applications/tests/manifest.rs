//! What a registration says beside its addresses, scopes and roles, and what null takes back.

use crate::graph::{Caller, Permission};
use crate::testing::{Answer, TestServer, on_both_engines};
use axum::http::Method;
use serde_json::{Value, json};

async fn call(server: &TestServer, caller: &Caller, method: Method, path: &str, body: &Value) -> Answer {
    server.api_as(caller, method, path, body).await
}

async fn set_up(server: &TestServer) -> (Caller, String, Value) {
    let tenant = server.tenant("A", "a.example").await;
    let program = server.application(tenant.id, &[Permission::ApplicationReadWriteAll]);
    let new = json!({ "displayName": "Expenses", "uniqueName": "Expenses-1" });
    let made = call(server, &program, Method::POST, "/v1.0/applications", &new).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let path = format!("/v1.0/applications/{}", made.json()["id"].as_str().expect("an id"));
    (program, path, made.json())
}

#[tokio::test]
async fn the_manifest_is_kept_and_answered() {
    on_both_engines(async |server| {
        let (program, path, made) = set_up(&server).await;
        let api = &made["api"];
        assert_eq!((&api["acceptMappedClaims"], &api["requestedAccessTokenVersion"]), (&Value::Null, &json!(2)));
        assert_eq!((&api["knownClientApplications"], &api["preAuthorizedApplications"]), (&json!([]), &json!([])));
        assert_eq!(made["isFallbackPublicClient"], Value::Null);
        let (scope, client) = (server.entropy.random_uuid(), server.entropy.random_uuid());
        let change = json!({
            "isFallbackPublicClient": true,
            "api": {
                "acceptMappedClaims": true,
                "knownClientApplications": [client],
                "oauth2PermissionScopes": [{ "id": scope, "value": "Read" }],
                "preAuthorizedApplications": [{ "appId": client, "delegatedPermissionIds": [scope] }],
                "requestedAccessTokenVersion": null,
            },
        });
        let changed = call(&server, &program, Method::PATCH, &path, &change).await;
        assert_eq!(changed.status, 204, "{}", changed.text);
        let read = call(&server, &program, Method::GET, &path, &Value::Null).await.json();
        assert_eq!(read["isFallbackPublicClient"], true);
        assert_eq!(read["api"]["acceptMappedClaims"], true);
        assert_eq!(read["api"]["knownClientApplications"], json!([client]));
        assert_eq!(read["api"]["preAuthorizedApplications"][0]["delegatedPermissionIds"], json!([scope]));
        assert_eq!(read["api"]["requestedAccessTokenVersion"], 2);
        // What a program read may be written back.
        let back = json!({ "api": read["api"], "isFallbackPublicClient": true, "uniqueName": "Expenses-1" });
        assert_eq!(call(&server, &program, Method::PATCH, &path, &back).await.status, 204);

        let unknown = server.entropy.random_uuid();
        for (change, target) in [
            (json!({ "api": { "requestedAccessTokenVersion": 1 } }), "api"),
            (json!({ "api": { "knownClientApplications": [client, client] } }), "api.knownClientApplications"),
            (
                json!({ "api": { "preAuthorizedApplications": [{ "appId": client, "delegatedPermissionIds": [unknown] }] } }),
                "api.preAuthorizedApplications",
            ),
            (
                json!({ "api": { "preAuthorizedApplications": [{ "appId": client, "delegatedPermissionIds": [] }] } }),
                "api.preAuthorizedApplications",
            ),
            (json!({ "api": { "acceptMappedClaims": "yes" } }), "api"),
            (json!({ "isFallbackPublicClient": 1 }), "isFallbackPublicClient"),
            (json!({ "uniqueName": "other" }), "uniqueName"),
            (json!({ "uniqueName": null }), "uniqueName"),
        ] {
            let refused = call(&server, &program, Method::PATCH, &path, &change).await;
            assert_eq!((refused.status.as_u16(), &refused.json()["error"]["target"]), (400, &json!(target)), "{change}");
        }
    })
    .await;
}

#[tokio::test]
async fn redirect_addresses_have_indexes_as_long_as_they_are_there() {
    on_both_engines(async |server| {
        let (program, path, made) = set_up(&server).await;
        assert_eq!(made["web"]["redirectUriSettings"], json!([]));
        let [first, second, third] = ["a", "b", "c"].map(|name| format!("https://app.example/{name}"));
        let change = async |web: Value| call(&server, &program, Method::PATCH, &path, &json!({ "web": web })).await;
        let read = async || call(&server, &program, Method::GET, &path, &Value::Null).await.json()["web"].clone();
        let settings = json!([{ "uri": second, "index": 2 }, { "uri": first, "index": null }]);
        let set = change(json!({ "redirectUris": [first, second], "redirectUriSettings": settings })).await;
        assert_eq!(set.status, 204, "{}", set.text);
        let web = read().await;
        let answered = json!([{ "uri": first, "index": null }, { "uri": second, "index": 2 }]);
        assert_eq!(web["redirectUriSettings"], answered, "in the order of the addresses");
        // What was read is sent back; what is left out stays, and what is removed takes its index along.
        assert_eq!(change(web).await.status, 204);
        assert_eq!(change(json!({ "redirectUris": [third, second] })).await.status, 204);
        let answered = json!([{ "uri": third, "index": null }, { "uri": second, "index": 2 }]);
        assert_eq!(read().await["redirectUriSettings"], answered);
        assert_eq!(change(json!({ "redirectUris": [third] })).await.status, 204);
        assert_eq!(change(json!({ "redirectUris": [third, second] })).await.status, 204);
        assert_eq!(read().await["redirectUriSettings"][1], json!({ "uri": second, "index": null }));

        let both = |index: i32| json!([{ "uri": second, "index": 1 }, { "uri": third, "index": index }]);
        assert_eq!(change(json!({ "redirectUriSettings": both(0) })).await.status, 204);
        let before = read().await;
        for (settings, target) in [
            (both(1), "web.redirectUriSettings"),
            (json!([{ "uri": first }]), "web.redirectUriSettings"),
            (json!([{ "uri": second }, { "uri": second, "index": 1 }]), "web.redirectUriSettings"),
            (json!([{ "uri": second, "index": 1.5 }]), "web"),
            (json!([{ "index": 1 }]), "web"),
        ] {
            let refused = change(json!({ "redirectUriSettings": settings })).await;
            assert_eq!((refused.status.as_u16(), &refused.json()["error"]["target"]), (400, &json!(target)));
        }
        assert_eq!(read().await, before, "what was refused changed nothing");
        assert_eq!(change(json!({ "redirectUriSettings": [] })).await.status, 204);
        assert_eq!(read().await["redirectUriSettings"][0], json!({ "uri": third, "index": null }));
    })
    .await;
}

#[tokio::test]
async fn a_unique_name_is_a_second_key() {
    on_both_engines(async |server| {
        let (program, path, made) = set_up(&server).await;
        let by_name = "/v1.0/applications(uniqueName='expenses-1')";
        let found = call(&server, &program, Method::GET, by_name, &Value::Null).await.json();
        assert_eq!((&found["id"], &found["uniqueName"]), (&made["id"], &json!("Expenses-1")));
        let renamed = json!({ "description": "By its name" });
        assert_eq!(call(&server, &program, Method::PATCH, by_name, &renamed).await.status, 204);
        let listed = "/v1.0/applications?$filter=uniqueName%20eq%20'EXPENSES-1'&$select=id";
        let listed = call(&server, &program, Method::GET, listed, &Value::Null).await.json();
        assert_eq!(listed["value"][0]["id"], made["id"]);
        for name in ["expenses-1", "", "a b", "o'neil", &"x".repeat(129)] {
            let new = json!({ "displayName": "Another", "uniqueName": name });
            let refused = call(&server, &program, Method::POST, "/v1.0/applications", &new).await;
            assert_eq!(
                (refused.status.as_u16(), &refused.json()["error"]["target"]),
                (400, &json!("uniqueName")),
                "{name}"
            );
        }
        assert_eq!(call(&server, &program, Method::DELETE, &path, &Value::Null).await.status, 204);
        assert_eq!(call(&server, &program, Method::GET, by_name, &Value::Null).await.status, 404);
        let elsewhere = server.tenant("B", "b.example").await;
        let stranger = server.application(elsewhere.id, &[Permission::ApplicationReadWriteAll]);
        let new = json!({ "displayName": "Theirs", "uniqueName": "Expenses-1" });
        assert_eq!(call(&server, &stranger, Method::POST, "/v1.0/applications", &new).await.status, 201);
    })
    .await;
}

#[tokio::test]
async fn null_empties_what_can_be_empty_and_is_refused_elsewhere() {
    on_both_engines(async |server| {
        let (program, path, made) = set_up(&server).await;
        let full = json!({
            "identifierUris": [format!("api://{}", made["appId"].as_str().expect("a client id"))],
            "web": { "redirectUris": ["https://app.example/cb"], "homePageUrl": "https://app.example/" },
            "spa": { "redirectUris": ["https://app.example/spa"] },
            "publicClient": { "redirectUris": ["app.example:/cb"] },
            "appRoles": [{
                "id": server.entropy.random_uuid(), "displayName": "Reader", "value": "Reader",
                "allowedMemberTypes": ["User"], "isEnabled": false,
            }],
            "api": { "oauth2PermissionScopes": [
                { "id": server.entropy.random_uuid(), "value": "Read", "isEnabled": false },
            ] },
            "requiredResourceAccess": [{ "resourceAppId": server.entropy.random_uuid(), "resourceAccess": [] }],
            "optionalClaims": { "idToken": [{ "name": "email" }] },
            "groupMembershipClaims": "SecurityGroup",
        });
        let read = async || call(&server, &program, Method::GET, &path, &Value::Null).await.json();
        let names = [
            "identifierUris",
            "web",
            "spa",
            "publicClient",
            "appRoles",
            "api",
            "requiredResourceAccess",
            "optionalClaims",
            "groupMembershipClaims",
        ];
        for name in names {
            let changed = call(&server, &program, Method::PATCH, &path, &full).await;
            assert_eq!(changed.status, 204, "{}", changed.text);
            assert_ne!(read().await[name], made[name], "{name} is set");
            let mut nothing = json!({});
            nothing[name] = Value::Null;
            let cleared = call(&server, &program, Method::PATCH, &path, &nothing).await;
            assert_eq!(cleared.status, 204, "{name}: {}", cleared.text);
            assert_eq!(read().await[name], made[name], "{name} is what it was at first");
        }
        call(&server, &program, Method::PATCH, &path, &full).await;
        let inner = json!({ "web": { "redirectUris": null }, "api": { "oauth2PermissionScopes": null } });
        assert_eq!(call(&server, &program, Method::PATCH, &path, &inner).await.status, 204);
        let now = read().await;
        assert_eq!((&now["web"]["redirectUris"], &now["api"]["oauth2PermissionScopes"]), (&json!([]), &json!([])));
        assert_eq!(now["web"]["homePageUrl"], "https://app.example/", "what was left out stays");

        let new = json!({ "appId": made["appId"] });
        let principal = call(&server, &program, Method::POST, "/v1.0/servicePrincipals", &new).await.json();
        let principal = format!("/v1.0/servicePrincipals/{}", principal["id"].as_str().expect("an id"));
        for (path, name) in [
            (&path, "displayName"),
            (&path, "signInAudience"),
            (&path, "keyCredentials"),
            (&principal, "accountEnabled"),
            (&principal, "appRoleAssignmentRequired"),
        ] {
            let mut nothing = json!({});
            nothing[name] = Value::Null;
            let refused = call(&server, &program, Method::PATCH, path, &nothing).await;
            assert_eq!((refused.status.as_u16(), &refused.json()["error"]["target"]), (400, &json!(name)));
        }
    })
    .await;
}
