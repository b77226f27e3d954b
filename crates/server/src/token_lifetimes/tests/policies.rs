//! Policies themselves.

use super::{POLICIES, ids, made, manager, refusal};
use crate::graph::{Permission, Role};
use crate::platform::ids::TenantId;
use crate::testing::{TestServer, on_both_engines, person};
use crate::token_lifetimes::definition_of;
use axum::http::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn a_policy_is_made_read_changed_and_removed() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let mia = server.member(&tenant, "mia", &[]).await;
        let caller = person(&mia, vec![Role::CloudApplicationAdministrator]);
        let call = async |method: Method, path: &str, body: Value| {
            server.api_as(&caller, method, &format!("{POLICIES}{path}"), &body).await
        };
        let said = r#"{"TokenLifetimePolicy":{"ID":"own","Version":1,"AccessTokenLifetime":"0:30:00"}}"#;
        let new = json!({ "displayName": "Short", "definition": [said] });
        let answer = call(Method::POST, "", new).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        let policy = answer.json();
        assert_eq!(policy["definition"], json!([said]), "it stands as it was written");
        assert_eq!((&policy["isOrganizationDefault"], &policy["description"]), (&json!(false), &Value::Null));
        let one = format!("/{}", policy["id"].as_str().expect("an id"));

        let change = json!({
            "id": policy["id"],
            "displayName": "Long",
            "description": "For the workshop",
            "definition": [definition_of("1.00:00:00")],
            "isOrganizationDefault": true,
        });
        let changed = call(Method::PATCH, &one, change.clone()).await;
        assert_eq!(changed.status, 204, "{}", changed.text);
        let whole = call(Method::GET, &one, Value::Null).await.json();
        for (name, value) in change.as_object().expect("an object") {
            assert_eq!(whole[name], *value, "{name}");
        }
        assert_eq!(call(Method::PATCH, &one, json!({ "description": null })).await.status, 204);
        let whole = call(Method::GET, &one, Value::Null).await.json();
        assert_eq!((&whole["displayName"], &whole["description"]), (&json!("Long"), &Value::Null));

        let other = made(&server, tenant.id, "00:10:00", false).await;
        let all = call(Method::GET, "?$orderby=displayName%20desc", Value::Null).await;
        assert_eq!(ids(&all), [other.as_str(), &one[1..]]);
        let default = call(Method::GET, "?$filter=isOrganizationDefault%20eq%20true&$select=id", Value::Null).await;
        assert_eq!(ids(&default), [&one[1..]]);

        assert_eq!(call(Method::DELETE, &one, Value::Null).await.status, 204);
        for method in [Method::GET, Method::DELETE] {
            assert_eq!(call(method, &one, Value::Null).await.status, 404);
        }
        assert_eq!(ids(&call(Method::GET, "", Value::Null).await), [other]);
    })
    .await;
}

#[tokio::test]
async fn what_makes_no_policy_is_refused_by_name_and_changes_nothing() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let caller = manager(&server, tenant.id);
        let policy = made(&server, tenant.id, "00:30:00", false).await;
        let path = format!("{POLICIES}/{policy}");
        let before = server.api_as(&caller, Method::GET, &path, &Value::Null).await.json();
        let good = definition_of("01:00:00");
        for (property, value) in [
            ("displayName", json!(null)),
            ("displayName", json!(" ")),
            ("displayName", json!("x".repeat(257))),
            ("displayName", json!("a\u{202e}b")),
            ("description", json!("")),
            ("description", json!("x".repeat(1025))),
            ("definition", json!(null)),
            ("definition", json!(good)),
            ("definition", json!([])),
            ("definition", json!([good, good])),
            ("definition", json!([1])),
            ("definition", json!([definition_of("00:09:59")])),
            ("definition", json!([definition_of("1.00:00:01")])),
            ("definition", json!([r#"{"TokenLifetimePolicy":{"Version":1,"MaxAgeMultiFactor":"until-revoked"}}"#])),
            ("isOrganizationDefault", json!("yes")),
            ("colour", json!("red")),
        ] {
            let mut body = json!({ "displayName": "New", "definition": [good] });
            body[property] = value.clone();
            let made = server.api_as(&caller, Method::POST, POLICIES, &body).await;
            assert_eq!(refusal(&made), (400, property.to_owned()), "{body}: {}", made.text);
            let changed = server.api_as(&caller, Method::PATCH, &path, &json!({ property: value })).await;
            assert_eq!(refusal(&changed), (400, property.to_owned()), "{body}: {}", changed.text);
        }
        for (body, missing) in
            [(json!({ "displayName": "New" }), "definition"), (json!({ "definition": [good] }), "displayName")]
        {
            let refused = server.api_as(&caller, Method::POST, POLICIES, &body).await;
            assert_eq!(refusal(&refused), (400, missing.to_owned()), "{}", refused.text);
        }
        let foreign = json!({ "id": tenant.id, "displayName": "Other" });
        let refused = server.api_as(&caller, Method::PATCH, &path, &foreign).await;
        assert_eq!(refusal(&refused), (400, "id".to_owned()), "{}", refused.text);
        let all = server.api_as(&caller, Method::GET, POLICIES, &Value::Null).await.json();
        assert_eq!(all["value"].as_array().map(Vec::len), Some(1));
        assert_eq!(server.api_as(&caller, Method::GET, &path, &Value::Null).await.json(), before);
    })
    .await;
}

