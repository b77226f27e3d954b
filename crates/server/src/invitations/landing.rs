//! Where an invitation may lead (`inviteRedirectUrl`). A pure rule, used when the invitation is made and again when it is
//! accepted: what was allowed then may be forbidden now.

use crate::config::is_loopback;
use crate::platform::ids::ApplicationId;
use crate::tenants::LandingAddresses;
use url::Url;

/// The longest address, in bytes.
const LONGEST: usize = 2048;
/// What Microsoft's documentation tells inviters to give for "wherever my apps are".
const MICROSOFT_MY_APPS: &str = "myapps.microsoft.com";

/// What the tenant allows.
#[derive(Debug, Clone)]
pub struct Ground {
    /// Whether foreign addresses are admitted.
    pub rule: LandingAddresses,
    /// The domains the tenant has proved.
    pub domains: Vec<String>,
    /// The apps of the tenant.
    pub apps: Vec<AppAddresses>,
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
pub struct AppAddresses {
    /// Its object id.
    pub id: ApplicationId,
    /// Its name.
    pub name: String,
    /// Where people start.
    pub home_page: Option<String>,
    /// The origins of its redirect, home-page and logout addresses.
    pub origins: Vec<String>,
}

/// An address that an invitation may lead to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Landing {
    /// My Apps of the tenant.
    MyApps,
    /// An app of the tenant.
    App {
        /// Its object id.
        id: ApplicationId,
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
pub fn check(text: &str, ground: &Ground) -> Result<Landing, LandingError> {
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
        return Ok(Landing::App { id: app.id, name: app.name.clone(), url });
    }
    let is_own = ground.extra.contains(&origin) || (url.scheme() == "https" && is_below(host, &ground.domains));
    match ground.rule {
        _ if is_own => Ok(Landing::Own(url)),
        LandingAddresses::Any => Ok(Landing::Foreign(url)),
        LandingAddresses::Known => Err(LandingError::Unknown),
    }
}

impl Landing {
    /// Where the browser is sent.
    pub fn address(&self, ground: &Ground) -> String {
        match self {
            Self::MyApps => ground.my_apps.clone(),
            Self::App { url, .. } | Self::Own(url) | Self::Foreign(url) => url.to_string(),
        }
    }

    /// The host people see at the end.
    pub fn host(&self, ground: &Ground) -> String {
        let url = match self {
            Self::MyApps => return ground.portal.split("//").last().unwrap_or_default().to_owned(),
            Self::App { url, .. } | Self::Own(url) | Self::Foreign(url) => url,
        };
        let host = url.host_str().unwrap_or_default();
        url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }
}

/// Reads an address as strictly as its most trusting reader: nothing in it may mean another host elsewhere.
fn read(text: &str) -> Result<Url, LandingError> {
    if text.len() > LONGEST || text.bytes().any(|byte| !byte.is_ascii_graphic() || byte == b'\\') {
        return Err(LandingError::Form);
    }
    let (scheme, rest) = text.split_once("://").ok_or(LandingError::Form)?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.is_empty() || authority.contains(['@', '%', '*']) {
        return Err(LandingError::Form);
    }
    let url = Url::parse(text).map_err(|_| LandingError::Form)?;
    let is_allowed = scheme.eq_ignore_ascii_case("https") || (scheme.eq_ignore_ascii_case("http") && is_loopback(&url));
    if is_allowed { Ok(url) } else { Err(LandingError::Scheme) }
}

/// An address at our own origin. Only the portal and My Apps of the tenant are places to land on: behind the other paths
/// stand redirects (authorize, sign-out), links that do something, and the pages of other tenants.
fn at_home(url: Url, ground: &Ground) -> Result<Landing, LandingError> {
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
fn app_at<'a>(text: &str, origin: &str, apps: &'a [AppAddresses]) -> Option<&'a AppAddresses> {
    let by_home_page = apps.iter().find(|app| app.home_page.as_deref() == Some(text));
    by_home_page.or_else(|| apps.iter().find(|app| app.origins.iter().any(|known| known == origin)))
}

