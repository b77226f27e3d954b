//! A user as JSON.

use crate::graph::etag;
use crate::graph::query::{Selection, unshown};
use crate::platform::clock::rfc3339;
use crate::platform::ids::EventId;
use crate::users::{Identity, MEMBERS, Sight, TEXTS, User};
use database::Timestamp;
use serde_json::{Map, Value, json};

/// The selected properties: with their values those that may be seen, without them the others.
pub fn user(user: &User, identities: &[Identity], selection: &Selection, sight: Sight) -> Map<String, Value> {
    let mut object = Map::new();
    object.insert("@odata.etag".to_owned(), etag::of(user.version).into());
    for name in selection.names() {
        let value = if sight.shows(name) { property(user, identities, name) } else { unshown(name) };
        object.insert((*name).to_owned(), value);
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
        "securityIdentifier" => json!(user.security_identifier()),
        "signInActivity" => activity(user),
        "signInSessionsValidFromDateTime" => json!(rfc3339(user.sessions_valid_from)),
        "surname" => json!(user.surname),
        "usageLocation" => json!(user.usage_location),
        "userPrincipalName" => json!(user.shown_principal_name()),
        "userType" => json!(user.user_type),
        other => profile(user, other),
    }
}

/// What few users have, and what nobody of a directory without a house below it has.
fn profile(user: &User, name: &str) -> Value {
    let profile = &user.profile.0;
    match name {
        "assignedLicenses"
        | "assignedPlans"
        | "imAddresses"
        | "licenseAssignmentStates"
        | "onPremisesProvisioningErrors"
        | "provisionedPlans"
        | "serviceProvisioningErrors" => json!([]),
        "deletedDateTime" => instant(user.deleted_at),
        "employeeHireDate" => instant(profile.employee_hire_date.map(Timestamp::from_microseconds)),
        "legalAgeGroupClassification" => json!(user.legal_age_group()),
        "showInAddressList" => json!(profile.show_in_address_list),
        _ => {
            let text = TEXTS.iter().find(|text| text.name == name).map(|text| text.value_in(user));
            let members = || MEMBERS.iter().find(|members| members.name == name).map(|members| members.value_in(user));
            text.or_else(members).unwrap_or(Value::Null)
        }
    }
}

/// `signInActivity`; null for somebody who has never signed in. Only sign-ins that were let in are noted with the user, so
/// the last successful one is the later of the two.
fn activity(user: &User) -> Value {
    let interactive = user.last_sign_in_at.map(|at| (at, user.last_sign_in_request_id));
    let by_app = user.last_app_sign_in_at.map(|at| (at, user.last_app_sign_in_request_id));
    let newest = [interactive, by_app].into_iter().flatten().max_by_key(|(at, _)| *at);
    let Some(last) = newest else { return Value::Null };
    let at = |sign_in: Option<(Timestamp, Option<EventId>)>| instant(sign_in.map(|(at, _)| at));
    let request = |sign_in: Option<(Timestamp, Option<EventId>)>| json!(sign_in.and_then(|(_, request)| request));
    json!({
        "lastSignInDateTime": at(interactive),
        "lastSignInRequestId": request(interactive),
        "lastNonInteractiveSignInDateTime": at(by_app),
        "lastNonInteractiveSignInRequestId": request(by_app),
        "lastSuccessfulSignInDateTime": at(Some(last)),
        "lastSuccessfulSignInRequestId": request(Some(last)),
    })
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
