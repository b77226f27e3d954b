//! Reading an address.

use crate::LandingError;
use url::{Host, Url};

/// The longest address, in bytes.
const LONGEST: usize = 2048;

/// Reads an address as strictly as its most trusting reader: nothing in it may mean another host elsewhere.
pub fn read(text: &str) -> Result<Url, LandingError> {
    if text.len() > LONGEST || text.bytes().any(|byte| !byte.is_ascii_graphic() || byte == b'\\') {
        return Err(LandingError::Form);
    }
    let (scheme, rest) = text.split_once("://").ok_or(LandingError::Form)?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.is_empty() || authority.contains(['@', '%', '*']) {
        return Err(LandingError::Form);
    }
    let url = Url::parse(text).map_err(|_| LandingError::Form)?;
    let is_allowed = scheme.eq_ignore_ascii_case("https") || (scheme.eq_ignore_ascii_case("http") && is_loopback(&url));
    if is_allowed { Ok(url) } else { Err(LandingError::Scheme) }
}

/// Whether an address leads to the reader's own machine only.
fn is_loopback(address: &Url) -> bool {
    match address.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}
