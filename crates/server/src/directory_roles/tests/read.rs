//! What is read of whoever holds a role, and by whom.

use super::{get, holder, members};
use crate::graph::{Caller, Permission, Role};
use crate::platform::ids::UserId;
use crate::testing::{ADDRESS, TestServer, on_both_engines, told};
use axum::http::Method;
use serde_json::{Value, json};

const ROLE: Role = Role::UserAdministrator;

async fn patch(server: &TestServer, caller: &Caller, user: UserId, body: Value) {
    let answer = server.api_as(caller, Method::PATCH, &format!("/v1.0/users/{user}"), &body).await;
    assert_eq!(answer.status, 204, "{}", answer.text);
}

/// The objects of a collection that is answered.
async fn values(server: &TestServer, caller: &Caller, path: &str) -> Vec<Value> {
    let answer = get(server, caller, &path.replace(' ', "%20")).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    answer.json()["value"].as_array().expect("a collection").clone()
}

/// The names of an object's properties, without annotations.
fn names(object: &Value) -> Vec<&str> {
    object.as_object().expect("an object").keys().map(String::as_str).filter(|name| !name.starts_with('@')).collect()
}

#[tokio::test]
async fn what_is_selected_of_holders_is_answered() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let (_, ada) = holder(&server, &tenant, "ada", &[Role::GlobalAdministrator]).await;
        let (bob, _) = holder(&server, &tenant, "bob", &[ROLE]).await;
        patch(&server, &ada, bob.id, json!({ "accountEnabled": false, "department": "Sales" })).await;
        let all = members(ROLE);
        let select = "$select=accountEnabled,department,displayName,identities";
        for path in [all.clone(), format!("{all}/microsoft.graph.user")] {
            let found = values(&server, &ada, &format!("{path}?{select}")).await;
            assert_eq!(names(&found[0]), ["accountEnabled", "department", "displayName", "identities"], "{path}");
            assert_eq!((&found[0]["accountEnabled"], &found[0]["department"]), (&json!(false), &json!("Sales")));
            assert_eq!(found[0]["identities"][0]["issuerAssignedId"], bob.user_principal_name);
            for (filter, number) in [
                ("department eq 'sales'", 1),
                ("accountEnabled eq true", 0),
                ("startsWith(department,'sa') and userType eq 'Member'", 1),
            ] {
                let found = values(&server, &ada, &format!("{path}?$filter={filter}")).await;
                assert_eq!(found.len(), number, "{path}: {filter}");
                // Without a selection each carries what its type does.
                assert!(found.iter().all(|one| one.get("accountEnabled").is_none() && one["displayName"] == "bob"));
            }
        }
        let roles = format!("/v1.0/directoryRoles(roleTemplateId='{}')", ROLE.id());
        let role = get(&server, &ada, &format!("{roles}?$expand=members($select=department)")).await.json();
        assert_eq!(names(&role["members"][0]), ["department"], "{role}");
        let assignments = format!("/v1.0/roleManagement/directory/roleAssignments?$filter=principalId eq '{}'", bob.id);
        let found = values(&server, &ada, &format!("{assignments}&$expand=principal($select=accountEnabled)")).await;
        assert_eq!(found[0]["principal"]["accountEnabled"], false);

        // Of programs and groups too.
        let app = json!({ "displayName": "Robot" });
        let app = server.api_as(&ada, Method::POST, "/v1.0/applications", &app).await.json();
        let robot = json!({ "appId": app["appId"], "tags": ["HideApp"] });
        let desk = json!({
            "displayName": "Desk", "mailNickname": "desk", "mailEnabled": false, "securityEnabled": true,
            "isAssignableToRole": true,
        });
        for (path, body) in [("/v1.0/servicePrincipals", robot), ("/v1.0/groups", desk)] {
            let made = server.api_as(&ada, Method::POST, path, &body).await;
            assert_eq!(made.status, 201, "{}", made.text);
            let made = made.json();
            let id = made["id"].as_str().expect("an id");
            let named = json!({ "@odata.id": format!("{ADDRESS}/v1.0/directoryObjects/{id}") });
            let given = server.api_as(&ada, Method::POST, &format!("{all}/$ref"), &named).await;
            assert_eq!(given.status, 204, "{}", given.text);
        }
        let found = values(&server, &ada, &format!("{all}?$select=department,mailNickname,tags")).await;
        assert_eq!(names(&found[0]), ["department", "mailNickname"], "a user");
        assert_eq!((names(&found[1]), &found[1]["tags"]), (vec!["tags"], &json!(["HideApp"])));
        assert_eq!((names(&found[2]), &found[2]["mailNickname"]), (vec!["mailNickname"], &json!("desk")));
        let programs = values(&server, &ada, &format!("{all}/microsoft.graph.servicePrincipal?$select=tags")).await;
        assert_eq!(programs[0]["tags"], json!(["HideApp"]));
        let unknown = get(&server, &ada, &format!("{all}?$select=shoeSize")).await;
        assert_eq!((unknown.status.as_u16(), &unknown.json()["error"]["target"]), (400, &json!("shoeSize")));
    })
    .await;
}

