//! Every rule by addresses, and whole addresses, one per file; the fuzz target starts from the same files.

use landing_address::{AppAddresses, Ground, Landing, LandingError, check};
use std::fs;
use std::path::Path;

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

/// What each file of a folder says, with its name.
fn addresses(folder: &str) -> Vec<(String, String)> {
    let folder = Path::new("tests/corpus").join(folder);
    let addresses: Vec<(String, String)> = fs::read_dir(folder)
        .expect("the corpus folder")
        .map(|entry| entry.expect("a corpus file").path())
        .map(|file| (file.display().to_string(), fs::read_to_string(&file).expect("readable text")))
        .collect();
    assert!(addresses.len() > 10, "the corpus is there");
    addresses
}

/// Security check I10: an invitation leads to where the tenant is, whatever spelling is tried.
#[test]
fn i10_only_addresses_of_the_tenant_are_accepted() {
    let (known, any) = (ground(false), ground(true));
    for (file, address) in addresses("accepted") {
        let landing = check(&address, &known).unwrap_or_else(|error| panic!("{file}: {error}"));
        assert_eq!(check(&address, &any).as_ref(), Ok(&landing), "{file}: the wide rule says the same of it");
        assert_eq!(check(&landing.address(&known), &known), Ok(landing), "{file}: accepted again as it prints");
    }
    for (file, address) in addresses("refused") {
        assert!(check(&address, &known).is_err(), "{file}");
    }
}

/// Security check I10: our own origin is no way around the rule, whatever the tenant has listed or registered there.
#[test]
fn i10_at_our_own_origin_only_the_portal_and_my_apps_of_the_tenant_are_places_to_land_on() {
    let mut ground = ground(true);
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
fn a_listed_origin_has_its_port_and_an_app_its_scheme() {
    let ground = ground(false);
    for address in ["https://wiki.test", "http://localhost:5002/", "ftp://contoso.example"] {
        assert!(check(address, &ground).is_err(), "{address}");
    }
}

#[test]
fn where_foreign_addresses_are_admitted_they_are_marked() {
    let ground = ground(true);
    assert!(matches!(check("https://evil.test/x", &ground), Ok(Landing::Foreign(_))));
    assert!(matches!(check("https://contoso.example", &ground), Ok(Landing::Own(_))));
    for address in ["javascript:alert(1)", "http://evil.test", "https://a@evil.test", "//evil.test"] {
        assert!(check(address, &ground).is_err(), "{address}");
    }
}

#[test]
fn an_app_and_my_apps_are_known_by_their_addresses() {
    let ground = ground(false);
    let landing = check("https://expenses.test/x", &ground).expect("an app");
    assert!(matches!(&landing, Landing::App { id: 1, name, .. } if name == "Expenses"));
    assert_eq!(
        (landing.address(&ground), landing.host(&ground)),
        ("https://expenses.test/x".to_owned(), "expenses.test".to_owned())
    );
    let landing = check("https://myapps.microsoft.com/", &ground).expect("My Apps");
    assert_eq!(landing.address(&ground), "https://id.contoso.test/myapps/contoso.example");
    assert_eq!(landing.host(&ground), "id.contoso.test");
}
