//! Users on the wire (Graph: user).

mod read;
mod wire;
mod write;

use super::UserError;
use super::operations::Key;
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
        .route("/v1.0/me", get(read::me))
        .route("/v1.0/me/revokeSignInSessions", post(write::revoke_own_sessions))
        .route("/v1.0/users", get(read::list))
        .route("/v1.0/users/$count", get(read::count))
        .route("/v1.0/users/delta", get(read::delta))
        .route("/v1.0/users/{user}", get(read::one).patch(write::change).delete(write::delete))
        .route("/v1.0/users/{user}/sponsors", get(read::sponsors))
        .route("/v1.0/users/{user}/revokeSignInSessions", post(write::revoke_sessions))
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
            UserError::Changed => Self::precondition_failed(),
            UserError::Storage(error) => error.into(),
        }
    }
}
