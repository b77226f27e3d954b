//! What is of low risk, as people tick it in the portal.

use super::app;
use crate::applications::{Changes, ExposedScope};
use crate::graph::{Caller, Permission, Role, permission};
use crate::tenants::Tenant;
use crate::testing::{Browser, TestServer, on_both_engines};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

const PAGE: &str = "/portal/contoso.example/low-risk";
const USER_READ: &str = "e1fe6dd8-ba31-4d61-89e7-88639da4683d";

async fn contoso(server: &TestServer) -> (Tenant, Browser<'_>) {
    let tenant = server.tenant("Contoso", "contoso.example").await;
    let ines = server.member(&tenant, "ines", &[Role::CloudApplicationAdministrator]).await;
    (tenant, server.signed_in(&ines).await)
}

/// The address of the page for one app.
fn page_of(client: &str) -> String {
    format!("{PAGE}?of={client}")
}

fn scope(id: u128, value: &str, kind: &str) -> ExposedScope {
    serde_json::from_value(json!({
        "id": Uuid::from_u128(id), "value": value, "type": kind, "adminConsentDisplayName": "A <b>title</b>",
    }))
    .expect("a scope")
}

/// What programs read of an app: the ids of permissions and how they are classified.
async fn stored(server: &TestServer, tenant: &Tenant, client: &str) -> Vec<(Value, Value)> {
    let reader = server.application(tenant.id, &[Permission::ApplicationReadAll]);
    let path = format!("/v1.0/servicePrincipals(appId='{client}')/delegatedPermissionClassifications");
    let list = server.api_as(&reader, Method::GET, &path, &Value::Null).await.json();
    let list = list["value"].as_array().expect("a list").iter();
    list.map(|one| (one["permissionId"].clone(), one["classification"].clone())).collect()
}

/// As a program classifies.
async fn classify(server: &TestServer, tenant: &Tenant, client: &str, (id, classification): (u128, &str)) {
    let writer = server.application(tenant.id, &[Permission::PolicyReadWritePermissionGrant]);
    let path = format!("/v1.0/servicePrincipals(appId='{client}')/delegatedPermissionClassifications");
    let body = json!({ "permissionId": Uuid::from_u128(id), "classification": classification });
    let made = server.api_as(&writer, Method::POST, &path, &body).await;
    assert_eq!(made.status, 201, "{}", made.text);
}

