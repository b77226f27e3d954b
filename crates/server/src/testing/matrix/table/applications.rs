//! Apps, what they may do, and who may use them.

use super::enough::{
    CHANGE_APPS, CHANGE_GRANT_POLICIES, CHANGE_GRANTS, CREATE_APPS, NONE_ALONE, READ_APPS, READ_ASSIGNED, READ_GRANTS,
};
use super::{APPS, EVERYBODY, GRANTS, MEMBERS, Row, assigning, own, row};
use crate::graph::Permission::{ApplicationReadWriteAll, PolicyReadAll};

/// Who may call what.
pub const API: &[Row] = &[
    row("GET /v1.0/applications", EVERYBODY, READ_APPS),
    row("GET /v1.0/applications/$count", EVERYBODY, READ_APPS),
    row("GET /v1.0/applications/delta", EVERYBODY, READ_APPS),
    row("POST /v1.0/applications", APPS, CREATE_APPS),
    row("GET /v1.0/applications/{application}", EVERYBODY, READ_APPS),
    row("PATCH /v1.0/applications/{application}", APPS, CHANGE_APPS),
    row("DELETE /v1.0/applications/{application}", APPS, CHANGE_APPS),
    row("POST /v1.0/applications/{application}/addPassword", APPS, CHANGE_APPS),
    row("POST /v1.0/applications/{application}/removePassword", APPS, CHANGE_APPS),
    row("POST /v1.0/applications/{application}/addKey", APPS, CHANGE_APPS),
    row("POST /v1.0/applications/{application}/removeKey", APPS, CHANGE_APPS),
    row("GET /v1.0/applications/{application}/logo", EVERYBODY, READ_APPS),
    row("PUT /v1.0/applications/{application}/logo", APPS, CHANGE_APPS),
    row("DELETE /v1.0/applications/{application}/logo", APPS, CHANGE_APPS),
    row("GET /v1.0/applications/{application}/federatedIdentityCredentials", EVERYBODY, READ_APPS),
    row("POST /v1.0/applications/{application}/federatedIdentityCredentials", APPS, CHANGE_APPS),
    row("GET /v1.0/applications/{application}/federatedIdentityCredentials/{credential}", EVERYBODY, READ_APPS),
    row("PATCH /v1.0/applications/{application}/federatedIdentityCredentials/{credential}", APPS, CHANGE_APPS),
    row("DELETE /v1.0/applications/{application}/federatedIdentityCredentials/{credential}", APPS, CHANGE_APPS),
    row("GET /v1.0/applications/{application}/extensionProperties", EVERYBODY, READ_APPS),
    row("POST /v1.0/applications/{application}/extensionProperties", APPS, CHANGE_APPS),
    row("GET /v1.0/applications/{application}/extensionProperties/{property}", EVERYBODY, READ_APPS),
    row("DELETE /v1.0/applications/{application}/extensionProperties/{property}", APPS, CHANGE_APPS),
    row("POST /v1.0/directoryObjects/getAvailableExtensionProperties", EVERYBODY, READ_APPS),
    row("GET /v1.0/applications/{application}/owners", MEMBERS, READ_APPS),
    row("GET /v1.0/applications/{application}/owners/$ref", MEMBERS, READ_APPS),
    row("GET /v1.0/applications/{application}/owners/{cast}", MEMBERS, READ_APPS),
    row("GET /v1.0/applications/{application}/owners/{cast}/$count", MEMBERS, READ_APPS),
    row("POST /v1.0/applications/{application}/owners/$ref", APPS, CHANGE_APPS),
    row("DELETE /v1.0/applications/{application}/owners/$ref", APPS, CHANGE_APPS),
    row("DELETE /v1.0/applications/{application}/owners/{member}/$ref", APPS, CHANGE_APPS),
    // It takes the right to change the app and that to read policies.
    Row {
        together: &[PolicyReadAll, ApplicationReadWriteAll],
        ..row("GET /v1.0/applications/{application}/tokenLifetimePolicies", APPS, NONE_ALONE)
    },
    Row {
        together: &[PolicyReadAll, ApplicationReadWriteAll],
        ..row("POST /v1.0/applications/{application}/tokenLifetimePolicies/$ref", APPS, NONE_ALONE)
    },
    Row {
        together: &[PolicyReadAll, ApplicationReadWriteAll],
        ..row("DELETE /v1.0/applications/{application}/tokenLifetimePolicies/{lifetime_policy}/$ref", APPS, NONE_ALONE)
    },
    row("GET /vestibule/v1/applications/{application}", EVERYBODY, READ_APPS),
    row("PATCH /vestibule/v1/applications/{application}", APPS, CHANGE_APPS),
    row("GET /v1.0/servicePrincipals", EVERYBODY, READ_APPS),
    row("GET /v1.0/servicePrincipals/$count", EVERYBODY, READ_APPS),
    row("GET /v1.0/servicePrincipals/delta", EVERYBODY, READ_APPS),
    row("POST /v1.0/servicePrincipals", APPS, CREATE_APPS),
    row("GET /v1.0/servicePrincipals/{principal}", EVERYBODY, READ_APPS),
    row("PATCH /v1.0/servicePrincipals/{principal}", APPS, CHANGE_APPS),
    row("DELETE /v1.0/servicePrincipals/{principal}", APPS, CHANGE_APPS),
    row("POST /v1.0/servicePrincipals/{principal}/addPassword", APPS, CHANGE_APPS),
    row("POST /v1.0/servicePrincipals/{principal}/removePassword", APPS, CHANGE_APPS),
    row("GET /v1.0/servicePrincipals/{principal}/owners", MEMBERS, READ_APPS),
    row("GET /v1.0/servicePrincipals/{principal}/owners/$ref", MEMBERS, READ_APPS),
    row("GET /v1.0/servicePrincipals/{principal}/owners/{cast}", MEMBERS, READ_APPS),
    row("GET /v1.0/servicePrincipals/{principal}/owners/{cast}/$count", MEMBERS, READ_APPS),
    row("POST /v1.0/servicePrincipals/{principal}/owners/$ref", APPS, CHANGE_APPS),
    row("DELETE /v1.0/servicePrincipals/{principal}/owners/$ref", APPS, CHANGE_APPS),
    row("DELETE /v1.0/servicePrincipals/{principal}/owners/{member}/$ref", APPS, CHANGE_APPS),
    row("GET /v1.0/servicePrincipals/{principal}/delegatedPermissionClassifications", EVERYBODY, READ_APPS),
    row("POST /v1.0/servicePrincipals/{principal}/delegatedPermissionClassifications", GRANTS, CHANGE_GRANT_POLICIES),
    row(
        "GET /v1.0/servicePrincipals/{principal}/delegatedPermissionClassifications/{classification}",
        EVERYBODY,
        READ_APPS,
    ),
    row(
        "DELETE /v1.0/servicePrincipals/{principal}/delegatedPermissionClassifications/{classification}",
        GRANTS,
        CHANGE_GRANT_POLICIES,
    ),
    Row {
        together: &[PolicyReadAll, ApplicationReadWriteAll],
        ..row("GET /v1.0/servicePrincipals/{principal}/tokenLifetimePolicies", APPS, NONE_ALONE)
    },
    Row {
        together: &[PolicyReadAll, ApplicationReadWriteAll],
        ..row("POST /v1.0/servicePrincipals/{principal}/tokenLifetimePolicies/$ref", APPS, NONE_ALONE)
    },
    Row {
        together: &[PolicyReadAll, ApplicationReadWriteAll],
        ..row(
            "DELETE /v1.0/servicePrincipals/{principal}/tokenLifetimePolicies/{lifetime_policy}/$ref",
            APPS,
            NONE_ALONE,
        )
    },
    row("GET /v1.0/servicePrincipals/{principal}/ownedObjects", MEMBERS, READ_APPS),
    row("GET /v1.0/servicePrincipals/{principal}/ownedObjects/{cast}", MEMBERS, READ_APPS),
    row("GET /v1.0/servicePrincipals/{principal}/ownedObjects/{cast}/$count", MEMBERS, READ_APPS),
    row("GET /v1.0/servicePrincipals/{principal}/appRoleAssignedTo", MEMBERS, READ_ASSIGNED),
    row("GET /v1.0/servicePrincipals/{principal}/appRoleAssignedTo/$count", MEMBERS, READ_ASSIGNED),
    assigning("POST /v1.0/servicePrincipals/{principal}/appRoleAssignedTo", GRANTS),
    row("GET /v1.0/servicePrincipals/{principal}/appRoleAssignedTo/{assignment}", MEMBERS, READ_ASSIGNED),
    assigning("DELETE /v1.0/servicePrincipals/{principal}/appRoleAssignedTo/{assignment}", GRANTS),
    row("GET /v1.0/servicePrincipals/{principal}/appRoleAssignments", EVERYBODY, READ_ASSIGNED),
    row("GET /v1.0/servicePrincipals/{principal}/appRoleAssignments/$count", EVERYBODY, READ_ASSIGNED),
    assigning("POST /v1.0/servicePrincipals/{principal}/appRoleAssignments", GRANTS),
    row("GET /v1.0/servicePrincipals/{principal}/appRoleAssignments/{assignment}", EVERYBODY, READ_ASSIGNED),
    assigning("DELETE /v1.0/servicePrincipals/{principal}/appRoleAssignments/{assignment}", GRANTS),
    row("GET /v1.0/oauth2PermissionGrants", EVERYBODY, READ_GRANTS),
    row("GET /v1.0/oauth2PermissionGrants/$count", EVERYBODY, READ_GRANTS),
    row("GET /v1.0/oauth2PermissionGrants/delta", MEMBERS, READ_GRANTS),
    row("POST /v1.0/oauth2PermissionGrants", GRANTS, CHANGE_GRANTS),
    row("GET /v1.0/oauth2PermissionGrants/{grant}", EVERYBODY, READ_GRANTS),
    row("PATCH /v1.0/oauth2PermissionGrants/{grant}", GRANTS, CHANGE_GRANTS),
    row("DELETE /v1.0/oauth2PermissionGrants/{grant}", GRANTS, CHANGE_GRANTS),
    row("GET /v1.0/servicePrincipals/{principal}/oauth2PermissionGrants", EVERYBODY, READ_GRANTS),
    row("GET /v1.0/servicePrincipals/{principal}/oauth2PermissionGrants/$count", EVERYBODY, READ_GRANTS),
    row("GET /v1.0/users/{user}/oauth2PermissionGrants", MEMBERS, READ_GRANTS),
    row("GET /v1.0/users/{user}/oauth2PermissionGrants/$count", MEMBERS, READ_GRANTS),
    own("GET /v1.0/me/oauth2PermissionGrants", READ_GRANTS),
    own("GET /v1.0/me/oauth2PermissionGrants/$count", READ_GRANTS),
];
