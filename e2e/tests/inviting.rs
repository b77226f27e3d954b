//! axe on what the portal shows to somebody who invites: a link instead of a mail, many at once, and nobody at all.

use std::path::{Path, PathBuf};
use std::time::Duration;

use e2e::accessibility::{look, stands_at};
use e2e::browser::{Browser, Options as BrowserOptions};
use e2e::demo::{Demo, Options};
use e2e::graph::Graph;
use e2e::journey::{Scrutiny, sign_in};
use e2e::{Outcome, hooks, waiting};
use reqwest::Method;
use serde_json::{Value, json};

/// A debug build on a busy machine looks at a few thousand rows.
const PATIENCE: Duration = Duration::from_mins(2);

/// More than one attempt of the job does, so that a page can be caught while it works.
const MANY: usize = 6000;

async fn administrator(demo: &Demo) -> Outcome<Browser> {
    let contoso = demo.contoso()?;
    let browser = Browser::start(&BrowserOptions::default()).await?;
    browser.open(&hooks::portal(&demo.contract.base_url, &contoso.domain)).await?;
    sign_in(&browser, &contoso.administrator, Scrutiny::None).await?;
    Ok(browser)
}

/// Invites one guest through the form.
async fn invite(browser: &Browser, portal: &str, address: &str, mail: bool) -> Outcome {
    browser.open(&format!("{portal}/invitations/new")).await?;
    browser.fill(hooks::INVITE_EMAIL, address).await?;
    if !mail {
        browser.find(hooks::INVITE_SEND).await?.click().await?;
    }
    browser.submit(hooks::SUBMIT).await
}

#[tokio::test]
async fn axe_finds_nothing_where_a_link_is_handed_over() -> Outcome {
    const BLOCKING: &str = "blocking@northwind.example";
    const FLOODED: &str = "flooded@northwind.example";
    let demo = Demo::start(&Options::default()).await?;
    let (contoso, inbox) = (demo.contoso()?, demo.inbox()?);
    let portal = hooks::portal(&demo.contract.base_url, &contoso.domain);
    let graph = Graph::of(&demo, contoso).await?;
    let browser = administrator(&demo).await?;

    invite(&browser, &portal, "plain@northwind.example", false).await?;
    stands_at(&browser, "invitations/pages/link").await?;

    graph.invite(BLOCKING, "Blocking", &contoso.app.url, true).await?;
    let mail = inbox.wait_for(BLOCKING, "an invitation", |mail| mail.text.contains("/no-more-invitations?")).await?;
    browser.open(mail.block_link().ok_or("the mail has no link to say no with")?).await?;
    browser.submit("main form.act button").await?;
    invite(&browser, &portal, BLOCKING, true).await?;
    stands_at(&browser, "invitations/pages/link as refused").await?;

    for sent in 1..=5 {
        graph.invite(FLOODED, "Flooded", &contoso.app.url, true).await?;
        // A mail that a newer one overtakes is not sent, and does not count.
        let came = async || Ok((inbox.mails_to(FLOODED).await?.len() == sent).then_some(()));
        waiting::until("every mail", PATIENCE, came).await?;
    }
    invite(&browser, &portal, FLOODED, true).await?;
    stands_at(&browser, "invitations/pages/link as waiting").await?;
    browser.quit().await
}

#[tokio::test]
async fn axe_finds_nothing_while_inviting_is_switched_off() -> Outcome {
    let demo = Demo::start(&Options::default()).await?;
    let contoso = demo.contoso()?;
    let form = hooks::new_invitation(&demo.contract.base_url, &contoso.domain);
    let graph = Graph::of(&demo, contoso).await?;
    allow_invites_from(&graph, "none").await?;
    let browser = administrator(&demo).await?;
    look(&browser, "invitations/pages/off", &form).await?;
    browser.quit().await?;

    let browser = Browser::start(&BrowserOptions::default()).await?;
    browser.open(&form).await?;
    sign_in(&browser, &contoso.member, Scrutiny::None).await?;
    stands_at(&browser, "invitations/pages/off as member").await?;
    browser.quit().await
}

async fn allow_invites_from(graph: &Graph, whom: &str) -> Outcome {
    let body = json!({ "allowInvitesFrom": whom });
    graph.call(Method::PATCH, "/v1.0/policies/authorizationPolicy", &body).await.map(drop)
}

/// Sends a file through the form, without mails.
async fn send(browser: &Browser, portal: &str, file: &Path) -> Outcome {
    browser.open(&format!("{portal}/invitations/bulk")).await?;
    browser.find(hooks::INVITE_SEND).await?.click().await?;
    browser.find("#file").await?.send_keys(file.display().to_string()).await?;
    browser.submit(hooks::SUBMIT).await
}

