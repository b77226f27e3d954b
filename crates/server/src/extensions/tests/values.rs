//! What objects have of the properties.

use super::{Added, send};
use crate::graph::Actor;
use crate::graph::role::guest_level;
use crate::testing::{on_both_engines, person};
use axum::http::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn every_type_of_value_is_written_and_read_where_it_is_selected() {
    on_both_engines(async |server| {
        let added = Added::new(&server).await;
        let anna = format!("/v1.0/users/{}", server.member(&added.tenant, "anna", &[]).await.id);
        for (data_type, value) in [
            ("String", json!("Köln 7")),
            ("Boolean", json!(false)),
            ("Integer", json!(-4)),
            ("LargeInteger", json!(9_007_199_254_740_993_i64)),
            ("DateTime", json!("2026-11-23T09:00:00Z")),
            ("Binary", json!("AAEC")),
        ] {
            let name = added.define(&server, &format!("a{data_type}"), data_type, &["User"]).await;
            let selected = format!("{anna}?$select=id,{name}");
            assert!(added.get(&server, &selected).await.get(&name).is_none(), "nothing is there yet");
            let before = added.get(&server, &anna).await["@odata.etag"].clone();
            let patched = added.patch(&server, &anna, &json!({ name.as_str(): value })).await;
            assert_eq!(patched.status, 204, "{}", patched.text);
            let read = added.get(&server, &selected).await;
            assert_eq!(read[&name], value, "{data_type}");
            assert!(read["@odata.context"].as_str().is_some_and(|context| context.contains(&name)));
            let whole = added.get(&server, &anna).await;
            assert!(whole.get(&name).is_none(), "only where it is selected");
            assert_ne!(whole["@odata.etag"], before, "the user changed");
            let all = added.get(&server, &format!("{anna}?$select=*")).await;
            assert!(all.get(&name).is_none(), "everything is what Graph declares");
            let removed = added.patch(&server, &anna, &json!({ name.as_str(): null })).await;
            assert_eq!(removed.status, 204, "{}", removed.text);
            assert!(added.get(&server, &selected).await.get(&name).is_none(), "null removes it");
        }
    })
    .await;
}

#[tokio::test]
async fn users_groups_and_apps_have_values_from_the_start() {
    on_both_engines(async |server| {
        let added = Added::new(&server).await;
        let name = added.define(&server, "code", "String", &["User", "Group", "Application"]).await;
        for (set, mut body) in [
            (
                "users",
                json!({
                    "accountEnabled": true, "displayName": "New", "mailNickname": "new",
                    "userPrincipalName": "new@contoso.example", "passwordProfile": { "password": "correct horse battery" },
                }),
            ),
            (
                "groups",
                json!({ "displayName": "New", "mailNickname": "new", "mailEnabled": false, "securityEnabled": true }),
            ),
            ("applications", json!({ "displayName": "New" })),
        ] {
            body[&name] = json!("first");
            let made = send(&server, &added.admin, Method::POST, &format!("/v1.0/{set}"), &body).await;
            assert_eq!(made.status, 201, "{set}: {}", made.text);
            let one = format!("/v1.0/{set}/{}", made.json()["id"].as_str().expect("an id"));
            let selected = format!("{one}?$select={name}");
            assert_eq!(added.get(&server, &selected).await[&name], "first", "{set}");
            assert_eq!(added.patch(&server, &one, &json!({ name.as_str(): "second" })).await.status, 204, "{set}");
            assert_eq!(added.get(&server, &selected).await[&name], "second", "{set}");
            let listed = added.get(&server, &format!("/v1.0/{set}?$select=id,{name}&$top=999")).await;
            let held = listed["value"].as_array().expect("a collection").iter().filter_map(|item| item.get(&name));
            assert_eq!(held.collect::<Vec<_>>(), ["second"], "{set}");

            let start = format!("/v1.0/{set}/delta?$select={name}&$deltatoken=latest");
            let link = added.get(&server, &start).await["@odata.deltaLink"].as_str().expect("a link").to_owned();
            let link = link[link.find("/v1.0/").expect("an address")..].to_owned();
            assert_eq!(added.patch(&server, &one, &json!({ name.as_str(): "third" })).await.status, 204, "{set}");
            let changed = added.get(&server, &link).await["value"].clone();
            assert_eq!((changed.as_array().map(Vec::len), &changed[0][&name]), (Some(1), &json!("third")), "{set}");
        }
        let log = "/v1.0/auditLogs/directoryAudits?$filter=activityDisplayName eq 'Update group'";
        let told = added.get(&server, log).await.to_string();
        assert!(told.contains(&name) && told.contains("second"), "{told}");
    })
    .await;
}

#[tokio::test]
async fn several_values_keep_their_order() {
    on_both_engines(async |server| {
        let added = Added::new(&server).await;
        let body = json!({ "name": "sites", "dataType": "String", "isMultiValued": true, "targetObjects": ["User"] });
        let name = added.define_as(&server, &body).await["name"].as_str().expect("a name").to_owned();
        let anna = format!("/v1.0/users/{}", server.member(&added.tenant, "anna", &[]).await.id);
        let selected = format!("{anna}?$select={name}");
        for sites in [json!(["Rome", "Athens", "Bonn"]), json!(["Bonn"])] {
            assert_eq!(added.patch(&server, &anna, &json!({ name.as_str(): sites })).await.status, 204);
            assert_eq!(added.get(&server, &selected).await[&name], sites);
        }
        for wrong in [json!("Rome"), json!([4]), json!([null])] {
            assert_eq!(added.patch(&server, &anna, &json!({ name.as_str(): wrong })).await.status, 400, "{wrong}");
        }
        assert_eq!(added.patch(&server, &anna, &json!({ name.as_str(): [] })).await.status, 204);
        assert!(added.get(&server, &selected).await.get(&name).is_none());
    })
    .await;
}

