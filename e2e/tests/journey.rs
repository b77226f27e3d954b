//! From the administrator's form to the guest in the app, in a real browser.

use e2e::Outcome;
use e2e::browser::{Browser, Options as BrowserOptions};
use e2e::demo::{Demo, Options};
use e2e::journey::{Guest, PAGES, Scrutiny, invite, redeem, stands_in_app};
use e2e::{accessibility, hooks};

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
async fn guests_are_led_in_their_own_language() -> Outcome {
    const WRITING: &str = "return document.documentElement.lang + ' ' + document.documentElement.dir;";
    const GERDA: Guest = Guest { address: "gerda@northwind.example", name: "Gerda Northwind" };
    const AMAL: Guest = Guest { address: "amal@northwind.example", name: "Amal Northwind" };
    let demo = Demo::start(&Options::default()).await?;
    let contoso = demo.contoso()?;
    let inbox = demo.inbox()?;
    for (guest, language, writing) in [(GERDA, "de", "de ltr"), (AMAL, "ar", "ar rtl")] {
        let administrator = Browser::start(&BrowserOptions::default()).await?;
        invite(&demo, contoso, &administrator, &guest, Scrutiny::None).await?;
        administrator.quit().await?;

        let browser = Browser::start(&BrowserOptions { language, ..BrowserOptions::default() }).await?;
        redeem(&demo, contoso, &inbox, &browser, &guest, Scrutiny::Full).await?;
        browser.open(&hooks::my_apps(&demo.contract.base_url, &contoso.id)).await?;
        let shown: String = browser.driver.execute(WRITING, Vec::new()).await?.convert()?;
        assert_eq!(shown, writing);
        accessibility::accept_page(&browser, "my-apps").await?;
        browser.quit().await?;
    }
    Ok(())
}
