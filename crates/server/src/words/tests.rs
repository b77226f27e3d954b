//! Searches by words. Here more than three hits are many.

use super::settle;
use crate::graph::Caller;
use crate::testing::{ADDRESS, Recorder, TestServer, on_both_engines, on_sqlite};
use axum::http::Method;
use database::sql;
use serde_json::{Value, json};
use uuid::Uuid;

const GROUPS: [(&str, &str); 6] = [
    ("Audit team", "Looks at books"),
    ("Berlin team", "Auditors of the north"),
    ("Cologne-team", "Carnival"),
    ("Delta.team", "Rivers"),
    ("Engineers", "A team of builders"),
    ("Finance", "Pays"),
];

async fn set_up(server: &TestServer) -> Caller {
    let tenant = server.tenant("Contoso", "contoso.example").await;
    let admin = server.administrator(&tenant).await;
    for (name, description) in GROUPS {
        let body = json!({
            "displayName": name, "description": description, "mailNickname": "group", "mailEnabled": false,
            "securityEnabled": true,
        });
        let made = server.api_as(&admin, Method::POST, "/v1.0/groups", &body).await;
        assert_eq!(made.status, 201, "{}", made.text);
    }
    admin
}

/// Follows a question to its end by pages of two; the names in the order they came.
async fn followed(server: &TestServer, caller: &Caller, set: &str, options: &str) -> Vec<String> {
    let mut path = format!("/v1.0/{set}?$top=2&{}", options.replace(' ', "%20").replace('"', "%22"));
    let mut names = Vec::new();
    loop {
        let header = [("ConsistencyLevel", "eventual")];
        let answer = server.api_with(caller, Method::GET, &path, &header, &Value::Null).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        let body = answer.json();
        let page = body["value"].as_array().expect("a collection");
        assert!(page.len() <= 2);
        names.extend(page.iter().map(|object| object["displayName"].as_str().unwrap_or_default().to_owned()));
        match body["@odata.nextLink"].as_str() {
            Some(link) => link.strip_prefix(ADDRESS).expect("our own address").clone_into(&mut path),
            None => return names,
        }
    }
}

#[tokio::test]
async fn groups_are_found_by_words_whether_few_or_many() {
    on_both_engines(async |server| {
        let admin = set_up(&server).await;
        for (options, expected) in [
            ("$search=\"displayName:aud\"", vec!["Audit team"]),
            ("$search=\"description:aud\"", vec!["Berlin team"]),
            ("$search=\"displayName:aud\" OR \"description:aud\"", vec!["Audit team", "Berlin team"]),
            ("$search=\"displayName:team\"", vec!["Audit team", "Berlin team", "Cologne-team", "Delta.team"]),
            ("$search=\"displayName:team\" AND \"description:carn\"", vec!["Cologne-team"]),
            ("$search=\"displayName:delta.te\"", vec!["Delta.team"]),
            ("$search=\"displayName:elta\"", vec![]),
            ("$search=\"displayName:team\"&$filter=startsWith(displayName,'b')", vec!["Berlin team"]),
            (
                "$search=\"displayName:team\" AND NOT \"displayName:audit\"&$count=true",
                vec!["Berlin team", "Cologne-team", "Delta.team"],
            ),
        ] {
            let mut found = followed(&server, &admin, "groups", options).await;
            found.sort();
            assert_eq!(found, expected, "{options}");
        }
        for (options, expected) in [
            (
                "$search=\"displayName:team\"&$orderby=displayName desc",
                vec!["Delta.team", "Cologne-team", "Berlin team", "Audit team"],
            ),
            (
                "$search=\"description:aud\" OR \"description:riv\"&$orderby=displayName desc",
                vec!["Delta.team", "Berlin team"],
            ),
        ] {
            assert_eq!(followed(&server, &admin, "groups", options).await, expected, "{options}");
        }
    })
    .await;
}

#[tokio::test]
async fn words_inside_of_words_are_found_too() {
    on_both_engines(async |server| {
        let admin = set_up(&server).await;
        for (name, description) in [("AuditNorth", "Books/ledgers"), ("Sales (North)", "Sells")] {
            let body = json!({
                "displayName": name, "description": description, "mailNickname": "group", "mailEnabled": false,
                "securityEnabled": true,
            });
            let made = server.api_as(&admin, Method::POST, "/v1.0/groups", &body).await;
            assert_eq!(made.status, 201, "{}", made.text);
        }
        let cases: [(&str, &[&str]); 4] = [
            ("displayName:north", &["AuditNorth", "Sales (North)"]),
            ("description:ledg", &["AuditNorth"]),
            ("displayName:ledg", &[]),
            ("displayName:orth", &[]),
        ];
        for (search, expected) in cases {
            let mut found = followed(&server, &admin, "groups", &format!("$search=\"{search}\"")).await;
            found.sort();
            assert_eq!(found, expected, "{search}");
        }
        let app = json!({ "displayName": "TravelCosts" });
        let made = server.api_as(&admin, Method::POST, "/v1.0/applications", &app).await.json();
        server.api_as(&admin, Method::POST, "/v1.0/servicePrincipals", &json!({ "appId": made["appId"] })).await;
        for set in ["applications", "servicePrincipals"] {
            assert_eq!(followed(&server, &admin, set, "$search=\"displayName:cost\"").await, ["TravelCosts"], "{set}");
        }
    })
    .await;
}

