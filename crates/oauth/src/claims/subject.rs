use aws_lc_rs::hmac;
use serde::Serialize;

use crate::base64url;

/// The `sub` of a person for one application (OIDC Core 8.1): two applications cannot join their users by it, and
/// it never changes. `secret` is the server's and must never change either; 32 random bytes.
pub fn pairwise_subject(secret: &[u8], tenant_id: &str, app_id: &str, object_id: &str) -> String {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, secret));
    for part in [tenant_id, app_id, object_id] {
        // The length in front keeps ("ab", "c") and ("a", "bc") apart.
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part.as_bytes());
    }
    base64url::encode(context.sign())
}

/// `client_info`: by it MSAL names the account `uid.utid`. Both are of the *home* tenant when that is on this server, so that
/// one person's tokens from several tenants make one account; else of the resource tenant.
pub fn client_info(object_id: &str, tenant_id: &str) -> String {
    #[derive(Serialize)]
    struct ClientInfo<'a> {
        #[serde(rename = "uid")]
        object_id: &'a str,
        #[serde(rename = "utid")]
        tenant_id: &'a str,
    }
    // Two strings always serialize.
    base64url::encode(serde_json::to_vec(&ClientInfo { object_id, tenant_id }).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_are_stable_and_pairwise() {
        let subject = pairwise_subject(b"secret", "t", "app", "oid");
        assert_eq!(subject, pairwise_subject(b"secret", "t", "app", "oid"));
        assert_eq!(subject.len(), 43);
        for other in [
            pairwise_subject(b"other", "t", "app", "oid"),
            pairwise_subject(b"secret", "ta", "pp", "oid"),
            pairwise_subject(b"secret", "t", "app2", "oid"),
            pairwise_subject(b"secret", "t", "app", "oid2"),
        ] {
            assert_ne!(subject, other);
        }
    }

    /// Computed independently: HMAC-SHA256 over the length-prefixed parts.
    #[test]
    fn the_construction_does_not_change() {
        assert_eq!(pairwise_subject(b"secret", "t", "app", "oid"), "AhYdR-PlN4-DKfYwDnsMWemXiIjwgU1abxkiHDeLW7Y");
    }

    #[test]
    fn client_info_is_unpadded_json() {
        assert_eq!(base64url::decode(&client_info("u", "t")).unwrap(), br#"{"uid":"u","utid":"t"}"#);
    }
}
