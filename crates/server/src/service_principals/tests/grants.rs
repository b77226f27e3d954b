//! What apps may do for people, through the API.

use super::app;
use crate::applications::{Changes, ExposedScope};
use crate::graph::{Caller, Permission, Role};
use crate::service_principals::Registered;
use crate::testing::{Answer, TestServer, on_both_engines, person};
use axum::http::Method;
use serde_json::{Value, json};

const GRANTS: &str = "/v1.0/oauth2PermissionGrants";

/// The object id of the directory API.
async fn directory(server: &TestServer, caller: &Caller) -> String {
    let path = "/v1.0/servicePrincipals(appId='00000003-0000-0000-c000-000000000000')";
    let answer = server.api_as(caller, Method::GET, path, &Value::Null).await;
    answer.json()["id"].as_str().expect("an id").to_owned()
}

async fn post(server: &TestServer, caller: &Caller, body: Value) -> Answer {
    server.api_as(caller, Method::POST, GRANTS, &body).await
}

fn scope(server: &TestServer, value: &str) -> ExposedScope {
    serde_json::from_value(json!({ "id": server.entropy.random_uuid(), "value": value })).expect("a scope")
}

async fn an_api(server: &TestServer, caller: &Caller) -> Registered {
    let scopes = vec![scope(server, "Orders.Read"), ExposedScope { is_enabled: false, ..scope(server, "Orders.Old") }];
    app(server, caller, "Orders", Changes { exposed_scopes: Some(scopes), ..Changes::default() }).await
}

#[tokio::test]
async fn a_grant_is_made_read_changed_and_taken_back() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let caller = server.administrator(&tenant).await;
        let client = app(&server, &caller, "App", Changes::default()).await.service_principal.id;
        let api = directory(&server, &caller).await;
        let everybody = json!({
            "clientId": client, "consentType": "AllPrincipals", "resourceId": api, "scope": " user.read  openid User.Read",
            "startTime": "2020-01-01T00:00:00Z", "expiryTime": "2030-01-01T00:00:00Z",
        });
        let made = post(&server, &caller, everybody.clone()).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let made = made.json();
        assert_eq!((&made["scope"], &made["principalId"]), (&json!("User.Read openid"), &Value::Null));
        let again = post(&server, &caller, everybody).await;
        assert_eq!(again.status, 409, "{}", again.text);
        assert_eq!(again.json()["error"]["code"], "Request_MultipleObjectsWithSameKeyValue");

        let one = format!("{GRANTS}/{}", made["id"].as_str().expect("an id"));
        let changed = server.api_as(&caller, Method::PATCH, &one, &json!({ "scope": "User.Read.All" })).await;
        assert_eq!(changed.status, 204, "{}", changed.text);
        let read = server.api_as(&caller, Method::GET, &one, &Value::Null).await.json();
        assert_eq!(read["scope"], "User.Read.All");
        let other = server.api_as(&caller, Method::PATCH, &one, &json!({ "clientId": api })).await;
        assert_eq!((other.status.as_u16(), &other.json()["error"]["target"]), (400, &json!("clientId")));

        assert_eq!(server.api_as(&caller, Method::DELETE, &one, &Value::Null).await.status, 204);
        for method in [Method::GET, Method::DELETE] {
            assert_eq!(server.api_as(&caller, method, &one, &Value::Null).await.status, 404);
        }
    })
    .await;
}

