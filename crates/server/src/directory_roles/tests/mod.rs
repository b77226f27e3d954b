//! Roles over the wire, on both engines.

mod asked;
mod delta;
mod groups;
mod guests;
mod last;
mod pages;
mod read;
mod unified;

use crate::graph::role::guest_level;
use crate::graph::{Actor, Caller, Permission, Role, caller};
use crate::platform::ids::{ClientId, UserId};
use crate::tenants::Tenant;
use crate::testing::{Answer, TestServer, on_both_engines, person};
use crate::users::User;
use axum::http::Method;
use database::sql;
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

fn members(role: Role) -> String {
    format!("/v1.0/directoryRoles(roleTemplateId='{}')/members", role.id())
}

async fn give(server: &TestServer, caller: &Caller, role: Role, user: UserId) -> Answer {
    let body = json!({ "@odata.id": format!("http://localhost:8080/v1.0/directoryObjects/{user}") });
    server.api_as(caller, Method::POST, &format!("{}/$ref", members(role)), &body).await
}

async fn take(server: &TestServer, caller: &Caller, role: Role, user: UserId) -> Answer {
    server.api_as(caller, Method::DELETE, &format!("{}/{user}/$ref", members(role)), &Value::Null).await
}

async fn get(server: &TestServer, caller: &Caller, path: &str) -> Answer {
    server.api_as(caller, Method::GET, path, &Value::Null).await
}

async fn holders(server: &TestServer, caller: &Caller, role: Role) -> Vec<String> {
    let body = get(server, caller, &members(role)).await.json();
    let name = |member: &Value| member["displayName"].as_str().expect("a name").to_owned();
    body["value"].as_array().expect("members").iter().map(name).collect()
}

async fn holder(server: &TestServer, tenant: &Tenant, name: &str, roles: &[Role]) -> (User, Caller) {
    let user = server.member(tenant, name, roles).await;
    let caller = person(&user, roles.to_vec());
    (user, caller)
}

/// The person through an app that was given these scopes.
fn delegated(mut caller: Caller, permissions: &[Permission]) -> Caller {
    if let Actor::User(person) = &mut caller.actor {
        person.delegated = Some(caller::Delegated { client: ClientId(Uuid::nil()), permissions: permissions.to_vec() });
    }
    caller
}

#[tokio::test]
async fn roles_are_read_by_id_and_by_template() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let (_, anna) = holder(&server, &tenant, "anna", &[]).await;
        let list = get(&server, &anna, "/v1.0/directoryRoles").await.json();
        assert_eq!(list["value"].as_array().map(Vec::len), Some(Role::ALL.len()));
        let found = get(&server, &anna, "/v1.0/directoryRoles?$filter=displayName%20eq%20'global%20administrator'")
            .await
            .json();
        assert_eq!(found["value"].as_array().map(Vec::len), Some(1));
        let first = &found["value"][0];
        assert_eq!(first["roleTemplateId"], "62e90394-69f5-4237-9190-012177145e10");
        let id = first["id"].as_str().expect("an id");
        let template = "62e90394-69f5-4237-9190-012177145e10";
        for key in [
            format!("/{id}"),
            format!("(roleTemplateId='{template}')"),
            format!("/roleTemplateId={template}"),
            format!("/{id}?$select=id,displayName"),
        ] {
            let one = get(&server, &anna, &format!("/v1.0/directoryRoles{key}")).await;
            assert_eq!(one.status, 200, "{}", one.text);
            assert_eq!(one.json()["id"], first["id"]);
        }
        for key in [template, "x", "roleTemplateId=x", "00000000-0000-0000-0000-000000000000"] {
            assert_eq!(get(&server, &anna, &format!("/v1.0/directoryRoles/{key}")).await.status, 404, "{key}");
        }
        let other = server.tenant("Fabrikam", "fabrikam.example").await;
        let stranger = server.administrator(&other).await;
        assert_eq!(get(&server, &stranger, &format!("/v1.0/directoryRoles/{id}")).await.status, 404);
        let sam = server.guest(&tenant, "sam@partner.example").await;
        assert_eq!(get(&server, &person(&sam, Vec::new()), "/v1.0/directoryRoles").await.status, 403);
    })
    .await;
}

