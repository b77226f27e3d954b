//! What introspection says about a token (RFC 7662 section 2.2).

use serde::Serialize;

use crate::claims::AccessTokenClaims;
use crate::token_response::TokenType;

/// The answer. A token that is not active has no further member, whatever the reason.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct IntrospectionResponse {
    active: bool,
    #[serde(flatten)]
    facts: Option<TokenFacts>,
}

/// What an active token says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TokenFacts {
    /// The issuer.
    pub iss: String,
    /// Whom it speaks of, in the words of the one it was made for.
    pub sub: String,
    /// The app it was given to.
    pub client_id: String,
    /// Seconds since 1970 at which it ends.
    pub exp: i64,
    /// Seconds since 1970 at which it was given.
    pub iat: i64,
    /// The tenant.
    pub tid: String,
    /// The object id of the person or the program.
    pub oid: String,
    /// Seconds since 1970 before which it is not good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nbf: Option<i64>,
    /// Who reads it; absent for a refresh token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aud: Option<String>,
    /// How it is presented; absent for a refresh token, which goes to the token endpoint only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_type: Option<TokenType>,
    /// Its scopes, parted by spaces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// Its roles.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// How the person signs in, for people to read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// The name of the one token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jti: Option<String>,
}

impl IntrospectionResponse {
    /// A token that opens nothing, or that the client that asks has no business with.
    pub fn inactive() -> Self {
        Self::default()
    }

    /// A token that is good now.
    pub fn active(facts: TokenFacts) -> Self {
        Self { active: true, facts: Some(facts) }
    }
}

impl From<AccessTokenClaims> for TokenFacts {
    fn from(claims: AccessTokenClaims) -> Self {
        Self {
            iss: claims.iss,
            sub: claims.sub,
            client_id: claims.azp,
            exp: claims.exp,
            iat: claims.iat,
            tid: claims.tid,
            oid: claims.oid,
            nbf: Some(claims.nbf),
            aud: Some(claims.aud),
            token_type: Some(TokenType::Bearer),
            scope: claims.scp,
            roles: claims.roles,
            username: claims.preferred_username,
            jti: Some(claims.uti),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_token_that_is_not_active_has_no_other_member() {
        assert_eq!(serde_json::to_value(IntrospectionResponse::inactive()).unwrap(), json!({ "active": false }));
    }

    #[test]
    fn an_active_one_has_the_names_of_the_specification() {
        let claims = AccessTokenClaims { azp: "app".into(), scp: Some("a b".into()), exp: 9, ..Default::default() };
        let written = serde_json::to_value(IntrospectionResponse::active(claims.into())).unwrap();
        for (name, value) in [
            ("active", json!(true)),
            ("client_id", json!("app")),
            ("scope", json!("a b")),
            ("exp", json!(9)),
            ("token_type", json!("Bearer")),
        ] {
            assert_eq!(written[name], value, "{name}");
        }
        assert_eq!(written.get("username"), None);
    }
}
