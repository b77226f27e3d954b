//! axe on the pages where somebody is edited, gets another password, and signs in from outside from then on.

use e2e::accessibility::{look, stands_at};
use e2e::browser::{Browser, Options as BrowserOptions};
use e2e::demo::{Demo, Options};
use e2e::graph::{Graph, text};
use e2e::journey::{Scrutiny, sign_in};
use e2e::weight::Weight;
use e2e::{Outcome, hooks};
use reqwest::Method;
use serde_json::json;
use thirtyfour::By;

#[tokio::test]
async fn axe_finds_nothing_where_somebody_is_edited() -> Outcome {
    let demo = Demo::start(&Options::default()).await?;
    let contoso = demo.contoso()?;
    let graph = Graph::of(&demo, contoso).await?;
    let browser = Browser::start(&BrowserOptions::default()).await?;
    let portal = hooks::portal(&demo.contract.base_url, &contoso.domain);
    browser.open(&portal).await?;
    sign_in(&browser, &contoso.administrator, Scrutiny::None).await?;

    // A name as long as it may be stands in headings, questions and hints.
    let member = json!({
        "accountEnabled": true, "displayName": hooks::long_name(), "mailNickname": "edited",
        "userPrincipalName": format!("edited@{}", contoso.domain),
        "passwordProfile": { "password": "correct horse battery" },
    });
    let member = text(&graph.call(Method::POST, "/v1.0/users", &member).await?, "/id")?;
    let here = format!("{portal}/users/{member}");
    look(&browser, "portals/people/edit/page as stored", &format!("{here}/edit")).await?;
    Weight::of(&browser).await?.accept()?;
    browser.fill("#displayName", " ").await?;
    browser.fill("#usageLocation", "Portugal").await?;
    browser.submit(hooks::SUBMIT).await?;
    browser.find(hooks::FIELD_ERROR).await?;
    stands_at(&browser, "portals/people/edit/page as wrong").await?;
    browser.fill("#displayName", &hooks::long_name()).await?;
    browser.fill("#usageLocation", "PT").await?;
    browser.submit(hooks::SUBMIT).await?;
    stands_at(&browser, "portals/guest/page as edited").await?;

    browser.open(&format!("{here}/edit")).await?;
    let meanwhile = json!({ "department": hooks::long_name().chars().take(64).collect::<String>() });
    graph.ask(Method::PATCH, &format!("/v1.0/users/{member}"), Some(&meanwhile)).await?;
    browser.fill("#department", "Sales").await?;
    browser.submit(hooks::SUBMIT).await?;
    stands_at(&browser, "portals/people/edit/page as stale").await?;
    browser.submit("main form[action$='/photo'] .btns button").await?;
    stands_at(&browser, "portals/people/edit/page as without-a-file").await?;

    look(&browser, "portals/people/password as empty", &format!("{here}/password")).await?;
    browser.fill("#password", "short").await?;
    browser.submit("main form button.danger").await?;
    browser.find(hooks::FIELD_ERROR).await?;
    stands_at(&browser, "portals/people/password as wrong").await?;
    let meanwhile = json!({ "department": "Sales" });
    graph.ask(Method::PATCH, &format!("/v1.0/users/{member}"), Some(&meanwhile)).await?;
    browser.fill("#password", "another horse battery").await?;
    browser.submit("main form button.danger").await?;
    stands_at(&browser, "portals/people/password as stale").await?;
    browser.fill("#password", "another horse battery").await?;
    browser.submit("main form button.danger").await?;
    stands_at(&browser, "portals/guest/page as with-a-password").await?;

    look(&browser, "portals/people/convert as empty", &format!("{here}/convert")).await?;
    browser.fill("#address", &format!("edited@{}", contoso.domain)).await?;
    browser.submit("main form button.danger").await?;
    browser.find(hooks::FIELD_ERROR).await?;
    stands_at(&browser, "portals/people/convert as wrong").await?;
    let meanwhile = json!({ "department": "Purchasing" });
    graph.ask(Method::PATCH, &format!("/v1.0/users/{member}"), Some(&meanwhile)).await?;
    browser.fill("#address", "edited@northwind.example").await?;
    browser.submit("main form button.danger").await?;
    stands_at(&browser, "portals/people/convert as stale").await?;
    browser.fill("#address", "edited@northwind.example").await?;
    browser.submit("main form button.danger").await?;
    stands_at(&browser, "portals/guest/page as converted").await?;
    for part in ["password", "convert"] {
        look(&browser, &format!("portals/people/{part} as external"), &format!("{here}/{part}")).await?;
    }
    browser.quit().await
}

