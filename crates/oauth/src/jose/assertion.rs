//! A client proves who it is by a statement it signs with the key of its certificate (RFC 7523 section 3, Microsoft identity
//! platform: certificate credentials).

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, UnparsedPublicKey,
    VerificationAlgorithm,
};
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::Number;

use super::VerifyError;
use super::jws::Parts;
use crate::base64url;

/// Seconds a statement may be good for: it is made for one request, or for the few that follow.
pub const LONGEST: i64 = 60 * 60;

/// Seconds by which the clock of a client may be ahead or behind.
const SKEW: i64 = 300;

/// Longest `jti`, in bytes.
const MAX_ID: usize = 256;

/// The public key of a certificate, as its `subjectPublicKey` holds it.
#[derive(Clone, Copy, Debug)]
pub enum CertificateKey<'a> {
    /// `RSAPublicKey` (RFC 8017 appendix A.1.1).
    Rsa(&'a [u8]),
    /// A point on P-256, uncompressed.
    P256(&'a [u8]),
}

/// The members of the header that tell which certificate to look for. None brings a key.
#[derive(Debug, Deserialize)]
struct Names {
    alg: String,
    #[serde(default)]
    x5t: Option<String>,
    #[serde(rename = "x5t#S256", default)]
    x5t_s256: Option<String>,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default)]
    crit: Option<serde_json::Value>,
}

/// What a statement says.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct AssertionClaims {
    /// Who made it.
    pub iss: String,
    /// Whom it is about: the same.
    pub sub: String,
    /// Whom it is for.
    #[serde(deserialize_with = "one_or_many")]
    pub aud: Vec<String>,
    /// Its end, in seconds.
    #[serde(deserialize_with = "instant")]
    pub exp: i64,
    /// From when on it is good.
    #[serde(default, deserialize_with = "instant_if_any")]
    pub nbf: Option<i64>,
    /// When it was made.
    #[serde(default, deserialize_with = "instant_if_any")]
    pub iat: Option<i64>,
    /// Its name, by which it is known again.
    #[serde(default)]
    pub jti: Option<String>,
}

/// A NumericDate in whole seconds (RFC 7519 section 2); MSAL for Python writes fractions of them.
fn instant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let text = Number::deserialize(deserializer)?.to_string();
    // One with an exponent is far beyond every instant, and its digits alone would be a moment in 1970.
    let whole = text.split('.').next().filter(|_| !text.contains('e'));
    let seconds = whole.and_then(|whole| whole.parse().ok());
    seconds.ok_or_else(|| D::Error::custom("no instant in seconds since 1970"))
}

fn instant_if_any<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    instant(deserializer).map(Some)
}

fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Audience {
        One(String),
        Many(Vec<String>),
    }
    Ok(match Audience::deserialize(deserializer)? {
        Audience::One(one) => vec![one],
        Audience::Many(many) => many,
    })
}

/// A statement that was read and not yet believed.
#[derive(Debug)]
pub struct Assertion<'a> {
    names: Names,
    claims: AssertionClaims,
    input: &'a str,
    signature: Vec<u8>,
}

impl<'a> Assertion<'a> {
    /// Reads a statement.
    ///
    /// # Errors
    /// When it is no compact JWS of this kind, or asks for extensions to be understood.
    pub fn parse(text: &'a str) -> Result<Self, VerifyError> {
        let parts = Parts::split(text)?;
        let names: Names = serde_json::from_slice(&parts.header_json()?).map_err(|_| VerifyError::Header)?;
        if names.crit.is_some() {
            return Err(VerifyError::Critical);
        }
        let claims = serde_json::from_slice(&parts.payload()?).map_err(|_| VerifyError::Claims)?;
        let (input, signature) = parts.signed()?;
        Ok(Self { names, claims, input, signature })
    }

    /// What it says.
    pub const fn claims(&self) -> &AssertionClaims {
        &self.claims
    }

    /// Whether it is said to be signed with the certificate of these thumbprints; one that says nothing may be. MSAL for Python pads
    /// them, against RFC 7515 section 4.1.7.
    pub fn may_be_of(&self, sha1: &[u8], sha256: &[u8]) -> bool {
        let is = |name: Option<&String>, thumbprint: &[u8]| {
            name.is_none_or(|name| {
                base64url::decode(name.trim_end_matches('=')).is_some_and(|bytes| bytes == thumbprint)
            })
        };
        is(self.names.x5t.as_ref(), sha1) && is(self.names.x5t_s256.as_ref(), sha256)
    }

