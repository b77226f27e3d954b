//! The token request: grants, client authentication, and what is refused.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use oauth::ErrorCode;
use oauth::token_request::{ClientAuthentication, Grant, TokenRequest};
use proptest::prelude::*;

const REFRESH: [(&str, &str); 2] = [("grant_type", "refresh_token"), ("refresh_token", "r")];

fn basic(text: &str) -> String {
    format!("Basic {}", STANDARD.encode(text))
}

fn refresh(more: &[(&str, &str)], authorization: Option<&str>) -> Result<TokenRequest, ErrorCode> {
    TokenRequest::parse([&REFRESH, more].concat(), authorization).map_err(|error| error.code())
}

#[test]
fn a_code_with_a_secret_in_the_form() {
    let request = TokenRequest::parse(
        [
            ("grant_type", "authorization_code"),
            ("client_id", "app"),
            ("client_secret", "s~e.c-r_et"),
            ("code", "c"),
            ("redirect_uri", "https://app.example/cb"),
            ("code_verifier", "v"),
            ("scope", "https://host/User.Read openid profile offline_access"),
            ("client_info", "1"),
            ("x-client-ver", "1"),
            ("claims", r#"{"access_token":{"xms_cc":{"values":["CP1"]}}}"#),
            ("device_code", "ignored"),
        ],
        None,
    )
    .unwrap();
    assert_eq!(request.client.client_id(), "app");
    assert_eq!(request.client.secret().unwrap().expose(), "s~e.c-r_et");
    assert_eq!(request.scope.unwrap().as_str(), "https://host/User.Read openid profile offline_access");
    assert_eq!(request.claims.client_capabilities, ["CP1"]);
    assert!(request.client_info);
    let Grant::AuthorizationCode { code, redirect_uri, code_verifier } = request.grant else { panic!() };
    assert_eq!((code.expose(), redirect_uri.as_str()), ("c", "https://app.example/cb"));
    assert_eq!(code_verifier.unwrap().expose(), "v");
}

#[test]
fn the_basic_header_is_form_decoded() {
    let header = basic("my%20app:p%3Aa%2Bb+c%25~");
    let request = refresh(&[("client_id", "my app")], Some(&header)).unwrap();
    let ClientAuthentication::SecretBasic { client_id, secret } = &request.client else { panic!() };
    assert_eq!((client_id.as_str(), secret.expose()), ("my app", "p:a+b c%~"));
    assert!(refresh(&[], Some(&header.replacen("Basic", "bAsIc", 1))).is_ok());
}

#[test]
fn bad_client_authentication_is_refused() {
    use ErrorCode::{InvalidClient, InvalidRequest};
    for (more, header, code) in [
        (&[][..], None, InvalidRequest),
        (&[("client_secret", "s")], None, InvalidRequest),
        (&[("client_secret", "s")], Some(basic("app:s")), InvalidRequest),
        (&[("client_id", "other")], Some(basic("app:s")), InvalidRequest),
        (&[("client_id", "app"), ("client_assertion", "a.b.c")], None, InvalidClient),
        (&[("client_id", "app"), ("client_assertion", "a.b.c")], Some(basic("app:s")), InvalidRequest),
        (&[("client_id", "app")], Some("Bearer x".into()), InvalidClient),
        (&[("client_id", "app")], Some("Basic".into()), InvalidClient),
        (&[("client_id", "app")], Some("Basic ???".into()), InvalidClient),
        (&[], Some(basic("app")), InvalidClient),
        (&[], Some(basic("app:")), InvalidClient),
        (&[], Some(basic(":s")), InvalidClient),
        (&[], Some(basic("app:s:t")), InvalidClient),
        (&[], Some(basic("app:s/t")), InvalidClient),
        (&[], Some(basic("app:%2")), InvalidClient),
        (&[], Some(basic("app:%zz")), InvalidClient),
        (&[], Some(basic("app:%ff")), InvalidClient),
        (&[], Some(basic("app:%00")), InvalidClient),
        (&[], Some(basic(&format!("app:{}", "x".repeat(99_999)))), InvalidClient),
    ] {
        assert_eq!(refresh(more, header.as_deref()).unwrap_err(), code, "{more:?} {header:?}");
    }
}

#[test]
fn other_grants_are_refused_by_name() {
    for grant_type in ["password", "urn:ietf:params:oauth:grant-type:device_code", "device_code", "implicit"] {
        let error = TokenRequest::parse([("grant_type", grant_type), ("client_id", "app")], None).unwrap_err();
        assert_eq!(error.code(), ErrorCode::UnsupportedGrantType);
        assert!(error.message().contains(grant_type));
    }
}

#[test]
fn missing_and_repeated_parameters_are_named() {
    for (form, name) in [
        (&[("client_id", "app")][..], "grant_type"),
        (&[("grant_type", "refresh_token"), ("client_id", "app")], "refresh_token"),
        (&[("grant_type", "authorization_code"), ("client_id", "app")], "code"),
        (&[("grant_type", "authorization_code"), ("client_id", "app"), ("code", "c")], "redirect_uri"),
        (&[("grant_type", "refresh_token"), ("client_id", "app"), ("code", "c"), ("code", "c")], "code"),
    ] {
        let error = TokenRequest::parse(form.iter().copied(), None).unwrap_err();
        assert_eq!(error.code(), ErrorCode::InvalidRequest);
        assert!(error.message().contains(name), "{error}");
    }
}

#[test]
fn client_credentials_need_a_secret_and_one_default_scope() {
    let number = |more: &[(&str, &str)]| {
        let form = [&[("grant_type", "client_credentials"), ("client_id", "app")], more].concat();
        TokenRequest::parse(form, None).map_err(|error| error.aadsts().number)
    };
    let secret = ("client_secret", "s");
    assert!(number(&[secret, ("scope", "https://host/.default")]).is_ok());
    assert_eq!(number(&[("scope", "https://host/.default")]).unwrap_err(), 7_000_216);
    assert_eq!(number(&[secret]).unwrap_err(), 900_144);
    for scope in ["https://host/User.Read", "openid https://host/.default", "a/.default b/.default"] {
        assert_eq!(number(&[secret, ("scope", scope)]).unwrap_err(), 1_002_012);
    }
}

#[test]
fn debug_output_has_no_credentials() {
    let request = refresh(&[("client_id", "app"), ("client_secret", "hunter2")], None).unwrap();
    assert!(!format!("{request:?}").contains("hunter2"));
}

proptest! {
    #[test]
    fn nothing_panics(
        form in proptest::collection::vec(
            ("(grant_type|client_id|client_secret|code|scope|.{0,8})", "(authorization_code|refresh_token|.{0,20})"), 0..10),
        header in proptest::option::of("(Basic )?[A-Za-z0-9+/=: ]{0,30}"),
    ) {
        let _ = TokenRequest::parse(form, header.as_deref());
    }

    #[test]
    fn any_encoded_secret_is_read_back(secret in "[ -~\u{e9}]{1,40}") {
        let encoded: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        let request = refresh(&[], Some(&basic(&format!("app:{encoded}")))).unwrap();
        prop_assert_eq!(request.client.secret().unwrap().expose(), secret);
    }
}
