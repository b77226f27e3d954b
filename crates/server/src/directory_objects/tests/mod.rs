//! Objects of every kind over the wire, on both engines.

mod delete;
mod expand;
mod expand_apps;
mod hidden;
mod identities;
mod linked;
mod single;

use crate::graph::role::guest_level;
use crate::graph::{Actor, Caller, Permission, Role};
use crate::testing::{Answer, TestServer, on_both_engines, person};
use axum::http::Method;
use serde_json::{Value, json};

async fn post(server: &TestServer, caller: &Caller, path: &str, body: Value) -> Answer {
    server.api_as(caller, Method::POST, path, &body).await
}

async fn get(server: &TestServer, caller: &Caller, path: &str) -> Answer {
    server.api_as(caller, Method::GET, path, &Value::Null).await
}

async fn group(server: &TestServer, caller: &Caller, name: &str, member: &str) -> String {
    let body = json!({
        "displayName": name, "mailNickname": "group", "mailEnabled": false, "securityEnabled": true,
        "members@odata.bind": [format!("http://localhost:8080/v1.0/directoryObjects/{member}")],
    });
    let made = post(server, caller, "/v1.0/groups", body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    made.json()["id"].as_str().expect("an id").to_owned()
}

fn ids(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 200, "{}", answer.text);
    let values = answer.json()["value"].as_array().expect("a collection").clone();
    let id = |value: &Value| value.as_str().or_else(|| value["id"].as_str()).unwrap_or_default().to_owned();
    values.iter().map(id).collect()
}

#[tokio::test]
async fn memberships_are_told_as_ids_and_checked() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let holder = server.member(&tenant, "ada", &[Role::GuestInviter]).await;
        let inner = group(&server, &admin, "inner", &holder.id.to_string()).await;
        let outer = group(&server, &admin, "outer", &inner).await;
        let (mut both, path) = ([inner.clone(), outer.clone()], format!("/v1.0/users/{}", holder.id));
        both.sort();
        let groups =
            post(&server, &admin, &format!("{path}/getMemberGroups"), json!({ "securityEnabledOnly": true })).await;
        assert_eq!(ids(&groups), both);
        assert_eq!(groups.json()["@odata.context"], "http://localhost:8080/v1.0/$metadata#Collection(Edm.String)");
        let objects =
            post(&server, &admin, &format!("{path}/getMemberObjects"), json!({ "securityEnabledOnly": false })).await;
        assert_eq!(ids(&objects).len(), 3);
        let role = ids(&objects)[2].clone();
        let me = person(&holder, vec![Role::GuestInviter]);
        let checked =
            post(&server, &me, "/v1.0/me/checkMemberGroups", json!({ "groupIds": [role, outer, tenant.id] })).await;
        assert_eq!(ids(&checked), [outer.as_str()]);
        let checked = post(&server, &me, "/v1.0/me/checkMemberObjects", json!({ "ids": [role, outer] })).await;
        assert_eq!(ids(&checked), [role.clone(), outer.clone()]);
        let of_group = post(&server, &admin, &format!("/v1.0/groups/{inner}/getMemberGroups"), json!({})).await;
        assert_eq!(ids(&of_group), [outer.as_str()]);
        for (object, wanted) in [(holder.id.to_string(), both.to_vec()), (inner.clone(), vec![outer.clone()])] {
            let path = format!("/v1.0/directoryObjects/{object}");
            let groups = post(&server, &admin, &format!("{path}/getMemberGroups"), json!({})).await;
            assert_eq!(ids(&groups), wanted);
            let asked = json!({ "groupIds": [outer, tenant.id] });
            let checked = post(&server, &admin, &format!("{path}/checkMemberGroups"), asked).await;
            assert_eq!(ids(&checked), [outer.as_str()]);
        }
        let nobody = format!("/v1.0/directoryObjects/{}/getMemberGroups", tenant.id);
        assert_eq!(post(&server, &admin, &nobody, json!({})).await.status, 404);
        let narrow = server.application(tenant.id, &[Permission::UserReadAll, Permission::GroupReadAll]);
        for object in [holder.id.to_string(), tenant.id.to_string()] {
            let path = format!("/v1.0/directoryObjects/{object}/getMemberGroups");
            assert_eq!(post(&server, &narrow, &path, json!({})).await.status, 403, "whether it is there or not");
        }
        let many = json!({ "groupIds": vec![tenant.id; 21] });
        let refused = post(&server, &me, "/v1.0/me/checkMemberGroups", many).await;
        assert_eq!((refused.status.as_u16(), &refused.json()["error"]["target"]), (400, &json!("groupIds")));
        let direct = get(&server, &admin, &format!("{path}/memberOf")).await;
        assert_eq!(ids(&direct), [role.clone(), inner.clone()], "roles come first");
        let kinds: Vec<_> =
            direct.json()["value"].as_array().expect("objects").iter().map(|o| o["@odata.type"].clone()).collect();
        assert_eq!(kinds, ["#microsoft.graph.directoryRole", "#microsoft.graph.group"]);
        let first = get(&server, &admin, &format!("{path}/transitiveMemberOf?$top=1")).await;
        let mut paged = ids(&first);
        let mut next = first.json()["@odata.nextLink"].as_str().map(str::to_owned);
        while let Some(link) = next {
            let page = get(&server, &admin, link.strip_prefix("http://localhost:8080").expect("our address")).await;
            paged.extend(ids(&page));
            next = page.json()["@odata.nextLink"].as_str().map(str::to_owned);
        }
        assert_eq!(paged, [vec![role], both.to_vec()].concat());
    })
    .await;
}

