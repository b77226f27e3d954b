//! axe on what the portal asks and answers about people: a member made by hand, guests nobody answers for, removed people.

use e2e::accessibility::{look, stands_at};
use e2e::browser::{Browser, Options as BrowserOptions};
use e2e::demo::{Demo, Options};
use e2e::graph::{Graph, text};
use e2e::journey::{Scrutiny, sign_in};
use e2e::{Outcome, hooks};
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn axe_finds_nothing_where_people_are_made_answered_for_and_brought_back() -> Outcome {
    let demo = Demo::start(&Options::default()).await?;
    let contoso = demo.contoso()?;
    let graph = Graph::of(&demo, contoso).await?;
    let browser = Browser::start(&BrowserOptions::default()).await?;
    let portal = hooks::portal(&demo.contract.base_url, &contoso.domain);
    browser.open(&portal).await?;
    sign_in(&browser, &contoso.administrator, Scrutiny::None).await?;

    look(&browser, "portals/people/create as empty", &format!("{portal}/users/new")).await?;
    browser.submit(hooks::SUBMIT).await?;
    browser.find(hooks::FIELD_ERROR).await?;
    stands_at(&browser, "portals/people/create as wrong").await?;
    look(&browser, "portals/people/unsponsored as empty", &format!("{portal}/users/without-sponsor")).await?;

    let leaving = leave_a_guest_behind(&demo, &graph).await?;
    look(&browser, "portals/people/unsponsored as some", &format!("{portal}/users/without-sponsor")).await?;
    browser.submit(hooks::SUBMIT).await?;
    browser.find(hooks::FIELD_ERROR).await?;
    stands_at(&browser, "portals/people/unsponsored as wrong").await?;
    browser.fill("#sponsor", &contoso.member.upn).await?;
    browser.submit(hooks::SUBMIT).await?;
    stands_at(&browser, "portals/people/unsponsored as named").await?;

    look(&browser, "portals/people/removed as some", &format!("{portal}/users/removed")).await?;
    browser.submit("main form .btn").await?;
    stands_at(&browser, "portals/guest/page as brought-back").await?;
    let (status, answer) = graph.ask(Method::GET, &format!("/v1.0/users/{leaving}"), None).await?;
    assert_eq!(status, 200, "who was brought back is there again: {answer}");
    browser.quit().await
}

#[tokio::test]
async fn axe_finds_nothing_where_several_are_picked() -> Outcome {
    let demo = Demo::start(&Options::default()).await?;
    let contoso = demo.contoso()?;
    let graph = Graph::of(&demo, contoso).await?;
    let browser = Browser::start(&BrowserOptions::default()).await?;
    let portal = hooks::portal(&demo.contract.base_url, &contoso.domain);
    browser.open(&portal).await?;
    sign_in(&browser, &contoso.administrator, Scrutiny::None).await?;

    let member = format!("{portal}/users?q={}&pick=all", contoso.member.upn);
    look(&browser, "portals/users/list as picked", &member).await?;
    browser.submit(".bulk button[value='block']").await?;
    stands_at(&browser, "portals/picked/question as block").await?;
    browser.submit("main button.danger").await?;
    stands_at(&browser, "portals/picked/done as blocked").await?;
    browser.submit("main form button").await?;
    stands_at(&browser, "portals/picked/done as undone").await?;

    let guest = graph.invite("gone@northwind.example", "Gone Already", &contoso.app.url, false).await?;
    browser.open(&format!("{portal}/users?q=gone&pick=all")).await?;
    graph.call(Method::DELETE, &format!("/v1.0/users/{}", guest.user), &Value::Null).await?;
    browser.submit(".bulk button[value='remove']").await?;
    stands_at(&browser, "portals/picked/nobody as gone").await?;
    browser.quit().await
}

