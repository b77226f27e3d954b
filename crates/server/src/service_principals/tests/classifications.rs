//! How the permissions of apps are classified, through the API.

use super::app;
use crate::applications::{Changes, ExposedScope};
use crate::audit::{self, ChangeFilter};
use crate::graph::{Caller, Permission, Role};
use crate::platform::ids::ClientId;
use crate::service_principals::classifications::{Classified, store};
use crate::service_principals::{Registered, store as principals};
use crate::tenants::Tenant;
use crate::tenants::grant_policies::Classification;
use crate::testing::{ADDRESS, Answer, TestServer, on_both_engines, person};
use axum::http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

/// What Entra calls `User.Read`, and how it writes that it is of low risk.
const USER_READ: &str = "e1fe6dd8-ba31-4d61-89e7-88639da4683d";
const OF_LOW_RISK: &str = "2G3-4TG6YU2J54hjnaRoPQE";

const DIRECTORY: &str =
    "/v1.0/servicePrincipals(appId='00000003-0000-0000-c000-000000000000')/delegatedPermissionClassifications";

fn scope(id: u128, value: &str, kind: &str) -> ExposedScope {
    serde_json::from_value(json!({ "id": Uuid::from_u128(id), "value": value, "type": kind })).expect("a scope")
}

/// An app that people and administrators can be asked for, and where its classifications are.
async fn an_api(server: &TestServer, caller: &Caller) -> (Registered, String) {
    let scopes =
        vec![scope(1, "Orders.Read", "User"), scope(2, "Orders.Write", "User"), scope(3, "Orders.Delete", "Admin")];
    let api = app(server, caller, "Orders", Changes { exposed_scopes: Some(scopes), ..Changes::default() }).await;
    let path = format!("/v1.0/servicePrincipals/{}/delegatedPermissionClassifications", api.service_principal.id);
    (api, path)
}

async fn get(server: &TestServer, caller: &Caller, path: &str) -> Answer {
    server.api_as(caller, Method::GET, path, &Value::Null).await
}

async fn post(server: &TestServer, caller: &Caller, path: &str, body: &Value) -> Answer {
    server.api_as(caller, Method::POST, path, body).await
}

/// What the audit says of classifications, by what was done: that, to what, and the details.
async fn told(server: &TestServer, tenant: &Tenant) -> Vec<(String, String, Value)> {
    let mut tx = server.read().await.expect("a connection");
    let filter = ChangeFilter::default();
    let rows = audit::store::list_changes(&mut tx, tenant.id, &filter, None, 100).await.expect("the log");
    let rows = rows.into_iter().filter(|row| row.activity.contains("classification"));
    let mut told: Vec<(String, String, Value)> =
        rows.map(|row| (row.activity.clone(), row.target_name().to_owned(), row.details.0.clone())).collect();
    told.sort_by(|one, other| one.0.cmp(&other.0));
    told
}

