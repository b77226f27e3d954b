//! What was withdrawn after the backup was made: a restore brings none of it back to life.

use super::{restore, save};
use crate::backups::{Replace, announcement};
use crate::graph::{Permission, Role};
use crate::invitations::operations::revoke;
use crate::invitations::{Invitation, State, store};
use crate::platform::ids::TenantId;
use crate::redemption::tests::mailbox::{invitations_sent, newest_link};
use crate::redemption::tests::{Journey, LANDING, SAM, code};
use crate::testing::{Answer, Browser, TestServer, on_both_engines, on_empty_databases};
use axum::body::Body;
use axum::http::{Method, Request};
use database::sql;
use serde_json::Value;
use std::time::Duration;

const LIST: &str = "/portal/contoso.example/invitations?state=heldByRestore";

/// The same invitation as the server sees it that was restored.
fn seen_by<'s>(journey: &Journey<'_>, server: &'s TestServer, link: String) -> Journey<'s> {
    Journey {
        server,
        tenant: journey.tenant.clone(),
        administrator: journey.administrator.clone(),
        invitation: journey.invitation.clone(),
        guest: journey.guest.clone(),
        link,
    }
}

fn state(invitation: &Invitation, server: &TestServer) -> State {
    invitation.state(None, server.clock.now())
}