#[tokio::test]
async fn axe_finds_nothing_where_groups_apps_and_invitations_are_picked_and_removed_for_good() -> Outcome {
    let demo = Demo::start(&Options::default()).await?;
    let contoso = demo.contoso()?;
    let graph = Graph::of(&demo, contoso).await?;
    let browser = Browser::start(&BrowserOptions::default()).await?;
    let portal = hooks::portal(&demo.contract.base_url, &contoso.domain);
    browser.open(&portal).await?;
    sign_in(&browser, &contoso.administrator, Scrutiny::None).await?;

    let name = hooks::long_name();
    let group = json!({
        "displayName": name, "mailNickname": "picked", "mailEnabled": false, "securityEnabled": true,
    });
    let group = text(&graph.call(Method::POST, "/v1.0/groups", &group).await?, "/id")?;
    let guest = graph.invite("picked@northwind.example", &name, &contoso.app.url, false).await?;
    let member = json!({ "@odata.id": format!("{}/v1.0/users/{}", demo.contract.base_url, guest.user) });
    graph.call(Method::POST, &format!("/v1.0/groups/{group}/members/$ref"), &member).await?;

    look(&browser, "groups/pages/show as picked", &format!("{portal}/groups/{group}?pick=all")).await?;
    browser.submit(".bulk button[value='take-out']").await?;
    stands_at(&browser, "portals/picked/question as take-out").await?;
    browser.submit("main button.danger").await?;
    stands_at(&browser, "portals/picked/done as taken-out").await?;
    browser.submit("main form button").await?;
    stands_at(&browser, "portals/picked/done as put-in").await?;

    look(&browser, "invitations/pages/list as picked", &format!("{portal}/invitations?pick=all")).await?;
    browser.submit(".bulk button[value='withdraw']").await?;
    stands_at(&browser, "portals/picked/question as withdraw").await?;
    browser.submit("main button.danger").await?;
    stands_at(&browser, "portals/picked/done as withdrawn").await?;

    let app = json!({ "displayName": name });
    let app = text(&graph.call(Method::POST, "/v1.0/applications", &app).await?, "/id")?;
    look(&browser, "service_principals/pages/list as picked", &format!("{portal}/apps?pick=all")).await?;
    for gone in [format!("groups/{group}"), format!("applications/{app}"), format!("users/{}", guest.user)] {
        graph.call(Method::DELETE, &format!("/v1.0/{gone}"), &Value::Null).await?;
    }
    for (page, part) in [
        ("portals/people/removed", "users"),
        ("groups/pages/removed", "groups"),
        ("service_principals/pages/removed", "apps"),
    ] {
        look(&browser, &format!("{page} as picked"), &format!("{portal}/{part}/removed?pick=all")).await?;
        browser.submit("main td button.bare").await?;
        stands_at(&browser, &format!("portals/picked/question as purge-{part}")).await?;
        browser.submit("main button.danger").await?;
        stands_at(&browser, &format!("portals/picked/done as purged-{part}")).await?;
    }
    browser.quit().await
}

/// A guest whose only sponsor is removed; who the sponsor was.
async fn leave_a_guest_behind(demo: &Demo, graph: &Graph) -> Outcome<String> {
    let contoso = demo.contoso()?;
    let sponsor = json!({
        "accountEnabled": true, "displayName": hooks::long_name(), "mailNickname": "leaving",
        "userPrincipalName": format!("leaving@{}", contoso.domain),
        "passwordProfile": { "password": "correct horse battery" },
    });
    let sponsor = text(&graph.call(Method::POST, "/v1.0/users", &sponsor).await?, "/id")?;
    let guest = graph.invite("left@northwind.example", &hooks::long_name(), &contoso.app.url, false).await?;
    let sponsors = format!("/v1.0/users/{}/sponsors", guest.user);
    for other in graph.list(&sponsors).await? {
        let gone = format!("{sponsors}/{}/$ref", text(&other, "/id")?);
        graph.call(Method::DELETE, &gone, &Value::Null).await?;
    }
    let reference = json!({ "@odata.id": format!("{}/v1.0/users/{sponsor}", demo.contract.base_url) });
    graph.call(Method::POST, &format!("{sponsors}/$ref"), &reference).await?;
    graph.call(Method::DELETE, &format!("/v1.0/users/{sponsor}"), &Value::Null).await?;
    Ok(sponsor)
}
