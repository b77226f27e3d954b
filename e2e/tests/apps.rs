//! axe on what stands on pages of its own about an app: tags and notes, federated credentials, extension properties, how long its
//! tokens are good, service principals that were removed alone, and apps of other organisations.

use e2e::accessibility::{look, stands_at};
use e2e::browser::{Browser, Options as BrowserOptions};
use e2e::demo::{Demo, Options};
use e2e::graph::{Graph, text};
use e2e::journey::{Scrutiny, sign_in};
use e2e::{Outcome, hooks};
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn axe_finds_nothing_on_what_belongs_to_an_app() -> Outcome {
    let demo = Demo::start(&Options::default()).await?;
    let contoso = demo.contoso()?;
    let graph = Graph::of(&demo, contoso).await?;
    let browser = Browser::start(&BrowserOptions::default()).await?;
    let portal = hooks::portal(&demo.contract.base_url, &contoso.domain);
    browser.open(&portal).await?;
    sign_in(&browser, &contoso.administrator, Scrutiny::None).await?;

    // A name as long as it may be stands in headings, buttons and questions.
    let app = graph.call(Method::POST, "/v1.0/applications", &json!({ "displayName": hooks::long_name() })).await?;
    let body = json!({ "appId": text(&app, "/appId")? });
    let principal = text(&graph.call(Method::POST, "/v1.0/servicePrincipals", &body).await?, "/id")?;
    let here = format!("{portal}/apps/{}", text(&app, "/id")?);
    look_at_notes(&browser, &format!("{here}/notes")).await?;
    look_at_credentials(&browser, &format!("{here}/federated")).await?;
    look_at_properties(&browser, &format!("{here}/extensions")).await?;
    look_at_lifetimes(&graph, &browser, &portal, &format!("{here}/token-lifetime")).await?;

    let removed = format!("{portal}/apps/removed/principals");
    look(&browser, "service_principals/pages/removed_principals as empty", &removed).await?;
    let live = format!("/v1.0/servicePrincipals/{principal}");
    graph.call(Method::DELETE, &live, &Value::Null).await?;
    look(&browser, "service_principals/pages/removed_principals as picked", &format!("{removed}?pick=all")).await?;
    browser.submit("main td button[form='one']").await?;
    stands_at(&browser, "portals/picked/question as purge-principal").await?;
    browser.open(&removed).await?;
    browser.submit("main td button[form='back']").await?;
    stands_at(&browser, "portals/picked/done as brought-back-principal").await?;
    let (status, answer) = graph.ask(Method::GET, &live, None).await?;
    assert_eq!(status, 200, "what was brought back is there again: {answer}");
    browser.quit().await
}

/// Nothing, a tag that is too long, and one without a place to break.
async fn look_at_notes(browser: &Browser, page: &str) -> Outcome {
    look(browser, "service_principals/pages/notes as empty", page).await?;
    browser.fill("#tags", &hooks::long_name().repeat(2)).await?;
    browser.submit(hooks::SUBMIT).await?;
    browser.find(hooks::FIELD_ERROR).await?;
    stands_at(browser, "service_principals/pages/notes as wrong").await?;
    browser.fill("#tags", &hooks::long_name()).await?;
    browser.fill("#notes", &hooks::long_name()).await?;
    browser.submit(hooks::SUBMIT).await?;
    browser.find("[role=status]").await?;
    stands_at(browser, "service_principals/pages/notes as saved").await
}

