//! What the organisation allows.

use super::{PreparedWrite, call};
use crate::testing::TestServer;
use crate::testing::matrix::world::World;
use axum::http::Method;
use serde_json::{Value, json};

/// A list of domains.
const DEFINITION: &str = r#"{"B2BManagementPolicy":{"InvitationsAllowedAndBlockedDomainsPolicy":{"AllowedDomains":[],"BlockedDomains":["other.example"]}}}"#;

/// A configuration by which guests get no codes by mail.
fn no_codes() -> Value {
    let kind = "#microsoft.graph.emailAuthenticationMethodConfiguration";
    json!({ "@odata.type": kind, "allowExternalIdToUseEmailOtp": "disabled" })
}

/// A definition of how long tokens are good.
const LIFETIME: &str = r#"{"TokenLifetimePolicy":{"Version":1,"AccessTokenLifetime":"00:30:00"}}"#;

/// What is sent to a route of policies; nothing for any other.
pub async fn sent(server: &TestServer, world: &World, template: &str, is_delete: bool) -> Option<PreparedWrite> {
    let body = match template {
        "/v1.0/policies/authenticationMethodsPolicy" => json!({ "authenticationMethodConfigurations": [no_codes()] }),
        path if path.contains("/authenticationMethodConfigurations/") => {
            let off = no_codes();
            if is_delete {
                call(server, world, Method::PATCH, template, off.clone()).await;
            }
            off
        }
        "/v1.0/policies/permissionGrantPolicies" => json!({ "id": "another-policy", "displayName": "Another" }),
        "/v1.0/policies/permissionGrantPolicies/{grant_policy}" => json!({ "displayName": "Renamed" }),
        "/v1.0/policies/permissionGrantPolicies/{grant_policy}/includes"
        | "/v1.0/policies/permissionGrantPolicies/{grant_policy}/excludes" => json!({ "permissionType": "delegated" }),
        "/v1.0/policies/permissionGrantPolicies/{grant_policy}/excludes/{condition}" => {
            let sets = "/v1.0/policies/permissionGrantPolicies/{grant_policy}/excludes";
            let made = call(server, world, Method::POST, sets, json!({ "permissionType": "delegated" })).await.json();
            let id = made["id"].as_str().expect("an id");
            return Some((world.path(&template.replace("{condition}", id)), Value::Null));
        }
        "/v1.0/policies/tokenLifetimePolicies" => json!({ "displayName": "Short", "definition": [LIFETIME] }),
        "/v1.0/policies/tokenLifetimePolicies/{lifetime_policy}" => json!({ "definition": [LIFETIME] }),
        "/v1.0/policies/adminConsentRequestPolicy" => json!({
            "isEnabled": true,
            "notifyReviewers": true,
            "remindersEnabled": false,
            "requestDurationInDays": 30,
            "reviewers": [{ "query": world.path("/users/{member}"), "queryType": "MicrosoftGraph" }],
        }),
        "/beta/policies/b2bManagementPolicies" => {
            call(server, world, Method::DELETE, "/beta/policies/b2bManagementPolicies/{policy}", Value::Null).await;
            json!({ "definition": [DEFINITION] })
        }
        "/beta/policies/b2bManagementPolicies/{policy}" => json!({ "definition": [DEFINITION] }),
        "/beta/policies/externalIdentitiesPolicy" => json!({ "allowExternalIdentitiesToLeave": false }),
        "/v1.0/policies/authorizationPolicy" => json!({ "allowInvitesFrom": "none" }),
        "/vestibule/v1/collaborationSettings" => json!({ "invitationLifetimeDays": 7 }),
        _ => return None,
    };
    Some((world.path(template), body))
}