#[tokio::test]
async fn a_permission_of_the_directory_is_ticked_and_unticked() {
    on_both_engines(async |server| {
        let (tenant, browser) = contoso(&server).await;
        let directory = permission::RESOURCE.to_string();
        let way = browser.get("/portal/contoso.example/consent-requests").await;
        assert!(way.text.contains(&format!("href=\"{PAGE}\"")), "{}", way.text);
        let first = browser.get(PAGE).await.text;
        assert!(first.contains("Nothing.") && first.contains(&format!("value=\"{directory}\"")), "{first}");
        let shown = browser.get(&page_of(&directory)).await.text;
        for word in ["openid", "offline_access", "User.Read", "User.ReadWrite"] {
            assert!(shown.contains(&format!("<span>{word}")), "{word}: {shown}");
        }
        assert!(!shown.contains("User.Read.All") && !shown.contains(" checked"), "{shown}");
        let kept = browser.submit_to("/low-risk", &[("permission", USER_READ)]).await;
        assert!(kept.text.contains("It holds from the next app on"), "{} {}", kept.status, kept.text);
        assert!(kept.text.contains(&format!("value=\"{USER_READ}\" checked")), "{}", kept.text);
        assert!(
            kept.text.contains(&format!("href=\"{}\"><bdi>Directory API</bdi>", page_of(&directory))),
            "{}",
            kept.text
        );
        assert_eq!(stored(&server, &tenant, &directory).await, [(json!(USER_READ), json!("low"))]);
        browser.submit_to("/low-risk", &[]).await;
        assert!(stored(&server, &tenant, &directory).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_people_are_asked_for_stands_on_the_page_of_an_app_and_what_is_of_low_risk_whatever_became_of_it() {
    on_both_engines(async |server| {
        let (tenant, browser) = contoso(&server).await;
        let system = Caller::system(tenant.id);
        let scopes = vec![
            scope(1, "Orders.Read", "User"),
            scope(2, "Orders.Write", "User"),
            scope(3, "Orders.Delete", "Admin"),
            scope(4, "Orders.Look", "User"),
        ];
        let exposing = Changes { exposed_scopes: Some(scopes), ..Changes::default() };
        let orders = app(&server, &system, "Orders & <i>more</i>", exposing).await.application;
        let client = orders.app_id.to_string();
        let exposed = browser.get(&format!("/portal/contoso.example/apps/{}/exposed", orders.id)).await;
        assert!(exposed.text.contains(&format!("href=\"{}\"", page_of(&client))), "{}", exposed.text);
        classify(&server, &tenant, &client, (1, "high")).await;
        classify(&server, &tenant, &client, (2, "low")).await;
        let ada = server.administrator(&tenant).await;
        let path = format!("/v1.0/applications/{}", orders.id);
        let off = json!({ "api": { "oauth2PermissionScopes": [
            scope(1, "Orders.Read", "User"), scope(2, "Orders.Write", "Admin"), scope(3, "Orders.Delete", "Admin"),
            scope(4, "Orders.Look", "User"),
        ] } });
        assert_eq!(server.api_as(&ada, Method::PATCH, &path, &off).await.status, 204);

        let shown = browser.get(&page_of(&client)).await.text;
        for words in
            ["A program said that the risk is high.", "By now it needs an administrator.", "A &#60;b&#62;title"]
        {
            assert!(shown.contains(words), "{words}: {shown}");
        }
        assert!(!shown.contains("Orders.Delete") && !shown.contains("<i>more"), "{shown}");
        assert_eq!(shown.matches(" checked").count(), 1, "{shown}");
        let (first, second) = (shown.find("<span>Orders.Write"), shown.find("<span>Orders.Look"));
        assert!(first.is_some() && first < second, "what is of low risk stands in front: {shown}");
        // What a program said of another kind is said anew, and what is not ticked is of low risk no longer.
        let ids = [1, 4].map(|id| Uuid::from_u128(id).to_string());
        let [one, four] = &ids;
        let kept = browser.submit_to("/low-risk", &[("permission", one.as_str()), ("permission", four.as_str())]).await;
        assert!(kept.text.contains("It holds from the next app on"), "{} {}", kept.status, kept.text);
        let low = json!("low");
        assert_eq!(stored(&server, &tenant, &client).await, [(json!(one), low.clone()), (json!(four), low)]);
    })
    .await;
}

#[tokio::test]
async fn what_was_stored_meanwhile_is_not_written_over_and_nonsense_is_refused() {
    on_both_engines(async |server| {
        let (tenant, browser) = contoso(&server).await;
        let system = Caller::system(tenant.id);
        let scopes = vec![scope(1, "Orders.Read", "User"), scope(2, "Orders.Write", "User")];
        let exposing = Changes { exposed_scopes: Some(scopes), ..Changes::default() };
        let client = app(&server, &system, "Orders", exposing).await.application.app_id.to_string();
        browser.get(&page_of(&client)).await;
        classify(&server, &tenant, &client, (1, "low")).await;
        let second = Uuid::from_u128(2).to_string();
        let stale = browser.submit_to("/low-risk", &[("permission", second.as_str())]).await;
        assert_eq!(stale.status, StatusCode::CONFLICT, "{}", stale.text);
        assert!(stale.text.contains("<dd><bdi>Orders.Write</bdi></dd>"), "{}", stale.text);
        let low = (json!(Uuid::from_u128(1)), json!("low"));
        assert_eq!(stored(&server, &tenant, &client).await, std::slice::from_ref(&low));

        browser.get(&page_of(&client)).await;
        let nonsense = browser.submit_to("/low-risk", &[("permission", USER_READ)]).await;
        assert_eq!(nonsense.status, StatusCode::BAD_REQUEST, "another app exposes that: {}", nonsense.text);
        assert_eq!(stored(&server, &tenant, &client).await, [low]);
        let nobody = server.entropy.random_uuid().to_string();
        assert_eq!(browser.get(&page_of(&nobody)).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn of_very_many_permissions_some_are_shown_and_those_of_low_risk_first() {
    on_both_engines(async |server| {
        let (tenant, browser) = contoso(&server).await;
        let system = Caller::system(tenant.id);
        let scopes = (1..=60).map(|id| scope(id, &format!("Orders.Read{id:02}"), "User")).collect();
        let exposing = Changes { exposed_scopes: Some(scopes), ..Changes::default() };
        let client = app(&server, &system, "Orders", exposing).await.application.app_id.to_string();
        classify(&server, &tenant, &client, (60, "low")).await;
        let shown = browser.get(&page_of(&client)).await.text;
        assert_eq!(shown.matches("name=\"permission\"").count(), 15, "{shown}");
        assert!(shown.contains("45 further ones") && shown.contains("Orders.Read60"), "{shown}");
        assert!(shown.len() < 61_440, "{}", shown.len());
        let found = browser.get(&format!("{}&q=orders.READ5", page_of(&client))).await.text;
        assert_eq!(found.matches("name=\"permission\"").count(), 10, "{found}");
        let fifty = Uuid::from_u128(50).to_string();
        let kept = browser.submit_to("/low-risk", &[("permission", fifty.as_str())]).await.text;
        assert!(kept.contains("value=\"orders.READ5\"") && kept.contains("It holds from the next app on"), "{kept}");
        assert_eq!(stored(&server, &tenant, &client).await.len(), 2, "what is not shown stays");
        browser.submit_to("/low-risk", &[]).await;
        browser.get(&page_of(&client)).await;
        let first = Uuid::from_u128(1).to_string();
        browser.submit_to("/low-risk", &[("permission", first.as_str())]).await;
        assert_eq!(stored(&server, &tenant, &client).await, [(json!(first), json!("low"))]);
    })
    .await;
}
