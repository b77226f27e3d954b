//! Defining properties.

use super::{Added, app, send};
use crate::testing::on_both_engines;
use axum::http::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn a_property_is_defined_read_and_taken_away() {
    on_both_engines(async |server| {
        let added = Added::new(&server).await;
        let body = json!({ "name": "costCenter", "dataType": "String", "targetObjects": ["User", "Group"] });
        let made = added.define_as(&server, &body).await;
        assert_eq!(made["name"], format!("{}costCenter", added.prefix));
        for (name, value) in [
            ("appDisplayName", json!("Payroll")),
            ("dataType", json!("String")),
            ("deletedDateTime", Value::Null),
            ("isMultiValued", json!(false)),
            ("isSyncedFromOnPremises", json!(false)),
            ("targetObjects", json!(["User", "Group"])),
        ] {
            assert_eq!(made[name], value, "{name}");
        }
        let several =
            json!({ "name": "sites", "dataType": "String", "isMultiValued": true, "targetObjects": ["User"] });
        assert_eq!(added.define_as(&server, &several).await["isMultiValued"], true);

        let all = format!("{}/extensionProperties", added.app);
        let one = format!("{all}/{}", made["id"].as_str().expect("an id"));
        assert_eq!(added.get(&server, &one).await["name"], made["name"]);
        let listed = added.get(&server, &format!("{all}?$top=1&$count=true")).await;
        assert_eq!((listed["value"].as_array().map(Vec::len), &listed["@odata.count"]), (Some(1), &json!(2)));
        assert!(listed["@odata.nextLink"].is_string());
        let name = made["name"].as_str().expect("a name");
        let filtered = added.get(&server, &format!("{all}?$filter=name eq '{name}'&$select=dataType")).await;
        assert_eq!(filtered["value"], json!([{ "dataType": "String" }]));

        let log = "/v1.0/auditLogs/directoryAudits?$filter=activityDisplayName eq 'Update application'";
        let told = added.get(&server, log).await;
        assert!(told["value"].as_array().is_some_and(|rows| rows.iter().any(|row| row.to_string().contains(name))));

        assert_eq!(send(&server, &added.admin, Method::DELETE, &one, &Value::Null).await.status, 204);
        for method in [Method::GET, Method::DELETE] {
            assert_eq!(send(&server, &added.admin, method, &one, &Value::Null).await.status, 404);
        }
        assert_eq!(added.define_as(&server, &body).await["name"], name, "the name is free again");
    })
    .await;
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_by_the_name_of_its_property() {
    on_both_engines(async |server| {
        let added = Added::new(&server).await;
        let path = format!("{}/extensionProperties", added.app);
        for (property, value) in [
            ("name", Value::Null),
            ("name", json!("cost center")),
            ("name", json!("1st")),
            ("name", json!("a".repeat(86))),
            ("dataType", Value::Null),
            ("dataType", json!("Text")),
            ("isMultiValued", json!("yes")),
            ("targetObjects", Value::Null),
            ("targetObjects", json!([])),
            ("targetObjects", json!(["User", "User"])),
            ("targetObjects", json!(["Device"])),
            ("targetObjects", json!(["Organization"])),
            ("targetObjects", json!(["AdministrativeUnit"])),
            ("isSyncedFromOnPremises", json!(true)),
        ] {
            let mut body = json!({ "name": "a", "dataType": "String", "targetObjects": ["User"] });
            body[property] = value.clone();
            let answer = send(&server, &added.admin, Method::POST, &path, &body).await;
            assert_eq!((answer.status.as_u16(), &answer.json()["error"]["target"]), (400, &json!(property)), "{value}");
            let named = value[0].as_str().filter(|word| *word != "User");
            assert!(named.is_none_or(|word| answer.text.contains(word)), "{}", answer.text);
        }
        assert_eq!(added.get(&server, &path).await["value"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn names_stand_once_in_an_app_which_has_at_most_a_hundred() {
    on_both_engines(async |server| {
        let added = Added::new(&server).await;
        let (other, _) = app(&server, &added.admin, "Other").await;
        for count in 0..100 {
            added.define(&server, &format!("name{count}"), "String", &["User"]).await;
        }
        let body = |name: &str| json!({ "name": name, "dataType": "Integer", "targetObjects": ["Group"] });
        let path = |app: &str| format!("{app}/extensionProperties");
        let more = send(&server, &added.admin, Method::POST, &path(&added.app), &body("more")).await;
        assert_eq!((more.status.as_u16(), &more.json()["error"]["target"]), (400, &json!("extensionProperties")));
        for (name, status) in [("name1", 201), ("name1", 409)] {
            let answer = send(&server, &added.admin, Method::POST, &path(&other), &body(name)).await;
            assert_eq!(answer.status, status, "{}", answer.text);
        }
    })
    .await;
}

#[tokio::test]
async fn those_of_every_app_are_told_together() {
    on_both_engines(async |server| {
        let added = Added::new(&server).await;
        added.define(&server, "one", "String", &["User"]).await;
        let (other, prefix) = app(&server, &added.admin, "Other").await;
        let body = json!({ "name": "two", "dataType": "Boolean", "targetObjects": ["Application"] });
        send(&server, &added.admin, Method::POST, &format!("{other}/extensionProperties"), &body).await;
        let stranger = server.tenant("Fabrikam", "fabrikam.example").await;
        let stranger = server.administrator(&stranger).await;

        let path = "/v1.0/directoryObjects/getAvailableExtensionProperties";
        let told = |answer: crate::testing::Answer| {
            assert_eq!(answer.status, 200, "{}", answer.text);
            let body = answer.json();
            let rows = body["value"].as_array().expect("a collection").iter();
            let mut names: Vec<String> = rows
                .map(|row| {
                    assert_eq!(row["@odata.type"], "#microsoft.graph.extensionProperty");
                    row["name"].as_str().expect("a name").to_owned()
                })
                .collect();
            names.sort();
            names
        };
        let mut all = vec![format!("{}one", added.prefix), format!("{prefix}two")];
        all.sort();
        for body in [json!({}), json!({ "isSyncedFromOnPremises": false })] {
            assert_eq!(told(send(&server, &added.admin, Method::POST, path, &body).await), all);
        }
        let synced = json!({ "isSyncedFromOnPremises": true });
        assert!(told(send(&server, &added.admin, Method::POST, path, &synced).await).is_empty());
        assert!(told(send(&server, &stranger, Method::POST, path, &json!({})).await).is_empty());
    })
    .await;
}
