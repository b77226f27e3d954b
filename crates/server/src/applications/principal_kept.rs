//! What an organisation says of an app beside its registration (Graph: servicePrincipal).

use super::changes::{check_page, set};
use super::details::{NOTES, check_length, check_tags};
use super::error::{Invalid, check_text};
use mail_address::Address;
use serde::{Deserialize, Serialize};

/// Names and addresses of one app at most.
const ENTRIES: usize = 100;

/// The ways in which people may be meant to sign in to an app: here it is one, or none is said.
const MODES: [&str; 2] = ["oidc", "notSupported"];

/// It is written and read back by programs. My Apps follows the description, the address and one of the tags.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PrincipalKept {
    /// `alternativeNames`: what else it is called; it is found by them.
    pub alternative_names: Vec<String>,
    /// `description`: what My Apps says of it, in place of what the registration says.
    pub description: Option<String>,
    /// `loginUrl`: where My Apps leads, in place of the home page.
    pub login_url: Option<String>,
    /// `notes`
    pub notes: Option<String>,
    /// `notificationEmailAddresses`: who would be told that a certificate for SAML ends; there are none.
    pub notification_email_addresses: Vec<String>,
    /// `preferredSingleSignOnMode`
    pub preferred_single_sign_on_mode: Option<String>,
    /// `tags`, beside those of the registration.
    pub tags: Vec<String>,
}

/// New values; `None` leaves a property as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PrincipalKeptChange {
    /// `alternativeNames`
    pub alternative_names: Option<Vec<String>>,
    /// `description`
    pub description: Option<Option<String>>,
    /// `loginUrl`
    pub login_url: Option<Option<String>>,
    /// `notes`
    pub notes: Option<Option<String>>,
    /// `notificationEmailAddresses`
    pub notification_email_addresses: Option<Vec<String>>,
    /// `preferredSingleSignOnMode`
    pub preferred_single_sign_on_mode: Option<Option<String>>,
    /// `tags`
    pub tags: Option<Vec<String>>,
}

impl PrincipalKept {
    /// The same with these changes, if it keeps the rules.
    ///
    /// # Errors
    /// `Invalid` that names the property.
    pub fn with(&self, change: PrincipalKeptChange) -> Result<Self, Invalid> {
        let mut after = self.clone();
        set(&mut after.alternative_names, change.alternative_names);
        set(&mut after.description, change.description);
        set(&mut after.login_url, change.login_url);
        set(&mut after.notes, change.notes);
        set(&mut after.notification_email_addresses, change.notification_email_addresses);
        set(&mut after.preferred_single_sign_on_mode, change.preferred_single_sign_on_mode);
        set(&mut after.tags, change.tags);
        after.check()?;
        Ok(after)
    }

    fn check(&self) -> Result<(), Invalid> {
        check_tags(&self.tags)?;
        check_number("alternativeNames", &self.alternative_names)?;
        self.alternative_names.iter().try_for_each(|name| check_text("alternativeNames", name))?;
        check_length("description", self.description.as_deref(), NOTES)?;
        check_length("notes", self.notes.as_deref(), NOTES)?;
        check_page("loginUrl", self.login_url.as_deref())?;
        check_number("notificationEmailAddresses", &self.notification_email_addresses)?;
        for address in &self.notification_email_addresses {
            Address::parse(address, true).map_err(|error| Invalid {
                property: "notificationEmailAddresses",
                problem: format!("'{address}': {error}"),
            })?;
        }
        match self.preferred_single_sign_on_mode.as_deref() {
            Some(mode) if !MODES.contains(&mode) => Err(Invalid {
                property: "preferredSingleSignOnMode",
                problem: "people sign in to apps with OpenID Connect: it is 'oidc', 'notSupported' or null".to_owned(),
            }),
            _ => Ok(()),
        }
    }
}

fn check_number(property: &'static str, texts: &[String]) -> Result<(), Invalid> {
    if texts.len() > ENTRIES {
        return Err(Invalid { property, problem: format!("there are at most {ENTRIES}") });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_be_believed_is_refused_by_name() {
        let kept = PrincipalKept::default();
        let mode = |mode: &str| PrincipalKeptChange {
            preferred_single_sign_on_mode: Some(Some(mode.to_owned())),
            ..PrincipalKeptChange::default()
        };
        let login = |address: &str| PrincipalKeptChange {
            login_url: Some(Some(address.to_owned())),
            ..PrincipalKeptChange::default()
        };
        let mails = PrincipalKeptChange {
            notification_email_addresses: Some(vec!["nobody".to_owned()]),
            ..PrincipalKeptChange::default()
        };
        assert!(kept.with(mode("oidc")).is_ok());
        for (change, property) in [
            (mode("saml"), "preferredSingleSignOnMode"),
            (login("javascript:alert(1)"), "loginUrl"),
            (login("http://contoso.example/"), "loginUrl"),
            (mails, "notificationEmailAddresses"),
        ] {
            assert_eq!(kept.with(change).expect_err("it is refused").property, property);
        }
    }
}
