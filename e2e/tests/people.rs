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
