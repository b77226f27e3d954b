//! Scopes as clients of the Microsoft identity platform write them: OIDC scopes, and permissions of one resource.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::error::{Error, aadsts};

/// Longest scope parameter, in bytes.
pub(crate) const MAX_BYTES: usize = 8 * 1024;
const MAX_SCOPES: usize = 100;
/// Microsoft's names for Microsoft Graph; a bare permission means the same resource.
const GRAPH: [&str; 2] = ["https://graph.microsoft.com", "00000003-0000-0000-c000-000000000000"];
/// Asks for everything consented to, or for an application's own permissions.
const DEFAULT: &str = ".default";

/// The scopes that are not permissions of a resource (OIDC Core 5.4 and 11).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OpenIdScope {
    /// An ID token.
    OpenId,
    /// Names.
    Profile,
    /// The e-mail address.
    Email,
    /// Standard, grants nothing here.
    Address,
    /// Standard, grants nothing here.
    Phone,
    /// A refresh token.
    OfflineAccess,
}

impl OpenIdScope {
    fn parse(token: &str) -> Option<Self> {
        Some(match token {
            "openid" => Self::OpenId,
            "profile" => Self::Profile,
            "email" => Self::Email,
            "address" => Self::Address,
            "phone" => Self::Phone,
            "offline_access" => Self::OfflineAccess,
            _ => return None,
        })
    }
}

/// A `scope` parameter. It is stored and answered literally as it was asked, since clients key their token cache by it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Scopes {
    literal: String,
    openid: BTreeSet<OpenIdScope>,
    permissions: Vec<Permission>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Permission {
    /// `None` for a bare name.
    resource: Option<String>,
    name: String,
}

/// The resource a request is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource<'a> {
    /// The Graph-compatible API, under whichever name.
    Graph,
    /// An identifier URI or application id, as the client wrote it.
    Identifier(&'a str),
}

/// What a request asks of its one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceScopes<'a> {
    /// The resource.
    pub resource: Resource<'a>,
    /// Permission names without the resource; `[".default"]` stands alone.
    pub names: Vec<&'a str>,
}

impl ResourceScopes<'_> {
    /// Whether everything consented to is asked for.
    pub fn is_default(&self) -> bool {
        self.names == [DEFAULT]
    }
}

impl Scopes {
    /// Parses space-separated scope tokens (RFC 6749 section 3.3), at most 100.
    pub fn parse(text: &str) -> Result<Self, Error> {
        if text.len() > MAX_BYTES || text.split(' ').count() > MAX_SCOPES {
            return Err(aadsts::INVALID_SCOPE.error().naming("too many scopes"));
        }
        let mut scopes = Self { literal: text.to_owned(), openid: BTreeSet::new(), permissions: Vec::new() };
        for token in text.split(' ').filter(|token| !token.is_empty()) {
            match OpenIdScope::parse(token) {
                Some(openid) => {
                    scopes.openid.insert(openid);
                }
                None => scopes.permissions.push(Permission::parse(token)?),
            }
        }
        if scopes.openid.is_empty() && scopes.permissions.is_empty() {
            return Err(aadsts::MISSING_PARAMETER.error().naming("scope"));
        }
        Ok(scopes)
    }

    /// The text as it was asked.
    pub fn as_str(&self) -> &str {
        &self.literal
    }

    /// Whether an OIDC scope was asked for.
    pub fn contains(&self, scope: OpenIdScope) -> bool {
        self.openid.contains(&scope)
    }

    /// The one resource and the permissions asked of it; `None` if only OIDC scopes were asked for. A token is for
    /// one resource, so several are refused. `is_graph` knows the server's own names of the Graph-compatible API; Microsoft's
    /// names are known here.
    pub fn resource(&self, is_graph: impl Fn(&str) -> bool) -> Result<Option<ResourceScopes<'_>>, Error> {
        let Some(first) = self.permissions.first() else { return Ok(None) };
        let resource = first.resource(&is_graph);
        if self.permissions.iter().any(|permission| permission.resource(&is_graph) != resource) {
            return Err(aadsts::SEVERAL_RESOURCES.error());
        }
        let names: Vec<&str> = self.permissions.iter().map(|permission| permission.name.as_str()).collect();
        if names.len() > 1 && names.contains(&DEFAULT) {
            return Err(aadsts::INVALID_SCOPE.error().naming(".default stands alone"));
        }
        Ok(Some(ResourceScopes { resource, names }))
    }

    /// Whether the scopes are what client credentials need: one `{resource}/.default` and nothing that belongs to a person.
    pub(crate) fn is_one_default(&self) -> bool {
        self.openid.is_empty() && matches!(self.permissions.as_slice(), [only] if only.name == DEFAULT)
    }
}

