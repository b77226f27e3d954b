//! The health of the server, as one organisation sees it.

use super::{HOSTILE, mail};
use crate::authorization::key_rotation;
use crate::graph::Role;
use crate::outbox::{self, Kind, Message};
use crate::testing::{TestServer, on_both_engines};
use crate::{dispatch, jobs};
use axum::http::{Method, StatusCode};
use oauth::jose::Algorithm;
use serde_json::{Value, json};
use std::time::Duration;

const PATH: &str = "/portal/contoso.example/health";

async fn queue(server: &TestServer, tenant: crate::platform::ids::TenantId) {
    let mut tx = server.write().await.expect("a transaction");
    let (subject, now) = (server.entropy.random_uuid(), server.clock.now());
    jobs::enqueue(&mut tx, server, tenant, jobs::Kind::SendMail, subject, now).await.expect("a job");
    tx.commit().await.expect("a commit");
}

#[tokio::test]
async fn the_health_is_that_of_ones_own_organisation() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let other = server.tenant("Fabrikam", "fabrikam.example").await;
        let administrator = server.administrator(&tenant).await;
        mail::send(&server, other.id, "550 at Fabrikam").await;
        queue(&server, other.id).await;
        server.clock.advance(Duration::from_mins(10));
        let ask = async || {
            let answer = server.api_as(&administrator, Method::GET, "/vestibule/v1/health", &Value::Null).await;
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
            assert!(!answer.text.contains("Fabrikam"), "{}", answer.text);
            answer.json()
        };
        let health = ask().await;
        let nothing = json!({
            "standing": "good", "waiting": 0, "running": 0, "failed": 0, "suspects": 0, "failedSuspects": 0,
            "earliestDateTime": null,
        });
        assert_eq!(health["queue"], nothing);
        assert_eq!(health["mail"]["standing"], "good");
        assert_eq!(
            (&health["dateTime"], &health["startedDateTime"]),
            (&json!("2026-11-23T09:10:00Z"), &json!("2026-11-23T09:00:00Z"))
        );
        assert!(
            health["database"]["readMilliseconds"].is_number() && health["database"]["writeMilliseconds"].is_number()
        );
        assert_eq!(health["version"], env!("CARGO_PKG_VERSION"));

        // No address, so the mail is given up.
        mail::send(&server, tenant.id, HOSTILE).await;
        let health = ask().await;
        assert_eq!(
            (&health["mail"]["standing"], &health["mail"]["lastFailureDateTime"]),
            (&json!("bad"), &health["dateTime"])
        );
        assert_eq!((&health["queue"]["standing"], &health["queue"]["failed"]), (&json!("attention"), &json!(1)));
        server.clock.advance(Duration::from_mins(1));
        mail::send(&server, tenant.id, "sam@partner.example").await;
        assert_eq!(ask().await["mail"]["lastHandedOverDateTime"], json!("2026-11-23T09:11:00Z"));
        assert_eq!(ask().await["mail"]["standing"], "good", "the relay has taken one since");
        queue(&server, tenant.id).await;
        server.clock.advance(Duration::from_mins(6));
        let health = ask().await;
        assert_eq!((&health["queue"]["standing"], &health["queue"]["waiting"]), (&json!("bad"), &json!(1)));
    })
    .await;
}

#[tokio::test]
async fn the_page_says_what_does_not_work_and_where_it_is_mended() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ines = server.member(&tenant, "ines", &[Role::UserAdministrator]).await;
        let browser = server.signed_in(&ines).await;
        let page = browser.get(PATH).await.text;
        assert!(page.contains("<h1>Everything works.</h1>") && page.contains("Answers"), "{page}");
        assert!(page.contains("None yet. The first sign-in"), "{page}");
        server.signing_keys.signer(&server, tenant.id, Algorithm::Es256).await.expect("a key");
        let page = browser.get(PATH).await.text;
        assert!(page.contains("ES256") && page.contains("(0 days ago)") && page.contains(">Signs<"), "{page}");
        assert!(page.contains("By itself: another key signs from 21 Feb 2027."), "{page}");
        mail::send(&server, tenant.id, HOSTILE).await;
        let page = browser.get(PATH).await.text;
        assert!(page.contains("<h1>Something does not work.</h1>") && page.contains("Does not go out"), "{page}");
        assert!(page.contains("/portal/contoso.example/jobs?state=failed") && !page.contains("<script>"), "X4: {page}");
        queue(&server, tenant.id).await;
        server.clock.advance(Duration::from_mins(7));
        let page = browser.get(PATH).await.text;
        assert!(page.contains("Late by") && page.contains("7 minutes"), "{page}");
    })
    .await;
}