/// Looks again until the page says that the run has come so far.
async fn wait_until(browser: &Browser, state: &str) -> Outcome {
    waiting::until(state, PATIENCE, async || {
        browser.driver.refresh().await?;
        Ok(browser.text().await?.contains(state).then_some(()))
    })
    .await
}

/// Refuses a page that shows another state of the run: it would be looked at under a wrong name.
async fn shows(browser: &Browser, state: &str, name: &str) -> Outcome {
    let text = browser.text().await?;
    if !text.contains(state) {
        return Err(format!("expected {state}: {text}").into());
    }
    stands_at(browser, &format!("bulk_invitations/pages/show as {name}")).await
}

/// Two that can be invited, one of them with a name that no line holds, and one row of every kind that cannot: without an
/// address, to elsewhere, and into a group that is not there.
fn mixed() -> String {
    let name = hooks::long_name();
    format!(
        "email,displayName,redirectUrl,groups\nsam@northwind.example,Sam Rivera,,\nkim@northwind.example,{name},,\n\
         sam@northwind.example,Sam again,,\nnobody,No address,,\nlee@northwind.example,Lee,https://elsewhere.example/,\n\
         ann@northwind.example,Ann,,{name}\n"
    )
}

fn written(folder: &Path, name: &str, text: &str) -> Outcome<PathBuf> {
    let file = folder.join(name);
    std::fs::write(&file, text)?;
    Ok(file)
}

#[tokio::test]
async fn axe_finds_nothing_where_many_are_invited() -> Outcome {
    let demo = Demo::start(&Options::default()).await?;
    let contoso = demo.contoso()?;
    let portal = hooks::portal(&demo.contract.base_url, &contoso.domain);
    let folder = tempfile::TempDir::with_prefix("vestibule-bulk-")?;
    let browser = administrator(&demo).await?;

    look(&browser, "bulk_invitations/pages/send", &format!("{portal}/invitations/bulk")).await?;
    browser.submit(hooks::SUBMIT).await?;
    browser.find(hooks::FIELD_ERROR).await?;
    stands_at(&browser, "bulk_invitations/pages/send as wrong").await?;

    let long = "Gästeliste-des-Donaudampfschifffahrtsgesellschaftskapitänswitwenrentenvereins-2026-zweite-Fassung.csv";
    send(&browser, &portal, &written(folder.path(), long, &mixed())?).await?;
    wait_until(&browser, "To be reviewed").await?;
    shows(&browser, "3 rows cannot be invited.", "reviewed").await?;
    browser.submit(hooks::SUBMIT).await?;
    wait_until(&browser, "Finished").await?;
    shows(&browser, "2 invited", "finished").await?;
    let here = browser.url().await?;
    browser.open(&format!("{here}?result=unchecked")).await?;
    shows(&browser, "No such row", "filtered").await?;
    browser.open(&format!("{here}?done=late")).await?;
    shows(&browser, "That was not possible any more.", "late").await?;
    look(&browser, "bulk_invitations/pages/send as again", &format!("{portal}/invitations/bulk")).await?;
    browser.quit().await
}

#[tokio::test]
async fn axe_finds_nothing_while_many_are_invited() -> Outcome {
    let demo = Demo::start(&Options::default()).await?;
    let contoso = demo.contoso()?;
    let portal = hooks::portal(&demo.contract.base_url, &contoso.domain);
    let graph = Graph::of(&demo, contoso).await?;
    let folder = tempfile::TempDir::with_prefix("vestibule-bulk-")?;
    let browser = administrator(&demo).await?;

    let rows: Vec<String> = (0..MANY).map(|number| format!("guest{number}@northwind.example")).collect();
    let list = format!("email\n{}\n", rows.join("\n"));
    send(&browser, &portal, &written(folder.path(), "everybody.csv", &list)?).await?;
    shows(&browser, "Being checked", "checking").await?;
    wait_until(&browser, "To be reviewed").await?;
    browser.submit(hooks::SUBMIT).await?;
    shows(&browser, "Inviting", "running").await?;
    // Whoever began it may not invite any more: it ends by itself and says why.
    allow_invites_from(&graph, "none").await?;
    wait_until(&browser, "It was stopped.").await?;
    shows(&browser, " left out", "stopped").await?;
    allow_invites_from(&graph, "everyone").await?;

    // What a program has sent can be looked at, and only the program can start it.
    let sent = graph.send_list("email\nada@northwind.example\n", false).await?;
    let id = sent.pointer("/id").and_then(Value::as_str).ok_or("no id")?;
    browser.open(&format!("{portal}/invitations/bulk/{id}")).await?;
    wait_until(&browser, "To be reviewed").await?;
    shows(&browser, "can start it, because the invitations come from them", "of-another").await?;
    browser.quit().await
}
