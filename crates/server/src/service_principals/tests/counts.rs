//! How many assignments and grants there are, behind `/$count`.

use super::app;
use crate::applications::Changes;
use crate::graph::{Caller, Permission};
use crate::testing::{Answer, TestServer, on_both_engines, person};
use axum::http::Method;
use serde_json::{Value, json};

/// GET with `ConsistencyLevel: eventual`.
async fn get_eventual(server: &TestServer, caller: &Caller, path: &str) -> Answer {
    server.api_with(caller, Method::GET, path, &[("consistencylevel", "eventual")], &Value::Null).await
}

async fn made(server: &TestServer, caller: &Caller, path: &str, body: Value) {
    let answer = server.api_as(caller, Method::POST, path, &body).await;
    assert_eq!(answer.status, 201, "{path}: {}", answer.text);
}

#[tokio::test]
async fn assignments_and_grants_are_counted_from_each_side() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let admin = server.administrator(&tenant).await;
        let app = app(&server, &admin, "Travel", Changes::default()).await.service_principal.id;
        let (ada, bob) = (server.member(&tenant, "ada", &[]).await, server.member(&tenant, "bob", &[]).await);
        let api = "/v1.0/servicePrincipals(appId='00000003-0000-0000-c000-000000000000')";
        let api = server.api_as(&admin, Method::GET, api, &Value::Null).await.json()["id"].clone();
        let (own, role) = (format!("/v1.0/servicePrincipals/{app}"), "00000000-0000-0000-0000-000000000000");
        for user in [&ada, &bob] {
            let assigned = json!({ "principalId": user.id, "resourceId": app, "appRoleId": role });
            made(&server, &admin, &format!("{own}/appRoleAssignedTo"), assigned).await;
        }
        let held = Permission::UserReadAll.role_id();
        let permission = json!({ "principalId": app, "resourceId": api, "appRoleId": held });
        made(&server, &admin, &format!("{own}/appRoleAssignments"), permission).await;
        let mut grant =
            json!({ "clientId": app, "consentType": "AllPrincipals", "resourceId": api, "scope": "User.Read" });
        made(&server, &admin, "/v1.0/oauth2PermissionGrants", grant.clone()).await;
        (grant["consentType"], grant["principalId"]) = (json!("Principal"), json!(ada.id));
        made(&server, &admin, "/v1.0/oauth2PermissionGrants", grant).await;

        for (path, number) in [
            (format!("{own}/appRoleAssignedTo/$count"), "2"),
            (format!("{own}/appRoleAssignedTo/$count?$filter=principalDisplayName%20eq%20'ada'"), "1"),
            (format!("{own}/appRoleAssignments/$count"), "1"),
            (format!("{own}/oauth2PermissionGrants/$count"), "2"),
            (format!("/v1.0/users/{}/appRoleAssignments/$count", ada.id), "1"),
            (format!("/v1.0/users/{}/oauth2PermissionGrants/$count", ada.id), "1"),
            (format!("/v1.0/users/{}/oauth2PermissionGrants/$count", bob.id), "0"),
            ("/v1.0/oauth2PermissionGrants/$count".to_owned(), "2"),
            ("/v1.0/oauth2PermissionGrants/$count?$filter=consentType%20eq%20'Principal'".to_owned(), "1"),
        ] {
            let answer = get_eventual(&server, &admin, &path).await;
            assert_eq!((answer.status.as_u16(), answer.text.as_str()), (200, number), "{path}");
            let plain = server.api_as(&admin, Method::GET, &path, &Value::Null).await;
            assert_eq!(plain.status, 400, "the number is an advanced query: {path}");
        }
        let ada = person(&ada, Vec::new());
        for own in ["/v1.0/me/appRoleAssignments/$count", "/v1.0/me/oauth2PermissionGrants/$count"] {
            assert_eq!(get_eventual(&server, &ada, own).await.text, "1", "{own}");
        }
        let guest = person(&server.guest(&tenant, "sam@partner.example").await, Vec::new());
        let refused = get_eventual(&server, &guest, &format!("{own}/appRoleAssignedTo/$count")).await;
        assert_eq!(refused.status, 403, "t2: how many others use an app");
        let seen = get_eventual(&server, &guest, "/v1.0/oauth2PermissionGrants/$count").await;
        assert_eq!(seen.text, "1", "t2: of what others have granted themselves, a guest is not told the number");
    })
    .await;
}
