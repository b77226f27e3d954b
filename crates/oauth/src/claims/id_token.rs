use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use super::{Acct, ClaimSource, OnRequest, Version};

/// The claims of an ID token. The default is empty and says nothing about anybody; every token fills in at least the claims
/// that are not optional.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdTokenClaims {
    /// The resource tenant's issuer, for guests too.
    pub iss: String,
    /// The client.
    pub aud: String,
    /// End of validity.
    pub exp: i64,
    /// Time of issue.
    pub iat: i64,
    /// Start of validity.
    pub nbf: i64,
    /// The person, differently for every application; see [`super::pairwise_subject`].
    pub sub: String,
    /// The resource tenant.
    pub tid: String,
    /// The user object in that tenant, for a guest the guest object.
    pub oid: String,
    /// Version of the token's form.
    pub ver: Version,
    /// Names this token in the sign-in log.
    pub uti: String,
    /// Who authenticated the person, when that is not the issuer: a home issuer, `mail` for a mailed code, `google.com`, ...
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idp: Option<String>,
    /// Member or guest, if the application asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acct: Option<Acct>,
    /// For guests by default, for members with the scope `email`. Not a key: key accounts by `tid` and `oid`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Display name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What the person types to sign in; for a guest the outside address. It changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preferred_username: Option<String>,
    /// The request's, unchanged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// Binds the access token; see [`crate::jose::token_hash`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_hash: Option<String>,
    /// When the person last proved who they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<i64>,
    /// The browser session, for logout.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// How the person proved it (RFC 8176).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub amr: Vec<String>,
    /// App roles assigned in this application.
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_guest_by_mailed_code() {
        let claims = IdTokenClaims {
            iss: "https://id.example/t/v2.0".into(),
            aud: "app".into(),
            exp: 2,
            iat: 1,
            nbf: 1,
            sub: "s".into(),
            tid: "t".into(),
            oid: "o".into(),
            uti: "u".into(),
            idp: Some("mail".into()),
            acct: Some(Acct::Guest),
            email: Some("g@home.example".into()),
            ..IdTokenClaims::default()
        };
        let written = serde_json::to_value(&claims).unwrap();
        assert_eq!(
            written,
            json!({"iss": "https://id.example/t/v2.0", "aud": "app", "exp": 2, "iat": 1, "nbf": 1, "sub": "s",
                   "tid": "t", "oid": "o", "ver": "2.0", "uti": "u", "idp": "mail", "acct": 1, "email": "g@home.example"})
        );
        assert_eq!(serde_json::from_value::<IdTokenClaims>(written).unwrap(), claims);
    }

    #[test]
    fn what_an_application_asks_for_stands_beside_the_rest() {
        let on_request = OnRequest { given_name: Some("Sam".into()), xms_edov: Some(true), ..OnRequest::default() };
        let claims = IdTokenClaims { acct: Some(Acct::Guest), on_request, ..IdTokenClaims::default() };
        let written = serde_json::to_value(&claims).unwrap();
        assert_eq!(
            (&written["given_name"], &written["xms_edov"], &written["acct"]),
            (&json!("Sam"), &json!(true), &json!(1))
        );
        assert_eq!(written.get("upn"), None);
        assert_eq!(serde_json::from_value::<IdTokenClaims>(written).unwrap(), claims);
    }

    #[test]
    fn groups_that_are_too_many_stand_elsewhere() {
        let source = ClaimSource { endpoint: "https://id.example/v1.0/users/o/getMemberObjects".into() };
        let claims = IdTokenClaims {
            claim_names: BTreeMap::from([("groups".into(), "src1".into())]),
            claim_sources: BTreeMap::from([("src1".into(), source)]),
            ..IdTokenClaims::default()
        };
        let written = serde_json::to_value(&claims).unwrap();
        assert_eq!(written["_claim_names"], json!({ "groups": "src1" }));
        assert_eq!(
            written["_claim_sources"],
            json!({ "src1": { "endpoint": "https://id.example/v1.0/users/o/getMemberObjects" } })
        );
        assert_eq!(written.get("groups"), None);
        assert_eq!(serde_json::from_value::<IdTokenClaims>(written).unwrap(), claims);
    }
}
