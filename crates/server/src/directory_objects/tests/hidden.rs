//! What an object owes whoever may not read it: its kind, its id, and everything else without its value.

use super::{get, group, post};
use crate::applications::resource::APPLICATION;
use crate::graph::query::{Written, unshown};
use crate::graph::{Permission, Role};
use crate::groups::GROUP;
use crate::service_principals::SERVICE_PRINCIPAL;
use crate::testing::{graph_type, is_blank, on_both_engines, told};
use crate::users::USER;
use serde_json::{Value, json};

#[test]
fn nothing_is_written_as_the_type_of_the_property_allows() {
    for resource in [&USER, &GROUP, &SERVICE_PRINCIPAL, &APPLICATION] {
        let declared = graph_type(resource.type_name);
        for property in resource.properties.iter().filter(|property| property.written != Written::Never) {
            let (name, nothing) = (property.name, unshown(property.name));
            // The id is known, and what an app proves itself with stands at the app itself alone.
            if ["id", "keyCredentials", "passwordCredentials"].contains(&name) {
                continue;
            }
            let member = declared.get(name).unwrap_or_else(|| panic!("{} has no {name}", resource.type_name));
            assert!(member.may_be(&nothing), "{} {name}: {nothing}", resource.type_name);
        }
    }
}

#[tokio::test]
async fn a_member_that_may_not_be_read_stands_there_without_its_values() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let program = server.program(&tenant, &[]).await.registered.service_principal.id;
        let mixed = group(&server, &admin, "mixed", &program.to_string()).await;
        let reader = server.application(tenant.id, &[Permission::GroupReadAll]);
        let path = format!("/v1.0/groups/{mixed}/members");
        let whole = get(&server, &reader, &path).await.json()["value"][0].clone();
        assert_eq!(told(&whole), ["@odata.type", "appRoleAssignmentRequired", "id"], "{whole}");
        assert!(is_blank(&whole, "tags") && is_blank(&whole, "displayName"), "{whole}");
        assert_eq!(whole["appRoleAssignmentRequired"], false, "it is never null");
        let few = get(&server, &reader, &format!("{path}?$select=id,appId,tags")).await.json()["value"][0].clone();
        let kind = "#microsoft.graph.servicePrincipal";
        assert_eq!(few, json!({ "@odata.type": kind, "id": program, "appId": null, "tags": [] }));
        for (selected, status) in [("id", 200), ("id,signInActivity", 403)] {
            let people = format!("{path}/microsoft.graph.user?$select={selected}");
            assert_eq!(get(&server, &reader, &people).await.status, status, "null would read as never: {selected}");
        }
    })
    .await;
}

#[tokio::test]
async fn whatever_stands_among_others_is_whole_for_whoever_may_read_it() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let ada = server.member(&tenant, "ada", &[]).await;
        let sam = server.guest(&tenant, "sam@partner.example").await;
        let body = json!({
            "displayName": "Desk", "mailNickname": "desk", "mailEnabled": false, "securityEnabled": true,
            "isAssignableToRole": true, "description": "Who helps", "visibility": "Private",
        });
        let desk = post(&server, &admin, "/v1.0/groups", body).await.json()["id"].as_str().expect("an id").to_owned();
        let named = json!({ "@odata.id": format!("http://localhost:8080/v1.0/groups/{desk}") });
        let sponsors = format!("/v1.0/users/{}/sponsors", sam.id);
        let role = format!("/v1.0/directoryRoles(roleTemplateId='{}')/members", Role::GuestInviter.id());
        for path in [format!("{sponsors}/$ref"), format!("{role}/$ref")] {
            assert_eq!(post(&server, &admin, &path, named.clone()).await.status, 204, "{path}");
        }
        let expanded = format!("/v1.0/users/{}?$expand=sponsors", sam.id);
        let filtered = format!("{role}?$filter=displayName%20eq%20'Desk'");
        for (path, list) in [(&sponsors, "value"), (&role, "value"), (&expanded, "sponsors"), (&filtered, "value")] {
            let found = get(&server, &admin, path).await.json()[list][0].clone();
            let seen = (&found["id"], &found["description"], &found["visibility"], &found["groupTypes"]);
            assert_eq!(seen, (&json!(desk), &json!("Who helps"), &json!("Private"), &json!([])), "{path}: {found}");
        }
        // Whoever reads roles and nothing else knows whom they are given to, and not the rest.
        let reader = server.application(tenant.id, &[Permission::RoleManagementReadDirectory]);
        let found = get(&server, &reader, &role).await.json()["value"][0].clone();
        assert_eq!(told(&found), ["@odata.type", "description", "displayName", "id"], "{found}");
        let narrow = get(&server, &reader, &format!("{role}?$select=id,accountEnabled")).await.json();
        assert_eq!(told(&narrow["value"][0]), ["@odata.type", "id"], "a group is neither on nor off: {narrow}");

        let app = post(&server, &admin, "/v1.0/applications", json!({ "displayName": "Travel" })).await.json();
        let owned = format!("/v1.0/applications/{}/owners/$ref", app["id"].as_str().expect("an id"));
        let owner = json!({ "@odata.id": format!("http://localhost:8080/v1.0/users/{}", ada.id) });
        assert_eq!(post(&server, &admin, &owned, owner).await.status, 204);
        let found = get(&server, &admin, &format!("/v1.0/users/{}/ownedObjects", ada.id)).await.json();
        assert_eq!(found["value"][0]["publisherDomain"], Value::from("contoso.example"), "{found}");
    })
    .await;
}
