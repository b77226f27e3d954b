//! Who answers for apps, and what that lets them do.

use crate::graph::caller::Delegated;
use crate::graph::{Actor, Caller, Permission};
use crate::platform::ids::ClientId;
use crate::tenants::Tenant;
use crate::testing::{Answer, TestServer, on_both_engines, person};
use axum::http::Method;
use serde_json::{Value, json};

async fn call(server: &TestServer, caller: &Caller, method: Method, path: &str, body: Value) -> Answer {
    server.api_as(caller, method, path, &body).await
}

async fn get(server: &TestServer, caller: &Caller, path: &str) -> Answer {
    call(server, caller, Method::GET, path, Value::Null).await
}

async fn status(server: &TestServer, caller: &Caller, method: Method, path: &str, body: Value) -> u16 {
    call(server, caller, method, path, body).await.status.as_u16()
}

/// Registers an app and adds it to the tenant: the paths of both, and the client id.
async fn app(server: &TestServer, caller: &Caller, name: &str) -> [String; 3] {
    let made = call(server, caller, Method::POST, "/v1.0/applications", json!({ "displayName": name })).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let client = made.json()["appId"].as_str().expect("a client id").to_owned();
    let added = call(server, caller, Method::POST, "/v1.0/servicePrincipals", json!({ "appId": client })).await;
    assert_eq!(added.status, 201, "{}", added.text);
    let path = |set: &str, answer: &Answer| format!("/v1.0/{set}/{}", answer.json()["id"].as_str().expect("an id"));
    [path("applications", &made), path("servicePrincipals", &added), client]
}

fn reference(id: impl std::fmt::Display) -> Value {
    json!({ "@odata.id": format!("http://localhost:8080/v1.0/directoryObjects/{id}") })
}

fn ids(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 200, "{}", answer.text);
    let values = answer.json()["value"].as_array().expect("a collection").clone();
    values.iter().map(|object| object["id"].as_str().expect("an id").to_owned()).collect()
}

fn id_of(path: &str) -> String {
    path.rsplit('/').next().expect("an id").to_owned()
}

async fn set_up(server: &TestServer) -> (Tenant, Caller) {
    let tenant = server.tenant("Contoso", "contoso.example").await;
    let admin = server.administrator(&tenant).await;
    (tenant, admin)
}

#[tokio::test]
async fn owners_change_what_they_own_and_nothing_else() {
    on_both_engines(async |server| {
        let (tenant, admin) = set_up(&server).await;
        let [own, own_principal, _] = app(&server, &admin, "Expenses").await;
        let [other, other_principal, _] = app(&server, &admin, "Payroll").await;
        let (ada, bob) = (server.member(&tenant, "ada", &[]).await, server.member(&tenant, "bob", &[]).await);
        let caller = person(&ada, Vec::new());
        let adding = format!("{own}/owners/$ref");
        assert_eq!(status(&server, &caller, Method::POST, &adding, reference(ada.id)).await, 403);
        assert_eq!(status(&server, &admin, Method::POST, &adding, reference(ada.id)).await, 204);
        let renamed = || json!({ "displayName": "Renamed" });
        assert_eq!(status(&server, &caller, Method::PATCH, &own, renamed()).await, 204);
        assert_eq!(status(&server, &caller, Method::POST, &format!("{own}/addPassword"), json!({})).await, 200);
        assert_eq!(status(&server, &caller, Method::PATCH, &other, renamed()).await, 403);
        assert_eq!(status(&server, &caller, Method::DELETE, &other, Value::Null).await, 403);
        let missing = format!("/v1.0/applications/{}", tenant.id);
        assert_eq!(status(&server, &caller, Method::PATCH, &missing, renamed()).await, 403, "absence is not told");

        let closed = || json!({ "appRoleAssignmentRequired": true });
        assert_eq!(status(&server, &caller, Method::PATCH, &own_principal, closed()).await, 403, "another object");
        let add_to_principal = format!("{own_principal}/owners/$ref");
        assert_eq!(status(&server, &admin, Method::POST, &add_to_principal, reference(ada.id)).await, 204);
        assert_eq!(status(&server, &caller, Method::PATCH, &own_principal, closed()).await, 204);
        let assign = |principal: &str| {
            let role = "00000000-0000-0000-0000-000000000000";
            json!({ "principalId": bob.id, "resourceId": id_of(principal), "appRoleId": role })
        };
        let assigned = format!("{own_principal}/appRoleAssignedTo");
        let made = call(&server, &caller, Method::POST, &assigned, assign(&own_principal)).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let elsewhere = format!("{other_principal}/appRoleAssignedTo");
        assert_eq!(status(&server, &caller, Method::POST, &elsewhere, assign(&other_principal)).await, 403);
        let taken = format!("{assigned}/{}", made.json()["id"].as_str().expect("an id"));
        assert_eq!(status(&server, &caller, Method::DELETE, &taken, Value::Null).await, 204);

        let mut through = caller.clone();
        if let Actor::User(person) = &mut through.actor {
            let client = ClientId(server.entropy.random_uuid());
            person.delegated = Some(Delegated { client, permissions: vec![Permission::UserRead] });
        }
        assert_eq!(status(&server, &through, Method::PATCH, &own, renamed()).await, 403, "the app needs the scope");

        assert_eq!(status(&server, &caller, Method::POST, &adding, reference(bob.id)).await, 204, "owners name others");
        let again = call(&server, &caller, Method::POST, &adding, reference(bob.id)).await;
        assert_eq!((again.status.as_u16(), &again.json()["error"]["target"]), (400, &json!("owners")));
        let one = format!("{own}/owners/{}/$ref", ada.id);
        assert_eq!(status(&server, &person(&bob, Vec::new()), Method::DELETE, &one, Value::Null).await, 204);
        assert_eq!(status(&server, &admin, Method::DELETE, &one, Value::Null).await, 404);
        assert_eq!(status(&server, &caller, Method::PATCH, &own, renamed()).await, 403, "no owner any more");
    })
    .await;
}

