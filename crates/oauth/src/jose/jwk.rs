use aws_lc_rs::digest;
use serde::{Deserialize, Serialize};

use super::Algorithm;
use crate::base64url;

/// A public key as JSON (RFC 7517). Private members are not represented, so that they can be neither read nor leaked.
///
/// Members of a foreign key set that mean nothing here are ignored, as RFC 7517 section 5 demands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Jwk {
    /// `RSA` or `EC`; other types are carried and never used.
    pub kty: String,
    /// `sig` for ours.
    #[serde(rename = "use", skip_serializing_if = "Option::is_none")]
    pub key_use: Option<String>,
    /// The only algorithm the key is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alg: Option<String>,
    /// The name of the key in its set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// RSA modulus.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n: Option<String>,
    /// RSA exponent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub e: Option<String>,
    /// EC curve.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crv: Option<String>,
    /// EC coordinate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub x: Option<String>,
    /// EC coordinate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub y: Option<String>,
}

impl Jwk {
    /// Our RSA key, named by its thumbprint.
    pub(super) fn rsa(modulus: &[u8], exponent: &[u8]) -> Self {
        let (n, e) = (base64url::encode(modulus), base64url::encode(exponent));
        Self { kty: "RSA".into(), n: Some(n), e: Some(e), ..Self::default() }.named(Algorithm::Rs256)
    }

    /// Our P-256 key, named by its thumbprint.
    pub(super) fn p256(x: &[u8], y: &[u8]) -> Self {
        let (x, y) = (base64url::encode(x), base64url::encode(y));
        Self { kty: "EC".into(), crv: Some("P-256".into()), x: Some(x), y: Some(y), ..Self::default() }
            .named(Algorithm::Es256)
    }

    fn named(mut self, algorithm: Algorithm) -> Self {
        self.kid = self.thumbprint();
        self.alg = Some(algorithm.as_str().to_owned());
        self.key_use = Some("sig".to_owned());
        self
    }

    /// The SHA-256 thumbprint (RFC 7638); `None` for a key that lacks a required member or is of another type.
    pub fn thumbprint(&self) -> Option<String> {
        // The required members in lexicographic order without white space (RFC 7638 section 3.2); assembled by hand, so that
        // no change of a serializer can rename our keys.
        let quoted = |member: &Option<String>| member.as_ref().and_then(|text| serde_json::to_string(text).ok());
        let canonical = match self.kty.as_str() {
            "RSA" => format!(r#"{{"e":{},"kty":"RSA","n":{}}}"#, quoted(&self.e)?, quoted(&self.n)?),
            "EC" => format!(
                r#"{{"crv":{},"kty":"EC","x":{},"y":{}}}"#,
                quoted(&self.crv)?,
                quoted(&self.x)?,
                quoted(&self.y)?
            ),
            _ => return None,
        };
        Some(base64url::encode(digest::digest(&digest::SHA256, canonical.as_bytes())))
    }
}

/// A set of public keys (RFC 7517 section 5).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JwkSet {
    /// The keys, in no order.
    pub keys: Vec<Jwk>,
}

impl JwkSet {
    /// The key with this name.
    pub fn find(&self, kid: &str) -> Option<&Jwk> {
        self.keys.iter().find(|key| key.kid.as_deref() == Some(kid))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7638 section 3.1.
    #[test]
    fn the_thumbprint_of_the_rfc() {
        let jwk: Jwk = serde_json::from_str(
            r#"{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}"#,
        )
        .unwrap();
        assert_eq!(jwk.thumbprint().as_deref(), Some("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"));
    }

    #[test]
    fn a_set_tolerates_keys_of_other_kinds() {
        let set: JwkSet = serde_json::from_str(
            r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AA","kid":"a","x5c":["AA"]},{"kty":"EC","kid":"b"}],"more":1}"#,
        )
        .unwrap();
        assert_eq!(set.find("b").map(|key| key.kty.as_str()), Some("EC"));
        assert_eq!(set.find("c"), None);
        assert_eq!(set.keys[0].thumbprint(), None);
    }
}
