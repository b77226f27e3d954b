//! What an organisation says about itself to guests: where its privacy statement stands, and where it helps.

use super::{SettingsError, Tenant, store};
use crate::Server;
use crate::audit::{self, Activity, Outcome, Target};
use crate::graph::{Caller, Permission};
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

/// What is to be changed; `None` leaves it as it is, `Some(None)` takes it away.
#[derive(Debug, Clone, Default)]
pub struct OrganizationChange {
    /// Where the privacy statement stands (Graph: privacyProfile.statementUrl).
    pub privacy_statement_url: Option<Option<String>>,
    /// Where guests find help.
    pub help_url: Option<Option<String>>,
    /// The version that the organisation must still have; `None` changes it as it is.
    pub of_version: Option<i64>,
}

/// The caller's organisation. Everything of it that is shown stands on pages for guests too.
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
    let after = change.apply(&before)?;
    let changed = [
        ("PrivacyStatementUrl", &before.privacy_statement_url, &after.privacy_statement_url),
        ("HelpUrl", &before.help_url, &after.help_url),
    ];
    let target = changed
        .into_iter()
        .filter(|(_, old, new)| old != new)
        .fold(Target::new("Directory", before.id.0, before.name.clone()), |target, (name, old, new)| {
            target.change(name, old.clone(), new.clone())
        });
    if target.changes.is_empty() {
        return Ok(());
    }
    if !store::update(&mut tx, &after).await? {
        return Err(SettingsError::Changed);
    }
    audit::record(&mut tx, server, caller, Activity::UpdateOrganization, &Outcome::Success, &target, &[]).await?;
    Ok(tx.commit().await?)
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
        Ok(after)
    }
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