#[tokio::test]
async fn what_is_no_value_of_the_property_is_refused_by_its_name_and_changes_nothing() {
    on_both_engines(async |server| {
        let added = Added::new(&server).await;
        let anna = format!("/v1.0/users/{}", server.member(&added.tenant, "anna", &[]).await.id);
        let text = added.define(&server, "text", "String", &["User"]).await;
        let number = added.define(&server, "number", "Integer", &["User"]).await;
        let of_groups = added.define(&server, "group", "String", &["Group"]).await;
        let unknown = format!("{}nothing", added.prefix);
        for (name, value) in [
            (&text, json!(4)),
            (&text, json!("a".repeat(257))),
            (&text, json!(["a"])),
            (&number, json!("4")),
            (&number, json!(2_147_483_648_i64)),
            (&of_groups, json!("a")),
            (&unknown, json!("a")),
        ] {
            let answer = added.patch(&server, &anna, &json!({ "jobTitle": "Auditor", name.as_str(): value })).await;
            assert_eq!((answer.status.as_u16(), &answer.json()["error"]["target"]), (400, &json!(name)), "{value}");
        }
        assert_eq!(added.get(&server, &format!("{anna}?$select=jobTitle")).await["jobTitle"], Value::Null);
        for name in [&of_groups, &unknown] {
            let answer =
                send(&server, &added.admin, Method::GET, &format!("{anna}?$select={name}"), &Value::Null).await;
            assert_eq!((answer.status.as_u16(), &answer.json()["error"]["target"]), (400, &json!(name)));
        }
    })
    .await;
}

#[tokio::test]
async fn an_object_has_at_most_a_hundred_values() {
    on_both_engines(async |server| {
        let added = Added::new(&server).await;
        let several =
            json!({ "name": "many", "dataType": "Integer", "isMultiValued": true, "targetObjects": ["User"] });
        let many = added.define_as(&server, &several).await["name"].as_str().expect("a name").to_owned();
        let one = added.define(&server, "one", "Integer", &["User"]).await;
        let anna = format!("/v1.0/users/{}", server.member(&added.tenant, "anna", &[]).await.id);
        let numbers = |count: i64| (0..count).collect::<Vec<_>>();
        for (body, status) in [
            (json!({ many.as_str(): numbers(101) }), 400),
            (json!({ many.as_str(): numbers(99), one.as_str(): 1 }), 204),
            (json!({ many.as_str(): numbers(100) }), 400),
            (json!({ many.as_str(): numbers(100), one.as_str(): null }), 204),
            (json!({ one.as_str(): 1 }), 400),
        ] {
            let answer = added.patch(&server, &anna, &body).await;
            assert_eq!(answer.status, status, "{}", answer.text);
        }
        let read = added.get(&server, &format!("{anna}?$select={many},{one}")).await;
        assert_eq!((read[&many].as_array().map(Vec::len), read.get(&one)), (Some(100), None));
    })
    .await;
}

#[tokio::test]
async fn t2_a_guest_sees_values_of_themselves_alone_and_writes_none() {
    on_both_engines(async |server| {
        let added = Added::new(&server).await;
        let name = added.define(&server, "code", "String", &["User"]).await;
        let (anna, sam) =
            (server.member(&added.tenant, "anna", &[]).await, server.guest(&added.tenant, "sam@partner.example").await);
        let path = |id: &dyn std::fmt::Display| format!("/v1.0/users/{id}");
        for id in [anna.id, sam.id] {
            assert_eq!(added.patch(&server, &path(&id), &json!({ name.as_str(): "secret" })).await.status, 204);
        }
        let mut guest = person(&sam, Vec::new());
        for (level, status) in [(guest_level::LIMITED, 200), (guest_level::RESTRICTED, 404)] {
            if let Actor::User(user) = &mut guest.actor {
                user.level = level;
            }
            let own = format!("{}?$select={name}", path(&sam.id));
            assert_eq!(send(&server, &guest, Method::GET, &own, &Value::Null).await.json()[&name], "secret");
            let other = format!("{}?$select=id,{name}", path(&anna.id));
            let answer = send(&server, &guest, Method::GET, &other, &Value::Null).await;
            assert_eq!(answer.status, status, "{}", answer.text);
            assert!(!answer.text.contains("secret"), "{}", answer.text);
            let sought = format!("/v1.0/users?$filter={name} eq 'secret'");
            assert_eq!(send(&server, &guest, Method::GET, &sought, &Value::Null).await.status, 403);
        }
        let member = person(&anna, Vec::new());
        for (caller, own) in [(&guest, path(&sam.id)), (&member, path(&anna.id))] {
            let answer = send(&server, caller, Method::PATCH, &own, &json!({ name.as_str(): "mine" })).await;
            assert_eq!(answer.status, 403, "apps decide by it: {}", answer.text);
        }
    })
    .await;
}
