use std::fmt;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
};

use super::{Algorithm, Jwk, KeyError};
use crate::base64url;

/// A public key, ours or a partner's, parsed once. It verifies with one algorithm only, whatever a token says.
#[derive(Clone)]
pub struct VerifyingKey {
    algorithm: Algorithm,
    key: ParsedPublicKey,
}

impl VerifyingKey {
    /// Takes RSA keys of 2048 to 8192 bits and P-256 keys whose `use` and `alg`, if present, allow signatures.
    pub fn from_jwk(jwk: &Jwk) -> Result<Self, KeyError> {
        let algorithm = match jwk.kty.as_str() {
            "RSA" => Algorithm::Rs256,
            "EC" if jwk.crv.as_deref() == Some("P-256") => Algorithm::Es256,
            _ => return Err(KeyError::Unsupported),
        };
        let other_use = jwk.key_use.as_deref().is_some_and(|key_use| key_use != "sig");
        let other_algorithm = jwk.alg.as_deref().is_some_and(|alg| alg != algorithm.as_str());
        if other_use || other_algorithm {
            return Err(KeyError::Unsupported);
        }
        let key = match algorithm {
            Algorithm::Rs256 => rsa(jwk)?,
            Algorithm::Es256 => p256(jwk)?,
        };
        Ok(Self { algorithm, key })
    }

    /// The algorithm it verifies.
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Whether `signature` is of this key over `input`.
    pub(super) fn verifies(&self, input: &[u8], signature: &[u8]) -> bool {
        self.key.verify_sig(input, signature).is_ok()
    }
}

fn member(text: Option<&String>) -> Result<Vec<u8>, KeyError> {
    text.and_then(|text| base64url::decode(text)).ok_or(KeyError::Malformed)
}

fn rsa(jwk: &Jwk) -> Result<ParsedPublicKey, KeyError> {
    let modulus = member(jwk.n.as_ref())?;
    // Some publishers write the sign byte of DER.
    let n = modulus.strip_prefix(&[0]).unwrap_or(&modulus);
    // The library checks the size only when it verifies; a short key is better refused when it is read.
    let bits = n.len() * 8 - n.first().map_or(0, |byte| byte.leading_zeros() as usize);
    if !(2048..=8192).contains(&bits) {
        return Err(KeyError::Size);
    }
    let e = member(jwk.e.as_ref())?;
    RsaPublicKeyComponents { n, e: e.as_slice() }
        .to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256)
        .map_err(|_| KeyError::Malformed)
}

fn p256(jwk: &Jwk) -> Result<ParsedPublicKey, KeyError> {
    let (x, y) = (member(jwk.x.as_ref())?, member(jwk.y.as_ref())?);
    // RFC 7518 section 6.2.1.2: the full length of a coordinate, leading zeros included.
    if x.len() != 32 || y.len() != 32 {
        return Err(KeyError::Malformed);
    }
    let point = [&[4], x.as_slice(), y.as_slice()].concat();
    ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).map_err(|_| KeyError::Malformed)
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyingKey").field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::super::SigningKey;
    use super::*;

    #[test]
    fn weak_foreign_and_broken_keys_are_refused() {
        let rsa = SigningKey::generate(Algorithm::Rs256).unwrap().public_jwk().clone();
        let p256 = SigningKey::generate(Algorithm::Es256).unwrap().public_jwk().clone();
        assert!(VerifyingKey::from_jwk(&rsa).is_ok() && VerifyingKey::from_jwk(&p256).is_ok());

        let short = Jwk { n: Some(base64url::encode([0xff; 128])), ..rsa.clone() };
        assert_eq!(VerifyingKey::from_jwk(&short).unwrap_err(), KeyError::Size);
        let empty = Jwk { n: Some(String::new()), ..rsa.clone() };
        assert_eq!(VerifyingKey::from_jwk(&empty).unwrap_err(), KeyError::Size);
        let encryption = Jwk { key_use: Some("enc".into()), ..rsa.clone() };
        assert_eq!(VerifyingKey::from_jwk(&encryption).unwrap_err(), KeyError::Unsupported);
        let hmac = Jwk { alg: Some("HS256".into()), ..rsa };
        assert_eq!(VerifyingKey::from_jwk(&hmac).unwrap_err(), KeyError::Unsupported);
        let off_the_curve = Jwk { y: Some(base64url::encode([1; 32])), ..p256.clone() };
        assert_eq!(VerifyingKey::from_jwk(&off_the_curve).unwrap_err(), KeyError::Malformed);
        let other_curve = Jwk { crv: Some("P-384".into()), ..p256 };
        assert_eq!(VerifyingKey::from_jwk(&other_curve).unwrap_err(), KeyError::Unsupported);
    }
}
