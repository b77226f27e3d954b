//! Every kind of caller against every route of the API.

use super::table::{INVITE, Kind, Row, api, has_other_deleted};
use super::world::World;
use crate::graph::caller::Delegated;
use crate::graph::{Actor, Caller, Permission, Role};
use crate::platform::ids::ClientId;
use crate::testing::{Answer, TestServer, on_both_engines, person};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use serde_json::json;

/// How a caller who may is told from one who may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// Let in. What was sent may still make no sense.
    Served,
    /// 403 `Authorization_RequestDenied`: they know that it is there, or it is nothing to hide.
    Denied,
    /// 404 `Request_ResourceNotFound`: there is nothing for them.
    Hidden,
}

pub async fn ask(server: &TestServer, world: &World, caller: &Caller, row: &Row) -> Answer {
    let (method, path) = row.route.split_once(' ').expect("method and path");
    let method: Method = method.parse().expect("a method");
    let body = match (&method, path.ends_with("removePassword")) {
        (&Method::GET, _) => json!(null),
        (_, true) => json!({ "keyId": world.tenant.id }),
        _ => json!({}),
    };
    server.api_with(caller, method, &world.path(path), &[("consistencylevel", "eventual")], &body).await
}

/// Reads an answer as a reply; a refusal in any other words than Graph's is none.
pub fn reply(answer: &Answer) -> Result<Reply, String> {
    let said = format!("{} {}", answer.status, answer.text);
    let code = || answer.json()["error"]["code"].as_str().unwrap_or_default().to_owned();
    match answer.status {
        StatusCode::FORBIDDEN if code() == "Authorization_RequestDenied" => Ok(Reply::Denied),
        StatusCode::NOT_FOUND if code() == "Request_ResourceNotFound" => Ok(Reply::Hidden),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND => Err(said),
        status if status.is_server_error() => Err(said),
        _ => Ok(Reply::Served),
    }
}

/// What those get who may: the assignment of the world is a person's, so that no program and no group has it, who belongs to its
/// group is no group, its policy excludes nothing, and nobody who asks has a manager or a picture.
pub fn served(row: &Row) -> Reply {
    let absent = [
        "GET /v1.0/servicePrincipals/{principal}/appRoleAssignments/{assignment}",
        "GET /v1.0/groups/{group}/appRoleAssignments/{assignment}",
        "DELETE /v1.0/servicePrincipals/{principal}/appRoleAssignments/{assignment}",
        "DELETE /v1.0/groups/{group}/appRoleAssignments/{assignment}",
        "GET /v1.0/groups/{group}/members/{member}/{cast}",
        "GET /v1.0/groups/{group}/owners/{member}/{cast}",
        "DELETE /v1.0/policies/permissionGrantPolicies/{grant_policy}/excludes/{condition}",
        "GET /v1.0/me/manager",
        "GET /v1.0/me/manager/$ref",
        "GET /v1.0/me/photo",
        "GET /v1.0/me/photo/$value",
        "DELETE /v1.0/me/photo",
        "DELETE /v1.0/me/photo/$value",
    ];
    let is_absent = absent.contains(&row.route);
    if is_absent { Reply::Hidden } else { Reply::Served }
}

/// What a person gets who may not, or an app without a scope that is enough. Somebody who may invite and not
/// administer reads their own invitations; those of others are not there. Nor is a deleted user for those who look after
/// deleted objects of another kind.
fn refused(row: &Row, caller: &Caller) -> Reply {
    let may_invite = caller.has_any(INVITE);
    if row.route.contains("{subscription}") || has_other_deleted(row.route, caller) {
        return Reply::Hidden;
    }
    let is_theirs = [" /vestibule/v1/invitations/{id}", " /vestibule/v1/bulkInvitations/{id}"]
        .iter()
        .any(|path| row.route.contains(path));
    if is_theirs && may_invite { Reply::Hidden } else { Reply::Denied }
}

/// A tenant for one route after the other. What is refused changes nothing, so that a new one is made only once a call was served
/// that does more than read: making one costs as much as trying some hundred callers.
struct Place<'s> {
    server: &'s TestServer,
    world: World,
    made: u32,
    is_changed: bool,
}

impl<'s> Place<'s> {
    async fn new(server: &'s TestServer) -> Self {
        let world = World::new(server, "Contoso", "contoso0.example").await;
        Self { server, world, made: 0, is_changed: false }
    }

    async fn renew(&mut self) {
        self.made += 1;
        self.world = World::new(self.server, "Contoso", &format!("contoso{}.example", self.made)).await;
        self.is_changed = false;
    }

    /// For the next route; whether it is a new one.
    async fn renew_if_changed(&mut self) -> bool {
        let is_changed = self.is_changed;
        if is_changed {
            self.renew().await;
        }
        is_changed
    }

