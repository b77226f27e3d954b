//! Roles and who holds them.

use super::enough::{CHANGE_ROLES, READ_ROLES};
use super::{MEMBERS, ROLES, Row, row};

/// Who may call what.
pub const API: &[Row] = &[
    row("GET /v1.0/directoryRoleTemplates", MEMBERS, READ_ROLES),
    row("GET /v1.0/directoryRoleTemplates/{template}", MEMBERS, READ_ROLES),
    row("GET /v1.0/directoryRoles", MEMBERS, READ_ROLES),
    row("POST /v1.0/directoryRoles", ROLES, CHANGE_ROLES),
    row("GET /v1.0/directoryRoles/delta", MEMBERS, READ_ROLES),
    row("GET /v1.0/directoryRoles/{role}", MEMBERS, READ_ROLES),
    row("GET /v1.0/directoryRoles/{role}/members", MEMBERS, READ_ROLES),
    row("GET /v1.0/directoryRoles/{role}/members/microsoft.graph.user", MEMBERS, READ_ROLES),
    row("GET /v1.0/directoryRoles/{role}/members/microsoft.graph.servicePrincipal", MEMBERS, READ_ROLES),
    row("GET /v1.0/directoryRoles/{role}/members/$ref", MEMBERS, READ_ROLES),
    row("POST /v1.0/directoryRoles/{role}/members/$ref", ROLES, CHANGE_ROLES),
    row("DELETE /v1.0/directoryRoles/{role}/members/$ref", ROLES, CHANGE_ROLES),
    row("DELETE /v1.0/directoryRoles/{role}/members/{member}/$ref", ROLES, CHANGE_ROLES),
    row("GET /v1.0/roleManagement/directory/roleDefinitions", MEMBERS, READ_ROLES),
    row("GET /v1.0/roleManagement/directory/roleDefinitions/{definition}", MEMBERS, READ_ROLES),
    row("GET /v1.0/roleManagement/directory/roleAssignments", MEMBERS, READ_ROLES),
    row("POST /v1.0/roleManagement/directory/roleAssignments", ROLES, CHANGE_ROLES),
    row("GET /v1.0/roleManagement/directory/roleAssignments/{assigned}", MEMBERS, READ_ROLES),
    row("DELETE /v1.0/roleManagement/directory/roleAssignments/{assigned}", ROLES, CHANGE_ROLES),
];
