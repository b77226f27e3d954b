//! JSON Web Signature, Key and Token as far as OIDC needs them (RFC 7515, 7517, 7518, 7519, 7638).
//!
//! Only RS256 and ES256 exist here: an algorithm that cannot be named cannot be negotiated down to. Apps that prove by a
//! certificate who they are may sign with PS256 as well.

mod algorithm;
mod assertion;
mod der;
mod jwk;
mod jws;
mod signing_key;
mod token_hash;
mod unverified;
mod verifying_key;

pub use algorithm::Algorithm;
pub use assertion::{Assertion, AssertionClaims, CertificateKey, LONGEST as LONGEST_ASSERTION};
pub use jwk::{Jwk, JwkSet};
pub use jws::{Expected, Header, Verified, VerifyError, verify};
pub use signing_key::SigningKey;
pub use token_hash::token_hash;
pub use unverified::{unverified_header, unverified_tenant};
pub use verifying_key::VerifyingKey;

/// Longest compact JWS that is looked at, in bytes. Our own tokens are below 4 KiB; partners' with many groups stay below.
pub const MAX_TOKEN_BYTES: usize = 16 * 1024;

/// Why a key cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The crypto library could not make a key.
    #[error("a key could not be generated")]
    Generation,
    /// The bytes are not a private key of the algorithm.
    #[error("the private key is not a valid PKCS#8 key of its algorithm")]
    InvalidPrivateKey,
    /// RSA below 2048 or above 8192 bits (RFC 7518 section 3.3).
    #[error("the RSA key must have 2048 to 8192 bits")]
    Size,
    /// The JWK is of another type, curve, algorithm or use.
    #[error("the JWK is not a signature key of type RSA or EC P-256")]
    Unsupported,
    /// A member of the JWK is absent, misspelled or not on the curve.
    #[error("the JWK is malformed")]
    Malformed,
    /// The key could not be written or used.
    #[error("the crypto library refused the operation")]
    Operation,
}
