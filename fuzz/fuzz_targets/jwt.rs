//! A compact JWS from a stranger: no panic, and nothing is ever verified by a key that did not sign it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use oauth::claims::{AccessTokenClaims, IdTokenClaims};
use oauth::jose::{Algorithm, Expected, Jwk, SigningKey, VerifyingKey, unverified_header, unverified_tenant, verify};
use std::sync::LazyLock;

/// Made anew in each run, so that no input can hold a signature of it.
static KEY: LazyLock<VerifyingKey> = LazyLock::new(|| {
    let key = SigningKey::generate(Algorithm::Es256).expect("the random source works");
    VerifyingKey::from_jwk(key.public_jwk()).expect("a key of our own is well formed")
});

fuzz_target!(|token: &str| {
    let _ = unverified_header(token);
    let _ = unverified_tenant(token);
    let expected = Expected { algorithms: &[Algorithm::Es256, Algorithm::Rs256], typ: None };
    assert!(verify(token, &expected, |_| Some(&*KEY)).is_err(), "nobody can have signed this");
    for part in token.split('.') {
        let Some(json) = oauth::base64url::decode(part) else { continue };
        let _ = serde_json::from_slice::<AccessTokenClaims>(&json);
        let _ = serde_json::from_slice::<IdTokenClaims>(&json);
        if let Ok(jwk) = serde_json::from_slice::<Jwk>(&json) {
            let _ = VerifyingKey::from_jwk(&jwk);
        }
    }
});
