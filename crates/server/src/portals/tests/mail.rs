//! The outbox in the portal.

use super::HOSTILE;
use crate::graph::Role;
use crate::invitations::wait_sentence;
use crate::outbox::{self, Kind, Message, Wait, Waits};
use crate::platform::ids::TenantId;
use crate::testing::{TestServer, on_both_engines};
use axum::http::{Request, StatusCode};
use std::time::Duration;

const PATH: &str = "/portal/contoso.example/mail";

/// Queues a mail and sends what is due.
pub(super) async fn send(server: &TestServer, tenant: TenantId, recipient: &str) {
    send_one(server, tenant, Kind::Notice, recipient).await;
}

async fn send_one(server: &TestServer, tenant: TenantId, kind: Kind, recipient: &str) {
    let message = Message {
        kind,
        recipient: recipient.to_owned(),
        cc: Vec::new(),
        reply_to: None,
        sender_name: "Contoso".to_owned(),
        subject: "Hello".to_owned(),
        html: "<p>Hello</p>".to_owned(),
        text: "Hello".to_owned(),
        invitation: None,
        expires_at: None,
        unsubscribe: None,
    };
    let prepared = outbox::prepare(server, tenant, &message);
    let mut tx = server.write().await.expect("a transaction");
    outbox::enqueue(&mut tx, server, prepared).await.expect("a mail");
    tx.commit().await.expect("a commit");
    server.run_due_jobs().await;
}

#[tokio::test]
async fn mail_is_listed_by_state_and_what_was_given_up_is_tried_again() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ines = server.member(&tenant, "ines", &[Role::UserAdministrator]).await;
        send(&server, tenant.id, "sam@partner.example").await;
        // No address, so the mail can never be written.
        send(&server, tenant.id, HOSTILE).await;
        let browser = server.signed_in(&ines).await;
        let all = browser.get(PATH).await.text;
        assert!(all.contains("sam@partner.example") && all.contains("Given up"), "{all}");
        assert!(!all.contains("<script>"), "X4: {all}");
        let sent = browser.get(&format!("{PATH}?state=handedToRelay")).await.text;
        assert!(sent.contains("sam@partner.example") && !sent.contains("Send again"));
        let failed = browser.get(&format!("{PATH}?state=refusedByRelay")).await.text;
        assert!(!failed.contains("sam@partner.example") && failed.contains("Send again"));
        let again = browser.submit_to("/retry", &[]).await.text;
        assert!(again.contains("The mail is sent again within a minute."), "{again}");
        assert!(browser.get(&format!("{PATH}?state=queued")).await.text.contains("Waiting"));
    })
    .await;
}

#[tokio::test]
async fn a_mail_says_what_it_waits_for_and_until_when() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let start = server.clock.now();
        for _ in 0..7 {
            send_one(&server, tenant.id, Kind::Invitation, "boss@contoso.example").await;
            server.clock.advance(Duration::from_hours(1));
        }
        let ines = server.member(&tenant, "ines", &[Role::UserAdministrator]).await;
        let browser = server.signed_in(&ines).await;
        let page = browser.get(PATH).await.text;
        assert_eq!(page.matches("The mail waits.").count(), 2, "{page}");
        for hours in [24, 25] {
            let waits = Waits { until: start.plus(Duration::from_hours(hours)), reason: Wait::Mailbox };
            assert!(page.contains(&wait_sentence(waits)), "{hours}: {page}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_outbox_is_for_administrators_of_users() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        for (name, roles, status) in [
            ("a", &[][..], StatusCode::FORBIDDEN),
            ("b", &[Role::GuestInviter], StatusCode::FORBIDDEN),
            ("c", &[Role::UserAdministrator], StatusCode::OK),
            ("d", &[Role::GlobalAdministrator], StatusCode::OK),
        ] {
            let user = server.member(&tenant, name, roles).await;
            let browser = server.signed_in(&user).await;
            assert_eq!(browser.get(PATH).await.status, status, "{roles:?}");
            let request = Request::post(format!("{PATH}/0/retry")).header("sec-fetch-site", "cross-site");
            let request = request.header("content-type", "application/x-www-form-urlencoded");
            let answer = browser.send(request.body("csrf=x".into()).expect("a request")).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN);
        }
    })
    .await;
}
