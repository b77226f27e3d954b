use super::{restore, save};
use crate::applications::Changes;
use crate::backups::Replace;
use crate::graph::Role;
use crate::invitations::operations::resend;
use crate::outbox::{self, Kind, Message};
use crate::platform::ids::TenantId;
use crate::redemption::tests::mailbox::newest_link;
use crate::redemption::tests::{Journey, LANDING};
use crate::sign_in::session::Method;
use crate::testing::{App, TestServer, on_both_engines, on_empty_databases};
use database::sql;
use std::time::Duration;

const CALLBACK: &str = "https://expenses.contoso.example/callback";
const OUTBOX: &str = "/portal/contoso.example/mail";
const SCOPE: &str = "openid offline_access";

/// Queues a mail that carries nothing that ends.
async fn queue_notice(server: &TestServer, tenant: TenantId) {
    let message = Message {
        kind: Kind::Notice,
        recipient: "priya@contoso.example".to_owned(),
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
}

async fn refresh(server: &TestServer, app: &App, token: &str) -> u16 {
    let fields = [
        ("grant_type", "refresh_token"),
        ("client_id", app.client_id.as_str()),
        ("client_secret", app.secret.as_str()),
        ("refresh_token", token),
    ];
    server.post_form(&format!("/{}/oauth2/v2.0/token", app.tenant), &fields, None).await.status.as_u16()
}

async fn activities(server: &TestServer, tenant: TenantId) -> Vec<String> {
    let mut tx = server.read().await.expect("a connection");
    let rows: Vec<(String,)> = tx
        .query(sql!("SELECT activity FROM directory_audit WHERE tenant_id = $1 ORDER BY at, id"))
        .bind(tenant)
        .fetch_all()
        .await
        .expect("the log");
    rows.into_iter().map(|(activity,)| activity).collect()
}

#[tokio::test]
async fn x9_what_was_open_is_void_after_a_restore_and_what_was_decided_lives() {
    on_both_engines(async |server| {
        let sam = Journey::begin(&server).await;
        let (tenant, administrator) = (sam.tenant.clone(), sam.administrator.clone());
        let invite =
            async |address| Journey::invite(&server, tenant.clone(), administrator.clone(), address, LANDING).await;
        let ben = invite("ben@fabrikam.example").await;
        ben.accept(&server.browser()).await;
        let ben_as_guest = ben.guest().await;
        let redirects = Some(vec![CALLBACK.to_owned()]);
        let app = server.app(&tenant, "Expenses", Changes { web_redirect_uris: redirects, ..Changes::default() }).await;
        let tokens = server.tokens_for(&app, CALLBACK, &ben_as_guest, Method::Passcode, SCOPE).await;
        let token = tokens["refresh_token"].as_str().expect("a refresh token").to_owned();
        let ines = server.member(&tenant, "ines", &[Role::UserAdministrator]).await;
        let signed_in = server.signed_in(&ines).await;
        assert_eq!(signed_in.get(OUTBOX).await.status, 200);
        let began = sam.ask(&server.browser()).await;
        assert_eq!(began.status, 200, "a code of Sam's is open");
        server.run_due_jobs().await;
        // Two mails wait when the backup is made: one with a link, one without.
        let late = invite("late@fabrikam.example").await;
        queue_notice(&server, tenant.id).await;

        let saved = save(&server).await;
        let now = server.clock.now().plus(Duration::from_hours(1));
        on_empty_databases(async |url| {
            let voided = restore(&saved.file, &url, Replace::Nothing, now).await.expect("a restore");
            assert_eq!((voided.invitations, voided.mails_dropped, voided.mails_held), (2, 1, 1));
            assert!(voided.sessions >= 2 && voided.grants == 1, "{voided:?}");
            let restored = TestServer::at(&url, now).await;

            let old = restored.browser();
            for name in signed_in.cookie_names() {
                old.set_cookie(&name, &signed_in.cookie(&name).unwrap_or_default());
            }
            old.get(OUTBOX).await;
            assert!(old.location().contains("sign-in"), "the session is void: {}", old.location());
            assert_eq!(refresh(&restored, &app, &token).await, 400, "the refresh token is void");
            for link in [&sam.link, &late.link] {
                let page = restored.browser().get(link).await;
                assert!(!page.text.contains("Accept and continue"), "the link is void: {}", page.text);
            }
            assert_eq!(restored.run_due_jobs().await, 0, "nothing is sent twice");

            let browser = restored.signed_in(&ines).await;
            let held = browser.get(&format!("{OUTBOX}?state=refusedByRelay")).await.text;
            assert!(held.contains("Held back by a restore"), "{held}");
            browser.submit_to("/retry", &[]).await;
            assert_eq!(restored.run_due_jobs().await, 1, "sent by hand");

            let tokens = restored.tokens_for(&app, CALLBACK, &ben_as_guest, Method::Passcode, SCOPE).await;
            let fresh = tokens["refresh_token"].as_str().expect("a refresh token");
            assert_eq!(refresh(&restored, &app, fresh).await, 200, "an accepted guest goes on");

            for journey in [&sam, &late] {
                resend(&restored, &administrator, journey.invitation.id).await.expect("it can be sent again");
                let again = Journey {
                    server: &restored,
                    tenant: tenant.clone(),
                    administrator: administrator.clone(),
                    invitation: journey.invitation.clone(),
                    guest: journey.guest.clone(),
                    link: newest_link(&restored).await,
                };
                again.accept(&restored.browser()).await;
                assert!(!again.guest().await.is_pending(), "the fresh link leads in");
            }
            let log = activities(&restored, tenant.id).await;
            assert!(log.contains(&"Redeem external user invite".to_owned()), "the log of before is there");
            assert_eq!(log.iter().filter(|activity| *activity == "Restore from backup").count(), 1);
            restored.database.close().await;
        })
        .await;
    })
    .await;
}
