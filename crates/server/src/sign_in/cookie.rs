//! Cookies: how they are named, read and written (RFC 6265).

use crate::config::Settings;
use axum::http::{HeaderMap, HeaderValue, header};
use std::time::Duration;

/// The name under which a cookie travels. Over https it has the prefix `__Host-`, so that no sibling domain can set or
/// shadow it; browsers refuse the prefix over http, which is served on loopback only.
pub fn name(settings: &Settings, base: &str) -> String {
    if settings.is_secure() { format!("__Host-{base}") } else { base.to_owned() }
}

/// Name and value of every cookie of the request, in the order sent: those set first come first (section 5.4).
pub fn all(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
}

/// The value of a cookie.
pub fn find<'h>(settings: &Settings, headers: &'h HeaderMap, base: &str) -> Option<&'h str> {
    let name = name(settings, base);
    all(headers).find(|(found, _)| *found == name).map(|(_, value)| value)
}

/// The header that sets a cookie.
pub fn set(settings: &Settings, base: &str, value: &str, lifetime: Duration) -> HeaderValue {
    header(settings, &name(settings, base), value, lifetime)
}

/// The header that takes a cookie away.
pub fn clear(settings: &Settings, base: &str) -> HeaderValue {
    clear_named(settings, &name(settings, base))
}

/// The header that takes a cookie away whose full name is known.
pub fn clear_named(settings: &Settings, name: &str) -> HeaderValue {
    header(settings, name, "", Duration::ZERO)
}

/// For this host only, out of reach of scripts, and not sent with forms of other sites.
fn header(settings: &Settings, name: &str, value: &str, lifetime: Duration) -> HeaderValue {
    let secure = if settings.is_secure() { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path=/; Max-Age={}; HttpOnly; SameSite=Lax{secure}", lifetime.as_secs());
    // Names and values are ASCII without separators: ours, or cut out of a request header.
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(public_address: &str) -> Settings {
        let text = format!(
            "public_address = \"{public_address}\"\n[database]\nurl = \"sqlite:x\"\n[keys]\n\
             [mail]\nrelay = \"localhost\"\nfrom = \"a@x.example\"\n"
        );
        Settings::from_toml(&text).expect("settings")
    }

    #[test]
    fn a12_over_https_cookies_are_secure_and_bound_to_the_host() {
        let settings = settings("https://id.example.org");
        let cookie = set(&settings, "a", "1", Duration::from_mins(1));
        assert_eq!(cookie, "__Host-a=1; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure");
        let mut tossed = HeaderMap::new();
        tossed.insert(header::COOKIE, HeaderValue::from_static("a=evil; __Host-b=2"));
        assert_eq!(find(&settings, &tossed, "a"), None);
        assert_eq!(find(&settings, &tossed, "b"), Some("2"));
    }

    #[test]
    fn over_http_on_loopback_cookies_have_no_prefix() {
        let cookie = clear(&settings("http://localhost:8080"), "a");
        assert_eq!(cookie, "a=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
    }
}