#[tokio::test]
async fn objects_are_found_by_their_ids_whatever_they_are() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let ada = server.member(&tenant, "ada", &[]).await.id.to_string();
        let group = group(&server, &admin, "inner", &ada).await;
        let programs = get(&server, &admin, "/v1.0/servicePrincipals").await.json();
        let program = programs["value"][0]["id"].as_str().expect("a program").to_owned();
        let outer = self::group(&server, &admin, "outer", &program).await;
        let above = get(&server, &admin, &format!("/v1.0/servicePrincipals/{program}/memberOf")).await;
        assert_eq!(ids(&above), [outer]);
        for (id, kind) in [(&ada, "user"), (&group, "group"), (&program, "servicePrincipal")] {
            let found = get(&server, &admin, &format!("/v1.0/directoryObjects/{id}")).await.json();
            assert_eq!(found["@odata.type"], format!("#microsoft.graph.{kind}"), "{found}");
            assert_eq!(found["id"], json!(id));
        }
        let unknown = server.entropy.random_uuid().to_string();
        let asked = json!({ "ids": [program, unknown, ada, group] });
        let all = post(&server, &admin, "/v1.0/directoryObjects/getByIds", asked).await;
        assert_eq!(ids(&all), [program.clone(), ada.clone(), group.clone()]);
        let asked = json!({ "ids": [program, ada, group], "types": ["user", "device"] });
        let users = post(&server, &admin, "/v1.0/directoryObjects/getByIds?$select=id,displayName", asked).await;
        assert_eq!(ids(&users), [ada.as_str()]);
        assert_eq!(users.json()["value"][0]["displayName"], "ada");
        let many = json!({ "ids": vec![unknown.clone(); 1001] });
        let refused = post(&server, &admin, "/v1.0/directoryObjects/getByIds", many).await;
        assert_eq!(refused.json()["error"]["target"], "ids");
        assert_eq!(get(&server, &admin, &format!("/v1.0/directoryObjects/{unknown}")).await.status, 404);
        let narrow = server.application(tenant.id, &[Permission::UserReadAll]);
        assert_eq!(get(&server, &narrow, &format!("/v1.0/directoryObjects/{ada}")).await.status, 403);
    })
    .await;
}

#[tokio::test]
async fn a_restricted_guest_finds_nobody_but_themselves() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let ada = server.member(&tenant, "ada", &[]).await.id.to_string();
        let group = group(&server, &admin, "inner", &ada).await;
        let guest = server.guest(&tenant, "g@partner.example").await;
        let mut caller = person(&guest, Vec::new());
        if let Actor::User(person) = &mut caller.actor {
            person.level = guest_level::RESTRICTED;
        }
        let own = guest.id.to_string();
        let all = post(&server, &caller, "/v1.0/directoryObjects/getByIds", json!({ "ids": [ada, group, own] })).await;
        assert_eq!(ids(&all), [own]);
    })
    .await;
}
