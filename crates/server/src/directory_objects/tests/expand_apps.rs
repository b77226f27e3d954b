//! What apps and roles are related to, inside an answer.

use super::{get, group, post};
use crate::graph::{Caller, Permission, Role};
use crate::testing::{TestServer, on_both_engines, person};
use serde_json::{Value, json};

const DEFAULT_ROLE: &str = "00000000-0000-0000-0000-000000000000";

fn column<'v>(list: &'v Value, name: &str) -> Vec<&'v str> {
    list.as_array().expect("a collection").iter().map(|item| item[name].as_str().unwrap_or_default()).collect()
}

/// A registration and its service principal, owned by a person.
async fn app(server: &TestServer, admin: &Caller, owner: &str) -> (String, String) {
    let made = post(server, admin, "/v1.0/applications", json!({ "displayName": "Travel" })).await.json();
    let added = post(server, admin, "/v1.0/servicePrincipals", json!({ "appId": made["appId"] })).await.json();
    let text = |value: &Value| value.as_str().expect("an id").to_owned();
    let (application, principal) = (text(&made["id"]), text(&added["id"]));
    for path in [format!("/v1.0/applications/{application}"), format!("/v1.0/servicePrincipals/{principal}")] {
        let body = json!({ "@odata.id": format!("http://localhost:8080/v1.0/users/{owner}") });
        let named = post(server, admin, &format!("{path}/owners/$ref"), body).await;
        assert_eq!(named.status, 204, "{path}: {}", named.text);
    }
    (application, principal)
}

#[tokio::test]
async fn apps_show_their_owners_groups_and_assignments() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let ada = server.member(&tenant, "ada", &[]).await;
        let (application, principal) = app(&server, &admin, &ada.id.to_string()).await;
        let travellers = group(&server, &admin, "travellers", &principal).await;
        for member in [ada.id.to_string(), travellers.clone()] {
            let body = json!({ "principalId": member, "resourceId": principal, "appRoleId": DEFAULT_ROLE });
            let path = format!("/v1.0/servicePrincipals/{principal}/appRoleAssignedTo");
            let given = post(&server, &admin, &path, body).await;
            assert_eq!(given.status, 201, "{}", given.text);
        }
        for path in [
            format!("/v1.0/applications/{application}?$select=id&$expand=owners($select=displayName)"),
            "/v1.0/applications?$select=id&$expand=owners($select=displayName)".to_owned(),
            format!("/v1.0/servicePrincipals/{principal}?$select=id&$expand=owners($select=displayName)"),
        ] {
            let answer = get(&server, &admin, &path).await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.text);
            let body = answer.json();
            let shown = body["value"].as_array().map_or(&body, |apps| &apps[0]);
            assert_eq!(column(&shown["owners"], "displayName"), ["ada"], "{path}");
            assert_eq!(column(&shown["owners"], "@odata.type"), ["#microsoft.graph.user"], "{path}");
        }
        let expand = "$expand=memberOf($select=displayName),transitiveMemberOf,appRoleAssignments,\
                      appRoleAssignedTo($select=principalDisplayName)";
        let filter = format!("$filter=id%20eq%20'{principal}'");
        for path in [
            format!("/v1.0/servicePrincipals/{principal}?{expand}"),
            format!("/v1.0/servicePrincipals?{expand}&{filter}"),
        ] {
            let answer = get(&server, &admin, &path).await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.text);
            let body = answer.json();
            let shown = body["value"].as_array().map_or(&body, |apps| &apps[0]);
            assert_eq!(column(&shown["memberOf"], "displayName"), ["travellers"], "{path}");
            assert_eq!(column(&shown["transitiveMemberOf"], "id"), [travellers.as_str()], "{path}");
            // Both were given in the same millisecond, so that their ids tell no order.
            let mut given = column(&shown["appRoleAssignedTo"], "principalDisplayName");
            given.sort_unstable();
            assert_eq!(given, ["ada", "travellers"], "{path}");
            assert_eq!(shown["appRoleAssignments"], json!([]), "{path}");
        }
        for path in [format!("/v1.0/users/{}", ada.id), format!("/v1.0/groups/{travellers}")] {
            let shown = get(&server, &admin, &format!("{path}?$expand=appRoleAssignments")).await.json();
            assert_eq!(column(&shown["appRoleAssignments"], "resourceDisplayName"), ["Travel"], "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn whoever_may_not_read_what_an_app_is_related_to_is_refused_inside_an_answer_too() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let ada = server.member(&tenant, "ada", &[]).await;
        let (application, principal) = app(&server, &admin, &ada.id.to_string()).await;
        let guest = server.guest(&tenant, "gus@partner.example").await;
        let guest = person(&guest, Vec::new());
        for path in [
            format!("/v1.0/applications/{application}?$expand=owners"),
            format!("/v1.0/servicePrincipals/{principal}?$expand=owners"),
            format!("/v1.0/servicePrincipals/{principal}?$expand=memberOf"),
            format!("/v1.0/servicePrincipals/{principal}?$expand=appRoleAssignedTo"),
        ] {
            let plain = path.split('?').next().unwrap_or_default();
            assert_eq!(get(&server, &guest, plain).await.status, 200, "{plain}");
            assert_eq!(get(&server, &guest, &path).await.status, 403, "{path}");
        }
        let users_only = server.application(tenant.id, &[Permission::UserReadAll]);
        let path = format!("/v1.0/users/{}?$expand=appRoleAssignments", ada.id);
        assert_eq!(get(&server, &users_only, &path).await.status, 403);
    })
    .await;
}

#[tokio::test]
async fn roles_show_who_holds_them() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        server.member(&tenant, "ada", &[Role::GuestInviter]).await;
        let expand = "$select=displayName&$expand=members($select=displayName)";
        let inviter = format!("/v1.0/directoryRoles(roleTemplateId='{}')?{expand}", Role::GuestInviter.id());
        let one = get(&server, &admin, &inviter).await;
        assert_eq!(one.status, 200, "{}", one.text);
        assert_eq!(column(&one.json()["members"], "displayName"), ["ada"]);
        assert_eq!(column(&one.json()["members"], "@odata.type"), ["#microsoft.graph.user"]);
        let all = get(&server, &admin, &format!("/v1.0/directoryRoles?{expand}")).await.json();
        let roles = all["value"].as_array().expect("roles");
        let found = roles.iter().find(|role| role["displayName"] == Role::GuestInviter.name()).expect("the role");
        assert_eq!(column(&found["members"], "displayName"), ["ada"]);
        for _ in 0..21 {
            let name = server.entropy.random_uuid().to_string();
            server.member(&tenant, &name, &[Role::GuestInviter]).await;
        }
        let many = get(&server, &admin, &inviter).await.json();
        assert_eq!(many["members"].as_array().map(Vec::len), Some(20), "there is no link to more");
    })
    .await;
}
