//! Who may do what: owners, guests of every level, programs.

use super::{add, body, call, column, get, get_eventual, group, reference, refusal};
use crate::graph::role::guest_level;
use crate::graph::{Actor, Caller, Permission, Role, caller};
use crate::platform::ids::ClientId;
use crate::testing::{Recorder, is_blank, on_both_engines, person, told};
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
        assert!(is_blank(&members["value"][0], "jobTitle"), "{members}");
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
        let mine = get(&server, &guest, "/v1.0/me/memberOf?$select=id,displayName,groupTypes").await.json();
        let nothing_but_id = json!({
            "@odata.type": "#microsoft.graph.group", "id": own, "displayName": null, "groupTypes": [],
        });
        assert_eq!(mine["value"], json!([nothing_but_id]));
        let whole = get(&server, &guest, "/v1.0/me/memberOf").await.json();
        assert_eq!(told(&whole["value"][0]), ["@odata.type", "id"], "{whole}");
        for known in [&own, &outer] {
            let read = get(&server, &guest, &format!("/v1.0/groups/{known}")).await.json();
            assert_eq!((&read["id"], told(&read)), (&json!(known), vec!["@odata.context", "id"]), "{read}");
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
async fn t2_a_guest_asks_for_groups_by_no_more_owners_than_they_read() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let (ada, bob) = (server.member(&tenant, "ada", &[]).await.id, server.member(&tenant, "bob", &[]).await.id);
        let user = server.guest(&tenant, "g@partner.example").await;
        let [limited, restricted] =
            [guest_level::LIMITED, guest_level::RESTRICTED].map(|level| at_level(person(&user, Vec::new()), level));
        let [own, inner] = [group(&server, &admin, "Own").await, group(&server, &admin, "Inner").await];
        for member in [&user.id.to_string(), &inner] {
            assert_eq!(add(&server, &admin, &own, member).await.status, 204);
        }
        for (owned, owner) in [(&own, ada), (&own, bob), (&inner, ada)] {
            let path = format!("/v1.0/groups/{owned}/owners/$ref");
            assert_eq!(call(&server, &admin, Method::POST, &path, reference(owner)).await.status, 204);
        }
        let gone = call(&server, &admin, Method::DELETE, &format!("/v1.0/users/{bob}"), Value::Null).await;
        assert_eq!(gone.status, 204, "{}", gone.text);
        let below = format!("/v1.0/groups/{own}/members/microsoft.graph.group");
        for (path, asked) in [("/v1.0/me/memberOf/microsoft.graph.group", &own), (below.as_str(), &inner)] {
            let owners = column(&get(&server, &limited, &format!("/v1.0/groups/{asked}/owners")).await, "id");
            assert_eq!(owners, [ada.to_string()], "{path}");
            for number in 0..3 {
                let path = format!("{path}?$count=true&$filter=owners/$count%20eq%20{number}");
                let found = column(&get_eventual(&server, &limited, &path).await, "id");
                assert_eq!(found.contains(asked), number == owners.len(), "{path}: {found:?}");
                assert_eq!(get_eventual(&server, &restricted, &path).await.status, 403, "{path}");
            }
        }
        // They find no group that they do not name, and so none by its owners.
        for path in ["/v1.0/groups?$count=true&$filter=", "/v1.0/groups/$count?$filter="] {
            for guest in [&limited, &restricted] {
                let asked = format!("{path}owners/$count%20eq%201");
                assert_eq!(get_eventual(&server, guest, &asked).await.status, 403, "{asked}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn i17_t2_a_group_nobody_may_know_of_costs_what_one_costs_that_is_not_there() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let user = server.guest(&tenant, "g@partner.example").await;
        let guest = at_level(person(&user, Vec::new()), guest_level::RESTRICTED);
        for (name, holds_roles) in [("auditors", false), ("rulers", true)] {
            let new = json!({
                "displayName": name, "mailNickname": name, "uniqueName": name, "mailEnabled": false,
                "securityEnabled": true, "isAssignableToRole": holds_roles,
            });
            let made = call(&server, &admin, Method::POST, "/v1.0/groups", new).await;
            assert_eq!(made.status, 201, "{}", made.text);
        }
        server.caught_up().await;
        let recorder = Recorder::start();
        for (method, end) in [(Method::GET, ""), (Method::GET, "/members"), (Method::PATCH, ""), (Method::DELETE, "")] {
            let sent = if method == Method::PATCH { json!({ "description": "Mine" }) } else { Value::Null };
            let mut works = Vec::new();
            // The first to come makes the server read what it keeps for everybody.
            for name in ["nothing", "nothing", "auditors", "rulers"] {
                recorder.take();
                let path = format!("/v1.0/groups(uniqueName='{name}'){end}");
                let answer = call(&server, &guest, method.clone(), &path, sent.clone()).await;
                let work = recorder.work();
                let (status, code, message) = refusal(&answer);
                assert_eq!((status, code.as_str()), (404, "Request_ResourceNotFound"), "{method} {path}");
                works.push((work.reads, work.writes, message.replace(name, "…")));
            }
            assert!(!works[1].0.is_empty(), "the work was seen");
            assert!(works[2] == works[1] && works[3] == works[1], "{method} {end}: {works:#?}");
        }
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
        let member = &members["value"][0];
        assert_eq!((&member["id"], told(member)), (&json!(ada), vec!["@odata.type", "id"]), "{members}");
        assert!(is_blank(member, "displayName") && is_blank(member, "businessPhones"), "{members}");
        let asked = format!("/v1.0/groups/{own}/members/microsoft.graph.user?$filter=displayName%20eq%20'ada'");
        assert_eq!(refusal(&get(&server, &program, &asked).await).0, 403);
    })
    .await;
}

#[tokio::test]
async fn members_make_groups_where_the_organisation_lets_them_and_own_what_they_make() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let ada = server.member(&tenant, "ada", &[]).await;
        let sam = server.guest(&tenant, "sam@partner.example").await;
        let policy = json!({ "defaultUserRolePermissions": { "allowedToCreateSecurityGroups": true } });
        let before = person(&ada, Vec::new());
        assert_eq!(refusal(&call(&server, &before, Method::POST, "/v1.0/groups", body("No", &json!({}))).await).0, 403);
        let path = "/v1.0/policies/authorizationPolicy";
        assert_eq!(call(&server, &admin, Method::PATCH, path, policy).await.status, 204);
        let mut tx = server.read().await.expect("a connection");
        let member = crate::sign_in::session::caller(&mut tx, &server, &ada, None, None).await.expect("a caller");
        let guest = crate::sign_in::session::caller(&mut tx, &server, &sam, None, None).await.expect("a caller");
        drop(tx);
        let made = call(&server, &member, Method::POST, "/v1.0/groups", body("Own", &json!({}))).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let own = format!("/v1.0/groups/{}", made.json()["id"].as_str().expect("an id"));
        assert_eq!(column(&get(&server, &admin, &format!("{own}/owners")).await, "id"), [ada.id.to_string()]);
        assert_eq!(call(&server, &member, Method::PATCH, &own, json!({ "description": "Mine" })).await.status, 204);
        let named = json!({ "owners@odata.bind": [format!("users/{}", ada.id), format!("users/{}", sam.id)] });
        let made = call(&server, &member, Method::POST, "/v1.0/groups", body("Shared", &named)).await;
        assert_eq!(made.status, 201, "who names themselves is not named twice: {}", made.text);
        for (caller, further) in [
            (&guest, json!({})),
            (&member, json!({ "isAssignableToRole": true })),
            (&member, json!({ "groupTypes": ["DynamicMembership"], "membershipRule": "user.department -eq \"x\"" })),
        ] {
            let refused = call(&server, caller, Method::POST, "/v1.0/groups", body("No", &further)).await;
            assert_eq!(refusal(&refused).0, 403, "{further}");
        }
        let reader = delegated(member, &[Permission::GroupReadAll]);
        assert_eq!(refusal(&call(&server, &reader, Method::POST, "/v1.0/groups", body("No", &json!({}))).await).0, 403);
    })
    .await;
}

