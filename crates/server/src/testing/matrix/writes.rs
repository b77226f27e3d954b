//! Every write of the API is told by the audit, and a refused one leaves everything as it was (security check X10).

use super::roles::through_an_app;
use super::table::{API, Kind};
use super::world::World;
use crate::audit::Activity::{
    self, AddApplication, AddApplicationOwner, AddDelegatedGrant, AddDomainList, AddGrantPolicy, AddGroup,
    AddGroupMember, AddGroupOwner, AddRoleMember, AddServicePrincipal, AddServicePrincipalCredentials,
    AddServicePrincipalOwner, AddUnverifiedDomain, AddUser, AddVerifiedDomain, AssignGroup, AssignServicePrincipal,
    AssignUser, ChangePassword, DeleteApplication, DeleteDomainList, DeleteExternalUser, DeleteGrantPolicy, DeleteGroup,
    DeleteServicePrincipal, DeleteSubscription, InviteExternalUser, ManageCredentials, PurgeUser,
    RemoveApplicationOwner, RemoveDelegatedGrant, RemoveGroupMember, RemoveGroupOwner, RemoveRoleMember,
    RemoveServicePrincipalCredentials, RemoveServicePrincipalOwner, RemoveUnverifiedDomain, RestoreUser, RetryMail,
    RevokeExternalUserInvite, RevokeSessions, SendBulkInvite, StartBulkInvite, StopBulkInvite, UnassignGroup,
    UnassignServicePrincipal, UnassignUser, UpdateApplication, UpdateAuthenticationMethods, UpdateAuthorizationPolicy,
    UpdateCollaborationSettings, UpdateConsentRequestPolicy, UpdateDomain, UpdateGrantPolicy, UpdateGroup,
    UpdateOrganization, UpdateServicePrincipal, UpdateSubscription, UpdateUser,
};
use crate::audit::{ChangeFilter, store};
use crate::graph::{Actor, Permission, Role};
use crate::testing::name_server::publish;
use crate::testing::{Answer, Certified, TestServer, on_both_engines, person, picture};
use axum::http::Method;
use database::sql;
use serde_json::{Value, json};

