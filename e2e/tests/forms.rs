//! axe on what the forms of the portal answer: what was done, what was wrong, and the question before it.

use e2e::accessibility::{accept_page, look, stands_at};
use e2e::browser::{Browser, Options as BrowserOptions};
use e2e::demo::{Demo, Options};
use e2e::graph::{Graph, text};
use e2e::journey::{Scrutiny, sign_in};
use e2e::{Outcome, hooks};
use reqwest::Method;
use serde_json::json;

async fn administrator(demo: &Demo) -> Outcome<(Browser, String)> {
    let contoso = demo.contoso()?;
    let browser = Browser::start(&BrowserOptions::default()).await?;
    let portal = hooks::portal(&demo.contract.base_url, &contoso.domain);
    browser.open(&portal).await?;
    sign_in(&browser, &contoso.administrator, Scrutiny::None).await?;
    Ok((browser, portal))
}

/// Presses the button of the form that goes to this address.
async fn press(browser: &Browser, action: &str) -> Outcome {
    browser.submit(&format!("main form[action$='{action}'] .btns button")).await
}

#[tokio::test]
async fn axe_finds_nothing_on_what_the_forms_of_an_app_answer() -> Outcome {
    let demo = Demo::start(&Options::default()).await?;
    let (browser, portal) = administrator(&demo).await?;
    look(&browser, "service_principals/pages/create as empty", &format!("{portal}/apps/new")).await?;
    press(&browser, "/apps/new").await?;
    browser.find(hooks::FIELD_ERROR).await?;
    stands_at(&browser, "service_principals/pages/create as wrong").await?;

    // A name as long as it may be stands in headings, buttons and questions.
    let graph = Graph::of(&demo, demo.contoso()?).await?;
    let body = json!({ "displayName": hooks::long_name() });
    let app = graph.call(Method::POST, "/v1.0/applications", &body).await?;
    graph.call(Method::POST, "/v1.0/servicePrincipals", &json!({ "appId": text(&app, "/appId")? })).await?;
    let here = format!("{portal}/apps/{}", text(&app, "/id")?);
    look(&browser, "service_principals/pages/app as long", &here).await?;
    for (part, name) in [("add-secret", "secret"), ("addresses", "kept")] {
        press(&browser, part).await?;
        stands_at(&browser, &format!("service_principals/pages/app as {name}")).await?;
    }
    for part in ["logo", "add-role", "assign"] {
        press(&browser, part).await?;
        browser.find(hooks::FIELD_ERROR).await?;
        stands_at(&browser, &format!("service_principals/pages/app as wrong-{part}")).await?;
    }
    browser.fill("#role-name", "Approver of travel costs").await?;
    browser.fill("#value", "Costs.Approve").await?;
    press(&browser, "add-role").await?;
    browser.fill("#address", &demo.contoso()?.member.upn).await?;
    press(&browser, "/assign").await?;
    stands_at(&browser, "service_principals/pages/app as assigned").await?;
    look(&browser, "service_principals/pages/app as removing", &format!("{here}?ask=remove")).await?;
    look(&browser, "service_principals/pages/list as long", &format!("{portal}/apps")).await?;
    look(&browser, "service_principals/pages/list as filtered", &format!("{portal}/apps?kind=ours&state=on")).await?;
    look(&browser, "service_principals/pages/list as none", &format!("{portal}/apps?q=nowhere")).await?;
    browser.quit().await
}

#[tokio::test]
async fn axe_finds_nothing_on_what_the_forms_of_a_group_answer() -> Outcome {
    let demo = Demo::start(&Options::default()).await?;
    let (browser, portal) = administrator(&demo).await?;
    look(&browser, "groups/pages/create as empty", &format!("{portal}/groups/new")).await?;
    press(&browser, "/groups/new").await?;
    browser.find(hooks::FIELD_ERROR).await?;
    stands_at(&browser, "groups/pages/create as wrong").await?;
    browser.fill("#name", "Auditors").await?;
    browser.find("details.more summary").await?.click().await?;
    browser.fill("#nickname", "not a name").await?;
    browser.fill("#members", &demo.contoso()?.member.upn).await?;
    press(&browser, "/groups/new").await?;
    browser.find(hooks::FIELD_ERROR).await?;
    stands_at(&browser, "groups/pages/create as unfolded").await?;

    let graph = Graph::of(&demo, demo.contoso()?).await?;
    let body = json!({
        "displayName": hooks::long_name(), "mailNickname": "long", "mailEnabled": false, "securityEnabled": true,
    });
    let made = graph.call(Method::POST, "/v1.0/groups", &body).await?;
    let here = format!("{portal}/groups/{}", text(&made, "/id")?);
    look(&browser, "groups/pages/show as long", &here).await?;
    for part in ["add-member", "add-owner"] {
        press(&browser, part).await?;
        browser.find(hooks::FIELD_ERROR).await?;
        stands_at(&browser, &format!("groups/pages/show as wrong-{part}")).await?;
    }
    browser.fill("#member", &demo.contoso()?.member.upn).await?;
    press(&browser, "/add-member").await?;
    stands_at(&browser, "groups/pages/show as added").await?;
    look(&browser, "groups/pages/show as removing", &format!("{here}?ask=remove")).await?;
    look(&browser, "groups/pages/list as long", &format!("{portal}/groups")).await?;
    look(&browser, "groups/pages/list as filtered", &format!("{portal}/groups?kind=chosen")).await?;
    look(&browser, "groups/pages/list as none", &format!("{portal}/groups?q=nowhere")).await?;
    look(&browser, "groups/pages/removed as empty", &format!("{portal}/groups/removed")).await?;
    browser.quit().await
}

