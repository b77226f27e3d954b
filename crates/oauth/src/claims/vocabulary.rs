use serde::{Deserialize, Serialize};
use serde::{Deserializer, Serializer, de};

/// The `ver` claim.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Version {
    /// Tokens of the v2.0 endpoints, the only ones there are here.
    #[default]
    #[serde(rename = "2.0")]
    V2,
}

/// The `idtyp` claim: on whose behalf the token acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum IdentityType {
    /// A person, through an application.
    User,
    /// An application of its own.
    App,
}

/// The `azpacr` claim: how the client authenticated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Azpacr {
    /// Not at all.
    #[serde(rename = "0")]
    Public,
    /// By a secret.
    #[serde(rename = "1")]
    Secret,
    /// By a key.
    #[serde(rename = "2")]
    Assertion,
}

/// Where claims stand that are too long for a token (OIDC Core section 5.6.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimSource {
    /// The address that answers for them.
    pub endpoint: String,
}

/// The `acct` claim: 0 for a member of the tenant, 1 for a guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acct {
    /// A member.
    Member,
    /// A guest.
    Guest,
}

impl Serialize for Acct {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(u8::from(*self == Self::Guest))
    }
}

impl<'de> Deserialize<'de> for Acct {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u8::deserialize(deserializer)? {
            0 => Ok(Self::Member),
            1 => Ok(Self::Guest),
            _ => Err(de::Error::custom("acct is 0 or 1")),
        }
    }
}
