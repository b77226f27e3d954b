//! The pages of guests who come back.

use crate::sign_in::browser::Browser;
use crate::sign_in::continuation::{self, Beginning, Next};
use crate::tenants::{self, CollaborationSettings, PasscodesForGuests, Tenant};
use crate::testing::{self, Answer, Recorder, TestServer, on_both_engines};
use crate::users::{self, ExternalUserState, Identity, SignInType, User};
use axum::http::HeaderMap;
use database::sql;

const SAM: &str = "sam@fabrikam.example";

/// A guest who has accepted.
async fn accepted(server: &TestServer, tenant: &Tenant, address: &str) -> User {
    let guest = server.guest(tenant, address).await;
    let accepted = User { external_user_state: Some(ExternalUserState::Accepted), ..guest };
    let identity = Identity {
        sign_in_type: SignInType::Federated,
        issuer: Identity::MAIL_ISSUER.to_owned(),
        issuer_assigned_id: Some(address.to_owned()),
    };
    let mut tx = server.write().await.expect("a transaction");
    assert!(users::store::update(&mut tx, &accepted, server.clock.now()).await.expect("an answer"));
    users::store::insert_identity(&mut tx, tenant.id, accepted.id, &identity).await.expect("an identity");
    tx.commit().await.expect("a commit");
    accepted
}

/// Stands at the address page, on the way to `/style`; the path of the step.
async fn at_the_door(server: &TestServer, tenant: &Tenant, browser: &testing::Browser<'_>) -> String {
    let known = Browser::of(server, &HeaderMap::new());
    let cookie = known.set_cookie(server).expect("a new browser");
    let line = cookie.to_str().expect("ASCII").split(';').next().unwrap_or_default().to_owned();
    let (name, value) = line.split_once('=').expect("a cookie");
    browser.set_cookie(name, value);
    let next = Next::Portal { path: "/style".to_owned() };
    let mut tx = server.write().await.expect("a transaction");
    let step = continuation::begin(&mut tx, server, tenant.id, &known, Beginning::from(next)).await.expect("a step");
    tx.commit().await.expect("a commit");
    browser.get(&step.sign_in_path()).await;
    step.sign_in_path()
}

async fn code(server: &TestServer) -> String {
    server.run_due_jobs().await;
    let text = server.mailbox().first().expect("a mail").text.clone();
    text.split(|c: char| !c.is_ascii_digit()).find(|word| word.len() == 8).expect("a code").to_owned()
}

fn is_signed_in(browser: &testing::Browser<'_>) -> bool {
    browser.cookie_names().iter().any(|name| name.starts_with("vestibule-session-"))
}

#[tokio::test]
async fn a_guest_who_comes_back_signs_in_with_a_code_and_goes_on() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        accepted(&server, &tenant, SAM).await;
        let browser = server.browser();
        let step = at_the_door(&server, &tenant, &browser).await;
        let page = browser.submit(&[("address", "Sam@Fabrikam.Example")]).await;
        assert_eq!((page.status.as_u16(), browser.location()), (200, format!("{step}/code")));
        let code = code(&server).await;
        assert_eq!(server.mailbox()[0].to, vec![SAM.to_owned()], "the stored address, not the typed one");
        browser.submit_to("/code", &[("code", &code)]).await;
        assert_eq!(browser.location(), "/style");
        assert!(is_signed_in(&browser));
        let again = browser.get(&format!("{step}/code")).await;
        assert_eq!(again.status, 200);
        let replay = browser.submit_to("/code", &[("code", &code)]).await;
        assert_eq!(replay.status, 400, "a second use");
    })
    .await;
}