/// Nothing, a form that is wrong, values as long as they may be, the question, and what comes of it.
async fn look_at_credentials(browser: &Browser, page: &str) -> Outcome {
    look(browser, "service_principals/pages/federated as empty", page).await?;
    browser.submit(hooks::SUBMIT).await?;
    browser.find(hooks::FIELD_ERROR).await?;
    stands_at(browser, "service_principals/pages/federated as wrong").await?;
    for (field, value) in [
        ("#name", "n".repeat(120)),
        ("#issuer", format!("https://issuer.example/{}", "i".repeat(200))),
        ("#subject", hooks::long_name()),
        ("#audience", "a".repeat(200)),
        ("#description", hooks::long_name()),
    ] {
        browser.fill(field, &value).await?;
    }
    browser.submit(hooks::SUBMIT).await?;
    stands_at(browser, "service_principals/pages/federated as some").await?;
    browser.submit("main td a.btn").await?;
    stands_at(browser, "service_principals/pages/federated as removing").await?;
    browser.submit("main button.danger").await?;
    stands_at(browser, "service_principals/pages/federated as removed").await
}

/// The same of properties; one that was removed still stands there.
async fn look_at_properties(browser: &Browser, page: &str) -> Outcome {
    look(browser, "service_principals/pages/extensions as empty", page).await?;
    browser.submit(hooks::SUBMIT).await?;
    browser.find(hooks::FIELD_ERROR).await?;
    stands_at(browser, "service_principals/pages/extensions as wrong").await?;
    browser.fill("#name", &"p".repeat(85)).await?;
    browser.submit(hooks::SUBMIT).await?;
    stands_at(browser, "service_principals/pages/extensions as some").await?;
    browser.submit("main td a.btn").await?;
    stands_at(browser, "service_principals/pages/extensions as removing").await?;
    browser.submit("main button.danger").await?;
    stands_at(browser, "service_principals/pages/extensions as removed").await
}

/// No policy, one with a name as long as it may be, an app that has it, and what is left when it is gone.
async fn look_at_lifetimes(graph: &Graph, browser: &Browser, portal: &str, page: &str) -> Outcome {
    let list = format!("{portal}/settings/token-lifetimes");
    look(browser, "service_principals/pages/token_lifetime as empty", page).await?;
    look(browser, "portals/token_lifetimes/list as empty", &list).await?;
    browser.submit(hooks::SUBMIT).await?;
    browser.find(hooks::FIELD_ERROR).await?;
    stands_at(browser, "portals/token_lifetimes/list as wrong").await?;
    browser.fill("#displayName", &hooks::long_name()).await?;
    browser.fill("#description", &hooks::long_name()).await?;
    browser.submit(hooks::SUBMIT).await?;
    stands_at(browser, "portals/token_lifetimes/one as made").await?;
    browser.fill("#lifetime", "a while").await?;
    browser.submit(hooks::SUBMIT).await?;
    browser.find(hooks::FIELD_ERROR).await?;
    stands_at(browser, "portals/token_lifetimes/one as wrong").await?;
    browser.fill("#lifetime", "1.00:00:00").await?;
    browser.submit(hooks::SUBMIT).await?;
    browser.find("[role=status]").await?;
    stands_at(browser, "portals/token_lifetimes/one as saved").await?;
    look(browser, "portals/token_lifetimes/list as some", &list).await?;

    look(browser, "service_principals/pages/token_lifetime as some", page).await?;
    browser.find("#registration option:last-child").await?.click().await?;
    browser.submit(hooks::SUBMIT).await?;
    browser.find("[role=status]").await?;
    stands_at(browser, "service_principals/pages/token_lifetime as chosen").await?;
    let policies = "/v1.0/policies/tokenLifetimePolicies";
    let policy = graph.list(policies).await?.into_iter().next().ok_or("no policy was made")?;
    let renamed = json!({ "displayName": "Renamed" });
    let one = format!("{policies}/{}", text(&policy, "/id")?);
    browser.open(&format!("{list}/{}", text(&policy, "/id")?)).await?;
    graph.call(Method::PATCH, &one, &renamed).await?;
    browser.submit(hooks::SUBMIT).await?;
    stands_at(browser, "portals/token_lifetimes/one as stale").await?;
    browser.open(page).await?;
    graph.call(Method::DELETE, &one, &Value::Null).await?;
    browser.submit(hooks::SUBMIT).await?;
    stands_at(browser, "service_principals/pages/token_lifetime as stale").await?;

    browser.open(&list).await?;
    browser.fill("#displayName", "Another").await?;
    browser.submit(hooks::SUBMIT).await?;
    browser.submit("main button.danger").await?;
    stands_at(browser, "portals/token_lifetimes/list as removed").await
}

