//! axe on the pages where people and administrators are asked what an app may do, and where they take it back.

use e2e::accessibility::{look, stands_at};
use e2e::browser::{Browser, Options as BrowserOptions};
use e2e::demo::{Demo, Options, Person};
use e2e::graph::{Graph, text};
use e2e::journey::{Scrutiny, sign_in};
use e2e::weight::Weight;
use e2e::{Outcome, hooks};
use reqwest::Method;
use serde_json::json;

/// RFC 7636 appendix B.
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

const REDIRECT: &str = "https://app.example/cb";

async fn signed_in(demo: &Demo, person: &Person, language: &'static str) -> Outcome<Browser> {
    let browser = Browser::start(&BrowserOptions { language, ..BrowserOptions::default() }).await?;
    browser.open(&hooks::portal(&demo.contract.base_url, &demo.contoso()?.domain)).await?;
    sign_in(&browser, person, Scrutiny::None).await?;
    Ok(browser)
}

#[tokio::test]
async fn axe_finds_nothing_where_apps_ask_and_people_take_back() -> Outcome {
    let demo = Demo::start(&Options::default()).await?;
    let contoso = demo.contoso()?;
    let base_url = &demo.contract.base_url;
    let graph = Graph::of(&demo, contoso).await?;
    // A name as long as it may be stands in headings and questions.
    let body = json!({ "displayName": hooks::long_name(), "web": { "redirectUris": [REDIRECT] } });
    let app = graph.call(Method::POST, "/v1.0/applications", &body).await?;
    let client = text(&app, "/appId")?;
    let principal = graph.call(Method::POST, "/v1.0/servicePrincipals", &json!({ "appId": client })).await?;
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([
            ("client_id", client.as_str()),
            ("redirect_uri", REDIRECT),
            ("response_type", "code"),
            ("scope", "openid User.Read.All"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ])
        .finish();
    let asked = format!("{base_url}/{}/oauth2/v2.0/authorize?{query}", contoso.id);
    let permissions = format!("{}/permissions", hooks::my_apps(base_url, &contoso.domain));
    let organizations = format!("{}/organizations", hooks::my_apps(base_url, &contoso.domain));
    for language in ["en", "de", "ar"] {
        let member = signed_in(&demo, &contoso.member, language).await?;
        look(&member, "authorization/pages/consent_needed as asked", &asked).await?;
        look(&member, "portals/my_apps/permissions as empty", &permissions).await?;
        look(&member, "portals/my_apps/organizations as member", &organizations).await?;
        member.quit().await?;
        let administrator = signed_in(&demo, &contoso.administrator, language).await?;
        look(&administrator, "authorization/pages/consent as asked", &asked).await?;
        administrator.quit().await?;
    }

    look_at_requests(&demo, &graph, &asked).await?;

    let api = "/v1.0/servicePrincipals?$filter=appId%20eq%20'00000003-0000-0000-c000-000000000000'";
    let api = graph.list(api).await?.into_iter().next().ok_or("no directory API")?;
    let grant = json!({
        "clientId": text(&principal, "/id")?, "consentType": "AllPrincipals", "resourceId": text(&api, "/id")?,
        "scope": "User.Read.All",
    });
    graph.call(Method::POST, "/v1.0/oauth2PermissionGrants", &grant).await?;
    let member = signed_in(&demo, &contoso.member, "en").await?;
    look(&member, "portals/my_apps/permissions as some", &permissions).await?;
    member.quit().await
}

/// Where requests are taken, the page that refuses has a form, and somebody answers.
async fn look_at_requests(demo: &Demo, graph: &Graph, asked: &str) -> Outcome {
    let contoso = demo.contoso()?;
    let (_, reviewer) = graph.ask(Method::GET, &format!("/v1.0/users/{}", contoso.administrator.upn), None).await?;
    let policy = json!({
        "isEnabled": true, "notifyReviewers": true, "remindersEnabled": false, "requestDurationInDays": 30,
        "reviewers": [{ "query": format!("/v1.0/users/{}", text(&reviewer, "/id")?), "queryType": "MicrosoftGraph" }],
    });
    let (status, answer) = graph.ask(Method::PUT, "/v1.0/policies/adminConsentRequestPolicy", Some(&policy)).await?;
    if status != 204 {
        return Err(format!("{status} {answer}").into());
    }
    for language in ["de", "ar", "en"] {
        let member = signed_in(demo, &contoso.member, language).await?;
        look(&member, "authorization/pages/consent_needed as form", asked).await?;
        if language == "en" {
            member.fill("[name=reason]", &hooks::long_name()).await?;
            member.submit("button[value=ask]").await?;
            look(&member, "authorization/pages/consent_needed as waiting", asked).await?;
        }
        member.quit().await?;
    }
    let administrator = signed_in(demo, &contoso.administrator, "en").await?;
    let portal = hooks::portal(&demo.contract.base_url, &contoso.domain);
    let requests = format!("{portal}/consent-requests");
    look(&administrator, "portals/approvals/list as waiting", &requests).await?;
    administrator.submit("a.row-link").await?;
    stands_at(&administrator, "portals/approvals/one as waiting").await?;
    look_at_policy(graph, &administrator, &format!("{requests}/policy")).await?;
    look_at_rules(&administrator, &format!("{portal}/consent-rules")).await?;
    look_at_low_risk(graph, &administrator, &format!("{portal}/low-risk")).await?;
    administrator.quit().await
}

/// Where somebody decides who may ask and who answers.
async fn look_at_policy(graph: &Graph, administrator: &Browser, policy: &str) -> Outcome {
    let name = hooks::long_name();
    let body = json!({ "displayName": name, "mailNickname": "long", "mailEnabled": false, "securityEnabled": true });
    graph.call(Method::POST, "/v1.0/groups", &body).await?;
    look(administrator, "portals/approvals/policy as set", policy).await?;
    let (nobody, days) = (format!("{name}x"), "#requestDurationInDays");
    for (field, typed, state) in [("#added", nobody.as_str(), "unknown"), (days, "a while", "wrong")] {
        administrator.fill(field, typed).await?;
        administrator.submit(hooks::SUBMIT).await?;
        administrator.find(hooks::FIELD_ERROR).await?;
        stands_at(administrator, &format!("portals/approvals/policy as {state}")).await?;
        administrator.fill("#added", &name).await?;
    }
    administrator.fill(days, "7").await?;
    administrator.submit(hooks::SUBMIT).await?;
    administrator.find("[role=status]").await?;
    stands_at(administrator, "portals/approvals/policy as saved").await
}

/// Where somebody says which permissions are of low risk, of an app with a name as long as it may be and very many of them.
async fn look_at_low_risk(graph: &Graph, administrator: &Browser, page: &str) -> Outcome {
    look(administrator, "service_principals/pages/low_risk as empty", page).await?;
    administrator.submit("main form[method='get'] button").await?;
    stands_at(administrator, "service_principals/pages/low_risk as picking").await?;
    administrator.find("[name=permission]").await?.click().await?;
    administrator.submit("main form[method='post'] button").await?;
    administrator.find("[role=status]").await?;
    stands_at(administrator, "service_principals/pages/low_risk as some").await?;
    let scope = |number: u32| {
        json!({
            "id": format!("00000000-0000-4000-8000-{number:012}"), "type": "User",
            "value": format!("{}{number}", "Costs.Read.".repeat(10)), "adminConsentDisplayName": hooks::long_name(),
        })
    };
    let body = json!({
        "displayName": hooks::long_name(),
        "api": { "oauth2PermissionScopes": (1..=60).map(scope).collect::<Vec<_>>() },
    });
    let app = graph.call(Method::POST, "/v1.0/applications", &body).await?;
    let client = text(&app, "/appId")?;
    graph.call(Method::POST, "/v1.0/servicePrincipals", &json!({ "appId": client })).await?;
    look(administrator, "service_principals/pages/low_risk as very-many", &format!("{page}?of={client}")).await?;
    Weight::of(administrator).await?.accept()?;
    administrator.find("[name=permission]").await?.click().await?;
    let classes = format!("/v1.0/servicePrincipals(appId='{client}')/delegatedPermissionClassifications");
    let meanwhile = json!({ "permissionId": "00000000-0000-4000-8000-000000000002", "classification": "high" });
    graph.call(Method::POST, &classes, &meanwhile).await?;
    administrator.submit("main form[method='post'] button").await?;
    stands_at(administrator, "service_principals/pages/low_risk as stale").await
}

/// Where somebody makes rules of their own about what people let apps do.
async fn look_at_rules(administrator: &Browser, rules: &str) -> Outcome {
    look(administrator, "portals/consent_rules/list as empty", rules).await?;
    administrator.submit(hooks::SUBMIT).await?;
    administrator.find(hooks::FIELD_ERROR).await?;
    stands_at(administrator, "portals/consent_rules/list as wrong").await?;
    administrator.fill("#displayName", &hooks::long_name()).await?;
    administrator.fill("#id", "our-own").await?;
    administrator.submit(hooks::SUBMIT).await?;
    stands_at(administrator, "portals/consent_rules/one as made").await?;
    administrator.fill("#clients", &hooks::long_name()).await?;
    administrator.submit(hooks::SUBMIT).await?;
    administrator.find(hooks::FIELD_ERROR).await?;
    stands_at(administrator, "portals/consent_rules/one as wrong").await?;
    administrator.find("#clients").await?.clear().await?;
    administrator.fill("#resource", "00000003-0000-0000-c000-000000000000").await?;
    administrator.fill("#permissions", "User.Read User.ReadWrite").await?;
    administrator.submit(hooks::SUBMIT).await?;
    stands_at(administrator, "portals/consent_rules/one as added").await?;
    administrator.submit("main form[action$='/assign'] button").await?;
    stands_at(administrator, "portals/consent_rules/one as holding").await?;
    look(administrator, "portals/consent_rules/list as some", rules).await
}