#[tokio::test]
async fn an_accepted_guest_signs_in_with_the_address_that_was_proved_and_not_with_a_changed_one() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let guest = accepted(&server, &tenant, SAM).await;
        let mut tx = server.write().await.expect("a transaction");
        let mut changed =
            users::store::find(&mut tx, tenant.id, guest.id).await.expect("an answer").expect("the guest");
        changed.mail = Some("mallory@evil.example".to_owned());
        assert!(users::store::update(&mut tx, &changed, server.clock.now()).await.expect("an answer"));
        tx.commit().await.expect("a commit");
        let browser = server.browser();
        at_the_door(&server, &tenant, &browser).await;
        browser.submit(&[("address", "mallory@evil.example")]).await;
        server.run_due_jobs().await;
        assert!(server.mailbox().is_empty(), "nothing is proved about the new address");
        at_the_door(&server, &tenant, &browser).await;
        browser.submit(&[("address", SAM)]).await;
        server.run_due_jobs().await;
        assert_eq!(server.mailbox()[0].to, vec![SAM.to_owned()]);
    })
    .await;
}

/// A page without what is new on every page, and without the address.
fn gist(answer: &Answer, address: &str) -> String {
    let mut text = answer.text.replace(address, "");
    for (before, after) in [("name=\"csrf\" value=\"", "\""), ("/sign-in/", "/"), ("/sign-in/", "\"")] {
        let mut parts = text.split(before);
        let mut cut = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            cut.push_str(part.split_once(after).map_or("", |(_, rest)| rest));
        }
        text = cut;
    }
    format!("{} {text}", answer.status)
}

#[tokio::test]
async fn i17_the_pages_do_not_tell_whether_an_address_is_known() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        accepted(&server, &tenant, SAM).await;
        server.guest(&tenant, "pending@fabrikam.example").await;
        let mut seen: Vec<Vec<String>> = Vec::new();
        for address in [SAM, "pending@fabrikam.example", "nobody@fabrikam.example"] {
            let browser = server.browser();
            at_the_door(&server, &tenant, &browser).await;
            let mut pages = vec![gist(&browser.submit(&[("address", address)]).await, address)];
            for _ in 0..6 {
                pages.push(gist(&browser.submit_to("/code", &[("code", "00000000")]).await, address));
            }
            for _ in 0..11 {
                pages.push(gist(&browser.submit_to("/resend", &[]).await, address));
                if pages.last().is_some_and(|page| page.starts_with("429")) {
                    break;
                }
            }
            seen.push(pages);
        }
        assert_eq!(seen[0], seen[2]);
        assert_eq!(seen[1], seen[2]);
        assert!(seen[0].last().is_some_and(|page| page.starts_with("429")), "the limit is the same too");
    })
    .await;
}

/// Blocks a guest.
async fn block(server: &TestServer, guest: &User) {
    let mut tx = server.write().await.expect("a transaction");
    let mut blocked =
        users::store::find(&mut tx, guest.tenant_id, guest.id).await.expect("an answer").expect("the guest");
    blocked.account_enabled = false;
    assert!(users::store::update(&mut tx, &blocked, server.clock.now()).await.expect("an answer"));
    tx.commit().await.expect("a commit");
}

#[tokio::test]
async fn i17_x6_a_code_is_the_same_work_for_known_unknown_and_blocked_and_so_is_its_mail() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        accepted(&server, &tenant, SAM).await;
        let blocked = accepted(&server, &tenant, "blocked@fabrikam.example").await;
        block(&server, &blocked).await;
        server.caught_up().await;
        // The first to come makes the server read what it keeps for everybody.
        let first = server.browser();
        at_the_door(&server, &tenant, &first).await;
        first.submit(&[("address", "first@fabrikam.example")]).await;
        server.run_due_jobs().await;
        let recorder = Recorder::start();
        let mut works = Vec::new();
        for address in [SAM, "nobody@fabrikam.example", "blocked@fabrikam.example"] {
            let browser = server.browser();
            at_the_door(&server, &tenant, &browser).await;
            recorder.take();
            browser.submit(&[("address", address)]).await;
            let asked = recorder.take();
            server.run_due_jobs().await;
            // What was handed over is noted, and what was not is removed: as many statements.
            let mailed = recorder.work().count();
            browser.submit_to("/code", &[("code", "00000000")]).await;
            works.push((asked, mailed, recorder.take()));
        }
        assert!(works[0].0.len() > 5 && works[0].1.1 > 3, "{:?}", works[0]);
        assert_eq!(works[1], works[0], "unknown");
        assert_eq!(works[2], works[0], "blocked");
        assert_eq!(server.mailbox().len(), 2, "nobody got a mail");
        let (rows,): (i64,) = {
            let mut tx = server.read().await.expect("a connection");
            let statement = sql!("SELECT COUNT(*) FROM mail WHERE tenant_id = $1");
            tx.query(statement).bind(tenant.id).fetch_one().await.expect("a count")
        };
        assert_eq!(rows, 2, "and no row is left of it");
    })
    .await;
}

