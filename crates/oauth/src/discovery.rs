//! Provider metadata (OIDC Discovery 1.0 section 3, RFC 8414). It lists what is served and nothing else.

use serde::Serialize;

use crate::jose::Algorithm;

/// Whose metadata it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authority<'a> {
    /// One tenant, by its id.
    Tenant(&'a str),
    /// `common`, `organizations` and the like: the issuer then has the literal `{tenantid}` in the tenant's place, which a
    /// client replaces by the `tid` of the token.
    Alias(&'a str),
}

impl<'a> Authority<'a> {
    const fn segment(self) -> &'a str {
        match self {
            Self::Tenant(segment) | Self::Alias(segment) => segment,
        }
    }
}

/// The issuer of a tenant's tokens. `base_url` has no trailing slash.
pub fn issuer(base_url: &str, tenant_id: &str) -> String {
    format!("{base_url}/{tenant_id}/v2.0")
}

/// The discovery document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "the members are the specification's")]
pub struct ProviderMetadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: String,
    end_session_endpoint: String,
    introspection_endpoint: String,
    revocation_endpoint: String,
    response_types_supported: [&'static str; 1],
    response_modes_supported: [&'static str; 3],
    grant_types_supported: [&'static str; 3],
    code_challenge_methods_supported: [&'static str; 1],
    token_endpoint_auth_methods_supported: &'static [&'static str],
    token_endpoint_auth_signing_alg_values_supported: [&'static str; 3],
    introspection_endpoint_auth_methods_supported: &'static [&'static str],
    revocation_endpoint_auth_methods_supported: &'static [&'static str],
    subject_types_supported: [&'static str; 1],
    id_token_signing_alg_values_supported: [Algorithm; 2],
    scopes_supported: [&'static str; 4],
    claims_supported: &'static [&'static str],
    prompt_values_supported: [&'static str; 4],
    authorization_response_iss_parameter_supported: bool,
    claims_parameter_supported: bool,
    request_parameter_supported: bool,
    request_uri_parameter_supported: bool,
    tenant_region_scope: Option<&'static str>,
    cloud_instance_name: String,
    msgraph_host: String,
}

/// How a client says who it is.
const METHODS: &[&str] = &["client_secret_post", "private_key_jwt", "client_secret_basic", "none"];

/// How it proves that.
const PROOFS: &[&str] = &["client_secret_post", "private_key_jwt", "client_secret_basic"];

const CLAIMS: &[&str] = &[
    "sub",
    "iss",
    "aud",
    "exp",
    "iat",
    "nbf",
    "nonce",
    "auth_time",
    "at_hash",
    "tid",
    "oid",
    "idp",
    "ver",
    "sid",
    "acct",
    "name",
    "preferred_username",
    "email",
    "roles",
    "groups",
    "wids",
    "given_name",
    "family_name",
    "upn",
    "login_hint",
    "amr",
];

impl ProviderMetadata {
    /// The metadata of an authority. `base_url` is one origin without a trailing slash: clients take the first path segment
    /// of the token endpoint as the tenant.
    pub fn new(base_url: &str, authority: Authority<'_>) -> Self {
        let at = |path: &str| format!("{base_url}/{}/{path}", authority.segment());
        let host = base_url.split_once("://").map_or(base_url, |(_, host)| host).to_owned();
        let (issuer_tenant, region) = match authority {
            Authority::Tenant(id) => (id, Some("WW")),
            Authority::Alias(_) => ("{tenantid}", None),
        };
        Self {
            issuer: issuer(base_url, issuer_tenant),
            authorization_endpoint: at("oauth2/v2.0/authorize"),
            token_endpoint: at("oauth2/v2.0/token"),
            jwks_uri: at("discovery/v2.0/keys"),
            userinfo_endpoint: format!("{base_url}/oidc/userinfo"),
            end_session_endpoint: at("oauth2/v2.0/logout"),
            introspection_endpoint: at("oauth2/v2.0/introspect"),
            revocation_endpoint: at("oauth2/v2.0/revoke"),
            response_types_supported: ["code"],
            response_modes_supported: ["query", "fragment", "form_post"],
            grant_types_supported: ["authorization_code", "refresh_token", "client_credentials"],
            code_challenge_methods_supported: ["S256"],
            token_endpoint_auth_methods_supported: METHODS,
            token_endpoint_auth_signing_alg_values_supported: ["RS256", "PS256", "ES256"],
            introspection_endpoint_auth_methods_supported: PROOFS,
            revocation_endpoint_auth_methods_supported: METHODS,
            subject_types_supported: ["pairwise"],
            id_token_signing_alg_values_supported: [Algorithm::Rs256, Algorithm::Es256],
            scopes_supported: ["openid", "profile", "email", "offline_access"],
            claims_supported: CLAIMS,
            prompt_values_supported: ["none", "login", "consent", "select_account"],
            authorization_response_iss_parameter_supported: true,
            claims_parameter_supported: false,
            request_parameter_supported: false,
            request_uri_parameter_supported: false,
            tenant_region_scope: region,
            cloud_instance_name: host.clone(),
            msgraph_host: host,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(authority: Authority<'_>) -> serde_json::Value {
        serde_json::to_value(ProviderMetadata::new("https://id.example:8443", authority)).unwrap()
    }

    #[test]
    fn a_tenant_is_its_own_issuer() {
        let document = document(Authority::Tenant("tid"));
        assert_eq!(document["issuer"], "https://id.example:8443/tid/v2.0");
        assert_eq!(document["token_endpoint"], "https://id.example:8443/tid/oauth2/v2.0/token");
        assert_eq!(document["userinfo_endpoint"], "https://id.example:8443/oidc/userinfo");
        assert_eq!(document["response_types_supported"], serde_json::json!(["code"]));
        assert_eq!(document["id_token_signing_alg_values_supported"], serde_json::json!(["RS256", "ES256"]));
        assert_eq!(document["cloud_instance_name"], "id.example:8443");
    }

    #[test]
    fn an_alias_leaves_the_tenant_open() {
        let document = document(Authority::Alias("organizations"));
        assert_eq!(document["issuer"], "https://id.example:8443/{tenantid}/v2.0");
        assert_eq!(document["jwks_uri"], "https://id.example:8443/organizations/discovery/v2.0/keys");
        assert!(document["tenant_region_scope"].is_null());
    }
}
