//! An application as JSON.

pub use super::details::{info, verified_publisher};

use crate::applications::{
    Application, ApplicationKey, ApplicationSecret, FederatedCredential, OptionalClaims, group_claims,
};
use crate::extensions::ExtensionProperty;
use crate::graph::etag;
use crate::graph::query::Selection;
use crate::platform::clock::rfc3339;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

/// The version of the access tokens that are issued (Graph: apiApplication.requestedAccessTokenVersion).
pub const ACCESS_TOKEN_VERSION: i64 = 2;

/// What an application proves itself with.
#[derive(Default)]
pub struct Credentials<'a> {
    /// Its secrets.
    pub secrets: Vec<&'a ApplicationSecret>,
    /// Its certificates.
    pub keys: Vec<&'a ApplicationKey>,
    /// Whether the certificates themselves are written.
    pub with_key: bool,
}

/// The property that is not the application's: it is that of the organisation, which is read apart.
pub const PUBLISHER_DOMAIN: &str = "publisherDomain";

/// The selected properties but for [`PUBLISHER_DOMAIN`]. `base` is the public address of the server.
pub fn application(
    base: &str,
    application: &Application,
    credentials: &Credentials<'_>,
    selection: &Selection,
) -> Map<String, Value> {
    let write = |name: &&'static str| ((*name).to_owned(), property(base, application, credentials, name));
    let names = selection.names().iter().filter(|name| **name != PUBLISHER_DOMAIN);
    etag::tagged(application.version, names.map(write).collect())
}

/// The selected properties but for what the application proves itself with, which is read at the application itself.
pub fn without_credentials(base: &str, application: &Application, selection: &Selection) -> Map<String, Value> {
    let mut written = self::application(base, application, &Credentials::default(), selection);
    for name in ["keyCredentials", "passwordCredentials"] {
        written.remove(name);
    }
    written
}

/// Nothing where nothing is asked for. There are no SAML tokens.
fn optional_claims(claims: &OptionalClaims) -> Value {
    if claims.is_empty() {
        return Value::Null;
    }
    json!({ "idToken": claims.id_token, "accessToken": claims.access_token, "saml2Token": [] })
}

fn property(base: &str, application: &Application, credentials: &Credentials<'_>, name: &str) -> Value {
    let said = &application.kept.details;
    match name {
        "addIns" => json!(said.add_ins),
        "api" => json!({
            "acceptMappedClaims": application.kept.accept_mapped_claims,
            "knownClientApplications": application.kept.known_client_applications,
            "oauth2PermissionScopes": application.exposed_scopes,
            "preAuthorizedApplications": application.pre_authorized,
            "requestedAccessTokenVersion": ACCESS_TOKEN_VERSION,
        }),
        "appId" => json!(application.app_id),
        "appRoles" => json!(application.app_roles),
        "createdDateTime" => rfc3339(application.created_at).into(),
        "deletedDateTime" => application.deleted_at.map(rfc3339).into(),
        "description" => json!(application.description),
        "displayName" => json!(application.display_name),
        "groupMembershipClaims" => json!(group_claims::text(&application.group_membership_claims)),
        "id" => json!(application.id),
        "identifierUris" => json!(application.identifier_uris),
        "info" => info(base, application.logo_path(), said),
        "isDeviceOnlyAuthSupported" => json!(said.is_device_only_auth_supported),
        "isFallbackPublicClient" => json!(application.kept.is_fallback_public_client),
        "keyCredentials" => {
            let keys = credentials.keys.iter().map(|key| certificate(key, credentials.with_key));
            keys.map(Value::Object).collect()
        }
        "notes" => json!(said.notes),
        "oauth2RequirePostResponse" => json!(said.oauth2_require_post_response),
        "optionalClaims" => optional_claims(&application.optional_claims),
        "passwordCredentials" => credentials.secrets.iter().map(|each| secret(each)).map(Value::Object).collect(),
        "publicClient" => json!({ "redirectUris": application.public_redirect_uris }),
        "requiredResourceAccess" => json!(application.required_resource_access),
        "serviceManagementReference" => json!(said.service_management_reference),
        "signInAudience" => json!(application.sign_in_audience),
        "spa" => json!({ "redirectUris": application.spa_redirect_uris }),
        "tags" => json!(said.tags),
        "uniqueName" => json!(application.unique_name),
        "verifiedPublisher" => verified_publisher(),
        "web" => web(application),
        // There is no gallery that it could come from, no SAML, and nothing that would encrypt its tokens or lock it.
        _ => Value::Null,
    }
}

/// Tokens are never issued from the authorization endpoint (RFC 9700 section 2.1.2), so both switches are off.
fn web(application: &Application) -> Value {
    let indexes = &application.kept.redirect_indexes;
    let settings = application.web_redirect_uris.iter().map(|uri| json!({ "uri": uri, "index": indexes.get(uri) }));
    json!({
        "homePageUrl": application.home_page_url,
        "logoutUrl": application.logout_url,
        "redirectUris": application.web_redirect_uris,
        "redirectUriSettings": settings.collect::<Vec<_>>(),
        "implicitGrantSettings": { "enableAccessTokenIssuance": false, "enableIdTokenIssuance": false },
    })
}

/// A secret without its text, which nobody keeps.
pub fn secret(secret: &ApplicationSecret) -> Map<String, Value> {
    let value = json!({
        "customKeyIdentifier": null,
        "displayName": secret.display_name,
        "endDateTime": rfc3339(secret.ends_at),
        "hint": Some(&secret.hint).filter(|hint| !hint.is_empty()),
        "keyId": secret.id,
        "secretText": null,
        "startDateTime": rfc3339(secret.starts_at),
    });
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}

/// The selected properties of an identity elsewhere.
pub fn federated(credential: &FederatedCredential, selection: &Selection) -> Map<String, Value> {
    let property = |name: &str| match name {
        "audiences" => json!([credential.audience]),
        "description" => json!(credential.description),
        "id" => json!(credential.id),
        "issuer" => json!(credential.issuer),
        "name" => json!(credential.name),
        "subject" => json!(credential.subject),
        _ => Value::Null,
    };
    selection.names().iter().map(|name| ((*name).to_owned(), property(name))).collect()
}

/// The selected properties of a property that an application adds. Nothing is synchronised from elsewhere.
pub fn extension(extension: &ExtensionProperty, selection: &Selection) -> Map<String, Value> {
    let property = |name: &str| match name {
        "appDisplayName" => json!(extension.app_display_name),
        "dataType" => json!(extension.data_type),
        "id" => json!(extension.id),
        "isMultiValued" => json!(extension.is_multi_valued),
        "isSyncedFromOnPremises" => json!(false),
        "name" => json!(extension.name),
        "targetObjects" => json!(extension.target_objects),
        _ => Value::Null,
    };
    selection.names().iter().map(|name| ((*name).to_owned(), property(name))).collect()
}

/// A certificate.
pub fn certificate(key: &ApplicationKey, with_key: bool) -> Map<String, Value> {
    let value = json!({
        "customKeyIdentifier": STANDARD.encode(&key.thumbprint),
        "displayName": key.display_name,
        "endDateTime": rfc3339(key.ends_at),
        "key": with_key.then(|| STANDARD.encode(&key.certificate)),
        "keyId": key.id,
        "startDateTime": rfc3339(key.starts_at),
        "type": "AsymmetricX509Cert",
        "usage": "Verify",
    });
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}
