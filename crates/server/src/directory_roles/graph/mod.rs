//! Roles on the wire (Graph: directoryRole, directoryRoleTemplate, unifiedRoleDefinition, unifiedRoleAssignment).

mod delta;
mod expanded;
mod roles;
mod unified;

use super::RoleError;
use crate::graph::Error;
use crate::web::Routes;
use axum::routing::{delete, get, post};

/// The calls on roles. `{role}` is an object id or `roleTemplateId=..`, see [`crate::graph::alternate_key`]. Who holds one is read
/// with the other objects of the directory.
pub fn routes() -> Routes {
    Routes::new()
        .route("/v1.0/directoryRoleTemplates", get(roles::templates))
        .route("/v1.0/directoryRoleTemplates/{template}", get(roles::template))
        .route("/v1.0/directoryRoles", get(roles::list).post(roles::activate))
        .route("/v1.0/directoryRoles/delta", get(delta::answer))
        .route("/v1.0/directoryRoles/{role}", get(roles::one))
        .route("/v1.0/directoryRoles/{role}/members/$ref", post(roles::give).delete(roles::take_named))
        .route("/v1.0/directoryRoles/{role}/members/{member}/$ref", delete(roles::take))
        .route("/v1.0/roleManagement/directory/roleDefinitions", get(unified::definitions))
        .route("/v1.0/roleManagement/directory/roleDefinitions/{definition}", get(unified::definition))
        .route("/v1.0/roleManagement/directory/roleAssignments", get(unified::assignments).post(unified::assign))
        .route(
            "/v1.0/roleManagement/directory/roleAssignments/{assigned}",
            get(unified::assignment).delete(unified::unassign),
        )
}

impl From<RoleError> for Error {
    fn from(error: RoleError) -> Self {
        match error {
            RoleError::Denied => Self::denied(),
            RoleError::NotFound(key) => Self::not_found(key),
            RoleError::Held => Self::bad_request(
                "One or more added object references already exist for the following modified properties: 'members'.",
            ),
            RoleError::Guest(role) => {
                Self::bad_request(format!("A guest cannot hold the role {}.", role.name())).with_target("members")
            }
            RoleError::LastAdministrator => {
                Self::bad_request("The last Global Administrator who can sign in keeps the role.")
            }
            RoleError::Changed => database::Error::Conflict(error.to_string()).into(),
            RoleError::Storage(error) => error.into(),
        }
    }
}
