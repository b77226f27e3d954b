//! The page of an app that says how long its tokens are good.

use super::foreign_pages::admitted;
use super::pages::{add, contoso};
use crate::graph::Role;
use crate::platform::ids::TenantId;
use crate::testing::{TestServer, on_both_engines};
use crate::token_lifetimes::tests::{made, manager};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

/// The policies of an object by the API.
async fn held(server: &TestServer, tenant: TenantId, object: &str) -> Vec<Value> {
    let path = format!("/v1.0/{object}/tokenLifetimePolicies");
    let listed = server.api_as(&manager(server, tenant), Method::GET, &path, &Value::Null).await;
    assert_eq!(listed.status, 200, "{}", listed.text);
    let policies = listed.json()["value"].as_array().expect("a collection").clone();
    policies.into_iter().map(|policy| policy["id"].clone()).collect()
}

/// Both objects of the app with this page, as the API names them.
async fn objects(server: &TestServer, tenant: TenantId, here: &str) -> [String; 2] {
    let registration = format!("applications/{}", here.rsplit('/').next().expect("an id"));
    let path = format!("/v1.0/{registration}?$select=appId");
    let app = server.api_as(&manager(server, tenant), Method::GET, &path, &Value::Null).await.json();
    [registration, format!("servicePrincipals(appId='{}')", app["appId"].as_str().expect("an id"))]
}

/// Whether the page says this and the reason.
fn says(page: &str, lifetime: &str, reason: &str) -> bool {
    page.contains(&format!("<b>{lifetime}</b>")) && page.contains(reason)
}

