//! The properties of a user that are plain texts, and the form each of them takes.

use super::User;
use serde_json::{Value, json};

/// A property that is a plain text, or nothing.
#[derive(Debug)]
pub struct TextProperty {
    /// The name on the wire.
    pub name: &'static str,
    /// The greatest length in characters.
    pub(super) limit: usize,
    pub(super) get: fn(&User) -> &Option<String>,
    pub(super) slot: fn(&mut User) -> &mut Option<String>,
    pub(super) check: fn(&str) -> bool,
}

impl TextProperty {
    /// The value the user has now.
    pub fn value_in(&self, user: &User) -> Value {
        json!((self.get)(user))
    }
}

macro_rules! texts {
    ($($name:literal, ($($field:tt)+), $limit:literal, $check:expr;)+) => {
        /// The plain texts. Lengths are those of Graph.
        pub static TEXTS: &[TextProperty] = &[$(TextProperty {
            name: $name,
            limit: $limit,
            get: |user| &user.$($field)+,
            slot: |user| &mut user.$($field)+,
            check: $check,
        }),+];
    };
}

texts! {
    "givenName", (given_name), 64, any;
    "surname", (surname), 64, any;
    "jobTitle", (job_title), 128, any;
    "companyName", (company_name), 64, any;
    "department", (department), 64, any;
    "officeLocation", (office_location), 128, any;
    "mobilePhone", (mobile_phone), 64, any;
    "preferredLanguage", (preferred_language), 35, is_language;
    "usageLocation", (usage_location), 2, is_country;
    "ageGroup", (profile.0.age_group), 16, |text| ["Minor", "NotAdult", "Adult"].contains(&text);
    "city", (profile.0.city), 128, any;
    "consentProvidedForMinor", (profile.0.consent_provided_for_minor), 16,
        |text| ["Granted", "Denied", "NotRequired"].contains(&text);
    "country", (profile.0.country), 128, any;
    "employeeId", (profile.0.employee_id), 16, any;
    "employeeType", (profile.0.employee_type), 64, any;
    "faxNumber", (profile.0.fax_number), 64, any;
    "postalCode", (profile.0.postal_code), 40, any;
    "state", (profile.0.state), 128, any;
    "streetAddress", (profile.0.street_address), 1024, any;
}

/// What somebody of the house may change about themselves (Graph: user, properties the signed-in user can update).
pub const OWN: &[&str] = &[
    "businessPhones",
    "city",
    "country",
    "faxNumber",
    "mobilePhone",
    "postalCode",
    "preferredLanguage",
    "state",
    "streetAddress",
];

const fn any(_: &str) -> bool {
    true
}

/// A language tag by its characters (RFC 5646 section 2.1).
fn is_language(text: &str) -> bool {
    text.split('-').all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// A country code of two capital letters (ISO 3166-1).
fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}
