//! What is kept, and who orders.
#![expect(clippy::missing_panics_doc, reason = "a test ends with a panic wherever something is not as it should be")]

use super::*;
use crate::Server;
use crate::testing::{TestServer, on_both_engines};

/// The certificate of the tests.
pub fn subject() -> Subject {
    Subject { directory: "https://acme.example/directory".to_owned(), host: "id.example.org".to_owned() }
}

/// Keeps an account and a certificate that say which they are.
pub async fn keep(server: &Server, subject: &Subject) {
    let mut tx = server.write().await.expect("a transaction");
    let account = Account { email: None, credentials: Zeroizing::new(b"an account".to_vec()) };
    let Server { master_key, entropy, .. } = server;
    let now = server.clock.now();
    keep_account(&mut tx, master_key, entropy, &subject.directory, &account, now).await.expect("kept");
    let certificate = certificate_from(now);
    keep_certificate(&mut tx, master_key, entropy, subject, &certificate).await.expect("kept");
    tx.commit().await.expect("a commit");
}

/// Both open with the master key of this server.
pub async fn assert_kept(server: &Server, subject: &Subject) {
    let mut tx = server.read().await.expect("a connection");
    let kept = account(&mut tx, &server.master_key, &subject.directory).await.expect("opens").expect("an account");
    assert_eq!(&**kept.credentials, b"an account");
    let kept = certificate(&mut tx, &server.master_key, subject).await.expect("opens").expect("a certificate");
    assert_eq!((kept.chain.as_str(), kept.key.as_str()), ("a chain", "a key"));
}

fn certificate_from(begins: Timestamp) -> Certificate {
    let validity = Validity { begins, ends: begins.plus(Duration::from_hours(24 * 90)) };
    Certificate { chain: "a chain".to_owned(), key: Zeroizing::new("a key".to_owned()), validity }
}

async fn takes(server: &TestServer, holder: Uuid) -> bool {
    let mut tx = server.write().await.expect("a transaction");
    let taken = take(&mut tx, &subject(), holder, server.clock.now()).await.expect("an answer");
    tx.commit().await.expect("a commit");
    taken
}

async fn fails(server: &TestServer, holder: Uuid) -> Duration {
    let now = server.clock.now();
    let mut tx = server.write().await.expect("a transaction");
    let next = fail(&mut tx, &subject(), holder, "no way", now).await.expect("written down");
    tx.commit().await.expect("a commit");
    next.since(now)
}

#[tokio::test]
async fn an_account_and_a_key_are_sealed_to_their_place() {
    on_both_engines(async |server| {
        let subject = subject();
        keep(&server, &subject).await;
        assert_kept(&server, &subject).await;
        let mut tx = server.read().await.expect("a connection");
        let row = store::certificate(&mut tx, &subject).await.expect("a row").expect("a row");
        assert!(!row.sealed.windows(5).any(|part| part == b"a key"), "the key is not readable");
        let other = Subject { host: "other.example.org".to_owned(), ..subject };
        assert!(certificate(&mut tx, &server.master_key, &other).await.expect("an answer").is_none());
        assert!(server.master_key.open(&certificate_place(&other), &row.sealed).is_err());
    })
    .await;
}

#[tokio::test]
async fn one_process_orders_until_it_is_done_or_gone() {
    on_both_engines(async |server| {
        let [one, other] = [server.entropy.random_uuid(), server.entropy.random_uuid()];
        assert!(takes(&server, one).await);
        assert!(!takes(&server, other).await, "it is under way");
        let mut tx = server.write().await.expect("a transaction");
        set_challenge(&mut tx, &subject(), other, b"of the other").await.expect("nothing");
        assert_eq!(challenge(&mut tx, &subject()).await.expect("an answer"), None, "only the holder answers");
        set_challenge(&mut tx, &subject(), one, b"a digest").await.expect("written");
        assert_eq!(challenge(&mut tx, &subject()).await.expect("an answer").as_deref(), Some(&b"a digest"[..]));
        tx.commit().await.expect("a commit");

        server.clock.advance(LEASE / 2);
        let mut tx = server.write().await.expect("a transaction");
        assert!(prolong(&mut tx, &subject(), one, server.clock.now()).await.expect("an answer"));
        tx.commit().await.expect("a commit");
        server.clock.advance(LEASE / 2);
        assert!(!takes(&server, other).await, "it was prolonged");
        server.clock.advance(LEASE);
        assert!(takes(&server, other).await, "the first is gone");
        let mut tx = server.write().await.expect("a transaction");
        assert!(!prolong(&mut tx, &subject(), one, server.clock.now()).await.expect("an answer"));
        assert_eq!(challenge(&mut tx, &subject()).await.expect("an answer"), None);
        release(&mut tx, &subject(), other).await.expect("released");
        tx.commit().await.expect("a commit");
        assert!(takes(&server, one).await);
    })
    .await;
}

#[tokio::test]
async fn failures_bring_pauses_that_a_certificate_or_somebody_ends() {
    on_both_engines(async |server| {
        let me = server.entropy.random_uuid();
        let mut pauses = Vec::new();
        for _ in 0..6 {
            assert!(takes(&server, me).await);
            let pause = fails(&server, me).await;
            assert!(!takes(&server, me).await, "not before the pause is over");
            server.clock.advance(pause);
            pauses.push(pause.as_secs() / 60);
        }
        assert_eq!(pauses, [5, 10, 20, 40, 60, 60]);
        assert!(takes(&server, me).await);
        fails(&server, me).await;
        let mut tx = server.write().await.expect("a transaction");
        try_now(&mut tx, &subject(), server.clock.now()).await.expect("brought forward");
        tx.commit().await.expect("a commit");
        assert!(takes(&server, me).await);

        let now = server.clock.now();
        let mut tx = server.write().await.expect("a transaction");
        succeed(&mut tx, &subject(), me, certificate_from(now).validity, now).await.expect("done");
        tx.commit().await.expect("a commit");
        let mut tx = server.read().await.expect("a connection");
        let told = order(&mut tx, &subject()).await.expect("an answer").expect("a row");
        assert_eq!((told.failures, told.failure.as_deref()), (0, Some("no way")), "what failed last stays to be read");
        assert_eq!(earliest(&mut tx, &subject(), now).await.expect("an answer"), now.plus(LONGEST_PAUSE));
    })
    .await;
}

#[tokio::test]
async fn after_the_clock_was_set_back_nobody_waits_for_it() {
    on_both_engines(async |server| {
        let [one, other] = [server.entropy.random_uuid(), server.entropy.random_uuid()];
        assert!(takes(&server, one).await);
        server.clock.set_back(Duration::from_hours(24));
        assert!(takes(&server, other).await, "a lease that is longer than any");
        fails(&server, other).await;
        server.clock.set_back(Duration::from_hours(24));
        let now = server.clock.now();
        let mut tx = server.read().await.expect("a connection");
        assert_eq!(earliest(&mut tx, &subject(), now).await.expect("an answer"), now);
        drop(tx);
        assert!(takes(&server, one).await, "a pause that is longer than any");
    })
    .await;
}