#[tokio::test]
async fn a_key_that_nobody_exchanged_is_told_as_soon_as_it_should_not_sign_any_more() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let administrator = server.administrator(&tenant).await;
        let ines = server.member(&tenant, "ines", &[Role::UserAdministrator]).await;
        server.signing_keys.signer(&server, tenant.id, Algorithm::Es256).await.expect("a key");
        let standing = async || {
            let answer = server.api_as(&administrator, Method::GET, "/vestibule/v1/health", &Value::Null).await;
            answer.json()["signingKeys"]["standing"].clone()
        };
        server.clock.advance(Duration::from_hours(24 * 90));
        assert_eq!(standing().await, "good");
        server.clock.advance(Duration::from_secs(1));
        assert_eq!(standing().await, "attention");
        let page = server.signed_in(&ines).await.get(PATH).await.text;
        assert!(page.contains("Not exchanged in time") && page.contains("It was due on 21 Feb 2027"), "{page}");
        key_rotation::rotate(&server, &tenant, Algorithm::Es256).await.expect("the next key");
        assert_eq!(standing().await, "good");
    })
    .await;
}

/// Queues a mail that nobody sends yet.
async fn owe(server: &TestServer, tenant: crate::platform::ids::TenantId, kind: Kind, lifetime: Option<Duration>) {
    let message = Message {
        kind,
        recipient: "sam@partner.example".to_owned(),
        cc: Vec::new(),
        reply_to: None,
        sender_name: "Contoso".to_owned(),
        subject: "Hello".to_owned(),
        html: "<p>Hello</p>".to_owned(),
        text: "Hello".to_owned(),
        invitation: None,
        expires_at: lifetime.map(|lifetime| server.clock.now().plus(lifetime)),
        unsubscribe: None,
    };
    let prepared = outbox::prepare(server, tenant, &message);
    let mut tx = server.write().await.expect("a transaction");
    outbox::enqueue(&mut tx, server, prepared).await.expect("a mail");
    tx.commit().await.expect("a commit");
}

#[tokio::test]
async fn a_relay_that_is_away_is_told_until_it_is_back_and_for_a_day() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let administrator = server.administrator(&tenant).await;
        let ines = server.member(&tenant, "ines", &[Role::UserAdministrator]).await;
        let mail = async || {
            let answer = server.api_as(&administrator, Method::GET, "/vestibule/v1/health", &Value::Null).await;
            answer.json()["mail"].clone()
        };
        let alone = server.without_relay().await;
        owe(&server, tenant.id, Kind::Notice, None).await;
        owe(&server, tenant.id, Kind::Passcode, Some(Duration::from_mins(15))).await;
        for _ in 0..20 {
            jobs::run_due(&alone, dispatch::HANDS).await.expect("the queue");
            server.clock.advance(Duration::from_mins(1));
        }
        let health = mail().await;
        assert_eq!((&health["standing"], &health["tooLate"]), (&json!("bad"), &json!(1)), "{health}");
        assert_eq!(health["owedSinceDateTime"], "2026-11-23T09:00:00Z", "from when it was first due: {health}");
        assert_eq!(health["lastTooLateDateTime"], "2026-11-23T09:16:00Z", "{health}");
        let browser = server.signed_in(&ines).await;
        let page = browser.get(PATH).await.text;
        assert!(page.contains("<h1>Something does not work.</h1>") && page.contains("Does not go out"), "{page}");
        assert!(page.contains("Oldest still owed for") && page.contains("20 minutes"), "{page}");
        assert!(page.contains("Too late in 24 hours") && page.contains("1, the last "), "{page}");
        let overview = browser.get("/portal/contoso.example").await.text;
        assert!(overview.contains("mail is not taken by the relay"), "{overview}");
        assert!(overview.contains("mail was too late to be sent"), "{overview}");

        server.clock.advance(Duration::from_hours(2));
        server.run_due_jobs().await;
        let health = mail().await;
        assert_eq!(
            (&health["standing"], &health["owedSinceDateTime"]),
            (&json!("attention"), &Value::Null),
            "{health}"
        );
        server.clock.advance(Duration::from_hours(24));
        assert_eq!(mail().await["standing"], "good");
    })
    .await;
}
