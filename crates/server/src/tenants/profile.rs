//! What an organisation says of itself beside its name: where it is, and whom to ask about what (Graph: organization).

use super::SettingsError;
use super::organization::mail;
use crate::web::names;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Numbers or addresses of one property at most.
const ENTRIES: usize = 20;

/// Characters of a telephone number at most.
const NUMBER: usize = 64;

/// One property of the profile.
#[derive(Debug)]
pub struct ProfileProperty {
    /// The name on the wire.
    pub name: &'static str,
    /// The name in the audit.
    pub audited: &'static str,
    form: Form,
}

/// What a property holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// A text of so many characters at most, or nothing.
    Text(usize),
    /// The two letters of a country (ISO 3166-1), or nothing.
    Country,
    /// Telephone numbers.
    Numbers,
    /// Mail addresses.
    Mails,
}

/// What is to become of one property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// A text, or nothing.
    Text(Option<String>),
    /// A list.
    List(Vec<String>),
}

macro_rules! properties {
    ($($name:literal, $audited:literal, $form:expr;)+) => {
        /// Every property. Lengths are those that Graph has for users.
        pub static PROPERTIES: &[ProfileProperty] =
            &[$(ProfileProperty { name: $name, audited: $audited, form: $form }),+];
    };
}

properties! {
    "businessPhones", "BusinessPhones", Form::Numbers;
    "city", "City", Form::Text(128);
    "country", "Country", Form::Text(128);
    "countryLetterCode", "CountryLetterCode", Form::Country;
    "defaultUsageLocation", "DefaultUsageLocation", Form::Country;
    "marketingNotificationEmails", "MarketingNotificationEmails", Form::Mails;
    "postalCode", "PostalCode", Form::Text(40);
    "securityComplianceNotificationMails", "SecurityComplianceNotificationMails", Form::Mails;
    "securityComplianceNotificationPhones", "SecurityComplianceNotificationPhones", Form::Numbers;
    "state", "State", Form::Text(128);
    "street", "Street", Form::Text(1024);
}

/// The profile of an organisation. It is kept because programs write it and read it back: nothing here follows from it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Profile {
    texts: BTreeMap<String, String>,
    lists: BTreeMap<String, Vec<String>>,
}

impl ProfileProperty {
    /// The property of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        PROPERTIES.iter().find(|property| property.name == name)
    }

    /// Whether it holds several texts.
    pub const fn is_list(&self) -> bool {
        matches!(self.form, Form::Numbers | Form::Mails)
    }

    /// One text in the form that is kept.
    fn read(&self, text: &str) -> Result<String, SettingsError> {
        let refused = |problem: String| Err(SettingsError::Invalid(self.name, problem));
        let limit = match self.form {
            Form::Mails => return mail(self.name, text),
            Form::Country if text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
                return Ok(text.to_ascii_uppercase());
            }
            Form::Country => return refused("it is no country of two letters, such as US".to_owned()),
            Form::Text(limit) => limit,
            Form::Numbers => NUMBER,
        };
        if text.chars().count() > limit {
            return refused(format!("it is longer than {limit} characters"));
        }
        if names::holds_hidden(text) {
            return refused("it has control or hidden characters".to_owned());
        }
        Ok(text.to_owned())
    }
}

impl Profile {
    /// The value of a property as it is written.
    pub fn value(&self, property: &ProfileProperty) -> Value {
        if property.is_list() {
            json!(self.lists.get(property.name).map(Vec::as_slice).unwrap_or_default())
        } else {
            json!(self.texts.get(property.name))
        }
    }

    /// The texts of a property: those of a list, or the one there is; none where nothing was said.
    pub fn entries(&self, property: &ProfileProperty) -> Vec<&str> {
        let listed = self.lists.get(property.name).into_iter().flatten();
        self.texts.get(property.name).into_iter().chain(listed).map(String::as_str).collect()
    }

    /// Replaces the value of a property. Blank texts are none.
    ///
    /// # Errors
    /// `Invalid` that names the property.
    pub fn set(&mut self, property: &'static ProfileProperty, entry: Entry) -> Result<(), SettingsError> {
        let name = property.name;
        match entry {
            Entry::Text(text) => {
                let text = text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
                match text.map(|text| property.read(&text)).transpose()? {
                    Some(text) => self.texts.insert(name.to_owned(), text),
                    None => self.texts.remove(name),
                };
            }
            Entry::List(texts) => {
                let texts = texts.iter().map(|text| text.trim()).filter(|text| !text.is_empty());
                let texts = texts.map(|text| property.read(text)).collect::<Result<Vec<_>, _>>()?;
                if texts.len() > ENTRIES {
                    return Err(SettingsError::Invalid(name, format!("there are at most {ENTRIES}")));
                }
                if texts.is_empty() {
                    self.lists.remove(name);
                } else {
                    self.lists.insert(name.to_owned(), texts);
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(profile: &mut Profile, name: &str, entry: Entry) -> Result<Value, SettingsError> {
        let property = ProfileProperty::named(name).expect("a property");
        profile.set(property, entry).map(|()| profile.value(property))
    }

    #[test]
    fn what_is_written_is_read_back_and_blanks_are_nothing() {
        let mut profile = Profile::default();
        let text = |text: &str| Entry::Text(Some(text.to_owned()));
        assert_eq!(set(&mut profile, "city", text(" Lisbon ")).expect("a city"), json!("Lisbon"));
        assert_eq!(set(&mut profile, "countryLetterCode", text("pt")).expect("a country"), json!("PT"));
        let phones = Entry::List(vec!["+351 1".to_owned(), " ".to_owned()]);
        assert_eq!(set(&mut profile, "businessPhones", phones).expect("phones"), json!(["+351 1"]));
        let entries = |name| profile.entries(ProfileProperty::named(name).expect("a property"));
        assert_eq!((entries("city"), entries("businessPhones")), (vec!["Lisbon"], vec!["+351 1"]));
        assert!(entries("street").is_empty());
        assert_eq!(set(&mut profile, "city", Entry::Text(None)).expect("nothing"), Value::Null);
        assert_eq!(set(&mut profile, "businessPhones", Entry::List(Vec::new())).expect("none"), json!([]));
        assert_eq!(profile.value(ProfileProperty::named("countryLetterCode").expect("a property")), json!("PT"));
    }

    #[test]
    fn what_makes_no_sense_is_refused_by_name() {
        for (name, entry) in [
            ("countryLetterCode", Entry::Text(Some("Portugal".to_owned()))),
            ("defaultUsageLocation", Entry::Text(Some("1x".to_owned()))),
            ("street", Entry::Text(Some("x".repeat(1025)))),
            ("state", Entry::Text(Some("a\u{202e}b".to_owned()))),
            ("marketingNotificationEmails", Entry::List(vec!["nobody".to_owned()])),
            ("businessPhones", Entry::List(vec!["1".to_owned(); 21])),
        ] {
            let mut profile = Profile::default();
            let refused = set(&mut profile, name, entry);
            assert!(matches!(refused, Err(SettingsError::Invalid(property, _)) if property == name), "{name}");
            assert_eq!(profile, Profile::default());
        }
    }
}
