//! Applications on the wire (Graph: application).

mod belonging;
mod details;
mod extension_properties;
mod federated;
mod keys;
pub mod owners;
mod read;
mod secrets;
mod signing;
mod token_lifetimes;
pub mod wire;
mod write;

pub(super) use read::name_publisher;
pub use read::publisher_domain;
pub use secrets::{added_secret, read_new_secret, read_secret_id};

use super::{AppKey, Application, ApplicationError, FederatedCredential};
use crate::deleted_items;
use crate::extensions::ExtensionProperty;
use crate::graph::body::Object;
use crate::graph::{Error, Segments};
use crate::platform::Timestamp;
use crate::platform::clock::parse_rfc3339;
use crate::token_lifetimes as lifetimes;
use crate::web::Routes;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::routing::{delete, get, post};
use std::str::FromStr;

/// The calls on applications. `{application}` is an object id or `appId=..`, see [`crate::graph::alternate_key`].
pub fn routes() -> Routes {
    Routes::new()
        .route("/v1.0/applications", get(read::list).post(write::register))
        .route("/v1.0/applications/$count", get(read::count))
        .route("/v1.0/applications/delta", get(read::delta))
        .route("/v1.0/directory/deletedItems/microsoft.graph.application", get(deleted_items::list::<Application>))
        .route(
            "/v1.0/directory/deletedItems/microsoft.graph.application/$count",
            get(deleted_items::count::<Application>),
        )
        .route("/v1.0/applications/{application}", get(read::one).patch(write::change).delete(write::delete))
        .route("/v1.0/applications/{application}/addPassword", post(secrets::add))
        .route("/v1.0/applications/{application}/removePassword", post(secrets::remove))
        .route("/v1.0/applications/{application}/addKey", post(keys::add))
        .route("/v1.0/applications/{application}/removeKey", post(keys::remove))
        .route(
            "/v1.0/applications/{application}/federatedIdentityCredentials",
            get(belonging::list::<FederatedCredential>).post(federated::add),
        )
        .route(
            "/v1.0/applications/{application}/federatedIdentityCredentials/{credential}",
            get(federated::one).patch(federated::change).delete(federated::remove),
        )
        .route(
            "/v1.0/applications/{application}/extensionProperties",
            get(belonging::list::<ExtensionProperty>).post(extension_properties::add),
        )
        .route(
            "/v1.0/applications/{application}/extensionProperties/{property}",
            get(extension_properties::one).delete(extension_properties::remove),
        )
        .route("/v1.0/directoryObjects/getAvailableExtensionProperties", post(extension_properties::available))
        .route(
            "/v1.0/applications/{application}/owners/$ref",
            post(owners::add::<Application>).delete(owners::remove_named::<Application>),
        )
        .route("/v1.0/applications/{application}/owners/{member}/$ref", delete(owners::remove::<Application>))
        .route("/v1.0/applications/{application}/tokenLifetimePolicies", get(lifetimes::list_held::<Application>))
        .route("/v1.0/applications/{application}/tokenLifetimePolicies/$ref", post(lifetimes::give::<Application>))
        .route(
            "/v1.0/applications/{application}/tokenLifetimePolicies/{lifetime_policy}/$ref",
            delete(lifetimes::take::<Application>),
        )
        .route("/vestibule/v1/applications/{application}", get(signing::read).patch(signing::change))
}

/// A date and time of a body.
fn instant(body: &mut Object, name: &'static str) -> Result<Option<Timestamp>, Error> {
    let Some(text) = body.take::<String>(name)? else { return Ok(None) };
    parse_rfc3339(&text).map(Some).ok_or_else(|| Error::invalid_property(name, "it is not a date and time (RFC 3339)"))
}

/// The first variable segment of a path names the application or the service principal.
impl<S: Send + Sync, I: FromStr, N: FromStr> FromRequestParts<S> for AppKey<I, N> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        Segments::first(parts, state, Self::parse).await
    }
}

impl From<ApplicationError> for Error {
    fn from(error: ApplicationError) -> Self {
        match error {
            ApplicationError::Denied => Self::denied(),
            ApplicationError::NotFound(key) => Self::not_found(key),
            ApplicationError::NoSuchSecret => {
                Self::bad_request("No credential with this key id was found to be removed.").with_target("keyId")
            }
            ApplicationError::Invalid(invalid) => Self::invalid_property(invalid.property, invalid.problem),
            ApplicationError::NoObject(id) => Self::not_found(id),
            ApplicationError::IsOwner => Self::bad_request(
                "One or more added object references already exist for the following modified properties: 'owners'.",
            )
            .with_target("owners"),
            // In Graph's words about groups.
            ApplicationError::LastOwner => {
                Self::bad_request("The application must have at least one owner, hence this owner cannot be removed.")
                    .with_target("owners")
            }
            ApplicationError::NoCredential(key) => Self::not_found(key),
            ApplicationError::Taken(property) => {
                let message = format!("Another object with the same value for property {property} already exists.");
                Self::new(StatusCode::CONFLICT, "Request_MultipleObjectsWithSameKeyValue", message)
                    .with_target(property)
            }
            ApplicationError::Changed => {
                let message = "The application was changed in the meantime. Read it again and repeat the change.";
                Self::new(StatusCode::CONFLICT, "ObjectConflict", message)
            }
            ApplicationError::Storage(error) => error.into(),
        }
    }
}
