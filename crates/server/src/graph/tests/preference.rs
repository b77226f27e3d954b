//! `Prefer: return=..` at everything that is made and changed as an entity of its own.

use crate::graph::{Caller, Permission};
use crate::testing::{ADDRESS, Answer, TestServer, on_both_engines};
use axum::http::Method;
use serde_json::{Value, json};

async fn send(server: &TestServer, caller: &Caller, method: Method, path: &str, prefer: &str, body: &Value) -> Answer {
    server.api_with(caller, method, path, &[("prefer", prefer)], body).await
}

/// Sets, what is made there, and a change with the property that shows it.
fn entities() -> [(&'static str, Value, Value); 3] {
    let group = json!({ "displayName": "G", "mailNickname": "g", "mailEnabled": false, "securityEnabled": true });
    let password = json!({ "password": "correct horse battery staple 9" });
    let user = json!({
        "displayName": "Ada", "mailNickname": "ada", "userPrincipalName": "ada@contoso.example",
        "accountEnabled": true, "passwordProfile": password,
    });
    [
        ("groups", group, json!({ "displayName": "Changed" })),
        ("users", user, json!({ "displayName": "Changed" })),
        ("applications", json!({ "displayName": "App" }), json!({ "displayName": "Changed" })),
    ]
}

#[tokio::test]
async fn what_is_made_and_changed_is_answered_as_the_caller_prefers() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let caller = server.application(tenant.id, Permission::ALL);
        for (set, made, change) in entities() {
            let answer = send(&server, &caller, Method::POST, &format!("/v1.0/{set}"), "return=minimal", &made).await;
            assert_eq!((answer.status.as_u16(), answer.text.as_str()), (204, ""), "{set}");
            assert_eq!(answer.header("preference-applied"), "return=minimal");
            let address = answer.header("location").to_owned();
            assert_eq!(answer.header("odata-entityid"), address);
            let path = address.strip_prefix(ADDRESS).expect("an address of this server").to_owned();
            let read = server.api_as(&caller, Method::GET, &path, &Value::Null).await;
            assert_eq!(read.json()["displayName"], made["displayName"], "{set}: {}", read.text);

            let minimal = send(&server, &caller, Method::PATCH, &path, "return=minimal", &change).await;
            assert_eq!((minimal.status.as_u16(), minimal.header("preference-applied")), (204, "return=minimal"));
            let whole = send(&server, &caller, Method::PATCH, &path, "return=representation", &change).await;
            assert_eq!((whole.status.as_u16(), whole.header("preference-applied")), (200, "return=representation"));
            assert_eq!(whole.json()["displayName"], "Changed", "{set}");
            assert_eq!(whole.json()["@odata.context"], format!("{ADDRESS}/v1.0/$metadata#{set}/$entity"));
            let plain = server.api_as(&caller, Method::PATCH, &path, &change).await;
            assert_eq!((plain.status.as_u16(), plain.text.as_str()), (204, ""), "{set}");
        }
    })
    .await;
}

#[tokio::test]
async fn service_principals_are_answered_so_too() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let caller = server.application(tenant.id, Permission::ALL);
        let app = json!({ "displayName": "App" });
        let made = send(&server, &caller, Method::POST, "/v1.0/applications", "return=representation", &app).await;
        assert_eq!((made.status.as_u16(), made.header("preference-applied")), (201, "return=representation"));
        let body = json!({ "appId": made.json()["appId"] });
        let added = send(&server, &caller, Method::POST, "/v1.0/servicePrincipals", "return=minimal", &body).await;
        assert_eq!(added.status, 204, "{}", added.text);
        let path = added.header("location").strip_prefix(ADDRESS).expect("an address of this server").to_owned();
        let off = json!({ "accountEnabled": false });
        let whole = send(&server, &caller, Method::PATCH, &path, "return=representation", &off).await;
        assert_eq!((whole.status.as_u16(), &whole.json()["accountEnabled"]), (200, &json!(false)));
    })
    .await;
}

#[tokio::test]
async fn what_was_refused_applies_nothing() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let caller = server.application(tenant.id, Permission::ALL);
        for prefer in ["return=minimal", "return=representation"] {
            let answer = send(&server, &caller, Method::POST, "/v1.0/groups", prefer, &json!({ "shoeSize": 4 })).await;
            assert_eq!((answer.status.as_u16(), answer.header("preference-applied")), (400, ""));
        }
    })
    .await;
}