/// What the audit says for each route that writes.
const WRITES: &[(&str, Activity)] = &[
    ("PATCH /v1.0/me", UpdateUser),
    ("POST /v1.0/me/revokeSignInSessions", RevokeSessions),
    ("POST /v1.0/me/changePassword", ChangePassword),
    ("POST /v1.0/users", AddUser),
    ("PATCH /v1.0/users/{user}", UpdateUser),
    ("DELETE /v1.0/users/{user}", DeleteExternalUser),
    ("POST /v1.0/users/{user}/revokeSignInSessions", RevokeSessions),
    ("POST /v1.0/users/{user}/sponsors/$ref", UpdateUser),
    ("DELETE /v1.0/users/{user}/sponsors/$ref", UpdateUser),
    ("DELETE /v1.0/users/{user}/sponsors/{sponsor}/$ref", UpdateUser),
    ("PUT /v1.0/users/{user}/manager/$ref", UpdateUser),
    ("DELETE /v1.0/users/{user}/manager/$ref", UpdateUser),
    ("PUT /v1.0/me/photo", UpdateUser),
    ("PATCH /v1.0/me/photo", UpdateUser),
    ("DELETE /v1.0/me/photo", UpdateUser),
    ("PUT /v1.0/me/photo/$value", UpdateUser),
    ("PATCH /v1.0/me/photo/$value", UpdateUser),
    ("DELETE /v1.0/me/photo/$value", UpdateUser),
    ("PUT /v1.0/users/{user}/photo", UpdateUser),
    ("PATCH /v1.0/users/{user}/photo", UpdateUser),
    ("DELETE /v1.0/users/{user}/photo", UpdateUser),
    ("PUT /v1.0/users/{user}/photo/$value", UpdateUser),
    ("PATCH /v1.0/users/{user}/photo/$value", UpdateUser),
    ("DELETE /v1.0/users/{user}/photo/$value", UpdateUser),
    ("POST /vestibule/v1/guestsWithoutSponsor/assign", UpdateUser),
    ("DELETE /v1.0/directory/deletedItems/{deleted}", PurgeUser),
    ("POST /v1.0/directory/deletedItems/{deleted}/restore", RestoreUser),
    ("POST /v1.0/users/{user}/appRoleAssignments", AssignUser),
    ("DELETE /v1.0/users/{user}/appRoleAssignments/{assignment}", UnassignUser),
    ("POST /v1.0/groups", AddGroup),
    ("PATCH /v1.0/groups/{group}", UpdateGroup),
    ("DELETE /v1.0/groups/{group}", DeleteGroup),
    ("POST /v1.0/groups/{group}/members/$ref", AddGroupMember),
    ("DELETE /v1.0/groups/{group}/members/$ref", RemoveGroupMember),
    ("DELETE /v1.0/groups/{group}/members/{member}/$ref", RemoveGroupMember),
    ("POST /v1.0/groups/{group}/owners/$ref", AddGroupOwner),
    ("DELETE /v1.0/groups/{group}/owners/$ref", RemoveGroupOwner),
    ("DELETE /v1.0/groups/{group}/owners/{member}/$ref", RemoveGroupOwner),
    ("POST /v1.0/groups/{group}/appRoleAssignments", AssignGroup),
    ("DELETE /v1.0/groups/{group}/appRoleAssignments/{assignment}", UnassignGroup),
    ("DELETE /v1.0/directoryObjects/{object}", DeleteExternalUser),
    ("POST /v1.0/directoryRoles/{role}/members/$ref", AddRoleMember),
    ("DELETE /v1.0/directoryRoles/{role}/members/{member}/$ref", RemoveRoleMember),
    ("POST /v1.0/roleManagement/directory/roleAssignments", AddRoleMember),
    ("DELETE /v1.0/roleManagement/directory/roleAssignments/{assigned}", RemoveRoleMember),
    ("POST /v1.0/invitations", InviteExternalUser),
    ("POST /beta/invitations", InviteExternalUser),
    ("POST /vestibule/v1/invitations/resendHeld", InviteExternalUser),
    ("POST /vestibule/v1/invitations/{id}/resend", InviteExternalUser),
    ("POST /vestibule/v1/invitations/{id}/revoke", RevokeExternalUserInvite),
    ("POST /vestibule/v1/bulkInvitations", SendBulkInvite),
    ("POST /vestibule/v1/bulkInvitations/{id}/start", StartBulkInvite),
    ("POST /vestibule/v1/bulkInvitations/{id}/stop", StopBulkInvite),
    ("POST /vestibule/v1/mails/{id}/retry", RetryMail),
    ("POST /vestibule/v1/jobs/retryFailed", RetryMail),
    ("POST /vestibule/v1/jobs/{id}/retry", RetryMail),
    ("PATCH /v1.0/policies/authorizationPolicy", UpdateAuthorizationPolicy),
    ("PATCH /v1.0/policies/authenticationMethodsPolicy", UpdateAuthenticationMethods),
    (
        "PATCH /v1.0/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/{method}",
        UpdateAuthenticationMethods,
    ),
    (
        "DELETE /v1.0/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/{method}",
        UpdateAuthenticationMethods,
    ),
    ("POST /v1.0/policies/permissionGrantPolicies", AddGrantPolicy),
    ("PATCH /v1.0/policies/permissionGrantPolicies/{grant_policy}", UpdateGrantPolicy),
    ("DELETE /v1.0/policies/permissionGrantPolicies/{grant_policy}", DeleteGrantPolicy),
    ("POST /v1.0/policies/permissionGrantPolicies/{grant_policy}/includes", UpdateGrantPolicy),
    ("DELETE /v1.0/policies/permissionGrantPolicies/{grant_policy}/includes/{condition}", UpdateGrantPolicy),
    ("POST /v1.0/policies/permissionGrantPolicies/{grant_policy}/excludes", UpdateGrantPolicy),
    ("DELETE /v1.0/policies/permissionGrantPolicies/{grant_policy}/excludes/{condition}", UpdateGrantPolicy),
    ("PUT /v1.0/policies/adminConsentRequestPolicy", UpdateConsentRequestPolicy),
    ("POST /beta/policies/b2bManagementPolicies", AddDomainList),
    ("PATCH /beta/policies/b2bManagementPolicies/{policy}", UpdateCollaborationSettings),
    ("DELETE /beta/policies/b2bManagementPolicies/{policy}", DeleteDomainList),
    ("PATCH /vestibule/v1/collaborationSettings", UpdateCollaborationSettings),
    ("POST /v1.0/domains", AddUnverifiedDomain),
    ("PATCH /v1.0/domains/{domain}", UpdateDomain),
    ("DELETE /v1.0/domains/{domain}", RemoveUnverifiedDomain),
    ("POST /v1.0/domains/{domain}/verify", AddVerifiedDomain),
    ("PATCH /v1.0/organization/{organization}", UpdateOrganization),
    ("PATCH /v1.0/organization/{organization}/branding", UpdateOrganization),
    ("DELETE /v1.0/organization/{organization}/branding", UpdateOrganization),
    ("DELETE /v1.0/organization/{organization}/branding/{image}", UpdateOrganization),
    ("POST /v1.0/organization/{organization}/branding/localizations", UpdateOrganization),
    ("PATCH /v1.0/organization/{organization}/branding/localizations/{locale}", UpdateOrganization),
    ("DELETE /v1.0/organization/{organization}/branding/localizations/{locale}", UpdateOrganization),
    ("DELETE /v1.0/organization/{organization}/branding/localizations/{locale}/{image}", UpdateOrganization),
    ("PATCH /vestibule/v1/organization", UpdateOrganization),
    ("POST /v1.0/applications", AddApplication),
    ("PATCH /v1.0/applications/{application}", UpdateApplication),
    ("DELETE /v1.0/applications/{application}", DeleteApplication),
    ("POST /v1.0/applications/{application}/addPassword", ManageCredentials),
    ("POST /v1.0/applications/{application}/removePassword", ManageCredentials),
    ("POST /v1.0/applications/{application}/addKey", ManageCredentials),
    ("POST /v1.0/applications/{application}/removeKey", ManageCredentials),
    ("POST /v1.0/applications/{application}/federatedIdentityCredentials", ManageCredentials),
    ("PATCH /v1.0/applications/{application}/federatedIdentityCredentials/{credential}", ManageCredentials),
    ("DELETE /v1.0/applications/{application}/federatedIdentityCredentials/{credential}", ManageCredentials),
    ("POST /v1.0/applications/{application}/extensionProperties", UpdateApplication),
    ("DELETE /v1.0/applications/{application}/extensionProperties/{property}", UpdateApplication),
    ("POST /v1.0/applications/{application}/owners/$ref", AddApplicationOwner),
    ("DELETE /v1.0/applications/{application}/owners/{member}/$ref", RemoveApplicationOwner),
    ("PATCH /vestibule/v1/applications/{application}", UpdateApplication),
    ("POST /v1.0/servicePrincipals", AddServicePrincipal),
    ("PATCH /v1.0/servicePrincipals/{principal}", UpdateServicePrincipal),
    ("DELETE /v1.0/servicePrincipals/{principal}", DeleteServicePrincipal),
    ("POST /v1.0/servicePrincipals/{principal}/addPassword", AddServicePrincipalCredentials),
    ("POST /v1.0/servicePrincipals/{principal}/removePassword", RemoveServicePrincipalCredentials),
    ("POST /v1.0/servicePrincipals/{principal}/owners/$ref", AddServicePrincipalOwner),
    ("DELETE /v1.0/servicePrincipals/{principal}/owners/{member}/$ref", RemoveServicePrincipalOwner),
    ("POST /v1.0/servicePrincipals/{principal}/appRoleAssignedTo", AssignUser),
    ("DELETE /v1.0/servicePrincipals/{principal}/appRoleAssignedTo/{assignment}", UnassignUser),
    ("POST /v1.0/servicePrincipals/{principal}/appRoleAssignments", AssignServicePrincipal),
    ("DELETE /v1.0/servicePrincipals/{principal}/appRoleAssignments/{assignment}", UnassignServicePrincipal),
    ("POST /v1.0/oauth2PermissionGrants", AddDelegatedGrant),
    ("PATCH /v1.0/oauth2PermissionGrants/{grant}", AddDelegatedGrant),
    ("DELETE /v1.0/oauth2PermissionGrants/{grant}", RemoveDelegatedGrant),
    ("PATCH /v1.0/subscriptions/{subscription}", UpdateSubscription),
    ("DELETE /v1.0/subscriptions/{subscription}", DeleteSubscription),
];