#[tokio::test]
async fn owners_and_what_they_own_are_listed() {
    on_both_engines(async |server| {
        let (tenant, admin) = set_up(&server).await;
        let [own, principal, _] = app(&server, &admin, "Expenses").await;
        let [_, robot, _] = app(&server, &admin, "Robot").await;
        let ada = server.member(&tenant, "ada", &[]).await;
        let group = json!({
            "displayName": "Owned", "mailNickname": "owned", "mailEnabled": false, "securityEnabled": true,
            "owners@odata.bind": [format!("http://localhost:8080/v1.0/users/{}", ada.id)],
        });
        let group = call(&server, &admin, Method::POST, "/v1.0/groups", group).await.json()["id"].clone();
        let group = group.as_str().expect("an id").to_owned();
        for path in [&own, &principal] {
            for owner in [id_of(&robot), ada.id.to_string()] {
                let adding = format!("{path}/owners/$ref");
                assert_eq!(status(&server, &admin, Method::POST, &adding, reference(owner)).await, 204);
            }
            let refused = call(&server, &admin, Method::POST, &format!("{path}/owners/$ref"), reference(&group)).await;
            assert_eq!((refused.status.as_u16(), &refused.json()["error"]["target"]), (400, &json!("owners")));
            let owners = get(&server, &admin, &format!("{path}/owners?$select=id,displayName")).await;
            assert_eq!(ids(&owners), [id_of(&robot), ada.id.to_string()], "programs, then people");
            assert_eq!(owners.json()["value"][1]["displayName"], "ada");
            let people = get(&server, &admin, &format!("{path}/owners/microsoft.graph.user")).await;
            assert_eq!(ids(&people), [ada.id.to_string()]);
            let addresses = get(&server, &admin, &format!("{path}/owners/$ref")).await.json();
            let address = format!("http://localhost:8080/v1.0/directoryObjects/{}", ada.id);
            assert_eq!(addresses["value"][1], json!({ "@odata.id": address }));
            let filtered = get(&server, &admin, &format!("{path}/owners?$filter=displayName%20eq%20'ada'")).await;
            assert_eq!(ids(&filtered), [ada.id.to_string()]);
            let guest = person(&server.guest(&tenant, &format!("{}@p.example", id_of(path))).await, Vec::new());
            assert_eq!(get(&server, &guest, &format!("{path}/owners")).await.status, 403);
        }
        let first = get(&server, &admin, &format!("{own}/owners?$top=1")).await;
        assert_eq!(ids(&first), [id_of(&robot)]);
        let next = first.json()["@odata.nextLink"].as_str().expect("a further page").to_owned();
        let next = next.strip_prefix("http://localhost:8080").expect("our address");
        assert_eq!(ids(&get(&server, &admin, next).await), [ada.id.to_string()]);

        let everything = [group, id_of(&own), id_of(&principal)];
        let caller = person(&ada, Vec::new());
        let listed = get(&server, &caller, "/v1.0/me/ownedObjects").await;
        assert_eq!(ids(&listed), everything);
        let kinds: Vec<_> =
            listed.json()["value"].as_array().expect("objects").iter().map(|o| o["@odata.type"].clone()).collect();
        let kind = |name: &str| json!(format!("#microsoft.graph.{name}"));
        assert_eq!(kinds, [kind("group"), kind("application"), kind("servicePrincipal")]);
        let mut paged = Vec::new();
        let mut next = Some("/v1.0/me/ownedObjects?$top=1&$select=id,appId".to_owned());
        while let Some(link) = next {
            let page = get(&server, &caller, link.strip_prefix("http://localhost:8080").unwrap_or(&link)).await;
            paged.extend(ids(&page));
            next = page.json()["@odata.nextLink"].as_str().map(str::to_owned);
        }
        assert_eq!(paged, everything);
        let apps = get(&server, &caller, "/v1.0/me/ownedObjects/microsoft.graph.application").await;
        assert_eq!(ids(&apps), [id_of(&own)]);
        let of_robot = get(&server, &admin, &format!("{robot}/ownedObjects")).await;
        assert_eq!(ids(&of_robot), [id_of(&own), id_of(&principal)]);
        assert_eq!(status(&server, &admin, Method::DELETE, &own, Value::Null).await, 204);
        assert_eq!(ids(&get(&server, &caller, "/v1.0/me/ownedObjects").await).len(), 1, "deleted apps are not listed");
    })
    .await;
}

