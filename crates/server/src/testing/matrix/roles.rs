//! Every kind of caller against every route of the API.

use super::table::{API, Least, Row};
use super::world::World;
use crate::graph::{Caller, Permission, Role};
use crate::testing::{TestServer, on_sqlite};
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

/// Whether one permission includes what the other is needed for: they speak of the same objects.
fn related(needed: Permission, held: Permission) -> bool {
    let subject = |permission: Permission| permission.name().split('.').next().unwrap_or_default();
    subject(needed) == subject(held)
        || (subject(needed) == "Application" && subject(held) == "AppRoleAssignment")
        || (subject(needed) == "AppRoleAssignment" && subject(held) == "Application")
}

async fn turned_away(server: &TestServer, world: &World, caller: &Caller, row: &Row) -> (bool, u16) {
    let (method, path) = row.route.split_once(' ').expect("method and path");
    let method: Method = method.parse().expect("a method");
    let body = if method == Method::GET { json!(null) } else { json!({}) };
    let answer = server.api_as(caller, method, &world.path(path), &body).await;
    assert!(!answer.status.is_server_error(), "{}: {}", row.route, answer.text);
    (matches!(answer.status.as_u16(), 401 | 403), answer.status.as_u16())
}

#[tokio::test]
async fn people_may_do_what_their_role_allows_and_nothing_else() {
    on_sqlite(async |server| {
        let world = World::new(&server, "Contoso", "contoso.example").await;
        let people = [
            (Least::Guest, world.guest.clone()),
            (Least::Member, world.member(&server, "member", &[]).await),
            (Least::Inviter, world.member(&server, "inviter", &[Role::GuestInviter]).await),
            (Least::UserAdministrator, world.member(&server, "users", &[Role::UserAdministrator]).await),
            (Least::GlobalAdministrator, world.administrator.clone()),
        ];
        let mut wrong = Vec::new();
        for (kind, caller) in &people {
            for row in API {
                let (away, status) = turned_away(&server, &world, caller, row).await;
                if away != (*kind < row.least) {
                    wrong.push(format!("{kind:?} {}: {status}", row.route));
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
        let world = World::new(&server, "Contoso", "contoso.example").await;
        let mut wrong = Vec::new();
        for row in API {
            let poor = server.application(world.tenant.id, &others(row.permission));
            let (away, status) = turned_away(&server, &world, &poor, row).await;
            if !away && status != 404 {
                wrong.push(format!("without the permission {}: {status}", row.route));
            }
            let Some(permission) = row.permission else { continue };
            let rich = server.application(world.tenant.id, &[permission]);
            let (away, status) = turned_away(&server, &world, &rich, row).await;
            if away {
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
