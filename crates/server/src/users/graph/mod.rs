//! Users on the wire (Graph: user).

mod create;
mod leave;
mod properties;
mod read;
mod references;
mod related;
pub mod wire;
mod write;

pub use read::check_activity;

use super::operations::Key;
use super::{User, UserError};
use crate::deleted_items;
use crate::graph::Error;
use crate::web::Routes;
use axum::Router;
use axum::extract::{FromRequestParts, Path};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::routing::{get, post};

/// The calls on users and on the signed-in person.
pub fn routes() -> Routes {
    Router::new()
        .route("/v1.0/me", get(read::me).patch(write::change_me))
        .route("/v1.0/me/revokeSignInSessions", post(write::revoke_own_sessions))
        .route("/vestibule/v1/me/leave", post(leave::leave))
        .route("/v1.0/directory/deletedItems/microsoft.graph.user", get(deleted_items::list::<User>))
        .route("/v1.0/directory/deletedItems/microsoft.graph.user/$count", get(deleted_items::count::<User>))
        .route("/v1.0/users", get(read::list).post(create::create))
        .route("/v1.0/users/$count", get(read::count))
        .route("/v1.0/users/delta", get(read::delta))
        .route("/v1.0/users/{user}", get(read::one).patch(write::change).delete(write::delete))
        .route("/v1.0/users/{user}/sponsors", get(related::sponsors))
        .route("/v1.0/users/{user}/sponsorOf", get(related::sponsor_of))
        .route("/v1.0/users/{user}/manager", get(related::manager))
        .merge(reference_routes())
        .route("/v1.0/users/{user}/directReports", get(related::reports))
        .route("/v1.0/me/manager", get(related::own_manager))
        .route("/v1.0/me/directReports", get(related::own_reports))
        .route("/v1.0/me/sponsors", get(related::own_sponsors))
        .route("/v1.0/users/{user}/revokeSignInSessions", post(write::revoke_sessions))
}

fn reference_routes() -> Routes {
    Router::new()
        .route(
            "/v1.0/users/{user}/manager/$ref",
            get(references::manager).put(related::set_manager).delete(related::remove_manager),
        )
        .route("/v1.0/users/{user}/sponsors/$ref", get(references::sponsors))
        .route("/v1.0/me/manager/$ref", get(references::own_manager))
        .route("/v1.0/me/sponsors/$ref", get(references::own_sponsors))
}

/// The first segment of a path names the user.
impl<S: Send + Sync> FromRequestParts<S> for Key {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let Path(text) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|rejection| Error::bad_request(rejection.body_text()))?;
        Ok(Self::parse(&text))
    }
}

impl From<UserError> for Error {
    fn from(error: UserError) -> Self {
        match error {
            UserError::Denied => Self::denied(),
            UserError::NotFound(key) => Self::not_found(key),
            UserError::NoPerson => {
                let message = "/me request is only valid with delegated authentication flow.";
                Self::new(StatusCode::BAD_REQUEST, "BadRequest", message)
            }
            UserError::LastAdministrator => {
                Self::bad_request("The last Global Administrator of the tenant can be neither blocked nor deleted.")
            }
            UserError::Invalid { property, problem } => Self::invalid_property(property, problem),
            UserError::Exists(property) => Self::bad_request(format!(
                "One or more added object references already exist for the following modified properties: '{property}'."
            )),
            UserError::Taken(property) => {
                Self::bad_request(format!("Another object with the same value for property {property} already exists."))
                    .with_target(property)
            }
            UserError::Changed => Self::precondition_failed(),
            UserError::Machine => database::Error::TooLong.into(),
            UserError::Storage(error) => error.into(),
        }
    }
}
