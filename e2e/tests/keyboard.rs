//! The guest's way without a mouse: nothing but Tab, digits and Enter.

use e2e::browser::{Browser, Options as BrowserOptions};
use e2e::demo::{Demo, Options};
use e2e::graph::Graph;
use e2e::journey::{Guest, stands_in_app};
use e2e::{Outcome, hooks, waiting};
use std::time::Duration;
use thirtyfour::Key;

const ADA: Guest = Guest { address: "ada@northwind.example", name: "Ada Northwind" };

/// More elements than a page for guests has.
const MOST: usize = 15;

/// A page draws its focus when it is drawn, which is after it is there.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whether the focused element is the one of the selector, and whether a person sees that it has the focus.
const FOCUS: &str = r"
    const style = getComputedStyle(document.activeElement);
    const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
    return [document.activeElement.matches(arguments[0]), outlined || style.boxShadow !== 'none'];
";

async fn focus(browser: &Browser, selector: &str) -> Outcome<(bool, bool)> {
    Ok(browser.driver.execute(FOCUS, vec![selector.into()]).await?.convert()?)
}

async fn press(browser: &Browser, keys: impl Into<thirtyfour::TypingData>) -> Outcome {
    Ok(browser.driver.active_element().await?.send_keys(keys).await?)
}

/// Presses Tab until the element has the focus; refuses a stop on the way that nobody can see (WCAG 2.4.7).
async fn tab_to(browser: &Browser, selector: &str) -> Outcome {
    for stop in 1..=MOST {
        press(browser, Key::Tab).await?;
        let (is_there, is_visible) = focus(browser, selector).await?;
        if !is_visible {
            return Err(format!("stop {stop} on the way to {selector} shows no focus").into());
        }
        if is_there {
            return Ok(());
        }
    }
    Err(format!("Tab does not lead to {selector}").into())
}

#[tokio::test]
async fn a_guest_needs_only_the_keyboard() -> Outcome {
    let demo = Demo::start(&Options::default()).await?;
    let (contoso, inbox) = (demo.contoso()?, demo.inbox()?);
    let graph = Graph::of(&demo, contoso).await?;
    let invited = graph.invite(ADA.address, ADA.name, &contoso.app.url, false).await?;

    let browser = Browser::start(&BrowserOptions::default()).await?;
    browser.open(&invited.link).await?;
    tab_to(&browser, hooks::SUBMIT).await?;
    press(&browser, Key::Enter).await?;

    let field = browser.find(hooks::CODE).await?;
    assert_eq!(field.attr("autocomplete").await?.as_deref(), Some("one-time-code"));
    assert_eq!(field.attr("inputmode").await?.as_deref(), Some("numeric"));
    tab_to(&browser, hooks::CODE).await?;
    press(&browser, "00000000").await?;
    press(&browser, Key::Enter).await?;

    browser.find(hooks::FIELD_ERROR).await?;
    waiting::until("the error to have a focus that is seen", PATIENCE, async || {
        Ok((focus(&browser, hooks::FIELD_ERROR).await? == (true, true)).then_some(()))
    })
    .await?;
    let mail = inbox.wait_for(ADA.address, "a code", |mail| mail.code().is_some()).await?;
    press(&browser, mail.code().ok_or("no code")?).await?;
    press(&browser, Key::Enter).await?;
    browser.find("body[data-page='sample-app/person']").await?;
    stands_in_app(contoso, &browser, &ADA).await?;
    browser.quit().await
}
