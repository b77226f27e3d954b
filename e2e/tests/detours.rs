//! axe on every page that the straight way does not pass. `cargo xtask test` then compares the pages that were seen
//! with the pages there are.

use e2e::accessibility::accept_page;
use e2e::browser::{Browser, Options as BrowserOptions};
use e2e::demo::{Demo, Options};
use e2e::graph::Graph;
use e2e::journey::Guest;
use e2e::mail::Inbox;
use e2e::{Outcome, hooks};
use serde_json::json;

const ADA: Guest = Guest { address: "ada@northwind.example", name: "Ada Northwind" };

/// One German word, and an address longer than a narrow window.
const LONG: Guest = Guest {
    address: "donaudampfschifffahrtsgesellschaftskapitaen@rechtsschutzversicherungsgesellschaften.example",
    name: "Donaudampfschifffahrtsgesellschaftskapitänswitwenrente",
};

/// Opens an address and has the page looked at; refuses another page than this.
async fn look(browser: &Browser, name: &str, url: &str) -> Outcome {
    browser.open(url).await?;
    stands_at(browser, name).await
}

async fn stands_at(browser: &Browser, name: &str) -> Outcome {
    let told = |error| format!("{name}: {error}");
    let page = name.split(" as ").next().unwrap_or_default();
    browser.find(&format!("body[data-page='{page}']")).await.map_err(told)?;
    let file = name.rsplit('/').next().unwrap_or_default().replace(' ', "-");
    Ok(accept_page(browser, &file).await.map_err(told)?)
}

/// Types the newest code that came to this address.
async fn enter_code(browser: &Browser, inbox: &Inbox, address: &str, known: usize) -> Outcome {
    let code = |mail: &e2e::mail::Mail| mail.code();
    let mail = e2e::waiting::until("a new code", std::time::Duration::from_secs(20), async || {
        let codes = inbox.mails_to(address).await?.iter().filter_map(code).collect::<Vec<_>>();
        Ok((codes.len() > known).then(|| codes.into_iter().next()).flatten())
    })
    .await?;
    browser.fill(hooks::CODE, &mail).await?;
    browser.submit(hooks::SUBMIT).await
}

#[tokio::test]
async fn axe_finds_nothing_on_the_detours_of_guests() -> Outcome {
    let demo = Demo::start(&Options::default()).await?;
    let (contoso, inbox, base_url) = (demo.contoso()?, demo.inbox()?, &demo.contract.base_url);
    let graph = Graph::of(&demo, contoso).await?;
    let landing = &contoso.app.url;
    let replaced = graph.invite(ADA.address, ADA.name, landing, false).await?;
    let live = graph.invite(ADA.address, ADA.name, landing, false).await?;

    let guest = Browser::start(&BrowserOptions::default()).await?;
    look(&guest, "redemption/pages/dead_link", &replaced.link).await?;
    guest.submit("main form.act button").await?;
    stands_at(&guest, "redemption/pages/fresh_link").await?;
    // That the page was asked for a fresh link has made one; the older one is dead now.
    let fresh = inbox.wait_for(ADA.address, "a fresh link", |mail| mail.link(base_url).is_ok()).await?;
    assert_ne!(fresh.link(base_url)?, live.link);
    let link = fresh.link(base_url)?;
    guest.open(&link).await?;
    guest.submit(hooks::SUBMIT).await?;
    enter_code(&guest, &inbox, ADA.address, 0).await?;
    stands_at(&guest, "sample-app/person").await?;
    look(&guest, "sample-app/not_found", &format!("{}/nowhere", landing.trim_end_matches('/'))).await?;

    guest.quit().await
}

#[tokio::test]
async fn axe_finds_nothing_where_the_links_of_a_mail_lead() -> Outcome {
    let demo = Demo::start(&Options::default()).await?;
    let (contoso, inbox, base_url) = (demo.contoso()?, demo.inbox()?, &demo.contract.base_url);
    let graph = Graph::of(&demo, contoso).await?;
    graph.set_rules(&json!({"landingAddresses": "any"})).await?;
    graph.invite(LONG.address, LONG.name, "https://elsewhere.example/board", true).await?;
    let mail = inbox.wait_for(LONG.address, "an invitation", |mail| mail.link(base_url).is_ok()).await?;

    for language in ["de", "ar"] {
        let browser = Browser::start(&BrowserOptions { language, ..BrowserOptions::default() }).await?;
        look(&browser, "redemption/pages/invitation as long", &mail.link(base_url)?).await?;
        let block = mail.text.split_whitespace().find(|word| word.contains("/no-more-invitations?"));
        let block = block.ok_or("the mail has no link to say no with")?.trim_matches(['<', '>']);
        look(&browser, "invitations/pages/block as asking", block).await?;
        browser.submit("main form.act button").await?;
        stands_at(&browser, "invitations/pages/block as blocked").await?;
        browser.submit("main form.act button").await?;
        stands_at(&browser, "invitations/pages/block as undone").await?;
        browser.quit().await?;
    }
    Ok(())
}
