//! Deleted groups: found, brought back, gone for good.

use super::{add, body, call, column, get, group, reference, refusal};
use crate::audit::{ChangeFilter, store as audit};
use crate::graph::{Caller, Permission, Role};
use crate::groups::operations::follow_rules;
use crate::groups::{Group, Relation, store};
use crate::platform::ids::{GroupId, TenantId};
use crate::testing::{TestServer, on_both_engines, person};
use crate::{changes, deleted, deleted_items};
use axum::http::Method;
use serde_json::{Value, json};
use std::time::Duration;

const LIST: &str = "/v1.0/directory/deletedItems/microsoft.graph.group";

fn item(group: &str) -> String {
    format!("/v1.0/directory/deletedItems/{group}")
}

async fn delete(server: &TestServer, caller: &Caller, path: &str) -> u16 {
    call(server, caller, Method::DELETE, path, Value::Null).await.status.as_u16()
}

async fn remove(server: &TestServer, caller: &Caller, group: &str) {
    assert_eq!(delete(server, caller, &format!("/v1.0/groups/{group}")).await, 204);
}

async fn restore(server: &TestServer, caller: &Caller, group: &str) -> u16 {
    let path = format!("{}/restore", item(group));
    call(server, caller, Method::POST, &path, json!({})).await.status.as_u16()
}

/// The tables that name this group, but for the logs, where what happened stays told.
async fn tables_naming(server: &TestServer, group: &str) -> Vec<&'static str> {
    let bare = group.replace('-', "");
    let names = |row: &String| {
        let row = row.to_lowercase();
        row.contains(group) || row.contains(&bare)
    };
    let logs = ["directory_audit", "directory_change", "directory_read"];
    let contents = server.contents().await.into_iter();
    contents.filter(|(table, rows)| !logs.contains(table) && rows.iter().any(names)).map(|(table, _)| table).collect()
}

/// Gives the group an app; the id of the service principal.
async fn assign(server: &TestServer, caller: &Caller, group: &str) -> String {
    let app = call(server, caller, Method::POST, "/v1.0/applications", json!({ "displayName": "Expenses" })).await;
    let client = json!({ "appId": app.json()["appId"] });
    let program = call(server, caller, Method::POST, "/v1.0/servicePrincipals", client).await.json();
    let program = program["id"].as_str().expect("an id").to_owned();
    let role = "00000000-0000-0000-0000-000000000000";
    let wanted = json!({ "principalId": group, "resourceId": program, "appRoleId": role });
    let path = format!("/v1.0/groups/{group}/appRoleAssignments");
    assert_eq!(call(server, caller, Method::POST, &path, wanted).await.status, 201);
    program
}

