//! axe on every page that the straight way does not pass. `cargo xtask test` then compares the pages that were seen
//! with the pages there are.

use std::process::Command;

use e2e::accessibility::{accept_page, look, stands_at};
use e2e::browser::{Browser, Options as BrowserOptions};
use e2e::demo::{Demo, Options, Tenant, binary};
use e2e::graph::Graph;
use e2e::journey::{Guest, Scrutiny, enter_code, sign_in};
use e2e::operator::isolate;
use e2e::{Outcome, hooks};
use reqwest::Method;
use serde_json::json;

const ADA: Guest = Guest { address: "ada@northwind.example", name: "Ada Northwind" };

/// One German word, and an address longer than a narrow window.
const LONG: Guest = Guest {
    address: "donaudampfschifffahrtsgesellschaftskapitaen@rechtsschutzversicherungsgesellschaften.example",
    name: "Donaudampfschifffahrtsgesellschaftskapitänswitwenrente",
};

fn authorize(demo: &Demo, tenant: &Tenant, more: &str) -> Outcome<String> {
    let app = &tenant.app;
    let mut url = url::Url::parse(&format!("{}/{}/oauth2/v2.0/authorize", demo.contract.base_url, tenant.id))?;
    url.query_pairs_mut()
        .append_pair("client_id", &app.client_id)
        .append_pair("response_type", "code")
        .append_pair("redirect_uri", &app.redirect_uri)
        .append_pair("scope", "openid")
        .append_pair("state", "of-the-test");
    Ok(format!("{url}&{more}"))
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

    let bob = graph.invite("bob@northwind.example", "Bob", landing, false).await?;
    look(&guest, "redemption/pages/wrong_account", &bob.link).await?;
    look(&guest, "sign_in/pages/choose_account", &authorize(&demo, contoso, "prompt=select_account")?).await?;
    form_post(&demo, contoso, &guest).await?;

    look(&guest, "sign_in/pages/sign_out", &format!("{base_url}/{}/sign-out", contoso.id)).await?;
    guest.submit(hooks::SUBMIT).await?;
    stands_at(&guest, "sign_in/pages/signed_out").await?;
    look(&guest, "redemption/pages/accepted", &link).await?;
    guest.open(&authorize(&demo, contoso, "prompt=login")?).await?;
    guest.fill(hooks::ADDRESS, ADA.address).await?;
    guest.submit(hooks::SUBMIT).await?;
    stands_at(&guest, "redemption/pages/passcode as returning").await?;
    graph.set_rules(&json!({"domainList": {"kind": "deny", "domains": ["northwind.example"]}})).await?;
    look(&guest, "web/templates/error as barred", &bob.link).await?;
    for (name, url) in [
        ("web/templates/error as not-found", format!("{base_url}/{}/nowhere", contoso.id)),
        ("web/templates/error as not-allowed", format!("{base_url}/{}/redeem/none/switch", contoso.id)),
        ("web/templates/error as bad-request", authorize(&demo, contoso, "redirect_uri=https://elsewhere.example")?),
    ] {
        look(&guest, name, &url).await?;
    }
    guest.quit().await
}

/// The page that carries the answer to the app moves on by a script; held back, it stays and has a button.
async fn form_post(demo: &Demo, tenant: &Tenant, guest: &Browser) -> Outcome {
    let cdp = guest.driver.cdp();
    cdp.send_raw("Network.enable", json!({})).await?;
    cdp.send_raw("Network.setBlockedURLs", json!({"urls": ["*/assets/form-post.*"]})).await?;
    look(guest, "authorization/pages/form_post", &authorize(demo, tenant, "response_mode=form_post")?).await?;
    cdp.send_raw("Network.setBlockedURLs", json!({"urls": []})).await?;
    Ok(())
}