#[tokio::test]
async fn a_permission_is_classified_read_and_taken_back_as_entra_writes_it() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let writer = server
            .application(tenant.id, &[Permission::PolicyReadWritePermissionGrant, Permission::ApplicationReadAll]);
        assert_eq!(
            get(&server, &writer, DIRECTORY).await.json()["value"],
            json!([]),
            "nothing is, until somebody says so"
        );
        let new = json!({ "permissionId": USER_READ, "permissionName": "User.Read", "classification": "low" });
        let made = post(&server, &writer, DIRECTORY, &new).await;
        assert_eq!(made.status, 201, "{}", made.text);
        assert_eq!(made.json()["id"], OF_LOW_RISK);
        for (name, value) in new.as_object().expect("an object") {
            assert_eq!(made.json()[name], *value, "{name}");
        }
        let address = made.header("location").strip_prefix(ADDRESS).expect("an address of this server").to_owned();
        let one = get(&server, &writer, &address).await;
        assert_eq!(one.status, 200, "{}", one.text);
        assert_eq!((&one.json()["id"], &one.json()["permissionName"]), (&json!(OF_LOW_RISK), &json!("User.Read")));
        let list = get(&server, &writer, DIRECTORY).await.json();
        assert_eq!(list["value"].as_array().map(Vec::len), Some(1), "{list}");
        assert_eq!(list["value"][0]["permissionId"], USER_READ);
        let selected = get(&server, &writer, &format!("{DIRECTORY}?$select=classification")).await.json();
        assert_eq!(selected["value"], json!([{ "classification": "low" }]));

        let again = post(&server, &writer, DIRECTORY, &new).await;
        assert_eq!(again.status, 409, "{}", again.text);
        assert_eq!(again.json()["error"]["code"], "Request_MultipleObjectsWithSameKeyValue");
        let medium = json!({ "permissionId": USER_READ, "classification": "medium" });
        assert_eq!(post(&server, &writer, DIRECTORY, &medium).await.status, 409, "a permission is classified once");

        let one = format!("{DIRECTORY}/{OF_LOW_RISK}");
        let versioned = [("if-match", "W/\"7\"")];
        let refused = server.api_with(&writer, Method::DELETE, &one, &versioned, &Value::Null).await;
        assert_eq!(refused.status, 412, "it has no versions: {}", refused.text);
        assert_eq!(server.api_as(&writer, Method::DELETE, &one, &Value::Null).await.status, 204);
        for method in [Method::GET, Method::DELETE] {
            assert_eq!(server.api_as(&writer, method, &one, &Value::Null).await.status, 404);
        }
        let made = post(&server, &writer, DIRECTORY, &medium).await;
        assert_eq!((made.status.as_u16(), &made.json()["classification"]), (201, &json!("medium")), "{}", made.text);

        let told = told(&server, &tenant).await;
        let activities: Vec<_> =
            told.iter().map(|(activity, target, _)| (activity.as_str(), target.as_str())).collect();
        let (add, delete) = ("Add delegated permission classification", "Delete delegated permission classification");
        assert_eq!(activities, [(add, "Directory API"), (add, "Directory API"), (delete, "Directory API")]);
        assert!(told.iter().all(|(_, _, details)| details[0]["value"] == "User.Read"), "{told:?}");
    })
    .await;
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_by_the_name_of_its_property_and_changes_nothing() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ada = server.administrator(&tenant).await;
        let (_, path) = an_api(&server, &ada).await;
        let good = json!({
            "permissionId": Uuid::from_u128(1), "permissionName": "Orders.Read", "classification": "low",
        });
        for (property, value) in [
            ("permissionId", Value::Null),
            ("permissionId", json!("Orders.Read")),
            ("permissionId", json!(Uuid::from_u128(9))),
            ("permissionId", json!(USER_READ)),
            ("permissionName", json!("Orders.Write")),
            ("permissionName", json!("orders.read")),
            ("permissionName", json!(7)),
            ("classification", Value::Null),
            ("classification", json!("tiny")),
            ("classification", json!("unknownFutureValue")),
            ("colour", json!("red")),
        ] {
            let mut body = good.clone();
            body[property] = value;
            let answer = post(&server, &ada, &path, &body).await;
            assert_eq!(answer.status, 400, "{body}: {}", answer.text);
            assert_eq!(answer.json()["error"]["target"], property, "{body}: {}", answer.text);
        }
        let kept = json!({ "permissionId": Uuid::from_u128(3), "classification": "low" });
        let refused = post(&server, &ada, &path, &kept).await;
        assert_eq!(refused.status, 400, "what takes an administrator is not classified: {}", refused.text);
        assert_eq!(refused.json()["error"]["target"], "permissionId");
        assert_eq!(get(&server, &ada, &path).await.json()["value"], json!([]), "nothing was changed");
        assert!(told(&server, &tenant).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn who_manages_apps_or_policies_classifies_and_whoever_reads_apps_reads_it() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ada = server.administrator(&tenant).await;
        let (_, path) = an_api(&server, &ada).await;
        let mara = server.member(&tenant, "mara", &[]).await;
        let new = json!({ "permissionId": Uuid::from_u128(1), "classification": "low" });
        let one = format!(
            "{path}/{}",
            Classified { permission_id: Uuid::from_u128(1), classification: Classification::Low }.wire_id()
        );
        for role in [
            Role::PrivilegedRoleAdministrator,
            Role::ApplicationAdministrator,
            Role::CloudApplicationAdministrator,
            Role::GlobalAdministrator,
        ] {
            let caller = person(&mara, vec![role]);
            assert_eq!(post(&server, &caller, &path, &new).await.status, 201, "{role:?}");
            assert_eq!(server.api_as(&caller, Method::DELETE, &one, &Value::Null).await.status, 204, "{role:?}");
        }
        assert_eq!(post(&server, &ada, &path, &new).await.status, 201);
        let guest = person(&server.guest(&tenant, "sam@partner.example").await, Vec::new());
        for caller in [person(&mara, Vec::new()), person(&mara, vec![Role::UserAdministrator]), guest] {
            assert_eq!(get(&server, &caller, &one).await.status, 200, "{caller:?}");
            assert_eq!(post(&server, &caller, &path, &new).await.status, 403, "{caller:?}");
            assert_eq!(server.api_as(&caller, Method::DELETE, &one, &Value::Null).await.status, 403, "{caller:?}");
        }
        // Whoever may classify by a permission alone reads apps by another one.
        let writer = server.application(tenant.id, &[Permission::PolicyReadWritePermissionGrant]);
        assert_eq!(get(&server, &writer, &path).await.status, 403);
        assert_eq!(server.api_as(&writer, Method::DELETE, &one, &Value::Null).await.status, 204);
        // Another organisation has classifications of its own.
        let other = server.tenant("Fabrikam", "fabrikam.example").await;
        let stranger = server.application(other.id, Permission::ALL);
        for (method, path) in [(Method::GET, &path), (Method::GET, &one), (Method::POST, &path), (Method::DELETE, &one)]
        {
            assert_eq!(server.api_as(&stranger, method, path, &new).await.status, 404);
        }
        assert_eq!(get(&server, &stranger, DIRECTORY).await.json()["value"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn what_is_exposed_no_longer_stays_until_it_is_taken_away_and_goes_with_its_app() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ada = server.administrator(&tenant).await;
        let (api, path) = an_api(&server, &ada).await;
        for id in [1, 2] {
            let new = json!({ "permissionId": Uuid::from_u128(id), "classification": "high" });
            assert_eq!(post(&server, &ada, &path, &new).await.status, 201);
        }
        let app = format!("/v1.0/applications/{}", api.application.id);
        let off = json!({ "api": { "oauth2PermissionScopes": [
            { "id": Uuid::from_u128(1), "value": "Orders.Read", "type": "User", "isEnabled": false },
            { "id": Uuid::from_u128(2), "value": "Orders.Change", "type": "User", "isEnabled": true },
            { "id": Uuid::from_u128(3), "value": "Orders.Delete", "type": "Admin", "isEnabled": true },
        ] } });
        assert_eq!(server.api_as(&ada, Method::PATCH, &app, &off).await.status, 204);
        let gone = json!({ "api": { "oauth2PermissionScopes": [
            { "id": Uuid::from_u128(2), "value": "Orders.Change", "type": "User", "isEnabled": true },
            { "id": Uuid::from_u128(3), "value": "Orders.Delete", "type": "Admin", "isEnabled": true },
        ] } });
        assert_eq!(server.api_as(&ada, Method::PATCH, &app, &gone).await.status, 204);
        let list = get(&server, &ada, &path).await.json();
        let names: Vec<_> =
            list["value"].as_array().expect("a list").iter().map(|one| &one["permissionName"]).collect();
        assert!(names.contains(&&Value::Null) && names.contains(&&json!("Orders.Change")), "{list}");

        // It stands still with its app, comes back with it, and is purged with it.
        let id = api.service_principal.id;
        assert_eq!(server.api_as(&ada, Method::DELETE, &app, &Value::Null).await.status, 204);
        assert_eq!(get(&server, &ada, &path).await.status, 404);
        let deleted = format!("/v1.0/directory/deletedItems/{}", api.application.id);
        let restored = server.api_as(&ada, Method::POST, &format!("{deleted}/restore"), &Value::Null).await;
        assert_eq!(restored.status, 200, "{}", restored.text);
        assert_eq!(get(&server, &ada, &path).await.json()["value"], list["value"]);
        assert_eq!(server.api_as(&ada, Method::DELETE, &app, &Value::Null).await.status, 204);
        assert_eq!(server.api_as(&ada, Method::DELETE, &deleted, &Value::Null).await.status, 204);
        let mut tx = server.read().await.expect("a connection");
        assert!(store::list(&mut tx, tenant.id, id).await.expect("rows").is_empty());
        assert!(
            !principals::list_even_deleted(&mut tx, tenant.id, api.application.app_id)
                .await
                .expect("ids")
                .contains(&id)
        );
    })
    .await;
}

