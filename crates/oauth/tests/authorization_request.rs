//! The authorization request: what clients send, what is refused, and where the refusal goes.

use oauth::ErrorCode;
use oauth::authorization_request::{AuthorizationRequest, Incoming, Prompt, Refusal, ResponseMode};
use oauth::pkce::Challenge;
use oauth::redirect_uri::RedirectKind;
use oauth::scope::OpenIdScope;
use proptest::prelude::*;

const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const MINIMUM: [(&str, &str); 4] =
    [("client_id", "app"), ("redirect_uri", "https://app.example/cb"), ("response_type", "code"), ("scope", "openid")];

/// The smallest request with parameters added, or replaced where the name is the same.
fn validated(changes: &[(&str, &str)]) -> Result<AuthorizationRequest, Box<Refusal>> {
    let kept = MINIMUM.iter().filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    Incoming::read(kept.chain(changes).copied()).unwrap().validate()
}

#[test]
fn what_msal_sends_is_understood() {
    let request = validated(&[
        ("scope", "openid profile offline_access https://graph.microsoft.com/User.Read"),
        ("response_mode", "form_post"),
        ("state", "s t"),
        ("nonce", "abc"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("client_info", "1"),
        ("clidata", "1"),
        ("prompt", "select_account"),
        ("login_hint", "a@b.example"),
        ("domain_hint", "b.example"),
        ("max_age", "0"),
        ("mkt", "de-DE"),
        ("claims", r#"{"access_token":{"xms_cc":{"values":["CP1"]}}}"#),
        ("x-client-SKU", "MSAL"),
        ("x-client-SKU", "twice"),
        ("client-request-id", "1"),
    ])
    .unwrap();
    assert_eq!(request.reply_to.response_mode, ResponseMode::FormPost);
    assert_eq!(request.reply_to.state.as_deref(), Some("s t"));
    assert!(request.scope.contains(OpenIdScope::OfflineAccess) && request.client_info);
    assert!(request.prompt.contains(Prompt::SelectAccount));
    assert_eq!((request.max_age, request.ui_locales.as_deref()), (Some(0), Some("de-DE")));
    assert_eq!(request.claims.client_capabilities, ["CP1"]);
    assert_eq!(request.code_challenge.as_ref().map(Challenge::as_str), Some(CHALLENGE));

    let stored = serde_json::to_string(&request).unwrap();
    assert_eq!(serde_json::from_str::<AuthorizationRequest>(&stored).unwrap(), request);
}

#[test]
fn an_unsettled_redirect_is_refused_by_a_page() {
    for pairs in [
        &MINIMUM[1..],
        &MINIMUM[..1],
        &[MINIMUM[0], MINIMUM[1], ("redirect_uri", "https://evil.example/")],
        &[MINIMUM[0], MINIMUM[0], MINIMUM[1]],
        &[("client_id", ""), MINIMUM[1]],
    ] {
        let error = Incoming::read(pairs.iter().copied()).unwrap_err();
        assert_eq!(error.code(), ErrorCode::InvalidRequest, "{pairs:?}");
    }
}

#[test]
fn other_refusals_go_to_the_client() {
    use ErrorCode::{
        InvalidRequest, InvalidScope, RegistrationNotSupported, RequestNotSupported, RequestUriNotSupported,
        UnsupportedResponseType,
    };
    for (changes, code) in [
        (&[("response_type", "id_token token")][..], UnsupportedResponseType),
        (&[("response_type", "token")], UnsupportedResponseType),
        (&[("response_type", "")], InvalidRequest),
        (&[("response_mode", "web_message")], InvalidRequest),
        (&[("scope", "")], InvalidRequest),
        (&[("scope", "a\"b")], InvalidScope),
        (&[("request", "e30")], RequestNotSupported),
        (&[("request_uri", "https://evil.example/")], RequestUriNotSupported),
        (&[("registration", "{}")], RegistrationNotSupported),
        (&[("code_challenge", CHALLENGE)], InvalidRequest),
        (&[("code_challenge", CHALLENGE), ("code_challenge_method", "plain")], InvalidRequest),
        (&[("prompt", "none login")], InvalidRequest),
        (&[("max_age", "-1")], InvalidRequest),
        (&[("max_age", "+1")], InvalidRequest),
        (&[("claims", "[]")], InvalidRequest),
        (&[("nonce", "a"), ("nonce", "a")], InvalidRequest),
        (&[("login_hint", "a\r\nSet-Cookie: x")], InvalidRequest),
    ] {
        let refusal = validated(&[changes, &[("state", "s")]].concat()).unwrap_err();
        assert_eq!(refusal.error.code(), code, "{changes:?}: {}", refusal.error);
        assert_eq!(refusal.reply_to.state.as_deref(), Some("s"));
    }
}

#[test]
fn a_repeated_state_is_not_echoed() {
    let refusal = validated(&[("state", "a"), ("state", "b"), ("response_mode", "fragment")]).unwrap_err();
    assert_eq!((refusal.reply_to.state, refusal.reply_to.response_mode), (None, ResponseMode::Fragment));
}

#[test]
fn clients_without_a_secret_need_pkce() {
    let without = validated(&[]).unwrap();
    assert!(without.check_challenge(RedirectKind::Web).is_ok());
    assert_eq!(without.check_challenge(RedirectKind::Public).unwrap_err().aadsts().number, 9_002_325);
    let with = validated(&[("code_challenge", CHALLENGE), ("code_challenge_method", "S256")]).unwrap();
    assert!(with.check_challenge(RedirectKind::Spa).is_ok());
}

proptest! {
    #[test]
    fn nothing_panics(pairs in proptest::collection::vec(
        ("(client_id|redirect_uri|scope|state|claims|prompt|max_age|response_mode|.{0,8})", ".{0,40}"), 0..12)
    ) {
        if let Ok(incoming) = Incoming::read(pairs) {
            let redirect_uri = incoming.redirect_uri().to_owned();
            if let Err(refusal) = incoming.validate() {
                prop_assert_eq!(refusal.reply_to.redirect_uri, redirect_uri);
            }
        }
    }
}
