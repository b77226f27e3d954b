//! When a mail goes to a mailbox that has had its five of the day.

use super::{find, message, send};
use crate::outbox::{Limits, State, Wait, withdraw};
use crate::platform::Timestamp;
use crate::platform::ids::{MailId, TenantId};
use crate::testing::{TestServer, on_both_engines};
use std::time::Duration;

const HOUR: Duration = Duration::from_hours(1);
const BOSS: &str = "boss@contoso.example";

/// Five mails that went out an hour apart.
async fn five(server: &TestServer, tenant: TenantId) {
    for _ in 0..5 {
        send(server, tenant, &message(BOSS)).await;
        assert_eq!(server.run_due_jobs().await, 1);
        server.clock.advance(HOUR);
    }
}

/// Mails behind each other that find the mailbox full.
async fn waiting(server: &TestServer, tenant: TenantId, count: usize) -> Vec<MailId> {
    let mut mails = Vec::new();
    for spelling in [BOSS, "Boss@contoso.example"].iter().cycle().take(count) {
        mails.push(send(server, tenant, &message(spelling)).await);
        server.clock.advance(Duration::from_millis(1));
    }
    assert_eq!(server.run_due_jobs().await, count, "each is looked at");
    mails
}

/// When a mail goes, as people are told.
async fn told(server: &TestServer, tenant: TenantId, mail: MailId) -> Option<Timestamp> {
    let mut tx = server.read().await.expect("a connection");
    let waits = Limits::new(server, tenant, server.clock.now()).wait_of(&mut tx, mail).await.expect("an answer");
    waits.map(|waits| {
        assert_eq!(waits.reason, Wait::Mailbox);
        waits.until
    })
}

#[tokio::test]
async fn each_of_those_who_wait_goes_when_they_were_told() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await.id;
        let start = server.clock.now();
        five(&server, tenant).await;
        let mails = waiting(&server, tenant, 7).await;
        let mut promised = Vec::new();
        for mail in &mails {
            promised.extend(told(&server, tenant, *mail).await);
        }
        assert_eq!(promised, [24, 25, 26, 27, 28, 48, 49].map(|hours| start.plus(hours * HOUR)));
        for (at, until) in promised.into_iter().enumerate() {
            server.clock.advance(until.since(server.clock.now()) - Duration::from_secs(1));
            server.run_due_jobs().await;
            assert_eq!(find(&server, tenant, mails[at]).await.0.state, State::Queued, "{at} is not let through before");
            server.clock.advance(Duration::from_secs(1));
            server.run_due_jobs().await;
            assert_eq!(find(&server, tenant, mails[at]).await.0.state, State::HandedToRelay, "{at}");
            for behind in &mails[at + 1..] {
                assert_eq!(find(&server, tenant, *behind).await.0.state, State::Queued, "behind {at}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn one_that_is_taken_back_is_waited_for_no_more() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await.id;
        let start = server.clock.now();
        five(&server, tenant).await;
        let mails = waiting(&server, tenant, 2).await;
        assert_eq!(told(&server, tenant, mails[1]).await, Some(start.plus(25 * HOUR)));
        let mut tx = server.write().await.expect("a transaction");
        withdraw(&mut tx, tenant, mails[0]).await.expect("taken back");
        tx.commit().await.expect("a commit");
        assert_eq!(told(&server, tenant, mails[1]).await, Some(start.plus(24 * HOUR)));
        assert_eq!(told(&server, tenant, mails[0]).await, None);
    })
    .await;
}
