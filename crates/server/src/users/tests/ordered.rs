//! `$orderby` beyond names.

use super::{column, get, get_eventual, guest, program, refusal};
use crate::applications::resource::APPLICATION;
use crate::graph::Caller;
use crate::graph::query::{Condition, Order, Place, Slice};
use crate::groups::GROUP;
use crate::service_principals::SERVICE_PRINCIPAL;
use crate::testing::{ADDRESS, TestServer, on_both_engines, on_sqlite};
use crate::users::USER;
use axum::http::Method;
use odata::OrderBy;
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

/// In the order in which they are made, a minute after each other.
const PEOPLE: [(&str, &str); 5] = [
    ("Zoe", "zoe@partner.example"),
    ("anna", "anna@partner.example"),
    ("Bert", "bert@other.example"),
    ("Anna", "anna@other.example"),
    ("Carl", "carl@partner.example"),
];

async fn set_up(server: &TestServer) -> Caller {
    let tenant = server.tenant("Contoso", "contoso.example").await;
    for (name, address) in PEOPLE {
        guest(server, &tenant, name, address).await;
        server.clock.advance(Duration::from_mins(1));
    }
    program(server, &tenant)
}

/// Follows a question about users to its end by pages of two.
async fn followed(server: &TestServer, caller: &Caller, options: &str) -> Vec<String> {
    pages(server, caller, "/v1.0/users", options).await
}

/// The same about any collection.
async fn pages(server: &TestServer, caller: &Caller, collection: &str, options: &str) -> Vec<String> {
    let options = options.replace(' ', "%20").replace('"', "%22");
    let mut path = format!("{collection}?$top=2&$count=true&{options}");
    let mut names = Vec::new();
    loop {
        let answer = get_eventual(server, caller, &path).await;
        names.extend(column(&answer, "displayName"));
        match answer.json()["@odata.nextLink"].as_str() {
            Some(link) => link.strip_prefix(ADDRESS).expect("our own address").clone_into(&mut path),
            None => return names,
        }
    }
}

#[tokio::test]
async fn users_come_in_the_order_in_which_they_were_made() {
    on_both_engines(async |server| {
        let caller = set_up(&server).await;
        let cases: [(&str, &[&str]); 8] = [
            ("$orderby=createdDateTime", &["Zoe", "anna", "Bert", "Anna", "Carl"]),
            ("$orderby=createdDateTime desc", &["Carl", "Anna", "Bert", "anna", "Zoe"]),
            ("$orderby=createdDateTime&$filter=userType eq 'Guest'", &["Zoe", "anna", "Bert", "Anna", "Carl"]),
            // What leads to them by a text does not decide the order.
            ("$orderby=createdDateTime desc&$filter=startsWith(displayName,'a')", &["Anna", "anna"]),
            ("$orderby=createdDateTime&$filter=endsWith(mail,'partner.example')", &["Zoe", "anna", "Carl"]),
            ("$orderby=createdDateTime&$search=\"mail:other\"", &["Bert", "Anna"]),
            // Those of one name in the order in which they were made.
            ("$orderby=displayName,createdDateTime", &["anna", "Anna", "Bert", "Carl", "Zoe"]),
            ("$orderby=displayName desc,createdDateTime desc", &["Zoe", "Carl", "Bert", "Anna", "anna"]),
        ];
        for (options, expected) in cases {
            assert_eq!(followed(&server, &caller, options).await, expected, "{options}");
        }
    })
    .await;
}

#[tokio::test]
async fn orders_that_no_index_has_are_refused_by_name() {
    on_both_engines(async |server| {
        let caller = set_up(&server).await;
        for (order, target) in [
            ("surname", "surname"),
            ("displayName,mail", "mail"),
            ("displayName,userPrincipalName", "userPrincipalName"),
            ("displayName,createdDateTime%20desc", "createdDateTime"),
            ("createdDateTime,displayName", "displayName"),
            ("displayName,createdDateTime,id", "$orderby"),
        ] {
            let answer = get_eventual(&server, &caller, &format!("/v1.0/users?$count=true&$orderby={order}")).await;
            assert_eq!(refusal(&answer).0, 400, "{order}: {}", answer.text);
            assert_eq!(answer.json()["error"]["target"], target, "{order}");
        }
        for order in ["createdDateTime", "displayName,createdDateTime", "mail"] {
            let plain = get(&server, &caller, &format!("/v1.0/users?$orderby={order}")).await;
            assert_eq!(refusal(&plain).1, "Request_UnsupportedQuery", "{order}");
        }
    })
    .await;
}