#[tokio::test]
async fn a_role_is_taken_by_address() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let (_, ada) = holder(&server, &tenant, "ada", &[Role::GlobalAdministrator]).await;
        let (bob, _) = holder(&server, &tenant, "bob", &[Role::GuestInviter]).await;
        let (_, mia) = holder(&server, &tenant, "mia", &[]).await;
        let path = format!("{}/$ref", members(Role::GuestInviter));
        let delete = async |caller: &Caller, query: String| {
            server.api_as(caller, Method::DELETE, &format!("{path}{query}"), &Value::Null).await.status.as_u16()
        };
        let address = format!("?@id=https://graph.microsoft.com/v1.0/users/{}", bob.id);
        assert_eq!(delete(&mia, address.clone()).await, 403);
        assert_eq!(delete(&ada, String::new()).await, 400);
        assert_eq!(delete(&ada, "?@id=bob".to_owned()).await, 400);
        assert_eq!(holders(&server, &ada, Role::GuestInviter).await, ["bob"]);
        assert_eq!(delete(&ada, address.clone()).await, 204);
        assert!(holders(&server, &ada, Role::GuestInviter).await.is_empty());
        assert_eq!(delete(&ada, address).await, 404, "they hold it no longer");
    })
    .await;
}

#[tokio::test]
async fn a_role_is_given_and_taken_and_both_are_audited() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let (_, ada) = holder(&server, &tenant, "ada", &[Role::GlobalAdministrator]).await;
        let (bob, _) = holder(&server, &tenant, "bob", &[]).await;
        let role = Role::UserAdministrator;
        let browser = server.signed_in(&bob).await;
        assert_eq!(browser.get("/portal/contoso.example/users").await.status, 403);
        assert_eq!(give(&server, &ada, role, bob.id).await.status, 204);
        assert_eq!(holders(&server, &ada, role).await, ["bob"]);
        assert_eq!(browser.get("/portal/contoso.example/users").await.status, 200);
        let again = give(&server, &ada, role, bob.id).await;
        assert_eq!(again.status, 400);
        assert!(again.text.contains("already exist"), "{}", again.text);
        server.clock.advance(Duration::from_secs(1));
        assert_eq!(take(&server, &ada, role, bob.id).await.status, 204);
        // The session goes on; the very next request is without the role.
        assert_eq!(browser.get("/portal/contoso.example/users").await.status, 403);
        assert_eq!(take(&server, &ada, role, bob.id).await.status, 404);
        assert_eq!(give(&server, &ada, role, UserId(Uuid::nil())).await.status, 404);
        let mut tx = server.read().await.expect("a connection");
        let rows: Vec<(String,)> = tx
            .query(sql!(
                "SELECT activity FROM directory_audit WHERE tenant_id = $1 AND category = 'RoleManagement' ORDER BY at, id"
            ))
            .bind(tenant.id)
            .fetch_all()
            .await
            .expect("rows");
        let rows: Vec<_> = rows.into_iter().map(|(activity,)| activity).collect();
        assert_eq!(rows, ["Add member to role", "Remove member from role"]);
    })
    .await;
}

#[tokio::test]
async fn t3_nobody_raises_themselves_by_a_role() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let (_, ada) = holder(&server, &tenant, "ada", &[Role::GlobalAdministrator]).await;
        let (anna, _) = holder(&server, &tenant, "anna", &[]).await;
        let sam = server.guest(&tenant, "sam@partner.example").await;
        let mut equal = person(&sam, Vec::new());
        if let Actor::User(guest) = &mut equal.actor {
            guest.level = guest_level::MEMBER;
        }
        let others: Vec<Permission> = Permission::ALL
            .iter()
            .copied()
            .filter(|permission| *permission != Permission::RoleManagementReadWriteDirectory)
            .collect();
        for caller in [
            person(&sam, Vec::new()),
            equal,
            person(&sam, vec![Role::GuestInviter]),
            person(&anna, Vec::new()),
            person(&anna, vec![Role::GuestInviter]),
            person(&anna, vec![Role::UserAdministrator]),
            person(&anna, vec![Role::ApplicationAdministrator]),
            delegated(person(&anna, Vec::new()), Permission::ALL),
            delegated(person(&anna, vec![Role::GlobalAdministrator]), &others),
            server.application(tenant.id, &others),
        ] {
            for role in Role::ALL.iter().copied() {
                for user in [anna.id, sam.id] {
                    assert_eq!(give(&server, &caller, role, user).await.status, 403);
                    assert_eq!(take(&server, &caller, role, user).await.status, 403);
                }
            }
        }
        for role in [Role::UserAdministrator, Role::GuestInviter] {
            assert_eq!(holders(&server, &ada, role).await, [""; 0]);
        }
        assert_eq!(holders(&server, &ada, Role::GlobalAdministrator).await, ["ada"]);
    })
    .await;
}