/// What has no more to change: every role is active.
const CHANGES_NOTHING: &str = "POST /v1.0/directoryRoles";

/// A list of domains.
const DEFINITION: &str = r#"{"B2BManagementPolicy":{"InvitationsAllowedAndBlockedDomainsPolicy":{"AllowedDomains":[],"BlockedDomains":["other.example"]}}}"#;

const DEFAULT_ROLE: &str = "00000000-0000-0000-0000-000000000000";

/// How routes end that take a body and change nothing by themselves, or that only a receiver elsewhere or the person who is named
/// lets succeed, as the tests of notifications and of passwords show.
const ASKING: [&str; 11] = [
    "/$batch",
    "/getMemberGroups",
    "/getMemberObjects",
    "/checkMemberGroups",
    "/checkMemberObjects",
    "/getByIds",
    "/getAvailableExtensionProperties",
    "/validateProperties",
    "POST /v1.0/subscriptions",
    "/reauthorize",
    "/users/{user}/changePassword",
];

#[test]
fn every_write_of_the_api_names_what_the_audit_says() {
    // The tests of branding look at what the audit says of its pictures.
    let is_asking = |route: &str| {
        ["GET ", "PUT /v1.0/organization/"].iter().any(|beginning| route.starts_with(beginning))
            || route == CHANGES_NOTHING
            || ASKING.iter().any(|end| route.ends_with(end))
    };
    let writing = API.iter().map(|row| row.route).filter(|route| !is_asking(route));
    let told: Vec<_> = WRITES.iter().map(|(route, _)| *route).collect();
    assert_eq!(writing.collect::<Vec<_>>(), told);
}

