//! What can be changed about a user, and which values are taken (Graph: update user).

use super::profile::{EXTENSION_ATTRIBUTES, ORG_DATA};
use super::texts::{TEXTS, TextProperty};
use super::{Address, User, UserError, UserType};
use crate::platform::clock::{parse_rfc3339, rfc3339};
use crate::web::names;
use database::Timestamp;
use serde_json::{Value, json};
use sqlx::types::Json;
use std::collections::BTreeMap;

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
    PrincipalName(String),
    MailNickname(String),
    EmployeeHireDate(Option<Timestamp>),
    ShowInAddressList(Option<bool>),
    Members(&'static Members, Option<MemberChanges>),
    Text(&'static TextProperty, Option<String>),
}

/// The members of a complex value that change; `None` clears one.
pub type MemberChanges = BTreeMap<String, Option<String>>;

/// A property whose value is an object of texts.
#[derive(Debug)]
pub struct Members {
    /// The name on the wire.
    pub name: &'static str,
    /// What its members are called.
    members: &'static [&'static str],
    get: fn(&User) -> &BTreeMap<String, String>,
    slot: fn(&mut User) -> &mut BTreeMap<String, String>,
}

/// The properties whose values are objects of texts.
pub static MEMBERS: &[Members] = &[
    Members {
        name: "employeeOrgData",
        members: ORG_DATA,
        get: |user| &user.profile.0.employee_org_data,
        slot: |user| &mut user.profile.0.employee_org_data,
    },
    Members {
        name: "onPremisesExtensionAttributes",
        members: EXTENSION_ATTRIBUTES,
        get: |user| &user.profile.0.extension_attributes,
        slot: |user| &mut user.profile.0.extension_attributes,
    },
];

impl Members {
    /// The value as it is written: every member, or null without any.
    pub fn value_in(&self, user: &User) -> Value {
        let held = (self.get)(user);
        if held.is_empty() {
            return Value::Null;
        }
        self.members.iter().map(|name| ((*name).to_owned(), json!(held.get(*name)))).collect()
    }
}

/// The greatest length of `displayName` in characters.
const DISPLAY_NAME: usize = 256;

/// The greatest length of `mailNickname` in characters.
const NICKNAME: usize = 64;

/// The greatest length of a member of a complex value in characters.
const MEMBER: usize = 1024;

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

    /// Names the user anew. Whether the domain is one of the organisation's is decided with the directory.
    pub fn principal_name(name: &str) -> Result<Self, UserError> {
        match Address::parse(name, false) {
            Ok(address) => Ok(Self(Kind::PrincipalName(address.as_str().to_owned()))),
            Err(error) => Err(invalid("userPrincipalName", error.to_string())),
        }
    }

    /// Sets the name of the mailbox.
    pub fn mail_nickname(name: &str) -> Result<Self, UserError> {
        check_text("mailNickname", name, NICKNAME)?;
        let is_plain = |letter: char| !letter.is_whitespace() && !"@()\\[]\";:<>,".contains(letter);
        if name.is_empty() || !name.chars().all(is_plain) {
            return Err(invalid(
                "mailNickname",
                "it has at least one character, no blank and none of @ () \\ [] \" ; : <> ,",
            ));
        }
        Ok(Self(Kind::MailNickname(name.to_owned())))
    }

    /// Sets or clears when the person was hired.
    pub fn employee_hire_date(text: Option<&str>) -> Result<Self, UserError> {
        let parse = |text| parse_rfc3339(text).ok_or_else(|| invalid("employeeHireDate", "it is no instant"));
        Ok(Self(Kind::EmployeeHireDate(text.map(parse).transpose()?)))
    }

    /// Sets or clears whether address lists show the user.
    pub const fn show_in_address_list(show: Option<bool>) -> Self {
        Self(Kind::ShowInAddressList(show))
    }

    /// Changes members of a complex value; `None` clears them all.
    pub fn members(property: &'static Members, changes: Option<MemberChanges>) -> Result<Self, UserError> {
        for (name, text) in changes.iter().flatten() {
            if !property.members.contains(&name.as_str()) {
                return Err(invalid(property.name, format!("it has no member {name}")));
            }
            check_text(property.name, text.as_deref().unwrap_or_default(), MEMBER)?;
        }
        Ok(Self(Kind::Members(property, changes)))
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
            Kind::PrincipalName(_) => "userPrincipalName",
            Kind::MailNickname(_) => "mailNickname",
            Kind::EmployeeHireDate(_) => "employeeHireDate",
            Kind::ShowInAddressList(_) => "showInAddressList",
            Kind::Members(property, _) => property.name,
            Kind::Text(property, _) => property.name,
        }
    }

    /// The checked text of a name.
    pub fn name(&self) -> Option<&str> {
        match &self.0 {
            Kind::DisplayName(name) | Kind::PrincipalName(name) | Kind::MailNickname(name) => Some(name),
            _ => None,
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
            Kind::PrincipalName(name) => user.user_principal_name.clone_from(name),
            Kind::MailNickname(name) => user.mail_nickname = Some(name.clone()),
            Kind::EmployeeHireDate(at) => user.profile.0.employee_hire_date = at.map(Timestamp::microseconds),
            Kind::ShowInAddressList(show) => user.profile.0.show_in_address_list = *show,
            Kind::Members(property, None) => (property.slot)(user).clear(),
            Kind::Members(property, Some(changes)) => merge((property.slot)(user), changes),
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
            Kind::PrincipalName(_) => json!(user.user_principal_name),
            Kind::MailNickname(_) => json!(user.mail_nickname),
            Kind::EmployeeHireDate(_) => {
                json!(user.profile.0.employee_hire_date.map(Timestamp::from_microseconds).map(rfc3339))
            }
            Kind::ShowInAddressList(_) => json!(user.profile.0.show_in_address_list),
            Kind::Members(property, _) => property.value_in(user),
            Kind::Text(property, _) => property.value_in(user),
        }
    }
}

/// Member by member; those that are not named stay.
fn merge(held: &mut BTreeMap<String, String>, changes: &MemberChanges) {
    for (name, text) in changes {
        match text.as_ref().filter(|text| !text.is_empty()) {
            Some(text) => held.insert(name.clone(), text.clone()),
            None => held.remove(name),
        };
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

fn check_text(property: &'static str, text: &str, limit: usize) -> Result<(), UserError> {
    names::check(text, limit).map_err(|problem| invalid(property, problem))
}
