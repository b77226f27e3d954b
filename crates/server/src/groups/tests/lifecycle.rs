//! Making, changing and deleting.

use super::{body, call, column, get, group, refusal};
use crate::testing::on_both_engines;
use axum::http::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn a_group_is_made_changed_and_deleted() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let user = server.member(&tenant, "ada", &[]).await.id;
        let named = json!([format!("https://graph.microsoft.com/v1.0/users/{user}")]);
        let further = json!({ "description": "Who audits", "uniqueName": "auditors", "members@odata.bind": named,
            "owners@odata.bind": named });
        let made = call(&server, &admin, Method::POST, "/v1.0/groups", body("Auditors", &further)).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let json = made.json();
        assert_eq!(json["groupTypes"], json!([]));
        assert_eq!(json["securityEnabled"], true);
        assert_eq!(json["createdDateTime"], "2026-11-23T09:00:00Z");
        assert!(json["securityIdentifier"].as_str().is_some_and(|text| text.starts_with("S-1-12-1-")));
        let path = format!("/v1.0/groups/{}", json["id"].as_str().expect("an id"));
        let members = get(&server, &admin, &format!("{path}/members")).await;
        assert_eq!(column(&members, "id"), [user.to_string()]);
        assert_eq!(column(&get(&server, &admin, &format!("{path}/owners")).await, "id"), [user.to_string()]);

        let changed =
            json!({ "displayName": "Revision", "description": null, "mailEnabled": false, "visibility": "private" });
        let answer = call(&server, &admin, Method::PATCH, "/v1.0/groups(uniqueName='AUDITORS')", changed).await;
        assert_eq!(answer.status, 204, "{}", answer.text);
        let read = get(&server, &admin, &path).await.json();
        assert_eq!((&read["displayName"], &read["visibility"]), (&json!("Revision"), &json!("Private")));
        assert_eq!(read["description"], Value::Null);
        assert_ne!(read["@odata.etag"], json["@odata.etag"]);

        let stale = [("if-match", json["@odata.etag"].as_str().expect("a tag"))];
        let refused = server.api_with(&admin, Method::DELETE, &path, &stale, &Value::Null).await;
        assert_eq!(refused.status, 412);
        assert_eq!(call(&server, &admin, Method::DELETE, &path, Value::Null).await.status, 204);
        assert_eq!(get(&server, &admin, &path).await.status, 404);
        assert!(column(&get(&server, &admin, "/v1.0/groups").await, "id").is_empty());
        assert_eq!(get(&server, &admin, &format!("{path}/members")).await.status, 404);
        let memberships = get(&server, &admin, &format!("/v1.0/users/{user}/memberOf")).await;
        assert!(column(&memberships, "id").is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_is_no_security_group_is_refused_by_the_property() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let unknown = server.entropy.random_uuid();
        for (further, target) in [
            (json!({ "groupTypes": ["Unified"] }), "groupTypes"),
            (json!({ "mailEnabled": true }), "mailEnabled"),
            (json!({ "securityEnabled": false }), "securityEnabled"),
            (json!({ "displayName": " " }), "displayName"),
            (json!({ "displayName": "a\u{202e}b" }), "displayName"),
            (json!({ "displayName": "x".repeat(257) }), "displayName"),
            (json!({ "description": "x".repeat(1025) }), "description"),
            (json!({ "mailNickname": "a b" }), "mailNickname"),
            (json!({ "mailNickname": "é" }), "mailNickname"),
            (json!({ "mailNickname": "x".repeat(65) }), "mailNickname"),
            (json!({ "uniqueName": "o'neil" }), "uniqueName"),
            (json!({ "visibility": "HiddenMembership" }), "visibility"),
            (json!({ "displayName": 4 }), "displayName"),
            (json!({ "shoeSize": 4 }), "shoeSize"),
            (json!({ "members@odata.bind": ["nowhere"] }), "members@odata.bind"),
            (json!({ "members@odata.bind": vec![format!("users/{unknown}"); 21] }), "members@odata.bind"),
        ] {
            let answer = call(&server, &admin, Method::POST, "/v1.0/groups", body("Auditors", &further)).await;
            assert_eq!(answer.status, 400, "{further}: {}", answer.text);
            assert_eq!(answer.json()["error"]["target"], target, "{further}");
        }
        for missing in ["displayName", "mailNickname", "mailEnabled", "securityEnabled"] {
            let mut body = body("Auditors", &json!({}));
            body.as_object_mut().expect("an object").remove(missing);
            let answer = call(&server, &admin, Method::POST, "/v1.0/groups", body).await;
            assert_eq!(answer.json()["error"]["target"], missing);
        }
        let gone = json!({ "members@odata.bind": [format!("users/{unknown}")] });
        let answer = call(&server, &admin, Method::POST, "/v1.0/groups", body("Auditors", &gone)).await;
        assert_eq!(refusal(&answer).0, 404, "{}", answer.text);
        assert!(column(&get(&server, &admin, "/v1.0/groups").await, "id").is_empty(), "all of it or nothing");
    })
    .await;
}

#[tokio::test]
async fn what_is_set_once_stays_and_a_unique_name_is_unique() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let plain = group(&server, &admin, "Plain").await;
        let path = format!("/v1.0/groups/{plain}");
        for (change, target) in [
            (json!({ "isAssignableToRole": true }), "isAssignableToRole"),
            (json!({ "uniqueName": "plain" }), "uniqueName"),
            (json!({ "displayName": null }), "displayName"),
            (json!({ "id": server.entropy.random_uuid() }), "id"),
            (json!({ "id": "plain" }), "id"),
        ] {
            let answer = call(&server, &admin, Method::PATCH, &path, change.clone()).await;
            assert_eq!((answer.status.as_u16(), &answer.json()["error"]["target"]), (400, &json!(target)), "{change}");
        }
        let same = json!({ "id": plain, "isAssignableToRole": false, "uniqueName": null, "groupTypes": [] });
        assert_eq!(call(&server, &admin, Method::PATCH, &path, same).await.status, 204);
        let named = body("Named", &json!({ "uniqueName": "Name" }));
        assert_eq!(call(&server, &admin, Method::POST, "/v1.0/groups", named).await.status, 201);
        let again = body("Again", &json!({ "uniqueName": "name" }));
        let answer = call(&server, &admin, Method::POST, "/v1.0/groups", again).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["error"]["target"]), (400, &json!("uniqueName")));
    })
    .await;
}