impl Permission {
    /// `identifier/name`, split at the last slash because identifiers contain slashes, or a bare name.
    fn parse(token: &str) -> Result<Self, Error> {
        let invalid = || aadsts::INVALID_SCOPE.error().naming(token);
        if !token.bytes().all(|byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e)) {
            return Err(invalid());
        }
        let Some((resource, name)) = token.rsplit_once('/') else {
            return Ok(Self { resource: None, name: token.to_owned() });
        };
        // `https://host` alone would split into "https:/" and "host".
        if resource.is_empty() || resource.ends_with(":/") || resource.ends_with("://") || name.is_empty() {
            return Err(invalid());
        }
        Ok(Self { resource: Some(resource.to_owned()), name: name.to_owned() })
    }

    fn resource(&self, is_graph: impl Fn(&str) -> bool) -> Resource<'_> {
        match self.resource.as_deref() {
            Some(identifier) if !GRAPH.contains(&identifier) && !is_graph(identifier) => {
                Resource::Identifier(identifier)
            }
            _ => Resource::Graph,
        }
    }
}

impl TryFrom<String> for Scopes {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        Self::parse(&text)
    }
}

impl From<Scopes> for String {
    fn from(scopes: Scopes) -> Self {
        scopes.literal
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn own_graph(identifier: &str) -> bool {
        identifier == "https://id.example:8443"
    }

    #[test]
    fn openid_scopes_and_bare_permissions() {
        let scopes = Scopes::parse("openid  profile offline_access User.Read Mail.Send").unwrap();
        assert_eq!(scopes.as_str(), "openid  profile offline_access User.Read Mail.Send");
        assert!(scopes.contains(OpenIdScope::OfflineAccess) && !scopes.contains(OpenIdScope::Email));
        let asked = scopes.resource(own_graph).unwrap().unwrap();
        assert_eq!(asked, ResourceScopes { resource: Resource::Graph, names: vec!["User.Read", "Mail.Send"] });
        assert_eq!(Scopes::parse("openid email").unwrap().resource(own_graph), Ok(None));
    }

    #[test]
    fn the_last_slash_ends_the_resource() {
        for (token, resource, name) in [
            ("https://graph.microsoft.com/User.Read", Resource::Graph, "User.Read"),
            ("00000003-0000-0000-c000-000000000000/.default", Resource::Graph, ".default"),
            ("https://id.example:8443/.default", Resource::Graph, ".default"),
            ("api://app/.default", Resource::Identifier("api://app"), ".default"),
            ("https://api.example/v1/Orders.Read", Resource::Identifier("https://api.example/v1"), "Orders.Read"),
            ("https://api.example//.default", Resource::Identifier("https://api.example/"), ".default"),
        ] {
            let scopes = Scopes::parse(token).unwrap();
            let asked = scopes.resource(own_graph).unwrap().unwrap();
            assert_eq!((asked.resource, asked.names.as_slice()), (resource, &[name][..]), "{token}");
            assert_eq!(asked.is_default(), name == ".default");
        }
    }

    #[test]
    fn one_resource_per_request() {
        let number = |text: &str| {
            Scopes::parse(text).and_then(|scopes| scopes.resource(own_graph).map(drop)).unwrap_err().aadsts().number
        };
        assert_eq!(number("User.Read api://app/x"), 28000);
        assert_eq!(number("api://a/x api://b/x"), 28000);
        assert_eq!(number("User.Read .default"), 70011);
        let names = Scopes::parse("User.Read https://graph.microsoft.com/Mail.Send").unwrap();
        assert!(names.resource(own_graph).is_ok());
    }

    #[test]
    fn malformed_scopes_are_refused() {
        for text in ["", "   ", "a\"b", "a\\b", "\u{e9}", "https://host", "/x", "api://app/", "x\ty"] {
            assert!(Scopes::parse(text).is_err(), "{text:?}");
        }
        assert!(Scopes::parse(&"a ".repeat(101)).is_err());
    }

    proptest! {
        #[test]
        fn never_panics_and_keeps_the_literal(text in "(openid|[ -~]{0,12}| |https://|api://|/){0,6}") {
            if let Ok(scopes) = Scopes::parse(&text) {
                prop_assert_eq!(scopes.as_str(), text);
                let _ = scopes.resource(|_| false);
            }
        }
    }
}
