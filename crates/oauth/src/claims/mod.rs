//! What the tokens say (OIDC Core 2, RFC 9068, Microsoft identity platform: ID and access token claims).
//!
//! Times are seconds since 1970. An absent claim is left away, never `null`.

mod access_token;
mod id_token;
mod on_request;
mod subject;
mod vocabulary;

pub use access_token::AccessTokenClaims;
pub use id_token::IdTokenClaims;
pub use on_request::OnRequest;
pub use subject::{client_info, pairwise_subject};
pub use vocabulary::{Acct, Azpacr, ClaimSource, IdentityType, Version};
