//! A subscription that a person made through an app lives by what the app was granted.

use super::{subscribe, told, world};
use crate::applications::Changes;
use crate::graph::{Actor, Caller, Permission, caller};
use crate::tenants::Tenant;
use crate::testing::{TestServer, on_both_engines, person};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

/// A person without a role, through an app that was granted this for them; and where the grant is.
pub(super) async fn granted(
    server: &TestServer,
    tenant: &Tenant,
    administrator: &Caller,
    permission: Permission,
) -> (Caller, String) {
    let app = server.app(tenant, "Calendar", Changes::default()).await;
    let mara = server.member(tenant, "mara", &[]).await;
    let api = "/v1.0/servicePrincipals(appId='00000003-0000-0000-c000-000000000000')?$select=id";
    let api = server.api_as(administrator, Method::GET, api, &Value::Null).await.json()["id"].clone();
    let grant = json!({
        "clientId": app.registered.service_principal.id, "consentType": "Principal", "principalId": mara.id,
        "resourceId": api, "scope": permission.name(),
    });
    let granted = server.api_as(administrator, Method::POST, "/v1.0/oauth2PermissionGrants", &grant).await;
    assert_eq!(granted.status, StatusCode::CREATED, "{}", granted.text);
    let mut through_app = person(&mara, Vec::new());
    if let Actor::User(user) = &mut through_app.actor {
        let client = app.registered.application.app_id;
        user.delegated = Some(caller::Delegated { client, permissions: vec![permission] });
    }
    let id = granted.json()["id"].as_str().expect("an id").to_owned();
    (through_app, format!("/v1.0/oauth2PermissionGrants/{id}"))
}

#[tokio::test]
async fn what_a_person_granted_for_themselves_is_enough_and_ends_what_is_told_when_it_is_taken_back() {
    on_both_engines(async |server| {
        let (server, tenant, administrator, receiver, address) = world(&server).await;
        let (through_app, grant) = granted(&server, &tenant, &administrator, Permission::UserReadAll).await;
        let made = subscribe(&server, &through_app, &address, json!({})).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        let ada = server.member(&tenant, "ada", &[]).await;
        let items = told(&server, &receiver).await;
        assert_eq!(items.len(), 1, "{items:?}");
        assert_eq!(items[0]["resourceData"]["id"], json!(ada.id));

        assert_eq!(server.api_as(&administrator, Method::DELETE, &grant, &Value::Null).await.status, 204);
        server.member(&tenant, "bob", &[]).await;
        assert!(told(&server, &receiver).await.is_empty(), "nothing is told on a right that was taken away");
    })
    .await;
}
