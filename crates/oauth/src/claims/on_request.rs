use serde::{Deserialize, Serialize};

/// Claims that a token carries only where the application asks for them (Microsoft identity platform: optional claims).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnRequest {
    /// The given name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_name: Option<String>,
    /// The surname.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family_name: Option<String>,
    /// The name in the directory. It changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upn: Option<String>,
    /// What to send as `login_hint` to sign the same person in again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login_hint: Option<String>,
    /// Whether the person proved that the address in `email` is theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub xms_edov: Option<bool>,
    /// The language the person prefers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub xms_pl: Option<String>,
    /// The language of the tenant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub xms_tpl: Option<String>,
}
