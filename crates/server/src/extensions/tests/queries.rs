//! Finding objects by what they have of the properties.

use super::{Added, send};
use crate::testing::{TestServer, on_both_engines};
use axum::http::Method;
use serde_json::{Value, json};

/// The names of those found, in order of the alphabet.
async fn found(added: &Added, server: &TestServer, path: &str) -> Vec<String> {
    let body = added.get(server, path).await;
    let rows = body["value"].as_array().expect("a collection").iter();
    let mut names: Vec<String> = rows.map(|row| row["displayName"].as_str().unwrap_or_default().to_owned()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn users_are_found_by_values_of_every_type() {
    on_both_engines(async |server| {
        let added = Added::new(&server).await;
        let several =
            json!({ "name": "sites", "dataType": "String", "isMultiValued": true, "targetObjects": ["User"] });
        let sites = added.define_as(&server, &several).await["name"].as_str().expect("a name").to_owned();
        let text = added.define(&server, "text", "String", &["User"]).await;
        let number = added.define(&server, "number", "LargeInteger", &["User"]).await;
        let flag = added.define(&server, "flag", "Boolean", &["User"]).await;
        let at = added.define(&server, "at", "DateTime", &["User"]).await;
        let bytes = added.define(&server, "bytes", "Binary", &["User"]).await;
        for (name, values) in [
            ("anna", json!({ text.as_str(): "North 1", number.as_str(): 7, sites.as_str(): ["Rome", "Bonn"] })),
            ("ben", json!({ text.as_str(): "NORTH 2", flag.as_str(): true, sites.as_str(): ["Bonn"] })),
            (
                "cora",
                json!({ text.as_str(): "South", at.as_str(): "2026-11-23T10:00:00+01:00", bytes.as_str(): "AA==" }),
            ),
            ("dora", json!({ "jobTitle": "None" })),
        ] {
            let user = server.member(&added.tenant, name, &[]).await;
            let patched = added.patch(&server, &format!("/v1.0/users/{}", user.id), &values).await;
            assert_eq!(patched.status, 204, "{}", patched.text);
        }
        for (filter, expected) in [
            (format!("{text} eq 'north 1'"), vec!["anna"]),
            (format!("startsWith({text},'north')"), vec!["anna", "ben"]),
            (format!("{text} in ('south','north 2')"), vec!["ben", "cora"]),
            (format!("{number} eq 7"), vec!["anna"]),
            (format!("{flag} eq true"), vec!["ben"]),
            (format!("{at} eq 2026-11-23T09:00:00Z"), vec!["cora"]),
            (format!("{sites}/any(s:s eq 'bonn')"), vec!["anna", "ben"]),
            (format!("{sites}/any(s:startsWith(s,'ro'))"), vec!["anna"]),
            (format!("startsWith({text},'north') and {sites}/any(s:s eq 'rome')"), vec!["anna"]),
            (format!("{text} eq 'south' or displayName eq 'dora'"), vec!["cora", "dora"]),
            (format!("{text} eq 'west'"), vec![]),
        ] {
            let path = format!("/v1.0/users?$select=displayName&$filter={filter}");
            assert_eq!(found(&added, &server, &path).await, expected, "{filter}");
            let path = format!("/v1.0/users/$count?$filter={filter}");
            let count = send(&server, &added.admin, Method::GET, &path, &Value::Null).await;
            assert_eq!(count.text, expected.len().to_string(), "{filter}");
        }
        for (filter, expected) in [
            (format!("{text} ne 'north 1'"), vec!["ben", "cora", "dora"]),
            (format!("{text} eq null"), vec!["dora"]),
            (format!("{text} ne null"), vec!["anna", "ben", "cora"]),
            (format!("not (startsWith({text},'north'))"), vec!["cora", "dora"]),
            (format!("{text} in ('south',null)"), vec!["cora", "dora"]),
        ] {
            let path = format!("/v1.0/users?$select=displayName&$count=true&$top=999&$filter={filter}");
            let mut names = found(&added, &server, &path).await;
            names.retain(|name| ["anna", "ben", "cora", "dora"].contains(&name.as_str()));
            assert_eq!(names, expected, "{filter}");
        }
        for refused in [
            format!("$filter={text} ge 'a'"),
            format!("$filter=endsWith({text},'a')&$count=true"),
            format!("$filter={bytes} eq 'AA=='"),
            format!("$filter={sites} eq 'Bonn'"),
            format!("$filter={number} eq 'seven'"),
            format!("$filter={text} ne 'a'"),
            format!("$orderby={text}"),
            format!("$search=\"{text}:north\"").replace('"', "%22"),
        ] {
            let answer =
                send(&server, &added.admin, Method::GET, &format!("/v1.0/users?{refused}"), &Value::Null).await;
            assert_eq!(answer.status, 400, "{refused}: {}", answer.text);
        }
    })
    .await;
}

#[tokio::test]
async fn groups_and_apps_are_found_and_nobody_of_another_organisation() {
    on_both_engines(async |server| {
        let added = Added::new(&server).await;
        let name = added.define(&server, "code", "String", &["Group", "Application"]).await;
        let group = json!({
            "displayName": "Audit", "mailNickname": "audit", "mailEnabled": false, "securityEnabled": true,
            name.as_str(): "A1",
        });
        assert_eq!(send(&server, &added.admin, Method::POST, "/v1.0/groups", &group).await.status, 201);
        assert_eq!(added.patch(&server, &added.app, &json!({ name.as_str(): "A1" })).await.status, 204);
        for (set, shown) in [("groups", "Audit"), ("applications", "Payroll")] {
            let path = format!("/v1.0/{set}?$select=displayName,{name}&$filter={name} eq 'a1'");
            let body = added.get(&server, &path).await;
            assert_eq!(body["value"][0]["displayName"], shown);
            assert_eq!(body["value"][0][&name], "A1");
        }
        // The name means nothing elsewhere, whoever knows it.
        let other = server.tenant("Fabrikam", "fabrikam.example").await;
        let stranger = server.administrator(&other).await;
        let path = format!("/v1.0/groups?$filter={name} eq 'a1'");
        let answer = send(&server, &stranger, Method::GET, &path, &Value::Null).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["error"]["target"]), (400, &json!(name)));
    })
    .await;
}

#[tokio::test]
async fn a_value_leads_to_its_objects_page_by_page() {
    on_both_engines(async |server| {
        let added = Added::new(&server).await;
        let name = added.define(&server, "code", "String", &["User"]).await;
        let mut all = Vec::new();
        for count in 0..5 {
            let user = server.member(&added.tenant, &format!("user{count}"), &[]).await;
            let body = json!({ name.as_str(): "same" });
            assert_eq!(added.patch(&server, &format!("/v1.0/users/{}", user.id), &body).await.status, 204);
            all.push(user.display_name);
        }
        let mut path = format!("/v1.0/users?$select=displayName&$top=2&$filter={name} eq 'same'");
        let mut names = Vec::new();
        loop {
            let body = added.get(&server, &path).await;
            let rows = body["value"].as_array().expect("a collection").iter();
            names.extend(rows.map(|row| row["displayName"].as_str().expect("a name").to_owned()));
            let Some(link) = body["@odata.nextLink"].as_str() else { break };
            path = link[link.find("/v1.0/").expect("an address")..].to_owned();
        }
        names.sort();
        assert_eq!(names, all);
    })
    .await;
}
