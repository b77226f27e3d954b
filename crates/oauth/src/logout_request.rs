//! The logout request (OIDC RP-Initiated Logout 1.0, section 2).

use crate::authorization_request::{MAX_CLIENT_ID, MAX_STATE};
use crate::error::Error;
use crate::jose::MAX_TOKEN_BYTES;
use crate::parameters::Parameters;
use crate::redirect_uri;

const MAX_HINT: usize = 2048;
const MAX_WORDS: usize = 256;

const KNOWN: &[&str] =
    &["post_logout_redirect_uri", "id_token_hint", "logout_hint", "state", "client_id", "ui_locales"];

/// A wish to be signed out. Nothing in it is verified: without a valid `id_token_hint` the person is asked first, and the
/// address is used only if the client registered it, character by character.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogoutRequest {
    /// Where the person goes afterwards.
    pub post_logout_redirect_uri: Option<String>,
    /// The ID token of the session; it may be expired, but its signature, issuer and audience must hold.
    pub id_token_hint: Option<String>,
    /// Who signs out.
    pub logout_hint: Option<String>,
    /// Echoed to the address.
    pub state: Option<String>,
    /// The client that asks.
    pub client_id: Option<String>,
    /// Languages the person reads.
    pub ui_locales: Option<String>,
}

impl LogoutRequest {
    /// Reads the pairs of a query or form. An error is for a page.
    pub fn parse<N, V>(pairs: impl IntoIterator<Item = (N, V)>) -> Result<Self, Error>
    where
        N: AsRef<str>,
        V: Into<String> + AsRef<str>,
    {
        let mut parameters = Parameters::collect(pairs, KNOWN)?;
        Ok(Self {
            post_logout_redirect_uri: parameters.take("post_logout_redirect_uri", redirect_uri::MAX_BYTES)?,
            id_token_hint: parameters.take("id_token_hint", MAX_TOKEN_BYTES)?,
            logout_hint: parameters.take("logout_hint", MAX_HINT)?,
            state: parameters.take("state", MAX_STATE)?,
            client_id: parameters.take("client_id", MAX_CLIENT_ID)?,
            ui_locales: parameters.take("ui_locales", MAX_WORDS)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn everything_is_optional_and_nothing_repeats() {
        let none: [(&str, &str); 0] = [];
        assert_eq!(LogoutRequest::parse(none), Ok(LogoutRequest::default()));
        let request = LogoutRequest::parse([("state", "s"), ("client_id", "c"), ("x", "y")]).unwrap();
        assert_eq!((request.state.as_deref(), request.client_id.as_deref()), (Some("s"), Some("c")));
        assert!(LogoutRequest::parse([("state", "s"), ("state", "s")]).is_err());
    }

    proptest! {
        #[test]
        fn never_panics(pairs: Vec<(String, String)>) {
            let _ = LogoutRequest::parse(pairs);
        }
    }
}
