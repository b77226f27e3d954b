use aws_lc_rs::digest;

use crate::base64url;

/// `at_hash` of an access token or `c_hash` of a code: the left half of the SHA-256 of its text (OIDC Core 3.1.3.6,
/// 3.3.2.11). Both of our algorithms hash with SHA-256.
pub fn token_hash(token: &str) -> String {
    let hash = digest::digest(&digest::SHA256, token.as_bytes());
    base64url::encode(&hash.as_ref()[..16])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The code and `c_hash` of OIDC Core appendix A.4 and A.6.
    #[test]
    fn the_example_of_the_specification() {
        assert_eq!(token_hash("Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk"), "LDktKdoQak3Pk0cnXxCltA");
        assert_eq!(token_hash("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"), "77QmUPtjPfzWtF2AnpK9RQ");
    }
}