#[tokio::test]
async fn axe_finds_nothing_where_mails_and_foreign_addresses_lead() -> Outcome {
    let demo = Demo::start(&Options::default()).await?;
    let (contoso, inbox, base_url) = (demo.contoso()?, demo.inbox()?, &demo.contract.base_url);
    let graph = Graph::of(&demo, contoso).await?;
    graph.set_rules(&json!({"landingAddresses": "any"})).await?;
    graph.invite(LONG.address, LONG.name, "https://elsewhere.example/board", true).await?;
    let mail = inbox.wait_for(LONG.address, "an invitation", |mail| mail.link(base_url).is_ok()).await?;

    for language in ["de", "ar"] {
        let browser = Browser::start(&BrowserOptions { language, ..BrowserOptions::default() }).await?;
        look(&browser, "redemption/pages/invitation as long", &mail.link(base_url)?).await?;
        let block = mail.block_link().ok_or("the mail has no link to say no with")?;
        look(&browser, "invitations/pages/block as asking", block).await?;
        browser.submit("main form.act button").await?;
        stands_at(&browser, "invitations/pages/block as blocked").await?;
        browser.submit("main form.act button").await?;
        stands_at(&browser, "invitations/pages/block as undone").await?;
        look(&browser, "sign_in/pages/recovery", &recovery_link(&demo, contoso)?).await?;
        browser.quit().await?;
    }

    let guest = Browser::start(&BrowserOptions { language: "de", ..BrowserOptions::default() }).await?;
    guest.open(&mail.link(base_url)?).await?;
    guest.submit(hooks::SUBMIT).await?;
    enter_code(&guest, &inbox, LONG.address, 0).await?;
    stands_at(&guest, "redemption/pages/leaving").await?;
    look(&guest, "portals/my_apps/my_apps as long", &hooks::my_apps(base_url, &contoso.id)).await?;
    let organizations = format!("{}/organizations", hooks::my_apps(base_url, &contoso.domain));
    look(&guest, "portals/my_apps/organizations as guest", &organizations).await?;
    guest.submit("main form button").await?;
    stands_at(&guest, "portals/my_apps/organizations as telling").await?;
    look(&guest, "demo/pages/mailbox", &format!("{base_url}/demo/mailbox")).await?;
    look(&guest, "demo/pages/mailbox as empty", &format!("{base_url}/demo/mailbox?to=nobody@nowhere.example")).await?;
    let leave = format!("{}/leave", hooks::my_apps(base_url, &contoso.domain));
    look(&guest, "portals/my_apps/leave", &leave).await?;
    guest.submit("main form button").await?;
    stands_at(&guest, "portals/my_apps/left").await?;
    guest.quit().await
}

/// What an operator gives to somebody who has lost the password.
fn recovery_link(demo: &Demo, tenant: &Tenant) -> Outcome<String> {
    let mut command = Command::new(binary()?);
    isolate(&mut command, &std::env::temp_dir());
    command.args(["user", "recover", "--tenant", &tenant.domain, "--upn", &tenant.member.upn, "--config"]);
    let output = command.arg(demo.configuration()?).output()?;
    let text = String::from_utf8(output.stdout)?;
    let link = text.lines().next().filter(|line| line.starts_with(&demo.contract.base_url));
    link.map(str::to_owned).ok_or_else(|| format!("{text}{}", String::from_utf8_lossy(&output.stderr)).into())
}

