//! Proof Key for Code Exchange (RFC 7636), method S256 only: `plain` shows the verifier to whoever reads the request.

use aws_lc_rs::digest;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

use crate::base64url;
use crate::error::{Error, aadsts};

/// An S256 code challenge: the base64url spelling of a SHA-256.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Challenge(String);

impl Challenge {
    /// Reads `code_challenge` and `code_challenge_method`. A challenge without a method means `plain` (RFC 7636 section 4.3)
    /// and is refused as `plain` is; so is a method without a challenge.
    pub fn from_parameters(challenge: Option<String>, method: Option<&str>) -> Result<Option<Self>, Error> {
        match (challenge, method) {
            (None, None) => Ok(None),
            (Some(challenge), Some("S256")) => challenge.try_into().map(Some),
            (Some(_), _) => Err(aadsts::INVALID_VALUE.error().naming("code_challenge_method must be S256")),
            (None, Some(_)) => Err(aadsts::MISSING_PARAMETER.error().naming("code_challenge")),
        }
    }

    /// Whether the verifier belongs to the challenge, in constant time.
    pub fn admits(&self, verifier: &str) -> bool {
        if !is_verifier(verifier) {
            return false;
        }
        let hash = base64url::encode(digest::digest(&digest::SHA256, verifier.as_bytes()));
        hash.as_bytes().ct_eq(self.0.as_bytes()).into()
    }

    /// The challenge as it came.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Challenge {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        match base64url::decode(&text) {
            Some(hash) if hash.len() == 32 => Ok(Self(text)),
            _ => Err(aadsts::INVALID_VALUE.error().naming("code_challenge is not the base64url form of a SHA-256")),
        }
    }
}

impl From<Challenge> for String {
    fn from(challenge: Challenge) -> Self {
        challenge.0
    }
}

/// Checks the redemption of a code against its authorization request. A verifier without a challenge is refused as much as a
/// challenge without a verifier, else an attacker could strip the challenge from the request (RFC 9700 section 2.1.1).
pub fn verify(challenge: Option<&Challenge>, verifier: Option<&str>) -> Result<(), Error> {
    match (challenge, verifier) {
        (None, None) => Ok(()),
        (Some(challenge), Some(verifier)) if challenge.admits(verifier) => Ok(()),
        (Some(_), None) => Err(aadsts::VERIFIER_MISMATCH.error().naming("code_verifier is missing")),
        (None, Some(_)) => Err(aadsts::VERIFIER_MISMATCH.error().naming("the request had no code_challenge")),
        (Some(_), Some(_)) => Err(aadsts::VERIFIER_MISMATCH.error()),
    }
}

/// RFC 7636 section 4.1: 43 to 128 unreserved characters.
pub fn is_verifier(text: &str) -> bool {
    (43..=128).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// RFC 7636 appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    fn challenge() -> Challenge {
        Challenge::from_parameters(Some(CHALLENGE.into()), Some("S256")).unwrap().unwrap()
    }

    #[test]
    fn the_example_of_the_rfc() {
        assert!(challenge().admits(VERIFIER));
        assert!(!challenge().admits(CHALLENGE));
    }

    #[test]
    fn plain_is_refused_in_every_spelling() {
        for method in [Some("plain"), Some("s256"), Some(""), None] {
            assert!(Challenge::from_parameters(Some(CHALLENGE.into()), method).is_err(), "{method:?}");
        }
        assert!(Challenge::from_parameters(Some(VERIFIER[1..].into()), Some("S256")).is_err());
        assert!(Challenge::from_parameters(None, Some("S256")).is_err());
        assert_eq!(Challenge::from_parameters(None, None), Ok(None));
    }

    #[test]
    fn neither_side_may_be_left_away() {
        assert!(verify(Some(&challenge()), Some(VERIFIER)).is_ok());
        assert!(verify(None, None).is_ok());
        assert!(verify(Some(&challenge()), None).is_err());
        assert!(verify(None, Some(VERIFIER)).is_err());
    }

    #[test]
    fn the_syntax_of_a_verifier() {
        assert!(is_verifier(&"~".repeat(43)) && is_verifier(&".".repeat(128)));
        assert!(!is_verifier(&"a".repeat(42)) && !is_verifier(&"a".repeat(129)));
        assert!(!is_verifier(&"+".repeat(43)));
    }

    proptest! {
        #[test]
        fn another_verifier_never_passes(verifier in ".{0,140}") {
            prop_assert_eq!(challenge().admits(&verifier), verifier == VERIFIER);
        }

        #[test]
        fn stored_challenges_read_back(bytes: [u8; 32]) {
            let stored = Challenge::try_from(base64url::encode(bytes)).unwrap();
            let text = serde_json::to_string(&stored).unwrap();
            prop_assert_eq!(serde_json::from_str::<Challenge>(&text).unwrap(), stored);
        }
    }
}
