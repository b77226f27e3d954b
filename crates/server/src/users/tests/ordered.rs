//! `$orderby` beyond names.

use super::{column, get, get_eventual, guest, program, refusal};
use crate::graph::Caller;
use crate::graph::query::{Condition, Order, Slice};
use crate::testing::{ADDRESS, TestServer, on_both_engines, on_sqlite};
use crate::users::USER;
use axum::http::Method;
use odata::OrderBy;
use serde_json::json;
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

/// Follows a question to its end by pages of two.
async fn followed(server: &TestServer, caller: &Caller, options: &str) -> Vec<String> {
    let mut path = format!("/v1.0/users?$top=2&$count=true&{}", options.replace(' ', "%20").replace('"', "%22"));
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