#[tokio::test]
async fn t3_t4_a_guest_holds_no_role_that_administers() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let (_, ada) = holder(&server, &tenant, "ada", &[Role::GlobalAdministrator]).await;
        let (bob, _) = holder(&server, &tenant, "bob", &[Role::UserAdministrator]).await;
        let sam = server.guest(&tenant, "sam@partner.example").await;
        for role in [Role::GlobalAdministrator, Role::UserAdministrator] {
            let refused = give(&server, &ada, role, sam.id).await;
            assert_eq!(refused.status, 400);
            assert!(refused.text.contains("A guest cannot hold"), "{}", refused.text);
        }
        assert_eq!(give(&server, &ada, Role::GuestInviter, sam.id).await.status, 204);
        // Nor does a holder become a guest.
        let path = format!("/v1.0/users/{}", bob.id);
        let guest = json!({ "userType": "Guest" });
        let refused = server.api_as(&ada, Method::PATCH, &path, &guest).await;
        assert_eq!(refused.status, 400);
        assert!(refused.text.contains("userType"), "{}", refused.text);
        assert_eq!(take(&server, &ada, Role::UserAdministrator, bob.id).await.status, 204);
        assert_eq!(server.api_as(&ada, Method::PATCH, &path, &guest).await.status, 204);
    })
    .await;
}

#[tokio::test]
async fn the_last_administrator_who_can_sign_in_keeps_the_role() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let role = Role::GlobalAdministrator;
        let (first, caller) = holder(&server, &tenant, "first", &[role]).await;
        let (second, other) = holder(&server, &tenant, "second", &[role]).await;
        let path = format!("/v1.0/users/{}", second.id);
        let block = json!({ "accountEnabled": false });
        assert_eq!(server.api_as(&caller, Method::PATCH, &path, &block).await.status, 204);
        let refused = take(&server, &caller, role, first.id).await;
        assert_eq!(refused.status, 400);
        assert!(refused.text.contains("last Global Administrator"), "{}", refused.text);
        // One who is blocked counts for nothing and can be relieved.
        assert_eq!(take(&server, &caller, role, second.id).await.status, 204);
        let unblock = json!({ "accountEnabled": true });
        assert_eq!(server.api_as(&caller, Method::PATCH, &path, &unblock).await.status, 204);
        assert_eq!(give(&server, &caller, role, second.id).await.status, 204);
        let (a, b) =
            futures_util::future::join(take(&server, &caller, role, second.id), take(&server, &other, role, first.id))
                .await;
        let mut outcomes = [a.status.as_u16(), b.status.as_u16()];
        outcomes.sort_unstable();
        assert_eq!(outcomes, [204, 400], "one of them stays");
    })
    .await;
}

#[tokio::test]
async fn a_reference_that_names_no_user_is_refused_by_name() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let caller = server.administrator(&tenant).await;
        let path = format!("{}/$ref", members(Role::GuestInviter));
        for body in [
            json!({}),
            json!({ "@odata.id": 4 }),
            json!({ "@odata.id": "users" }),
            json!({ "@odata.id": format!("http://localhost:8080/v1.0/applications/{}", Uuid::nil()) }),
            json!({ "@odata.id": format!("http://localhost:8080/v1.0/users/{}", Uuid::nil()), "more": 1 }),
        ] {
            let answer = server.api_as(&caller, Method::POST, &path, &body).await;
            assert_eq!(answer.status, 400, "{body}: {}", answer.text);
        }
    })
    .await;
}
