//! A look into a token before its signature is checked, only to learn with whose keys to check it.

use serde::Deserialize;

use super::jws::Parts;
use super::{Header, VerifyError};

/// The header as the token states it. Choose a key by it; believe nothing.
pub fn unverified_header(token: &str) -> Result<Header, VerifyError> {
    Parts::split(token)?.header()
}

/// The `tid` claim as the token states it: the tenant whose keys must verify the token. Compare it again with the verified
/// claims.
pub fn unverified_tenant(token: &str) -> Result<String, VerifyError> {
    #[derive(Deserialize)]
    struct Tenant {
        tid: String,
    }
    let payload = Parts::split(token)?.payload()?;
    serde_json::from_slice(&payload).map(|Tenant { tid }| tid).map_err(|_| VerifyError::Claims)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base64url::encode;
    use proptest::prelude::*;

    #[test]
    fn reads_header_and_tenant() {
        let token = format!("{}.{}.", encode(r#"{"alg":"none","kid":"k"}"#), encode(r#"{"tid":"t","x":[1]}"#));
        assert_eq!(unverified_header(&token).unwrap().kid.as_deref(), Some("k"));
        assert_eq!(unverified_tenant(&token).unwrap(), "t");
    }

    proptest! {
        #[test]
        fn never_panics(text in ".{0,60}", header: Vec<u8>, payload: Vec<u8>) {
            let _ = unverified_header(&text);
            let token = format!("{}.{}.{}", encode(header), encode(payload), text);
            let _ = (unverified_header(&token), unverified_tenant(&token));
        }
    }
}
