//! How a request names what an app is in the directory: its registration or its service principal.

use crate::platform::ids::ClientId;
use std::fmt;
use std::str::FromStr;

/// One of the two ids it has: its own, or that of the client, which registration and service principal share.
#[derive(Debug, Clone, Copy)]
pub enum AppKey<I> {
    /// By its object id.
    Id(I),
    /// By its client id, `applications(appId='..')`.
    Client(ClientId),
}

impl<I: FromStr> AppKey<I> {
    /// Reads a path segment: an object id, or `appId=` and a client id.
    pub fn parse(segment: &str) -> Option<Self> {
        match segment.strip_prefix("appId=") {
            Some(client) => client.parse().ok().map(Self::Client),
            None => segment.parse().ok().map(Self::Id),
        }
    }
}

impl<I: fmt::Display> fmt::Display for AppKey<I> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(formatter),
            Self::Client(client) => client.fmt(formatter),
        }
    }
}