#[tokio::test]
async fn users_come_by_mail_and_those_without_one_before_the_others() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        for (name, address) in PEOPLE {
            guest(&server, &tenant, name, address).await;
            server.clock.advance(Duration::from_mins(1));
        }
        let mut gone = Vec::new();
        let caller = program(&server, &tenant);
        for name in ["mara", "ines", "yves"] {
            let member = server.member(&tenant, name, &[]).await.id;
            let path = format!("/v1.0/users/{member}");
            assert_eq!(server.api_as(&caller, Method::PATCH, &path, &json!({ "mail": null })).await.status, 204);
            gone.push(member);
            server.clock.advance(Duration::from_mins(1));
        }
        let by_mail = ["Anna", "anna", "Bert", "Carl", "Zoe"];
        let forwards: Vec<&str> = ["mara", "ines", "yves"].into_iter().chain(by_mail).collect();
        let backwards: Vec<&str> = forwards.iter().rev().copied().collect();
        assert_eq!(followed(&server, &caller, "$orderby=mail").await, forwards);
        assert_eq!(followed(&server, &caller, "$orderby=mail desc").await, backwards);
        assert_eq!(followed(&server, &caller, "$orderby=mail,createdDateTime").await, forwards);
        let cases: [(&str, &[&str]); 4] = [
            ("$orderby=mail&$filter=userType eq 'Guest'", &by_mail),
            ("$orderby=mail desc&$filter=userType eq 'Member'", &["yves", "ines", "mara"]),
            ("$orderby=mail&$filter=startsWith(displayName,'a')", &["Anna", "anna"]),
            (
                "$orderby=mail desc&$filter=startsWith(displayName,'m') or startsWith(displayName,'b')",
                &["Bert", "mara"],
            ),
        ];
        for (options, expected) in cases {
            assert_eq!(followed(&server, &caller, options).await, expected, "{options}");
        }
        // The deleted too.
        for id in gone {
            let path = format!("/v1.0/users/{id}");
            assert_eq!(server.api_as(&caller, Method::DELETE, &path, &json!(null)).await.status, 204);
        }
        let path = "/v1.0/directory/deletedItems/microsoft.graph.user?$count=true&$orderby=mail%20desc&$top=2";
        let page = get_eventual(&server, &caller, path).await;
        assert_eq!(column(&page, "displayName"), ["yves", "ines"]);
        let next = page.json()["@odata.nextLink"].as_str().expect("a link").to_owned();
        let rest = get_eventual(&server, &caller, next.strip_prefix(ADDRESS).expect("our own address")).await;
        assert_eq!(column(&rest, "displayName"), ["mara"]);
    })
    .await;
}

#[tokio::test]
async fn groups_and_registrations_come_so_too() {
    on_both_engines(async |server| {
        let caller = set_up(&server).await;
        for name in ["Zeta", "Alpha", "Mu"] {
            let group = json!({
                "displayName": name, "mailNickname": "group", "mailEnabled": false, "securityEnabled": true,
            });
            for (set, body) in [("groups", group), ("applications", json!({ "displayName": name }))] {
                let made = server.api_as(&caller, Method::POST, &format!("/v1.0/{set}"), &body).await;
                assert_eq!(made.status, 201, "{}", made.text);
            }
            server.clock.advance(Duration::from_mins(1));
        }
        for set in ["groups", "applications"] {
            let path = format!("/v1.0/{set}?$count=true&$orderby=createdDateTime%20desc");
            let found = column(&get_eventual(&server, &caller, &path).await, "displayName");
            assert_eq!(found, ["Mu", "Alpha", "Zeta"], "{set}");
        }
    })
    .await;
}

/// Where deleted objects of a kind are.
fn kept(kind: &str) -> String {
    format!("/v1.0/directory/deletedItems/microsoft.graph.{kind}")
}

#[tokio::test]
async fn what_was_deleted_comes_in_the_order_in_which_it_went() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let caller = program(&server, &tenant);
        let (mut users, mut others) = (Vec::new(), Vec::new());
        for name in ["ann", "bob", "cyd"] {
            users.push(format!("/v1.0/users/{}", server.member(&tenant, name, &[]).await.id));
            let group = json!({
                "displayName": name, "mailNickname": name, "mailEnabled": false, "securityEnabled": true,
            });
            let made = async |set: &str, body: Value| {
                let made = server.api_as(&caller, Method::POST, &format!("/v1.0/{set}"), &body).await;
                assert_eq!(made.status, 201, "{}", made.text);
                made.json()
            };
            let path = |set: &str, made: &Value| format!("/v1.0/{set}/{}", made["id"].as_str().expect("an id"));
            let (group, app) =
                (made("groups", group).await, made("applications", json!({ "displayName": name })).await);
            let principal = made("servicePrincipals", json!({ "appId": app["appId"] })).await;
            // The service principal goes by itself, before its registration does.
            others.push([path("groups", &group), path("servicePrincipals", &principal), path("applications", &app)]);
        }
        for at in [1, 2, 0] {
            for path in others[at].iter().chain([&users[at]]) {
                let gone = server.api_as(&caller, Method::DELETE, path, &Value::Null).await;
                assert_eq!(gone.status, 204, "{path}: {}", gone.text);
            }
            server.clock.advance(Duration::from_mins(1));
        }
        for kind in ["user", "group", "application", "servicePrincipal"] {
            for (options, expected) in [
                ("$orderby=deletedDateTime", ["bob", "cyd", "ann"]),
                ("$orderby=deletedDateTime desc", ["ann", "cyd", "bob"]),
                ("$orderby=deletedDateTime desc,createdDateTime desc", ["ann", "cyd", "bob"]),
                ("$orderby=displayName", ["ann", "bob", "cyd"]),
            ] {
                if kind == "servicePrincipal" && options.contains("createdDateTime") {
                    continue;
                }
                assert_eq!(pages(&server, &caller, &kept(kind), options).await, expected, "{kind} {options}");
            }
            let found = "$orderby=deletedDateTime&$filter=startsWith(displayName,'a') or startsWith(displayName,'b')";
            assert_eq!(pages(&server, &caller, &kept(kind), found).await, ["bob", "ann"], "{kind}");
        }
    })
    .await;
}