#[tokio::test]
async fn words_follow_names_and_go_with_their_objects() {
    on_both_engines(async |server| {
        let admin = set_up(&server).await;
        let tenant = admin.tenant;
        let app = json!({ "displayName": "Travel costs" });
        let made = server.api_as(&admin, Method::POST, "/v1.0/applications", &app).await.json();
        let path = format!("/v1.0/applications/{}", made["id"].as_str().expect("an id"));
        let body = json!({ "appId": made["appId"] });
        let added = server.api_as(&admin, Method::POST, "/v1.0/servicePrincipals", &body).await;
        assert_eq!(added.status, 201, "{}", added.text);
        let renamed = server.api_as(&admin, Method::PATCH, &path, &json!({ "displayName": "Expense reports" })).await;
        assert_eq!(renamed.status, 204, "{}", renamed.text);
        for set in ["applications", "servicePrincipals"] {
            assert!(followed(&server, &admin, set, "$search=\"displayName:cost\"").await.is_empty(), "{set}");
            let found = followed(&server, &admin, set, "$search=\"displayName:rep\"").await;
            assert_eq!(found, ["Expense reports"], "{set}");
        }

        let mut tx = server.write().await.expect("a transaction");
        for statement in [
            sql!("DELETE FROM object_word WHERE tenant_id = $1"),
            sql!("UPDATE directory_group SET words_kept = FALSE WHERE tenant_id = $1"),
            sql!("UPDATE application SET words_kept = FALSE WHERE tenant_id = $1 AND display_name LIKE 'Exp%'"),
            sql!("UPDATE service_principal SET words_kept = FALSE WHERE tenant_id = $1 AND display_name LIKE 'Exp%'"),
        ] {
            tx.query(statement).bind(tenant).execute().await.expect("an older database");
        }
        tx.commit().await.expect("a commit");
        assert!(followed(&server, &admin, "groups", "$search=\"description:aud\"").await.is_empty());
        assert_eq!(settle(&server, tenant).await.expect("words"), GROUPS.len() + 2);
        assert_eq!(settle(&server, tenant).await.expect("words"), 0);
        assert_eq!(followed(&server, &admin, "groups", "$search=\"description:aud\"").await, ["Berlin team"]);
        for set in ["applications", "servicePrincipals"] {
            let found = followed(&server, &admin, set, "$search=\"displayName:rep\"").await;
            assert_eq!(found, ["Expense reports"], "{set}");
        }
    })
    .await;
}

#[tokio::test]
async fn only_rows_that_differ_are_written() {
    on_both_engines(async |server| {
        let admin = set_up(&server).await;
        let app = json!({ "displayName": "Travel costs" });
        let made = server.api_as(&admin, Method::POST, "/v1.0/applications", &app).await.json();
        let path = format!("/v1.0/applications/{}", made["id"].as_str().expect("an id"));
        server.api_as(&admin, Method::POST, "/v1.0/servicePrincipals", &json!({ "appId": made["appId"] })).await;
        let recorder = Recorder::start();
        for (change, reads, writes) in [
            // Nothing that it is found by: no rows are looked at.
            (json!({ "description": "What trips cost" }), 0, 0),
            // One word less and one more, of the registration and of its service principal.
            (json!({ "displayName": "Travel bills" }), 2, 4),
            (json!({ "displayName": "Bills travel" }), 2, 0),
        ] {
            let changed = server.api_as(&admin, Method::PATCH, &path, &change).await;
            assert_eq!(changed.status, 204, "{}", changed.text);
            let work = recorder.work();
            let of_words = |places: &[String]| places.iter().filter(|place| place.contains("words/store.rs")).count();
            assert_eq!((of_words(&work.reads), of_words(&work.writes)), (reads, writes), "{change}: {work:#?}");
        }
        drop(recorder);
        for set in ["applications", "servicePrincipals"] {
            assert!(followed(&server, &admin, set, "$search=\"displayName:costs\"").await.is_empty(), "{set}");
            let found = followed(&server, &admin, set, "$search=\"displayName:bill\"").await;
            assert_eq!(found, ["Bills travel"], "{set}");
        }
    })
    .await;
}

#[tokio::test]
async fn words_are_found_in_their_index() {
    on_sqlite(async |server| {
        let mut tx = server.read().await.expect("a connection");
        let mut seen = 0;
        let of_words = |text: &str| text.contains("FROM object_word") || text.contains("NOT words_kept");
        for statement in database::registered().filter(|statement| of_words(statement.text)) {
            if statement.file.contains("/tests") {
                continue;
            }
            let mut query = tx.query(statement);
            for _ in 0..statement.placeholders {
                query = query.bind(Uuid::nil());
            }
            let is_list = statement.text.ends_with("t.property = $3");
            if is_list {
                query.push(" AND (t.folded >= 'an') AND (t.folded < 'ao') LIMIT 10");
            }
            let mut plan = query.explain().await.expect("a plan");
            // A word that leads to few is read whole first.
            if statement.text.contains("(SELECT DISTINCT t.object_id FROM object_word t") {
                plan = plan.replace("USE TEMP B-TREE FOR DISTINCT", "").replace("SCAN e", "");
            }
            assert!(!plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "{}\n{plan}", statement.place());
            assert!(!is_list || plan.contains("property=? AND folded>? AND folded<?"), "{plan}");
            seen += 1;
        }
        assert!(seen >= 8, "{seen} statements are about words");
    })
    .await;
}
