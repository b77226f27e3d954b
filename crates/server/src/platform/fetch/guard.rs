//! Which addresses may be reached (the special-purpose registries of RFC 6890 and IANA).

use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use url::{Host, Url};

/// Why an address is not asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Not https, and not http into an allowed network.
    #[error("only https addresses are fetched")]
    Scheme,
    /// A user name or password in the address.
    #[error("the address carries a user name or password")]
    Credentials,
    /// No host.
    #[error("the address has no host")]
    NoHost,
    /// The host is, or resolves to, an address that is not public and not allowed.
    #[error("{0} is not an address on the public internet")]
    Address(IpAddr),
    /// The name has no address.
    #[error("the name {0} has no address")]
    Unresolved(String),
}

/// Where a connection may lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// The public internet, and networks the operator allows.
    PublicAndAllowed,
    /// Only networks the operator allows.
    AllowedOnly,
}

/// Resolves names to addresses that may be reached.
#[derive(Clone)]
pub(super) struct Guard {
    allowed: Arc<[IpNet]>,
    reach: Reach,
}

impl Guard {
    pub(super) fn new(allowed: Arc<[IpNet]>, reach: Reach) -> Self {
        Self { allowed, reach }
    }

    /// One address that may not be reached refuses the name: nobody mixes public and private addresses by accident.
    pub(super) fn judge(&self, name: &str, found: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, Refused> {
        if found.is_empty() {
            return Err(Refused::Unresolved(name.to_owned()));
        }
        match found.iter().find(|address| !may_reach(address.ip(), &self.allowed, self.reach)) {
            Some(address) => Err(Refused::Address(address.ip())),
            None => Ok(found),
        }
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let judged = guard.judge(name.as_str(), found)?;
            Ok(Box::new(judged.into_iter()) as Addrs)
        })
    }
}

/// What can be said before a name is resolved. Addresses written as numbers never come to the resolver, so they are
/// judged here; `url` has already read decimal, octal and hexadecimal spellings as the address they mean.
pub(super) fn check(url: &Url, allowed: &[IpNet]) -> Result<(), Refused> {
    let reach = match url.scheme() {
        "https" => Reach::PublicAndAllowed,
        "http" if !allowed.is_empty() => Reach::AllowedOnly,
        _ => return Err(Refused::Scheme),
    };
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Refused::Credentials);
    }
    let address = match url.host() {
        None => return Err(Refused::NoHost),
        Some(Host::Ipv4(address)) => IpAddr::V4(address),
        Some(Host::Ipv6(address)) => IpAddr::V6(address),
        Some(Host::Domain(_)) => return Ok(()),
    };
    if may_reach(address, allowed, reach) { Ok(()) } else { Err(Refused::Address(address)) }
}

fn may_reach(address: IpAddr, allowed: &[IpNet], reach: Reach) -> bool {
    let canonical = address.to_canonical();
    allowed.iter().any(|network| network.contains(&canonical))
        || (reach == Reach::PublicAndAllowed && is_public(address))
}

/// Whether an address belongs to the public internet.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = match a {
        // This network, private, loopback; multicast, reserved, broadcast.
        0 | 10 | 127 | 224..=255 => true,
        // Carrier-grade NAT (RFC 6598).
        100 => b & 0xc0 == 64,
        // Link-local, where clouds answer with credentials.
        169 => b == 254,
        172 => b & 0xf0 == 16,
        // IETF protocol assignments, documentation, the 6to4 relay, AS112, private.
        192 => matches!((b, c), (0, 0 | 2) | (31, 196) | (52, 193) | (88, 99) | (168, _) | (175, 48)),
        // Benchmarks, documentation.
        198 => matches!((b, c), (18 | 19, _) | (51, 100)),
        203 => (b, c) == (0, 113),
        _ => false,
    };
    !special
}

/// Of version 6 only global unicast (`2000::/3`) is public, without what carries an IPv4 address or is set apart in it. That
/// leaves out mapped, compatible and NAT64 forms, unique local, link-local and multicast addresses.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let global = first & 0xe000 == 0x2000;
    // 2001::/23 holds Teredo, ORCHID, benchmarks; 2001:db8::/32 and 3fff::/20 are documentation; 2002::/16 is 6to4.
    let special = matches!((first, second), (0x2001, 0..=0x01ff | 0x0db8) | (0x2002, _) | (0x3fff, 0..=0x0fff));
    global && !special
}
