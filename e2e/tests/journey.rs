//! From the administrator's form to the guest in the app, in a real browser.

use std::collections::{BTreeSet, VecDeque};

use e2e::Outcome;
use e2e::browser::{Browser, Options as BrowserOptions};
use e2e::demo::{Demo, Options};
use e2e::journey::{Guest, Scrutiny, invite, redeem, sign_in, stands_in_app};
use e2e::{accessibility, hooks};
use thirtyfour::By;

/// The pages that a guest sees between the mail and the app, the first time: the invitation and the code.
const PAGES: usize = 2;

const ADA: Guest = Guest { address: "ada@northwind.example", name: "Ada Northwind" };

#[tokio::test]
async fn from_the_form_to_the_app_in_two_pages() -> Outcome {
    let demo = Demo::start(&Options::default()).await?;
    let contoso = demo.contoso()?;
    let inbox = demo.inbox()?;

    let administrator = Browser::start(&BrowserOptions::default()).await?;
    invite(&demo, contoso, &administrator, &ADA, Scrutiny::Full).await?;
    administrator.quit().await?;

    let guest = Browser::start(&BrowserOptions::default()).await?;
    let pages = redeem(&demo, contoso, &inbox, &guest, &ADA, Scrutiny::Full).await?;
    assert_eq!(pages, PAGES);

    // Coming back within the session shows nothing of ours.
    guest.open(&contoso.app.url).await?;
    stands_in_app(contoso, &guest, &ADA).await?;
    guest.open(&hooks::my_apps(&demo.contract.base_url, &contoso.id)).await?;
    accessibility::accept_page(&guest, "my-apps").await?;
    guest.quit().await
}

#[tokio::test]
async fn the_whole_way_without_javascript() -> Outcome {
    let demo = Demo::start(&Options::default()).await?;
    let contoso = demo.contoso()?;
    let inbox = demo.inbox()?;
    let plain = BrowserOptions { javascript: false, ..BrowserOptions::default() };

    let administrator = Browser::start(&plain).await?;
    invite(&demo, contoso, &administrator, &ADA, Scrutiny::None).await?;
    administrator.quit().await?;

    let guest = Browser::start(&plain).await?;
    let pages = redeem(&demo, contoso, &inbox, &guest, &ADA, Scrutiny::None).await?;
    assert_eq!(pages, PAGES);
    guest.quit().await
}

#[tokio::test]
async fn axe_finds_nothing_on_any_page_of_the_portal() -> Outcome {
    const MOST: usize = 60;
    let demo = Demo::start(&Options::default()).await?;
    let contoso = demo.contoso()?;
    let start = hooks::portal(&demo.contract.base_url, &contoso.id);
    let browser = Browser::start(&BrowserOptions::default()).await?;
    browser.open(&start).await?;
    sign_in(&browser, &contoso.administrator, Scrutiny::None).await?;

    let mut seen = BTreeSet::from([start.clone()]);
    let mut waiting = VecDeque::from([start.clone()]);
    let mut complaints = Vec::new();
    while let Some(url) = waiting.pop_front() {
        browser.open(&url).await?;
        let name = format!("portal{}", url[start.len()..].replace(['/', '?', '&', '='], "-"));
        if let Err(error) = accessibility::accept_page(&browser, &name).await {
            complaints.push(format!("{url}: {error}"));
        }
        for link in links(&browser).await? {
            let inside = link.starts_with(&start) && !link.contains('?');
            if inside && seen.len() < MOST && seen.insert(link.clone()) {
                waiting.push_back(link);
            }
        }
    }
    browser.quit().await?;
    println!("{} pages", seen.len());
    assert!(seen.len() > 3, "the portal leads nowhere: {seen:?}");
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    Ok(())
}

async fn links(browser: &Browser) -> Outcome<Vec<String>> {
    let mut links = Vec::new();
    for element in browser.driver.find_all(By::Css(hooks::LINKS)).await? {
        // The property is the resolved address, where the attribute may be relative.
        if let Some(link) = element.prop("href").await? {
            links.push(link.split('#').next().unwrap_or_default().to_owned());
        }
    }
    Ok(links)
}
