//! The health of the server, as one organisation sees it.

use super::{HOSTILE, mail};
use crate::authorization::key_rotation;
use crate::graph::Role;
use crate::jobs;
use crate::testing::{TestServer, on_both_engines};
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
        let nothing = json!({ "standing": "good", "waiting": 0, "running": 0, "failed": 0, "earliestDateTime": null });
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
