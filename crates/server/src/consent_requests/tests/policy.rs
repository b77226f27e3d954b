//! `policies/adminConsentRequestPolicy`.

use crate::graph::{Caller, Permission, Role};
use crate::testing::{Answer, TestServer, graph_type, on_both_engines, person};
use axum::http::Method;
use serde_json::{Value, json};

const POLICY: &str = "/v1.0/policies/adminConsentRequestPolicy";

async fn put(server: &TestServer, caller: &Caller, body: &Value) -> Answer {
    server.api_as(caller, Method::PUT, POLICY, body).await
}

#[tokio::test]
async fn the_policy_is_replaced_as_a_whole_and_says_what_was_written() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let mia = server.member(&tenant, "mia", &[]).await;
        let apps = person(&mia, vec![Role::ApplicationAdministrator]);
        let get = async || server.api_as(&apps, Method::GET, POLICY, &Value::Null).await.json();
        let before = get().await;
        for name in graph_type("adminConsentRequestPolicy").keys().filter(|name| *name != "id") {
            assert!(before.get(name).is_some(), "{name} is missing in {before}");
        }
        assert_eq!((&before["isEnabled"], &before["version"]), (&json!(false), &json!(0)));
        let role = "/beta/roleManagement/directory/roleAssignments?$filter=roleDefinitionId eq \
                    '9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3'";
        let body = json!({
            "isEnabled": true, "notifyReviewers": false, "remindersEnabled": true, "requestDurationInDays": 30,
            "reviewers": [
                { "query": format!("/users/{}", mia.id), "queryType": "MicrosoftGraph", "queryRoot": "" },
                { "query": role },
            ],
        });
        assert_eq!(put(&server, &apps, &body).await.status, 204);
        let after = get().await;
        for name in ["isEnabled", "notifyReviewers", "remindersEnabled", "requestDurationInDays"] {
            assert_eq!(after[name], body[name], "{name}");
        }
        assert_eq!(after["reviewers"][0]["query"], body["reviewers"][0]["query"]);
        assert_eq!(after["reviewers"][1], json!({ "query": role, "queryType": "MicrosoftGraph", "queryRoot": null }));
        assert_eq!(after["version"], 1);

        // What was read can be written back, until somebody else was faster.
        let mut again = after.clone();
        again["requestDurationInDays"] = json!(7);
        assert_eq!(put(&server, &apps, &again).await.status, 204);
        assert_eq!(put(&server, &apps, &again).await.status, 409);
        assert_eq!((&get().await["version"], &get().await["requestDurationInDays"]), (&json!(2), &json!(7)));
        let off = json!({
            "isEnabled": false, "notifyReviewers": false, "remindersEnabled": false, "requestDurationInDays": 0,
            "reviewers": [],
        });
        assert_eq!(put(&server, &apps, &off).await.status, 204);
        assert_eq!(get().await["isEnabled"], false);
    })
    .await;
}

#[tokio::test]
async fn a_policy_that_makes_no_sense_is_refused_by_name() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let other = server.tenant("Fabrikam", "fabrikam.example").await;
        let mia = server.member(&tenant, "mia", &[]).await;
        let guest = server.guest(&tenant, "sam@partner.example").await;
        let stranger = server.member(&other, "eve", &[]).await;
        let writer = server.application(tenant.id, &[Permission::PolicyReadWriteConsentRequest]);
        let good = json!({
            "isEnabled": true, "notifyReviewers": true, "remindersEnabled": true, "requestDurationInDays": 30,
            "reviewers": [{ "query": format!("/users/{}", mia.id) }],
        });
        let many: Vec<Value> = (0..51).map(|_| json!({ "query": format!("/users/{}", mia.id) })).collect();
        for (property, value) in [
            ("isEnabled", json!(null)),
            ("notifyReviewers", json!("yes")),
            ("remindersEnabled", json!(null)),
            ("requestDurationInDays", json!(0)),
            ("requestDurationInDays", json!(61)),
            ("reviewers", json!([])),
            ("reviewers", json!(many)),
            ("reviewers", json!([{ "query": "/me" }])),
            ("reviewers", json!([{ "queryType": "MicrosoftGraph" }])),
            ("reviewers", json!([{ "query": format!("/users/{}", guest.id) }])),
            ("reviewers", json!([{ "query": format!("/users/{}", stranger.id) }])),
            ("reviewers", json!([{ "query": format!("/groups/{}/transitiveMembers", mia.id) }])),
            ("reviewers", json!([{ "query": format!("/users/{}", mia.id), "queryType": "ARM" }])),
            ("reviewers", json!([{ "query": format!("/users/{}", mia.id), "queryRoot": "decisions" }])),
            ("colour", json!("red")),
        ] {
            let mut body = good.clone();
            body[property] = value;
            let refused = put(&server, &writer, &body).await;
            assert_eq!(refused.status, 400, "{body}: {}", refused.text);
            assert_eq!(refused.json()["error"]["target"], property, "{body}");
        }
        assert_eq!(put(&server, &person(&mia, vec![Role::UserAdministrator]), &good).await.status, 403);
        assert_eq!(put(&server, &writer, &good).await.status, 204);
    })
    .await;
}
