//! Who comes to hold roles, as programs follow it.

use super::{get, give, holder, take};
use crate::directory_roles::object_id;
use crate::graph::role::guest_level;
use crate::graph::{Actor, Caller, Permission, Role};
use crate::testing::{TestServer, on_both_engines};
use crate::users::User;
use axum::http::Method;
use serde_json::{Value, json};

const DELTA: &str = "/v1.0/directoryRoles/delta";

/// A round, whose pages are one, and the link to the next one.
async fn round(server: &TestServer, caller: &Caller, start: &str) -> (Vec<Value>, String) {
    let answer = get(server, caller, start).await;
    assert_eq!(answer.status, 200, "{start}: {}", answer.text);
    let body = answer.json();
    let link = body["@odata.deltaLink"].as_str().unwrap_or_else(|| panic!("no link: {body}"));
    let link = link[link.find("/v1.0/").expect("an address of the API")..].to_owned();
    (body["value"].as_array().expect("roles").clone(), link)
}

#[tokio::test]
async fn a_round_tells_who_came_to_hold_a_role_and_who_does_no_longer() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let (ada, admin) = holder(&server, &tenant, "ada", &[Role::GlobalAdministrator]).await;
        let (bob, _) = holder(&server, &tenant, "bob", &[]).await;
        let id = |role: Role| json!(object_id(tenant.id, role));
        let user = |user: &User| json!({ "@odata.type": "#microsoft.graph.user", "id": user.id });
        let gone = |user: &User| {
            json!({ "@odata.type": "#microsoft.graph.user", "id": user.id, "@removed": { "reason": "deleted" } })
        };

        let (all, link) = round(&server, &admin, DELTA).await;
        assert_eq!(all.len(), Role::ALL.len());
        let of = |role: Role| all.iter().find(|item| item["id"] == id(role)).cloned().expect("the role");
        assert_eq!(of(Role::GlobalAdministrator)["members@delta"], json!([user(&ada)]));
        assert_eq!(of(Role::GuestInviter)["displayName"], "Guest Inviter");
        assert_eq!(of(Role::GuestInviter).get("members@delta"), None);
        let (none, link) = round(&server, &admin, &link).await;
        assert!(none.is_empty(), "{none:?}");

        assert_eq!(give(&server, &admin, Role::GuestInviter, bob.id).await.status, 204);
        assert_eq!(give(&server, &admin, Role::ReportsReader, bob.id).await.status, 204);
        let (some, link) = round(&server, &admin, &link).await;
        assert_eq!(some.len(), 2, "{some:?}");
        assert_eq!((&some[0]["id"], &some[0]["members@delta"]), (&id(Role::GuestInviter), &json!([user(&bob)])));
        assert_eq!((&some[1]["id"], &some[1]["members@delta"]), (&id(Role::ReportsReader), &json!([user(&bob)])));

        assert_eq!(take(&server, &admin, Role::GuestInviter, bob.id).await.status, 204);
        let (some, link) = round(&server, &admin, &link).await;
        assert_eq!(some.len(), 1, "{some:?}");
        assert_eq!(some[0]["members@delta"], json!([gone(&bob)]));

        // Who can be brought back still holds the role; who is gone for good does not.
        let delete = async |path: String| server.api_as(&admin, Method::DELETE, &path, &Value::Null).await.status;
        assert_eq!(delete(format!("/v1.0/users/{}", bob.id)).await, 204);
        let (none, link) = round(&server, &admin, &link).await;
        assert!(none.is_empty(), "{none:?}");
        assert_eq!(delete(format!("/v1.0/directory/deletedItems/{}", bob.id)).await, 204);
        let (some, _) = round(&server, &admin, &link).await;
        assert_eq!((&some[0]["id"], &some[0]["members@delta"]), (&id(Role::ReportsReader), &json!([gone(&bob)])));
    })
    .await;
}

#[tokio::test]
async fn a_delta_of_roles_is_selected_filtered_and_for_those_who_read_roles() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let (_, admin) = holder(&server, &tenant, "ada", &[Role::GlobalAdministrator]).await;
        let role = object_id(tenant.id, Role::GlobalAdministrator);
        let (some, _) = round(&server, &admin, &format!("{DELTA}()?$filter=id%20eq%20'{role}'")).await;
        assert_eq!(some.len(), 1, "{some:?}");
        let bare = format!("{DELTA}?$select=displayName&$filter=id%20eq%20'{role}'");
        let (bare, _) = round(&server, &admin, &bare).await;
        assert_eq!(bare, [json!({ "displayName": "Global Administrator", "id": role })]);
        let (none, _) = round(&server, &admin, &format!("{DELTA}?$deltatoken=latest")).await;
        assert!(none.is_empty(), "{none:?}");

        let program = server.application(tenant.id, &[Permission::UserReadAll]);
        assert_eq!(get(&server, &program, DELTA).await.status, 403);
        let program = server.application(tenant.id, &[Permission::RoleManagementReadDirectory]);
        assert_eq!(get(&server, &program, DELTA).await.status, 200);
        let (_, mut mara) = holder(&server, &tenant, "mara", &[]).await;
        if let Actor::User(person) = &mut mara.actor {
            (person.is_guest, person.level) = (true, guest_level::LIMITED);
        }
        assert_eq!(get(&server, &mara, DELTA).await.status, 403);
    })
    .await;
}