#[tokio::test]
async fn a_deleted_group_comes_back_with_what_hung_on_it() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let sam = server.guest(&tenant, "sam@partner.example").await;
        let (auditors, above) = (group(&server, &admin, "Auditors").await, group(&server, &admin, "Above").await);
        assert_eq!(add(&server, &admin, &auditors, sam.id).await.status, 204);
        assert_eq!(add(&server, &admin, &above, &auditors).await.status, 204);
        let owners = format!("/v1.0/groups/{auditors}/owners/$ref");
        assert_eq!(call(&server, &admin, Method::POST, &owners, reference(sam.id)).await.status, 204);
        assign(&server, &admin, &auditors).await;
        server.clock.advance(Duration::from_secs(60));
        let at = server.clock.now();
        remove(&server, &admin, &auditors).await;
        assert!(column(&get(&server, &admin, &format!("/v1.0/groups/{above}/members")).await, "id").is_empty());

        let listed = get(&server, &admin, &format!("{LIST}?$select=id,displayName,deletedDateTime")).await;
        assert_eq!(column(&listed, "displayName"), ["Auditors"]);
        assert_eq!(column(&listed, "deletedDateTime"), [crate::platform::clock::rfc3339(at)]);
        let one = get(&server, &admin, &format!("{}?$select=displayName", item(&auditors))).await.json();
        assert_eq!((&one["@odata.type"], &one["displayName"]), (&json!("#microsoft.graph.group"), &json!("Auditors")));
        let surprising = call(
            &server,
            &admin,
            Method::POST,
            &format!("{}/restore", item(&auditors)),
            json!({ "newUserPrincipalName": "auditors@contoso.example" }),
        )
        .await;
        assert_eq!(surprising.status, 400, "{}", surprising.text);

        assert_eq!(restore(&server, &admin, &auditors).await, 200);
        let path = format!("/v1.0/groups/{auditors}");
        assert_eq!(get(&server, &admin, &path).await.json()["deletedDateTime"], Value::Null);
        for way in ["members", "owners"] {
            let found = column(&get(&server, &admin, &format!("{path}/{way}")).await, "id");
            assert_eq!(found, [sam.id.to_string()], "{way}");
        }
        let found = column(&get(&server, &admin, &format!("/v1.0/groups/{above}/members")).await, "id");
        assert_eq!(found, std::slice::from_ref(&auditors));
        let apps = column(&get(&server, &admin, &format!("{path}/appRoleAssignments")).await, "resourceDisplayName");
        assert_eq!(apps, ["Expenses"]);
        assert_eq!(get(&server, &admin, &item(&auditors)).await.status, 404);
        assert_eq!(restore(&server, &admin, &auditors).await, 404, "it is not deleted");
        assert!(activities(&server, tenant.id).await.contains(&"Restore group".to_owned()));
    })
    .await;
}

async fn activities(server: &TestServer, tenant: TenantId) -> Vec<String> {
    let mut tx = server.read().await.expect("a connection");
    let rows = audit::list_changes(&mut tx, tenant, &ChangeFilter::default(), None, 100).await.expect("the audit");
    rows.into_iter().map(|row| row.activity).collect()
}

#[tokio::test]
async fn nothing_is_left_of_a_group_that_is_gone_for_good() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let sam = server.guest(&tenant, "sam@partner.example").await;
        let above = group(&server, &admin, "Above").await;
        let named = body("Auditors", &json!({ "uniqueName": "auditors" }));
        let made = call(&server, &admin, Method::POST, "/v1.0/groups", named.clone()).await.json();
        let gone = made["id"].as_str().expect("an id").to_owned();
        assert_eq!(add(&server, &admin, &gone, sam.id).await.status, 204);
        assert_eq!(add(&server, &admin, &above, &gone).await.status, 204);
        let owners = format!("/v1.0/groups/{gone}/owners/$ref");
        assert_eq!(call(&server, &admin, Method::POST, &owners, reference(sam.id)).await.status, 204);
        assign(&server, &admin, &gone).await;
        assert_eq!(delete(&server, &admin, &item(&gone)).await, 404, "nothing is removed for good at one blow");
        remove(&server, &admin, &gone).await;
        let taken = call(&server, &admin, Method::POST, "/v1.0/groups", named.clone()).await;
        assert_eq!(taken.status, 400, "a deleted group keeps its unique name");
        assert!(tables_naming(&server, &gone).await.len() >= 4);

        assert_eq!(delete(&server, &admin, &item(&gone)).await, 204);
        assert!(tables_naming(&server, &gone).await.is_empty(), "{:?}", tables_naming(&server, &gone).await);
        assert_eq!(get(&server, &admin, &item(&gone)).await.status, 404);
        assert_eq!(restore(&server, &admin, &gone).await, 404);
        assert_eq!(call(&server, &admin, Method::POST, "/v1.0/groups", named).await.status, 201);
        assert!(activities(&server, tenant.id).await.contains(&"Hard Delete group".to_owned()));
        let mut tx = server.read().await.expect("a connection");
        let (last, _) = changes::store::bounds(&mut tx, tenant.id).await.expect("bounds");
        let rows = changes::store::list(&mut tx, tenant.id, changes::Kind::Group, 0, last, 100).await.expect("changes");
        let what = |id: &str| {
            let of = rows.iter().filter(|row| row.object_id.to_string() == id);
            of.map(|row| row.what).collect::<Vec<_>>()
        };
        assert_eq!(what(&gone).last(), Some(&changes::What::Purged));
        assert_eq!(what(&above).last(), Some(&changes::What::MemberRemoved));
    })
    .await;
}

