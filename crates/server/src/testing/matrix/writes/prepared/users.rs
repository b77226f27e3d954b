//! Users and guests, and what hangs on them.

use super::{DEFAULT_ROLE, PreparedWrite, call};
use crate::graph::Actor;
use crate::testing::matrix::world::World;
use crate::testing::{TestServer, picture};
use axum::http::Method;
use serde_json::{Value, json};

/// What is sent to a route of users; nothing for any other.
pub async fn sent(server: &TestServer, world: &World, template: &str) -> Option<PreparedWrite> {
    let body = match template {
        "/v1.0/users/{user}" => json!({ "displayName": "Another name" }),
        "/v1.0/me" => json!({ "mobilePhone": "+49 1" }),
        "/v1.0/me/changePassword" => {
            let Actor::User(own) = &world.administrator.actor else { panic!("a person") };
            let given = json!({ "passwordProfile": { "password": "correct horse battery" } });
            call(server, world, Method::PATCH, &format!("/v1.0/users/{}", own.id), given).await;
            json!({ "currentPassword": "correct horse battery", "newPassword": "a longer new password" })
        }
        "/v1.0/users" => json!({
            "accountEnabled": true,
            "displayName": "New",
            "mailNickname": "new",
            "userPrincipalName": format!("new@{}", world.tenant.initial_domain),
            "passwordProfile": { "password": "correct horse battery" },
        }),
        "/v1.0/users/{user}/appRoleAssignments" | "/v1.0/servicePrincipals/{principal}/appRoleAssignedTo" => {
            let gone = "/v1.0/users/{user}/appRoleAssignments/{assignment}";
            call(server, world, Method::DELETE, gone, Value::Null).await;
            let [user, principal] = ["{user}", "{principal}"].map(|name| world.path(name));
            json!({ "principalId": user, "resourceId": principal, "appRoleId": DEFAULT_ROLE })
        }
        "/v1.0/users/{user}/sponsors/$ref" | "/v1.0/users/{user}/manager/$ref" => {
            let other = server.member(&world.tenant, "named", &[]).await.id;
            json!({ "@odata.id": format!("http://localhost:8080/v1.0/users/{other}") })
        }
        "/vestibule/v1/guestsWithoutSponsor/assign" => {
            let user = world.path("{user}");
            let sponsors = call(server, world, Method::GET, "/v1.0/users/{user}/sponsors", Value::Null).await.json();
            for sponsor in sponsors["value"].as_array().into_iter().flatten() {
                let sponsor = sponsor["id"].as_str().expect("an id");
                let gone = format!("/v1.0/users/{user}/sponsors/{sponsor}/$ref");
                call(server, world, Method::DELETE, &gone, Value::Null).await;
            }
            json!({ "sponsor": server.member(&world.tenant, "named", &[]).await.id, "users": [user] })
        }
        "/v1.0/me/photo" | "/v1.0/me/photo/$value" | "/v1.0/users/{user}/photo" | "/v1.0/users/{user}/photo/$value" => {
            call(server, world, Method::PUT, template, picture()).await;
            // Another one than before, so that it is a change.
            picture().as_array().into_iter().flatten().cloned().chain([json!(0)]).collect()
        }
        _ => return None,
    };
    Some((world.path(template), body))
}