#[tokio::test]
async fn an_owner_asks_about_nobody_by_a_rule() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let sam = server.guest(&tenant, "sam@partner.example").await;
        let owned = json!({ "owners@odata.bind": [format!("users/{}", sam.id)] });
        let rule = json!({ "groupTypes": ["DynamicMembership"], "membershipRule": "user.department -eq \"Board\"" });
        let made = call(&server, &admin, Method::POST, "/v1.0/groups", body("Own", &owned)).await.json();
        let own = format!("/v1.0/groups/{}", made["id"].as_str().expect("an id"));
        let owner = delegated(person(&sam, Vec::new()), &[Permission::GroupReadWriteAll]);
        assert_eq!(refusal(&call(&server, &owner, Method::PATCH, &own, rule.clone()).await).0, 403);
        assert_eq!(call(&server, &admin, Method::PATCH, &own, rule.clone()).await.status, 204);
        let other = json!({ "membershipRule": "user.department -eq \"Audit\"" });
        let paused = json!({ "membershipRuleProcessingState": "Paused" });
        let by_hand = json!({ "groupTypes": [] });
        for change in [other, paused, by_hand] {
            assert_eq!(refusal(&call(&server, &owner, Method::PATCH, &own, change.clone()).await).0, 403, "{change}");
        }
        let same = json!({ "displayName": "Mine", "membershipRule": rule["membershipRule"] });
        assert_eq!(call(&server, &owner, Method::PATCH, &own, same).await.status, 204, "what stays may be sent along");
    })
    .await;
}

