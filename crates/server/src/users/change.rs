//! What can be changed about a user, and which values are taken (Graph: update user).

use super::{Address, User, UserError, UserType};
use crate::web::names;
use serde_json::{Value, json};
use sqlx::types::Json;

/// One property and its new value, already checked.
#[derive(Debug, Clone)]
pub struct Change(Kind);

#[derive(Debug, Clone)]
enum Kind {
    AccountEnabled(bool),
    DisplayName(String),
    UserType(UserType),
    Mail(Option<String>),
    OtherMails(Vec<String>),
    BusinessPhones(Vec<String>),
    Text(&'static TextProperty, Option<String>),
}

/// A property that is a plain text, or nothing.
#[derive(Debug)]
pub struct TextProperty {
    /// The name on the wire.
    pub name: &'static str,
    /// The greatest length in characters.
    limit: usize,
    get: fn(&User) -> &Option<String>,
    slot: fn(&mut User) -> &mut Option<String>,
    check: fn(&str) -> bool,
}

macro_rules! texts {
    ($($name:literal, $field:ident, $limit:literal, $check:expr;)+) => {
        /// The plain texts. Lengths are those of Graph.
        pub static TEXTS: &[TextProperty] = &[$(TextProperty {
            name: $name,
            limit: $limit,
            get: |user| &user.$field,
            slot: |user| &mut user.$field,
            check: $check,
        }),+];
    };
}

texts! {
    "givenName", given_name, 64, any;
    "surname", surname, 64, any;
    "jobTitle", job_title, 128, any;
    "companyName", company_name, 64, any;
    "department", department, 64, any;
    "officeLocation", office_location, 128, any;
    "mobilePhone", mobile_phone, 64, any;
    "preferredLanguage", preferred_language, 35, is_language;
    "usageLocation", usage_location, 2, is_country;
}

/// The greatest length of `displayName` in characters.
const DISPLAY_NAME: usize = 256;

/// The greatest number of `otherMails`.
const OTHER_MAILS: usize = 250;

impl Change {
    /// Blocks (`false`) or unblocks the user.
    pub const fn account_enabled(enabled: bool) -> Self {
        Self(Kind::AccountEnabled(enabled))
    }

    /// Makes the user a member or guest by type.
    pub const fn user_type(user_type: UserType) -> Self {
        Self(Kind::UserType(user_type))
    }

    /// Names the user.
    pub fn display_name(name: &str) -> Result<Self, UserError> {
        let name = name.trim();
        if name.is_empty() {
            return Err(invalid("displayName", "it may not be empty"));
        }
        check_text("displayName", name, DISPLAY_NAME)?;
        Ok(Self(Kind::DisplayName(name.to_owned())))
    }

    /// Sets the address mail goes to. How a guest signs in stays as it is.
    pub fn mail(address: Option<&str>) -> Result<Self, UserError> {
        Ok(Self(Kind::Mail(address.map(|text| parse_address("mail", text)).transpose()?)))
    }

    /// Sets the further addresses.
    pub fn other_mails(addresses: &[String]) -> Result<Self, UserError> {
        if addresses.len() > OTHER_MAILS {
            return Err(invalid("otherMails", format!("it takes at most {OTHER_MAILS} addresses")));
        }
        let addresses = addresses.iter().map(|text| parse_address("otherMails", text)).collect::<Result<_, _>>()?;
        Ok(Self(Kind::OtherMails(addresses)))
    }

    /// Sets the telephone number at work; Graph keeps one.
    pub fn business_phones(numbers: Vec<String>) -> Result<Self, UserError> {
        if numbers.len() > 1 {
            return Err(invalid("businessPhones", "it takes one number"));
        }
        for number in &numbers {
            check_text("businessPhones", number, 64)?;
        }
        Ok(Self(Kind::BusinessPhones(numbers)))
    }

    /// Sets a plain text by the name its property has on the wire.
    pub fn text_of(name: &'static str, text: &str) -> Result<Self, UserError> {
        let property = TEXTS.iter().find(|property| property.name == name);
        Self::text(property.ok_or_else(|| invalid(name, "it is no text"))?, Some(text.to_owned()))
    }

    /// Sets or clears a plain text.
    pub fn text(property: &'static TextProperty, text: Option<String>) -> Result<Self, UserError> {
        if let Some(text) = &text {
            check_text(property.name, text, property.limit)?;
            if !(property.check)(text) {
                return Err(invalid(property.name, "it does not have the form this property needs"));
            }
        }
        Ok(Self(Kind::Text(property, text.filter(|text| !text.is_empty()))))
    }

    /// The property on the wire.
    pub const fn property(&self) -> &'static str {
        match self.0 {
            Kind::AccountEnabled(_) => "accountEnabled",
            Kind::DisplayName(_) => "displayName",
            Kind::UserType(_) => "userType",
            Kind::Mail(_) => "mail",
            Kind::OtherMails(_) => "otherMails",
            Kind::BusinessPhones(_) => "businessPhones",
            Kind::Text(property, _) => property.name,
        }
    }

    /// Changes the user; the old and the new value if they differ.
    pub fn apply(&self, user: &mut User) -> Option<(Value, Value)> {
        let old = self.value_in(user);
        match &self.0 {
            Kind::AccountEnabled(enabled) => user.account_enabled = *enabled,
            Kind::DisplayName(name) => user.display_name.clone_from(name),
            Kind::UserType(user_type) => user.user_type = *user_type,
            Kind::Mail(address) => user.mail.clone_from(address),
            Kind::OtherMails(addresses) => user.other_mails = Json(addresses.clone()),
            Kind::BusinessPhones(numbers) => user.business_phones = Json(numbers.clone()),
            Kind::Text(property, text) => (property.slot)(user).clone_from(text),
        }
        let new = self.value_in(user);
        (old != new).then_some((old, new))
    }

    /// The value the user has now.
    pub fn value_in(&self, user: &User) -> Value {
        match &self.0 {
            Kind::AccountEnabled(_) => json!(user.account_enabled),
            Kind::DisplayName(_) => json!(user.display_name),
            Kind::UserType(_) => json!(user.user_type),
            Kind::Mail(_) => json!(user.mail),
            Kind::OtherMails(_) => json!(user.other_mails),
            Kind::BusinessPhones(_) => json!(user.business_phones),
            Kind::Text(property, _) => json!((property.get)(user)),
        }
    }
}

fn invalid(property: &'static str, problem: impl Into<String>) -> UserError {
    UserError::Invalid { property, problem: problem.into() }
}

fn parse_address(property: &'static str, text: &str) -> Result<String, UserError> {
    match Address::parse(text, true) {
        Ok(address) => Ok(address.as_str().to_owned()),
        Err(error) => Err(invalid(property, error.to_string())),
    }
}

/// Texts stand in mails, headers and logs: nothing in them is hidden, starts a line or turns the direction of what follows.
fn check_text(property: &'static str, text: &str, limit: usize) -> Result<(), UserError> {
    if names::holds_hidden(text) {
        return Err(invalid(property, "it may not hold control or hidden characters"));
    }
    if text.chars().count() > limit {
        return Err(invalid(property, format!("it may have at most {limit} characters")));
    }
    Ok(())
}

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
