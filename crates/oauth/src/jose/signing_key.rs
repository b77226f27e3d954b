use std::fmt;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use serde::Serialize;
use zeroize::Zeroizing;

use super::{Algorithm, Jwk, KeyError, der};
use crate::base64url;

/// A private key in the form the crypto library signs with. Parsing costs more than a signature, so keep it.
pub struct SigningKey {
    pair: Pair,
    jwk: Jwk,
    kid: String,
}

enum Pair {
    Rsa(Box<RsaKeyPair>),
    P256(Box<EcdsaKeyPair>),
}

impl SigningKey {
    /// A new key: RSA with 2048 bits, or P-256. RSA takes up to a second.
    pub fn generate(algorithm: Algorithm) -> Result<Self, KeyError> {
        let pair = match algorithm {
            Algorithm::Rs256 => RsaKeyPair::generate(KeySize::Rsa2048).map(|pair| Pair::Rsa(Box::new(pair))),
            Algorithm::Es256 => {
                EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map(|pair| Pair::P256(Box::new(pair)))
            }
        };
        Self::new(pair.map_err(|_| KeyError::Generation)?)
    }

    /// Parses the private key that [`SigningKey::pkcs8`] wrote.
    pub fn from_pkcs8(algorithm: Algorithm, pkcs8: &[u8]) -> Result<Self, KeyError> {
        let pair = match algorithm {
            Algorithm::Rs256 => RsaKeyPair::from_pkcs8(pkcs8).map(|pair| Pair::Rsa(Box::new(pair))),
            Algorithm::Es256 => {
                EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8).map(|pair| Pair::P256(Box::new(pair)))
            }
        };
        Self::new(pair.map_err(|_| KeyError::InvalidPrivateKey)?)
    }

    fn new(pair: Pair) -> Result<Self, KeyError> {
        let jwk = match &pair {
            Pair::Rsa(pair) => {
                let (modulus, exponent) = der::rsa_public_key(pair.public_key().as_ref()).ok_or(KeyError::Malformed)?;
                Jwk::rsa(modulus, exponent)
            }
            Pair::P256(pair) => {
                // An uncompressed point (SEC 1 section 2.3.3): 0x04, then both coordinates.
                let point = pair.public_key().as_ref().strip_prefix(&[4]).ok_or(KeyError::Malformed)?;
                let (x, y) = point.split_at_checked(32).ok_or(KeyError::Malformed)?;
                Jwk::p256(x, y)
            }
        };
        let kid = jwk.kid.clone().ok_or(KeyError::Malformed)?;
        Ok(Self { pair, jwk, kid })
    }

    /// The private key, to be stored encrypted.
    pub fn pkcs8(&self) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let bytes = match &self.pair {
            Pair::Rsa(pair) => {
                let document: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| KeyError::Operation)?;
                document.as_ref().to_vec()
            }
            Pair::P256(pair) => pair.to_pkcs8v1().map_err(|_| KeyError::Operation)?.as_ref().to_vec(),
        };
        Ok(Zeroizing::new(bytes))
    }

    /// The algorithm it signs with.
    pub const fn algorithm(&self) -> Algorithm {
        match self.pair {
            Pair::Rsa(_) => Algorithm::Rs256,
            Pair::P256(_) => Algorithm::Es256,
        }
    }

    /// Its name: the RFC 7638 thumbprint of the public key.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The public half, for the key set.
    pub const fn public_jwk(&self) -> &Jwk {
        &self.jwk
    }

    /// Signs claims as a compact JWS (RFC 7515 section 7.1). `typ` is `JWT`, `at+jwt` (RFC 9068), `logout+jwt`, ...
    pub fn sign(&self, claims: &impl Serialize, typ: &str) -> Result<String, KeyError> {
        let header = OwnHeader { alg: self.algorithm(), kid: &self.kid, typ };
        let json = |bytes: Result<Vec<u8>, serde_json::Error>| bytes.map_err(|_| KeyError::Operation);
        let mut token = base64url::encode(json(serde_json::to_vec(&header))?);
        token.push('.');
        token.push_str(&base64url::encode(json(serde_json::to_vec(claims))?));
        let signature = self.signature(token.as_bytes())?;
        token.push('.');
        token.push_str(&base64url::encode(signature));
        Ok(token)
    }

    fn signature(&self, input: &[u8]) -> Result<Vec<u8>, KeyError> {
        // The library ignores this source and uses its own.
        let random = SystemRandom::new();
        match &self.pair {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, input, &mut signature).map_err(|_| KeyError::Operation)?;
                Ok(signature)
            }
            Pair::P256(pair) => {
                pair.sign(&random, input).map(|signature| signature.as_ref().to_vec()).map_err(|_| KeyError::Operation)
            }
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("algorithm", &self.algorithm())
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

#[derive(Serialize)]
struct OwnHeader<'a> {
    alg: Algorithm,
    kid: &'a str,
    typ: &'a str,
}

#[cfg(test)]
mod tests {
    use super::super::{Expected, VerifyingKey, verify};
    use super::*;

    #[test]
    fn a_stored_key_signs_what_its_public_half_verifies() {
        for algorithm in [Algorithm::Rs256, Algorithm::Es256] {
            let first = SigningKey::generate(algorithm).unwrap();
            let key = SigningKey::from_pkcs8(algorithm, &first.pkcs8().unwrap()).unwrap();
            assert_eq!(key.kid(), first.kid());
            assert_eq!(key.public_jwk().thumbprint().as_deref(), Some(key.kid()));

            let token = key.sign(&serde_json::json!({"sub": "s"}), "at+jwt").unwrap();
            let public = VerifyingKey::from_jwk(first.public_jwk()).unwrap();
            let expected = Expected { algorithms: &[algorithm], typ: Some("at+jwt") };
            let verified =
                verify(&token, &expected, |header| (header.kid.as_deref() == Some(first.kid())).then_some(&public))
                    .unwrap();
            assert_eq!(verified.payload, br#"{"sub":"s"}"#);
        }
    }

    #[test]
    fn a_key_of_another_kind_is_refused() {
        let p256 = SigningKey::generate(Algorithm::Es256).unwrap().pkcs8().unwrap();
        assert_eq!(SigningKey::from_pkcs8(Algorithm::Rs256, &p256).unwrap_err(), KeyError::InvalidPrivateKey);
        assert_eq!(SigningKey::from_pkcs8(Algorithm::Es256, b"junk").unwrap_err(), KeyError::InvalidPrivateKey);
    }

    #[test]
    fn debug_shows_no_key_material() {
        let key = SigningKey::generate(Algorithm::Es256).unwrap();
        assert_eq!(format!("{key:?}"), format!("SigningKey {{ algorithm: Es256, kid: {:?}, .. }}", key.kid()));
    }
}