#[tokio::test]
async fn after_thirty_days_it_cannot_be_brought_back_and_goes_by_itself() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let (early, late) = (group(&server, &admin, "Early").await, group(&server, &admin, "Late").await);
        let sam = server.guest(&tenant, "sam@partner.example").await;
        assert_eq!(add(&server, &admin, &early, sam.id).await.status, 204);
        remove(&server, &admin, &early).await;
        server.clock.advance(Duration::from_secs(3600));
        remove(&server, &admin, &late).await;
        server.clock.advance(deleted_items::KEPT.saturating_sub(Duration::from_secs(1800)));
        assert_eq!(restore(&server, &admin, &early).await, 404, "nobody tidied up yet, but its time is over");
        assert_eq!(column(&get(&server, &admin, LIST).await, "id"), std::slice::from_ref(&late));
        assert_eq!(deleted_items::purge(&server, deleted::OWNERS).await.expect("a purge"), 1);
        assert!(tables_naming(&server, &early).await.is_empty());
        assert_eq!(deleted_items::purge(&server, deleted::OWNERS).await.expect("a purge"), 0);
        assert_eq!(restore(&server, &admin, &late).await, 200);
    })
    .await;
}

#[tokio::test]
async fn what_a_purge_left_when_its_process_died_goes_with_the_next_one() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let half = group(&server, &admin, "Half").await;
        let sam = server.guest(&tenant, "sam@partner.example").await;
        assert_eq!(add(&server, &admin, &half, sam.id).await.status, 204);
        remove(&server, &admin, &half).await;
        let id: GroupId = half.parse().expect("an id");
        let mut tx = server.write().await.expect("a transaction");
        let found = deleted_items::store::find::<Group>(&mut tx, tenant.id, id.0, deleted_items::GOING).await;
        let found = found.expect("an answer").expect("a group");
        assert!(store::retire(&mut tx, &found, server.clock.now()).await.expect("an answer"));
        assert!(!store::retire(&mut tx, &found, server.clock.now()).await.expect("an answer"), "it was changed");
        tx.commit().await.expect("a commit");
        for (method, path) in [
            (Method::GET, item(&half)),
            (Method::DELETE, item(&half)),
            (Method::POST, format!("{}/restore", item(&half))),
        ] {
            assert_eq!(refusal(&call(&server, &admin, method, &path, json!({})).await).0, 404, "{path}");
        }
        assert!(column(&get(&server, &admin, LIST).await, "id").is_empty());
        assert_eq!(deleted_items::purge(&server, deleted::OWNERS).await.expect("a purge"), 1);
        assert!(tables_naming(&server, &half).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_large_group_is_gone_at_once_and_its_members_in_steps() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let large = group(&server, &admin, "Large").await;
        let id: GroupId = large.parse().expect("an id");
        let now = server.clock.now();
        for _ in 0..6 {
            let mut tx = server.write().await.expect("a transaction");
            for _ in 0..100 {
                let member = (changes::Kind::User, server.entropy.random_uuid());
                let edge = (Relation::Members, id);
                assert!(store::insert_edge(&mut tx, tenant.id, edge, member, now).await.expect("an edge"));
            }
            tx.commit().await.expect("a commit");
        }
        remove(&server, &admin, &large).await;
        assert_eq!(delete(&server, &admin, &item(&large)).await, 204);
        assert_eq!(get(&server, &admin, &item(&large)).await.status, 404);
        let left = server.contents().await["group_member"].len();
        assert_eq!(left, 100, "one transaction takes 500 along");
        let naming = tables_naming(&server, &large).await;
        assert!(["aftermath", "directory_group"].iter().all(|table| naming.contains(table)), "{naming:?}");
        server.run_due_jobs().await;
        assert!(tables_naming(&server, &large).await.is_empty(), "{:?}", tables_naming(&server, &large).await);
    })
    .await;
}

