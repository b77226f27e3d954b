//! One's own password on the wire (Graph: user: changePassword), and beyond Graph one's organisations.

use super::organizations;
use super::own_password::{self, ChangeError, Passwords};
use crate::Server;
use crate::graph::body::{Object, UnreadBody};
use crate::graph::{Caller, Error, resource};
use crate::users::UserError;
use crate::users::operations::Key;
use crate::web::Routes;
use axum::extract::State;
use axum::response::Response;
use axum::routing::post;
use std::sync::Arc;
use zeroize::Zeroizing;

/// The calls of this feature.
pub fn routes() -> Routes {
    Routes::new()
        .route("/v1.0/me/changePassword", post(change_own))
        .route("/v1.0/users/{user}/changePassword", post(change))
        .merge(organizations::routes())
}

/// `POST /users/{id | userPrincipalName}/changePassword`
async fn change(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    sent: UnreadBody,
) -> Result<Response, Error> {
    let user = own_password::own(&server, &caller, &key).await?;
    let passwords = read(sent.object()?)?;
    own_password::change(&server, &caller, &user, &passwords).await?;
    Ok(resource::no_content())
}

/// `POST /me/changePassword`
async fn change_own(State(server): State<Arc<Server>>, caller: Caller, sent: UnreadBody) -> Result<Response, Error> {
    let key = caller.user().map(|person| Key::Id(person.id)).ok_or(UserError::NoPerson)?;
    change(State(server), caller, key, sent).await
}

fn read(mut body: Object) -> Result<Passwords, Error> {
    let mut required = |name| {
        let password: Option<String> = body.take(name)?;
        password.map(Zeroizing::new).ok_or_else(|| Error::invalid_property(name, "it is required"))
    };
    let passwords = Passwords { current: required("currentPassword")?, new: required("newPassword")? };
    body.finish()?;
    Ok(passwords)
}

impl From<ChangeError> for Error {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::User(error) => error.into(),
            ChangeError::Wrong => Self::invalid_property("currentPassword", "it is not the password"),
            ChangeError::TooMany { seconds } => Self::too_many_requests(seconds),
            ChangeError::Storage(error) => error.into(),
        }
    }
}
