//! Application registrations: what an app is called, where it lives, which roles it declares, which secrets it holds.
//!
//! Owns `application`, `application_secret`, `application_key`, `application_logo`, `federated_credential` and `app_owner`. How an
//! application stands in a tenant (who may use it, what it may do) is `service_principals`; signing in to it is `authorization`.

pub mod address_store;
mod app_key;
mod app_role;
mod application;
mod belonging;
pub mod certificate;
mod changes;
pub mod deleted;
mod deleted_store;
mod details;
pub mod elsewhere;
mod error;
mod exposed_scope;
mod federated_credential;
pub mod federated_store;
mod graph;
pub mod group_claims;
mod identifier_store;
pub mod identifiers;
pub mod key_store;
mod logo;
mod manifest;
pub mod operations;
pub mod optional_claims;
mod owned;
pub mod owner_store;
mod principal_kept;
pub mod principal_secret_store;
pub mod resource;
mod resource_access;
pub mod secret;
pub mod store;
mod terms;
#[cfg(test)]
mod tests;
mod unique_name;

pub use app_key::{AppKey, NoName};
pub use app_role::{AppRole, MemberType, Origin};
pub use application::{Application, SignInAudience, SigningAlgorithm};
pub use certificate::{ApplicationKey, NewKey};
pub use changes::{Changes, NewApplication};
pub use details::{AddIn, Details, DetailsChange};
pub use error::{ApplicationError, Invalid};
pub use exposed_scope::{ExposedScope, ScopeKind};
pub use federated_credential::{FederatedChanges, FederatedCredential};
pub use graph::{added_secret, owners, publisher_domain, read_new_secret, read_secret_id, wire};
pub use group_claims::GroupClaim;
pub use logo::{path as logo_path, put as put_logo, remove as remove_logo};
pub use manifest::{Kept, PreAuthorizedApplication, RedirectUriSettings, pre_authorized_scopes};
pub use operations::{Key, register};
pub use optional_claims::{OptionalClaim, OptionalClaims, OptionalClaimsChange};
pub use owned::Owned;
pub use principal_kept::{PrincipalKept, PrincipalKeptChange};
pub use resource_access::{AccessKind, RequiredResourceAccess, ResourceAccess};
pub use secret::{AddedSecret, ApplicationSecret, NewSecret};
pub use terms::{PrincipalTerms, principal_names, principal_tags};
pub use unique_name::UniqueName;

use crate::web::Routes;

/// The calls of this feature, and the logos that pages fetch; its pages are those of `service_principals`.
pub fn routes() -> Routes {
    graph::routes().merge(logo::routes())
}
