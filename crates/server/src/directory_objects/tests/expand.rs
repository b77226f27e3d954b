//! Members, owners and memberships inside an answer.

use super::{get, group, post};
use crate::graph::role::guest_level;
use crate::graph::{Actor, Permission, Role};
use crate::testing::{on_both_engines, person, told};
use serde_json::{Value, json};

fn column<'v>(list: &'v Value, name: &str) -> Vec<&'v str> {
    list.as_array().expect("a collection").iter().map(|item| item[name].as_str().unwrap_or_default()).collect()
}

#[tokio::test]
async fn a_group_shows_its_first_members_owners_and_groups() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let ada = server.member(&tenant, "ada", &[]).await;
        let inner = group(&server, &admin, "inner", &ada.id.to_string()).await;
        let outer = group(&server, &admin, "outer", &inner).await;
        let top = group(&server, &admin, "top", &outer).await;
        let owner = json!({ "@odata.id": format!("http://localhost:8080/v1.0/users/{}", ada.id) });
        let added = post(&server, &admin, &format!("/v1.0/groups/{inner}/owners/$ref"), owner).await;
        assert_eq!(added.status, 204);
        let expand =
            "$select=id&$expand=members($select=id,mail),owners($select=displayName),memberOf($select=displayName)";
        let one = get(&server, &admin, &format!("/v1.0/groups/{inner}?{expand}")).await;
        assert_eq!(one.status, 200, "{}", one.text);
        let listed = get(&server, &admin, &format!("/v1.0/groups?{expand}&$filter=id%20eq%20'{inner}'")).await;
        for shown in [one.json(), listed.json()["value"][0].clone()] {
            let member = &shown["members"][0];
            assert_eq!((&member["@odata.type"], &member["mail"]), (&json!("#microsoft.graph.user"), &json!(ada.mail)));
            assert!(member.get("displayName").is_none(), "{member}");
            assert_eq!(column(&shown["owners"], "displayName"), ["ada"]);
            assert_eq!(column(&shown["memberOf"], "displayName"), ["outer"]);
        }
        let above = get(&server, &admin, &format!("/v1.0/groups/{inner}?$expand=transitiveMemberOf")).await.json();
        let mut ids = column(&above["transitiveMemberOf"], "id");
        ids.sort_unstable();
        let mut both = [outer.as_str(), top.as_str()];
        both.sort_unstable();
        assert_eq!(ids, both);

        for at in 0..22 {
            let member = server.member(&tenant, &format!("m{at}"), &[]).await.id;
            let body = json!({ "@odata.id": format!("http://localhost:8080/v1.0/users/{member}") });
            assert_eq!(post(&server, &admin, &format!("/v1.0/groups/{top}/members/$ref"), body).await.status, 204);
        }
        let many = get(&server, &admin, &format!("/v1.0/groups/{top}?$expand=members")).await.json();
        assert_eq!(many["members"].as_array().map(Vec::len), Some(20));
        assert_eq!(many["members"][0]["@odata.type"], "#microsoft.graph.group", "groups come first");
    })
    .await;
}

#[tokio::test]
async fn a_user_shows_what_they_belong_to() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let ada = server.member(&tenant, "ada", &[Role::GuestInviter]).await;
        let inner = group(&server, &admin, "inner", &ada.id.to_string()).await;
        group(&server, &admin, "outer", &inner).await;
        let select = "$select=id&$expand=memberOf($select=displayName)";
        let me = person(&ada, vec![Role::GuestInviter]);
        let listed = format!("/v1.0/users?{select}&$filter=id%20eq%20'{}'", ada.id);
        for (caller, path) in [
            (&admin, format!("/v1.0/users/{}?{select}", ada.id)),
            (&admin, listed),
            (&me, format!("/v1.0/me?{select}")),
        ] {
            let answer = get(&server, caller, &path).await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.text);
            let body = answer.json();
            let user = body["value"].as_array().map_or(&body, |users| &users[0]);
            assert_eq!(column(&user["memberOf"], "displayName"), ["Guest Inviter", "inner"], "{path}");
        }
        let all = get(&server, &admin, &format!("/v1.0/users/{}?$expand=transitiveMemberOf", ada.id)).await.json();
        assert_eq!(all["transitiveMemberOf"].as_array().map(Vec::len), Some(3));
    })
    .await;
}

#[tokio::test]
async fn nothing_is_included_that_the_caller_may_not_read_by_itself() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let ada = server.member(&tenant, "ada", &[]).await;
        let guest = server.guest(&tenant, "sam@partner.example").await;
        let own = group(&server, &admin, "own", &guest.id.to_string()).await;
        let mut restricted = person(&guest, Vec::new());
        if let Actor::User(user) = &mut restricted.actor {
            user.level = guest_level::RESTRICTED;
        }
        let basic = server.application(tenant.id, &[Permission::UserReadBasicAll]);
        let limited = person(&guest, Vec::new());
        for (caller, path) in [
            (&restricted, format!("/v1.0/groups/{own}?$expand=members")),
            (&restricted, format!("/v1.0/groups/{own}?$expand=memberOf")),
            (&limited, format!("/v1.0/users/{}?$expand=memberOf", ada.id)),
            (&basic, format!("/v1.0/users/{}?$expand=memberOf", ada.id)),
            (&basic, "/v1.0/users?$expand=transitiveMemberOf".to_owned()),
        ] {
            assert_eq!(get(&server, caller, &path).await.status, 403, "{path}");
        }
        // Kind and id of a member are shown to whoever reads groups and not users.
        let reader = server.application(tenant.id, &[Permission::GroupReadAll]);
        let shown = get(&server, &reader, &format!("/v1.0/groups/{own}?$expand=members")).await.json();
        assert_eq!(shown["members"].as_array().map(Vec::len), Some(1), "{shown}");
        let member = &shown["members"][0];
        assert_eq!((&member["id"], told(member)), (&json!(guest.id), vec!["@odata.type", "id"]), "{shown}");
        let refused = get(&server, &admin, &format!("/v1.0/groups/{own}?$expand=members($expand=memberOf)")).await;
        assert_eq!((refused.status.as_u16(), &refused.json()["error"]["target"]), (400, &json!("$expand")));
    })
    .await;
}
