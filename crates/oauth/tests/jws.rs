//! Verification of tokens: the examples of RFC 7515 and the attacks of RFC 8725.

use oauth::base64url;
use oauth::jose::{Algorithm, Expected, Jwk, SigningKey, VerifyError, VerifyingKey, verify};
use proptest::prelude::*;
use serde_json::{Value, json};

const PAYLOAD: &str = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
const BOTH: Expected<'_> = Expected { algorithms: &[Algorithm::Rs256, Algorithm::Es256], typ: None };

fn key(jwk: Value) -> VerifyingKey {
    VerifyingKey::from_jwk(&serde_json::from_value::<Jwk>(jwk).unwrap()).unwrap()
}

/// RFC 7515 appendix A.2.
#[test]
fn the_rs256_example_verifies() {
    let key = key(
        json!({"kty": "RSA", "e": "AQAB", "n": "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"}),
    );
    let signature = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
    let token = format!("eyJhbGciOiJSUzI1NiJ9.{PAYLOAD}.{signature}");
    let claims: Value = verify(&token, &BOTH, |_| Some(&key)).unwrap().claims().unwrap();
    assert_eq!(claims["iss"], "joe");
}

/// RFC 7515 appendix A.3.
#[test]
fn the_es256_example_verifies() {
    let key = key(
        json!({"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}),
    );
    let signature = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    let token = format!("eyJhbGciOiJFUzI1NiJ9.{PAYLOAD}.{signature}");
    assert!(verify(&token, &BOTH, |_| Some(&key)).is_ok());
    let rs_only = Expected { algorithms: &[Algorithm::Rs256], typ: None };
    assert_eq!(verify(&token, &rs_only, |_| Some(&key)).unwrap_err(), VerifyError::Algorithm);
}

/// A token signed properly, whose header is then replaced; only the checks before the signature can refuse it by name.
fn refused(header: &Value, expected: &Expected<'_>) -> VerifyError {
    let key = SigningKey::generate(Algorithm::Es256).unwrap();
    let public = VerifyingKey::from_jwk(key.public_jwk()).unwrap();
    let token = key.sign(&json!({}), "JWT").unwrap();
    let (_, rest) = token.split_once('.').unwrap();
    let forged = format!("{}.{rest}", base64url::encode(header.to_string()));
    verify(&forged, expected, |_| Some(public)).unwrap_err()
}

#[test]
fn forged_headers_are_refused() {
    for alg in ["none", "None", "HS256", "RS384", "PS256", "es256", ""] {
        assert_eq!(refused(&json!({"alg": alg}), &BOTH), VerifyError::Algorithm, "{alg}");
    }
    assert_eq!(refused(&json!({"alg": "RS256"}), &BOTH), VerifyError::KeyAlgorithm);
    assert_eq!(refused(&json!({"alg": "ES256", "crit": ["b64"], "b64": false}), &BOTH), VerifyError::Critical);
    assert_eq!(refused(&json!({"alg": "ES256", "crit": null}), &BOTH), VerifyError::Critical);
    assert_eq!(refused(&json!({"kid": "k"}), &BOTH), VerifyError::Header);
    assert_eq!(refused(&json!({"alg": "ES256", "jku": "https://evil.example/keys"}), &BOTH), VerifyError::Signature);
    let access_token = Expected { typ: Some("at+jwt"), ..BOTH };
    assert_eq!(refused(&json!({"alg": "ES256", "typ": "JWT"}), &access_token), VerifyError::Type);
    assert_eq!(refused(&json!({"alg": "ES256"}), &access_token), VerifyError::Type);
    assert_eq!(refused(&json!({"alg": "ES256", "typ": "application/AT+JWT"}), &access_token), VerifyError::Signature);
}

#[test]
fn broken_forms_are_refused() {
    let key = SigningKey::generate(Algorithm::Es256).unwrap();
    let public = VerifyingKey::from_jwk(key.public_jwk()).unwrap();
    let token = key.sign(&json!({"n": 1}), "JWT").unwrap();
    let verdict = |token: &str| verify(token, &BOTH, |_| Some(&public)).map(|verified| verified.payload);

    assert!(verdict(&token).is_ok());
    assert_eq!(verdict(&format!("{token}=")), Err(VerifyError::NotCompact));
    assert_eq!(verdict(&format!("{token}.x")), Err(VerifyError::NotCompact));
    assert_eq!(verdict("a.b"), Err(VerifyError::NotCompact));
    assert_eq!(verdict(&"a".repeat(16 * 1024 + 1)), Err(VerifyError::TooLong));
    let unsigned = token.rsplit_once('.').unwrap().0;
    assert_eq!(verdict(&format!("{unsigned}.")), Err(VerifyError::Signature));
    assert_eq!(verify(&token, &BOTH, |_| None::<VerifyingKey>).unwrap_err(), VerifyError::UnknownKey);

    let twice = base64url::encode(r#"{"alg":"ES256","alg":"none"}"#);
    let (_, rest) = token.split_once('.').unwrap();
    assert_eq!(verdict(&format!("{twice}.{rest}")), Err(VerifyError::Header));
}

proptest! {
    #[test]
    fn no_changed_token_verifies(position in 0usize..200, replacement in "[A-Za-z0-9_.-]") {
        let key = SigningKey::generate(Algorithm::Es256).unwrap();
        let public = VerifyingKey::from_jwk(key.public_jwk()).unwrap();
        let token = key.sign(&json!({"sub": "someone", "aud": "something"}), "JWT").unwrap();
        let position = position % token.len();
        let mut changed = token.clone();
        changed.replace_range(position..=position, &replacement);
        prop_assert_eq!(verify(&changed, &BOTH, |_| Some(&public)).is_ok(), changed == token);
    }

    #[test]
    fn nothing_panics(token in ".{0,80}") {
        prop_assert!(verify(&token, &BOTH, |_| None::<VerifyingKey>).is_err());
    }
}
