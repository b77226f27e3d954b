//! Applications as they stand in a tenant: whether they are on, who may use them, what they may do.
//!
//! Owns `service_principal`, `app_role_assignment`, `delegated_grant`, `personal_grant` and `permission_classification`. What an
//! application says about itself is `applications`; tokens that carry what is decided here are written by `authorization`.
//!
//! The directory API of a tenant is a service principal too, without a registration: its app roles are the permissions
//! of programs, so granting a permission is assigning a role.

mod assign;
mod assignment;
pub mod assignment_reading;
pub mod assignment_store;
pub mod classifications;
pub mod deleted;
mod deleted_store;
mod error;
pub mod foreign;
pub mod grants;
mod graph;
pub mod list_store;
pub mod operations;
mod pages;
mod purge;
mod resource;
mod rights;
mod service_principal;
pub mod store;
mod terms;
#[cfg(test)]
mod tests;

pub use assign::{NewAssignment, assign, assignable, grant_permissions, may_assign, may_assign_to, unassign};
pub use assignment::{AppRoleAssignment, PrincipalType};
pub use assignment_store::{forget_principal, list_groups_of_user as assigned_groups};
pub use error::{AssignError, ServicePrincipalError};
pub use grants::{Granted, GrantedScope, delegated_scope, grant_delegated, granted};
pub use graph::wire;
pub use operations::{Registered, ServicePrincipalChanges, install_directory_api, register};
pub use purge::forget_client;
pub use resource::SERVICE_PRINCIPAL;
pub use rights::{held_permissions, is_assigned, permissions_of, roles_of, roles_of_program};
pub use service_principal::{ServicePrincipal, ServicePrincipalKind, directory_scopes};

use crate::web::Routes;

/// The calls of this feature.
pub fn routes() -> Routes {
    graph::routes()
}

/// The pages of this feature, for behind the layer that knows who is signed in.
pub fn portal_routes() -> Routes {
    pages::routes()
}
