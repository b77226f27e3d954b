//! Who may use an app, page by page in the admin centre.

use super::pages::{add, contoso};
use crate::applications::{self, AppRole};
use crate::graph::Caller;
use crate::service_principals::{NewAssignment, assign, store};
use crate::tenants::Tenant;
use crate::testing::{TestServer, on_both_engines};
use axum::http::StatusCode;
use std::ops::Range;
use std::time::Duration;

/// Assigns people to the only app there is.
async fn assign_people(server: &TestServer, tenant: &Tenant, numbers: Range<u32>) {
    let mut tx = server.read().await.expect("a connection");
    let app = applications::store::list(&mut tx, tenant.id).await.expect("apps").remove(0);
    let principal = store::find_by_client(&mut tx, tenant.id, app.app_id).await.expect("an answer").expect("there");
    drop(tx);
    let system = Caller::system(tenant.id);
    for number in numbers {
        let user = server.member(tenant, &format!("p{number:02}"), &[]).await;
        // Who was assigned first is told by a clock of milliseconds.
        server.clock.advance(Duration::from_secs(1));
        let mut tx = server.write().await.expect("a transaction");
        let new = NewAssignment { principal: user.id.into(), resource: principal.id, role: AppRole::DEFAULT };
        assign(&mut tx, server, &system, new).await.expect("assigned");
        tx.commit().await.expect("a commit");
    }
}

/// Which of these people a page shows, by their numbers.
fn shown(page: &str, numbers: Range<u32>) -> Vec<u32> {
    numbers.filter(|number| page.contains(&format!("Remove p{number:02}, Default access"))).collect()
}

fn link(page: &str, rel: &str) -> Option<String> {
    let tag = page.split("<a ").find(|tag| tag.contains(&format!("rel=\"{rel}\"")))?;
    Some(tag.split("href=\"").nth(1)?.split('"').next()?.replace("&#38;", "&"))
}

#[tokio::test]
async fn those_who_are_assigned_come_page_by_page() {
    on_both_engines(async |server| {
        let (tenant, browser) = contoso(&server).await;
        let here = add(&browser, "Expenses").await;
        assign_people(&server, &tenant, 0..25).await;
        let only = browser.get(&here).await.text;
        assert_eq!(shown(&only, 0..25), Vec::from_iter(0..25), "{only}");
        assert_eq!((link(&only, "next"), link(&only, "prev")), (None, None), "{only}");
        assert!(only.contains("neither the 25 who are assigned"), "{only}");

        assign_people(&server, &tenant, 25..28).await;
        let first = browser.get(&here).await.text;
        assert_eq!(shown(&first, 0..28), Vec::from_iter(0..25), "{first}");
        assert!(first.contains("Pick all 25 on this page"), "{first}");
        let second = browser.get(&link(&first, "next").expect("a second page")).await.text;
        assert_eq!(shown(&second, 0..28), [25, 26, 27], "{second}");
        assert_eq!((link(&second, "next"), link(&second, "prev")), (None, Some(here.clone())), "{second}");
        for page in [&first, &second] {
            assert!(page.contains("neither the 28 who are assigned"), "all of them are counted: {page}");
        }

        let all = second.split("href=\"").find(|rest| rest.contains("pick=all")).expect("the way to pick all");
        let all = all.split('"').next().unwrap_or_default().replace("&#38;", "&");
        let picked = browser.get(&all).await.text;
        assert_eq!(shown(&picked, 0..28), [25, 26, 27], "picking all stays on the page: {picked}");
        assert_eq!(picked.matches(" checked").count(), second.matches(" checked").count() + 3, "{picked}");

        assert_eq!(browser.get(&format!("{here}?after=x")).await.status, StatusCode::BAD_REQUEST);
        let behind = browser.get(&format!("{here}?after=ffffffff-ffff-ffff-ffff-ffffffffffff")).await.text;
        assert!(behind.contains("Nobody else is assigned."), "{behind}");
        assert_eq!(link(&behind, "prev"), Some(here), "{behind}");
    })
    .await;
}
