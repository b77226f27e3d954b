//! Where an invitation leads (security check I10): no panic, and what is accepted leads to where the tenant is, as whoever
//! reads the address sees it.
#![no_main]

use landing_address::{AppAddresses, Ground, Landing, check};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use url::Url;

/// The longest address that is read.
const LONGEST: usize = 2048;

static KNOWN: LazyLock<Ground<u8>> = LazyLock::new(|| ground(false));
static ANY: LazyLock<Ground<u8>> = LazyLock::new(|| ground(true));

/// As the tests of the rule have it.
fn ground(admits_foreign: bool) -> Ground<u8> {
    Ground {
        admits_foreign,
        domains: vec!["contoso.example".to_owned()],
        apps: vec![AppAddresses {
            id: 1,
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

fuzz_target!(|text: &str| {
    let (known, any) = (check(text, &KNOWN), check(text, &ANY));
    match (&known, &any) {
        (Ok(landing), _) => {
            assert_eq!(any.as_ref(), Ok(landing), "the wide rule says the same of it");
            leads_home(text, landing);
        }
        (Err(_), Ok(Landing::Foreign(url))) => leads_away(url),
        (Err(_), Ok(landing)) => panic!("{landing:?} is the tenant's by one rule only"),
        (Err(narrow), Err(wide)) => assert_eq!(narrow, wide),
    }
});

/// One of the places of the tenant, by the host that stands in the text, and again as it prints.
fn leads_home(text: &str, landing: &Landing<u8>) {
    let address = landing.address(&KNOWN);
    let url = Url::parse(&address).expect("what is accepted is an address");
    assert!(url.username().is_empty() && url.password().is_none());
    let origin = url.origin().ascii_serialization();
    let host = url.host_str().expect("a host");
    let is_domain = host == "contoso.example" || host.ends_with(".contoso.example");
    let is_portal =
        origin == "https://id.contoso.test" && ["/portal/", "/myapps/"].iter().any(|page| url.path().starts_with(page));
    let is_known = ["https://expenses.test", "http://localhost:5001", "https://wiki.test:8443"].contains(&&*origin);
    assert!(is_portal || is_known || (is_domain && url.scheme() == "https"), "{text:?} leads to {address:?}");
    if *landing != Landing::MyApps {
        assert_eq!(written_host(text), host, "{text:?}");
    }
    if address.len() <= LONGEST {
        assert_eq!(check(&address, &KNOWN).as_ref(), Ok(landing), "{address:?}");
    }
}

/// A page that names the host stands before it; our own origin is never called foreign.
fn leads_away(url: &Url) {
    assert!(url.username().is_empty() && url.password().is_none());
    assert!(matches!(url.scheme(), "https" | "http"));
    assert_ne!(url.origin().ascii_serialization(), "https://id.contoso.test");
}

/// The host as somebody reads it who knows nothing of URLs.
fn written_host(text: &str) -> String {
    let (_, rest) = text.split_once("://").expect("an absolute address");
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit_once(':').map_or(authority, |(host, _)| host).to_ascii_lowercase()
}