#[tokio::test]
async fn axe_finds_nothing_in_the_corners_of_the_portal() -> Outcome {
    let demo = Demo::start(&Options::default()).await?;
    let contoso = demo.contoso()?;
    let portal = hooks::portal(&demo.contract.base_url, &contoso.domain);
    let graph = Graph::of(&demo, contoso).await?;
    let long = graph.invite(LONG.address, LONG.name, &contoso.app.url, false).await?;
    graph.invite("name@northwind.example", &hooks::long_name(), &contoso.app.url, false).await?;
    let browser = Browser::start(&BrowserOptions::default()).await?;
    browser.open(&portal).await?;
    sign_in(&browser, &contoso.administrator, Scrutiny::None).await?;

    for (name, path) in [
        ("portals/users/list as found", "users?q=Donau"),
        ("portals/users/list as empty", "users?q=nobody-has-this-name"),
        ("portals/users/list as filtered", "users?kind=guest"),
        ("portals/logs/sign_ins as empty", "sign-ins?q=0000-0000"),
        ("portals/logs/sign_ins as nobody", "sign-ins?q=nonsense"),
        ("portals/logs/changes as empty", "changes?q=0000-0000"),
        ("invitations/pages/list as long", "invitations"),
        ("portals/mail/list as empty", "mail"),
        ("portals/jobs/list as empty", "jobs?state=running"),
        ("portals/overview/overview as long", ""),
        ("invitations/pages/list as ending-soon", "invitations?ends=soon"),
    ] {
        look(&browser, name, &format!("{portal}/{path}")).await?;
    }
    for name in [LONG.name.to_owned(), hooks::long_name()] {
        let (user, length) = (format!("{portal}/users/{}", long.user), name.chars().count());
        graph.call(Method::PATCH, &format!("/v1.0/users/{}", long.user), &json!({"displayName": name})).await?;
        look(&browser, &format!("portals/guest/page as long-{length}"), &user).await?;
        look(&browser, &format!("portals/guest/question as long-{length}"), &format!("{user}/remove")).await?;
    }
    browser.quit().await
}

#[tokio::test]
async fn axe_finds_nothing_around_an_app_that_lets_nobody_in() -> Outcome {
    let demo = Demo::start(&Options::default()).await?;
    let contoso = demo.contoso()?;
    let browser = Browser::start(&BrowserOptions::default()).await?;
    browser.open(&contoso.app.url).await?;
    sign_in(&browser, &contoso.member, Scrutiny::None).await?;
    stands_at(&browser, "sample-app/person as member").await?;
    browser.submit("form[action='/sign-out'] button").await?;
    stands_at(&browser, "sample-app/signed_out").await?;
    look(&browser, "sample-app/problem as not-begun-here", &format!("{}?code=of-the-test", contoso.app.redirect_uri))
        .await?;

    let graph = Graph::of(&demo, contoso).await?;
    let principal = format!("/v1.0/servicePrincipals(appId='{}')", contoso.app.client_id);
    graph.call(Method::PATCH, &principal, &json!({"appRoleAssignmentRequired": true})).await?;
    browser.open(&contoso.app.url).await?;
    sign_in(&browser, &contoso.member, Scrutiny::None).await?;
    stands_at(&browser, "sample-app/problem as refused").await?;
    browser.quit().await
}

#[tokio::test]
async fn axe_finds_nothing_around_the_mails_of_the_demo() -> Outcome {
    let demo = Demo::start(&Options::default()).await?;
    let (contoso, inbox, base_url) = (demo.contoso()?, demo.inbox()?, &demo.contract.base_url);
    let graph = Graph::of(&demo, contoso).await?;
    graph.invite(LONG.address, LONG.name, &contoso.app.url, true).await?;
    let mail = inbox.wait_for(LONG.address, "an invitation", |mail| mail.link(base_url).is_ok()).await?;
    let browser = Browser::start(&BrowserOptions::default()).await?;
    look(&browser, "demo/pages/mail as invitation", &format!("{base_url}/demo/mailbox/{}", mail.id)).await?;
    browser.find("details summary").await?.click().await?;
    stands_at(&browser, "demo/pages/mail as text").await?;
    // What stands in the frame, as a window of its own: nothing can be measured inside of the sandbox.
    let html: String = url::form_urlencoded::byte_serialize(mail.html.as_bytes()).collect();
    browser.open(&format!("data:text/html;charset=utf-8,{}", html.replace('+', "%20"))).await?;
    accept_page(&browser, "mail-of-an-invitation").await?;
    browser.quit().await
}
