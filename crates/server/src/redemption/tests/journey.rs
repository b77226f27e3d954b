use super::mailbox::codes_sent;
use super::{Journey, LANDING, SAM};
use crate::sign_in::session::Method;
use crate::testing::{TestServer, on_both_engines};
use crate::users::{self, ExternalUserState, SignInType};
use database::sql;
use std::time::Duration;

#[tokio::test]
async fn a_guest_accepts_on_two_pages_and_stands_signed_in_at_the_landing_address() {
    on_both_engines(async |server| {
        let journey = Journey::begin(&server).await;
        let browser = server.browser();
        let page = journey.open(&browser).await;
        assert_eq!(page.status, 200);
        for words in ["Contoso", "contoso.example", SAM, "Please file your expenses here.", "Accept and continue"] {
            assert!(page.text.contains(words), "{words}");
        }
        assert_eq!(codes_sent(&server).await, 0, "opening sends nothing");
        let page = browser.submit(&[]).await;
        assert!(browser.location().ends_with("/code"), "{}", browser.location());
        assert!(page.text.contains(SAM));
        assert_eq!(codes_sent(&server).await, 1);
        let answer = browser.submit_to("/code", &[("code", &journey.code().await)]).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, LANDING));

        let guest = journey.guest().await;
        assert_eq!(guest.external_user_state, Some(ExternalUserState::Accepted));
        assert_eq!(guest.external_user_state_changed_at, Some(server.clock.now()));
        let mut tx = server.read().await.expect("a connection");
        let identities = users::store::list_identities(&mut tx, guest.tenant_id, guest.id).await.expect("identities");
        let federated = identities.iter().find(|identity| identity.sign_in_type == SignInType::Federated);
        let federated = federated.expect("the mailbox as an identity");
        assert_eq!((federated.issuer.as_str(), federated.issuer_assigned_id.as_deref()), ("mail", Some(SAM)));
        assert_eq!(journey.invitation().await.accepted_at, Some(server.clock.now()));
        let log = log(&server, &journey).await;
        assert_eq!(log, vec![(0, Some("passcode".to_owned()))]);
        let audit = audit(&server, &journey).await;
        assert_eq!(audit, vec![("success".to_owned(), None)]);
        assert!(browser.cookie_names().iter().any(|name| name.starts_with("vestibule-session-")));
        let session = browser.cookie(&format!("vestibule-session-{}", guest.tenant_id.0.simple()));
        assert!(session.is_some_and(|secret| secret.starts_with("vss_")));
    })
    .await;
}

/// The sign-in log of the guest: error code and method, the oldest first.
async fn log(server: &TestServer, journey: &Journey<'_>) -> Vec<(i64, Option<String>)> {
    let mut tx = server.read().await.expect("a connection");
    tx.query(sql!("SELECT error_code, method FROM sign_in WHERE tenant_id = $1 AND user_id = $2 ORDER BY at, id"))
        .bind(journey.tenant.id)
        .bind(journey.guest.id)
        .fetch_all()
        .await
        .expect("rows")
}

/// The audit of redemptions: result and reason, the oldest first.
pub async fn audit(server: &TestServer, journey: &Journey<'_>) -> Vec<(String, Option<String>)> {
    let mut tx = server.read().await.expect("a connection");
    tx.query(sql!("SELECT result, reason FROM directory_audit WHERE tenant_id = $1 AND activity = $2 ORDER BY at, id"))
        .bind(journey.tenant.id)
        .bind("Redeem external user invite".to_owned())
        .fetch_all()
        .await
        .expect("rows")
}

#[tokio::test]
async fn a12_a_session_by_code_lasts_twenty_four_hours() {
    on_both_engines(async |server| {
        let journey = Journey::begin(&server).await;
        let browser = server.browser();
        journey.accept(&browser).await;
        let mut tx = server.read().await.expect("a connection");
        let (method, expires_at): (Method, database::Timestamp) = tx
            .query(sql!("SELECT method, expires_at FROM session WHERE tenant_id = $1 AND user_id = $2"))
            .bind(journey.tenant.id)
            .bind(journey.guest.id)
            .fetch_one()
            .await
            .expect("one session");
        assert_eq!(method, Method::Passcode);
        assert_eq!(expires_at.since(server.clock.now()), std::time::Duration::from_hours(24));
    })
    .await;
}

#[tokio::test]
async fn a_wrong_code_is_told_and_changes_nothing() {
    on_both_engines(async |server| {
        let journey = Journey::begin(&server).await;
        let browser = server.browser();
        journey.ask(&browser).await;
        let code = journey.code().await;
        let wrong = format!("{:08}", (code.parse::<u32>().expect("digits") + 1) % 100_000_000);
        let page = browser.submit_to("/code", &[("code", &wrong)]).await;
        assert_eq!(page.status, 400);
        assert!(page.text.contains("You have 4 tries left."));
        assert!(page.text.contains("<title>Error:"));
        let page = browser.submit_to("/code", &[("code", "12 34")]).await;
        assert_eq!(page.status, 400);
        assert!(page.text.contains("The code has eight digits."));
        assert!(journey.guest().await.is_pending());
        let grouped = format!("{} {}", &code[..4], &code[4..]);
        let answer = browser.submit_to("/code", &[("code", &grouped)]).await;
        assert_eq!(answer.header("location"), LANDING, "what was no code did not count");
    })
    .await;
}