    /// Tries one caller; a line for whoever wonders if the reply is not the expected one.
    async fn try_one(&mut self, caller: &Caller, row: &Row, expected: Reply, who: &str) -> Option<String> {
        let answer = ask(self.server, &self.world, caller, row).await;
        row.check_kind(&answer);
        self.is_changed |= answer.status.is_success() && !row.route.starts_with("GET ");
        let got = reply(&answer);
        (got != Ok(expected)).then(|| format!("{who} {}: {got:?} instead of {expected:?}", row.route))
    }
}

/// Every permission alone, and what is enough together. What is enough comes last, because what it deletes is gone.
fn held(row: &Row) -> Vec<Vec<Permission>> {
    let mut all: Vec<_> = Permission::ALL.iter().map(|permission| vec![*permission]).collect();
    if !row.together.is_empty() {
        all.push(row.together.to_vec());
    }
    all.sort_by_key(|held| row.is_enough(held));
    all
}

/// What only a guest does, and what takes away nobody else.
pub const LEAVING: &str = "POST /vestibule/v1/me/leave";

fn is_spent(row: &Row, expected: Reply) -> bool {
    let takes = row.route.starts_with("DELETE") || row.route.ends_with("/restore") || row.route == LEAVING;
    expected == Reply::Served && takes
}

async fn people(server: &TestServer) {
    let (mut wrong, mut place) = (Vec::new(), Place::new(server).await);
    let mut people = place.world.people(server).await;
    for row in api() {
        if place.renew_if_changed().await {
            people = place.world.people(server).await;
        }
        for (kind, user, roles) in &people {
            let caller = person(user, roles.clone());
            let expected = if row.people.include(*kind) { served(row) } else { refused(row, &caller) };
            wrong.extend(place.try_one(&caller, row, expected, &format!("{kind:?}")).await);
            if is_spent(row, expected) && row.route != LEAVING {
                break;
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Every permission there is, alone.
async fn programs(server: &TestServer) {
    let (mut wrong, mut place) = (Vec::new(), Place::new(server).await);
    for row in api().filter(|row| row.serves_programs) {
        place.renew_if_changed().await;
        for held in held(row) {
            let caller = server.application(place.world.tenant.id, &held);
            let expected = if row.is_enough(&held) { served(row) } else { refused(row, &caller) };
            wrong.extend(place.try_one(&caller, row, expected, &format!("{held:?}")).await);
            if is_spent(row, expected) {
                place.renew().await;
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Every scope there is, alone, for a Global Administrator; those that are enough for an ordinary member and a guest, too. Whoever is
/// refused for the scope is refused whoever they are.
async fn apps_of_people(server: &TestServer) {
    let (mut wrong, mut place) = (Vec::new(), Place::new(server).await);
    let mut people = place.world.people(server).await;
    for row in api() {
        if place.renew_if_changed().await {
            people = place.world.people(server).await;
        }
        for held in held(row) {
            let kinds = [Kind::Holder(Role::GlobalAdministrator), Kind::Member, Kind::Guest];
            for kind in kinds.into_iter().take(if row.is_enough(&held) { 3 } else { 1 }) {
                let (_, user, roles) = people.iter().find(|(of, ..)| *of == kind).expect("one of each kind");
                let may = row.people.include(kind) && row.is_enough(&held);
                let caller = through_an_app(server, person(user, roles.clone()), &held);
                let expected = if may { served(row) } else { refused(row, &caller) };
                let who = format!("{kind:?} with {held:?}");
                wrong.extend(place.try_one(&caller, row, expected, &who).await);
                if is_spent(row, expected) {
                    place.renew().await;
                    people = place.world.people(server).await;
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The person through an app that holds these scopes.
pub fn through_an_app(server: &TestServer, mut caller: Caller, held: &[Permission]) -> Caller {
    if let Actor::User(user) = &mut caller.actor {
        let client = ClientId(server.entropy.random_uuid());
        user.delegated = Some(Delegated { client, permissions: held.to_vec() });
    }
    caller
}

#[tokio::test]
async fn people_may_do_what_their_role_allows_and_nothing_else() {
    on_both_engines(async |server| people(&server).await).await;
}

#[tokio::test]
async fn programs_may_do_what_each_permission_alone_allows_and_nothing_else() {
    on_both_engines(async |server| programs(&server).await).await;
}

#[tokio::test]
async fn an_app_may_do_for_a_person_what_both_its_scope_and_their_role_allow() {
    on_both_engines(async |server| apps_of_people(&server).await).await;
}

#[tokio::test]
async fn nobody_may_do_anything_without_a_token() {
    on_both_engines(async |server| {
        let world = World::new(&server, "Contoso", "contoso.example").await;
        for row in api() {
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
