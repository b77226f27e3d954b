//! Groups that hold roles, for those who belong to them.

use super::{get, give, holder, holders, members, take};
use crate::directory_roles::{effective, held};
use crate::graph::{Caller, Permission, Role};
use crate::platform::ids::{PrincipalId, TenantId, UserId};
use crate::testing::{Answer, TestServer, on_both_engines, person};
use crate::users::User;
use axum::http::Method;
use serde_json::{Value, json};

async fn call(server: &TestServer, caller: &Caller, method: Method, path: &str, body: Value) -> Answer {
    server.api_as(caller, method, path, &body).await
}

/// Makes a group with a member; its id, as the roles call it.
pub(super) async fn group(server: &TestServer, caller: &Caller, is_assignable: bool, member: &User) -> UserId {
    let body = json!({
        "displayName": "Desk", "mailNickname": "desk", "mailEnabled": false, "securityEnabled": true,
        "isAssignableToRole": is_assignable, "members@odata.bind": [format!("users/{}", member.id)],
    });
    let made = call(server, caller, Method::POST, "/v1.0/groups", body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    made.json()["id"].as_str().and_then(|id| id.parse().ok()).expect("an id")
}

async fn roles(server: &TestServer, tenant: TenantId, user: &User) -> Vec<Role> {
    let mut tx = server.read().await.expect("a connection");
    let roles = held(&mut tx, server, tenant, user.id.into()).await.expect("roles");
    let again = effective(&mut tx, tenant, PrincipalId::from(user.id)).await.expect("roles");
    assert_eq!(roles, again);
    roles
}

#[tokio::test]
async fn who_belongs_to_a_group_has_its_roles_as_long_as_they_do() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let (_, ada) = holder(&server, &tenant, "ada", &[Role::GlobalAdministrator]).await;
        let (bob, _) = holder(&server, &tenant, "bob", &[Role::ReportsReader]).await;
        let desk = group(&server, &ada, true, &bob).await;
        assert_eq!(roles(&server, tenant.id, &bob).await, [Role::ReportsReader]);
        assert_eq!(give(&server, &ada, Role::UserAdministrator, desk).await.status, 204);
        assert_eq!(roles(&server, tenant.id, &bob).await, [Role::ReportsReader, Role::UserAdministrator]);
        assert_eq!(holders(&server, &ada, Role::UserAdministrator).await, ["Desk"]);
        let listed = get(&server, &ada, &members(Role::UserAdministrator)).await.json();
        assert_eq!(listed["value"][0]["@odata.type"], "#microsoft.graph.group");
        let users = get(&server, &ada, &format!("{}/microsoft.graph.user", members(Role::UserAdministrator))).await;
        assert_eq!(users.json()["value"], json!([]));
        let filter = format!("/v1.0/roleManagement/directory/roleAssignments?$filter=principalId%20eq%20'{desk}'");
        assert_eq!(get(&server, &ada, &filter).await.json()["value"].as_array().map(Vec::len), Some(1));
        let above = get(&server, &ada, &format!("/v1.0/users/{}/transitiveMemberOf?$select=displayName", bob.id)).await;
        let names = above.json()["value"].as_array().expect("objects").clone();
        assert_eq!(names.iter().filter(|object| object["displayName"] == "User Administrator").count(), 1);

        let gone = format!("/v1.0/groups/{desk}/members/{}/$ref", bob.id);
        assert_eq!(call(&server, &ada, Method::DELETE, &gone, Value::Null).await.status, 204);
        assert_eq!(roles(&server, tenant.id, &bob).await, [Role::ReportsReader], "at once");
        let body = json!({ "@odata.id": format!("http://localhost:8080/v1.0/users/{}", bob.id) });
        let path = format!("/v1.0/groups/{desk}");
        assert_eq!(call(&server, &ada, Method::POST, &format!("{path}/members/$ref"), body).await.status, 204);
        assert_eq!(roles(&server, tenant.id, &bob).await.len(), 2);
        assert_eq!(call(&server, &ada, Method::DELETE, &path, Value::Null).await.status, 204);
        assert_eq!(roles(&server, tenant.id, &bob).await, [Role::ReportsReader], "a deleted group gives nothing");
        assert!(holders(&server, &ada, Role::UserAdministrator).await.is_empty());
        let back = format!("/v1.0/directory/deletedItems/{desk}/restore");
        assert_eq!(call(&server, &ada, Method::POST, &back, json!({})).await.status, 200);
        assert_eq!(roles(&server, tenant.id, &bob).await.len(), 2);
        assert_eq!(take(&server, &ada, Role::UserAdministrator, desk).await.status, 204);
        assert_eq!(roles(&server, tenant.id, &bob).await, [Role::ReportsReader]);
    })
    .await;
}

