//! What guests read at each level, over every route that reads (Graph: authorizationPolicy.guestUserRoleId; security check T2).

use super::roles::{Reply, ask, reply, served};
use super::table::{API, Kind, Row};
use super::world::World;
use crate::graph::role::guest_level::{LIMITED, MEMBER, RESTRICTED};
use crate::graph::{Actor, Caller};
use crate::testing::{on_both_engines, person};
use uuid::Uuid;

fn guest_at(world: &World, level: Uuid) -> Caller {
    let mut caller = person(&world.guest, Vec::new());
    if let Actor::User(user) = &mut caller.actor {
        user.level = level;
    }
    caller
}

/// What a guest of this level may get: one who is equal to members what they get; below that, what the table says of guests,
/// and at the lowest level nobody else by name or id, who is then not there or refused.
fn is_right(row: &Row, level: Uuid, got: Reply) -> bool {
    if level == RESTRICTED && row.route.starts_with("GET /v1.0/users/{user}") {
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
        for row in API.iter().filter(|row| row.route.starts_with("GET ")) {
            for level in [MEMBER, LIMITED, RESTRICTED] {
                let answer = ask(&server, &world, &guest_at(&world, level), row).await;
                let got = reply(&answer);
                if !got.as_ref().is_ok_and(|got| is_right(row, level, *got)) {
                    wrong.push(format!("{level} {}: {got:?} instead of {:?}", row.route, expected(row, level)));
                }
                // Whom they did not name they do not find.
                let found = world.people_known().into_iter().find(|id| answer.text.contains(id));
                // Who somebody reports to is told with the person (default user permissions of guests).
                let leads_on = ["/manager", "/directReports"].iter().any(|end| row.route.ends_with(end));
                let is_named = |id: &&str| world.path(row.route).contains(*id) || (leads_on && level == LIMITED);
                if let Some(found) = found.filter(|id| level != MEMBER && !is_named(id)) {
                    wrong.push(format!("{level} {} shows {found}", row.route));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    })
    .await;
}
