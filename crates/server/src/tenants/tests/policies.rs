//! The authorization policy and the policy of methods.

use super::{get, patch};
use crate::graph::Role;
use crate::testing::{graph_type, on_both_engines, person};
use serde_json::{Value, json};

const POLICY: &str = "/v1.0/policies/authorizationPolicy";
const METHODS: &str = "/v1.0/policies/authenticationMethodsPolicy";
const EMAIL: &str = "/v1.0/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/email";

/// What a policy says, whatever its version.
fn untagged(mut policy: Value) -> Value {
    policy.as_object_mut().expect("an object").remove("@odata.etag").expect("the tag of its version");
    policy
}

#[tokio::test]
async fn the_authorization_policy_is_whole_and_its_defaults_are_merged_member_by_member() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ada = server.administrator(&tenant).await;
        let before = get(&server, &ada, POLICY).await.json();
        for name in graph_type("authorizationPolicy").keys().filter(|name| *name != "deletedDateTime") {
            assert!(before.get(name).is_some(), "{name} is missing in {before}");
        }
        let consent = "managePermissionGrantsForSelf.microsoft-user-default-low";
        let defaults = json!({ "defaultUserRolePermissions": {
            "allowedToCreateApps": true, "permissionGrantPoliciesAssigned": [consent],
        } });
        assert_eq!(patch(&server, &ada, POLICY, &defaults).await.status, 204);
        let change = json!({
            "allowInvitesFrom": "adminsAndGuestInviters",
            "allowedToUseSSPR": false,
            "defaultUserRolePermissions": { "allowedToReadOtherUsers": false, "allowedToCreateTenants": false },
        });
        assert_eq!(patch(&server, &ada, POLICY, &change).await.status, 204);
        let after = get(&server, &ada, POLICY).await.json();
        assert_eq!(after["allowInvitesFrom"], "adminsAndGuestInviters");
        let held = &after["defaultUserRolePermissions"];
        assert_eq!(held["allowedToCreateApps"], true);
        assert_eq!(held["allowedToCreateSecurityGroups"], false);
        assert_eq!(held["allowedToReadOtherUsers"], false);
        assert_eq!(
            held["permissionGrantPoliciesAssigned"],
            json!(["ManagePermissionGrantsForSelf.microsoft-user-default-low"])
        );
    })
    .await;
}

#[tokio::test]
async fn what_would_decide_what_the_server_does_not_do_has_one_value() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ada = server.administrator(&tenant).await;
        let before = get(&server, &ada, POLICY).await.json();
        for name in ["allowEmailVerifiedUsersToJoinOrganization", "allowUserConsentForRiskyApps", "blockMsolPowerShell"]
        {
            assert_eq!(patch(&server, &ada, POLICY, &json!({ name: before[name] })).await.status, 204, "{name}");
            let refused = patch(&server, &ada, POLICY, &json!({ name: true })).await;
            assert_eq!(refused.status, 400, "{name}");
            assert_eq!(refused.json()["error"]["target"], name);
        }
        for (member, value) in [
            ("allowedToCreateTenants", json!(null)),
            ("allowedToReadBitlockerKeysForOwnedDevice", json!("yes")),
            ("permissionGrantPoliciesAssigned", json!(["managePermissionGrantsForSelf.everything"])),
            ("allowedToCreateApps", json!(null)),
            ("allowedToFly", json!(true)),
        ] {
            let body = json!({ "defaultUserRolePermissions": { member: value } });
            let refused = patch(&server, &ada, POLICY, &body).await;
            assert_eq!(refused.status, 400, "{member}");
            assert_eq!(refused.json()["error"]["target"], member);
        }
        assert_eq!(untagged(get(&server, &ada, POLICY).await.json()), untagged(before));
    })
    .await;
}

#[tokio::test]
async fn what_governs_nothing_here_is_kept_as_it_is_written() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ada = server.administrator(&tenant).await;
        let of_policy = ["allowedToSignUpEmailBasedSubscriptions", "allowedToUseSSPR"];
        let of_members = ["allowedToCreateTenants", "allowedToReadBitlockerKeysForOwnedDevice"];
        let before = get(&server, &ada, POLICY).await.json();
        let body = |name: &str, is_on: bool| {
            if of_policy.contains(&name) {
                json!({ name: is_on })
            } else {
                json!({ "defaultUserRolePermissions": { name: is_on } })
            }
        };
        for name in of_policy.into_iter().chain(of_members) {
            let is_on = async || {
                let policy = get(&server, &ada, POLICY).await.json();
                let place = if of_policy.contains(&name) { &policy } else { &policy["defaultUserRolePermissions"] };
                place[name].clone()
            };
            assert_eq!(is_on().await, false, "{name}");
            assert_eq!(patch(&server, &ada, POLICY, &body(name, true)).await.status, 204, "{name}");
            assert_eq!(is_on().await, true, "{name}");
        }
        for name in of_policy.into_iter().chain(of_members) {
            assert_eq!(patch(&server, &ada, POLICY, &body(name, false)).await.status, 204, "{name}");
        }
        assert_eq!(untagged(get(&server, &ada, POLICY).await.json()), untagged(before));
    })
    .await;
}