async fn call(server: &TestServer, world: &World, method: Method, template: &str, body: Value) -> Answer {
    let answer = server.api_as(&world.administrator, method, &world.path(template), &body).await;
    assert!(answer.status.is_success(), "{template}: {} {}", answer.status, answer.text);
    answer
}

/// Gives the app of the world a permission, and says which assignment that is.
async fn permitted(server: &TestServer, world: &World) -> (Value, String) {
    let api = "/v1.0/servicePrincipals?$filter=appId%20eq%20'00000003-0000-0000-c000-000000000000'";
    let api = call(server, world, Method::GET, api, Value::Null).await.json()["value"][0]["id"].clone();
    let permission = Permission::UserInviteAll.role_id();
    let wanted = json!({ "principalId": world.path("{principal}"), "resourceId": api, "appRoleId": permission });
    let path = "/v1.0/servicePrincipals/{principal}/appRoleAssignments";
    let assigned = call(server, world, Method::POST, path, wanted.clone()).await;
    (wanted, assigned.json()["id"].as_str().expect("an id").to_owned())
}

/// What assigns the group of the world to the app, and the id of that assignment.
async fn assigned(server: &TestServer, world: &World) -> (Value, String) {
    let [group, principal] = ["{group}", "{principal}"].map(|name| world.path(name));
    let wanted = json!({ "principalId": group, "resourceId": principal, "appRoleId": DEFAULT_ROLE });
    let path = "/v1.0/groups/{group}/appRoleAssignments";
    let assigned = call(server, world, Method::POST, path, wanted.clone()).await;
    (wanted, assigned.json()["id"].as_str().expect("an id").to_owned())
}

/// A configuration by which guests get no codes by mail.
fn no_codes() -> Value {
    let kind = "#microsoft.graph.emailAuthenticationMethodConfiguration";
    json!({ "@odata.type": kind, "allowExternalIdToUseEmailOtp": "disabled" })
}

/// Publishes the text that proves the domain of the world.
async fn prove(server: &TestServer, world: &World) {
    let records = "/v1.0/domains/{domain}/verificationDnsRecords";
    let records = call(server, world, Method::GET, records, Value::Null).await.json();
    publish(&world.path("{domain}"), records["value"][0]["text"].as_str().expect("a text"));
}