#[tokio::test]
async fn only_what_was_deleted_is_sorted_by_when_that_was() {
    on_both_engines(async |server| {
        let caller = set_up(&server).await;
        for set in ["users", "groups", "applications", "servicePrincipals"] {
            let path = format!("/v1.0/{set}?$count=true&$orderby=deletedDateTime");
            let answer = get_eventual(&server, &caller, &path).await;
            assert_eq!(refusal(&answer).0, 400, "{set}: {}", answer.text);
            assert_eq!(answer.json()["error"]["target"], "deletedDateTime", "{set}");
        }
        let plain = get(&server, &caller, &format!("{}?$orderby=deletedDateTime", kept("user"))).await;
        assert_eq!(refusal(&plain).1, "Request_UnsupportedQuery");
        let behind = format!("{}?$count=true&$orderby=deletedDateTime,displayName", kept("user"));
        let answer = get_eventual(&server, &caller, &behind).await;
        assert_eq!((refusal(&answer).0, &answer.json()["error"]["target"]), (400, &json!("displayName")));
    })
    .await;
}

#[tokio::test]
async fn the_order_of_deletion_is_that_of_an_index() {
    on_sqlite(async |server| {
        let mut tx = server.read().await.expect("a connection");
        for (file, resource, index) in [
            ("users/deleted_store.rs", &USER, "user_deleted_by_age"),
            ("groups/store/deleted.rs", &GROUP, "group_deleted"),
            ("applications/deleted_store.rs", &APPLICATION, "application_deleted"),
            ("service_principals/deleted_store.rs", &SERVICE_PRINCIPAL, "service_principal_deleted"),
        ] {
            let list = database::registered().find(|statement| {
                let is_list = statement.placeholders == 2 && statement.text.ends_with(".deleted_at > $2");
                statement.file.ends_with(file) && is_list && !statement.text.contains("COUNT(*)")
            });
            let list = list.unwrap_or_else(|| panic!("{file} lists nothing"));
            for asked in ["deletedDateTime", "deletedDateTime desc"] {
                let parsed: OrderBy = asked.parse().expect("an order");
                let order = Order::read_of_deleted(resource, &parsed, true).expect("an order that is served");
                let behind = Place { key: Some(Order::instant_key(server.clock.now())), id: Uuid::nil() };
                for after in [None, Some(behind)] {
                    let mut query = tx.query(list).bind(Uuid::nil()).bind(0_i64);
                    Slice { condition: None, order, after, size: 10 }.write(&mut query);
                    let plan = query.explain().await.expect("a plan");
                    assert!(plan.contains(&format!("{index} (tenant_id=?")), "{file} {asked}: {plan}");
                    assert!(!plan.contains("TEMP B-TREE"), "{file} {asked}: {plan}");
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn the_order_of_making_is_that_of_the_primary_key() {
    on_sqlite(async |server| {
        let mut tx = server.read().await.expect("a connection");
        let list = database::registered().find(|statement| {
            let is_list = statement.placeholders == 1 && statement.text.ends_with(".deleted_at IS NULL");
            statement.file.ends_with("users/store.rs") && is_list && !statement.text.contains("COUNT(*)")
        });
        let list = list.expect("users are listed");
        for order in ["createdDateTime", "createdDateTime desc"] {
            let parsed: OrderBy = order.parse().expect("an order");
            let order = Order::read(&USER, &parsed, true).expect("an order that is served");
            for condition in [None, Some(Condition::equal("u.user_type", "Guest".to_owned()))] {
                let mut query = tx.query(list).bind(Uuid::nil());
                Slice { condition, order, after: None, size: 10 }.write(&mut query);
                let plan = query.explain().await.expect("a plan");
                assert!(!plan.contains("TEMP B-TREE"), "{plan}");
            }
        }
        for order in ["mail", "mail desc"] {
            let parsed: OrderBy = order.parse().expect("an order");
            let order = Order::read(&USER, &parsed, true).expect("an order that is served");
            let parts = Slice { condition: None, order, after: None, size: 10 }.parts();
            assert_eq!(parts.len(), 2, "those with and without a mail address");
            for part in parts {
                let mut query = tx.query(list).bind(Uuid::nil());
                part.write(&mut query);
                let plan = query.explain().await.expect("a plan");
                assert!(plan.contains("user_by_mail (tenant_id=? AND mail_folded"), "{plan}");
                assert!(!plan.contains("TEMP B-TREE"), "{plan}");
            }
        }
    })
    .await;
}
