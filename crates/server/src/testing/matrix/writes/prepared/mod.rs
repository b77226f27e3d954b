//! Brings the world to where a write can succeed.

mod applications;
mod groups;
mod invitations;
mod organization;
mod policies;
mod users;

pub use invitations::{give_up, hold};

use crate::testing::matrix::world::World;
use crate::testing::{Answer, TestServer};
use axum::http::Method;
use serde_json::{Value, json};

/// The path and the body of a write.
type PreparedWrite = (String, Value);

const DEFAULT_ROLE: &str = "00000000-0000-0000-0000-000000000000";

async fn call(server: &TestServer, world: &World, method: Method, template: &str, body: Value) -> Answer {
    let answer = server.api_as(&world.administrator, method, &world.path(template), &body).await;
    assert!(answer.status.is_success(), "{template}: {} {}", answer.status, answer.text);
    answer
}

/// Brings the world to where the write can succeed; the path and the body it takes then.
pub async fn prepared(server: &TestServer, world: &World, route: &str) -> PreparedWrite {
    let (is_delete, template) = (route.starts_with("DELETE"), route.split_once(' ').expect("method and path").1);
    let path = world.path(template);
    if is_delete && ["/members/$ref", "/owners/$ref", "/sponsors/$ref"].iter().any(|end| template.ends_with(end)) {
        if ["/v1.0/applications/", "/v1.0/servicePrincipals/"].iter().any(|set| template.starts_with(set)) {
            applications::name_another(server, world, template).await;
        }
        let object = world.path("http://localhost:8080/v1.0/directoryObjects/{member}");
        return (format!("{path}?@id={object}"), Value::Null);
    }
    if template == "/v1.0/subscriptions/{subscription}" {
        let until = server.clock.now().plus(std::time::Duration::from_mins(30));
        return (path, json!({ "expirationDateTime": crate::platform::clock::rfc3339(until) }));
    }
    // Each knows its own routes and leaves the others alone.
    let sent = [
        users::sent(server, world, template).await,
        groups::sent(server, world, template).await,
        invitations::sent(server, world, template).await,
        policies::sent(server, world, template, is_delete).await,
        organization::sent(server, world, template, is_delete).await,
        applications::sent(server, world, template).await,
    ];
    sent.into_iter().flatten().next().unwrap_or_else(|| (path, json!({})))
}