#[tokio::test]
async fn whoever_reads_roles_alone_is_told_who_holds_them_and_no_more() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let (bob, _) = holder(&server, &tenant, "bob", &[ROLE]).await;
        let admin = server.administrator(&tenant).await;
        patch(&server, &admin, bob.id, json!({ "department": "Sales" })).await;
        let all = members(ROLE);
        let reads_roles = server.application(tenant.id, &[Permission::RoleManagementReadDirectory]);
        let both = [Permission::RoleManagementReadDirectory, Permission::UserReadAll];
        let reads_both = server.application(tenant.id, &both);
        for path in [all.clone(), format!("{all}/microsoft.graph.user")] {
            let found = values(&server, &reads_roles, &path).await;
            assert_eq!((&found[0]["displayName"], &found[0]["id"]), (&json!("bob"), &json!(bob.id)));
            let select = format!("{path}?$select=accountEnabled,department,identities,userPrincipalName");
            let found = values(&server, &reads_roles, &select).await;
            assert_eq!(told(&found[0]), ["@odata.type", "userPrincipalName"], "{path}");
            let found = values(&server, &reads_both, &select).await;
            assert_eq!(names(&found[0]).len(), 4, "{path}");
            // Nor do they find out by asking.
            for (filter, status) in [
                ("department eq 'Sales'", 403),
                ("accountEnabled eq true", 403),
                ("userPrincipalName eq 'x' and department eq null", 403),
                ("displayName eq 'bob'", 200),
            ] {
                let asked = format!("{path}?$filter={}", filter.replace(' ', "%20"));
                assert_eq!(get(&server, &reads_roles, &asked).await.status, status, "{path}: {filter}");
            }
            let ordered = format!("{path}?$orderby=department");
            assert_eq!(get(&server, &reads_roles, &ordered).await.status, 403, "{path}");
        }
        let users = format!("{all}/microsoft.graph.user");
        assert_eq!(values(&server, &reads_both, &format!("{users}?$filter=department eq 'sales'")).await.len(), 1);
        let activity = format!("{users}?$select=signInActivity");
        assert_eq!(get(&server, &reads_both, &activity).await.status, 403, "it would read as never");
        let none = server.application(tenant.id, &[Permission::UserReadAll]);
        assert_eq!(get(&server, &none, &all).await.status, 403);
    })
    .await;
}

#[tokio::test]
async fn holders_come_whole_unless_pages_are_asked_for() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let (_, ada) = holder(&server, &tenant, "ada", &[Role::GlobalAdministrator]).await;
        for at in 0..101 {
            server.member(&tenant, &format!("p{at}"), &[ROLE]).await;
        }
        let all = members(ROLE);
        for path in [all.clone(), format!("{all}/microsoft.graph.user"), format!("{all}/$ref")] {
            let whole = get(&server, &ada, &path).await.json();
            assert_eq!(whole["value"].as_array().map(Vec::len), Some(101), "{path}");
            assert!(whole.get("@odata.nextLink").is_none(), "{path}");
            let paged = get(&server, &ada, &format!("{path}?$top=100")).await.json();
            assert_eq!(paged["value"].as_array().map(Vec::len), Some(100), "{path}");
            assert!(paged["@odata.nextLink"].is_string(), "{path}");
        }
    })
    .await;
}