#[tokio::test]
async fn one_policy_is_the_default_and_does_not_give_way_unasked() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let caller = manager(&server, tenant.id);
        let first = made(&server, tenant.id, "00:30:00", true).await;
        let second = made(&server, tenant.id, "02:00:00", false).await;
        let change = async |policy: &str, is_default: bool| {
            let body = json!({ "isOrganizationDefault": is_default });
            server.api_as(&caller, Method::PATCH, &format!("{POLICIES}/{policy}"), &body).await
        };
        let new = json!({
            "displayName": "Third", "definition": [definition_of("03:00:00")], "isOrganizationDefault": true,
        });
        let at = "isOrganizationDefault".to_owned();
        assert_eq!(refusal(&server.api_as(&caller, Method::POST, POLICIES, &new).await), (400, at.clone()));
        assert_eq!(refusal(&change(&second, true).await), (400, at));
        assert_eq!(change(&first, true).await.status, 204, "it is already");
        assert_eq!(change(&first, false).await.status, 204);
        assert_eq!(change(&second, true).await.status, 204);
        // Another organisation has a default of its own.
        let other = server.tenant("Fabrikam", "fabrikam.example").await;
        made(&server, other.id, "00:30:00", true).await;
    })
    .await;
}

#[tokio::test]
async fn an_organisation_has_a_hundred_policies_at_most() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let caller = manager(&server, tenant.id);
        let mut last = String::new();
        for _ in 0..100 {
            last = made(&server, tenant.id, "00:30:00", false).await;
        }
        let new = json!({ "displayName": "One too many", "definition": [definition_of("00:30:00")] });
        let refused = server.api_as(&caller, Method::POST, POLICIES, &new).await;
        assert_eq!(refusal(&refused), (400, "tokenLifetimePolicies".to_owned()), "{}", refused.text);
        let gone = server.api_as(&caller, Method::DELETE, &format!("{POLICIES}/{last}"), &Value::Null).await;
        assert_eq!(gone.status, 204);
        made(&server, tenant.id, "00:30:00", false).await;
    })
    .await;
}

#[tokio::test]
async fn two_at_once_make_one_default() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let caller = manager(&server, tenant.id);
        let new = json!({
            "displayName": "Ours", "definition": [definition_of("03:00:00")], "isOrganizationDefault": true,
        });
        let make = || server.api_as(&caller, Method::POST, POLICIES, &new);
        let (one, other) = tokio::join!(make(), make());
        let mut statuses = [one.status.as_u16(), other.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 400], "{} {}", one.text, other.text);
    })
    .await;
}

#[tokio::test]
async fn i5_policies_of_another_organisation_are_not_there() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let other = server.tenant("Fabrikam", "fabrikam.example").await;
        let policy = format!("{POLICIES}/{}", made(&server, tenant.id, "00:30:00", false).await);
        let stranger = manager(&server, other.id);
        assert!(ids(&server.api_as(&stranger, Method::GET, POLICIES, &Value::Null).await).is_empty());
        let applied = format!("{policy}/appliesTo");
        let reader = server.application(other.id, &[Permission::DirectoryReadAll]);
        assert_eq!(server.api_as(&reader, Method::GET, &applied, &Value::Null).await.status, 404);
        for (method, body) in
            [(Method::GET, Value::Null), (Method::PATCH, json!({ "displayName": "x" })), (Method::DELETE, Value::Null)]
        {
            let answer = server.api_as(&stranger, method.clone(), &policy, &body).await;
            assert_eq!(answer.status, 404, "{method}");
        }
        assert!(is_there(&server, &policy, tenant.id).await);
    })
    .await;
}

async fn is_there(server: &TestServer, path: &str, tenant: TenantId) -> bool {
    server.api_as(&manager(server, tenant), Method::GET, path, &Value::Null).await.status == 200
}

#[tokio::test]
async fn x10_the_audit_says_what_of_a_policy_was_changed() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let caller = manager(&server, tenant.id);
        let path = format!("{POLICIES}/{}", made(&server, tenant.id, "00:30:00", false).await);
        let before = definition_of("00:30:00");
        let after = definition_of("02:00:00");
        let changed = server.api_as(&caller, Method::PATCH, &path, &json!({ "definition": [after] })).await;
        assert_eq!(changed.status, 204, "{}", changed.text);
        // What changes nothing is told nobody.
        let same = server.api_as(&caller, Method::PATCH, &path, &json!({ "definition": [after] })).await;
        assert_eq!(same.status, 204, "{}", same.text);
        let reader = server.application(tenant.id, &[Permission::AuditLogReadAll]);
        let filter = "$filter=activityDisplayName%20eq%20'Update%20token%20lifetime%20policy'";
        let told = format!("/v1.0/auditLogs/directoryAudits?{filter}");
        let told = server.api_as(&reader, Method::GET, &told, &Value::Null).await.json();
        let rows = told["value"].as_array().expect("rows");
        assert_eq!(rows.len(), 1, "{told}");
        let properties = &rows[0]["targetResources"][0]["modifiedProperties"];
        assert_eq!(properties.as_array().map(Vec::len), Some(1), "{properties}");
        assert_eq!(properties[0]["displayName"], "PolicyDetail");
        for (name, definition) in [("oldValue", before), ("newValue", after)] {
            assert_eq!(properties[0][name], json!(definition).to_string(), "{name}");
        }
    })
    .await;
}