/// Brings the world to where the write can succeed; the path and the body it takes then.
async fn prepared(server: &TestServer, world: &World, route: &str) -> (String, Value) {
    let (is_delete, template) = (route.starts_with("DELETE"), route.split_once(' ').expect("method and path").1);
    let path = world.path(template);
    if is_delete && ["/members/$ref", "/owners/$ref", "/sponsors/$ref"].iter().any(|end| template.ends_with(end)) {
        let object = world.path("http://localhost:8080/v1.0/directoryObjects/{member}");
        return (format!("{path}?@id={object}"), Value::Null);
    }
    let body = match template {
        "/v1.0/users/{user}" => json!({ "displayName": "Another name" }),
        "/v1.0/subscriptions/{subscription}" => {
            let until = server.clock.now().plus(std::time::Duration::from_mins(30));
            json!({ "expirationDateTime": crate::platform::clock::rfc3339(until) })
        }
        "/v1.0/me" => json!({ "mobilePhone": "+49 1" }),
        "/v1.0/me/changePassword" => {
            let Actor::User(own) = &world.administrator.actor else { panic!("a person") };
            let given = json!({ "passwordProfile": { "password": "correct horse battery" } });
            call(server, world, Method::PATCH, &format!("/v1.0/users/{}", own.id), given).await;
            json!({ "currentPassword": "correct horse battery", "newPassword": "a longer new password" })
        }
        "/v1.0/users" => json!({
            "accountEnabled": true,
            "displayName": "New",
            "mailNickname": "new",
            "userPrincipalName": format!("new@{}", world.tenant.initial_domain),
            "passwordProfile": { "password": "correct horse battery" },
        }),
        "/v1.0/users/{user}/appRoleAssignments" | "/v1.0/servicePrincipals/{principal}/appRoleAssignedTo" => {
            let gone = "/v1.0/users/{user}/appRoleAssignments/{assignment}";
            call(server, world, Method::DELETE, gone, Value::Null).await;
            let [user, principal] = ["{user}", "{principal}"].map(|name| world.path(name));
            json!({ "principalId": user, "resourceId": principal, "appRoleId": DEFAULT_ROLE })
        }
        "/v1.0/users/{user}/sponsors/$ref" | "/v1.0/users/{user}/manager/$ref" => {
            let other = server.member(&world.tenant, "named", &[]).await.id;
            json!({ "@odata.id": format!("http://localhost:8080/v1.0/users/{other}") })
        }
        "/vestibule/v1/guestsWithoutSponsor/assign" => {
            let user = world.path("{user}");
            let sponsors = call(server, world, Method::GET, "/v1.0/users/{user}/sponsors", Value::Null).await.json();
            for sponsor in sponsors["value"].as_array().into_iter().flatten() {
                let sponsor = sponsor["id"].as_str().expect("an id");
                let gone = format!("/v1.0/users/{user}/sponsors/{sponsor}/$ref");
                call(server, world, Method::DELETE, &gone, Value::Null).await;
            }
            json!({ "sponsor": server.member(&world.tenant, "named", &[]).await.id, "users": [user] })
        }
        "/v1.0/me/photo" | "/v1.0/me/photo/$value" | "/v1.0/users/{user}/photo" | "/v1.0/users/{user}/photo/$value" => {
            call(server, world, Method::PUT, template, picture()).await;
            // Another one than before, so that it is a change.
            picture().as_array().into_iter().flatten().cloned().chain([json!(0)]).collect()
        }
        "/v1.0/groups/{group}/appRoleAssignments" => {
            let (wanted, given) = assigned(server, world).await;
            call(server, world, Method::DELETE, &format!("{template}/{given}"), Value::Null).await;
            wanted
        }
        "/v1.0/groups/{group}/appRoleAssignments/{assignment}" => {
            let (_, given) = assigned(server, world).await;
            return (world.path(&template.replace("{assignment}", &given)), Value::Null);
        }
        "/v1.0/groups" => json!({
            "displayName": "Another", "mailNickname": "another", "mailEnabled": false, "securityEnabled": true,
        }),
        "/v1.0/groups/{group}" => json!({ "displayName": "Another name" }),
        "/v1.0/groups/{group}/members/$ref"
        | "/v1.0/groups/{group}/owners/$ref"
        | "/v1.0/applications/{application}/owners/$ref"
        | "/v1.0/servicePrincipals/{principal}/owners/$ref" => {
            json!({ "@odata.id": world.path("http://localhost:8080/v1.0/directoryObjects/{user}") })
        }
        "/v1.0/directoryRoles/{role}/members/$ref" => {
            let member = server.member(&world.tenant, "promoted", &[]).await.id;
            json!({ "@odata.id": format!("http://localhost:8080/v1.0/directoryObjects/{member}") })
        }
        "/v1.0/roleManagement/directory/roleAssignments" => {
            let member = server.member(&world.tenant, "promoted", &[]).await.id;
            json!({ "principalId": member, "roleDefinitionId": Role::GuestInviter.id(), "directoryScopeId": "/" })
        }
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
            return (world.path(&template.replace("{condition}", id)), Value::Null);
        }
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
        "/v1.0/domains" => json!({ "id": "another.example" }),
        "/v1.0/domains/{domain}/verify" => {
            prove(server, world).await;
            json!({})
        }
        "/v1.0/domains/{domain}" if !is_delete => {
            prove(server, world).await;
            call(server, world, Method::POST, "/v1.0/domains/{domain}/verify", Value::Null).await;
            json!({ "isDefault": true })
        }
        "/v1.0/invitations" | "/beta/invitations" => json!({
            "invitedUserEmailAddress": "new@partner.example",
            "inviteRedirectUrl": "https://myapps.microsoft.com",
        }),
        "/vestibule/v1/invitations/resendHeld" => {
            hold(server, world).await;
            Value::Null
        }
        "/vestibule/v1/bulkInvitations" => json!("new@partner.example"),
        "/vestibule/v1/bulkInvitations/{id}/start" => {
            server.run_due_jobs().await;
            Value::Null
        }
        "/vestibule/v1/mails/{id}/retry" | "/vestibule/v1/jobs/retryFailed" | "/vestibule/v1/jobs/{id}/retry" => {
            give_up(server, world).await;
            Value::Null
        }
        "/v1.0/policies/authorizationPolicy" => json!({ "allowInvitesFrom": "none" }),
        "/vestibule/v1/collaborationSettings" => json!({ "invitationLifetimeDays": 7 }),
        "/v1.0/organization/{organization}" => {
            json!({ "privacyProfile": { "statementUrl": "https://contoso.example/privacy" } })
        }
        "/v1.0/organization/{organization}/branding/localizations" => json!({ "id": "de", "usernameHintText": "Name" }),
        "/v1.0/organization/{organization}/branding"
        | "/v1.0/organization/{organization}/branding/localizations/{locale}" => json!({ "usernameHintText": "Name" }),
        "/vestibule/v1/organization" => json!({ "helpUrl": "https://contoso.example/help" }),
        "/v1.0/applications" | "/v1.0/applications/{application}" => json!({ "displayName": "Renamed" }),
        "/v1.0/applications/{application}/removePassword" | "/v1.0/servicePrincipals/{principal}/removePassword" => {
            let add = template.replace("removePassword", "addPassword");
            let added = call(server, world, Method::POST, &add, json!({})).await.json();
            json!({ "keyId": added["keyId"] })
        }
        "/v1.0/applications/{application}/addKey" | "/v1.0/applications/{application}/removeKey" => {
            let (first, second) = (Certified::p256(), Certified::p256());
            let path = "/v1.0/applications/{application}";
            let set = json!({ "keyCredentials": [{ "key": first.base64() }] });
            call(server, world, Method::PATCH, path, set).await;
            let held = call(server, world, Method::GET, path, Value::Null).await.json()["keyCredentials"][0].clone();
            let proof = first.proof(server, &world.path("{application}"));
            if template.ends_with("addKey") {
                json!({ "keyCredential": { "key": second.base64() }, "passwordCredential": null, "proof": proof })
            } else {
                json!({ "keyId": held["keyId"], "proof": proof })
            }
        }
        "/v1.0/applications/{application}/federatedIdentityCredentials" => json!({
            "name": "another", "issuer": "https://issuer.example", "subject": "another",
            "audiences": ["api://AzureADTokenExchange"],
        }),
        "/v1.0/applications/{application}/federatedIdentityCredentials/{credential}" => {
            json!({ "subject": "somebody else" })
        }
        "/v1.0/applications/{application}/extensionProperties" => {
            json!({ "name": "another", "dataType": "String", "targetObjects": ["User"] })
        }
        "/vestibule/v1/applications/{application}" => json!({ "signingAlgorithm": "ES256" }),
        "/v1.0/servicePrincipals" => {
            let new = json!({ "displayName": "Alone" });
            let app = call(server, world, Method::POST, "/v1.0/applications", new).await.json();
            json!({ "appId": app["appId"] })
        }
        "/v1.0/servicePrincipals/{principal}" => json!({ "appRoleAssignmentRequired": true }),
        "/v1.0/servicePrincipals/{principal}/appRoleAssignments" => {
            let (wanted, given) = permitted(server, world).await;
            let gone = format!("{template}/{given}");
            call(server, world, Method::DELETE, &gone, Value::Null).await;
            wanted
        }
        "/v1.0/servicePrincipals/{principal}/appRoleAssignments/{assignment}" => {
            let (_, given) = permitted(server, world).await;
            return (world.path(&template.replace("{assignment}", &given)), Value::Null);
        }
        "/v1.0/oauth2PermissionGrants" => {
            let grant = "/v1.0/oauth2PermissionGrants/{grant}";
            let was = call(server, world, Method::GET, grant, Value::Null).await.json();
            call(server, world, Method::DELETE, grant, Value::Null).await;
            let [client, api] = ["clientId", "resourceId"].map(|name| was[name].clone());
            json!({ "clientId": client, "consentType": "AllPrincipals", "resourceId": api, "scope": "User.Read.All" })
        }
        "/v1.0/oauth2PermissionGrants/{grant}" => json!({ "scope": "User.Invite.All User.Read.All" }),
        _ => json!({}),
    };
    (path, body)
}