#[tokio::test]
async fn axe_finds_nothing_where_somebody_looks_after_their_group() -> Outcome {
    let demo = Demo::start(&Options::default()).await?;
    let contoso = demo.contoso()?;
    let graph = Graph::of(&demo, contoso).await?;
    let body = json!({
        "displayName": hooks::long_name(), "mailNickname": "owned", "mailEnabled": false, "securityEnabled": true,
    });
    let group = text(&graph.call(Method::POST, "/v1.0/groups", &body).await?, "/id")?;
    let (_, owner) = graph.ask(Method::GET, &format!("/v1.0/users/{}", contoso.member.upn), None).await?;
    let owner = format!("{}/v1.0/users/{}", demo.contract.base_url, text(&owner, "/id")?);
    for relation in ["owners", "members"] {
        let path = format!("/v1.0/groups/{group}/{relation}/$ref");
        graph.call(Method::POST, &path, &json!({ "@odata.id": owner })).await?;
    }
    let browser = Browser::start(&BrowserOptions::default()).await?;
    let portal = hooks::portal(&demo.contract.base_url, &contoso.domain);
    browser.open(&hooks::my_apps(&demo.contract.base_url, &contoso.domain)).await?;
    sign_in(&browser, &contoso.member, Scrutiny::None).await?;
    stands_at(&browser, "portals/my_apps/my_apps as owner").await?;
    look(&browser, "groups/pages/list as owner", &format!("{portal}/groups")).await?;
    look(&browser, "groups/pages/show as owner", &format!("{portal}/groups/{group}")).await?;
    look(&browser, "invitations/pages/new as into-a-group", &format!("{portal}/invitations/new?group={group}")).await?;
    browser.quit().await
}

#[tokio::test]
async fn axe_finds_nothing_where_an_app_says_what_it_exposes_and_needs() -> Outcome {
    let demo = Demo::start(&Options::default()).await?;
    let contoso = demo.contoso()?;
    let graph = Graph::of(&demo, contoso).await?;
    let body = json!({ "displayName": hooks::long_name() });
    let app = graph.call(Method::POST, "/v1.0/applications", &body).await?;
    graph.call(Method::POST, "/v1.0/servicePrincipals", &json!({ "appId": text(&app, "/appId")? })).await?;
    let scope = json!({
        "id": "6f1d2c3b-4a59-4e87-9c6d-0b1a2f3e4d5c", "value": "Costs.Read", "type": "User", "isEnabled": true,
        "adminConsentDisplayName": hooks::long_name(), "adminConsentDescription": "Reads costs.",
    });
    let offering = format!("Offers {}", hooks::long_name());
    let offering = json!({ "displayName": offering, "api": { "oauth2PermissionScopes": [scope] } });
    graph.call(Method::POST, "/v1.0/applications", &offering).await?;
    let browser = Browser::start(&BrowserOptions::default()).await?;
    let portal = hooks::portal(&demo.contract.base_url, &contoso.domain);
    browser.open(&portal).await?;
    sign_in(&browser, &contoso.administrator, Scrutiny::None).await?;

    let here = format!("{portal}/apps/{}", text(&app, "/id")?);
    look(&browser, "service_principals/pages/api/exposed as empty", &format!("{here}/exposed")).await?;
    browser.fill("#value", "two words").await?;
    browser.submit("button[value='add-scope']").await?;
    browser.find(hooks::FIELD_ERROR).await?;
    stands_at(&browser, "service_principals/pages/api/exposed as wrong").await?;
    browser.fill("#value", &"Costs.Read.".repeat(10)).await?;
    browser.fill("#admin-title", &hooks::long_name()).await?;
    browser.submit("button[value='add-scope']").await?;
    stands_at(&browser, "service_principals/pages/api/exposed as added").await?;
    browser.submit("button[value='switch']").await?;
    browser.submit("main td a.btn").await?;
    stands_at(&browser, "service_principals/pages/api/exposed as removing").await?;

    look(&browser, "service_principals/pages/api/needs as empty", &format!("{here}/needs")).await?;
    for (typed, state) in [("Nothing begins so", "not-found"), ("Offers", "found")] {
        browser.fill("#q", typed).await?;
        browser.submit("main form[role='search'] button").await?;
        stands_at(&browser, &format!("service_principals/pages/api/needs as {state}")).await?;
    }
    browser.submit("main form[method='get'] button").await?;
    stands_at(&browser, "service_principals/pages/api/needs as picking").await?;
    Weight::of(&browser).await?.accept()?;
    for tick in browser.driver.find_all(By::Css("[name=permission]")).await?.into_iter().take(30) {
        tick.click().await?;
    }
    browser.submit(hooks::SUBMIT).await?;
    stands_at(&browser, "service_principals/pages/api/needs as picked").await?;
    browser.quit().await
}
