//! What a registration says of its app that decides nothing here: tags, notes, addresses of pages, add-ins (Graph: application).
//! Programs write it and read it back.

use super::changes::set;
use super::error::{Invalid, check_text};
use serde::{Deserialize, Serialize};
use url::Url;
use uuid::Uuid;

/// Tags of one app at most.
const TAGS: usize = 100;

/// Longest notes, in characters (Graph: servicePrincipal, notes).
pub(super) const NOTES: usize = 1024;

/// Longest address, in characters.
const ADDRESS: usize = 2048;

/// Add-ins of one app at most, and entries of each.
const ADD_INS: usize = 20;
const ENTRIES: usize = 50;

/// The details of a registration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Details {
    /// `tags`: they are shown with the app wherever it is used, and it is found by them.
    pub tags: Vec<String>,
    /// `notes`: for those who look after the registration.
    pub notes: Option<String>,
    /// `info`: pages about the app.
    pub info: InformationalUrls,
    /// `serviceManagementReference`: what the app is called where services are managed.
    pub service_management_reference: Option<String>,
    /// `addIns`: what services that know the app may do with it; there are none here.
    pub add_ins: Vec<AddIn>,
    /// `isDeviceOnlyAuthSupported`: devices do not sign in here.
    pub is_device_only_auth_supported: Option<bool>,
    /// `oauth2RequirePostResponse`: an app says in its request how it is answered.
    pub oauth2_require_post_response: bool,
    /// What changes with its logo, where it has one. The picture itself stands in a table of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo: Option<String>,
}

impl Details {
    /// What is shown wherever the app is used. Notes stay with the registration.
    #[must_use]
    pub fn shown(&self) -> Self {
        let (tags, info, add_ins) = (self.tags.clone(), self.info.clone(), self.add_ins.clone());
        Self { tags, info, add_ins, logo: self.logo.clone(), ..Self::default() }
    }
}

/// Pages about an app (Graph: informationalUrl).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct InformationalUrls {
    /// `marketingUrl`
    pub marketing_url: Option<String>,
    /// `privacyStatementUrl`
    pub privacy_statement_url: Option<String>,
    /// `supportUrl`
    pub support_url: Option<String>,
    /// `termsOfServiceUrl`
    pub terms_of_service_url: Option<String>,
}

/// What a service that knows the app may do with it (Graph: addIn).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AddIn {
    /// `id`
    #[serde(default)]
    pub id: Option<Uuid>,
    /// `type`: the name of what it does.
    #[serde(rename = "type")]
    pub kind: String,
    /// `properties`: what the service has to know for that.
    #[serde(default)]
    pub properties: Vec<KeyValue>,
}

/// An entry of an add-in (Graph: keyValue).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KeyValue {
    /// `key`
    #[serde(default)]
    pub key: Option<String>,
    /// `value`
    #[serde(default)]
    pub value: Option<String>,
}

/// New details; `None` leaves a property as it is.
#[derive(Debug, Clone, Default)]
pub struct DetailsChange {
    /// `tags`
    pub tags: Option<Vec<String>>,
    /// `notes`
    pub notes: Option<Option<String>>,
    /// `info.marketingUrl`
    pub marketing_url: Option<Option<String>>,
    /// `info.privacyStatementUrl`
    pub privacy_statement_url: Option<Option<String>>,
    /// `info.supportUrl`
    pub support_url: Option<Option<String>>,
    /// `info.termsOfServiceUrl`
    pub terms_of_service_url: Option<Option<String>>,
    /// `serviceManagementReference`
    pub service_management_reference: Option<Option<String>>,
    /// `addIns`
    pub add_ins: Option<Vec<AddIn>>,
    /// `isDeviceOnlyAuthSupported`
    pub is_device_only_auth_supported: Option<Option<bool>>,
    /// `oauth2RequirePostResponse`
    pub oauth2_require_post_response: Option<bool>,
    /// `info.logoUrl` as it was sent: it follows from the logo and may be sent back, but not changed.
    pub logo_url: Option<String>,
}

impl DetailsChange {
    pub(super) fn apply(self, details: &mut Details) {
        set(&mut details.tags, self.tags);
        set(&mut details.notes, self.notes);
        set(&mut details.info.marketing_url, self.marketing_url);
        set(&mut details.info.privacy_statement_url, self.privacy_statement_url);
        set(&mut details.info.support_url, self.support_url);
        set(&mut details.info.terms_of_service_url, self.terms_of_service_url);
        set(&mut details.service_management_reference, self.service_management_reference);
        set(&mut details.add_ins, self.add_ins);
        set(&mut details.is_device_only_auth_supported, self.is_device_only_auth_supported);
        set(&mut details.oauth2_require_post_response, self.oauth2_require_post_response);
    }
}

