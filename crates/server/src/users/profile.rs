//! What few users have: kept in one column, so that the many who have none of it cost nothing.

use super::User;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The rarer properties of a user.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Profile {
    /// `ageGroup`: `Minor`, `NotAdult` or `Adult`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age_group: Option<String>,
    /// `city`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// `consentProvidedForMinor`: `Granted`, `Denied` or `NotRequired`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consent_provided_for_minor: Option<String>,
    /// `country`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// `employeeHireDate` in microseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub employee_hire_date: Option<i64>,
    /// `employeeId`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub employee_id: Option<String>,
    /// `employeeOrgData`: `costCenter`, `division`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub employee_org_data: BTreeMap<String, String>,
    /// `employeeType`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub employee_type: Option<String>,
    /// `onPremisesExtensionAttributes`: `extensionAttribute1` to `extensionAttribute15`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub extension_attributes: BTreeMap<String, String>,
    /// `faxNumber`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fax_number: Option<String>,
    /// `passwordProfile.forceChangePasswordNextSignIn`: the password opens nothing but the page that sets another.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub must_change_password: bool,
    /// `postalCode`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// `showInAddressList`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub show_in_address_list: Option<bool>,
    /// `state`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// `streetAddress`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub street_address: Option<String>,
    /// Whether the person lets the apps of this organisation read in which others they are. Nobody else decides it, and no
    /// call shows it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub tells_organizations: bool,
}

/// `employeeOrgData`
pub const ORG_DATA: &[&str] = &["costCenter", "division"];

/// `onPremisesExtensionAttributes`
pub const EXTENSION_ATTRIBUTES: &[&str] = &[
    "extensionAttribute1",
    "extensionAttribute2",
    "extensionAttribute3",
    "extensionAttribute4",
    "extensionAttribute5",
    "extensionAttribute6",
    "extensionAttribute7",
    "extensionAttribute8",
    "extensionAttribute9",
    "extensionAttribute10",
    "extensionAttribute11",
    "extensionAttribute12",
    "extensionAttribute13",
    "extensionAttribute14",
    "extensionAttribute15",
];

impl User {
    /// `legalAgeGroupClassification`: what `ageGroup` and `consentProvidedForMinor` come to (Graph: user). A minor nobody
    /// has consented for counts as one without consent.
    pub fn legal_age_group(&self) -> Option<&'static str> {
        let profile = &self.profile.0;
        match (profile.age_group.as_deref()?, profile.consent_provided_for_minor.as_deref()) {
            ("Minor", Some("Granted")) => Some("MinorWithParentalConsent"),
            ("Minor", Some("NotRequired")) => Some("MinorNoParentalConsentRequired"),
            ("Minor", _) => Some("MinorWithOutParentalConsent"),
            ("NotAdult", _) => Some("NotAdult"),
            ("Adult", _) => Some("Adult"),
            _ => None,
        }
    }

    /// `securityIdentifier`: the object id as a Windows SID of the authority 12, in four little-endian parts. It is derived,
    /// as Entra's is, so that it never changes.
    pub fn security_identifier(&self) -> String {
        let bytes = self.id.0.to_bytes_le();
        let parts = bytes.chunks_exact(4).map(|part| u32::from_le_bytes([part[0], part[1], part[2], part[3]]));
        let parts: Vec<String> = parts.map(|part| part.to_string()).collect();
        format!("S-1-12-1-{}", parts.join("-"))
    }

    /// `userPrincipalName` as it is shown. A deleted user has given the name up, and shows it behind their id (Graph:
    /// deleted items).
    pub fn shown_principal_name(&self) -> String {
        match self.deleted_at {
            Some(_) => format!("{}{}", self.id.0.simple(), self.user_principal_name),
            None => self.user_principal_name.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::ids::{TenantId, UserId};
    use database::Timestamp;
    use uuid::uuid;

    fn user() -> User {
        let id = UserId(uuid!("73362b2f-2d49-4ddd-8d2f-f94f2a0f3b5c"));
        let now = Timestamp::from_microseconds(0);
        User::member(TenantId(uuid!("00000000-0000-0000-0000-000000000000")), id, "a@b.example".into(), "A".into(), now)
    }

    #[test]
    fn a_security_identifier_is_the_id_in_four_numbers() {
        // 0x73362b2f, 0x4ddd2d49, 0x4ff92f8d, 0x5c3b0f2a.
        assert_eq!(user().security_identifier(), "S-1-12-1-1932929839-1306340681-1341730701-1547374378");
    }

    #[test]
    fn the_legal_age_group_follows_from_age_and_consent() {
        for (age, consent, expected) in [
            (None, Some("Granted"), None),
            (Some("Minor"), None, Some("MinorWithOutParentalConsent")),
            (Some("Minor"), Some("Denied"), Some("MinorWithOutParentalConsent")),
            (Some("Minor"), Some("Granted"), Some("MinorWithParentalConsent")),
            (Some("Minor"), Some("NotRequired"), Some("MinorNoParentalConsentRequired")),
            (Some("Adult"), Some("Denied"), Some("Adult")),
        ] {
            let mut user = user();
            user.profile.0.age_group = age.map(str::to_owned);
            user.profile.0.consent_provided_for_minor = consent.map(str::to_owned);
            assert_eq!(user.legal_age_group(), expected, "{age:?} {consent:?}");
        }
    }

    #[test]
    fn an_empty_profile_takes_two_bytes() {
        assert_eq!(serde_json::to_string(&Profile::default()).expect("JSON"), "{}");
    }
}