#[tokio::test]
async fn grants_are_found_from_every_side_and_by_filter() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let caller = server.administrator(&tenant).await;
        let (mara, noor) = (server.member(&tenant, "mara", &[]).await, server.member(&tenant, "noor", &[]).await);
        let first = app(&server, &caller, "First", Changes::default()).await.service_principal.id;
        let second = app(&server, &caller, "Second", Changes::default()).await.service_principal.id;
        let api = directory(&server, &caller).await;
        let orders = an_api(&server, &caller).await.service_principal.id.to_string();
        for (client, principal, resource, scope) in [
            (first, None, &api, "User.Read.All"),
            (first, Some(mara.id), &api, "User.ReadWrite"),
            (first, Some(noor.id), &orders, "Orders.Read"),
            (second, Some(mara.id), &orders, "Orders.Read"),
        ] {
            let kind = if principal.is_some() { "Principal" } else { "AllPrincipals" };
            let body = json!({
                "clientId": client, "consentType": kind, "principalId": principal, "resourceId": resource, "scope": scope,
            });
            let made = post(&server, &caller, body).await;
            assert_eq!(made.status, 201, "{}", made.text);
        }
        let count = async |who: &Caller, path: &str| {
            let answer = server.api_as(who, Method::GET, path, &Value::Null).await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.text);
            answer.json()["value"].as_array().expect("a list").len()
        };
        for (path, expected) in [
            (GRANTS.to_owned(), 4),
            (format!("{GRANTS}?$filter=clientId%20eq%20'{first}'"), 3),
            (format!("{GRANTS}?$filter=clientId%20eq%20'{first}'%20and%20consentType%20eq%20'AllPrincipals'"), 1),
            (format!("{GRANTS}?$filter=principalId%20eq%20'{}'", mara.id), 2),
            (format!("{GRANTS}?$filter=resourceId%20eq%20'{orders}'"), 2),
            (format!("/v1.0/servicePrincipals/{second}/oauth2PermissionGrants"), 1),
            (format!("/v1.0/users/{}/oauth2PermissionGrants", mara.id), 2),
            (format!("/v1.0/users/{}/oauth2PermissionGrants", mara.user_principal_name), 2),
        ] {
            assert_eq!(count(&caller, &path).await, expected, "{path}");
        }
        let paged = server.api_as(&caller, Method::GET, &format!("{GRANTS}?$top=3"), &Value::Null).await.json();
        let next = paged["@odata.nextLink"].as_str().expect("a next page");
        let next = next.strip_prefix(crate::testing::ADDRESS).expect("an address of ours");
        assert_eq!(count(&caller, next).await, 1);

        let own = person(&mara, Vec::new());
        assert_eq!(count(&own, "/v1.0/me/oauth2PermissionGrants").await, 2);
        let guest = server.guest(&tenant, "guest@partner.example").await;
        let guest = person(&guest, Vec::new());
        assert_eq!(count(&guest, GRANTS).await, 1, "t2: what others granted is not shown to a guest");
        let theirs = format!("/v1.0/users/{}/oauth2PermissionGrants", mara.id);
        assert_eq!(server.api_as(&guest, Method::GET, &theirs, &Value::Null).await.status, 403);
    })
    .await;
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_by_the_name_of_its_property() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let caller = server.administrator(&tenant).await;
        let mara = server.member(&tenant, "mara", &[]).await.id;
        let client = app(&server, &caller, "App", Changes::default()).await.service_principal.id;
        let orders = an_api(&server, &caller).await.service_principal.id;
        let api = directory(&server, &caller).await;
        let nobody = server.entropy.random_uuid();
        let good = json!({
            "clientId": client, "consentType": "Principal", "principalId": mara, "resourceId": orders, "scope": "Orders.Read",
        });
        for (property, value) in [
            ("clientId", json!(nobody)),
            ("clientId", Value::Null),
            ("resourceId", json!(nobody)),
            ("resourceId", Value::Null),
            ("principalId", json!(nobody)),
            ("principalId", Value::Null),
            ("consentType", json!("Everybody")),
            ("scope", json!("")),
            ("scope", json!("Orders.Old")),
            ("scope", json!("orders.read")),
            ("scope", json!("Orders.Read Orders.Write")),
            ("scope", json!("User.Read")),
            ("isAdmin", json!(true)),
        ] {
            let mut body = good.clone();
            body[property] = value;
            let answer = post(&server, &caller, body).await;
            assert_eq!((answer.status.as_u16(), &answer.json()["error"]["target"]), (400, &json!(property)));
        }
        let everybody = json!({
            "clientId": client, "consentType": "AllPrincipals", "principalId": mara, "resourceId": api, "scope": "openid",
        });
        assert_eq!(post(&server, &caller, everybody).await.json()["error"]["target"], "principalId");
        let list = server.api_as(&caller, Method::GET, GRANTS, &Value::Null).await.json();
        assert_eq!(list["value"], json!([]), "nothing was changed");
    })
    .await;
}

#[tokio::test]
async fn t3_nobody_grants_for_others_and_everybody_takes_back_their_own() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let caller = server.administrator(&tenant).await;
        let (mara, noor) = (server.member(&tenant, "mara", &[]).await, server.member(&tenant, "noor", &[]).await);
        let client = app(&server, &caller, "App", Changes::default()).await.service_principal.id;
        let api = directory(&server, &caller).await;
        let body = json!({
            "clientId": client, "consentType": "Principal", "principalId": mara.id, "resourceId": api, "scope": "User.ReadWrite",
        });
        let own = person(&mara, Vec::new());
        assert_eq!(post(&server, &own, body.clone()).await.status, 403);
        let manager = person(&noor, vec![Role::CloudApplicationAdministrator]);
        let made = post(&server, &manager, body).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let one = format!("{GRANTS}/{}", made.json()["id"].as_str().expect("an id"));
        let other = person(&noor, Vec::new());
        assert_eq!(server.api_as(&other, Method::DELETE, &one, &Value::Null).await.status, 403);
        let reader = server.application(tenant.id, &[Permission::DirectoryReadAll]);
        assert_eq!(server.api_as(&reader, Method::DELETE, &one, &Value::Null).await.status, 403);
        assert_eq!(server.api_as(&own, Method::DELETE, &one, &Value::Null).await.status, 204);
    })
    .await;
}

