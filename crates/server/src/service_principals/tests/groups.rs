//! Groups that are assigned to apps.

use super::app;
use crate::applications::{AppRole, Changes, MemberType, Origin};
use crate::graph::Caller;
use crate::platform::ids::AppRoleId;
use crate::service_principals::{is_assigned, roles_of};
use crate::tenants::Tenant;
use crate::testing::{Answer, TestServer, on_both_engines};
use crate::users::User;
use axum::http::Method;
use serde_json::{Value, json};

async fn call(server: &TestServer, caller: &Caller, method: Method, path: &str, body: Value) -> Answer {
    server.api_as(caller, method, path, &body).await
}

async fn group(server: &TestServer, caller: &Caller, name: &str, members: &[String]) -> String {
    let addresses = members.iter().map(|id| format!("http://localhost:8080/v1.0/directoryObjects/{id}"));
    let body = json!({
        "displayName": name, "mailNickname": "group", "mailEnabled": false, "securityEnabled": true,
        "members@odata.bind": addresses.collect::<Vec<_>>(),
    });
    let made = call(server, caller, Method::POST, "/v1.0/groups", body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    made.json()["id"].as_str().expect("an id").to_owned()
}

/// Two people: one in a group, one in a group within it.
async fn people(server: &TestServer, tenant: &Tenant) -> [User; 2] {
    [server.member(tenant, "ada", &[]).await, server.member(tenant, "bob", &[]).await]
}

#[tokio::test]
async fn who_belongs_directly_to_an_assigned_group_has_its_access_and_nobody_below() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let admin = server.administrator(&tenant).await;
        let [ada, bob] = people(&server, &tenant).await;
        let reader = AppRole {
            id: AppRoleId(server.entropy.random_uuid()),
            value: Some("Reader".to_owned()),
            display_name: "Reader".to_owned(),
            description: None,
            allowed_member_types: vec![MemberType::User],
            is_enabled: true,
            origin: Origin::Application,
        };
        let properties = Changes { app_roles: Some(vec![reader.clone()]), ..Changes::default() };
        let resource = app(&server, &admin, "App", properties).await.service_principal;
        let inner = group(&server, &admin, "inner", &[bob.id.to_string()]).await;
        let outer = group(&server, &admin, "outer", &[ada.id.to_string(), inner.clone()]).await;
        let path = format!("/v1.0/groups/{outer}/appRoleAssignments");
        let body = json!({ "principalId": outer, "resourceId": resource.id, "appRoleId": reader.id });
        let made = call(&server, &admin, Method::POST, &path, body.clone()).await;
        assert_eq!(made.status, 201, "{}", made.text);
        assert_eq!(
            (&made.json()["principalType"], &made.json()["principalDisplayName"]),
            (&json!("Group"), &json!("outer"))
        );
        let again = call(&server, &admin, Method::POST, &path, body.clone()).await;
        assert_eq!(again.json()["error"]["message"], "Permission being assigned already exists on the object");
        let elsewhere =
            call(&server, &admin, Method::POST, &format!("/v1.0/groups/{inner}/appRoleAssignments"), body).await;
        assert_eq!(elsewhere.json()["error"]["target"], "principalId");

        let has = async |user: &User| {
            let mut tx = server.read().await.expect("a connection");
            let assigned = is_assigned(&mut tx, tenant.id, user.id, resource.id).await.expect("an answer");
            (assigned, roles_of(&mut tx, tenant.id, user.id, &resource).await.expect("roles"))
        };
        assert_eq!(has(&ada).await, (true, vec!["Reader".to_owned()]));
        assert_eq!(has(&bob).await, (false, Vec::new()), "nesting does not count");
        for side in [path.clone(), format!("/v1.0/servicePrincipals/{}/appRoleAssignedTo", resource.id)] {
            let listed = call(&server, &admin, Method::GET, &side, Value::Null).await.json();
            assert_eq!(listed["value"][0]["principalId"], json!(outer), "{side}");
        }
        let group_path = format!("/v1.0/groups/{outer}");
        let gone =
            call(&server, &admin, Method::DELETE, &format!("{group_path}/members/{}/$ref", ada.id), Value::Null).await;
        assert_eq!(gone.status, 204);
        assert_eq!(has(&ada).await, (false, Vec::new()), "taken out, the access is gone");
        let back = json!({ "@odata.id": format!("http://localhost:8080/v1.0/users/{}", ada.id) });
        assert_eq!(call(&server, &admin, Method::POST, &format!("{group_path}/members/$ref"), back).await.status, 204);
        assert!(has(&ada).await.0);
        assert_eq!(call(&server, &admin, Method::DELETE, &group_path, Value::Null).await.status, 204);
        assert_eq!(has(&ada).await, (false, Vec::new()), "a deleted group gives nothing");
    })
    .await;
}

#[tokio::test]
async fn my_apps_shows_what_a_group_was_given() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let admin = server.administrator(&tenant).await;
        let [ada, bob] = people(&server, &tenant).await;
        let properties = Changes { home_page_url: Some(Some("https://app.example/".to_owned())), ..Changes::default() };
        let resource = app(&server, &admin, "Expenses of a group", properties).await.service_principal;
        let path = format!("/v1.0/servicePrincipals/{}", resource.id);
        let closed = json!({ "appRoleAssignmentRequired": true });
        assert_eq!(call(&server, &admin, Method::PATCH, &path, closed).await.status, 204);
        let group = group(&server, &admin, "people", &[ada.id.to_string()]).await;
        let none = "00000000-0000-0000-0000-000000000000";
        let body = json!({ "principalId": group, "resourceId": resource.id, "appRoleId": none });
        let made = call(&server, &admin, Method::POST, &format!("{path}/appRoleAssignedTo"), body).await;
        assert_eq!(made.status, 201, "{}", made.text);
        for (user, sees) in [(ada, true), (bob, false)] {
            let page = server.signed_in(&user).await.get("/myapps/a.example").await;
            assert_eq!(page.text.contains("Expenses of a group"), sees, "{}", user.display_name);
        }
    })
    .await;
}
