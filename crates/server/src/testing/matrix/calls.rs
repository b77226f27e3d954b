//! Every page behind the sign-in shows the call that gives what stands on it.

use super::table::{Kind, PORTAL};
use super::world::World;
use crate::graph::Role;
use crate::testing::on_both_engines;

/// Pages that show no call, and why.
const WITHOUT: [(&str, &str); 1] =
    [("GET /portal/{tenant}/{*rest}", "it says that nothing is there, which is no answer of any call")];

/// How the part of a page begins that shows a call, in whatever language.
const CALL: &str = "<details class=\"call\">";

#[test]
fn pages_without_a_call_are_pages() {
    for (route, why) in WITHOUT {
        assert!(PORTAL.iter().any(|row| row.route == route), "{route} is no more: {why}");
    }
}

#[tokio::test]
async fn every_page_shows_the_call_behind_it_unless_there_is_none() {
    on_both_engines(async |server| {
        let world = World::new(&server, "Contoso", "contoso.example").await;
        let (mut wrong, mut pages) = (Vec::new(), 0);
        for (kind, user, _) in world.people(&server).await {
            if ![Kind::Guest, Kind::Holder(Role::GlobalAdministrator)].contains(&kind) {
                continue;
            }
            let browser = server.signed_in(&user).await;
            for row in PORTAL.iter().filter(|row| row.people.include(kind)) {
                let Some(path) = row.route.strip_prefix("GET ") else { continue };
                let answer = browser.get(&world.path(path)).await;
                // Files and pictures are no pages.
                if !answer.header("content-type").starts_with("text/html") {
                    continue;
                }
                pages += 1;
                let has_none = WITHOUT.iter().any(|(route, _)| *route == row.route);
                if answer.text.contains(CALL) == has_none {
                    wrong.push(format!("{kind:?} {}: {} {}", row.route, answer.status, browser.location()));
                }
            }
        }
        assert!(wrong.is_empty(), "pages without their call, or with one though they are listed: {wrong:#?}");
        assert!(pages > 60, "most pages were looked at: {pages}");
    })
    .await;
}
