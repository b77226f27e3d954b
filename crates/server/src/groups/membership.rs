//! A user as the rules of dynamic groups see them.

use crate::users::User;
use membership_rule::{Property, Subject, Value};

/// A user, and their id as text.
pub(super) struct Person<'u> {
    user: &'u User,
    id: String,
}

impl<'u> Person<'u> {
    pub(super) fn new(user: &'u User) -> Self {
        Self { user, id: user.id.to_string() }
    }
}

impl Subject for Person<'_> {
    fn value(&self, property: Property) -> Value<'_> {
        let user = self.user;
        match property {
            Property::AccountEnabled => Value::Boolean(user.account_enabled),
            Property::CompanyName => Value::Text(user.company_name.as_deref()),
            Property::Department => Value::Text(user.department.as_deref()),
            Property::DisplayName => Value::Text(Some(&user.display_name)),
            Property::GivenName => Value::Text(user.given_name.as_deref()),
            Property::JobTitle => Value::Text(user.job_title.as_deref()),
            Property::Mail => Value::Text(user.mail.as_deref()),
            Property::MailNickname => Value::Text(user.mail_nickname.as_deref()),
            Property::Mobile => Value::Text(user.mobile_phone.as_deref()),
            Property::ObjectId => Value::Text(Some(&self.id)),
            Property::OtherMails => Value::Texts(&user.other_mails),
            Property::PhysicalDeliveryOfficeName => Value::Text(user.office_location.as_deref()),
            Property::PreferredLanguage => Value::Text(user.preferred_language.as_deref()),
            Property::ProxyAddresses => Value::Texts(&user.proxy_addresses),
            Property::Surname => Value::Text(user.surname.as_deref()),
            Property::TelephoneNumber => Value::Text(user.business_phones.first().map(String::as_str)),
            Property::UsageLocation => Value::Text(user.usage_location.as_deref()),
            Property::UserPrincipalName => Value::Text(Some(&user.user_principal_name)),
            Property::UserType => Value::Text(Some(user.user_type.as_str())),
        }
    }
}
