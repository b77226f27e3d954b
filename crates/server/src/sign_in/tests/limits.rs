//! Attempts are counted where a restart does not forget them, and a burst is limited like a patient series.

use crate::platform::SecretHash;
use crate::sign_in::attempts::{self, Limit};
use crate::testing::on_both_engines;
use std::time::Duration;

const LIMIT: Limit = Limit { scope: "test", most: 5, window: Duration::from_mins(15) };

#[tokio::test]
async fn a_parallel_burst_gets_no_more_attempts_than_the_limit() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let subject = SecretHash::of(b"somebody");
        let tries = (0..20).map(|_| async {
            let mut tx = server.write().await.expect("a transaction");
            let counted = LIMIT.count(&mut tx, &server, tenant.id, &subject).await.expect("a count");
            tx.commit().await.expect("a commit");
            counted.is_within()
        });
        let within = futures_util::future::join_all(tries).await.into_iter().filter(|within| *within).count();
        assert_eq!(within, 5);

        let mut tx = server.write().await.expect("a transaction");
        let counted = LIMIT.read(&mut tx, &server, tenant.id, &subject).await.expect("a count");
        assert_eq!((counted.attempts, counted.is_within()), (20, false));
        server.clock.advance(counted.until.since(server.clock.now()));
        assert!(LIMIT.count(&mut tx, &server, tenant.id, &subject).await.expect("a count").is_within());
        server.clock.advance(attempts::LONGEST + LIMIT.window);
        assert_eq!(attempts::purge(&mut tx, &server).await.expect("a purge"), 2);
    })
    .await;
}

#[tokio::test]
async fn x7_one_ipv6_household_is_one_client_and_two_ipv4_addresses_are_two() {
    let client = |text: &str| attempts::client(Some(text.parse().expect("an address")));
    assert_eq!(client("2001:db8:1:2::1"), client("2001:db8:1:2:ffff::9"));
    assert_ne!(client("2001:db8:1:2::1"), client("2001:db8:1:3::1"));
    assert_ne!(client("192.0.2.1"), client("192.0.2.2"));
}

#[tokio::test]
async fn what_nobody_can_use_any_more_is_removed() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let user = super::member(&server, &tenant, "mara").await;
        let browser = server.browser();
        super::sign_in(&server, &tenant, &browser, "mara@contoso.example", super::PASSWORD).await;
        crate::sign_in::recovery::issue(&server, &tenant, &user.user_principal_name).await.expect("an answer");
        assert_eq!(crate::sign_in::purge(&server).await.expect("a purge"), 0);
        server.clock.advance(Duration::from_hours(72));
        let soon = crate::sign_in::purge(&server).await.expect("a purge");
        // The step and its two forms, the link, the counts of the client and of the account, and those of what strangers may
        // leave behind: of the network the step was begun in, of the one of its forms, of the server.
        assert_eq!(soon, 9);
        server.clock.advance(Duration::from_hours(400 * 24));
        // The session and the browser.
        assert_eq!(crate::sign_in::purge(&server).await.expect("a purge"), 2);
    })
    .await;
}

#[tokio::test]
async fn what_has_piled_up_is_removed_batch_by_batch() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        for hundred in 0..11_u32 {
            let mut tx = server.write().await.expect("a transaction");
            for one in 0..100_u32 {
                let subject = attempts::subject(&[&hundred.to_be_bytes(), &one.to_be_bytes()]);
                LIMIT.count(&mut tx, &server, tenant.id, &subject).await.expect("a count");
            }
            tx.commit().await.expect("a commit");
        }
        server.clock.advance(attempts::LONGEST + LIMIT.window);
        assert_eq!(crate::sign_in::purge(&server).await.expect("a purge"), 1100);
    })
    .await;
}

#[tokio::test]
async fn a_limit_that_was_reached_ends_within_its_window_after_the_clock_was_set_back() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let subject = SecretHash::of(b"somebody");
        for hours in [1, 24] {
            let mut tx = server.write().await.expect("a transaction");
            for _ in 0..=LIMIT.most {
                LIMIT.count(&mut tx, &server, tenant.id, &subject).await.expect("a count");
            }
            assert!(!LIMIT.read(&mut tx, &server, tenant.id, &subject).await.expect("a count").is_within());
            server.clock.set_back(Duration::from_hours(hours));
            let counted = LIMIT.count(&mut tx, &server, tenant.id, &subject).await.expect("a count");
            assert!(counted.is_within() && counted.until.since(server.clock.now()) <= LIMIT.window, "{hours} h");
            tx.commit().await.expect("a commit");
        }
    })
    .await;
}
