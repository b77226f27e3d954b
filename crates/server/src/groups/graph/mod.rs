//! Groups on the wire (Graph: group).

mod delta;
pub mod own;
mod read;
mod references;
mod validate;
pub mod wire;
mod write;
mod writer;

use super::operations::Key;
use super::{Group, GroupError, Relation};
use crate::deleted_items;
use crate::graph::{Error, Segments};
use crate::web::Routes;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::routing::{delete, get, post};

/// The calls on groups themselves. `{group}` is an object id or `uniqueName=..`, see [`crate::graph::alternate_key`].
pub fn routes() -> Routes {
    Routes::new()
        .route("/v1.0/groups", get(read::list).post(write::create))
        .route("/v1.0/groups/$count", get(read::count))
        .route("/v1.0/groups/delta", get(delta::answer))
        .route("/v1.0/directory/deletedItems/microsoft.graph.group", get(deleted_items::list::<Group>))
        .route("/v1.0/directory/deletedItems/microsoft.graph.group/$count", get(deleted_items::count::<Group>))
        .route("/v1.0/groups/{group}", get(read::one).patch(write::change).delete(write::delete))
        .route("/vestibule/v1/groups/{group}", get(own::show))
        .route("/v1.0/groups/{group}/validateProperties", post(validate::of_group))
        .route("/v1.0/groups/validateProperties", post(validate::of_any))
        .route("/v1.0/directoryObjects/validateProperties", post(validate::of_any))
        .route(
            "/v1.0/groups/{group}/members/$ref",
            post(references::add_member).delete(references::remove_named_member),
        )
        .route("/v1.0/groups/{group}/members/{member}/$ref", delete(references::remove_member))
        .route("/v1.0/groups/{group}/owners/$ref", post(references::add_owner).delete(references::remove_named_owner))
        .route("/v1.0/groups/{group}/owners/{member}/$ref", delete(references::remove_owner))
}

/// The first variable segment names the group.
impl<S: Send + Sync> FromRequestParts<S> for Key {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        Segments::first(parts, state, Self::parse).await
    }
}

impl From<GroupError> for Error {
    fn from(error: GroupError) -> Self {
        match error {
            GroupError::Denied => Self::denied(),
            GroupError::NotFound(key) => Self::not_found(key),
            GroupError::NoObject(id) => Self::not_found(id),
            GroupError::Invalid { property, problem } => Self::invalid_property(property, problem),
            GroupError::Linked(relation) => Self::bad_request(format!(
                "One or more added object references already exist for the following modified properties: '{relation}'."
            ))
            .with_target(relation.as_str()),
            GroupError::Cycle => Self::bad_request(
                "A group cannot belong to itself, neither directly nor through the groups that belong to it.",
            )
            .with_target(Relation::Members.as_str()),
            GroupError::Dynamic => Self::bad_request(
                "Who belongs to this group follows from its membershipRule; members are neither added nor removed by hand.",
            )
            .with_target(Relation::Members.as_str()),
            GroupError::Changed => Self::precondition_failed(),
            GroupError::Storage(error) => error.into(),
        }
    }
}
