//! Who may do what: owners, guests of every level, programs.

use super::{add, call, column, get, group, reference, refusal};
use crate::graph::role::guest_level;
use crate::graph::{Actor, Caller, Permission, caller};
use crate::platform::ids::ClientId;
use crate::testing::{on_both_engines, person};
use axum::http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

fn at_level(mut caller: Caller, level: Uuid) -> Caller {
    if let Actor::User(person) = &mut caller.actor {
        person.level = level;
    }
    caller
}

fn delegated(mut caller: Caller, permissions: &[Permission]) -> Caller {
    if let Actor::User(person) = &mut caller.actor {
        let client = ClientId(Uuid::nil());
        person.delegated = Some(caller::Delegated { client, permissions: permissions.to_vec() });
    }
    caller
}

#[tokio::test]
async fn owners_manage_their_group_without_a_role_and_no_other() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let owner = server.guest(&tenant, "owner@partner.example").await;
        let guest = server.guest(&tenant, "guest@partner.example").await;
        let (own, other) = (group(&server, &admin, "Own").await, group(&server, &admin, "Other").await);
        let owners = format!("/v1.0/groups/{own}/owners/$ref");
        assert_eq!(call(&server, &admin, Method::POST, &owners, reference(owner.id)).await.status, 204);
        let all = delegated(person(&owner, Vec::new()), &[Permission::GroupReadWriteAll]);
        assert_eq!(add(&server, &all, &own, guest.id).await.status, 204);
        assert_eq!(refusal(&add(&server, &all, &other, guest.id).await).0, 403);
        let path = format!("/v1.0/groups/{own}");
        assert_eq!(call(&server, &all, Method::PATCH, &path, json!({ "displayName": "Mine" })).await.status, 204);
        let members = delegated(person(&owner, Vec::new()), &[Permission::GroupMemberReadWriteAll]);
        assert_eq!(call(&server, &members, Method::PATCH, &path, json!({ "displayName": "No" })).await.status, 403);
        let gone = format!("{path}/members/{}/$ref", guest.id);
        assert_eq!(call(&server, &members, Method::DELETE, &gone, Value::Null).await.status, 204);
        let reads = delegated(person(&owner, Vec::new()), &[Permission::GroupReadAll]);
        assert_eq!(call(&server, &reads, Method::DELETE, &path, Value::Null).await.status, 403);
        let held = get(&server, &admin, &format!("/v1.0/users/{}/ownedObjects", owner.id)).await;
        assert_eq!(column(&held, "displayName"), ["Mine"]);
    })
    .await;
}

#[tokio::test]
async fn a_limited_guest_finds_a_group_by_id_or_whole_name() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let guest =
            at_level(person(&server.guest(&tenant, "g@partner.example").await, Vec::new()), guest_level::LIMITED);
        let ada = server.member(&tenant, "ada", &[]).await.id;
        let own = group(&server, &admin, "Own").await;
        assert_eq!(add(&server, &admin, &own, ada).await.status, 204);
        assert_eq!(refusal(&get(&server, &guest, "/v1.0/groups").await).0, 403);
        assert_eq!(refusal(&get(&server, &guest, "/v1.0/groups?$filter=startsWith(displayName,'O')").await).0, 403);
        let found = get(&server, &guest, "/v1.0/groups?$filter=displayName%20eq%20'own'").await;
        assert_eq!(column(&found, "id"), [own.as_str()]);
        assert_eq!(get(&server, &guest, &format!("/v1.0/groups/{own}")).await.json()["displayName"], "Own");
        let members =
            get(&server, &guest, &format!("/v1.0/groups/{own}/members?$select=displayName,jobTitle")).await.json();
        assert_eq!(members["value"][0]["displayName"], "ada");
        assert!(members["value"][0].get("jobTitle").is_none(), "{members}");
        let asked = format!("/v1.0/groups/{own}/members/microsoft.graph.user?$filter=accountEnabled%20eq%20true");
        assert_eq!(refusal(&get(&server, &guest, &asked).await).0, 403);
    })
    .await;
}

#[tokio::test]
async fn a_restricted_guest_learns_the_ids_of_their_own_groups() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let user = server.guest(&tenant, "g@partner.example").await;
        let guest = at_level(person(&user, Vec::new()), guest_level::RESTRICTED);
        let [own, outer, other] = [
            group(&server, &admin, "Own").await,
            group(&server, &admin, "Outer").await,
            group(&server, &admin, "Other").await,
        ];
        assert_eq!(add(&server, &admin, &own, user.id).await.status, 204);
        assert_eq!(add(&server, &admin, &outer, &own).await.status, 204);
        let mine = get(&server, &guest, "/v1.0/me/memberOf").await.json();
        assert_eq!(mine["value"], json!([{ "@odata.type": "#microsoft.graph.group", "id": own }]));
        for known in [&own, &outer] {
            let read = get(&server, &guest, &format!("/v1.0/groups/{known}")).await.json();
            assert_eq!((&read["id"], read.get("displayName")), (&json!(known), None));
            assert_eq!(refusal(&get(&server, &guest, &format!("/v1.0/groups/{known}/members")).await).0, 403);
        }
        for path in [format!("/v1.0/groups/{other}"), format!("/v1.0/groups/{other}/members")] {
            assert_eq!(refusal(&get(&server, &guest, &path).await).1, "Request_ResourceNotFound", "{path}");
        }
        assert_eq!(refusal(&get(&server, &guest, "/v1.0/groups?$filter=displayName%20eq%20'own'").await).0, 403);
        let named = get(&server, &guest, "/v1.0/me/memberOf?$filter=displayName%20eq%20'Own'").await;
        assert_eq!(refusal(&named).0, 403);
    })
    .await;
}

#[tokio::test]
async fn who_may_not_read_users_reads_the_ids_of_members() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let ada = server.member(&tenant, "ada", &[]).await.id;
        let own = group(&server, &admin, "Own").await;
        assert_eq!(add(&server, &admin, &own, ada).await.status, 204);
        let program = server.application(tenant.id, &[Permission::GroupMemberReadAll]);
        let members = get(&server, &program, &format!("/v1.0/groups/{own}/members")).await.json();
        assert_eq!(members["value"], json!([{ "@odata.type": "#microsoft.graph.user", "id": ada }]));
        let asked = format!("/v1.0/groups/{own}/members/microsoft.graph.user?$filter=displayName%20eq%20'ada'");
        assert_eq!(refusal(&get(&server, &program, &asked).await).0, 403);
    })
    .await;
}