#[tokio::test]
async fn axe_finds_nothing_on_what_the_other_forms_answer() -> Outcome {
    let demo = Demo::start(&Options::default()).await?;
    let contoso = demo.contoso()?;
    let graph = Graph::of(&demo, contoso).await?;
    let sam = graph.invite("sam@northwind.example", "Sam Rivera", &contoso.app.url, true).await?;
    let (browser, portal) = administrator(&demo).await?;

    browser.open(&format!("{portal}/settings")).await?;
    browser.submit(hooks::SUBMIT).await?;
    stands_at(&browser, "portals/settings/settings as saved").await?;
    browser.fill("#invitationLifetimeDays", "a while").await?;
    browser.submit(hooks::SUBMIT).await?;
    browser.find(hooks::FIELD_ERROR).await?;
    stands_at(&browser, "portals/settings/settings as wrong").await?;

    contacts(&browser, &portal).await?;
    branding(&browser, &portal).await?;
    role(&browser, &portal, &contoso.member.upn).await?;
    domain(&browser, &portal).await?;

    browser.open(&format!("{portal}/invitations/new")).await?;
    browser.find("details.more summary").await?.click().await?;
    browser.fill(hooks::INVITE_EMAIL, "nobody@").await?;
    browser.fill("#sponsors", "nobody@contoso.example").await?;
    browser.fill("#usage_location", "Portugal").await?;
    browser.fill("#redirect_url", "https://elsewhere.example/").await?;
    browser.submit(hooks::SUBMIT).await?;
    stands_at(&browser, "invitations/pages/new as all-wrong").await?;

    let user = format!("{portal}/users/{}", sam.user);
    for action in ["resend", "withdraw", "block", "sign-out", "remove", "give-guest-inviter"] {
        browser.open(&format!("{user}/{action}")).await?;
        stands_at(&browser, &format!("portals/guest/question as {action}")).await?;
    }
    browser.open(&format!("{user}/block")).await?;
    browser.submit("main form button").await?;
    stands_at(&browser, "portals/guest/page as blocked").await?;
    invitation(&browser, &portal).await?;
    browser.quit().await
}

/// Where the organisation is and whom to ask: nothing, what is wrong, and what was saved, as long as it may be.
async fn contacts(browser: &Browser, portal: &str) -> Outcome {
    look(browser, "portals/settings/contacts as none", &format!("{portal}/settings/contacts")).await?;
    browser.fill("#countryLetterCode", "Portugal").await?;
    browser.submit(hooks::SUBMIT).await?;
    browser.find(hooks::FIELD_ERROR).await?;
    stands_at(browser, "portals/settings/contacts as wrong").await?;
    browser.fill("#countryLetterCode", "PT").await?;
    browser.fill("#street", &hooks::long_name()).await?;
    browser.submit(hooks::SUBMIT).await?;
    browser.find("[role=status]").await?;
    stands_at(browser, "portals/settings/contacts as saved").await
}

/// The branding for a language: what is wrong with it, what is there, the question, and the page without it.
async fn branding(browser: &Browser, portal: &str) -> Outcome {
    let here = format!("{portal}/settings/branding/ar");
    look(browser, "portals/settings/branding as none", &here).await?;
    browser.fill("#backgroundColor", "red").await?;
    browser.submit(hooks::SUBMIT).await?;
    browser.find(hooks::FIELD_ERROR).await?;
    stands_at(browser, "portals/settings/branding as wrong").await?;
    browser.fill("#backgroundColor", "#8b1a4a").await?;
    browser.submit(hooks::SUBMIT).await?;
    stands_at(browser, "portals/settings/branding as saved").await?;
    look(browser, "portals/settings/branding as removing", &format!("{here}?ask=remove")).await?;
    press(browser, "/remove").await?;
    stands_at(browser, "portals/settings/branding as removed").await
}

/// A role is given, asked for, taken, and given again by the button that undoes it.
async fn role(browser: &Browser, portal: &str, who: &str) -> Outcome {
    look(browser, "portals/roles/one as nobodys", &format!("{portal}/roles/reports-reader")).await?;
    browser.fill("#who", who).await?;
    press(browser, "/give").await?;
    stands_at(browser, "portals/roles/one as given").await?;
    browser.submit("main table a[href*='?ask=']").await?;
    stands_at(browser, "portals/roles/one as asking").await?;
    press(browser, "/take").await?;
    stands_at(browser, "portals/roles/one as taken").await?;
    browser.submit("main .toast button").await?;
    stands_at(browser, "portals/roles/one as given-again").await
}

/// A domain is named, asked for, given up, and taken back.
async fn domain(browser: &Browser, portal: &str) -> Outcome {
    browser.open(&format!("{portal}/domains")).await?;
    browser.fill("#name", "named.example").await?;
    press(browser, "/domains").await?;
    stands_at(browser, "portals/domains/list as named").await?;
    browser.submit("main table a[href*='?ask=']").await?;
    stands_at(browser, "portals/domains/list as asking").await?;
    press(browser, "/remove").await?;
    stands_at(browser, "portals/domains/list as given-up").await?;
    browser.submit("main .toast button").await?;
    stands_at(browser, "portals/domains/list as taken-back").await
}

/// The newest invitation: both questions, and what is said afterwards.
async fn invitation(browser: &Browser, portal: &str) -> Outcome {
    browser.open(&format!("{portal}/invitations")).await?;
    browser.submit("main table a.row-link").await?;
    let here = browser.url().await?;
    for (question, done) in [("resend", "sent-again"), ("revoke", "revoked")] {
        browser.open(&format!("{here}?ask={question}")).await?;
        accept_page(browser, &format!("invitation-{question}")).await?;
        press(browser, question).await?;
        stands_at(browser, &format!("invitations/pages/show as {done}")).await?;
    }
    Ok(())
}
