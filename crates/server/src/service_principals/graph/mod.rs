//! Service principals, assignments and grants on the wire (Graph: servicePrincipal, appRoleAssignment,
//! oAuth2PermissionGrant, delegatedPermissionClassification).

mod assign;
mod assignments;
mod classifications;
mod expanded;
mod grant_policies;
mod grant_policy_changes;
mod grants;
mod owners;
mod read;
mod secrets;
mod token_lifetimes;
pub mod wire;
mod write;

use super::grants::GrantError;
use super::{AssignError, ServicePrincipal, ServicePrincipalError};
use crate::applications::owners as app_owners;
use crate::deleted_items;
use crate::graph::{Error, Segments};
use crate::token_lifetimes as lifetimes;
use crate::web::Routes;
use axum::http::{StatusCode, Uri};
use axum::routing::{delete, get, post};

/// The calls of this feature. `{principal}` is an object id or `appId=..`, see [`crate::graph::alternate_key`].
pub fn routes() -> Routes {
    Routes::new()
        .route("/v1.0/servicePrincipals", get(read::list).post(write::add))
        .route("/v1.0/servicePrincipals/$count", get(read::count))
        .route("/v1.0/servicePrincipals/delta", get(read::delta))
        .route(
            "/v1.0/directory/deletedItems/microsoft.graph.servicePrincipal",
            get(deleted_items::list::<ServicePrincipal>),
        )
        .route(
            "/v1.0/directory/deletedItems/microsoft.graph.servicePrincipal/$count",
            get(deleted_items::count::<ServicePrincipal>),
        )
        .route("/v1.0/servicePrincipals/{principal}", get(read::one).patch(write::change).delete(write::delete))
        .route("/v1.0/servicePrincipals/{principal}/addPassword", post(secrets::add))
        .route("/v1.0/servicePrincipals/{principal}/removePassword", post(secrets::remove))
        .route(
            "/v1.0/servicePrincipals/{principal}/owners/$ref",
            post(app_owners::add::<ServicePrincipal>).delete(app_owners::remove_named::<ServicePrincipal>),
        )
        .route(
            "/v1.0/servicePrincipals/{principal}/owners/{member}/$ref",
            delete(app_owners::remove::<ServicePrincipal>),
        )
        .route(
            "/v1.0/servicePrincipals/{principal}/delegatedPermissionClassifications",
            get(classifications::list).post(classifications::create),
        )
        .route(
            "/v1.0/servicePrincipals/{principal}/delegatedPermissionClassifications/{classification}",
            get(classifications::one).delete(classifications::delete),
        )
        .route(
            "/v1.0/servicePrincipals/{principal}/tokenLifetimePolicies",
            get(lifetimes::list_held::<ServicePrincipal>),
        )
        .route(
            "/v1.0/servicePrincipals/{principal}/tokenLifetimePolicies/$ref",
            post(lifetimes::give::<ServicePrincipal>),
        )
        .route(
            "/v1.0/servicePrincipals/{principal}/tokenLifetimePolicies/{lifetime_policy}/$ref",
            delete(lifetimes::take::<ServicePrincipal>),
        )
        .merge(assignment_routes())
        .merge(grant_routes())
}

fn assignment_routes() -> Routes {
    Routes::new()
        .route(
            "/v1.0/servicePrincipals/{principal}/appRoleAssignedTo",
            get(assignments::of_resource).post(assign::to_resource),
        )
        .route("/v1.0/servicePrincipals/{principal}/appRoleAssignedTo/$count", get(assignments::of_resource))
        .route(
            "/v1.0/servicePrincipals/{principal}/appRoleAssignedTo/{assignment}",
            get(assignments::one_of_resource).delete(assign::delete_of_resource),
        )
        .route(
            "/v1.0/servicePrincipals/{principal}/appRoleAssignments",
            get(assignments::of_program).post(assign::to_program),
        )
        .route("/v1.0/servicePrincipals/{principal}/appRoleAssignments/$count", get(assignments::of_program))
        .route(
            "/v1.0/servicePrincipals/{principal}/appRoleAssignments/{assignment}",
            get(assignments::one_of_program).delete(assign::delete_of_program),
        )
        .route("/v1.0/groups/{group}/appRoleAssignments", get(assignments::of_group).post(assign::to_group))
        .route("/v1.0/groups/{group}/appRoleAssignments/$count", get(assignments::of_group))
        .route(
            "/v1.0/groups/{group}/appRoleAssignments/{assignment}",
            get(assignments::one_of_group).delete(assign::delete_of_group),
        )
        .route("/v1.0/users/{user}/appRoleAssignments", get(assignments::of_user).post(assign::to_user))
        .route("/v1.0/users/{user}/appRoleAssignments/$count", get(assignments::of_user))
        .route(
            "/v1.0/users/{user}/appRoleAssignments/{assignment}",
            get(assignments::one_of_user).delete(assign::delete_of_user),
        )
        .route("/v1.0/me/appRoleAssignments", get(assignments::own))
        .route("/v1.0/me/appRoleAssignments/$count", get(assignments::own))
        .merge(policy_routes())
}