#[tokio::test]
async fn t3_who_manages_apps_gives_no_permissions_of_the_directory() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let caller = server.administrator(&tenant).await;
        let user = server.member(&tenant, "mara", &[]).await;
        let client = app(&server, &caller, "App", Changes::default()).await.service_principal.id;
        let api = directory(&server, &caller).await;
        let path = format!("/v1.0/servicePrincipals/{client}/appRoleAssignments");
        let wanted = json!({
            "principalId": client, "resourceId": api, "appRoleId": Permission::DirectoryReadWriteAll.role_id(),
        });
        let to_app = json!({
            "principalId": user.id, "resourceId": client, "appRoleId": "00000000-0000-0000-0000-000000000000",
        });
        for role in [Role::ApplicationAdministrator, Role::CloudApplicationAdministrator] {
            let manager = person(&user, vec![role]);
            let answer = server.api_as(&manager, Method::POST, &path, &wanted).await;
            assert_eq!(answer.status, 403, "{role:?}: {}", answer.text);
        }
        let manager = person(&user, vec![Role::ApplicationAdministrator]);
        let assigned = format!("/v1.0/servicePrincipals/{client}/appRoleAssignedTo");
        assert_eq!(server.api_as(&manager, Method::POST, &assigned, &to_app).await.status, 201);
        let privileged = person(&user, vec![Role::PrivilegedRoleAdministrator]);
        let given = server.api_as(&privileged, Method::POST, &path, &wanted).await;
        assert_eq!(given.status, 201, "{}", given.text);
        let one = format!("{path}/{}", given.json()["id"].as_str().expect("an id"));
        assert_eq!(server.api_as(&manager, Method::DELETE, &one, &Value::Null).await.status, 403);
        assert_eq!(server.api_as(&privileged, Method::DELETE, &one, &Value::Null).await.status, 204);
    })
    .await;
}

#[tokio::test]
async fn the_policies_that_people_are_let_consent_by_say_what_they_include() {
    on_both_engines(async |server| {
        const POLICIES: &str = "/v1.0/policies/permissionGrantPolicies";
        let tenant = server.tenant("A", "a.example").await;
        let ada = server.administrator(&tenant).await;
        let get = async |path: &str| server.api_as(&ada, Method::GET, path, &Value::Null).await;
        let all = get(POLICIES).await.json();
        let ids: Vec<_> =
            all["value"].as_array().expect("policies").iter().map(|policy| policy["id"].clone()).collect();
        assert_eq!(ids.len(), 3);
        // Each of them can be assigned under its name.
        for id in &ids {
            let name = format!("ManagePermissionGrantsForSelf.{}", id.as_str().expect("an id"));
            let body = json!({ "defaultUserRolePermissions": { "permissionGrantPoliciesAssigned": [name] } });
            let path = "/v1.0/policies/authorizationPolicy";
            assert_eq!(server.api_as(&ada, Method::PATCH, path, &body).await.status, 204, "{id}");
        }
        for (policy, classification, registered_at) in [
            ("Microsoft-User-Default-Low", "low", json!([tenant.id])),
            ("microsoft-user-default-recommended", "low", json!([tenant.id])),
            ("microsoft-user-default-legacy", "all", json!(["all"])),
        ] {
            let sets = get(&format!("{POLICIES}/{policy}/includes")).await.json();
            let set = &sets["value"][0];
            assert_eq!(set["permissionClassification"], classification, "{set}");
            assert_eq!(set["clientApplicationTenantIds"], registered_at, "{set}");
            assert_eq!((&set["permissions"], &set["resourceApplication"]), (&json!(["all"]), &json!("any")), "{set}");
            assert_eq!(get(&format!("{POLICIES}/{policy}")).await.json()["includes"][0], *set);
        }
        let excluded = get(&format!("{POLICIES}/microsoft-user-default-legacy/excludes")).await.json();
        assert_eq!(excluded["value"], json!([]));
        assert_eq!(get(&format!("{POLICIES}/my-own")).await.status, 404);
        let bob = person(&server.member(&tenant, "bob", &[]).await, Vec::new());
        assert_eq!(server.api_as(&bob, Method::GET, POLICIES, &Value::Null).await.status, 403);
    })
    .await;
}
