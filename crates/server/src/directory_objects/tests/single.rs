//! One member or owner of a group, as an object of its type.

use super::{get, group, post};
use crate::graph::role::guest_level;
use crate::graph::{Actor, Permission};
use crate::testing::{is_blank, on_both_engines, person};
use serde_json::json;

#[tokio::test]
async fn one_that_hangs_on_a_group_is_read_as_its_own_type_and_no_other() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let (ada, bea) = (server.member(&tenant, "ada", &[]).await, server.member(&tenant, "bea", &[]).await);
        let inner = group(&server, &admin, "inner", &ada.id.to_string()).await;
        let outer = group(&server, &admin, "outer", &inner).await;
        let owner = json!({ "@odata.id": format!("http://localhost:8080/v1.0/users/{}", ada.id) });
        assert_eq!(post(&server, &admin, &format!("/v1.0/groups/{outer}/owners/$ref"), owner).await.status, 204);
        for (path, kind, name) in [
            (format!("groups/{inner}/members/{}/microsoft.graph.user", ada.id), "user", "ada"),
            (format!("groups/{inner}/members/{}/graph.user?$select=displayName", ada.id), "user", "ada"),
            (format!("groups/{outer}/members/{inner}/graph.group"), "group", "inner"),
            (format!("groups/{outer}/owners/{}/graph.user", ada.id), "user", "ada"),
        ] {
            let answer = get(&server, &admin, &format!("/v1.0/{path}")).await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.text);
            let found = answer.json();
            assert_eq!(found["@odata.type"], format!("#microsoft.graph.{kind}"), "{path}");
            assert_eq!(found["displayName"], name, "{path}");
        }
        for path in [
            format!("groups/{inner}/members/{}/graph.group", ada.id),
            format!("groups/{inner}/members/{}/graph.user", bea.id),
            format!("groups/{inner}/owners/{}/graph.user", ada.id),
            // What belongs to it through another group does not hang on it.
            format!("groups/{outer}/members/{}/graph.user", ada.id),
            format!("groups/{inner}/members/x/graph.user"),
            format!("groups/{inner}/members/{}/graph.directoryRole", ada.id),
        ] {
            assert_eq!(get(&server, &admin, &format!("/v1.0/{path}")).await.status, 404, "{path}");
        }
        let odd = format!("/v1.0/groups/{inner}/members/{}/microsoft.graph.device", ada.id);
        assert_eq!(get(&server, &admin, &odd).await.status, 400);
    })
    .await;
}

#[tokio::test]
async fn t2_it_shows_what_the_list_shows_and_no_more() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let ada = server.member(&tenant, "ada", &[]).await;
        let inner = group(&server, &admin, "inner", &ada.id.to_string()).await;
        let path = format!("/v1.0/groups/{inner}/members/{}/graph.user?$select=id,displayName,department", ada.id);
        // Who may read groups and no users knows that somebody is a member, and not what they are called.
        let groups_only = server.application(tenant.id, &[Permission::GroupReadAll]);
        let found = get(&server, &groups_only, &path).await.json();
        assert!(found["id"] == json!(ada.id) && is_blank(&found, "displayName"), "{found}");
        let activity = get(&server, &groups_only, &format!("{path},signInActivity")).await;
        assert_eq!(activity.status, 403, "null would read as never");
        let users_only = server.application(tenant.id, &[Permission::UserReadAll]);
        assert_eq!(get(&server, &users_only, &path).await.status, 403);
        let mut guest = person(&server.guest(&tenant, "g@partner.example").await, Vec::new());
        let found = get(&server, &guest, &path).await.json();
        assert!(found["displayName"] == "ada" && is_blank(&found, "department"), "{found}");
        if let Actor::User(person) = &mut guest.actor {
            person.level = guest_level::RESTRICTED;
        }
        assert_ne!(get(&server, &guest, &path).await.status, 200);
        let other = server.tenant("Fabrikam", "fabrikam.example").await;
        assert_eq!(get(&server, &server.administrator(&other).await, &path).await.status, 404);
    })
    .await;
}
