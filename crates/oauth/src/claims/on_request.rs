use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

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
    /// Properties that applications added to the person, by their claims: `extn.` and a name. They are not read back: whatever a
    /// token does not know would be taken for one.
    #[serde(flatten, skip_deserializing)]
    pub extensions: BTreeMap<String, Value>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn extensions_are_written_beside_the_other_claims_and_not_read_back() {
        let told = [("extn.code", json!("A1")), ("extn.sites", json!(["a"]))];
        let extensions = told.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let claims = OnRequest { upn: Some("sam".to_owned()), extensions, ..OnRequest::default() };
        let written = json!(claims);
        assert_eq!(written, json!({ "upn": "sam", "extn.code": "A1", "extn.sites": ["a"] }));
        let read: OnRequest = serde_json::from_value(written).expect("claims");
        assert_eq!((read.upn.as_deref(), read.extensions.len()), (Some("sam"), 0));
    }
}
