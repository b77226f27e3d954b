//! OAuth 2.0, OIDC and JOSE: the messages an authorization server reads and writes, and the checks they need.
//!
//! Everything here is a pure function of its arguments: no input or output, no clock, no storage. Times, random values and
//! the facts about clients and people are parameters; the only randomness drawn is the generation of a signing key.
//! Every parser takes hostile input, is bounded and never panics.

pub mod authorization_request;
pub mod authorization_response;
pub mod base64url;
pub mod claims;
pub mod discovery;
pub mod error;
pub mod introspection_response;
pub mod jose;
pub mod logout_request;
pub mod origin;
mod parameters;
pub mod pkce;
pub mod presented_token;
pub mod redirect_uri;
pub mod scope;
mod secret;
pub mod token_request;
pub mod token_response;

pub use error::{Error, ErrorCode};
pub use secret::Secret;