fn is_below(host: &str, domains: &[String]) -> bool {
    domains.iter().any(|domain| host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ground(rule: LandingAddresses) -> Ground {
        Ground {
            rule,
            domains: vec!["contoso.example".to_owned()],
            apps: vec![AppAddresses {
                id: ApplicationId(uuid::Uuid::from_u128(1)),
                name: "Expenses".to_owned(),
                home_page: Some("https://expenses.test/".to_owned()),
                origins: vec!["https://expenses.test".to_owned(), "http://localhost:5001".to_owned()],
            }],
            portal: "https://id.contoso.test".to_owned(),
            tenant: "6f1c1b52-5f0e-4f7d-9d43-0d5f8a6b7c11".to_owned(),
            my_apps: "https://id.contoso.test/myapps/contoso.example".to_owned(),
            extra: vec!["https://wiki.test:8443".to_owned()],
        }
    }

    /// Security check I10: an invitation leads to where the tenant is, whatever spelling is tried.
    #[test]
    fn i10_only_addresses_of_the_tenant_are_accepted() {
        let ground = ground(LandingAddresses::Known);
        for address in [
            "https://expenses.test/reports?year=2026#top",
            "http://localhost:5001/",
            "https://contoso.example",
            "https://deep.below.contoso.example/x",
            "HTTPS://Contoso.Example/x",
            "https://wiki.test:8443/start",
            "https://id.contoso.test/portal/contoso.example",
            "https://myapps.microsoft.com",
            "https://myapps.microsoft.com/?tenantid=1",
        ] {
            assert!(check(address, &ground).is_ok(), "{address}");
        }
        for address in [
            "https://evil.test",
            "//evil.test",
            "/\\evil.test",
            "https:evil.test",
            "https:///evil.test",
            "https://contoso.example@evil.test",
            "https://@contoso.example",
            "https://contoso.example:x@evil.test/",
            "javascript:alert(1)",
            "data:text/html,x",
            "https://contoso.example.evil.test",
            "https://evilcontoso.example",
            "https://contoso.example.",
            "https://con\ttoso.example",
            "https://contoso.example\n",
            " https://contoso.example",
            "https://contoso\u{3002}example",
            "https://evil\u{ff0e}test",
            "https://contoso.example\\@evil.test",
            "https://%63ontoso.example",
            "https://*.contoso.example",
            "http://contoso.example",
            "http://expenses.test",
            "https://expenses.test:444",
            "http://localhost:5002/",
            "https://wiki.test",
            "ftp://contoso.example",
            "",
            &format!("https://contoso.example/{}", "x".repeat(2048)),
        ] {
            assert!(check(address, &ground).is_err(), "{address}");
        }
    }

    /// Security check I10: our own origin is no way around the rule, whatever the tenant has listed or registered there.
    #[test]
    fn i10_at_our_own_origin_only_the_portal_and_my_apps_of_the_tenant_are_places_to_land_on() {
        let mut ground = ground(LandingAddresses::Any);
        ground.apps[0].origins.push(ground.portal.clone());
        ground.apps[0].home_page = Some("https://id.contoso.test/demo/expenses".to_owned());
        ground.extra.push(ground.portal.clone());
        ground.domains.push("contoso.test".to_owned());
        for path in [
            "/portal/contoso.example",
            "/portal/contoso.example/users?after=x",
            "/portal/6F1C1B52-5f0e-4f7d-9d43-0d5f8a6b7c11/invitations",
        ] {
            let landing = check(&format!("https://id.contoso.test{path}"), &ground);
            assert!(matches!(landing, Ok(Landing::Own(_))), "{path}");
        }
        for path in ["/myapps/contoso.example", "/myapps/6f1c1b52-5f0e-4f7d-9d43-0d5f8a6b7c11/"] {
            assert_eq!(check(&format!("https://id.contoso.test{path}"), &ground), Ok(Landing::MyApps), "{path}");
        }
        for path in [
            "",
            "/",
            "/portal",
            "/portal/",
            "/portal//contoso.example",
            "/portal/fabrikam.example",
            "/portal/contoso.example.evil.test",
            "/portal/contoso.example/../fabrikam.example",
            "/portal/contoso.example/%2e%2e/%2e%2e/contoso.example/oauth2/v2.0/authorize",
            "/portal/%63ontoso.example",
            "/Portal/contoso.example",
            "/myapps",
            "/myappsx/contoso.example",
            "/myapps/fabrikam.example",
            "/contoso.example/oauth2/v2.0/authorize?redirect_uri=https%3A%2F%2Fevil.test",
            "/contoso.example/oauth2/v2.0/logout?post_logout_redirect_uri=https%3A%2F%2Fevil.test",
            "/contoso.example/redeem?ticket=vsi_x",
            "/contoso.example/sign-out",
            "/common/oauth2/v2.0/authorize",
            "/demo/expenses",
        ] {
            let address = format!("https://id.contoso.test{path}");
            assert_eq!(check(&address, &ground), Err(LandingError::Unknown), "{path}");
        }
    }

    #[test]
    fn under_any_a_foreign_address_is_admitted_and_marked() {
        let ground = ground(LandingAddresses::Any);
        assert!(matches!(check("https://evil.test/x", &ground), Ok(Landing::Foreign(_))));
        assert!(matches!(check("https://contoso.example", &ground), Ok(Landing::Own(_))));
        for address in ["javascript:alert(1)", "http://evil.test", "https://a@evil.test", "//evil.test"] {
            assert!(check(address, &ground).is_err(), "{address}");
        }
    }

    #[test]
    fn an_app_and_my_apps_are_known_by_their_addresses() {
        let ground = ground(LandingAddresses::Known);
        let landing = check("https://expenses.test/x", &ground).expect("an app");
        assert!(matches!(&landing, Landing::App { name, .. } if name == "Expenses"));
        assert_eq!(
            (landing.address(&ground), landing.host(&ground)),
            ("https://expenses.test/x".to_owned(), "expenses.test".to_owned())
        );
        let landing = check("https://myapps.microsoft.com/", &ground).expect("My Apps");
        assert_eq!(landing.address(&ground), "https://id.contoso.test/myapps/contoso.example");
        assert_eq!(landing.host(&ground), "id.contoso.test");
    }
}