#[tokio::test]
async fn a_plain_group_holds_no_role_and_a_guest_has_none_that_administers() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let (_, ada) = holder(&server, &tenant, "ada", &[Role::GlobalAdministrator]).await;
        let sam = server.guest(&tenant, "sam@partner.example").await;
        let plain = group(&server, &ada, false, &sam).await;
        assert_eq!(give(&server, &ada, Role::GuestInviter, plain).await.status, 404);
        let body = json!({
            "principalId": plain, "roleDefinitionId": Role::GuestInviter.id(), "directoryScopeId": "/",
        });
        let assignments = "/v1.0/roleManagement/directory/roleAssignments";
        let refused = call(&server, &ada, Method::POST, assignments, body).await;
        assert_eq!((refused.status.as_u16(), &refused.json()["error"]["target"]), (400, &json!("principalId")));
        let other = server.tenant("Fabrikam", "fabrikam.example").await;
        let theirs = holder(&server, &other, "eve", &[Role::GlobalAdministrator]).await;
        let foreign = group(&server, &theirs.1, true, &theirs.0).await;
        assert_eq!(give(&server, &ada, Role::GuestInviter, foreign).await.status, 404);

        let desk = group(&server, &ada, true, &sam).await;
        assert_eq!(give(&server, &ada, Role::GlobalAdministrator, desk).await.status, 204);
        let mut tx = server.read().await.expect("a connection");
        let caller = crate::sign_in::session::caller(&mut tx, &server, &sam, None, None).await.expect("a caller");
        assert!(!caller.holds_any(&[Role::GlobalAdministrator]), "guests administer nothing by a group either");
    })
    .await;
}

#[tokio::test]
async fn whoever_stands_high_by_a_group_is_touched_by_nobody_below() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let (_, ada) = holder(&server, &tenant, "ada", &[Role::GlobalAdministrator]).await;
        let (bob, _) = holder(&server, &tenant, "bob", &[]).await;
        let desk = group(&server, &ada, true, &bob).await;
        assert_eq!(give(&server, &ada, Role::GlobalAdministrator, desk).await.status, 204);
        let (_, deputy) = holder(&server, &tenant, "deputy", &[Role::UserAdministrator]).await;
        let path = format!("/v1.0/users/{}", bob.id);
        assert_eq!(call(&server, &deputy, Method::DELETE, &path, Value::Null).await.status, 403);
        // Nobody lets themselves in who may not give the roles.
        let body = json!({ "@odata.id": format!("http://localhost:8080/v1.0/users/{}", bob.id) });
        let (eve, _) = holder(&server, &tenant, "eve", &[]).await;
        let managers = [Role::GroupsAdministrator, Role::UserAdministrator];
        for caller in [person(&eve, managers.to_vec()), server.application(tenant.id, &[Permission::GroupReadWriteAll])]
        {
            let members = format!("/v1.0/groups/{desk}/members/$ref");
            assert_eq!(call(&server, &caller, Method::POST, &members, body.clone()).await.status, 403);
            assert_eq!(
                call(&server, &caller, Method::DELETE, &format!("/v1.0/groups/{desk}"), Value::Null).await.status,
                403
            );
        }
        assert_eq!(call(&server, &ada, Method::DELETE, &path, Value::Null).await.status, 204);
    })
    .await;
}

#[tokio::test]
async fn a_deleted_group_gives_nothing_and_protects_who_belongs_to_it() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let (_, ada) = holder(&server, &tenant, "ada", &[Role::GlobalAdministrator]).await;
        let (bob, _) = holder(&server, &tenant, "bob", &[]).await;
        let (_, deputy) = holder(&server, &tenant, "deputy", &[Role::UserAdministrator]).await;
        let desk = group(&server, &ada, true, &bob).await;
        assert_eq!(give(&server, &ada, Role::GlobalAdministrator, desk).await.status, 204);
        let gone = format!("/v1.0/groups/{desk}");
        assert_eq!(call(&server, &ada, Method::DELETE, &gone, Value::Null).await.status, 204);
        assert!(roles(&server, tenant.id, &bob).await.is_empty());

        let path = format!("/v1.0/users/{}", bob.id);
        let password = json!({ "passwordProfile": { "password": "correct horse battery" } });
        assert_eq!(call(&server, &deputy, Method::PATCH, &path, password.clone()).await.status, 403);
        assert_eq!(call(&server, &deputy, Method::PATCH, &path, json!({ "mail": "x@y.example" })).await.status, 403);
        assert_eq!(call(&server, &deputy, Method::DELETE, &path, Value::Null).await.status, 403);
        let purge = format!("/v1.0/directory/deletedItems/{desk}");
        assert_eq!(call(&server, &ada, Method::DELETE, &purge, Value::Null).await.status, 204);
        assert_eq!(call(&server, &deputy, Method::PATCH, &path, password).await.status, 204, "it cannot come back");
    })
    .await;
}

#[tokio::test]
async fn a_program_that_belongs_to_a_group_has_its_roles() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let (owner, ada) = holder(&server, &tenant, "ada", &[Role::GlobalAdministrator]).await;
        let program = server.program(&tenant, &[]).await.registered.service_principal.id;
        let desk = group(&server, &ada, true, &owner).await;
        let body = json!({ "@odata.id": format!("http://localhost:8080/v1.0/directoryObjects/{program}") });
        let members = format!("/v1.0/groups/{desk}/members/$ref");
        assert_eq!(call(&server, &ada, Method::POST, &members, body).await.status, 204);
        assert_eq!(give(&server, &ada, Role::UserAdministrator, desk).await.status, 204);
        let has = async || {
            let mut tx = server.read().await.expect("a connection");
            held(&mut tx, &server, tenant.id, program.into()).await.expect("roles")
        };
        assert_eq!(has().await, [Role::UserAdministrator]);
        let gone = format!("/v1.0/groups/{desk}/members/{program}/$ref");
        assert_eq!(call(&server, &ada, Method::DELETE, &gone, Value::Null).await.status, 204);
        assert!(has().await.is_empty(), "at once");
    })
    .await;
}
