//! How apps get people and tokens: the `OpenID` Connect provider of each tenant, and the way from a token to a caller.
//!
//! Owns `token_grant`, `authorization_code`, `refresh_token`. Who a person is proves `sign_in`; what an app is and may
//! do say `applications` and `service_principals`.

pub mod audience;
mod authorize;
pub mod bearer;
mod client;
mod cors;
mod discovery;
mod error;
pub mod key_rotation;
mod logout;
mod person;
mod resource;
mod store;
mod tenant_path;
mod token_endpoint;
mod tokens;
mod userinfo;

use crate::router::Routes;

/// The endpoints of the provider.
pub fn routes() -> Routes {
    Routes::new()
        .merge(discovery::routes())
        .merge(authorize::routes())
        .merge(token_endpoint::routes())
        .merge(logout::routes())
        .merge(userinfo::routes())
}

#[cfg(test)]
mod tests;
