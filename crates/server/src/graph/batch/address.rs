//! Urls of the requests in a batch: what clients write there, as the address that the router reads.

/// The digits of what is percent-encoded (RFC 3986, section 2.1).
const DIGITS: [u8; 16] = *b"0123456789ABCDEF";

/// What a url says behind the version, without slashes in front and never empty. An absolute one has to begin with `origin`, the
/// public address of this server, and `root`, the version of the batch: msgraph-core (1.5) sends such. `None` for any other.
pub(super) fn relative<'a>(url: &'a str, origin: &str, root: &str) -> Option<&'a str> {
    let path = if is_absolute(url) { behind(url, origin, root)? } else { url };
    // Two slashes in front would name another host (RFC 3986, section 4.2).
    let names_a_host = path.starts_with("//");
    let path = path.trim_start_matches('/');
    (!names_a_host && !path.is_empty()).then_some(path)
}

/// Whether a url begins with a scheme (RFC 3986, section 3.1); further on, `://` belongs to a key or an option.
fn is_absolute(url: &str) -> bool {
    let is_of_scheme = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    url.split_once("://").is_some_and(|(scheme, _)| scheme.bytes().all(is_of_scheme))
}

/// The path behind the version. Scheme and host count in any case of letters, as in the `Host` of a request.
fn behind<'a>(url: &'a str, origin: &str, root: &str) -> Option<&'a str> {
    let (front, path) = url.split_at_checked(origin.len())?;
    let path = path.strip_prefix(root)?;
    (front.eq_ignore_ascii_case(origin) && path.starts_with('/')).then_some(path)
}

/// A url with everything percent-encoded that a URI may not hold (RFC 3986, appendix A), such as the blanks in Graph's own
/// examples, and a `#`: what stands behind it never leaves a client, so that in a batch it belongs to a name or a value, as in
/// `ada_a.example#EXT#@b.example`. What is encoded already stays as it is, and so does a `%` that encodes nothing: it means what
/// it means in a request that comes alone. `None` for a url with a control character.
pub(super) fn encoded(url: &str) -> Option<String> {
    if url.chars().any(char::is_control) {
        return None;
    }
    let mut encoded = String::with_capacity(url.len());
    for byte in url.bytes() {
        if may_stand(byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.extend([byte >> 4, byte & 0xf].map(|digit| char::from(DIGITS[usize::from(digit)])));
        }
    }
    Some(encoded)
}

fn may_stand(byte: u8) -> bool {
    byte.is_ascii_graphic() && !b"\"#<>\\^`{|}".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Uri;

    const ORIGIN: &str = "https://id.example:8443";

    fn read(url: &str) -> Option<&str> {
        relative(url, ORIGIN, "/v1.0")
    }

    #[test]
    fn a_relative_url_holds_whatever_address_it_likes() {
        for (url, path) in [
            ("/users", "users"),
            ("users", "users"),
            ("/me?$select=id", "me?$select=id"),
            (
                "groups/x/members/$ref?@id=https://id.example/v1.0/users/y",
                "groups/x/members/$ref?@id=https://id.example/v1.0/users/y",
            ),
            ("/users?$filter=otherMails/any(x:x eq 'https://a')", "users?$filter=otherMails/any(x:x eq 'https://a')"),
            ("applications(uniqueName='https://a')", "applications(uniqueName='https://a')"),
        ] {
            assert_eq!(read(url), Some(path), "{url}");
        }
        for url in ["", "/", "//elsewhere.example/me", "///me", "://me"] {
            assert_eq!(read(url), None, "{url}");
        }
    }

    #[test]
    fn an_absolute_url_leads_to_this_server_and_this_version() {
        for (url, path) in [
            ("https://id.example:8443/v1.0/users", "users"),
            ("HTTPS://ID.Example:8443/v1.0/users?$filter=id eq 'https://a'", "users?$filter=id eq 'https://a'"),
        ] {
            assert_eq!(read(url), Some(path), "{url}");
        }
        for url in [
            "https://graph.microsoft.com/v1.0/me",
            "http://id.example:8443/v1.0/me",
            "https://id.example/v1.0/me",
            "https://id.example:84430/v1.0/me",
            "https://id.example:8443@elsewhere.example/v1.0/me",
            "https://someone@id.example:8443/v1.0/me",
            "https://id.example:8443/beta/me",
            "https://id.example:8443/V1.0/me",
            "https://id.example:8443/v1.00/me",
            "https://id.example:8443/me",
            "https://id.example:8443/v1.0",
            "https://id.example:8443/v1.0/",
            "https://id.example:8443/v1.0?$top=1",
            "https://id.example:8443/v1.0//elsewhere.example/me",
            "https://id.example:8443",
            "https://",
            "https://id.example:844ä/v1.0/me",
            "ftp://id.example:8443/v1.0/me",
        ] {
            assert_eq!(read(url), None, "{url}");
        }
        assert_eq!(relative("https://id.example:8443/beta/me", ORIGIN, "/beta"), Some("me"));
    }

    #[test]
    fn what_a_uri_may_not_hold_is_encoded() {
        for (url, expected) in [
            (
                "users?$filter=startswith(displayName,'A B')&$select=id, displayName",
                "users?$filter=startswith(displayName,'A%20B')&$select=id,%20displayName",
            ),
            ("users?$search=\"displayName:a\"", "users?$search=%22displayName:a%22"),
            ("users?$filter=id lt '<\\^`{|}>'", "users?$filter=id%20lt%20'%3C%5C%5E%60%7B%7C%7D%3E'"),
            ("users/zoë@a.example", "users/zo%C3%AB@a.example"),
            (
                "users/a_b.example#EXT#@c.example?$filter=userPrincipalName eq 'a#EXT%23'&$top=1",
                "users/a_b.example%23EXT%23@c.example?$filter=userPrincipalName%20eq%20'a%23EXT%23'&$top=1",
            ),
        ] {
            assert_eq!(encoded(url).as_deref(), Some(expected));
            assert!(format!("/v1.0/{expected}").parse::<Uri>().is_ok(), "{expected}");
        }
    }

    #[test]
    fn what_a_uri_may_hold_stays() {
        for url in [
            "users?$filter=startswith(displayName,'A%20B')&$select=id,%20displayName",
            "users/a%2fb%2Fc%C3%AB?x=1+1",
            "users?$filter=id+eq+'100%'",
            "users(x='1')/$ref?@id=https://id.example/*[]!~-._;:&=f",
        ] {
            assert_eq!(encoded(url).as_deref(), Some(url));
            assert_eq!(encoded(&encoded(url).expect("a url")).as_deref(), Some(url), "twice is once");
        }
    }

    #[test]
    fn a_control_character_is_refused_wherever_it_stands() {
        for control in ['\0', '\t', '\n', '\r', '\u{1f}', '\u{7f}', '\u{85}'] {
            for url in [format!("{control}users"), format!("users?$top=1{control}"), control.to_string()] {
                assert_eq!(encoded(&url), None, "{url:?}");
            }
        }
    }
}