#[tokio::test]
async fn o4_sending_again_sends_the_same_code_and_loading_the_page_sends_none() {
    on_both_engines(async |server| {
        let journey = Journey::begin(&server).await;
        let browser = server.browser();
        journey.ask(&browser).await;
        let first = journey.code().await;
        let address = browser.location();
        browser.get(&address).await;
        assert_eq!(codes_sent(&server).await, 1);
        browser.submit_to("/resend", &[]).await;
        assert_eq!(browser.location(), address);
        assert_eq!((codes_sent(&server).await, journey.code().await), (2, first));
        for _ in 2..10 {
            assert_eq!(browser.submit_to("/resend", &[]).await.status, 200);
        }
        let page = browser.submit_to("/resend", &[]).await;
        assert_eq!(page.status, 429);
        assert!(page.text.contains("You can ask for the code again after"));
        let seconds: u64 = page.header("retry-after").parse().expect("seconds");
        let told = page.text.split("again after ").nth(1).and_then(|rest| rest.split(' ').next()).expect("a time");
        let at = crate::platform::clock::calendar(server.clock.now().plus(Duration::from_secs(seconds)));
        assert_eq!(at.strftime("%H:%M").to_string(), told, "the header says what the page says");
        assert_eq!(codes_sent(&server).await, 10, "ten mails an hour");
    })
    .await;
}

#[tokio::test]
async fn o1_the_page_of_a_code_that_is_void_does_not_say_how_long_it_works() {
    on_both_engines(async |server| {
        let journey = Journey::begin(&server).await;
        let browser = server.browser();
        journey.ask(&browser).await;
        let wrong = if journey.code().await == "00000000" { "11111111" } else { "00000000" };
        for tried in 1..=6 {
            let page = browser.submit_to("/code", &[("code", wrong)]).await;
            let is_void = page.text.contains("the code stopped working");
            assert_eq!(page.text.contains("It works once, until"), !is_void, "after {tried}: {}", page.text);
            assert_eq!(is_void, tried >= 5, "after {tried}");
        }
        let again = browser.get(&browser.location()).await;
        assert!(!again.text.contains("It works once, until"), "nor when it is looked at again: {}", again.text);
    })
    .await;
}

#[tokio::test]
async fn saying_no_and_asking_for_another_address_change_nothing() {
    on_both_engines(async |server| {
        let journey = Journey::begin(&server).await;
        let (invitation, guest) = (journey.invitation().await, journey.guest().await);
        let browser = server.browser();
        journey.open(&browser).await;
        let first = browser.location();
        for (path, words) in [("/cancel", "You did not accept"), ("/other-address", "Use another address")] {
            let page = browser.get(&format!("{first}{path}")).await;
            assert_eq!(page.status, 200);
            assert!(page.text.contains(words), "{words}");
        }
        assert_eq!(format!("{:?}", journey.invitation().await), format!("{invitation:?}"));
        assert_eq!(format!("{:?}", journey.guest().await), format!("{guest:?}"));
        assert_eq!(journey.accept(&browser).await.header("location"), LANDING, "the invitation stays open");
    })
    .await;
}

/// A double click, or a step back in the browser and the button once more.
#[tokio::test]
async fn every_form_on_the_way_that_is_sent_twice_leads_where_the_first_one_led() {
    on_both_engines(async |server| {
        let journey = Journey::begin(&server).await;
        let browser = server.browser();
        journey.open(&browser).await;
        let again = browser.prepare("", &[]);
        let asked = browser.submit(&[]).await;
        assert!(asked.text.contains("name=\"code\""), "{}", asked.text);
        let answer = browser.send(again).await;
        assert_eq!(answer.status, 303, "{}", answer.text);
        assert!(answer.header("location").contains("/code"), "{}", answer.header("location"));
        assert_eq!(browser.get(answer.header("location")).await.status, 200);
        assert_eq!(codes_sent(&server).await, 1, "the second one sends nothing");

        let code = journey.code().await;
        let again = browser.prepare("/code", &[("code", &code)]);
        assert_eq!(browser.submit_to("/code", &[("code", &code)]).await.header("location"), LANDING);
        let answer = browser.send(again).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, LANDING), "{}", answer.text);
        assert!(!journey.guest().await.is_pending());
    })
    .await;
}