fn policy_routes() -> Routes {
    use grant_policies as policies;
    use grant_policy_changes as changes;
    Routes::new()
        .route("/v1.0/policies/permissionGrantPolicies", get(policies::list).post(changes::create))
        .route(
            "/v1.0/policies/permissionGrantPolicies/{grant_policy}",
            get(policies::one).patch(changes::change).delete(changes::delete),
        )
        .route(
            "/v1.0/policies/permissionGrantPolicies/{grant_policy}/includes",
            get(policies::includes).post(changes::include),
        )
        .route(
            "/v1.0/policies/permissionGrantPolicies/{grant_policy}/includes/{condition}",
            delete(changes::include_no_more),
        )
        .route(
            "/v1.0/policies/permissionGrantPolicies/{grant_policy}/excludes",
            get(policies::excludes).post(changes::exclude),
        )
        .route(
            "/v1.0/policies/permissionGrantPolicies/{grant_policy}/excludes/{condition}",
            delete(changes::exclude_no_more),
        )
}

fn grant_routes() -> Routes {
    Routes::new()
        .route("/v1.0/oauth2PermissionGrants", get(grants::list).post(grants::create))
        .route("/v1.0/oauth2PermissionGrants/$count", get(grants::list))
        .route("/v1.0/oauth2PermissionGrants/delta", get(grants::delta))
        .route("/v1.0/oauth2PermissionGrants/{grant}", get(grants::one).patch(grants::change).delete(grants::delete))
        .route("/v1.0/servicePrincipals/{principal}/oauth2PermissionGrants", get(grants::of_client))
        .route("/v1.0/servicePrincipals/{principal}/oauth2PermissionGrants/$count", get(grants::of_client))
        .route("/v1.0/users/{user}/oauth2PermissionGrants", get(grants::of_user))
        .route("/v1.0/users/{user}/oauth2PermissionGrants/$count", get(grants::of_user))
        .route("/v1.0/me/oauth2PermissionGrants", get(grants::own))
        .route("/v1.0/me/oauth2PermissionGrants/$count", get(grants::own))
}

/// Whether a path asks for the number of objects instead of the objects.
fn is_count(uri: &Uri) -> bool {
    uri.path().ends_with("/$count")
}

impl From<ServicePrincipalError> for Error {
    fn from(error: ServicePrincipalError) -> Self {
        match error {
            ServicePrincipalError::Denied => Self::denied(),
            ServicePrincipalError::NotFound(key) => Self::not_found(key),
            ServicePrincipalError::Exists => {
                let message = "The application has a service principal in this directory already.";
                Self::new(StatusCode::CONFLICT, "Request_MultipleObjectsWithSameKeyValue", message).with_target("appId")
            }
            ServicePrincipalError::NoApplication(_) => Self::invalid_property("appId", &error),
            ServicePrincipalError::DirectoryApi => {
                Self::bad_request("The service principal of the directory API can be neither changed nor removed.")
            }
            ServicePrincipalError::Application(error) => error.into(),
            ServicePrincipalError::Changed => {
                let message = "The service principal was changed in the meantime. Read it again and repeat the change.";
                Self::new(StatusCode::CONFLICT, "ObjectConflict", message)
            }
            ServicePrincipalError::Storage(error) => error.into(),
        }
    }
}

impl From<AssignError> for Error {
    fn from(error: AssignError) -> Self {
        match error {
            AssignError::Denied => Self::denied(),
            AssignError::NotFound(id) => Self::not_found(id),
            AssignError::Principal => Self::invalid_property("principalId", &error),
            AssignError::Resource => Self::invalid_property("resourceId", &error),
            AssignError::Role => Self::invalid_property("appRoleId", &error),
            AssignError::Exists => Self::bad_request("Permission being assigned already exists on the object"),
            AssignError::Storage(error) => error.into(),
        }
    }
}

impl From<GrantError> for Error {
    fn from(error: GrantError) -> Self {
        match error {
            GrantError::Denied => Self::denied(),
            GrantError::NotFound(id) => Self::not_found(id),
            GrantError::Invalid(property, problem) => Self::invalid_property(property, problem),
            GrantError::Exists => {
                let message = "Permission entry already exists.";
                Self::new(StatusCode::CONFLICT, "Request_MultipleObjectsWithSameKeyValue", message)
            }
            GrantError::Storage(error) => error.into(),
        }
    }
}