#[tokio::test]
async fn whoever_gives_roles_makes_groups_for_roles_and_no_other() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let priya = server.member(&tenant, "priya", &[Role::PrivilegedRoleAdministrator]).await;
        let priya = person(&priya, vec![Role::PrivilegedRoleAdministrator]);
        let groups = server.member(&tenant, "groups", &[Role::GroupsAdministrator]).await;
        let groups = person(&groups, vec![Role::GroupsAdministrator]);
        let assignable = body("For roles", &json!({ "isAssignableToRole": true }));
        let refused = call(&server, &groups, Method::POST, "/v1.0/groups", assignable.clone()).await;
        assert_eq!(refusal(&refused).0, 403);
        let plain = call(&server, &priya, Method::POST, "/v1.0/groups", body("Plain", &json!({}))).await;
        assert_eq!(refusal(&plain).0, 403);
        let made = call(&server, &priya, Method::POST, "/v1.0/groups", assignable).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let path = format!("/v1.0/groups/{}", made.json()["id"].as_str().expect("an id"));
        assert_eq!(refusal(&call(&server, &groups, Method::DELETE, &path, Value::Null).await).0, 403);
        assert_eq!(call(&server, &priya, Method::DELETE, &path, Value::Null).await.status, 204);
        let back = format!("{}/restore", path.replace("/groups/", "/directory/deletedItems/"));
        assert_eq!(call(&server, &priya, Method::POST, &back, json!({})).await.status, 200);
        let plain = group(&server, &admin, "Plain").await;
        let path = format!("/v1.0/groups/{plain}");
        assert_eq!(call(&server, &admin, Method::DELETE, &path, Value::Null).await.status, 204);
        let back = format!("/v1.0/directory/deletedItems/{plain}/restore");
        assert_eq!(refusal(&call(&server, &priya, Method::POST, &back, json!({})).await).0, 403);
    })
    .await;
}

#[tokio::test]
async fn a_role_is_enough_for_a_program() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let ada = server.member(&tenant, "ada", &[]).await;
        let id = group(&server, &admin, "Plain").await;
        let path = format!("/v1.0/groups/{id}");
        let mut program = server.application(tenant.id, &[]);
        assert_eq!(refusal(&add(&server, &program, &id, ada.id).await).0, 403);
        if let Actor::Application(application) = &mut program.actor {
            application.roles = vec![Role::GroupsAdministrator];
        }
        assert_eq!(add(&server, &program, &id, ada.id).await.status, 204);
        assert_eq!(call(&server, &program, Method::PATCH, &path, json!({ "description": "x" })).await.status, 204);
        assert_eq!(call(&server, &program, Method::DELETE, &path, Value::Null).await.status, 204);
        let back = format!("/v1.0/directory/deletedItems/{id}/restore");
        assert_eq!(call(&server, &program, Method::POST, &back, json!({})).await.status, 200);
        let roles = body("For roles", &json!({ "isAssignableToRole": true }));
        assert_eq!(refusal(&call(&server, &program, Method::POST, "/v1.0/groups", roles).await).0, 403);
    })
    .await;
}