#[tokio::test]
async fn apps_with_something_of_low_risk_and_apps_that_expose_something_are_listed_by_name() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ada = server.administrator(&tenant).await;
        let (api, path) = an_api(&server, &ada).await;
        app(&server, &ada, "Nothing", Changes::default()).await;
        let other = Changes { exposed_scopes: Some(vec![scope(7, "Costs.Read", "User")]), ..Changes::default() };
        let costs = app(&server, &ada, "Costs", other).await.application.app_id;
        for (path, id, classification) in [
            (path.as_str(), Uuid::from_u128(1), "low"),
            (path.as_str(), Uuid::from_u128(2), "high"),
            (DIRECTORY, USER_READ.parse().expect("an id"), "low"),
        ] {
            let new = json!({ "permissionId": id, "classification": classification });
            assert_eq!(post(&server, &ada, path, &new).await.status, 201);
        }
        let directory = ClientId(crate::graph::permission::RESOURCE);
        let orders = api.application.app_id;
        let mut tx = server.read().await.expect("a connection");
        let low = store::list_resources(&mut tx, tenant.id, Classification::Low, 10).await.expect("rows");
        assert_eq!(low, [(directory, "Directory API".to_owned(), 1), (orders, "Orders".to_owned(), 1)]);
        let first = store::list_resources(&mut tx, tenant.id, Classification::Low, 1).await.expect("rows");
        assert_eq!(first, low[..1]);
        let exposing = store::list_exposing(&mut tx, tenant.id, 10).await.expect("rows");
        assert_eq!(exposing, [(costs, "Costs".to_owned()), (orders, "Orders".to_owned())]);
        drop(tx);

        // One that was deleted is neither.
        let gone = format!("/v1.0/servicePrincipals/{}", api.service_principal.id);
        assert_eq!(server.api_as(&ada, Method::DELETE, &gone, &Value::Null).await.status, 204);
        let mut tx = server.read().await.expect("a connection");
        let low = store::list_resources(&mut tx, tenant.id, Classification::Low, 10).await.expect("rows");
        assert_eq!(low.len(), 1, "{low:?}");
        assert_eq!(store::list_exposing(&mut tx, tenant.id, 10).await.expect("rows").len(), 1);
    })
    .await;
}
