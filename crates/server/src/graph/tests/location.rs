//! Whatever is made is answered with the address at which it is read (`OData` 4.01 Protocol, section 8.3.3).

use crate::testing::{ADDRESS, on_both_engines};
use axum::http::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn what_is_made_is_found_where_the_answer_says() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let mara = server.member(&tenant, "mara", &[]).await;
        let made = async |path: &str, body: Value| {
            let made = server.api_as(&admin, Method::POST, path, &body).await;
            assert_eq!(made.status, 201, "{path}: {}", made.text);
            let address = made.header("location").strip_prefix(ADDRESS).expect("an address of this server").to_owned();
            let found = server.api_as(&admin, Method::GET, &address, &Value::Null).await;
            assert_eq!(found.status, 200, "{address}: {}", found.text);
            assert_eq!(found.json()["id"], made.json()["id"], "{address}");
            made.json()
        };
        let password = json!({ "password": "correct horse battery staple 9" });
        made("/v1.0/users", json!({
            "displayName": "Ada", "mailNickname": "ada", "userPrincipalName": "ada@contoso.example",
            "accountEnabled": true, "passwordProfile": password,
        }))
        .await;
        let group = json!({ "displayName": "G", "mailNickname": "g", "mailEnabled": false, "securityEnabled": true });
        made("/v1.0/groups", group).await;
        let app = made("/v1.0/applications", json!({ "displayName": "App" })).await;
        let principal = made("/v1.0/servicePrincipals", json!({ "appId": app["appId"] })).await;
        let path = |name: &str| format!("/v1.0/applications/{}/{name}", app["id"].as_str().expect("an id"));
        made(&path("federatedIdentityCredentials"), json!({
            "name": "pipeline", "issuer": "https://issuer.example", "subject": "pipeline",
            "audiences": ["api://AzureADTokenExchange"],
        }))
        .await;
        let property = json!({ "name": "costCenter", "dataType": "String", "targetObjects": ["User"] });
        made(&path("extensionProperties"), property).await;
        let role = "00000000-0000-0000-0000-000000000000";
        let assignment = json!({ "principalId": mara.id, "resourceId": principal["id"], "appRoleId": role });
        made(&format!("/v1.0/users/{}/appRoleAssignments", mara.id), assignment).await;
        let role = crate::graph::Role::GuestInviter.id();
        let assignment = json!({ "principalId": mara.id, "roleDefinitionId": role, "directoryScopeId": "/" });
        made("/v1.0/roleManagement/directory/roleAssignments", assignment).await;
        made("/v1.0/domains", json!({ "id": "other.example" })).await;
        let policies = "/v1.0/policies/permissionGrantPolicies";
        made(policies, json!({ "id": "our-own", "displayName": "Our own" })).await;
        let definition = r#"{"TokenLifetimePolicy":{"Version":1,"AccessTokenLifetime":"00:30:00"}}"#;
        let policies = "/v1.0/policies/tokenLifetimePolicies";
        made(policies, json!({ "displayName": "Short", "definition": [definition] })).await;
        let language = format!("/v1.0/organization/{}/branding/localizations", tenant.id);
        made(&language, json!({ "id": "de", "signInPageText": "Willkommen" })).await;
        let definition = r#"{"B2BManagementPolicy":{"InvitationsAllowedAndBlockedDomainsPolicy":{"BlockedDomains":["blocked.example"]}}}"#;
        made("/beta/policies/b2bManagementPolicies", json!({ "definition": [definition] })).await;
        let invitation = json!({
            "invitedUserEmailAddress": "sam@partner.example", "inviteRedirectUrl": "https://myapps.microsoft.com",
        });
        made("/v1.0/invitations", invitation).await;
    })
    .await;
}
