//! The answer to a token request (RFC 6749 section 5.1), with the members Microsoft's clients read.

use serde::Serialize;

/// Send it with `Cache-Control: no-store`.
#[derive(Clone, Serialize)]
pub struct TokenResponse {
    /// Always `Bearer`.
    pub token_type: TokenType,
    /// Literally as asked: clients look their cache up by this text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// Seconds the access token lives.
    pub expires_in: u32,
    /// Seconds it may be stretched to while the server is away; the same as `expires_in` here.
    pub ext_expires_in: u32,
    /// The access token.
    pub access_token: String,
    /// With the scope `offline_access`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// With the scope `openid`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<String>,
    /// If it was asked for; see [`crate::claims::client_info`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_info: Option<String>,
}

/// How the access token is presented (RFC 6750).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub enum TokenType {
    /// Whoever has it may use it.
    #[default]
    Bearer,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn absent_members_are_left_away() {
        let response = TokenResponse {
            token_type: TokenType::Bearer,
            scope: Some("https://host/.default".into()),
            expires_in: 3600,
            ext_expires_in: 3600,
            access_token: "a".into(),
            refresh_token: None,
            id_token: None,
            client_info: None,
        };
        assert_eq!(
            serde_json::to_value(response).unwrap(),
            json!({"token_type": "Bearer", "scope": "https://host/.default", "expires_in": 3600,
                   "ext_expires_in": 3600, "access_token": "a"})
        );
    }
}
