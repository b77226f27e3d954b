//! What stands in the place of a value that the caller may not read (Graph: limited information returned for inaccessible member
//! objects): a property that was asked for, or that belongs to an object by default, is never left out.

use serde_json::{Value, json};

/// The properties with several values, which are never null: without any, they are empty. A name means the same in every type.
const SEVERAL: [&str; 26] = [
    "addIns",
    "alternativeNames",
    "appRoles",
    "assignedLabels",
    "assignedLicenses",
    "assignedPlans",
    "businessPhones",
    "groupTypes",
    "identifierUris",
    "identities",
    "imAddresses",
    "licenseAssignmentStates",
    "notificationEmailAddresses",
    "oauth2PermissionScopes",
    "onPremisesProvisioningErrors",
    "otherMails",
    "provisionedPlans",
    "proxyAddresses",
    "replyUrls",
    "requiredResourceAccess",
    "resourceBehaviorOptions",
    "resourceProvisioningOptions",
    "resourceSpecificApplicationPermissions",
    "servicePrincipalNames",
    "serviceProvisioningErrors",
    "tags",
];

/// What an app proves itself with. It is shown at the app itself; nothing in its place would say that there is none.
pub(super) const SECRETS: [&str; 2] = ["keyCredentials", "passwordCredentials"];

/// What is true or false and never null.
const SWITCHES: [&str; 2] = ["appRoleAssignmentRequired", "oauth2RequirePostResponse"];

/// The value that tells nothing.
pub fn unshown(name: &str) -> Value {
    if SEVERAL.contains(&name) {
        json!([])
    } else if SWITCHES.contains(&name) {
        json!(false)
    } else {
        Value::Null
    }
}
