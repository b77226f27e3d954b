//! How users sign in, wherever they stand among objects of other kinds.

use super::{get, group, post};
use crate::graph::Permission;
use crate::testing::{is_blank, on_both_engines, person};
use serde_json::{Value, json};

/// The object with this id in an answer: itself, one of a collection, or one of those inside of the answer.
fn find<'v>(body: &'v Value, id: &str, list: &str) -> &'v Value {
    let body = body["value"].as_array().and_then(|all| all.iter().find(|one| one[list].is_array())).unwrap_or(body);
    let inside = body[list].as_array().or_else(|| body["value"].as_array());
    let found = inside.map_or(Some(body), |all| all.iter().find(|one| one["id"] == id));
    found.unwrap_or_else(|| panic!("{id} is not in {body}"))
}

#[tokio::test]
async fn how_somebody_signs_in_is_told_in_every_list_to_whoever_may_know() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let ada = server.member(&tenant, "ada", &[]).await;
        let (id, name) = (ada.id.to_string(), &ada.user_principal_name);
        let inner = group(&server, &admin, "inner", &id).await;
        let outer = group(&server, &admin, "outer", &inner).await;
        let app = post(&server, &admin, "/v1.0/applications", json!({ "displayName": "Travel" })).await.json();
        let app = app["id"].as_str().expect("an id").to_owned();
        let owner = json!({ "@odata.id": format!("http://localhost:8080/v1.0/users/{id}") });
        for path in [format!("groups/{inner}/owners/$ref"), format!("applications/{app}/owners/$ref")] {
            assert_eq!(post(&server, &admin, &format!("/v1.0/{path}"), owner.clone()).await.status, 204, "{path}");
        }
        let select = "$select=id,identities";
        let (members, owners) = (format!("members({select})"), format!("owners({select})"));
        let of_groups = [
            (format!("groups/{inner}/members?{select}"), ""),
            (format!("groups/{inner}/members/microsoft.graph.user?{select}"), ""),
            (format!("groups/{inner}/members/{id}/microsoft.graph.user?{select}"), ""),
            (format!("groups/{inner}/owners?{select}"), ""),
            (format!("groups/{outer}/transitiveMembers?{select}&$filter=displayName%20eq%20'ada'"), ""),
            (format!("groups/{inner}?$select=id&$expand={members}"), "members"),
            (format!("groups?$select=id&$filter=id%20eq%20'{inner}'&$expand={owners}"), "owners"),
        ];
        let of_others = [
            (format!("applications/{app}/owners?{select}"), ""),
            (format!("applications?$select=id&$expand={owners}"), "owners"),
            (format!("directoryObjects/{id}?{select}"), ""),
            (format!("domains/contoso.example/domainNameReferences?{select}"), ""),
        ];
        for (path, list) in of_groups.iter().chain(&of_others) {
            let answer = get(&server, &admin, &format!("/v1.0/{path}")).await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.text);
            let body = answer.json();
            let found = find(&body, &id, list);
            assert_eq!(found["identities"][0]["issuerAssignedId"], json!(name), "{path}: {found}");
            assert_eq!(found["identities"].as_array().map(Vec::len), Some(1), "{path}: {found}");
        }
        let asked = json!({ "ids": [id, inner] });
        let named = post(&server, &admin, &format!("/v1.0/directoryObjects/getByIds?{select}"), asked).await.json();
        assert_eq!(named["value"][0]["identities"][0]["issuerAssignedId"], json!(name), "{named}");
        assert!(named["value"][1].get("identities").is_none(), "a group has none: {named}");

        let groups_only = server.application(tenant.id, &[Permission::GroupReadAll]);
        let guest = person(&server.guest(&tenant, "sam@partner.example").await, Vec::new());
        let lists = of_groups.iter().filter(|(path, list)| list.is_empty() && !path.contains("$filter"));
        for (path, list) in lists {
            for caller in [&groups_only, &guest] {
                let answer = get(&server, caller, &format!("/v1.0/{path}")).await;
                assert_eq!(answer.status, 200, "{path}: {}", answer.text);
                let body = answer.json();
                let found = find(&body, &id, list);
                assert!(is_blank(found, "identities"), "{path}: {found}");
            }
        }
    })
    .await;
}
