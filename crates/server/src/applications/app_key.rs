//! How a request names what an app is in the directory: its registration or its service principal.

use crate::platform::ids::ClientId;
use std::fmt;
use std::str::FromStr;

/// One of the two ids it has: its own, or that of the client, which registration and service principal share. A registration has
/// a name besides (`N`) by which programs find it again; a service principal has none.
#[derive(Debug, Clone, Copy)]
pub enum AppKey<I, N = NoName> {
    /// By its object id.
    Id(I),
    /// By its client id, `applications(appId='..')`.
    Client(ClientId),
    /// By its name, `applications(uniqueName='..')`.
    Name(N),
}

/// The name of what has no name besides its ids: there is no such.
#[derive(Debug, Clone, Copy)]
pub enum NoName {}

impl FromStr for NoName {
    type Err = ();

    fn from_str(_: &str) -> Result<Self, ()> {
        Err(())
    }
}

impl fmt::Display for NoName {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {}
    }
}

impl<I: FromStr, N: FromStr> AppKey<I, N> {
    /// Reads a path segment: an object id, `appId=` and a client id, or `uniqueName=` and such a name.
    pub fn parse(segment: &str) -> Option<Self> {
        if let Some(name) = segment.strip_prefix("uniqueName=") {
            return name.parse().ok().map(Self::Name);
        }
        match segment.strip_prefix("appId=") {
            Some(client) => client.parse().ok().map(Self::Client),
            None => segment.parse().ok().map(Self::Id),
        }
    }
}

impl<I: fmt::Display, N: fmt::Display> fmt::Display for AppKey<I, N> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(formatter),
            Self::Client(client) => client.fmt(formatter),
            Self::Name(name) => name.fmt(formatter),
        }
    }
}
