//! What guests read at each level, over every route that reads (Graph: authorizationPolicy.guestUserRoleId; security check T2).

use super::roles::{Reply, ask, reply, served};
use super::table::{Kind, Row, api};
use super::world::World;
use crate::graph::role::guest_level::{LIMITED, MEMBER, RESTRICTED};
use crate::graph::{Actor, Caller};
use crate::testing::{on_both_engines, person};
use uuid::Uuid;

/// The guest of the world, at this level.
pub fn guest_at(world: &World, level: Uuid) -> Caller {
    let mut caller = person(&world.guest, Vec::new());
    if let Actor::User(user) = &mut caller.actor {
        user.level = level;
    }
    caller
}

/// Where somebody or something is named that is not there at the lowest level.
const NAMED: [&str; 6] = [
    "GET /v1.0/users/{user}",
    "GET /v1.0/me/manager",
    "GET /v1.0/me/directReports",
    "GET /v1.0/groups/{group}",
    "GET /vestibule/v1/groups/{group}",
    "GET /v1.0/directoryObjects/{object}",
];

/// Above the lowest level a group that is named shows who belongs to it and who answers for it, and a person whom they report
/// to (default user permissions of guests).
fn tells_of_others(row: &Row, level: Uuid) -> bool {
    let ways = ["/members", "/transitiveMembers", "/owners"].map(|way| format!("/groups/{{group}}{way}"));
    let leads_on = ["/manager", "/manager/$ref", "/directReports"].iter().any(|end| row.route.ends_with(end));
    level == LIMITED && (leads_on || ways.iter().any(|way| row.route.contains(way)))
}

/// What a guest of this level may get: one who is equal to members what they get; below that, what the table says of guests,
/// and at the lowest level nobody else by name or id, who is then not there or refused.
fn is_right(row: &Row, level: Uuid, got: Reply) -> bool {
    if level == RESTRICTED && NAMED.iter().any(|route| row.route.starts_with(route)) {
        return got != Reply::Served;
    }
    got == expected(row, level)
}

fn expected(row: &Row, level: Uuid) -> Reply {
    let kind = if level == MEMBER { Kind::Member } else { Kind::Guest };
    match row.route {
        _ if row.people.include(kind) => served(row),
        route if route.contains(" /vestibule/v1/invitations/{id}") => Reply::Hidden,
        route if route.contains(" /vestibule/v1/bulkInvitations/{id}") => Reply::Hidden,
        route if route.contains("{subscription}") => Reply::Hidden,
        _ => Reply::Denied,
    }
}

#[tokio::test]
async fn t2_every_level_of_guests_reads_what_it_is_to_read_and_nothing_else() {
    on_both_engines(async |server| {
        let world = World::new(&server, "Contoso", "contoso.example").await;
        let mut wrong = Vec::new();
        for row in api().filter(|row| row.route.starts_with("GET ")) {
            for level in [MEMBER, LIMITED, RESTRICTED] {
                let answer = ask(&server, &world, &guest_at(&world, level), row).await;
                let got = reply(&answer);
                if !got.as_ref().is_ok_and(|got| is_right(row, level, *got)) {
                    wrong.push(format!("{level} {}: {got:?} instead of {:?}", row.route, expected(row, level)));
                }
                // Whom they did not name they do not find.
                let found = world.people_known().into_iter().find(|id| answer.text.contains(id));
                let may_show = level == MEMBER || tells_of_others(row, level);
                if let Some(found) = found.filter(|id| !may_show && !world.path(row.route).contains(id)) {
                    wrong.push(format!("{level} {} shows {found}", row.route));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    })
    .await;
}
