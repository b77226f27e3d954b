//! Requests as bytes, made once and sent many times.

use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicU32, Ordering};
use url::form_urlencoded;

/// A client address nobody used before, in `10.0.0.0/8`. The server counts tries for each client address, and is told to
/// believe its proxy about it: us.
pub fn fresh_client() -> Ipv4Addr {
    static NEXT: AtomicU32 = AtomicU32::new(0x0a00_0001);
    Ipv4Addr::from_bits(NEXT.fetch_add(1, Ordering::Relaxed))
}

/// A request without content.
pub fn get(host: &str, path: &str, headers: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n").into_bytes()
}

/// A form.
pub fn form(host: &str, path: &str, headers: &str, fields: &[(&str, &str)]) -> Vec<u8> {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    with_content("POST", host, path, &format!("{headers}Content-Type: application/x-www-form-urlencoded\r\n"), &body)
}

/// JSON with an access token.
pub fn json(method: &str, host: &str, path: &str, token: &str, body: &serde_json::Value) -> Vec<u8> {
    let headers = format!("{}Content-Type: application/json\r\n", bearer(token));
    with_content(method, host, path, &headers, &body.to_string())
}

/// A table with an access token.
pub fn csv(host: &str, path: &str, token: &str, body: &str) -> Vec<u8> {
    with_content("POST", host, path, &format!("{}Content-Type: text/csv\r\n", bearer(token)), body)
}

/// The header field that carries an access token (RFC 6750 section 2.1).
pub fn bearer(token: &str) -> String {
    format!("Authorization: Bearer {token}\r\n")
}

fn with_content(method: &str, host: &str, path: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\n{headers}Content-Length: {length}\r\n\r\n{body}").into_bytes()
}

/// Path and query of an address of ours.
pub fn path_of(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    rest.find('/').map_or("/", |at| &rest[at..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_stands_behind_the_host() {
        assert_eq!(path_of("http://localhost:80/a?b=/c"), "/a?b=/c");
        assert_eq!(path_of("/a"), "/a");
    }
}
