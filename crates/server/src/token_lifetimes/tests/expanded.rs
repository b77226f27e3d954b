//! Policies inside an answer about the apps that have them.

use super::{give, made, manager};
use crate::applications::Changes;
use crate::graph::permission::RESOURCE;
use crate::graph::{Caller, Permission};
use crate::testing::{Answer, App, TestServer, on_both_engines, person};
use axum::http::Method;
use serde_json::{Value, json};

const EXPAND: &str = "$expand=tokenLifetimePolicies";

/// The sets of both objects of an app, each with its id.
fn objects(app: &App) -> [(&'static str, String); 2] {
    let registered = &app.registered;
    [
        ("applications", registered.application.id.to_string()),
        ("servicePrincipals", registered.service_principal.id.to_string()),
    ]
}

async fn get(server: &TestServer, caller: &Caller, path: &str) -> Answer {
    server.api_as(caller, Method::GET, path, &Value::Null).await
}

#[tokio::test]
async fn apps_show_their_policy_inside_an_answer_alone_and_in_a_list() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let app = server.app(&tenant, "Expenses", Changes::default()).await;
        let bare = server.app(&tenant, "Travel", Changes::default()).await;
        let policy = made(&server, tenant.id, "00:30:00", false).await;
        let caller = manager(&server, tenant.id);
        for ((set, id), (_, without)) in objects(&app).into_iter().zip(objects(&bare)) {
            give(&server, tenant.id, &format!("{set}/{id}"), &policy).await;
            let one = get(&server, &caller, &format!("/v1.0/{set}/{id}?$select=id&{EXPAND}")).await;
            assert_eq!(one.status, 200, "{}", one.text);
            let held = &one.json()["tokenLifetimePolicies"];
            assert_eq!((&held[0]["id"], held.as_array().map(Vec::len)), (&json!(policy), Some(1)), "{held}");
            assert_eq!(held[0]["displayName"], "Tokens of 00:30:00");
            assert_eq!(held[0]["isOrganizationDefault"], false);
            let list = format!("/v1.0/{set}?$select=displayName,id&{EXPAND}($select=displayName)");
            let listed = get(&server, &caller, &list).await;
            assert_eq!(listed.status, 200, "{}", listed.text);
            let listed = listed.json();
            let items = listed["value"].as_array().expect("a collection");
            let shown = |id: &str| items.iter().find(|item| item["id"] == id).expect("it is there").clone();
            let held = &shown(&id)["tokenLifetimePolicies"];
            assert_eq!((&held[0]["displayName"], held[0].get("definition")), (&json!("Tokens of 00:30:00"), None));
            assert_eq!(shown(&without)["tokenLifetimePolicies"], json!([]));
        }
        let api = get(&server, &caller, &format!("/v1.0/servicePrincipals(appId='{RESOURCE}')?{EXPAND}")).await;
        assert_eq!((api.status.as_u16(), &api.json()["tokenLifetimePolicies"]), (200, &json!([])), "{}", api.text);
        for options in ["($top=1)", "($filter=displayName%20eq%20'x')", "($levels=2)", "($select=colour)"] {
            let refused = get(&server, &caller, &format!("/v1.0/applications?{EXPAND}{options}")).await;
            assert_eq!(refused.status, 400, "{options}: {}", refused.text);
        }
    })
    .await;
}

/// What may not be read at its own address is not read inside an answer either.
#[tokio::test]
async fn policies_inside_an_answer_are_for_whoever_may_change_each_app_that_is_answered() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let app = server.app(&tenant, "Expenses", Changes::default()).await;
        server.app(&tenant, "Travel", Changes::default()).await;
        let policy = made(&server, tenant.id, "00:30:00", false).await;
        let mia = server.member(&tenant, "mia", &[]).await;
        let owner = json!({ "@odata.id": format!("http://localhost:8080/v1.0/users/{}", mia.id) });
        let mia = person(&mia, Vec::new());
        let kim = person(&server.member(&tenant, "kim", &[]).await, Vec::new());
        let reader = server.application(tenant.id, &[Permission::ApplicationReadAll, Permission::PolicyReadAll]);
        let writer = server.application(tenant.id, &[Permission::ApplicationReadWriteAll]);
        for (set, id) in objects(&app) {
            give(&server, tenant.id, &format!("{set}/{id}"), &policy).await;
            let owners = format!("/v1.0/{set}/{id}/owners/$ref");
            assert_eq!(server.api_as(&admin, Method::POST, &owners, &owner).await.status, 204);
            let one = format!("/v1.0/{set}/{id}?{EXPAND}");
            let own = format!("/v1.0/{set}?$filter=id%20eq%20'{id}'&{EXPAND}");
            let all = format!("/v1.0/{set}?{EXPAND}");
            for (caller, path, status) in [
                (&admin, &all, 200),
                (&mia, &one, 200),
                (&mia, &own, 200),
                (&mia, &all, 403),
                (&kim, &one, 403),
                (&kim, &own, 403),
                (&reader, &one, 403),
                (&writer, &one, 403),
                (&writer, &all, 403),
            ] {
                let answer = get(&server, caller, path).await;
                assert_eq!(answer.status, status, "{path}: {}", answer.text);
            }
            let shown = get(&server, &mia, &own).await.json();
            assert_eq!(shown["value"][0]["tokenLifetimePolicies"][0]["id"], json!(policy), "{shown}");
        }
    })
    .await;
}
