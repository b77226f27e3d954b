//! axe on the pages that the straight way does not pass: the whole portal, refusals, mistakes, detours.

use std::collections::{BTreeSet, VecDeque};

use e2e::accessibility::accept_page;
use e2e::browser::{Browser, Options as BrowserOptions};
use e2e::demo::{Demo, Options};
use e2e::journey::{Guest, Scrutiny, invite};
use e2e::{Outcome, hooks};

const ADA: Guest = Guest { address: "ada@northwind.example", name: "Ada Northwind" };

#[tokio::test]
async fn axe_finds_nothing_on_any_page_of_the_portal() -> Outcome {
    const MOST: usize = 77;
    const SECTIONS: [&str; 12] = [
        "users",
        "invitations",
        "groups",
        "apps",
        "subscriptions",
        "sign-ins",
        "changes",
        "reads",
        "mail",
        "jobs",
        "health",
        "settings",
    ];
    let demo = Demo::start(&Options::default()).await?;
    let contoso = demo.contoso()?;
    // The portal's own links carry the domain, whichever name one came in by.
    let start = hooks::portal(&demo.contract.base_url, &contoso.domain);
    let browser = Browser::start(&BrowserOptions::default()).await?;
    invite(&demo, contoso, &browser, &ADA, Scrutiny::None).await?;

    let mut seen = BTreeSet::from([start.clone()]);
    let mut waiting = VecDeque::from([start.clone()]);
    let mut complaints = Vec::new();
    while let Some(url) = waiting.pop_front() {
        browser.open(&url).await?;
        let name = format!("portal{}", url[start.len()..].replace(['/', '?', '&', '='], "-"));
        if let Err(error) = accept_page(&browser, &name).await {
            complaints.push(format!("{url}: {error}"));
        }
        for link in links(&browser).await? {
            let inside = link.starts_with(&start) && !link.contains('?');
            if inside && !is_one_of_many(&link, &seen) && seen.len() < MOST && seen.insert(link.clone()) {
                waiting.push_back(link);
            }
        }
    }
    browser.open(&format!("{start}/nowhere")).await?;
    if let Err(error) = accept_page(&browser, "portal-nowhere").await {
        complaints.push(format!("nowhere: {error}"));
    }
    browser.quit().await?;
    println!("{} pages", seen.len());
    for section in SECTIONS {
        assert!(seen.contains(&format!("{start}/{section}")), "nothing leads to {section}: {seen:?}");
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    Ok(())
}

/// Rows of the logs are many and their pages alike, and so are those of every app: two of each kind are enough.
fn is_one_of_many(link: &str, seen: &BTreeSet<String>) -> bool {
    let is_full = |kind: &str| link.contains(kind) && seen.iter().filter(|other| other.contains(kind)).count() >= 2;
    let has_lifetime = |link: &str| link.ends_with("/token-lifetime");
    has_lifetime(link) && seen.iter().filter(|other| has_lifetime(other)).count() >= 2
        || ["/sign-ins/", "/changes/", "/requests/", "/federated", "/extensions", "/notes"].into_iter().any(is_full)
}

#[tokio::test]
async fn axe_finds_nothing_where_no_organisation_is_known() -> Outcome {
    let demo = Demo::start(&Options::default()).await?;
    let base_url = &demo.contract.base_url;
    let contoso = demo.contoso()?;
    let browser = Browser::start(&BrowserOptions::default()).await?;
    for (name, url) in [
        ("beginning", format!("{base_url}/")),
        ("style", hooks::style(base_url)),
        ("nowhere", format!("{base_url}/nowhere/at/all")),
        ("unknown-app", format!("{base_url}/{}/oauth2/v2.0/authorize?client_id=unknown", contoso.id)),
    ] {
        browser.open(&url).await?;
        accept_page(&browser, name).await?;
    }
    browser.quit().await
}

#[tokio::test]
async fn mistakes_are_told_in_accessible_forms() -> Outcome {
    let demo = Demo::start(&Options::default()).await?;
    let base_url = &demo.contract.base_url;
    let contoso = demo.contoso()?;
    let browser = Browser::start(&BrowserOptions::default()).await?;
    browser.open(&hooks::portal(base_url, &contoso.id)).await?;
    browser.fill(hooks::ADDRESS, &contoso.administrator.upn).await?;
    browser.submit(hooks::SUBMIT).await?;
    browser.fill(hooks::PASSWORD_FIELD, "not the password").await?;
    browser.submit(hooks::SUBMIT).await?;
    browser.find(hooks::FIELD_ERROR).await?;
    accept_page(&browser, "password-wrong").await?;
    browser.fill(hooks::PASSWORD_FIELD, &contoso.administrator.password).await?;
    browser.submit(hooks::SUBMIT).await?;

    browser.open(&hooks::new_invitation(base_url, &contoso.id)).await?;
    browser.fill(hooks::INVITE_EMAIL, "nobody@").await?;
    browser.submit(hooks::SUBMIT).await?;
    browser.find(hooks::FIELD_ERROR).await?;
    accept_page(&browser, "invite-wrong").await?;
    browser.quit().await
}

#[tokio::test]
async fn axe_finds_nothing_beside_the_guests_way() -> Outcome {
    let demo = Demo::start(&Options::default()).await?;
    let base_url = &demo.contract.base_url;
    let contoso = demo.contoso()?;
    let inbox = demo.inbox()?;
    let administrator = Browser::start(&BrowserOptions::default()).await?;
    invite(&demo, contoso, &administrator, &ADA, Scrutiny::None).await?;
    administrator.quit().await?;
    let mail = inbox.wait_for(ADA.address, "an invitation", |mail| mail.link(base_url).is_ok()).await?;

    for language in ["en", "de", "ar"] {
        let browser = Browser::start(&BrowserOptions { language, ..BrowserOptions::default() }).await?;
        browser.open(&mail.link(base_url)?).await?;
        let here = browser.url().await?;
        for aside in ["cancel", "other-address"] {
            browser.open(&format!("{here}/{aside}")).await?;
            accept_page(&browser, aside).await?;
        }
        browser.open(&here).await?;
        browser.submit(hooks::SUBMIT).await?;
        browser.fill(hooks::CODE, "00000000").await?;
        browser.submit(hooks::SUBMIT).await?;
        browser.find(hooks::FIELD_ERROR).await?;
        accept_page(&browser, "code-wrong").await?;
        browser.quit().await?;
    }
    Ok(())
}

/// The property is the resolved address, where the attribute may be relative.
const ADDRESSES: &str = "return [...document.querySelectorAll(arguments[0])].map((link) => link.href);";

async fn links(browser: &Browser) -> Outcome<Vec<String>> {
    let links: Vec<String> = browser.driver.execute(ADDRESSES, vec![hooks::LINKS.into()]).await?.convert()?;
    Ok(links.iter().map(|link| link.split('#').next().unwrap_or_default().to_owned()).collect())
}
