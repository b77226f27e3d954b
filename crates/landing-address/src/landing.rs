//! What a tenant allows, and whether an address is within it.

use crate::reading::read;
use url::Url;

/// What Microsoft's documentation tells inviters to give for "wherever my apps are".
const MICROSOFT_MY_APPS: &str = "myapps.microsoft.com";

/// What the tenant allows. `Id` is what its apps are known by.
#[derive(Debug, Clone)]
pub struct Ground<Id> {
    /// Whether addresses the tenant does not know are admitted, with a page before them that names the host.
    pub admits_foreign: bool,
    /// The domains the tenant has proved.
    pub domains: Vec<String>,
    /// The apps of the tenant.
    pub apps: Vec<AppAddresses<Id>>,
    /// Our own origin, where the portals of every tenant are.
    pub portal: String,
    /// The id of the tenant, which stands for a domain in the paths of our own pages.
    pub tenant: String,
    /// My Apps of this tenant.
    pub my_apps: String,
    /// Origins the tenant has listed.
    pub extra: Vec<String>,
}

/// Where an app of the tenant lives.
#[derive(Debug, Clone)]
pub struct AppAddresses<Id> {
    /// Its object id.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// Where people start.
    pub home_page: Option<String>,
    /// The origins of its redirect, home-page and logout addresses.
    pub origins: Vec<String>,
}

/// An address that an invitation may lead to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Landing<Id> {
    /// My Apps of the tenant.
    MyApps,
    /// An app of the tenant.
    App {
        /// Its object id.
        id: Id,
        /// Its name.
        name: String,
        /// The address.
        url: Url,
    },
    /// Another address of the tenant.
    Own(Url),
    /// Somewhere else, which the tenant admits: a page that names the host stands before it.
    Foreign(Url),
}

/// Why an address is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LandingError {
    /// No address, or one that browsers read differently.
    #[error(
        "it must be an absolute URL without white space, backslashes, user names, characters outside ASCII or a wildcard in \
         its host"
    )]
    Form,
    /// Not https.
    #[error("it must begin with https:// (http:// only for localhost, 127.0.0.1 and [::1])")]
    Scheme,
    /// Somewhere the tenant does not know.
    #[error(
        "it leads to none of the organization's apps, portals or verified domains, and to no address on its list of \
         landing addresses"
    )]
    Unknown,
}

/// Checks an address against what the tenant allows.
pub fn check<Id: Clone>(text: &str, ground: &Ground<Id>) -> Result<Landing<Id>, LandingError> {
    let url = read(text)?;
    let origin = url.origin().ascii_serialization();
    let host = url.host_str().unwrap_or_default();
    if host == MICROSOFT_MY_APPS && url.scheme() == "https" && url.port().is_none() {
        return Ok(Landing::MyApps);
    }
    // Before the apps, domains and listed origins: none of them may open the rest of our own origin.
    if origin == ground.portal {
        return at_home(url, ground);
    }
    if let Some(app) = app_at(text, &origin, &ground.apps) {
        return Ok(Landing::App { id: app.id.clone(), name: app.name.clone(), url });
    }
    let is_own = ground.extra.contains(&origin) || (url.scheme() == "https" && is_below(host, &ground.domains));
    if is_own {
        return Ok(Landing::Own(url));
    }
    if ground.admits_foreign { Ok(Landing::Foreign(url)) } else { Err(LandingError::Unknown) }
}

impl<Id> Landing<Id> {
    /// Where the browser is sent.
    pub fn address(&self, ground: &Ground<Id>) -> String {
        match self {
            Self::MyApps => ground.my_apps.clone(),
            Self::App { url, .. } | Self::Own(url) | Self::Foreign(url) => url.to_string(),
        }
    }

    /// The host people see at the end.
    pub fn host(&self, ground: &Ground<Id>) -> String {
        let url = match self {
            Self::MyApps => return ground.portal.split("//").last().unwrap_or_default().to_owned(),
            Self::App { url, .. } | Self::Own(url) | Self::Foreign(url) => url,
        };
        let host = url.host_str().unwrap_or_default();
        url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }
}

/// An address at our own origin. Only the portal and My Apps of the tenant are places to land on: behind the other paths
/// stand redirects (authorize, sign-out), links that do something, and the pages of other tenants.
fn at_home<Id>(url: Url, ground: &Ground<Id>) -> Result<Landing<Id>, LandingError> {
    let mut segments = url.path().split('/').skip(1);
    let (page, tenant) = (segments.next().unwrap_or_default(), segments.next().unwrap_or_default());
    let is_ours = tenant.eq_ignore_ascii_case(&ground.tenant) || ground.domains.iter().any(|domain| domain == tenant);
    match page {
        "myapps" if is_ours => Ok(Landing::MyApps),
        "portal" if is_ours => Ok(Landing::Own(url)),
        _ => Err(LandingError::Unknown),
    }
}

/// The app with this home page, or else the first one with this origin.
fn app_at<'a, Id>(text: &str, origin: &str, apps: &'a [AppAddresses<Id>]) -> Option<&'a AppAddresses<Id>> {
    let by_home_page = apps.iter().find(|app| app.home_page.as_deref() == Some(text));
    by_home_page.or_else(|| apps.iter().find(|app| app.origins.iter().any(|known| known == origin)))
}

fn is_below(host: &str, domains: &[String]) -> bool {
    domains.iter().any(|domain| host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.')))
}
