//! Every kind of caller against every route of the API.

use super::table::{API, Row};
use super::world::World;
use crate::graph::{Caller, Permission};
use crate::testing::{TestServer, on_sqlite, person};
use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::json;

/// Programs hold one permission each; those without the right one are turned away.
fn others(permission: Option<Permission>) -> Vec<Permission> {
    let enough = |held: &Permission| {
        let stronger = [Permission::DirectoryReadWriteAll, Permission::DirectoryReadAll];
        permission.is_some_and(|needed| related(needed, *held)) || stronger.contains(held)
    };
    Permission::ALL.iter().copied().filter(|held| !enough(held)).collect()
}

/// Whether one permission may include what the other is needed for: they speak of the same objects.
fn related(needed: Permission, held: Permission) -> bool {
    let subject = |permission: Permission| match permission.name().split('.').next().unwrap_or_default() {
        "AppRoleAssignment" => "Application",
        other => other,
    };
    subject(needed) == subject(held)
}

/// What the caller is told. What they may not see is not found, what they may see and not do is forbidden.
async fn ask(server: &TestServer, world: &World, caller: &Caller, row: &Row) -> u16 {
    let (method, path) = row.route.split_once(' ').expect("method and path");
    let method: Method = method.parse().expect("a method");
    let body = match (&method, path.ends_with("removePassword")) {
        (&Method::GET, _) => json!(null),
        (_, true) => json!({ "keyId": world.tenant.id }),
        _ => json!({}),
    };
    let headers = [("consistencylevel", "eventual")];
    let answer = server.api_with(caller, method, &world.path(path), &headers, &body).await;
    assert!(!answer.status.is_server_error(), "{}: {}", row.route, answer.text);
    answer.status.as_u16()
}

/// Whether the world has what the path names: it has no secret, and its assignment is a person's.
fn is_found(row: &Row) -> bool {
    !row.route.ends_with("removePassword") && !row.route.ends_with("{principal}/appRoleAssignments/{assignment}")
}

fn is_away(status: u16) -> bool {
    matches!(status, 401 | 403 | 404)
}

#[tokio::test]
async fn people_may_do_what_their_role_allows_and_nothing_else() {
    on_sqlite(async |server| {
        let mut wrong = Vec::new();
        for (n, row) in API.iter().enumerate() {
            let world = World::new(&server, "Contoso", &format!("contoso{n}.example")).await;
            for (kind, user, roles) in world.people(&server).await {
                let status = ask(&server, &world, &person(&user, roles), row).await;
                let is_found = is_found(row);
                if is_away(status) != (kind < row.least) && (is_found || kind < row.least) {
                    wrong.push(format!("{kind:?} {}: {status}", row.route));
                }
                if kind >= row.least && row.route.starts_with("DELETE") {
                    break;
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    })
    .await;
}

#[tokio::test]
async fn programs_may_do_what_their_permissions_allow_and_nothing_else() {
    on_sqlite(async |server| {
        let mut wrong = Vec::new();
        for (n, row) in API.iter().enumerate() {
            let world = World::new(&server, "Contoso", &format!("contoso{n}.example")).await;
            let poor = server.application(world.tenant.id, &others(row.permission));
            let status = ask(&server, &world, &poor, row).await;
            // There is no "me" for a program, which is 400 in Graph's words.
            let has_no_self = row.permission.is_none() && status == 400;
            if !is_away(status) && !has_no_self {
                wrong.push(format!("without the permission {}: {status}", row.route));
            }
            let Some(permission) = row.permission else { continue };
            // Assigning also needs the right to read what is assigned.
            let rich = server.application(world.tenant.id, &[permission, Permission::ApplicationReadAll]);
            let status = ask(&server, &world, &rich, row).await;
            if is_away(status) && is_found(row) {
                wrong.push(format!("with {} {}: {status}", permission.name(), row.route));
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    })
    .await;
}

#[tokio::test]
async fn nobody_may_do_anything_without_a_token() {
    on_sqlite(async |server| {
        let world = World::new(&server, "Contoso", "contoso.example").await;
        for row in API {
            let (method, path) = row.route.split_once(' ').expect("method and path");
            for token in [None, Some("Bearer "), Some("Bearer e30.e30.e30"), Some("Basic YTpi")] {
                let mut request = Request::builder().method(method).uri(world.path(path));
                if let Some(token) = token {
                    request = request.header("authorization", token);
                }
                let answer = server.send(request.body(Body::empty()).expect("a request")).await;
                assert_eq!(answer.status, 401, "{}", row.route);
                assert!(answer.header("www-authenticate").starts_with("Bearer"), "{}", row.route);
                assert_eq!(answer.json()["error"]["code"], "InvalidAuthenticationToken", "{}", row.route);
            }
        }
    })
    .await;
}
