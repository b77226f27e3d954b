//! Redirect URIs: what may be registered, and when a given one is a registered one (RFC 6749 section 3.1.2, RFC 8252,
//! RFC 9700 section 4.1.3).

use serde::{Deserialize, Serialize};
use url::{Host, Url};

/// Longest redirect URI, in bytes.
pub const MAX_BYTES: usize = 2048;

/// What runs behind a redirect URI; it decides how the client authenticates and from where it may redeem a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RedirectKind {
    /// A server, which keeps a secret.
    Web,
    /// A script in a browser: no secret, PKCE, cross-origin redemption.
    Spa,
    /// A program on the person's device: no secret, PKCE.
    Public,
}

impl RedirectKind {
    /// Whether a code for this address needs PKCE, because no secret protects its redemption.
    pub const fn needs_challenge(self) -> bool {
        matches!(self, Self::Spa | Self::Public)
    }
}

/// A redirect URI as an application registered it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisteredRedirect {
    /// The URI; [`validate`] accepted it.
    pub uri: String,
    /// What runs there.
    pub kind: RedirectKind,
}

/// Why a redirect URI cannot be registered. The words say what is wrong with the address and not what it is for: pages people are
/// led to obey the same rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRedirectUri {
    /// Longer than [`MAX_BYTES`].
    #[error("it has more than 2048 characters")]
    TooLong,
    /// White space, control or non-ASCII characters, or a backslash.
    #[error("it holds white space, control characters, backslashes or characters outside ASCII")]
    Character,
    /// Not an absolute URI.
    #[error("it is no absolute address such as https://app.example/")]
    NotAbsolute,
    /// `#`.
    #[error("it holds a fragment, which begins with #")]
    Fragment,
    /// `user:password@`.
    #[error("it holds a user name or password")]
    UserInfo,
    /// `*`.
    #[error("it holds a wildcard")]
    Wildcard,
    /// `http` to another machine.
    #[error("it must begin with https://; http:// is for localhost, 127.0.0.1 and [::1] only")]
    PlainHttp,
    /// A scheme of its own where only https makes sense, or one without a full stop (RFC 8252 section 8.4).
    #[error(
        "its scheme is not https; only a public client has one of its own, which contains a full stop or starts with msal"
    )]
    Scheme,
    /// Another spelling of the same address (dot segments, capitals in the host, a default port), which a browser would
    /// change so that it no longer matches.
    #[error("it is not written in its normal form")]
    NotNormal,
}

/// Checks a redirect URI that an application wants to register.
pub fn validate(uri: &str, kind: RedirectKind) -> Result<(), InvalidRedirectUri> {
    if uri.len() > MAX_BYTES {
        return Err(InvalidRedirectUri::TooLong);
    }
    if uri.bytes().any(|byte| !byte.is_ascii_graphic() || byte == b'\\') {
        return Err(InvalidRedirectUri::Character);
    }
    if uri.contains('*') {
        return Err(InvalidRedirectUri::Wildcard);
    }
    let url = Url::parse(uri).map_err(|_| InvalidRedirectUri::NotAbsolute)?;
    if url.fragment().is_some() {
        return Err(InvalidRedirectUri::Fragment);
    }
    if has_userinfo(&url) {
        return Err(InvalidRedirectUri::UserInfo);
    }
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) => {}
        "http" => return Err(InvalidRedirectUri::PlainHttp),
        scheme if kind == RedirectKind::Public && is_private_use(scheme) => {}
        _ => return Err(InvalidRedirectUri::Scheme),
    }
    // An empty path is written as "/" by the parser; both spellings are in use.
    if url.as_str() != uri && url.as_str().strip_suffix('/') != Some(uri) {
        return Err(InvalidRedirectUri::NotNormal);
    }
    Ok(())
}

/// A dot makes it a domain name turned around; `msal{client id}` is what Microsoft's libraries make. Both exclude
/// `javascript`, `data` and their like.
fn is_private_use(scheme: &str) -> bool {
    scheme.contains('.') || scheme.starts_with("msal")
}

