//! What is written into tokens (Microsoft identity platform: ID and access token claims), and their signatures.

mod access;
pub mod hint;
mod id;

pub use access::{for_person, for_program, generation};
pub use id::{Details, for_app};

use crate::Server;
use crate::platform::Timestamp;
use crate::platform::ids::TenantId;
use oauth::base64url;
use std::time::Duration;

/// `typ` of an access token (RFC 9068 section 2.1).
pub const ACCESS_TYPE: &str = "at+jwt";

/// `typ` of an ID token.
pub const ID_TYPE: &str = "JWT";

/// The issuer of a tenant's tokens.
pub fn issuer(server: &Server, tenant: TenantId) -> String {
    oauth::discovery::issuer(server.settings.public_address(), &tenant.to_string())
}

/// Issue and end of a token given now, in seconds.
fn times(now: Timestamp, lifetime: Duration) -> (i64, i64) {
    (now.seconds(), now.plus(lifetime).seconds())
}

/// A name for one token (`uti`).
fn token_name(server: &Server) -> String {
    base64url::encode(server.entropy.bytes::<16>())
}