#[tokio::test]
async fn a_dynamic_group_that_is_brought_back_looks_at_everybody_anew() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let further = json!({ "groupTypes": ["DynamicMembership"], "membershipRule": "user.userType -eq \"Guest\"" });
        let made = call(&server, &admin, Method::POST, "/v1.0/groups", body("Guests", &further)).await.json();
        let id = made["id"].as_str().expect("an id").to_owned();
        follow_rules(&server).await.expect("followed");
        remove(&server, &admin, &id).await;
        let sam = server.guest(&tenant, "sam@partner.example").await;
        follow_rules(&server).await.expect("followed");
        assert_eq!(restore(&server, &admin, &id).await, 200);
        follow_rules(&server).await.expect("followed");
        let members = column(&get(&server, &admin, &format!("/v1.0/groups/{id}/members")).await, "id");
        assert_eq!(members, [sam.id.to_string()], "who came meanwhile belongs to it");
    })
    .await;
}

#[tokio::test]
async fn deleted_groups_are_for_who_manages_groups() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let owner = server.member(&tenant, "owner", &[]).await;
        let manager = server.member(&tenant, "manager", &[Role::GroupsAdministrator]).await;
        let manager = person(&manager, vec![Role::GroupsAdministrator]);
        let plain = group(&server, &admin, "Plain").await;
        let owners = format!("/v1.0/groups/{plain}/owners/$ref");
        assert_eq!(call(&server, &admin, Method::POST, &owners, reference(owner.id)).await.status, 204);
        let assignable = body("For roles", &json!({ "isAssignableToRole": true }));
        let made = call(&server, &admin, Method::POST, "/v1.0/groups", assignable).await.json();
        let assignable = made["id"].as_str().expect("an id").to_owned();
        for group in [&plain, &assignable] {
            remove(&server, &admin, group).await;
        }
        let user = server.guest(&tenant, "sam@partner.example").await;
        assert_eq!(delete(&server, &admin, &format!("/v1.0/users/{}", user.id)).await, 204);
        for stranger in [
            person(&owner, Vec::new()),
            server.application(tenant.id, &[Permission::GroupMemberReadAll, Permission::GroupCreate]),
        ] {
            for (method, path) in
                [(Method::GET, LIST.to_owned()), (Method::GET, item(&plain)), (Method::DELETE, item(&plain))]
            {
                assert_eq!(refusal(&call(&server, &stranger, method, &path, Value::Null).await).0, 403, "{path}");
            }
        }
        let reader = server.application(tenant.id, &[Permission::GroupReadAll]);
        assert_eq!(get(&server, &reader, &item(&plain)).await.status, 200);
        assert_eq!(restore(&server, &reader, &plain).await, 403);
        // Whoever manages groups alone brings back neither what roles are given to nor people.
        assert_eq!(restore(&server, &manager, &assignable).await, 403);
        assert_eq!(delete(&server, &manager, &item(&assignable)).await, 403);
        assert_eq!(restore(&server, &manager, &user.id.to_string()).await, 404);
        assert_eq!(restore(&server, &manager, &plain).await, 200);
        assert_eq!(restore(&server, &admin, &assignable).await, 200);
        let other = server.tenant("Fabrikam", "fabrikam.example").await;
        let stranger = server.application(other.id, &[Permission::DirectoryReadWriteAll]);
        remove(&server, &admin, &plain).await;
        assert_eq!(get(&server, &stranger, &item(&plain)).await.status, 404);
        assert_eq!(restore(&server, &stranger, &plain).await, 404);
        assert_eq!(delete(&server, &stranger, &item(&plain)).await, 404);
    })
    .await;
}