#[tokio::test]
async fn programs_and_members_own_what_they_registered() {
    on_both_engines(async |server| {
        let (tenant, admin) = set_up(&server).await;
        let [other, _, other_client] = app(&server, &admin, "Payroll").await;
        let program = server.application(tenant.id, &[Permission::ApplicationReadWriteOwnedBy]);
        let ada = server.member(&tenant, "ada", &[]).await;
        let mut member = person(&ada, Vec::new());
        let new = || json!({ "displayName": "New" });
        assert_eq!(status(&server, &member, Method::POST, "/v1.0/applications", new()).await, 403);
        if let Actor::User(person) = &mut member.actor {
            person.defaults.creates_apps = true;
        }
        for caller in [&program, &member] {
            let [own, principal, _] = app(&server, caller, "Mine").await;
            assert_eq!(status(&server, caller, Method::PATCH, &own, new()).await, 204);
            let closed = json!({ "appRoleAssignmentRequired": true });
            assert_eq!(status(&server, caller, Method::PATCH, &principal, closed).await, 204);
            assert_eq!(status(&server, caller, Method::PATCH, &other, new()).await, 403);
            let added = json!({ "appId": other_client });
            assert_eq!(status(&server, caller, Method::POST, "/v1.0/servicePrincipals", added).await, 403);
            assert_eq!(get(&server, caller, &other).await.status, 200, "they see the others");
            assert_eq!(status(&server, caller, Method::DELETE, &own, Value::Null).await, 204);
        }
        let [of_admin, ..] = app(&server, &admin, "Unowned").await;
        let owners = get(&server, &admin, &format!("{of_admin}/owners")).await;
        assert!(ids(&owners).is_empty(), "whoever changes every app owns none by making it");
    })
    .await;
}

#[tokio::test]
async fn apps_are_found_by_the_number_of_their_owners() {
    on_both_engines(async |server| {
        let (tenant, admin) = set_up(&server).await;
        let [own, own_principal, _] = app(&server, &admin, "Expenses").await;
        app(&server, &admin, "Payroll").await;
        let ada = server.member(&tenant, "ada", &[]).await.id;
        for path in [&own, &own_principal] {
            let path = format!("{path}/owners/$ref");
            assert_eq!(status(&server, &admin, Method::POST, &path, reference(ada)).await, 204);
        }
        for (set, one) in [("applications", &own), ("servicePrincipals", &own_principal)] {
            let path = format!("/v1.0/{set}?$filter=owners/$count%20eq%201&$count=true");
            let header = [("ConsistencyLevel", "eventual")];
            let found = server.api_with(&admin, Method::GET, &path, &header, &Value::Null).await;
            assert_eq!(ids(&found), [id_of(one)], "{set}");
            let none = "startsWith(displayName,'Pay')%20and%20owners/$count%20lt%201";
            let path = format!("/v1.0/{set}?$filter={none}&$count=true");
            let found = server.api_with(&admin, Method::GET, &path, &header, &Value::Null).await;
            assert_eq!(ids(&found).len(), 1, "{set}: {}", found.text);
            let guest = person(&server.guest(&tenant, &format!("{set}@partner.example")).await, Vec::new());
            let by_name = format!("/v1.0/{set}?$filter=startsWith(displayName,'Pay')");
            assert_eq!(get(&server, &guest, &by_name).await.status, 200);
            for path in [set.to_owned(), format!("{set}/$count")] {
                let path = format!("/v1.0/{path}?$filter=owners/$count%20eq%201");
                let path = if path.contains("/$count?") { path } else { format!("{path}&$count=true") };
                let refused = server.api_with(&guest, Method::GET, &path, &header, &Value::Null).await;
                assert_eq!(refused.status, 403, "t2: a guest is not told how many answer for it: {path}");
            }
        }
    })
    .await;
}
