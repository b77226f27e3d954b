//! The steps that the journeys are made of.

use std::time::Duration;

use crate::browser::Browser;
use crate::demo::{Demo, Person, Tenant};
use crate::mail::{Inbox, Mail};
use crate::weight::Weight;
use crate::{Outcome, accessibility, hooks, secrets, waiting};

/// The pages that a guest sees between the mail and the app, the first time: the invitation and the code.
pub const PAGES: usize = 2;

/// A person to invite.
#[derive(Debug)]
pub struct Guest {
    /// Where the mail goes.
    pub address: &'static str,
    /// What the inviter calls them.
    pub name: &'static str,
}

/// What the inviter writes: with signs that are markup elsewhere.
pub const MESSAGE: &str = "See you in the expenses <app>.";

/// How closely a journey looks at the pages it passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scrutiny {
    /// Weight and axe on every page; needs JavaScript.
    Full,
    /// Only whether the way leads on.
    None,
}

impl Scrutiny {
    /// Looks at the page that the browser shows.
    pub async fn look(self, browser: &Browser, name: &str) -> Outcome {
        if self == Self::None {
            return browser.screenshot(name).await;
        }
        let told = |error| format!("{name}: {error}");
        Weight::of(browser).await?.accept().map_err(told)?;
        Ok(accessibility::accept_page(browser, name).await.map_err(told)?)
    }
}

/// A member signs in with a password, from any page that asks for it.
pub async fn sign_in(browser: &Browser, person: &Person, scrutiny: Scrutiny) -> Outcome {
    browser.fill(hooks::ADDRESS, &person.upn).await?;
    scrutiny.look(browser, "sign-in-address").await?;
    browser.submit(hooks::SUBMIT).await?;
    browser.fill(hooks::PASSWORD_FIELD, &person.password).await?;
    scrutiny.look(browser, "sign-in-password").await?;
    browser.submit(hooks::SUBMIT).await
}

/// An administrator opens the portal, signs in and invites through the form to the tenant's app.
pub async fn invite(demo: &Demo, tenant: &Tenant, browser: &Browser, guest: &Guest, scrutiny: Scrutiny) -> Outcome {
    let base_url = &demo.contract.base_url;
    browser.open(&hooks::portal(base_url, &tenant.id)).await?;
    sign_in(browser, &tenant.administrator, scrutiny).await?;
    scrutiny.look(browser, "portal").await?;

    browser.open(&hooks::new_invitation(base_url, &tenant.id)).await?;
    browser.fill(hooks::INVITE_EMAIL, guest.address).await?;
    browser.fill(hooks::INVITE_NAME, guest.name).await?;
    browser.fill(hooks::INVITE_MESSAGE, MESSAGE).await?;
    let option = format!("{} option[value='{}']", hooks::INVITE_APP, tenant.app.client_id);
    browser.find(&option).await?.click().await?;
    scrutiny.look(browser, "invite-form").await?;
    browser.submit(hooks::SUBMIT).await?;
    scrutiny.look(browser, "invite-sent").await
}

/// A guest opens the link of the mail, accepts, types the code and stands in the app.
/// Returns how many pages of ours they saw on the way.
pub async fn redeem(
    demo: &Demo,
    tenant: &Tenant,
    inbox: &Inbox,
    browser: &Browser,
    guest: &Guest,
    scrutiny: Scrutiny,
) -> Outcome<usize> {
    let base_url = &demo.contract.base_url;
    let invitation = inbox.wait_for(guest.address, "an invitation", |mail| mail.link(base_url).is_ok()).await?;
    browser.open(&invitation.link(base_url)?).await?;
    let text = browser.text().await?;
    for told in [&tenant.name, &tenant.domain] {
        if !text.contains(told.as_str()) {
            return Err(format!("the first page does not say {told}: {text}").into());
        }
    }
    let mut pages = 1;
    scrutiny.look(browser, "invitation").await?;
    browser.submit(hooks::SUBMIT).await?;

    let mail =
        inbox.wait_for(guest.address, "a code", |mail| mail.id != invitation.id && mail.code().is_some()).await?;
    let code = mail.code().ok_or("the mail holds no code")?;
    pages += 1;
    browser.fill(hooks::CODE, &code).await?;
    scrutiny.look(browser, "code").await?;
    browser.submit(hooks::SUBMIT).await?;

    while browser.url().await?.starts_with(base_url) {
        pages += 1;
        if pages > 5 {
            return Err(format!("no app after {pages} pages: {}", browser.text().await?).into());
        }
        browser.submit(hooks::SUBMIT).await?;
    }
    stands_in_app(tenant, browser, guest).await?;
    Ok(pages)
}

/// The sample app shows who it believes has come.
pub async fn stands_in_app(tenant: &Tenant, browser: &Browser, guest: &Guest) -> Outcome {
    let url = browser.url().await?;
    if !url.starts_with(tenant.app.url.trim_end_matches('/')) {
        return Err(format!("expected the app, but stand at {url}").into());
    }
    let text = browser.text().await?;
    for told in [guest.name, guest.address] {
        if !text.contains(told) {
            return Err(format!("the app does not say {told}: {text}").into());
        }
    }
    Ok(())
}

/// Types the newest code that came to this address; `known` codes came before it.
pub async fn enter_code(browser: &Browser, inbox: &Inbox, address: &str, known: usize) -> Outcome {
    let code = waiting::until("a new code", Duration::from_secs(20), async || {
        let codes = inbox.mails_to(address).await?.iter().filter_map(Mail::code).collect::<Vec<_>>();
        Ok((codes.len() > known).then(|| codes.into_iter().next()).flatten())
    })
    .await?;
    secrets::see(code.clone());
    browser.fill(hooks::CODE, &code).await?;
    browser.submit(hooks::SUBMIT).await
}