/// An app that Fabrikam registered, in Contoso: on the list, on a page of its own, asked about, and removed.
#[tokio::test]
async fn axe_finds_nothing_on_an_app_of_another_organisation() -> Outcome {
    let demo = Demo::start(&Options::default()).await?;
    let contoso = demo.contoso()?;
    let home = demo.contract.tenants.get(1).ok_or("demo.json names one tenant")?;
    let (graph, at_home) = (Graph::of(&demo, contoso).await?, Graph::of(&demo, home).await?);
    let browser = Browser::start(&BrowserOptions::default()).await?;
    let portal = hooks::portal(&demo.contract.base_url, &contoso.domain);
    browser.open(&portal).await?;
    sign_in(&browser, &contoso.administrator, Scrutiny::None).await?;

    let role = json!({
        "id": "0f5c2a3e-8d0b-4c6f-9f4e-6f6d3f1b7a10", "value": "Reader", "displayName": hooks::long_name(),
        "allowedMemberTypes": ["User"], "isEnabled": true,
    });
    let body = json!({
        "displayName": hooks::long_name(), "signInAudience": "AzureADMultipleOrgs", "appRoles": [role],
        "web": { "redirectUris": [format!("https://app.example/{}", "r".repeat(150))] },
    });
    let app = at_home.call(Method::POST, "/v1.0/applications", &body).await?;
    let added = json!({ "appId": text(&app, "/appId")? });
    let principal = text(&graph.call(Method::POST, "/v1.0/servicePrincipals", &added).await?, "/id")?;
    let here = format!("{portal}/apps/foreign/{principal}");
    look(&browser, "service_principals/pages/list as with-foreign", &format!("{portal}/apps")).await?;
    look(&browser, "service_principals/pages/foreign as new", &here).await?;
    look(&browser, "service_principals/pages/token_lifetime as foreign", &format!("{here}/token-lifetime")).await?;
    look(&browser, "service_principals/pages/notes as foreign", &format!("{here}/notes")).await?;

    let api = "/v1.0/servicePrincipals?$filter=appId%20eq%20'00000003-0000-0000-c000-000000000000'";
    let api = graph.list(api).await?.into_iter().next().ok_or("no directory API")?;
    let grant = json!({
        "clientId": principal, "consentType": "AllPrincipals", "resourceId": text(&api, "/id")?,
        "scope": "User.Read.All Group.Read.All Directory.Read.All openid profile email offline_access",
    });
    graph.call(Method::POST, "/v1.0/oauth2PermissionGrants", &grant).await?;
    browser.open(&here).await?;
    browser.fill("#address", "nobody@contoso.example").await?;
    browser.submit("main form[action$='/assign'] button").await?;
    browser.find(hooks::FIELD_ERROR).await?;
    stands_at(&browser, "service_principals/pages/foreign as wrong").await?;
    browser.fill("#address", &contoso.member.upn).await?;
    browser.submit("main form[action$='/assign'] button").await?;
    stands_at(&browser, "service_principals/pages/foreign as some").await?;
    look(&browser, "service_principals/pages/foreign as asking", &format!("{here}?ask=remove")).await?;

    let narrowed = json!({ "signInAudience": "AzureADMyOrg" });
    let path = format!("/v1.0/applications/{}", text(&app, "/id")?);
    at_home.call(Method::PATCH, &path, &narrowed).await?;
    look(&browser, "service_principals/pages/foreign as taken-away", &here).await?;
    let live = format!("/v1.0/servicePrincipals/{principal}");
    graph.call(Method::DELETE, &live, &Value::Null).await?;
    let removed = format!("{portal}/apps/removed/principals");
    look(&browser, "service_principals/pages/removed_principals as foreign", &removed).await?;
    browser.quit().await
}
