//! What people who are not known can make the server write down.

use crate::sign_in::attempts;
use crate::sign_in::strangers::{ALL, FROM_NETWORK, everybody};
use crate::testing::{TestServer, on_both_engines};
use database::sql_across;
use std::net::IpAddr;
use std::time::Duration;

const PAGES: [&str; 2] = ["/portal/contoso.example/invitations", "/myapps/contoso.example"];

/// Uses up what a network may have written down in this hour.
async fn exhaust(server: &TestServer, address: &str, limit: attempts::Limit) {
    let address: IpAddr = address.parse().expect("an address");
    let mut tx = server.write().await.expect("a transaction");
    let network = attempts::client(Some(address));
    let subject = if limit.most == ALL.most { everybody() } else { network };
    limit.charge_globally(&mut tx, server, &subject, limit.most).await.expect("a count");
    tx.commit().await.expect("a commit");
}

/// Rows that were written for people on the way in.
async fn rows(server: &TestServer) -> (i64, i64) {
    let mut tx = server.read().await.expect("a connection");
    let statement = sql_across!(
        "rows of a test",
        "SELECT (SELECT COUNT(*) FROM continuation), (SELECT COUNT(*) FROM spent_form_value)"
    );
    tx.query(statement).fetch_one().await.expect("counts")
}

#[tokio::test]
async fn x7_a_network_that_has_asked_enough_makes_the_server_write_nothing_more() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let before = server.browser();
        before.get(PAGES[0]).await;
        exhaust(&server, "192.0.2.1", FROM_NETWORK).await;
        let written = rows(&server).await;
        let link = format!("/{}/redeem?ticket=nothing", tenant.id);
        for page in [PAGES[0], PAGES[1], &link] {
            let answer = server.browser().get(page).await;
            assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (429, "60"), "{page}");
        }
        let answer = before.submit(&[("address", "sam@fabrikam.example")]).await;
        assert_eq!(answer.status, 429, "nor does a form");
        assert_eq!(rows(&server).await, written);

        let elsewhere = server.browser();
        elsewhere.move_to("192.0.2.2");
        assert_eq!(elsewhere.get(PAGES[0]).await.status, 200, "other networks go on");
        server.clock.advance(Duration::from_hours(1));
        assert_eq!(server.browser().get(PAGES[0]).await.status, 200, "and this one in the next hour");
    })
    .await;
}

#[tokio::test]
async fn o5_when_the_whole_server_is_flooded_each_network_still_gets_in() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        super::member(&server, &tenant, "mara").await;
        exhaust(&server, "192.0.2.1", ALL).await;
        let browser = server.browser();
        browser.get(PAGES[0]).await;
        browser.submit(&[("address", "mara@contoso.example")]).await;
        browser.submit(&[("password", super::PASSWORD)]).await;
        assert!(browser.cookie_names().iter().any(|name| name.contains("session")), "{}", browser.page());
        let mut last = 200;
        for _ in 0..30 {
            let stranger = server.browser();
            last = stranger.get(PAGES[0]).await.status.as_u16();
        }
        assert_eq!(last, 429, "but no network gets many");
    })
    .await;
}

#[tokio::test]
async fn o5_a_browser_that_was_signed_in_before_gets_in_beside_a_flood_from_its_own_network() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        super::member(&server, &tenant, "mara").await;
        let own = server.browser();
        super::sign_in(&server, &tenant, &own, "mara@contoso.example", super::PASSWORD).await;
        exhaust(&server, "192.0.2.1", FROM_NETWORK).await;
        assert_eq!(server.browser().get(PAGES[0]).await.status, 429);
        super::sign_in(&server, &tenant, &own, "mara@contoso.example", super::PASSWORD).await;
        assert!(super::has_arrived(&own), "{}", own.page());
    })
    .await;
}

#[tokio::test]
async fn a_long_request_costs_more_than_a_short_one() {
    on_both_engines(async |server| {
        server.tenant("Contoso", "contoso.example").await;
        let units = async || {
            let network = attempts::client(Some(IpAddr::from([192, 0, 2, 1])));
            let mut tx = server.write().await.expect("a transaction");
            FROM_NETWORK.charge_globally(&mut tx, &server, &network, 0).await.expect("a count").attempts
        };
        server.browser().get(PAGES[0]).await;
        assert_eq!(units().await, 1);
        server.browser().get(&format!("{}?x={}", PAGES[0], "y".repeat(9_000))).await;
        assert_eq!(units().await, 4);
    })
    .await;
}
