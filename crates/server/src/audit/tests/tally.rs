//! Sign-ins by day: the same numbers before and after an hour was counted.

use super::tried;
use crate::audit::sign_in::{self, SignIn};
use crate::audit::tally::{self, DAYS};
use crate::dispatch;
use crate::platform::ids::TenantId;
use crate::testing::{TestServer, on_both_engines};
use database::sql;
use std::time::Duration;

const HOUR: Duration = Duration::from_hours(1);

/// Let in and turned away, today and on the days before, today first.
async fn seen(server: &TestServer, tenant: TenantId) -> Vec<(i64, i64)> {
    let mut tx = server.read().await.expect("a connection");
    let days = tally::days(&mut tx, tenant, server.clock.now()).await.expect("the days");
    assert_eq!(i64::try_from(days.len()), Ok(DAYS));
    assert!(
        days.windows(2).all(|pair| pair[1].begins.microseconds() - pair[0].begins.microseconds() == 86_400_000_000)
    );
    let mut seen: Vec<_> = days.iter().map(|day| (day.let_in, day.turned_away)).collect();
    while seen.first() == Some(&(0, 0)) {
        seen.remove(0);
    }
    seen.reverse();
    seen
}

async fn kept(server: &TestServer, tenant: TenantId) -> Vec<(i64, i64, i64)> {
    let mut tx = server.read().await.expect("a connection");
    let query = tx.query(sql!("SELECT hour, let_in, turned_away FROM sign_in_hour WHERE tenant_id = $1 ORDER BY hour"));
    query.bind(tenant).fetch_all().await.expect("rows")
}

#[tokio::test]
async fn an_hour_is_counted_once_and_shown_before_and_after() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let other = server.tenant("Fabrikam", "fabrikam.example").await;
        let [ines, ada] = [&tenant, &other].map(|tenant| server.member(tenant, "ines", &[]));
        let (ines, ada) = (ines.await, ada.await);
        tried(&server, &ines, 1, 0).await;
        tried(&server, &ines, 2, 50126).await;
        tried(&server, &ada, 3, 0).await;
        let program = SignIn { is_interactive: false, ..SignIn::default() };
        let mut tx = server.write().await.expect("a transaction");
        sign_in::record(&mut tx, &server, tenant.id, program).await.expect("a row");
        tx.commit().await.expect("a commit");
        assert_eq!(seen(&server, tenant.id).await, [(1, 1)], "programs are left out, others too");

        assert_eq!(tally::settle(&server, tenant.id).await.expect("a count"), 0, "the hour is not over");
        server.clock.advance(HOUR + Duration::from_mins(9));
        assert_eq!(tally::settle(&server, tenant.id).await.expect("a count"), 0, "somebody may still write");
        server.clock.advance(Duration::from_mins(1));
        tried(&server, &ines, 4, 0).await;
        dispatch::count(&server).await.expect("a count");
        assert_eq!(kept(&server, tenant.id).await.iter().map(|row| (row.1, row.2)).collect::<Vec<_>>(), [(1, 1)]);
        assert_eq!(kept(&server, other.id).await.len(), 1);
        assert_eq!(seen(&server, tenant.id).await, [(2, 1)]);
        assert_eq!(tally::settle(&server, tenant.id).await.expect("a count"), 0, "nothing is counted twice");

        // Hours without a sign-in are passed over, and a day is what its hours are together.
        server.clock.advance(Duration::from_hours(26));
        tried(&server, &ines, 5, 50126).await;
        server.clock.advance(2 * HOUR);
        assert_eq!(tally::settle(&server, tenant.id).await.expect("a count"), 2);
        assert_eq!(seen(&server, tenant.id).await, [(0, 1), (2, 1)]);
    })
    .await;
}

#[tokio::test]
async fn what_was_counted_outlives_the_log_and_ends_after_thirty_days() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ines = server.member(&tenant, "ines", &[]).await;
        tried(&server, &ines, 1, 0).await;
        server.clock.advance(2 * HOUR);
        dispatch::count(&server).await.expect("a count");
        let mut tx = server.write().await.expect("a transaction");
        let removed = crate::audit::store::purge_sign_ins(&mut tx, server.clock.now(), 10).await.expect("a purge");
        tx.commit().await.expect("a commit");
        assert_eq!((removed, seen(&server, tenant.id).await), (1, vec![(1, 0)]));

        server.clock.advance(Duration::from_hours(24 * 29));
        tried(&server, &ines, 2, 0).await;
        assert_eq!(seen(&server, tenant.id).await.len(), 30);
        server.clock.advance(Duration::from_hours(24));
        dispatch::count(&server).await.expect("a count");
        assert_eq!(seen(&server, tenant.id).await, [(0, 0), (1, 0)]);
        assert_eq!(kept(&server, tenant.id).await.len(), 1, "the first hour is forgotten");
    })
    .await;
}

#[tokio::test]
async fn a_clock_that_was_set_back_hides_nobody() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ines = server.member(&tenant, "ines", &[]).await;
        server.clock.advance(5 * HOUR);
        tried(&server, &ines, 1, 0).await;
        server.clock.advance(2 * HOUR);
        dispatch::count(&server).await.expect("a count");
        server.clock.set_back(6 * HOUR);
        tried(&server, &ines, 2, 50126).await;
        assert_eq!(seen(&server, tenant.id).await, [(1, 1)]);
        server.clock.advance(2 * HOUR);
        dispatch::count(&server).await.expect("a count");
        server.clock.advance(5 * HOUR);
        dispatch::count(&server).await.expect("a count");
        assert_eq!(seen(&server, tenant.id).await, [(1, 1)]);
        assert_eq!(kept(&server, tenant.id).await.len(), 2);
    })
    .await;
}