#[tokio::test]
async fn an_accepted_link_is_no_credential_and_leads_to_the_sign_in() {
    on_both_engines(async |server| {
        let journey = Journey::begin(&server).await;
        let browser = server.browser();
        journey.accept(&browser).await;
        let again = journey.open(&browser).await;
        assert_eq!(again.header("location"), LANDING, "whoever is signed in passes through");
        let elsewhere = server.browser();
        let page = journey.open(&elsewhere).await;
        assert_eq!(page.status, 200);
        assert!(page.text.contains("You have accepted this invitation"));
        assert!(page.text.contains("/sign-in/"));
        assert!(!elsewhere.cookie_names().iter().any(|name| name.starts_with("vestibule-session-")));
        assert!(!page.text.contains("<form"));
        let sign_in = page.text.split("href=\"").map(|rest| rest.split('"').next().unwrap_or_default());
        let sign_in = sign_in.filter(|href| href.contains("/sign-in/")).last().expect("a way to sign in").to_owned();
        let page = elsewhere.get(&sign_in).await;
        assert!(page.text.contains(&format!("value=\"{SAM}\"")), "the address stands there already");
        elsewhere.submit(&[("address", SAM)]).await;
        let inside = elsewhere.submit_to("/code", &[("code", &journey.code().await)]).await;
        assert_eq!(inside.header("location"), LANDING);
    })
    .await;
}

#[tokio::test]
async fn i10_a_landing_address_that_is_no_longer_allowed_leads_to_my_apps() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let administrator = server.administrator(&tenant).await;
        set(&server, &tenant, |settings| settings.extra_landing_addresses.0 = vec!["https://old.test".to_owned()])
            .await;
        let journey = Journey::invite(&server, tenant.clone(), administrator, SAM, "https://old.test/x").await;
        set(&server, &tenant, |settings| settings.extra_landing_addresses.0.clear()).await;
        let browser = server.browser();
        journey.ask(&browser).await;
        let request = browser.submit_to("/code", &[("code", &journey.code().await)]).await;
        assert!(!journey.guest().await.is_pending());
        assert!(
            browser.location().starts_with("/myapps/contoso.example"),
            "{} {:?}",
            browser.location(),
            request.status
        );
    })
    .await;
}

#[tokio::test]
async fn i10_a_foreign_landing_address_is_named_before_anybody_goes_there() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let administrator = server.administrator(&tenant).await;
        set(&server, &tenant, |settings| settings.landing_addresses = crate::tenants::LandingAddresses::Any).await;
        let journey = Journey::invite(&server, tenant, administrator, SAM, "https://elsewhere.test/x").await;
        let browser = server.browser();
        let first = {
            journey.open(&browser).await;
            browser.location()
        };
        let early = browser.get(&format!("{first}/leave")).await;
        assert!(!early.text.contains("https://elsewhere.test/x"), "not before the invitation is accepted");
        let page = journey.accept(&browser).await;
        assert_eq!(page.status, 200);
        assert!(page.text.contains("elsewhere.test") && page.text.contains("https://elsewhere.test/x"));
        assert!(browser.location().ends_with("/leave"));
    })
    .await;
}

/// Changes the settings of a tenant.
pub async fn set(
    server: &TestServer,
    tenant: &crate::tenants::Tenant,
    change: impl FnOnce(&mut crate::tenants::CollaborationSettings),
) {
    let mut tx = server.write().await.expect("a transaction");
    let mut settings = crate::tenants::store::get_settings(&mut tx, tenant.id).await.expect("settings");
    change(&mut settings);
    assert!(crate::tenants::store::update_settings(&mut tx, tenant.id, &settings).await.expect("an answer"));
    tx.commit().await.expect("a commit");
}

#[tokio::test]
async fn i11_and_a11_every_page_of_the_way_keeps_to_itself() {
    on_both_engines(async |server| {
        let journey = Journey::begin(&server).await;
        let browser = server.browser();
        let mut pages = vec![journey.open(&browser).await];
        let first = browser.location();
        assert!(!first.contains("ticket") && !first.contains("vsi_"), "the ticket has left the address bar");
        for path in ["/cancel", "/other-address"] {
            pages.push(browser.get(&format!("{first}{path}")).await);
        }
        pages.push(journey.ask(&browser).await);
        pages.push(server.browser().get(&first).await);
        let ticket = journey.link.split("ticket=").nth(1).expect("a ticket");
        for page in &pages {
            assert_eq!(page.header("referrer-policy"), "no-referrer");
            assert_eq!(page.header("cache-control"), "no-store");
            assert!(page.header("content-security-policy").contains("frame-ancestors 'none'"));
            assert!(!page.header("content-security-policy").contains("unsafe-inline"));
            assert_eq!(page.header("cross-origin-opener-policy"), "unsafe-none");
            assert!(!page.text.contains(ticket));
            let foreign = page.text.split("src=\"").skip(1).filter(|rest| !rest.starts_with('/')).count();
            assert_eq!(foreign, 0, "nothing is loaded from elsewhere");
        }
    })
    .await;
}
