//! The answer to an authorization request (RFC 6749 sections 4.1.2 and 4.1.2.1), always with `iss` (RFC 9207), so that a
//! client of several servers cannot be made to mix up their answers.

use url::form_urlencoded;

use crate::authorization_request::{ReplyAddress, ResponseMode};
use crate::error::{Error, Occurrence};

/// What the client gets when all went well.
#[derive(Clone, Copy, Debug)]
pub struct Granted<'a> {
    /// The authorization code.
    pub code: &'a str,
    /// Changes when the browser's session does (OIDC Session Management).
    pub session_state: Option<&'a str>,
    /// If it was asked for; see [`crate::claims::client_info`].
    pub client_info: Option<&'a str>,
}

/// An answer, ready to be sent by the browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// Redirect to this address, with 303 so that no form is sent along.
    Redirect(String),
    /// Show a page that posts this form.
    FormPost(FormPost),
}

/// A form whose values still need HTML escaping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormPost {
    /// Where it goes: the redirect URI.
    pub action: String,
    /// Hidden fields.
    pub fields: Vec<(&'static str, String)>,
}

/// The code goes to the client.
pub fn success(reply_to: &ReplyAddress, issuer: &str, granted: &Granted<'_>) -> Delivery {
    let mut fields = vec![("code", granted.code.to_owned())];
    fields.extend(granted.session_state.map(|value| ("session_state", value.to_owned())));
    fields.extend(granted.client_info.map(|value| ("client_info", value.to_owned())));
    deliver(reply_to, issuer, fields)
}

/// A refusal goes to the client.
pub fn error(reply_to: &ReplyAddress, issuer: &str, error: &Error, occurrence: &Occurrence<'_>) -> Delivery {
    let fields =
        vec![("error", error.code().as_str().to_owned()), ("error_description", error.description(occurrence))];
    deliver(reply_to, issuer, fields)
}

fn deliver(reply_to: &ReplyAddress, issuer: &str, mut fields: Vec<(&'static str, String)>) -> Delivery {
    fields.extend(reply_to.state.clone().map(|state| ("state", state)));
    fields.push(("iss", issuer.to_owned()));
    let action = reply_to.redirect_uri.clone();
    let separator = match reply_to.response_mode {
        ResponseMode::FormPost => return Delivery::FormPost(FormPost { action, fields }),
        ResponseMode::Fragment => '#',
        ResponseMode::Query if action.contains('?') => '&',
        ResponseMode::Query => '?',
    };
    let mut address = action;
    address.push(separator);
    // Appended to the text, because a parsed and rewritten URI might no longer be the registered one.
    let start = address.len();
    let mut serializer = form_urlencoded::Serializer::for_suffix(address, start);
    Delivery::Redirect(serializer.extend_pairs(fields).finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::aadsts;
    use proptest::prelude::*;

    const ISSUER: &str = "https://id.example/t/v2.0";
    const GRANTED: Granted<'_> = Granted { code: "c", session_state: None, client_info: None };

    fn reply_to(redirect_uri: &str, response_mode: ResponseMode) -> ReplyAddress {
        ReplyAddress { redirect_uri: redirect_uri.into(), response_mode, state: Some("a b&c=d#\"".into()) }
    }

    fn redirect(redirect_uri: &str, mode: ResponseMode) -> String {
        match success(&reply_to(redirect_uri, mode), ISSUER, &GRANTED) {
            Delivery::Redirect(address) => address,
            Delivery::FormPost(form) => panic!("{form:?}"),
        }
    }

    #[test]
    fn query_and_fragment() {
        let tail = "code=c&state=a+b%26c%3Dd%23%22&iss=https%3A%2F%2Fid.example%2Ft%2Fv2.0";
        assert_eq!(redirect("https://a.example/cb", ResponseMode::Query), format!("https://a.example/cb?{tail}"));
        assert_eq!(redirect("https://a.example/?x=1", ResponseMode::Query), format!("https://a.example/?x=1&{tail}"));
        assert_eq!(
            redirect("https://a.example/?x=1", ResponseMode::Fragment),
            format!("https://a.example/?x=1#{tail}")
        );
        assert_eq!(redirect("com.example.app:/cb", ResponseMode::Query), format!("com.example.app:/cb?{tail}"));
    }

    #[test]
    fn form_post_leaves_values_as_they_are() {
        let granted = Granted { session_state: Some("s"), client_info: Some("i"), ..GRANTED };
        let delivery = success(&reply_to("https://a.example/cb", ResponseMode::FormPost), ISSUER, &granted);
        let Delivery::FormPost(form) = delivery else { panic!("{delivery:?}") };
        assert_eq!(form.action, "https://a.example/cb");
        let fields: Vec<_> = form.fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(
            fields,
            [("code", "c"), ("session_state", "s"), ("client_info", "i"), ("state", "a b&c=d#\""), ("iss", ISSUER)]
        );
    }

    #[test]
    fn refusals_carry_the_issuer_too() {
        let occurrence = Occurrence { trace_id: "t", correlation_id: "c", timestamp: "2026-01-31 23:59:59Z" };
        let reply_to = reply_to("https://a.example/cb", ResponseMode::Query);
        let delivery = error(&reply_to, ISSUER, &aadsts::NO_SESSION.error(), &occurrence);
        let Delivery::Redirect(address) = delivery else { panic!("{delivery:?}") };
        assert!(address.starts_with("https://a.example/cb?error=login_required&error_description=AADSTS50058%3A+"));
        assert!(address.ends_with("&iss=https%3A%2F%2Fid.example%2Ft%2Fv2.0"));
    }

    proptest! {
        #[test]
        fn values_never_leave_their_parameter(state in "\\PC{0,40}") {
            let reply_to = ReplyAddress { state: Some(state.clone()), ..reply_to("https://a.example/cb", ResponseMode::Query) };
            let Delivery::Redirect(address) = success(&reply_to, ISSUER, &GRANTED) else { unreachable!() };
            prop_assert!(address.is_ascii());
            let url = url::Url::parse(&address).unwrap();
            let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
            prop_assert_eq!(pairs.len(), 3);
            prop_assert_eq!(&pairs[1], &("state".to_owned(), state));
        }
    }
}