/// Lets the mail of the world be one that the relay refused.
pub async fn give_up(server: &TestServer, world: &World) {
    let mut tx = server.write().await.expect("a transaction");
    for statement in [
        sql!("UPDATE mail SET state = 'refusedByRelay' WHERE tenant_id = $1"),
        sql!("UPDATE job SET state = 'failed' WHERE tenant_id = $1 AND kind = 'send_mail'"),
    ] {
        tx.query(statement).bind(world.tenant.id).execute().await.expect("given up");
    }
    tx.commit().await.expect("a commit");
}

/// Lets a restore hold the invitations of the world.
pub async fn hold(server: &TestServer, world: &World) {
    let mut tx = server.write().await.expect("a transaction");
    tx.query(sql!("UPDATE invitation SET held_at = created_at WHERE tenant_id = $1 AND accepted_at IS NULL"))
        .bind(world.tenant.id)
        .execute()
        .await
        .expect("held");
    tx.commit().await.expect("a commit");
}

/// What is wrong with the row of the audit that belongs to this answer.
async fn missing(server: &TestServer, world: &World, answer: &Answer, activity: Activity) -> Option<String> {
    if !answer.status.is_success() {
        return Some(format!("{} {}", answer.status, answer.text));
    }
    let mut tx = server.read().await.expect("a connection");
    let filter = ChangeFilter::default();
    let rows = store::list_changes(&mut tx, world.tenant.id, &filter, None, 1000).await.expect("the audit");
    let of_request: Vec<_> =
        rows.into_iter().filter(|row| row.correlation_id.to_string() == answer.header("request-id")).collect();
    let Actor::User(who) = &world.administrator.actor else { panic!("a person") };
    let is_told = of_request.iter().any(|row| {
        row.activity == activity.name()
            && row.is_success()
            && row.initiator_id == Some(who.id.0)
            && row.initiator_name() == who.display_name
            && !row.target_name().is_empty()
    });
    (!is_told).then(|| format!("no row {:?} in {of_request:#?}", activity.name()))
}