pub(super) fn check(details: &Details) -> Result<(), Invalid> {
    check_tags(&details.tags)?;
    check_length("notes", details.notes.as_deref(), NOTES)?;
    check_address("info.marketingUrl", details.info.marketing_url.as_deref())?;
    check_address("info.privacyStatementUrl", details.info.privacy_statement_url.as_deref())?;
    check_address("info.supportUrl", details.info.support_url.as_deref())?;
    check_address("info.termsOfServiceUrl", details.info.terms_of_service_url.as_deref())?;
    if let Some(reference) = &details.service_management_reference {
        check_text("serviceManagementReference", reference)?;
    }
    check_add_ins(&details.add_ins)
}

/// Refuses tags that are no texts by which an app can be found.
pub(super) fn check_tags(tags: &[String]) -> Result<(), Invalid> {
    const PROPERTY: &str = "tags";
    if tags.len() > TAGS {
        return Err(Invalid { property: PROPERTY, problem: format!("there are at most {TAGS}") });
    }
    tags.iter().try_for_each(|tag| check_text(PROPERTY, tag))
}

pub(super) fn check_length(property: &'static str, text: Option<&str>, limit: usize) -> Result<(), Invalid> {
    if text.unwrap_or_default().chars().count() > limit {
        return Err(Invalid { property, problem: format!("it is longer than {limit} characters") });
    }
    Ok(())
}

/// A page that others may show beside the app: nothing that a browser would run.
fn check_address(property: &'static str, address: Option<&str>) -> Result<(), Invalid> {
    let Some(address) = address else { return Ok(()) };
    check_length(property, Some(address), ADDRESS)?;
    let is_page =
        |url: &Url| matches!(url.scheme(), "https" | "http") && url.username().is_empty() && url.password().is_none();
    match Url::parse(address) {
        Ok(url) if is_page(&url) => Ok(()),
        _ => {
            let problem = format!("'{address}' is no address such as https://www.contoso.example/terms");
            Err(Invalid { property, problem })
        }
    }
}

fn check_add_ins(add_ins: &[AddIn]) -> Result<(), Invalid> {
    const PROPERTY: &str = "addIns";
    if add_ins.len() > ADD_INS || add_ins.iter().any(|add_in| add_in.properties.len() > ENTRIES) {
        let problem = format!("there are at most {ADD_INS} with {ENTRIES} properties each");
        return Err(Invalid { property: PROPERTY, problem });
    }
    for add_in in add_ins {
        check_text(PROPERTY, &add_in.kind)?;
        for text in add_in.properties.iter().flat_map(|entry| [&entry.key, &entry.value]) {
            check_length(PROPERTY, text.as_deref(), ADDRESS)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_those_that_a_browser_shows() {
        let is_taken = |address: &str| check_address("info.supportUrl", Some(address)).is_ok();
        assert!(is_taken("https://www.contoso.example/help#top") && is_taken("http://contoso.example"));
        for bad in ["javascript:alert(1)", "data:text/html,x", "contoso.example/help", "https://a@contoso.example", ""]
        {
            assert!(!is_taken(bad), "{bad}");
        }
        assert!(!is_taken(&format!("https://contoso.example/{}", "x".repeat(ADDRESS))));
    }

    #[test]
    fn notes_stay_with_the_registration() {
        let (notes, tags) = (Some("call Anna".to_owned()), vec!["HideApp".to_owned()]);
        let reference = Some("CMDB 7".to_owned());
        let details = Details { notes, tags, service_management_reference: reference, ..Details::default() };
        let shown = details.shown();
        assert_eq!((shown.notes, shown.service_management_reference), (None, None));
        assert_eq!(shown.tags, details.tags);
    }

    #[test]
    fn what_is_too_much_is_refused_by_name() {
        let refused = |details: &Details| check(details).expect_err("it is too much").property;
        let tags = |tags: Vec<String>| Details { tags, ..Details::default() };
        assert_eq!(refused(&tags(vec!["x".to_owned(); TAGS + 1])), "tags");
        assert_eq!(refused(&tags(vec!["x".repeat(257)])), "tags");
        assert_eq!(refused(&tags(vec![String::new()])), "tags");
        assert_eq!(refused(&Details { notes: Some("x".repeat(NOTES + 1)), ..Details::default() }), "notes");
        let add_in = AddIn { id: None, kind: "FileHandler".to_owned(), properties: Vec::new() };
        assert_eq!(refused(&Details { add_ins: vec![add_in; ADD_INS + 1], ..Details::default() }), "addIns");
    }
}
