//! Every write of the API is told by the audit, and a refused one leaves everything as it was (security check X10).

mod prepared;
mod told;

pub use prepared::{give_up, hold, prepared as ready};
pub use told::WRITES;

use super::roles::{LEAVING, through_an_app};
use super::table::Kind;
use super::world::World;
use crate::audit::{Activity, ChangeFilter, store};
use crate::graph::{Actor, Caller};
use crate::testing::{Answer, TestServer, on_both_engines, person};
use axum::http::Method;
use prepared::prepared;

/// What is wrong with the row of the audit that belongs to this answer to whoever asked.
async fn missing(server: &TestServer, caller: &Caller, answer: &Answer, activity: Activity) -> Option<String> {
    if !answer.status.is_success() {
        return Some(format!("{} {}", answer.status, answer.text));
    }
    let mut tx = server.read().await.expect("a connection");
    let filter = ChangeFilter::default();
    let rows = store::list_changes(&mut tx, caller.tenant, &filter, None, 1000).await.expect("the audit");
    let of_request: Vec<_> =
        rows.into_iter().filter(|row| row.correlation_id.to_string() == answer.header("request-id")).collect();
    let Actor::User(who) = &caller.actor else { panic!("a person") };
    let is_told = of_request.iter().any(|row| {
        row.activity == activity.name()
            && row.is_success()
            && row.initiator_id == Some(who.id.0)
            && row.initiator_name() == who.display_name
            && !row.target_name().is_empty()
    });
    (!is_told).then(|| format!("no row {:?} in {of_request:#?}", activity.name()))
}

async fn try_all(server: &TestServer, writes: &[(&str, Activity)]) {
    let mut wrong = Vec::new();
    for (count, (route, activity)) in writes.iter().enumerate() {
        let world = World::new(server, "Contoso", &format!("contoso{count}.example")).await;
        let people = world.people(server).await;
        let (_, user, roles) = people.into_iter().find(|(kind, ..)| *kind == Kind::Guest).expect("a guest");
        let guest = person(&user, roles);
        let stranger = through_an_app(server, guest.clone(), &[]);
        let (method, _) = route.split_once(' ').expect("method and path");
        let method: Method = method.parse().expect("a method");
        let (path, body) = prepared(server, &world, route).await;

        let before = server.contents().await;
        let refused = server.api_as(&stranger, method.clone(), &path, &body).await;
        // Somebody else's subscription is not there.
        let expected = if route.contains("{subscription}") { 404 } else { 403 };
        assert_eq!(refused.status, expected, "{route}: {}", refused.text);
        assert_eq!(refused.json()["error"]["innerError"]["request-id"], refused.header("request-id"), "{route}");
        assert_eq!(server.contents().await, before, "{route} was refused and changed something");

        let whoever_may = if *route == LEAVING { &guest } else { &world.administrator };
        let answer = server.api_as(whoever_may, method, &path, &body).await;
        let found = missing(server, whoever_may, &answer, *activity).await;
        wrong.extend(found.map(|found| format!("{route}: {found}")));
        assert_ne!(server.contents().await, before, "the contents show what {route} did");
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn every_write_is_told_by_the_audit_and_a_refused_one_changes_nothing() {
    // Everything in the database is compared, and each write has a tenant of its own: few of them share a database.
    for writes in WRITES.chunks(8) {
        on_both_engines(async |server| try_all(&server, writes).await).await;
    }
}
