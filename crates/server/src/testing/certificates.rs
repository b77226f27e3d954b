//! Certificates of apps, and what is signed with their keys.

use super::TestServer;
use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use oauth::base64url;
use serde_json::{Value, json};
use x509_parser::public_key::PublicKey;

/// A key with a certificate that made itself.
pub struct Certified {
    der: Vec<u8>,
    pkcs8: Vec<u8>,
    is_rsa: bool,
}

impl Certified {
    /// On P-256, good from 2020 to 2040.
    pub fn p256() -> Self {
        Self::of(&rcgen::PKCS_ECDSA_P256_SHA256, 2040)
    }

    /// RSA of 2048 bits; it takes a while to make.
    pub fn rsa() -> Self {
        Self::of(&rcgen::PKCS_RSA_SHA256, 2040)
    }

    /// One on P-256 whose time is over.
    pub fn ended() -> Self {
        Self::of(&rcgen::PKCS_ECDSA_P256_SHA256, 2021)
    }

    fn of(algorithm: &'static rcgen::SignatureAlgorithm, until: i32) -> Self {
        let key = rcgen::KeyPair::generate_for(algorithm).expect("a key");
        let mut params = rcgen::CertificateParams::default();
        params.distinguished_name.push(rcgen::DnType::CommonName, "An app");
        params.not_before = rcgen::date_time_ymd(2020, 1, 1);
        params.not_after = rcgen::date_time_ymd(until, 1, 1);
        let der = params.self_signed(&key).expect("a certificate").der().to_vec();
        Self { der, pkcs8: key.serialize_der(), is_rsa: algorithm == &rcgen::PKCS_RSA_SHA256 }
    }

    /// The certificate as it is added.
    pub fn base64(&self) -> String {
        STANDARD.encode(&self.der)
    }

    /// SHA-1 of the certificate, in base64.
    pub fn thumbprint(&self) -> String {
        STANDARD.encode(digest(&SHA1_FOR_LEGACY_USE_ONLY, &self.der))
    }

    /// The public key as an issuer publishes it under a name (RFC 7517), written out by hand.
    pub fn jwk(&self, name: &str) -> Value {
        let (_, certificate) = x509_parser::parse_x509_certificate(&self.der).expect("a certificate");
        let info = certificate.public_key();
        if let PublicKey::RSA(key) = info.parsed().expect("a key") {
            let modulus = key.modulus.strip_prefix(&[0]).unwrap_or(key.modulus);
            let [n, e] = [modulus, key.exponent].map(base64url::encode);
            return json!({ "kty": "RSA", "kid": name, "use": "sig", "n": n, "e": e });
        }
        let point: &[u8] = &info.subject_public_key.data;
        let [x, y] = [&point[1..33], &point[33..65]].map(base64url::encode);
        json!({ "kty": "EC", "crv": "P-256", "kid": name, "use": "sig", "x": x, "y": y })
    }

    /// A statement with these claims, by the algorithm of the key or, for RSA, PS256.
    pub fn sign(&self, algorithm: &str, claims: &Value) -> String {
        let name = base64url::encode(digest(&SHA256, &self.der));
        self.sign_as(&json!({ "alg": algorithm, "typ": "JWT", "x5t#S256": name }), claims)
    }

    /// The same with a header of its own.
    pub fn sign_as(&self, header: &Value, claims: &Value) -> String {
        let input = format!("{}.{}", base64url::encode(header.to_string()), base64url::encode(claims.to_string()));
        let signature = if self.is_rsa { self.by_rsa(header, &input) } else { self.by_p256(&input) };
        format!("{input}.{}", base64url::encode(signature))
    }

    fn by_rsa(&self, header: &Value, input: &str) -> Vec<u8> {
        let key = RsaKeyPair::from_pkcs8(&self.pkcs8).expect("a key");
        let mut signature = vec![0; key.public_modulus_len()];
        let padding: &'static dyn aws_lc_rs::signature::RsaEncoding =
            if header["alg"] == "PS256" { &RSA_PSS_SHA256 } else { &RSA_PKCS1_SHA256 };
        key.sign(padding, &SystemRandom::new(), input.as_bytes(), &mut signature).expect("signed");
        signature
    }

    fn by_p256(&self, input: &str) -> Vec<u8> {
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &self.pkcs8).expect("a key");
        key.sign(&SystemRandom::new(), input.as_bytes()).expect("signed").as_ref().to_vec()
    }

    /// What shows at `addKey` and `removeKey` that the private key is there.
    pub fn proof(&self, server: &TestServer, application: &str) -> String {
        let now = server.clock.now().seconds();
        let claims = json!({
            "aud": "00000002-0000-0000-c000-000000000000", "iss": application, "sub": application,
            "nbf": now, "exp": now + 600,
        });
        self.sign(if self.is_rsa { "RS256" } else { "ES256" }, &claims)
    }
}
