//! What an organisation says about itself to guests: where its privacy statement stands, and where it helps.

use super::profile::{Entry, PROPERTIES, ProfileProperty};
use super::{CollaborationSettings, SettingsChange, SettingsError, Tenant, store};
use crate::Server;
use crate::audit::{self, Activity, Outcome, Target};
use crate::graph::{Caller, Permission};
use database::Transaction;
use mail_address::{Address, AddressError};
use serde_json::json;
use sqlx::types::Json;
use std::sync::Arc;
use url::Url;

/// What lets a caller read the organisation.
const READ: [Permission; 4] = [
    Permission::OrganizationReadAll,
    Permission::OrganizationReadWriteAll,
    Permission::DirectoryReadAll,
    Permission::DirectoryReadWriteAll,
];
/// What lets a caller change it (Graph: update organization).
const WRITE: [Permission; 1] = [Permission::OrganizationReadWriteAll];

/// Characters of an address at most.
const ADDRESS_LIMIT: usize = 2048;

/// Addresses of `technicalNotificationMails` at most.
const MAILS: usize = 20;

/// What is to be changed; `None` leaves it as it is, `Some(None)` takes it away.
#[derive(Debug, Clone, Default)]
pub struct OrganizationChange {
    /// Where the privacy statement stands (Graph: privacyProfile.statementUrl).
    pub privacy_statement_url: Option<Option<String>>,
    /// Whom guests ask about privacy (Graph: privacyProfile.contactEmail).
    pub contact_email: Option<Option<String>>,
    /// Whom Microsoft would write to about the service (Graph: technicalNotificationMails).
    pub technical_mails: Option<Vec<String>>,
    /// What it says of itself (Graph: city, businessPhones and the like).
    pub profile: Vec<(&'static ProfileProperty, Entry)>,
    /// The language of mails to whoever has no other (Graph: preferredLanguage). It is that of the collaboration settings.
    pub preferred_language: Option<String>,
    /// Where guests find help.
    pub help_url: Option<Option<String>>,
    /// The version that the organisation must still have; `None` changes it as it is.
    pub of_version: Option<i64>,
    /// The same of what [`version`] says.
    pub of_whole: Option<i64>,
}

/// The version of an organisation as Graph has it: its language stands in its settings. Both versions only grow, so that their sum
/// is another one after a change of either.
pub fn version(tenant: &Tenant, settings: &CollaborationSettings) -> i64 {
    tenant.version + settings.version
}

/// The caller's organisation. What is shown of it stands on pages for guests too, but for `technicalNotificationMails`, which is
/// for those who see others.
pub async fn get_organization(server: &Server, caller: &Caller) -> Result<Arc<Tenant>, SettingsError> {
    if !caller.has_any(&READ) {
        return Err(SettingsError::NotAllowed);
    }
    let mut tx = server.read().await?;
    Ok(super::find(&mut tx, server, caller.tenant).await?.ok_or(database::Error::NotFound)?)
}

/// Refuses whoever may not change it.
pub fn check_may_change(caller: &Caller) -> Result<(), SettingsError> {
    if caller.may_administer(&WRITE) { Ok(()) } else { Err(SettingsError::NotAllowed) }
}

/// Changes it; it holds from the next page and mail on. Refused where it has another version than the change names.
pub async fn change_organization(
    server: &Server,
    caller: &Caller,
    change: OrganizationChange,
) -> Result<(), SettingsError> {
    check_may_change(caller)?;
    let mut tx = server.write().await?;
    let before = store::find(&mut tx, caller.tenant).await?.ok_or(database::Error::NotFound)?;
    if change.of_version.is_some_and(|version| version != before.version) {
        return Err(SettingsError::Changed);
    }
    if let Some(expected) = change.of_whole
        && version(&before, &store::get_settings(&mut tx, caller.tenant).await?) != expected
    {
        return Err(SettingsError::Changed);
    }
    let language = change.preferred_language.clone();
    let after = change.apply(&before)?;
    let mut target = differences(&before, &after);
    if !target.changes.is_empty() && !store::update(&mut tx, &after).await? {
        return Err(SettingsError::Changed);
    }
    if let Some(language) = language
        && let Some((old, new)) = change_language(&mut tx, caller, language).await?
    {
        target = target.change("PreferredLanguage", old, new);
    }
    if target.changes.is_empty() {
        return Ok(());
    }
    audit::record(&mut tx, server, caller, Activity::UpdateOrganization, &Outcome::Success, &target, &[]).await?;
    Ok(tx.commit().await?)
}

/// The organisation with what differs.
fn differences(before: &Tenant, after: &Tenant) -> Target {
    let properties = |tenant: &Tenant| {
        let profile: Vec<_> = PROPERTIES.iter().map(|one| (one.audited, tenant.profile.value(one))).collect();
        let others = [
            ("PrivacyStatementUrl", json!(tenant.privacy_statement_url)),
            ("ContactEmail", json!(tenant.contact_email)),
            ("HelpUrl", json!(tenant.help_url)),
            ("TechnicalNotificationMails", json!(tenant.technical_notification_mails)),
        ];
        others.into_iter().chain(profile)
    };
    let pairs = properties(before).zip(properties(after)).filter(|(old, new)| old != new);
    pairs.fold(Target::new("Directory", before.id.0, before.name.clone()), |target, ((name, old), (_, new))| {
        target.change(name, old, new)
    })
}

/// Changes the language of mails; the one before and the one of now, if they differ.
async fn change_language(
    tx: &mut Transaction,
    caller: &Caller,
    language: String,
) -> Result<Option<(String, String)>, SettingsError> {
    let before = store::get_settings(tx, caller.tenant).await?;
    let change = SettingsChange { notification_language: Some(language), ..SettingsChange::default() };
    let after = change.apply(&before).map_err(|error| match error {
        SettingsError::Invalid(_, problem) => SettingsError::Invalid("preferredLanguage", problem),
        error => error,
    })?;
    if after.notification_language == before.notification_language {
        return Ok(None);
    }
    if !store::update_settings(tx, caller.tenant, &after).await? {
        return Err(SettingsError::Changed);
    }
    Ok(Some((before.notification_language, after.notification_language)))
}

impl OrganizationChange {
    fn apply(self, before: &Tenant) -> Result<Tenant, SettingsError> {
        let mut after = before.clone();
        if let Some(address) = self.privacy_statement_url {
            after.privacy_statement_url = public_page("statementUrl", address)?;
        }
        if let Some(address) = self.help_url {
            after.help_url = public_page("helpUrl", address)?;
        }
        if let Some(address) = self.contact_email {
            let address = address.map(|address| address.trim().to_owned()).filter(|address| !address.is_empty());
            after.contact_email = address.map(|address| mail("contactEmail", &address)).transpose()?;
        }
        if let Some(addresses) = self.technical_mails {
            const NAME: &str = "technicalNotificationMails";
            if addresses.len() > MAILS {
                return Err(SettingsError::Invalid(NAME, format!("there are at most {MAILS}")));
            }
            let mails = addresses.iter().map(|address| mail(NAME, address)).collect::<Result<Vec<_>, _>>()?;
            after.technical_notification_mails = Json(mails);
        }
        for (property, entry) in self.profile {
            after.profile.set(property, entry)?;
        }
        Ok(after)
    }
}

/// A mail address as it is written.
pub(super) fn mail(property: &'static str, address: &str) -> Result<String, SettingsError> {
    let read = Address::parse(address, true);
    let refused = |error: AddressError| SettingsError::Invalid(property, format!("'{address}': {error}"));
    read.map(|address| address.as_str().to_owned()).map_err(refused)
}

/// An address that guests are sent to from pages and mails: https, so that nobody on the way changes what they read.
fn public_page(property: &'static str, address: Option<String>) -> Result<Option<String>, SettingsError> {
    let Some(address) = address.map(|address| address.trim().to_owned()).filter(|address| !address.is_empty()) else {
        return Ok(None);
    };
    let refused = |problem: &str| Err(SettingsError::Invalid(property, problem.to_owned()));
    if address.len() > ADDRESS_LIMIT {
        return refused("it is longer than 2048 characters");
    }
    match Url::parse(&address) {
        Ok(url) if url.scheme() != "https" => refused("it must begin with https://"),
        Ok(url) if !url.username().is_empty() || url.password().is_some() => refused("it must hold no user name"),
        Ok(url) => Ok(Some(url.into())),
        Err(_) => refused("it is no address such as https://www.contoso.example/privacy"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guests_are_led_to_https_pages_only() {
        let read = |address: &str| public_page("helpUrl", Some(address.to_owned()));
        let address = "https://www.contoso.example/privacy?x=1";
        assert_eq!(read(&format!(" {address} ")).expect("an address").as_deref(), Some(address));
        assert_eq!(read("https://CONTOSO.example").expect("an address").as_deref(), Some("https://contoso.example/"));
        assert_eq!(read(" ").expect("none"), None);
        for bad in [
            "http://contoso.example/privacy",
            "javascript:alert(1)",
            "data:text/html,x",
            "mailto:privacy@contoso.example",
            "www.contoso.example/privacy",
            "//contoso.example/privacy",
            "https://",
            "https://user@contoso.example/",
            "https://contoso.example:443@evil.example/",
            &format!("https://contoso.example/{}", "x".repeat(ADDRESS_LIMIT)),
        ] {
            assert!(matches!(read(bad), Err(SettingsError::Invalid("helpUrl", _))), "{bad}");
        }
    }
}
