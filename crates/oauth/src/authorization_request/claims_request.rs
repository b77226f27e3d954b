use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::{Error, aadsts};

/// Longest `claims` parameter, in bytes.
pub(crate) const MAX_BYTES: usize = 8 * 1024;
const MAX_CAPABILITIES: usize = 16;
const MAX_CAPABILITY_BYTES: usize = 32;

/// The `claims` parameter (OIDC Core 5.5), of which the client's declared capabilities are understood.
///
/// Everything else is a voluntary wish, which a server may leave unfulfilled; the text is kept for what reads it later.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimsRequest {
    /// The JSON text.
    pub json: String,
    /// Values of `access_token.xms_cc`, such as `cp1`: the client understands claims challenges.
    pub client_capabilities: Vec<String>,
}

impl ClaimsRequest {
    /// Reads the parameter, which must be a JSON object.
    pub fn parse(json: String) -> Result<Self, Error> {
        let value = serde_json::from_str::<Value>(&json).ok().filter(Value::is_object);
        let value = value.ok_or_else(|| aadsts::INVALID_VALUE.error().naming("claims is not a JSON object"))?;
        let client_capabilities = value.pointer("/access_token/xms_cc").map(capabilities).unwrap_or_default();
        Ok(Self { json, client_capabilities })
    }
}

/// `{"values": [..]}` or `{"value": ..}`. They are copied into tokens, hence bounded to short words.
fn capabilities(xms_cc: &Value) -> Vec<String> {
    let several = xms_cc.get("values").and_then(Value::as_array).into_iter().flatten();
    several
        .chain(xms_cc.get("value"))
        .filter_map(Value::as_str)
        .filter(|word| (1..=MAX_CAPABILITY_BYTES).contains(&word.len()))
        .filter(|word| word.bytes().all(|byte| byte.is_ascii_alphanumeric()))
        .take(MAX_CAPABILITIES)
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(json: &str) -> Vec<String> {
        ClaimsRequest::parse(json.into()).unwrap().client_capabilities
    }

    #[test]
    fn capabilities_are_found_and_bounded() {
        assert_eq!(
            read(r#"{"access_token":{"xms_cc":{"values":["CP1","cp2"]}},"id_token":{"x":null}}"#),
            ["CP1", "cp2"]
        );
        assert_eq!(read(r#"{"access_token":{"xms_cc":{"value":"cp1"}}}"#), ["cp1"]);
        assert!(read(r#"{"access_token":{"xms_cc":{"values":[1,"a b",""]}}}"#).is_empty());
        assert!(read(r#"{"id_token":{"signin_state":{"essential":false}}}"#).is_empty());
        let many = serde_json::json!({"access_token": {"xms_cc": {"values": vec!["cp1"; 99]}}});
        assert_eq!(read(&many.to_string()).len(), MAX_CAPABILITIES);
    }

    #[test]
    fn anything_but_an_object_is_refused() {
        for json in ["", "[]", "null", "{", "\"x\""] {
            assert!(ClaimsRequest::parse(json.into()).is_err(), "{json}");
        }
        assert!(ClaimsRequest::parse("[".repeat(MAX_BYTES)).is_err());
    }

    proptest! {
        #[test]
        fn never_panics(text in "[\\[\\]{}\":,a-z0-9_]{0,60}") {
            let _ = ClaimsRequest::parse(text);
        }
    }
}
