//! The instruments themselves: a checker that finds nothing anywhere would let every page pass.

use e2e::browser::{Browser, Options, Scheme, Size};
use e2e::{Outcome, accessibility};

const GOOD: &str = "data:text/html,<!doctype html><html lang=en><meta name=viewport content='width=device-width'>\
    <title>Good</title><main><h1>Good</h1><p>Plain text.</p></main></html>";

const BAD: &str = "data:text/html,<!doctype html><html lang=en><title>Bad</title><main><h1>Bad</h1>\
    <img src=''><input name=x></main></html>";

const WIDE: &str = "data:text/html,<!doctype html><html lang=en><title>Wide</title><main><h1>Wide</h1>\
    <p style='width:900px'>Wide</p></main></html>";

const SCRIPTED: &str = "data:text/html,<!doctype html><title>x</title><p>off</p>\
    <script>document.querySelector('p').textContent='on'</script>";

const SCHEME: &str = "return matchMedia('(prefers-color-scheme: dark)').matches + ' ' + innerWidth;";

#[tokio::test]
async fn axe_passes_the_good_and_finds_the_bad() -> Outcome {
    let browser = Browser::start(&Options::default()).await?;
    browser.open(GOOD).await?;
    accessibility::accept_page(&browser, "harness-good").await?;

    browser.open(BAD).await?;
    let found: Vec<String> =
        accessibility::violations(&browser).await?.into_iter().map(|violation| violation.id).collect();
    for rule in ["image-alt", "label"] {
        assert!(found.iter().any(|id| id == rule), "{rule} is not among {found:?}");
    }

    browser.open(WIDE).await?;
    let complaint = accessibility::accept_page(&browser, "harness-wide").await.err().map(|error| error.to_string());
    assert!(complaint.is_some_and(|text| text.contains("wider than the window")));
    browser.quit().await
}

#[tokio::test]
async fn colours_and_window_are_what_was_asked_for() -> Outcome {
    let browser = Browser::start(&Options::default()).await?;
    browser.show_as(Scheme::Dark, Size::NARROW).await?;
    browser.open(GOOD).await?;
    let shown: String = browser.driver.execute(SCHEME, Vec::new()).await?.convert()?;
    assert_eq!(shown, "true 320");
    browser.quit().await
}

#[tokio::test]
async fn scripts_can_be_switched_off() -> Outcome {
    for (javascript, expected) in [(true, "on"), (false, "off")] {
        let browser = Browser::start(&Options { javascript, ..Options::default() }).await?;
        browser.open(SCRIPTED).await?;
        assert_eq!(browser.text().await?, expected);
        browser.quit().await?;
    }
    Ok(())
}
