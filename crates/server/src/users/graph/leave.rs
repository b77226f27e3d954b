//! `POST /vestibule/v1/me/leave`: the signed-in guest leaves the organisation.

use crate::Server;
use crate::graph::{Caller, Error, resource};
use crate::users::operations::{self, LeaveError};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use std::sync::Arc;

/// Nothing is sent along, and nothing comes back: the token is void from then on.
pub async fn leave(State(server): State<Arc<Server>>, caller: Caller) -> Result<Response, Error> {
    operations::leave(&server, &caller).await?;
    Ok(resource::no_content())
}

impl From<LeaveError> for Error {
    fn from(error: LeaveError) -> Self {
        let denied = |message: &'static str| Self::new(StatusCode::FORBIDDEN, "Authorization_RequestDenied", message);
        match error {
            LeaveError::NotGuest => denied(
                "The account belongs to the organization: nobody leaves it by themselves, administrators delete it.",
            ),
            LeaveError::Barred => denied(
                "The organization does not let guests leave by themselves (externalIdentitiesPolicy). \
                 Whoever answers for the guest (/me/sponsors) and its administrators can delete them.",
            ),
            LeaveError::User(error) => error.into(),
        }
    }
}
