//! Who is on the other side of a connection.

use axum::http::HeaderMap;
use ipnet::IpNet;
use std::net::IpAddr;

/// The client behind listed proxies: the last address in `X-Forwarded-For` that is not itself a listed proxy. The header
/// of anybody else is not believed.
pub fn behind(trusted: &[IpNet], peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(&address));
    let mut client = peer;
    let chain = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let hops: Vec<&str> = chain.flat_map(|value| value.split(',')).collect();
    for hop in hops.iter().rev() {
        if !is_trusted(client) {
            break;
        }
        let Ok(address) = hop.trim().parse::<IpAddr>() else { break };
        client = address.to_canonical();
    }
    client
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(trusted: &[&str], peer: &str, chains: &[&str]) -> String {
        let trusted: Vec<IpNet> = trusted.iter().map(|network| network.parse().expect("a network")).collect();
        let mut headers = HeaderMap::new();
        for chain in chains {
            headers.append("x-forwarded-for", chain.parse().expect("a header"));
        }
        behind(&trusted, peer.parse().expect("an address"), &headers).to_string()
    }

    #[test]
    fn x7_forwarded_addresses_are_believed_from_listed_proxies_only() {
        let proxies = ["10.0.0.0/24"];
        assert_eq!(client(&[], "10.0.0.1", &["203.0.113.7"]), "10.0.0.1");
        assert_eq!(client(&proxies, "198.51.100.9", &["203.0.113.7"]), "198.51.100.9");
        assert_eq!(client(&proxies, "10.0.0.1", &["203.0.113.7"]), "203.0.113.7");
        // What the client itself wrote stands in front of what the proxy added.
        assert_eq!(client(&proxies, "10.0.0.1", &["1.1.1.1, 203.0.113.7"]), "203.0.113.7");
        assert_eq!(client(&proxies, "10.0.0.1", &["1.1.1.1", "203.0.113.7, 10.0.0.2"]), "203.0.113.7");
        assert_eq!(client(&proxies, "10.0.0.1", &["203.0.113.7, nonsense"]), "10.0.0.1");
        assert_eq!(client(&proxies, "10.0.0.1", &["::ffff:203.0.113.7"]), "203.0.113.7");
        assert_eq!(client(&proxies, "10.0.0.1", &[]), "10.0.0.1");
    }
}