#[tokio::test]
async fn policies_of_an_app_are_seen_and_chosen() {
    on_both_engines(async |server| {
        let (tenant, browser) = contoso(&server).await;
        let here = add(&browser, "Expenses").await;
        let page = format!("{here}/token-lifetime");
        let [registration, principal] = objects(&server, tenant.id, &here).await;
        let of_app = browser.get(&here).await.text;
        assert!(of_app.contains(&format!("href=\"{page}\"")) && of_app.contains("; now 1 hour."), "{of_app}");
        let empty = browser.get(&page).await.text;
        assert!(says(&empty, "1 hour", "because no policy says otherwise"), "{empty}");
        made(&server, tenant.id, "02:00:00", true).await;
        let short = made(&server, tenant.id, "00:30:00", false).await;
        let long = made(&server, tenant.id, "1.00:00:00", false).await;
        let shown = browser.get(&page).await.text;
        assert!(says(&shown, "2 hours", "by Tokens of 02:00:00, the default of the organisation"), "{shown}");

        let saved = browser.submit_to("/token-lifetime", &[("registration", &short)]).await;
        assert!(saved.text.contains("It was saved."), "{} {}", saved.status, saved.text);
        assert!(says(&saved.text, "30 minutes", "the policy of the registration"), "{}", saved.text);
        assert!(saved.text.contains(&format!("value=\"{short}\" selected")), "{}", saved.text);
        assert_eq!(held(&server, tenant.id, &registration).await, [json!(short)]);
        assert!(held(&server, tenant.id, &principal).await.is_empty());

        let both = [("registration", short.as_str()), ("principal", long.as_str())];
        let saved = browser.submit_to("/token-lifetime", &both).await;
        assert!(says(&saved.text, "1 day", "the policy of the service principal"), "{}", saved.text);
        assert_eq!(held(&server, tenant.id, &principal).await, [json!(long)]);
        let swapped = [("registration", long.as_str()), ("principal", short.as_str())];
        browser.submit_to("/token-lifetime", &swapped).await;
        assert_eq!(held(&server, tenant.id, &registration).await, [json!(long)]);
        assert_eq!(held(&server, tenant.id, &principal).await, [json!(short)]);
        assert!(browser.get(&here).await.text.contains("; now 30 minutes."), "the page of the app says so, too");

        browser.get(&page).await;
        browser.submit_to("/token-lifetime", &[("registration", ""), ("principal", "")]).await;
        for object in [&registration, &principal] {
            assert!(held(&server, tenant.id, object).await.is_empty(), "{object}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_not_there_and_what_is_out_of_date_changes_nothing() {
    on_both_engines(async |server| {
        let (tenant, browser) = contoso(&server).await;
        let other = server.tenant("Fabrikam", "fabrikam.example").await;
        let here = add(&browser, "Expenses").await;
        let page = format!("{here}/token-lifetime");
        let [registration, principal] = objects(&server, tenant.id, &here).await;
        let policy = made(&server, tenant.id, "00:30:00", false).await;
        let foreign = made(&server, other.id, "00:30:00", false).await;
        for gone in [foreign.as_str(), "nothing"] {
            browser.get(&page).await;
            let fields = [("registration", policy.as_str()), ("principal", gone)];
            let refused = browser.submit_to("/token-lifetime", &fields).await;
            assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{}", refused.text);
            assert!(refused.text.contains("<title>Error:"), "{}", refused.text);
            assert!(refused.text.contains("<a href=\"#principal\">"), "{}", refused.text);
            assert!(held(&server, tenant.id, &registration).await.is_empty(), "the other one neither");
        }
        let ada = server.member(&tenant, "ada", &[Role::ApplicationAdministrator]).await;
        let early = server.signed_in(&ada).await;
        browser.get(&page).await;
        early.get(&page).await;
        early.submit_to("/token-lifetime", &[("principal", &policy)]).await;
        let late = browser.submit_to("/token-lifetime", &[("registration", &policy)]).await;
        assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.text);
        assert!(held(&server, tenant.id, &registration).await.is_empty());
        assert_eq!(held(&server, tenant.id, &principal).await, [json!(policy)]);
    })
    .await;
}

#[tokio::test]
async fn owners_choose_for_what_they_own_and_others_do_not_see_the_page() {
    on_both_engines(async |server| {
        let (tenant, browser) = contoso(&server).await;
        let admin = server.administrator(&tenant).await;
        let here = add(&browser, "Expenses").await;
        let page = format!("{here}/token-lifetime");
        let [registration, principal] = objects(&server, tenant.id, &here).await;
        let policy = made(&server, tenant.id, "00:30:00", false).await;
        let [mia, kim] = [server.member(&tenant, "mia", &[]).await, server.member(&tenant, "kim", &[]).await];
        let owner = json!({ "@odata.id": format!("http://localhost:8080/v1.0/users/{}", mia.id) });
        let owners = format!("/v1.0/{registration}/owners/$ref");
        assert_eq!(server.api_as(&admin, Method::POST, &owners, &owner).await.status, 204);
        assert_eq!(server.signed_in(&kim).await.get(&page).await.status, StatusCode::FORBIDDEN);
        let of_mia = server.signed_in(&mia).await;
        let shown = of_mia.get(&page).await;
        assert_eq!(shown.status, StatusCode::OK, "{}", shown.text);
        assert!(shown.text.contains("name=\"registration\""), "{}", shown.text);
        assert!(!shown.text.contains("name=\"principal\""), "that is not theirs: {}", shown.text);
        assert!(!shown.text.contains("/settings/token-lifetimes"), "nor are the policies: {}", shown.text);
        let fields = [("registration", policy.as_str()), ("principal", policy.as_str())];
        let saved = of_mia.submit_to("/token-lifetime", &fields).await;
        assert_eq!(saved.status, StatusCode::OK, "{}", saved.text);
        assert_eq!(held(&server, tenant.id, &registration).await, [json!(policy)]);
        assert!(held(&server, tenant.id, &principal).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn of_an_app_of_another_organisation_there_is_what_stands_here() {
    on_both_engines(async |server| {
        let (tenant, browser) = contoso(&server).await;
        let (_, principal, here) = admitted(&server, &tenant, "Harvester").await;
        let page = format!("{here}/token-lifetime");
        let policy = made(&server, tenant.id, "00:30:00", false).await;
        assert!(browser.get(&here).await.text.contains(&format!("href=\"{page}\"")), "{}", browser.page());
        let shown = browser.get(&page).await.text;
        assert!(says(&shown, "1 hour", "because no policy says otherwise"), "{shown}");
        assert!(!shown.contains("name=\"registration\""), "it is registered elsewhere: {shown}");
        let saved = browser.submit_to("/token-lifetime", &[("principal", &policy)]).await;
        assert!(says(&saved.text, "30 minutes", "the policy of the service principal"), "{}", saved.text);
        assert_eq!(browser.location(), format!("{page}?done=saved"));
        let object = format!("servicePrincipals/{}", principal.id);
        assert_eq!(held(&server, tenant.id, &object).await, [json!(policy)]);
    })
    .await;
}
