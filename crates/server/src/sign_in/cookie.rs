//! Cookies: how they are named, read and written (RFC 6265).

use crate::Server;
use axum::http::{HeaderMap, HeaderValue, header};
use std::time::Duration;

/// The name under which a cookie travels. Over https it has the prefix `__Host-`, so that no sibling domain can set or
/// shadow it; browsers refuse the prefix over http, which is served on loopback only.
pub fn name(server: &Server, base: &str) -> String {
    if server.settings.is_secure() { format!("__Host-{base}") } else { base.to_owned() }
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
pub fn find<'h>(server: &Server, headers: &'h HeaderMap, base: &str) -> Option<&'h str> {
    let name = name(server, base);
    all(headers).find(|(found, _)| *found == name).map(|(_, value)| value)
}

/// The header that sets a cookie.
pub fn set(server: &Server, base: &str, value: &str, lifetime: Duration) -> HeaderValue {
    header(server, &name(server, base), value, lifetime)
}

/// The header that takes a cookie away.
pub fn clear(server: &Server, base: &str) -> HeaderValue {
    clear_named(server, &name(server, base))
}

/// The header that takes a cookie away whose full name is known.
pub fn clear_named(server: &Server, name: &str) -> HeaderValue {
    header(server, name, "", Duration::ZERO)
}

/// For this host only, out of reach of scripts, and not sent with forms of other sites.
fn header(server: &Server, name: &str, value: &str, lifetime: Duration) -> HeaderValue {
    let secure = if server.settings.is_secure() { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path=/; Max-Age={}; HttpOnly; SameSite=Lax{secure}", lifetime.as_secs());
    // Names and values are ASCII without separators: ours, or cut out of a request header.
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
}