#[tokio::test]
async fn every_write_is_told_by_the_audit_and_a_refused_one_changes_nothing() {
    on_both_engines(async |server| {
        let mut wrong = Vec::new();
        for (count, (route, activity)) in WRITES.iter().enumerate() {
            let world = World::new(&server, "Contoso", &format!("contoso{count}.example")).await;
            let people = world.people(&server).await;
            let (_, user, roles) = people.into_iter().find(|(kind, ..)| *kind == Kind::Guest).expect("a guest");
            let stranger = through_an_app(&server, person(&user, roles), &[]);
            let (method, _) = route.split_once(' ').expect("method and path");
            let method: Method = method.parse().expect("a method");
            let (path, body) = prepared(&server, &world, route).await;

            let before = server.contents().await;
            let refused = server.api_as(&stranger, method.clone(), &path, &body).await;
            // Somebody else's subscription is not there.
            let expected = if route.contains("{subscription}") { 404 } else { 403 };
            assert_eq!(refused.status, expected, "{route}: {}", refused.text);
            assert_eq!(refused.json()["error"]["innerError"]["request-id"], refused.header("request-id"), "{route}");
            assert_eq!(server.contents().await, before, "{route} was refused and changed something");

            let answer = server.api_as(&world.administrator, method, &path, &body).await;
            wrong.extend(missing(&server, &world, &answer, *activity).await.map(|found| format!("{route}: {found}")));
            assert_ne!(server.contents().await, before, "the contents show what {route} did");
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    })
    .await;
}
