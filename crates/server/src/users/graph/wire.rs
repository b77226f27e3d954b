//! A user as JSON.

use crate::graph::etag;
use crate::graph::query::Selection;
use crate::platform::clock::rfc3339;
use crate::users::{Identity, Sight, User};
use database::Timestamp;
use serde_json::{Map, Value, json};

/// The selected properties that may be seen.
pub fn user(user: &User, identities: &[Identity], selection: &Selection, sight: Sight) -> Map<String, Value> {
    let mut object = Map::new();
    object.insert("@odata.etag".to_owned(), etag::of(user.version).into());
    for name in selection.names().iter().filter(|name| sight.shows(name)) {
        object.insert((*name).to_owned(), property(user, identities, name));
    }
    object
}

fn property(user: &User, identities: &[Identity], name: &str) -> Value {
    match name {
        "accountEnabled" => json!(user.account_enabled),
        "businessPhones" => json!(user.business_phones),
        "companyName" => json!(user.company_name),
        "createdDateTime" => json!(rfc3339(user.created_at)),
        "creationType" => json!(user.creation_type),
        "department" => json!(user.department),
        "displayName" => json!(user.display_name),
        "externalUserState" => json!(user.external_user_state),
        "externalUserStateChangeDateTime" => instant(user.external_user_state_changed_at),
        "givenName" => json!(user.given_name),
        "id" => json!(user.id),
        "identities" => identities.iter().map(identity).collect(),
        "jobTitle" => json!(user.job_title),
        "lastPasswordChangeDateTime" => instant(user.password_changed_at),
        "mail" => json!(user.mail),
        "mailNickname" => json!(user.mail_nickname),
        "mobilePhone" => json!(user.mobile_phone),
        "officeLocation" => json!(user.office_location),
        "otherMails" => json!(user.other_mails),
        "preferredLanguage" => json!(user.preferred_language),
        "proxyAddresses" => json!(user.proxy_addresses),
        "signInActivity" => user.last_sign_in_at.map_or(Value::Null, |at| json!({ "lastSignInDateTime": rfc3339(at) })),
        "signInSessionsValidFromDateTime" => json!(rfc3339(user.sessions_valid_from)),
        "surname" => json!(user.surname),
        "usageLocation" => json!(user.usage_location),
        "userPrincipalName" => json!(user.user_principal_name),
        "userType" => json!(user.user_type),
        _ => Value::Null,
    }
}

fn instant(at: Option<Timestamp>) -> Value {
    at.map_or(Value::Null, |at| rfc3339(at).into())
}

fn identity(identity: &Identity) -> Value {
    json!({
        "signInType": identity.sign_in_type,
        "issuer": identity.issuer,
        "issuerAssignedId": identity.issuer_assigned_id,
    })
}