    /// Header and payload as they were signed. Of ES256 another signature over the same is made from one that is good, by whoever has
    /// it; this cannot be written in another way.
    pub const fn signed_text(&self) -> &'a str {
        self.input
    }

    /// The name of the key in the header.
    pub fn key_name(&self) -> Option<&str> {
        self.names.kid.as_deref()
    }

    /// Whether the key has signed it, by an algorithm that is served for keys of its kind.
    pub fn is_signed_by(&self, key: CertificateKey<'_>) -> bool {
        let (algorithm, bytes): (&'static dyn VerificationAlgorithm, &[u8]) = match (key, self.names.alg.as_str()) {
            (CertificateKey::Rsa(bytes), "RS256") => (&RSA_PKCS1_2048_8192_SHA256, bytes),
            (CertificateKey::Rsa(bytes), "PS256") => (&RSA_PSS_2048_8192_SHA256, bytes),
            (CertificateKey::P256(bytes), "ES256") => (&ECDSA_P256_SHA256_FIXED, bytes),
            _ => return false,
        };
        UnparsedPublicKey::new(algorithm, bytes).verify(self.input.as_bytes(), &self.signature).is_ok()
    }

    /// Whether its claims are those of this client, for one of these audiences, now (RFC 7523 section 3). Seconds since 1970.
    pub fn is_of(&self, client: &str, audiences: &[String], now: i64) -> bool {
        let claims = &self.claims;
        let is_for_us = claims.aud.iter().any(|audience| audiences.contains(audience));
        let is_named = claims.jti.as_ref().is_some_and(|id| (1..=MAX_ID).contains(&id.len()));
        claims.iss == client && claims.sub == client && is_for_us && is_named && self.is_timely(now)
    }

    /// Whether it is good now and not for longer than a statement may be.
    pub fn is_timely(&self, now: i64) -> bool {
        self.is_current(now) && self.claims.exp <= now.saturating_add(LONGEST)
    }

    /// Whether it is good now, for however long: how long its tokens are good is decided by an issuer elsewhere.
    pub fn is_current(&self, now: i64) -> bool {
        let claims = &self.claims;
        let begun = claims.nbf.into_iter().chain(claims.iat).all(|instant| instant <= now.saturating_add(SKEW));
        begun && claims.exp > now
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Algorithm, SigningKey};
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn claims(now: i64) -> serde_json::Value {
        json!({ "iss": "c", "sub": "c", "aud": "https://id.example/t/token", "exp": now + 600, "jti": "1" })
    }

    fn audiences() -> Vec<String> {
        vec!["https://id.example/t/token".to_owned()]
    }

    fn signed(claims: &serde_json::Value) -> String {
        SigningKey::generate(Algorithm::Es256).expect("a key").sign(claims, "JWT").expect("signed")
    }

    #[test]
    fn a_thumbprint_may_be_padded() {
        let named = |x5t: &str| {
            let part = |value: serde_json::Value| base64url::encode(value.to_string().as_bytes());
            format!("{}.{}.AA", part(json!({ "alg": "RS256", "x5t": x5t })), part(claims(1000)))
        };
        for (name, is_of) in [("AQI", true), ("AQI=", true), ("AQM=", false), ("A=QI", false)] {
            let text = named(name);
            assert_eq!(Assertion::parse(&text).expect("a statement").may_be_of(&[1, 2], &[3]), is_of, "{name}");
        }
    }

    #[test]
    fn a9_a_statement_is_of_its_client_for_its_audience_in_its_time() {
        let is = |change: serde_json::Value| {
            let mut claims = claims(1000);
            for (name, value) in change.as_object().expect("an object") {
                claims[name] = value.clone();
            }
            let text = signed(&claims);
            Assertion::parse(&text).is_ok_and(|assertion| assertion.is_of("c", &audiences(), 1000))
        };
        assert!(is(json!({})));
        assert!(is(json!({ "exp": 1600.5, "nbf": 1200.25, "iat": 990.75 })));
        assert!(is(json!({ "aud": ["other", "https://id.example/t/token"], "nbf": 1200, "iat": 990 })));
        for wrong in [
            json!({ "iss": "d" }),
            json!({ "sub": "d" }),
            json!({ "aud": "https://id.example/u/token" }),
            json!({ "aud": [] }),
            json!({ "exp": 1000 }),
            json!({ "exp": 1001 + LONGEST }),
            json!({ "exp": i64::MAX }),
            json!({ "exp": "1600" }),
            json!({ "exp": 1e30 }),
            json!({ "nbf": 1302.5 }),
            json!({ "nbf": 1301 }),
            json!({ "nbf": 1.5e30 }),
            json!({ "iat": 1.5e30 }),
            json!({ "iat": 1301 }),
            json!({ "jti": null }),
            json!({ "jti": "" }),
        ] {
            assert!(!is(wrong.clone()), "{wrong}");
        }
    }

    #[test]
    fn a9_only_the_algorithms_of_the_key_and_no_extensions() {
        let text = signed(&claims(1000));
        let assertion = Assertion::parse(&text).expect("a statement");
        assert!(!assertion.is_signed_by(CertificateKey::Rsa(&[0x30, 0])));
        assert!(!assertion.is_signed_by(CertificateKey::P256(&[4; 65])));
        for header in [json!({ "alg": "ES256", "crit": ["b64"] }), json!({ "kid": "x" })] {
            let [_, payload, signature] = text.split('.').collect::<Vec<_>>().try_into().expect("three parts");
            let text = format!("{}.{payload}.{signature}", base64url::encode(header.to_string()));
            assert!(Assertion::parse(&text).is_err(), "{header}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in ".{0,60}", header: Vec<u8>, payload: Vec<u8>) {
            let _ = Assertion::parse(&text);
            let token = format!("{}.{}.{}", base64url::encode(header), base64url::encode(payload), text);
            let _ = Assertion::parse(&token);
        }
    }
}