#[tokio::test]
async fn a_blocked_guest_is_told_so_only_after_the_proof() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let guest = accepted(&server, &tenant, SAM).await;
        block(&server, &guest).await;
        let browser = server.browser();
        at_the_door(&server, &tenant, &browser).await;
        let page = browser.submit(&[("address", SAM)]).await;
        assert!(!page.text.contains("blocked"));
        let answer = browser.submit_to("/code", &[("code", &code(&server).await)]).await;
        assert_eq!(answer.status, 403);
        assert!(answer.text.contains("has blocked this account"));
        assert!(!is_signed_in(&browser));
    })
    .await;
}

#[tokio::test]
async fn no_code_is_sent_or_taken_where_the_organisation_has_switched_codes_off() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let sam = accepted(&server, &tenant, SAM).await;
        let set = async |passcodes| {
            let mut tx = server.write().await.expect("a transaction");
            let before = tenants::store::get_settings(&mut tx, tenant.id).await.expect("settings");
            let settings = CollaborationSettings { passcodes_for_guests: passcodes, ..before };
            assert!(tenants::store::update_settings(&mut tx, tenant.id, &settings).await.expect("an answer"));
            tx.commit().await.expect("a commit");
        };
        let browser = server.browser();
        let step = at_the_door(&server, &tenant, &browser).await;
        browser.submit(&[("address", SAM)]).await;
        let code = code(&server).await;
        set(PasscodesForGuests::Disabled).await;
        // A code that was sent before opens nothing, and no further one is sent; who is known here is not told.
        let refused = browser.submit_to("/code", &[("code", &code)]).await;
        assert_eq!(refused.status, 403);
        assert!(refused.text.contains("does not let guests in by a code"), "{}", refused.text);
        assert_eq!(browser.get(&format!("{step}/code")).await.status, 403);
        assert!(!is_signed_in(&browser));
        let sent = server.mailbox().len();
        for address in [SAM, "nobody@fabrikam.example"] {
            let other = server.browser();
            at_the_door(&server, &tenant, &other).await;
            let refused = other.submit(&[("address", address)]).await;
            assert_eq!(refused.status, 403, "{address}");
            assert!(refused.text.contains("does not let guests in by a code"), "{address}");
        }
        server.run_due_jobs().await;
        assert_eq!(server.mailbox().len(), sent);
        server.flush_sign_ins().await;
        let ada = server.administrator(&tenant).await;
        let path = format!("/v1.0/auditLogs/signIns?$filter=userId%20eq%20'{}'", sam.id);
        let logged = server.api_as(&ada, axum::http::Method::GET, &path, &serde_json::Value::Null).await.json();
        assert_eq!(logged["value"][0]["status"]["errorCode"], 130_501, "{logged}");
        // Guests who come back find the way open again.
        set(PasscodesForGuests::Enabled).await;
        at_the_door(&server, &tenant, &browser).await;
        let page = browser.submit(&[("address", SAM)]).await;
        assert_eq!(page.status, 200);
    })
    .await;
}
