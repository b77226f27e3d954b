//! What people agree to by themselves because their organisation sees little risk in it.

use super::flow::Flow;
use super::foreign::{for_several, set_policies, stranger};
use crate::applications::{Changes, ExposedScope};
use crate::graph::{Permission, permission};
use crate::service_principals::directory_scopes;
use crate::tenants::ConsentPolicy;
use crate::testing::{TestServer, on_both_engines};
use axum::http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

/// What an app asks for that the registration does not bring along.
const OWN: &str = "openid offline_access User.ReadWrite";

/// Where the permissions of an app are classified.
fn classes(client: &str) -> String {
    format!("/v1.0/servicePrincipals(appId='{client}')/delegatedPermissionClassifications")
}

/// Says how much risk there is in a permission; where that stands.
async fn classify(server: &TestServer, flow: &Flow<'_>, of: (&str, Uuid), classification: &str) -> String {
    let (client, permission) = of;
    let writer = server.application(flow.tenant.id, &[Permission::PolicyReadWritePermissionGrant]);
    let body = json!({ "permissionId": permission, "classification": classification });
    let made = server.api_as(&writer, Method::POST, &classes(client), &body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    format!("{}/{}", classes(client), made.json()["id"].as_str().expect("an id"))
}

/// Takes that back.
async fn declassify(server: &TestServer, flow: &Flow<'_>, one: &str) {
    let writer = server.application(flow.tenant.id, &[Permission::PolicyReadWritePermissionGrant]);
    assert_eq!(server.api_as(&writer, Method::DELETE, one, &Value::Null).await.status, 204);
}

/// The id of a scope of the directory API.
fn directory(word: &str) -> Uuid {
    directory_scopes().into_iter().find(|scope| scope.value == word).expect("a scope").id
}

/// Whether the person is asked, and not sent to an administrator.
async fn is_let(flow: &Flow<'_>, scope: &str) -> bool {
    flow.browser.get(&flow.address(&[("scope", scope)])).await;
    let page = flow.browser.page();
    assert!(page.contains("asks for your permission") || page.contains("needs an administrator"), "{page}");
    page.contains("asks for your permission")
}

#[tokio::test]
async fn a7_people_agree_to_what_is_of_low_risk_and_to_nothing_else() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        let api = permission::RESOURCE.to_string();
        let user_read_write = (api.as_str(), directory("User.ReadWrite"));
        for policy in [ConsentPolicy::Low, ConsentPolicy::Recommended] {
            set_policies(&server, &flow.tenant, &[policy.as_str()]).await;
            assert!(!is_let(&flow, OWN).await, "{policy}: nothing is of low risk");
            let medium = classify(&server, &flow, user_read_write, "medium").await;
            assert!(!is_let(&flow, OWN).await, "{policy}: of medium risk");
            let forced = flow.browser.submit_to("", &[("answer", "accept")]).await;
            assert_eq!(forced.status, 403, "{}", forced.text);
            declassify(&server, &flow, &medium).await;
            let low = classify(&server, &flow, user_read_write, "low").await;
            assert!(is_let(&flow, OWN).await, "{policy}: of low risk");
            assert!(!is_let(&flow, "openid User.ReadWrite User.Read.All").await, "{policy}: not everything is");
            declassify(&server, &flow, &low).await;
            assert!(!is_let(&flow, OWN).await, "{policy}: no longer of low risk");
        }
        let low = classify(&server, &flow, user_read_write, "low").await;
        set_policies(&server, &flow.tenant, &[]).await;
        assert!(!is_let(&flow, OWN).await, "no policy says so");

        set_policies(&server, &flow.tenant, &[ConsentPolicy::Low.as_str()]).await;
        assert!(is_let(&flow, OWN).await);
        flow.browser.submit(&[("answer", "accept")]).await;
        assert!(flow.arrived().contains_key("code"));
        // What was granted stays when somebody thinks otherwise of it.
        declassify(&server, &flow, &low).await;
        assert!(flow.ask(&[("scope", OWN)]).await.contains_key("code"));
    })
    .await;
}

#[tokio::test]
async fn a7_what_another_app_exposes_is_of_the_risk_that_was_said_of_it_there() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        let id = Uuid::from_u128(7);
        let scope = |kind: &str| json!({ "id": id, "value": "Orders.Read", "type": kind });
        let exposed: ExposedScope = serde_json::from_value(scope("User")).expect("a scope");
        let exposing = |scopes| Changes { exposed_scopes: Some(scopes), ..Changes::default() };
        let orders = server.app(&flow.tenant, "Orders", exposing(vec![exposed.clone()])).await;
        // Another app whose permission happens to have the same id.
        let costs = server.app(&flow.tenant, "Costs", exposing(vec![exposed])).await;
        set_policies(&server, &flow.tenant, &[ConsentPolicy::Low.as_str()]).await;
        let [asked, other] = [&orders, &costs].map(|app| format!("openid api://{}/Orders.Read", app.client_id));
        assert!(!is_let(&flow, &asked).await);
        classify(&server, &flow, (&orders.client_id, id), "low").await;
        assert!(is_let(&flow, &asked).await && !is_let(&flow, &other).await);

        // What takes an administrator since then is theirs, whatever was said of it.
        let owner = server.application(flow.tenant.id, &[Permission::ApplicationReadWriteAll]);
        let path = format!("/v1.0/applications/{}", orders.registered.application.id);
        let body = json!({ "api": { "oauth2PermissionScopes": [scope("Admin")] } });
        assert_eq!(server.api_as(&owner, Method::PATCH, &path, &body).await.status, 204);
        assert!(!is_let(&flow, &asked).await);
    })
    .await;
}

#[tokio::test]
async fn a7_rules_of_the_organisation_ask_for_risk_also_of_apps_of_others() {
    on_both_engines(async |server| {
        let (flow, _) = stranger(&server, for_several()).await;
        let api = permission::RESOURCE.to_string();
        for word in OWN.split(' ') {
            classify(&server, &flow, (&api, directory(word)), "low").await;
        }
        set_policies(&server, &flow.tenant, &[ConsentPolicy::Low.as_str()]).await;
        assert!(!is_let(&flow, OWN).await, "what is of low risk is for apps of the organisation itself");

        let writer = server.application(flow.tenant.id, &[Permission::PolicyReadWritePermissionGrant]);
        let post = async |path: &str, body: Value| {
            let path = format!("/v1.0/policies/permissionGrantPolicies{path}");
            let answer = server.api_as(&writer, Method::POST, &path, &body).await;
            assert_eq!(answer.status, 201, "{}", answer.text);
        };
        post("", json!({ "id": "our-own", "displayName": "Our own" })).await;
        set_policies(&server, &flow.tenant, &["ManagePermissionGrantsForSelf.our-own"]).await;
        post("/our-own/includes", json!({ "permissionType": "delegated", "permissionClassification": "high" })).await;
        assert!(!is_let(&flow, OWN).await, "of another risk");
        post("/our-own/includes", json!({ "permissionType": "delegated", "permissionClassification": "low" })).await;
        assert!(is_let(&flow, OWN).await);
        post("/our-own/excludes", json!({ "permissionType": "delegated", "permissionClassification": "low" })).await;
        assert!(!is_let(&flow, OWN).await, "what is of low risk is excluded");
    })
    .await;
}
