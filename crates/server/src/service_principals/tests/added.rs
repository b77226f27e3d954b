//! Whom an app is for that is added in the admin centre.

use super::pages::{APPS, contoso};
use crate::applications;
use crate::service_principals::store;
use crate::tenants::Tenant;
use crate::testing::{Browser, TestServer, on_both_engines};
use axum::http::{Method, StatusCode};
use serde_json::json;

const TICKED: &str = "name=\"required\" value=\"1\" checked>";

/// Adds an app by the form.
async fn add(browser: &Browser<'_>, fields: &[(&str, &str)]) {
    browser.get(&format!("{APPS}/new")).await;
    let answer = browser.submit_to("/apps/new", fields).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
}

/// Whether only those get a token for the app of this name who are assigned.
async fn is_closed(server: &TestServer, tenant: &Tenant, name: &str) -> bool {
    let mut tx = server.read().await.expect("a connection");
    let apps = applications::store::list(&mut tx, tenant.id).await.expect("apps");
    let app = apps.into_iter().find(|app| app.display_name == name).expect("the app");
    let found = store::find_by_client(&mut tx, tenant.id, app.app_id).await.expect("an answer");
    found.expect("the service principal").app_role_assignment_required
}

#[tokio::test]
async fn an_app_is_for_those_who_are_assigned_unless_it_is_opened() {
    on_both_engines(async |server| {
        let (tenant, browser) = contoso(&server).await;
        let page = browser.get(&format!("{APPS}/new")).await.text;
        assert!(page.contains(TICKED), "{page}");
        assert!(page.contains("Nobody signs in to it, you included, until they or a group of theirs"), "{page}");

        add(&browser, &[("name", "Payroll"), ("required", "1")]).await;
        assert!(is_closed(&server, &tenant, "Payroll").await);
        assert!(browser.page().contains(TICKED), "its page says so: {}", browser.page());
        add(&browser, &[("name", "Canteen")]).await;
        assert!(!is_closed(&server, &tenant, "Canteen").await);

        // The box stands as it was sent when something else is wrong.
        for (ticked, required) in [(true, "1"), (false, "")] {
            browser.get(&format!("{APPS}/new")).await;
            let again = browser.submit_to("/apps/new", &[("name", ""), ("required", required)]).await;
            assert_eq!(again.status, StatusCode::BAD_REQUEST);
            assert_eq!(again.text.contains(TICKED), ticked, "{}", again.text);
        }
    })
    .await;
}

#[tokio::test]
async fn whoever_may_register_apps_without_a_role_closes_their_own() {
    on_both_engines(async |server| {
        let (tenant, _) = contoso(&server).await;
        let admin = server.administrator(&tenant).await;
        let allowed = json!({ "defaultUserRolePermissions": { "allowedToCreateApps": true } });
        let answer = server.api_as(&admin, Method::PATCH, "/v1.0/policies/authorizationPolicy", &allowed).await;
        assert!(answer.status.is_success(), "{}", answer.text);
        server.caught_up().await;
        let mara = server.member(&tenant, "mara", &[]).await;
        let own = server.signed_in(&mara).await;
        add(&own, &[("name", "Travel"), ("required", "1")]).await;
        assert!(is_closed(&server, &tenant, "Travel").await);
    })
    .await;
}
