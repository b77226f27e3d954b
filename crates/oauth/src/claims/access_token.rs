use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use super::{Acct, Azpacr, ClaimSource, IdentityType, OnRequest, Version};

/// The claims of an access token. The default is empty; every token fills in at least the claims that are not optional.
///
/// For clients it is opaque; it is read by the resource named in `aud`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessTokenClaims {
    /// The resource tenant's issuer.
    pub iss: String,
    /// The resource.
    pub aud: String,
    /// End of validity.
    pub exp: i64,
    /// Time of issue.
    pub iat: i64,
    /// Start of validity.
    pub nbf: i64,
    /// The person, differently for every resource; for an application its service principal.
    pub sub: String,
    /// The resource tenant.
    pub tid: String,
    /// The user object, or the service principal.
    pub oid: String,
    /// The client.
    pub azp: String,
    /// Version of the token's form.
    pub ver: Version,
    /// Names this token in the sign-in log.
    pub uti: String,
    /// How the client authenticated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub azpacr: Option<Azpacr>,
    /// The client again, in the word older resources read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appid: Option<String>,
    /// Person or application.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idtyp: Option<IdentityType>,
    /// Delegated permissions, space-separated; only for a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scp: Option<String>,
    /// Application permissions, or a person's app roles at the resource.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// The groups of the person, by id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// The directory roles of the person, by the ids of their templates.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wids: Vec<String>,
    /// Claims that are too long for a token, and the source of each (OIDC Core section 5.6.2).
    #[serde(rename = "_claim_names", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub claim_names: BTreeMap<String, String>,
    /// The sources.
    #[serde(rename = "_claim_sources", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub claim_sources: BTreeMap<String, ClaimSource>,
    /// What else the application asks for.
    #[serde(flatten)]
    pub on_request: OnRequest,
    /// Who authenticated the person, when that is not the issuer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idp: Option<String>,
    /// Member or guest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acct: Option<Acct>,
    /// E-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Display name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What the person types to sign in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preferred_username: Option<String>,
    /// When the person last proved who they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<i64>,
    /// The browser session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// The grant the token came from, so that its end is the token's end (RFC 6749 section 4.1.2). Of a program that
    /// acts for itself, which of its tokens are good.
    #[serde(rename = "gid", default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<String>,
    /// How the person proved it (RFC 8176).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub amr: Vec<String>,
    /// What the client declared it understands; `cp1` for claims challenges.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub xms_cc: Vec<String>,
}

impl AccessTokenClaims {
    /// Whether the delegated permission is in `scp`.
    pub fn has_scope(&self, name: &str) -> bool {
        self.scp.as_deref().is_some_and(|scopes| scopes.split(' ').any(|scope| scope == name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_application_of_its_own() {
        let claims = AccessTokenClaims {
            azp: "app".into(),
            azpacr: Some(Azpacr::Secret),
            idtyp: Some(IdentityType::App),
            roles: vec!["User.Invite.All".into()],
            xms_cc: vec!["CP1".into()],
            ..AccessTokenClaims::default()
        };
        let written = serde_json::to_value(&claims).unwrap();
        assert_eq!(written["azpacr"], "1");
        assert_eq!(written["idtyp"], "app");
        assert_eq!(written["roles"], json!(["User.Invite.All"]));
        assert_eq!(written.get("scp"), None);
        assert_eq!(serde_json::from_value::<AccessTokenClaims>(written).unwrap(), claims);
    }

    #[test]
    fn scopes_are_whole_words() {
        let claims = AccessTokenClaims { scp: Some("User.ReadWrite Mail.Send".into()), ..AccessTokenClaims::default() };
        assert!(claims.has_scope("Mail.Send") && !claims.has_scope("User.Read"));
    }
}