#[tokio::test]
async fn members_who_may_not_read_others_read_themselves() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ada = server.administrator(&tenant).await;
        let bob = server.member(&tenant, "bob", &[]).await;
        let eve = server.member(&tenant, "eve", &[]).await;
        let off = json!({ "defaultUserRolePermissions": { "allowedToReadOtherUsers": false } });
        assert_eq!(patch(&server, &ada, POLICY, &off).await.status, 204);
        let mut tx = server.read().await.expect("a connection");
        let caller = crate::sign_in::session::caller(&mut tx, &server, &bob, None, None).await.expect("a caller");
        drop(tx);
        let reader = person(&bob, vec![Role::ReportsReader]);
        for (path, status) in [
            (format!("/v1.0/users/{}", bob.id), 200),
            ("/v1.0/me".to_owned(), 200),
            (format!("/v1.0/users/{}", eve.id), 404),
            ("/v1.0/users".to_owned(), 403),
            ("/v1.0/directoryRoles".to_owned(), 403),
            ("/v1.0/roleManagement/directory/roleAssignments".to_owned(), 403),
        ] {
            let answer = get(&server, &caller, &path).await;
            assert_eq!(answer.status, status, "{path}: {}", answer.text);
            assert_eq!(get(&server, &reader, &path).await.status, 200, "{path} for whoever holds a role");
        }
    })
    .await;
}

#[tokio::test]
async fn codes_by_mail_are_switched_by_who_decides_about_methods() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ada = server.administrator(&tenant).await;
        let max = server.member(&tenant, "max", &[]).await;
        let methods = person(&max, vec![Role::AuthenticationPolicyAdministrator]);
        let kind = "#microsoft.graph.emailAuthenticationMethodConfiguration";
        let off = json!({ "@odata.type": kind, "allowExternalIdToUseEmailOtp": "disabled" });
        assert_eq!(patch(&server, &person(&max, vec![Role::UserAdministrator]), EMAIL, &off).await.status, 403);
        assert_eq!(patch(&server, &methods, EMAIL, &off).await.status, 204);
        let email = get(&server, &ada, EMAIL).await.json();
        assert_eq!(email["allowExternalIdToUseEmailOtp"], "disabled");
        let whole = get(&server, &ada, METHODS).await.json();
        assert_eq!(whole["authenticationMethodConfigurations"][0]["allowExternalIdToUseEmailOtp"], "disabled");
        let deleted = server.api_as(&methods, axum::http::Method::DELETE, EMAIL, &Value::Null).await;
        assert_eq!(deleted.status, 204);
        assert_eq!(get(&server, &ada, EMAIL).await.json()["allowExternalIdToUseEmailOtp"], "default");
        for (body, target) in [
            (json!({ "allowExternalIdToUseEmailOtp": "disabled" }), "@odata.type"),
            (json!({ "@odata.type": "#microsoft.graph.fido2AuthenticationMethodConfiguration" }), "@odata.type"),
            (json!({ "@odata.type": kind, "allowExternalIdToUseEmailOtp": "perhaps" }), "allowExternalIdToUseEmailOtp"),
            (json!({ "@odata.type": kind, "state": "enabled" }), "state"),
            (json!({ "@odata.type": kind, "pinLength": 8 }), "pinLength"),
        ] {
            let refused = patch(&server, &methods, EMAIL, &body).await;
            assert_eq!((refused.status.as_u16(), &refused.json()["error"]["target"]), (400, &json!(target)), "{body}");
        }
        assert_eq!(get(&server, &ada, &EMAIL.replace("email", "Fido2")).await.status, 404);

        // The same inside of the policy, as it was read.
        let mut whole = get(&server, &ada, METHODS).await.json();
        whole["authenticationMethodConfigurations"][0]["allowExternalIdToUseEmailOtp"] = json!("enabled");
        assert_eq!(patch(&server, &person(&max, vec![Role::UserAdministrator]), METHODS, &whole).await.status, 403);
        assert_eq!(patch(&server, &methods, METHODS, &whole).await.status, 204);
        assert_eq!(get(&server, &ada, EMAIL).await.json()["allowExternalIdToUseEmailOtp"], "enabled");
        for (body, target) in [
            (json!({ "reconfirmationInDays": 7 }), "reconfirmationInDays"),
            (json!({ "colour": "red" }), "colour"),
            (json!({ "authenticationMethodConfigurations": [off, off] }), "authenticationMethodConfigurations"),
            (json!({ "authenticationMethodConfigurations": [{ "@odata.type": "x" }] }), "@odata.type"),
        ] {
            let refused = patch(&server, &methods, METHODS, &body).await;
            assert_eq!((refused.status.as_u16(), &refused.json()["error"]["target"]), (400, &json!(target)), "{body}");
        }
    })
    .await;
}
