//! The health of the server, as one organisation sees it.

use super::{HOSTILE, mail};
use crate::authorization::key_rotation;
use crate::graph::Role;
use crate::outbox::{self, Kind, Message};
use crate::testing::{TestServer, on_both_engines};
use crate::{dispatch, jobs};
use axum::http::{Method, StatusCode};
use database::sql;
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

/// Why a job is given up over which its processes died.
const CUT_OFF: &str = "Each process that tried it came to its end before it was done.";

/// Queues jobs, each as this says: where it stands, how many processes in a row died over it, and why it failed.
async fn queue_as(server: &TestServer, tenant: crate::platform::ids::TenantId, wanted: &[(&str, i64, Option<&str>)]) {
    let mut tx = server.write().await.expect("a transaction");
    for (state, deaths, reason) in wanted {
        let (subject, now) = (server.entropy.random_uuid(), server.clock.now());
        jobs::enqueue(&mut tx, server, tenant, jobs::Kind::ClearUp, subject, now).await.expect("a job");
        tx.query(sql!("UPDATE job SET state = $3, deaths = $4, last_error = $5 WHERE tenant_id = $1 AND subject = $2"))
            .bind(tenant)
            .bind(subject)
            .bind((*state).to_owned())
            .bind(*deaths)
            .bind(reason.map(str::to_owned))
            .execute()
            .await
            .expect("a change");
    }
    tx.commit().await.expect("a commit");
}

#[tokio::test]
async fn jobs_that_may_have_brought_the_server_down_are_told_with_what_became_of_them() {
    on_both_engines(async |server| {
        const OVERVIEW: &str = "/portal/contoso.example";
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let other = server.tenant("Fabrikam", "fabrikam.example").await;
        let administrator = server.administrator(&tenant).await;
        let ines = server.member(&tenant, "ines", &[Role::UserAdministrator]).await;
        let browser = server.signed_in(&ines).await;
        let numbers = async || {
            let answer = server.api_as(&administrator, Method::GET, "/vestibule/v1/health", &Value::Null).await;
            let queue = answer.json()["queue"].clone();
            assert_eq!(queue["standing"], "attention", "{queue}");
            (queue["suspects"].clone(), queue["failedSuspects"].clone())
        };
        // One death may be chance, a job that failed is another matter, and those of others are theirs.
        queue_as(&server, tenant.id, &[("waiting", 1, None), ("failed", 0, Some("away"))]).await;
        let others = [("waiting", 3, None), ("running", 2, None), ("failed", 0, Some(CUT_OFF))];
        queue_as(&server, other.id, &others).await;
        assert_eq!(numbers().await, (json!(0), json!(0)));
        for path in [PATH, OVERVIEW] {
            let page = browser.get(path).await.text;
            assert!(!page.contains("brought the server down"), "{page}");
        }

        queue_as(&server, tenant.id, &[("failed", 0, Some(CUT_OFF))]).await;
        assert_eq!(numbers().await, (json!(0), json!(1)));
        let health = browser.get(PATH).await.text;
        let said = "May have brought the server down</dt><dd><bdi>1 was given up</bdi>";
        assert!(health.contains(said) && health.contains("Some were given up"), "{health}");
        assert!(health.contains("href=\"/portal/contoso.example/jobs?state=failed\">See the jobs"), "{health}");
        let overview = browser.get(OVERVIEW).await.text;
        let said = "<span class=\"n\">1</span><span>job may have brought the server down<small>";
        assert!(overview.contains(said) && overview.contains("/jobs?state=failed\">See them"), "{overview}");

        queue_as(&server, tenant.id, &[("waiting", 2, None), ("running", 6, None)]).await;
        assert_eq!(numbers().await, (json!(2), json!(1)));
        let health = browser.get(PATH).await.text;
        assert!(health.contains("2 run apart, 1 was given up"), "{health}");
        assert!(health.contains("href=\"/portal/contoso.example/jobs\">See the jobs"), "{health}");
        let overview = browser.get(OVERVIEW).await.text;
        assert!(
            overview.contains("<span class=\"n\">3</span><span>jobs may have brought the server down"),
            "{overview}"
        );
        assert!(overview.contains("2 run apart, 1 was given up"), "{overview}");
        assert!(overview.contains("href=\"/portal/contoso.example/jobs\">See them"), "{overview}");

        let mut tx = server.write().await.expect("a transaction");
        let failed = sql!("DELETE FROM job WHERE tenant_id = $1 AND state = 'failed'");
        tx.query(failed).bind(tenant.id).execute().await.expect("removed");
        tx.commit().await.expect("a commit");
        assert_eq!(numbers().await, (json!(2), json!(0)));
        let health = browser.get(PATH).await.text;
        assert!(health.contains("Some run apart") && health.contains("something needs somebody"), "{health}");
    })
    .await;
}
