//! A user as the rules of dynamic groups see them.

use crate::users::User;
use membership_rule::{Property, Subject, Value};
use std::collections::HashMap;

/// A user, and their id as text.
pub(super) struct Person<'u> {
    user: &'u User,
    id: String,
    /// What they have of the properties that apps added, as far as rules name these.
    added: Option<&'u HashMap<String, String>>,
}

impl<'u> Person<'u> {
    pub(super) fn new(user: &'u User, added: Option<&'u HashMap<String, String>>) -> Self {
        Self { user, id: user.id.to_string(), added }
    }
}

impl Subject for Person<'_> {
    fn value(&self, property: Property) -> Value<'_> {
        let user = self.user;
        let profile = &user.profile.0;
        match property {
            Property::AccountEnabled => Value::Boolean(user.account_enabled),
            Property::City => Value::Text(profile.city.as_deref()),
            Property::CompanyName => Value::Text(user.company_name.as_deref()),
            Property::Country => Value::Text(profile.country.as_deref()),
            Property::Department => Value::Text(user.department.as_deref()),
            Property::DisplayName => Value::Text(Some(&user.display_name)),
            Property::EmployeeId => Value::Text(profile.employee_id.as_deref()),
            Property::ExtensionAttribute1
            | Property::ExtensionAttribute2
            | Property::ExtensionAttribute3
            | Property::ExtensionAttribute4
            | Property::ExtensionAttribute5
            | Property::ExtensionAttribute6
            | Property::ExtensionAttribute7
            | Property::ExtensionAttribute8
            | Property::ExtensionAttribute9
            | Property::ExtensionAttribute10
            | Property::ExtensionAttribute11
            | Property::ExtensionAttribute12
            | Property::ExtensionAttribute13
            | Property::ExtensionAttribute14
            | Property::ExtensionAttribute15 => {
                Value::Text(profile.extension_attributes.get(property.name()).map(String::as_str))
            }
            Property::FacsimileTelephoneNumber => Value::Text(profile.fax_number.as_deref()),
            Property::GivenName => Value::Text(user.given_name.as_deref()),
            Property::JobTitle => Value::Text(user.job_title.as_deref()),
            Property::Mail => Value::Text(user.mail.as_deref()),
            Property::MailNickname => Value::Text(user.mail_nickname.as_deref()),
            Property::Mobile => Value::Text(user.mobile_phone.as_deref()),
            Property::ObjectId => Value::Text(Some(&self.id)),
            Property::OtherMails => Value::Texts(&user.other_mails),
            Property::PhysicalDeliveryOfficeName => Value::Text(user.office_location.as_deref()),
            Property::PostalCode => Value::Text(profile.postal_code.as_deref()),
            Property::PreferredLanguage => Value::Text(user.preferred_language.as_deref()),
            Property::ProxyAddresses => Value::Texts(&user.proxy_addresses),
            Property::State => Value::Text(profile.state.as_deref()),
            Property::StreetAddress => Value::Text(profile.street_address.as_deref()),
            Property::Surname => Value::Text(user.surname.as_deref()),
            Property::TelephoneNumber => Value::Text(user.business_phones.first().map(String::as_str)),
            Property::UsageLocation => Value::Text(user.usage_location.as_deref()),
            Property::UserPrincipalName => Value::Text(Some(&user.user_principal_name)),
            Property::UserType => Value::Text(Some(user.user_type.as_str())),
        }
    }

    fn extension(&self, name: &str) -> Option<&str> {
        self.added?.get(name).map(String::as_str)
    }
}