/// The value of a form on the page, by which a browser may post.
fn csrf(answer: &Answer) -> String {
    let value = answer.text.split("name=\"csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    value.expect("a form").to_owned()
}

/// Posts what the page of a dead link would post, from a browser that was shown no such form for it.
async fn ask_for_fresh(browser: &Browser<'_>, step: &str, csrf: &str) -> Answer {
    let request = Request::post(step)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin");
    let body = url::form_urlencoded::Serializer::new(String::new()).append_pair("csrf", csrf).finish();
    browser.send(request.body(Body::from(body)).expect("a request")).await
}

/// Presses "fresh" behind the old link, in each language of the page.
async fn try_by_link(journey: &Journey<'_>) {
    let browser = journey.server.browser();
    let page = journey.open(&browser).await;
    assert_eq!(page.status, 403, "{}", page.text);
    assert!(page.text.contains("This invitation is on hold") && page.text.contains("to send the invitation again"));
    assert!(!page.text.contains(SAM) && !page.text.contains("<form class=\"act\""), "{}", page.text);
    let german = page.text.split('"').find(|part| part.ends_with("/fresh?lang=de"));
    let step = german.expect("the page in German").to_owned();
    assert!(browser.get(&step).await.text.contains("Diese Einladung ruht"));
    let arabic = browser.get(&step.replace("lang=de", "lang=ar")).await;
    assert!(arabic.text.contains("هذه الدعوة معلّقة"), "{}", arabic.text);

    let made_up = browser.get(&format!("/{}/redeem?ticket=vsi_x", journey.tenant.id)).await;
    for _ in 0..2 {
        let step = step.replace("?lang=de", "");
        let asked = ask_for_fresh(&browser, &step, &csrf(&made_up)).await;
        assert_eq!(asked.status, 403, "{}", asked.text);
        assert!(asked.text.contains("This invitation is on hold"), "{}", asked.text);
    }
    assert_eq!(invitations_sent(journey.server).await, 0, "no link goes out");
}

/// Goes straight to My Apps and proves the mailbox there.
async fn try_by_sign_in(journey: &Journey<'_>) {
    let browser = journey.server.browser();
    browser.get("/myapps/contoso.example").await;
    browser.submit(&[("address", SAM)]).await;
    let code = code(journey.server, SAM).await;
    let page = browser.submit_to("/code", &[("code", &code)]).await;
    assert_eq!(page.status, 403, "{}", page.text);
    assert!(page.text.contains("This invitation is on hold"), "{}", page.text);
    let mut tx = journey.server.read().await.expect("a connection");
    let rows: Vec<(i64,)> = tx
        .query(sql!("SELECT error_code FROM sign_in WHERE tenant_id = $1 AND error_code = 50014"))
        .bind(journey.tenant.id)
        .fetch_all()
        .await
        .expect("the log");
    assert_eq!(rows.len(), 1, "the log says why");
}

#[tokio::test]
async fn x9_an_invitation_revoked_after_the_backup_lets_nobody_in_until_it_is_sent_again() {
    on_both_engines(async |server| {
        let sam = Journey::begin(&server).await;
        server.run_due_jobs().await;
        let saved = save(&server).await;
        revoke(&server, &sam.administrator, sam.invitation.id).await.expect("withdrawn after the backup");
        let now = server.clock.now().plus(Duration::from_mins(5));
        on_empty_databases(async |url| {
            let voided = restore(&saved.file, &url, Replace::Nothing, now).await.expect("a restore");
            assert_eq!(voided.invitations, 1);
            let restored = TestServer::at(&url, now).await;
            let again = seen_by(&sam, &restored, sam.link.clone());
            assert_eq!(state(&again.invitation().await, &restored), State::HeldByRestore);
            try_by_link(&again).await;
            try_by_sign_in(&again).await;
            assert!(again.guest().await.is_pending(), "nobody came in");
            let mut tx = restored.write().await.expect("a transaction");
            let accepted = store::mark_accepted(&mut tx, sam.tenant.id, sam.invitation.id, now).await;
            assert!(!accepted.expect("an answer"), "not even by a way that forgot to ask");
            drop(tx);

            let path = format!("/vestibule/v1/invitations/{}/resend", sam.invitation.id);
            let sent = restored.api_as(&sam.administrator, Method::POST, &path, &Value::Null).await;
            assert_eq!(sent.status, 200, "{}", sent.text);
            assert_eq!((&sent.json()["state"], &sent.json()["heldDateTime"]), (&Value::from("queued"), &Value::Null));
            let alive = seen_by(&sam, &restored, newest_link(&restored).await);
            alive.accept(&restored.browser()).await;
            assert!(!alive.guest().await.is_pending(), "sent again by the host, it leads in");
            restored.database.close().await;
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn x9_what_a_restore_holds_is_shown_with_its_reason_and_sent_again_all_at_once() {
    on_both_engines(async |server| {
        let sam = Journey::begin(&server).await;
        let ines = server.member(&sam.tenant, "ines", &[Role::UserAdministrator]).await;
        for address in ["ann@fabrikam.example", "ben@fabrikam.example", "wants.none@fabrikam.example"] {
            Journey::invite(&server, sam.tenant.clone(), sam.administrator.clone(), address, LANDING).await;
        }
        let saved = save(&server).await;
        let now = server.clock.now().plus(Duration::from_mins(5));
        on_empty_databases(async |url| {
            restore(&saved.file, &url, Replace::Nothing, now).await.expect("a restore");
            let restored = TestServer::at(&url, now).await;
            refuse_mail(&restored, sam.tenant.id, "wants.none@fabrikam.example").await;
            let browser = restored.signed_in(&ines).await;
            let overview = browser.get("/portal/contoso.example").await.text;
            assert!(overview.contains("invitations are held") && overview.contains(LIST), "{overview}");
            let one = browser.get(&format!("/portal/contoso.example/invitations/{}", sam.invitation.id)).await.text;
            assert!(one.contains("restored from a backup") && one.contains("Held after a restore"), "{one}");
            let guest = browser.get(&format!("/portal/contoso.example/users/{}", sam.guest.id)).await.text;
            assert!(guest.contains("may have been withdrawn since"), "{guest}");
            let list = browser.get(LIST).await.text;
            assert!(list.contains("ann@fabrikam.example") && list.contains("Send them all again"), "{list}");

            browser.get(&format!("{LIST}&ask=resend-held")).await;
            let done = browser.submit_to("/resend-held", &[]).await.text;
            assert!(done.contains("3 invitations were sent again. 1 could not be sent"), "{done}");
            assert!(!done.contains("ann@fabrikam.example") && done.contains("wants.none@fabrikam.example"), "{done}");
            assert_eq!(invitations_sent(&restored).await, 3);
            let path = "/vestibule/v1/invitations/resendHeld";
            let rest = restored.api_as(&sam.administrator, Method::POST, path, &Value::Null).await.json();
            assert_eq!((&rest["resent"], &rest["hasMore"]), (&Value::from(0), &Value::from(false)));
            assert_eq!(rest["refused"][0]["invitedUserEmailAddress"], "wants.none@fabrikam.example");
            restored.database.close().await;
        })
        .await;
    })
    .await;
}

/// The mailbox wants no invitations.
async fn refuse_mail(server: &TestServer, tenant: TenantId, address: &str) {
    let mut tx = server.write().await.expect("a transaction");
    tx.query(sql!("INSERT INTO invitation_block (tenant_id, address_folded, created_at) VALUES ($1, $2, $3)"))
        .bind(tenant)
        .bind(address.to_owned())
        .bind(server.clock.now())
        .execute()
        .await
        .expect("a block");
    tx.commit().await.expect("a commit");
}

#[tokio::test]
async fn x9_tokens_from_before_a_restore_are_refused_before_their_time_is_over() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let program = server.program(&tenant, &[Permission::UserReadAll]).await;
        let known = server.token(&program).await;
        let saved = save(&server).await;
        server.clock.advance(Duration::from_mins(1));
        let unknown = server.token(&program).await;
        let read = async |server: &TestServer, token: &str| {
            server.api(Method::GET, "/v1.0/users", token, &Value::Null).await.status
        };
        assert_eq!((read(&server, &known).await.as_u16(), read(&server, &unknown).await.as_u16()), (200, 200));
        let now = server.clock.now().plus(Duration::from_mins(5));
        on_empty_databases(async |url| {
            restore(&saved.file, &url, Replace::Nothing, now).await.expect("a restore");
            let restored = TestServer::at(&url, now).await;
            for token in [&known, &unknown] {
                assert_eq!(read(&restored, token).await, 401);
            }
            restored.clock.advance(Duration::from_secs(1));
            assert_eq!(read(&restored, &restored.token(&program).await).await, 200, "its secret gets it a new one");
            restored.database.close().await;
        })
        .await;
    })
    .await;
}

#[test]
fn x9_a_restore_says_first_what_it_cannot_know() {
    let said = announcement();
    for words in ["blocked or removed since", "secret that was taken away since", "are held", "sends them again"] {
        assert!(said.contains(words), "{words}: {said}");
    }
}
