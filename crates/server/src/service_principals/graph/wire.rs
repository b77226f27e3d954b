//! Service principals, assignments and grants as JSON.

use crate::applications::{self, ApplicationSecret};
use crate::graph::etag;
use crate::graph::query::Selection;
use crate::platform::clock::rfc3339;
use crate::service_principals::grants::DelegatedGrant;
use crate::service_principals::{AppRoleAssignment, ServicePrincipal};
use serde_json::{Map, Value, json};

/// The selected properties of a service principal. `base` is the public address of the server.
pub fn service_principal(
    base: &str,
    principal: &ServicePrincipal,
    secrets: &[&ApplicationSecret],
    selection: &Selection,
) -> Map<String, Value> {
    let written = selection.names().iter().map(|name| ((*name).to_owned(), property(base, principal, secrets, name)));
    etag::tagged(principal.version, written.collect())
}

/// The selected properties but for its secrets, which are read at the service principal itself.
pub fn without_secrets(base: &str, principal: &ServicePrincipal, selection: &Selection) -> Map<String, Value> {
    let mut written = service_principal(base, principal, &[], selection);
    written.remove("passwordCredentials");
    written
}

fn property(base: &str, principal: &ServicePrincipal, secrets: &[&ApplicationSecret], name: &str) -> Value {
    match name {
        "accountEnabled" => json!(principal.account_enabled),
        "addIns" => json!(principal.told().add_ins),
        "alternativeNames" => json!(principal.kept.alternative_names),
        "appDescription" => json!(principal.app_description),
        "appId" => json!(principal.app_id),
        "appOwnerOrganizationId" => json!((!principal.is_directory_api()).then(|| principal.home())),
        "appRoleAssignmentRequired" => json!(principal.app_role_assignment_required),
        "appRoles" => json!(principal.app_roles()),
        "deletedDateTime" => principal.deleted_at.map(rfc3339).into(),
        "description" => json!(principal.kept.description),
        "displayName" | "appDisplayName" => json!(principal.display_name),
        "homepage" => json!(principal.home_page_url),
        "id" => json!(principal.id),
        "info" => applications::wire::info(base, principal.logo_path(), &principal.told()),
        "loginUrl" => json!(principal.kept.login_url),
        "logoutUrl" => json!(principal.logout_url),
        "notes" => json!(principal.kept.notes),
        "notificationEmailAddresses" => json!(principal.kept.notification_email_addresses),
        "oauth2PermissionScopes" => json!(principal.exposed_scopes()),
        // Certificates belong to the registration.
        "keyCredentials" => json!([]),
        "passwordCredentials" => {
            secrets.iter().map(|secret| applications::wire::secret(secret)).map(Value::Object).collect()
        }
        "preferredSingleSignOnMode" => json!(principal.kept.preferred_single_sign_on_mode),
        "replyUrls" => json!(principal.reply_urls()),
        // No app asks for a part of an object alone.
        "resourceSpecificApplicationPermissions" => json!([]),
        "servicePrincipalNames" => json!(principal.names()),
        "servicePrincipalType" => json!(principal.kind),
        "signInAudience" => json!(principal.sign_in_audience),
        "tags" => json!(principal.tags()),
        "verifiedPublisher" => applications::wire::verified_publisher(),
        // There is no gallery that it could come from, no SAML, and nothing that would encrypt its tokens or disable it.
        _ => Value::Null,
    }
}

/// The selected properties of an assignment.
pub fn assignment(assignment: &AppRoleAssignment, selection: &Selection) -> Map<String, Value> {
    let write = |name: &&'static str| ((*name).to_owned(), assignment_property(assignment, name));
    selection.names().iter().map(write).collect()
}

fn assignment_property(assignment: &AppRoleAssignment, name: &str) -> Value {
    match name {
        "appRoleId" => json!(assignment.app_role_id),
        "createdDateTime" => rfc3339(assignment.created_at).into(),
        "id" => assignment.wire_id().into(),
        "principalDisplayName" => json!(assignment.principal_display_name),
        "principalId" => json!(assignment.principal_id),
        "principalType" => json!(assignment.principal_type),
        "resourceDisplayName" => json!(assignment.resource_display_name),
        "resourceId" => json!(assignment.resource_id),
        _ => Value::Null,
    }
}

/// The selected properties of a grant.
pub fn grant(grant: &DelegatedGrant, selection: &Selection) -> Map<String, Value> {
    selection.names().iter().map(|name| ((*name).to_owned(), grant_property(grant, name))).collect()
}

fn grant_property(grant: &DelegatedGrant, name: &str) -> Value {
    match name {
        "clientId" => json!(grant.client_id),
        "consentType" => json!(grant.consent_type),
        "id" => grant.wire_id().into(),
        "principalId" => json!(grant.principal_id),
        "resourceId" => json!(grant.resource_id),
        "scope" => json!(grant.scope),
        _ => Value::Null,
    }
}
