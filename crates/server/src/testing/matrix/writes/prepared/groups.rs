//! Groups and roles, and who belongs to them.

use super::{DEFAULT_ROLE, PreparedWrite, call};
use crate::graph::Role;
use crate::testing::TestServer;
use crate::testing::matrix::world::World;
use axum::http::Method;
use serde_json::{Value, json};

/// What assigns the group of the world to the app, and the id of that assignment.
async fn assigned(server: &TestServer, world: &World) -> (Value, String) {
    let [group, principal] = ["{group}", "{principal}"].map(|name| world.path(name));
    let wanted = json!({ "principalId": group, "resourceId": principal, "appRoleId": DEFAULT_ROLE });
    let path = "/v1.0/groups/{group}/appRoleAssignments";
    let assigned = call(server, world, Method::POST, path, wanted.clone()).await;
    (wanted, assigned.json()["id"].as_str().expect("an id").to_owned())
}

/// What is sent to a route of groups or roles; nothing for any other.
pub async fn sent(server: &TestServer, world: &World, template: &str) -> Option<PreparedWrite> {
    let body = match template {
        "/v1.0/groups/{group}/appRoleAssignments" => {
            let (wanted, given) = assigned(server, world).await;
            call(server, world, Method::DELETE, &format!("{template}/{given}"), Value::Null).await;
            wanted
        }
        "/v1.0/groups/{group}/appRoleAssignments/{assignment}" => {
            let (_, given) = assigned(server, world).await;
            return Some((world.path(&template.replace("{assignment}", &given)), Value::Null));
        }
        "/v1.0/groups" => json!({
            "displayName": "Another", "mailNickname": "another", "mailEnabled": false, "securityEnabled": true,
        }),
        "/v1.0/groups/{group}" => json!({ "displayName": "Another name" }),
        "/v1.0/groups/{group}/members/$ref"
        | "/v1.0/groups/{group}/owners/$ref"
        | "/v1.0/applications/{application}/owners/$ref"
        | "/v1.0/servicePrincipals/{principal}/owners/$ref" => {
            json!({ "@odata.id": world.path("http://localhost:8080/v1.0/directoryObjects/{user}") })
        }
        "/v1.0/directoryRoles/{role}/members/$ref" => {
            let member = server.member(&world.tenant, "promoted", &[]).await.id;
            json!({ "@odata.id": format!("http://localhost:8080/v1.0/directoryObjects/{member}") })
        }
        "/v1.0/roleManagement/directory/roleAssignments" => {
            let member = server.member(&world.tenant, "promoted", &[]).await.id;
            json!({ "principalId": member, "roleDefinitionId": Role::GuestInviter.id(), "directoryScopeId": "/" })
        }
        _ => return None,
    };
    Some((world.path(template), body))
}