fn has_userinfo(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.octets() == [127, 0, 0, 1],
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Whether `given` is the registered URI: the same characters, except that the port of a public client's loopback address is
/// free, because the system chooses it when the program starts (RFC 8252 section 7.3).
pub fn matches(registered: &RegisteredRedirect, given: &str) -> bool {
    // Registration refuses these; checked here too, where the damage would be done.
    if given.contains('#') || Url::parse(given).map_or(true, |url| has_userinfo(&url)) {
        return false;
    }
    if given == registered.uri {
        return true;
    }
    registered.kind == RedirectKind::Public
        && match (without_loopback_port(&registered.uri), without_loopback_port(given)) {
            (Some(registered), Some(given)) => registered == given,
            _ => false,
        }
}

/// The loopback host and what follows its port, compared as text so that no normalisation takes part.
fn without_loopback_port(uri: &str) -> Option<(&'static str, &str)> {
    let authority = uri.strip_prefix("http://")?;
    let (host, rest) = ["localhost", "127.0.0.1", "[::1]"]
        .into_iter()
        .find_map(|host| authority.strip_prefix(host).map(|rest| (host, rest)))?;
    let rest = match rest.strip_prefix(':') {
        Some(port) => port.trim_start_matches(|c: char| c.is_ascii_digit()),
        None => rest,
    };
    (rest.is_empty() || rest.starts_with(['/', '?'])).then_some((host, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use RedirectKind::{Public, Spa, Web};
    use proptest::prelude::*;

    fn registered(uri: &str, kind: RedirectKind) -> RegisteredRedirect {
        RegisteredRedirect { uri: uri.into(), kind }
    }

    #[test]
    fn only_the_same_characters_match() {
        let app = registered("https://app.example/cb?x=1", Web);
        assert!(matches(&app, "https://app.example/cb?x=1"));
        for other in [
            "https://app.example/cb",
            "https://app.example/cb?x=1&y=2",
            "https://app.example/cb?x=1#",
            "https://app.example/cb?x=1#f",
            "https://app.example/CB?x=1",
            "https://APP.example/cb?x=1",
            "https://app.example:443/cb?x=1",
            "https://app.example/a/../cb?x=1",
            "https://app.example/%63b?x=1",
            "https://app.example%2fcb?x=1",
            "https://a.app.example/cb?x=1",
            "https://app.example@evil.example/cb?x=1",
            "https://user@app.example/cb?x=1",
            "http://app.example/cb?x=1",
            " https://app.example/cb?x=1",
            "",
        ] {
            assert!(!matches(&app, other), "{other}");
        }
    }

    #[test]
    fn the_loopback_port_is_free_for_public_clients_only() {
        for (uri, given) in [
            ("http://localhost", "http://localhost:49152"),
            ("http://localhost/cb", "http://localhost:1/cb"),
            ("http://127.0.0.1:80/cb?a", "http://127.0.0.1:65535/cb?a"),
            ("http://[::1]/", "http://[::1]:5000/"),
        ] {
            assert!(matches(&registered(uri, Public), given), "{given}");
            assert!(!matches(&registered(uri, Web), given), "{given}");
            assert!(!matches(&registered(uri, Spa), given), "{given}");
        }
        let app = registered("http://localhost/cb", Public);
        for other in [
            "http://localhost:5000/other",
            "http://localhost:5000",
            "http://127.0.0.1:5000/cb",
            "http://localhost.evil.example/cb",
            "http://localhost:80@evil.example/cb",
            "http://localhost:99999/cb",
            "http://localhost:5000/x/../cb",
            "https://localhost:5000/cb",
        ] {
            assert!(!matches(&app, other), "{other}");
        }
    }

    #[test]
    fn what_may_be_registered() {
        for (uri, kind) in [
            ("https://app.example/cb?x=1", Web),
            ("https://app.example", Spa),
            ("http://localhost:5000/cb", Web),
            ("http://127.0.0.1", Public),
            ("http://[::1]:8080/cb", Public),
            ("com.example.app:/cb", Public),
            ("msal00000000-0000-0000-0000-000000000000://auth", Public),
        ] {
            assert_eq!(validate(uri, kind), Ok(()), "{uri}");
        }
    }

    #[test]
    fn what_may_not_be_registered() {
        use InvalidRedirectUri as Invalid;
        for (uri, kind, why) in [
            ("http://app.example/", Web, Invalid::PlainHttp),
            ("http://localhost.example/", Web, Invalid::PlainHttp),
            ("https://*.app.example/", Web, Invalid::Wildcard),
            ("https://app.example/#", Web, Invalid::Fragment),
            ("https://u:p@app.example/", Web, Invalid::UserInfo),
            ("https://app.example/a b", Web, Invalid::Character),
            ("https://app.example/\r\n", Web, Invalid::Character),
            ("https:\\\\app.example/", Web, Invalid::Character),
            ("https://App.example/", Web, Invalid::NotNormal),
            ("https://app.example:443/", Web, Invalid::NotNormal),
            ("https://app.example/a/../b", Web, Invalid::NotNormal),
            ("https://app.example/a/%2e%2e/b", Web, Invalid::NotNormal),
            ("/cb", Web, Invalid::NotAbsolute),
            ("com.example.app:/cb", Web, Invalid::Scheme),
            ("javascript:alert(1)", Public, Invalid::Scheme),
            ("data:text/html,x", Public, Invalid::Scheme),
        ] {
            assert_eq!(validate(uri, kind), Err(why), "{uri}");
        }
        assert_eq!(validate(&format!("https://a.example/{}", "x".repeat(2048)), Web), Err(Invalid::TooLong));
    }

    proptest! {
        #[test]
        fn never_panics_and_only_itself_matches(uri in ".{0,40}", given in ".{0,40}") {
            let _ = validate(&uri, Public);
            prop_assert!(!matches(&registered("https://app.example/cb", Web), &given));
            let _ = matches(&registered(&uri, Public), &given);
        }

        #[test]
        fn a_loopback_match_stays_on_this_machine(given in "http://(localhost|127\\.0\\.0\\.1)[:@./?#0-9a-z]{0,12}") {
            if matches(&registered("http://localhost", Public), &given) {
                prop_assert!(is_loopback(&Url::parse(&given).unwrap()));
            }
        }
    }
}
