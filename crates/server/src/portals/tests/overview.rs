//! The overview: its figures, what needs somebody, and for whom it is.

use super::{HOSTILE, guest};
use crate::audit::sign_in::{self, SignIn};
use crate::graph::{Caller, Role};
use crate::invitations;
use crate::platform::ids::UserId;
use crate::tenants::Tenant;
use crate::testing::{TestServer, on_both_engines};
use crate::users::ExternalUserState;
use axum::http::Method;
use database::sql;
use serde_json::{Value, json};
use std::time::Duration;

const PATH: &str = "/portal/contoso.example";
const DAY: Duration = Duration::from_hours(24);

async fn signed(server: &TestServer, tenant: &Tenant, error_code: i64) {
    let row = SignIn { is_interactive: true, error_code, ..SignIn::default() };
    let mut tx = server.write().await.expect("a transaction");
    sign_in::record(&mut tx, server, tenant.id, row).await.expect("a row");
    tx.commit().await.expect("a commit");
}

/// The page as words: what stands in tags and between them is one space.
fn words(page: &str) -> String {
    let texts = page.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text);
    texts.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn the_overview_says_who_came_in_and_who_did_not() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let other = server.tenant("Fabrikam", "fabrikam.example").await;
        let ines = server.member(&tenant, "ines", &[Role::UserAdministrator]).await;
        for _ in 0..3 {
            signed(&server, &tenant, 0).await;
        }
        signed(&server, &tenant, 50126).await;
        for _ in 0..5 {
            signed(&server, &other, 50126).await;
        }
        guest(&server, &tenant, "Sam", "sam@partner.example", ExternalUserState::Accepted).await;
        guest(&server, &tenant, HOSTILE, "ada@partner.example", ExternalUserState::Accepted).await;
        guest(&server, &tenant, "Kim", "kim@north.example", ExternalUserState::Accepted).await;
        guest(&server, &other, "Max", "max@secret.example", ExternalUserState::Accepted).await;
        server.clock.advance(2 * DAY);
        let browser = server.signed_in(&ines).await;
        let page = browser.get(PATH).await.text;
        assert!(page.contains("data-page=\"portals/overview/overview\""), "{page}");
        assert!(!page.contains("style=") && !page.contains("secret.example"), "{page}");
        let words = words(&page);
        assert!(words.contains("23 Nov 2026 3 1 24 Nov 2026 0 0"), "{words}");
        assert!(words.contains("4 were let in and 1 turned away"), "{words}");
        assert!(words.contains("turned away 1 20.0 % of all"), "{words}");
        assert!(words.contains("partner.example 2") && words.contains("north.example 1"), "{words}");
        assert!(page.contains("/portal/contoso.example/users?kind=guest&#38;domain=partner.example"), "{page}");
        assert!(words.contains("Nothing waits for you."), "{words}");
        assert!(words.contains("Nobody was invited in the last 30 days."), "{words}");
    })
    .await;
}

#[tokio::test]
async fn one_guest_is_not_called_many() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ines = server.member(&tenant, "ines", &[Role::UserAdministrator]).await;
        guest(&server, &tenant, "Sam", "sam@partner.example", ExternalUserState::Accepted).await;
        let page = server.signed_in(&ines).await.get(PATH).await.text;
        assert!(page.contains("The one guest") && !page.contains("All 1 guests"), "{page}");
    })
    .await;
}

/// Invites somebody of a partner, with a mail or without.
async fn invite(server: &TestServer, caller: &Caller, name: &str, sends_mail: bool) -> Value {
    let body = json!({
        "invitedUserEmailAddress": format!("{name}@partner.example"),
        "inviteRedirectUrl": "https://myapps.microsoft.com",
        "sendInvitationMessage": sends_mail,
    });
    let answer = server.api_as(caller, Method::POST, "/v1.0/invitations", &body).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.json()
}

#[tokio::test]
async fn invitations_that_no_relay_took_are_not_called_sent() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let administrator = server.administrator(&tenant).await;
        let ines = server.member(&tenant, "ines", &[Role::UserAdministrator]).await;
        let overview = async || words(&server.signed_in(&ines).await.get(PATH).await.text);
        let invited = invite(&server, &administrator, "by-hand", false).await;
        invite(&server, &administrator, "waiting", true).await;
        let text = overview().await;
        assert!(
            text.contains("2 further invitations were not mailed: no mail was asked for, it still waits"),
            "{text}"
        );
        assert!(!text.contains(" Sent ") && !text.contains("Nobody was invited"), "{text}");
        server.run_due_jobs().await;
        assert!(overview().await.contains("1 Sent 100 % 0 Opened 0 % 0 Accepted 0 % 0 Active 0 %"));
        let set_mails = async |state: &str| {
            let mut tx = server.write().await.expect("a transaction");
            let statement = sql!("UPDATE mail SET state = $2 WHERE tenant_id = $1 AND kind = 'invitation'");
            tx.query(statement).bind(tenant.id).bind(state.to_owned()).execute().await.expect("a change");
            tx.commit().await.expect("a commit");
        };
        for state in ["refusedByRelay", "expired"] {
            set_mails(state).await;
            let text = overview().await;
            assert!(
                text.contains("2 further invitations were not mailed") && !text.contains(" Sent "),
                "{state}: {text}"
            );
        }
        // Whoever invited has handed the link over.
        let mut tx = server.write().await.expect("a transaction");
        let id = invited["id"].as_str().expect("an id").parse().expect("an id");
        invitations::store::mark_opened(&mut tx, tenant.id, id, server.clock.now()).await.expect("a change");
        tx.commit().await.expect("a commit");
        let text = overview().await;
        assert!(text.contains("1 Sent 100 % 1 Opened 100 % 0 Accepted 0 %"), "{text}");
        assert!(text.contains("1 further invitation was not mailed"), "{text}");
    })
    .await;
}

#[tokio::test]
async fn a_guest_is_active_who_came_back_and_is_let_in() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let administrator = server.administrator(&tenant).await;
        let ines = server.member(&tenant, "ines", &[Role::UserAdministrator]).await;
        let invited = invite(&server, &administrator, "sam", false).await;
        let sam: UserId = invited["invitedUser"]["id"].as_str().expect("an id").parse().expect("an id");
        let accepted = server.clock.now();
        let mut tx = server.write().await.expect("a transaction");
        tx.query(sql!("UPDATE invitation SET accepted_at = $3 WHERE tenant_id = $1 AND user_id = $2"))
            .bind(tenant.id)
            .bind(sam)
            .bind(accepted)
            .execute()
            .await
            .expect("a change");
        tx.commit().await.expect("a commit");
        let soon = accepted.plus(Duration::from_mins(59));
        let later = accepted.plus(Duration::from_mins(60));
        for (signed_in, by_app, is_enabled, active) in [
            (None, None, true, 0),
            (Some(accepted), None, true, 0),
            (Some(soon), Some(soon), true, 0),
            (Some(later), None, true, 1),
            (Some(accepted), Some(later), true, 1),
            (Some(later), Some(later), false, 0),
        ] {
            let mut tx = server.write().await.expect("a transaction");
            tx.query(sql!(
                "UPDATE user_account SET last_sign_in_at = $3, last_app_sign_in_at = $4, account_enabled = $5
                 WHERE tenant_id = $1 AND id = $2"
            ))
            .bind(tenant.id)
            .bind(sam)
            .bind(signed_in)
            .bind(by_app)
            .bind(is_enabled)
            .execute()
            .await
            .expect("a change");
            tx.commit().await.expect("a commit");
            let text = words(&server.signed_in(&ines).await.get(PATH).await.text);
            let share = active * 100;
            let said = format!("1 Accepted 100 % {active} Active {share} %");
            assert!(text.contains(&said), "{signed_in:?} {by_app:?} {is_enabled}: {text}");
        }
    })
    .await;
}

#[tokio::test]
async fn invitations_are_followed_from_sent_to_active() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let administrator = server.administrator(&tenant).await;
        let ines = server.member(&tenant, "ines", &[Role::UserAdministrator]).await;
        let mut ids = Vec::new();
        for name in ["a", "b", "c", "d", "e"] {
            let invited = invite(&server, &administrator, name, name == "c").await;
            ids.push(invited["id"].as_str().expect("an id").to_owned());
        }
        server.run_due_jobs().await;
        let revoke = format!("/vestibule/v1/invitations/{}/revoke", ids[4]);
        assert!(server.api_as(&administrator, Method::POST, &revoke, &Value::Null).await.status.is_success());
        let mut tx = server.write().await.expect("a transaction");
        let now = server.clock.now();
        for (id, opened, accepted) in
            [(&ids[0], Some(now), Some(now)), (&ids[1], Some(now), None), (&ids[2], None, None)]
        {
            tx.query(sql!(
                "UPDATE invitation SET opened_at = $3, accepted_at = $4, expires_at = $5 WHERE tenant_id = $1 AND id = $2"
            ))
            .bind(tenant.id)
            .bind(id.parse::<crate::platform::ids::InvitationId>().expect("an id"))
            .bind(opened)
            .bind(accepted)
            .bind(now.plus(10 * DAY))
            .execute()
            .await
            .expect("a change");
        }
        tx.commit().await.expect("a commit");
        // A session does not last as long as this test.
        let get = async |path: &str| server.signed_in(&ines).await.get(&format!("{PATH}{path}")).await.text;
        let overview = async || words(&get("").await);
        let text = overview().await;
        assert!(text.contains("3 Sent 100 % 2 Opened 66 % 1 Accepted 33 % 0 Active 0 %"), "{text}");
        assert!(text.contains("Sent 3 – Opened 2 1 Accepted 1 1 Active 0 1"), "{text}");
        assert!(text.contains("1 further invitation was not mailed"), "{text}");
        assert!(text.contains("invitations open 3 0 lapse within 7 days"), "{text}");

        server.clock.advance(4 * DAY);
        let text = overview().await;
        assert!(text.contains("2 invitations lapse Within 7 days See them"), "{text}");
        let soon = get("/invitations?ends=soon").await;
        assert!(soon.contains("b@partner.example") && soon.contains("c@partner.example"), "{soon}");
        assert!(!soon.contains("a@partner.example") && !soon.contains("d@partner.example"), "{soon}");

        server.clock.advance(7 * DAY);
        let text = overview().await;
        assert!(text.contains("2 invitations lapsed In the last 7 days Send again"), "{text}");
        let lapsed = get("/invitations?state=expired").await;
        assert!(lapsed.contains("b@partner.example") && !lapsed.contains("d@partner.example"), "{lapsed}");
        server.clock.advance(20 * DAY);
        let text = overview().await;
        assert!(text.contains("Nobody was invited in the last 30 days."), "{text}");
    })
    .await;
}

#[tokio::test]
async fn what_needs_somebody_leads_to_where_it_is_mended() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let administrator = server.administrator(&tenant).await;
        super::mail::send(&server, tenant.id, HOSTILE).await;
        let call = async |path: &str, body: Value| {
            let answer = server.api_as(&administrator, Method::POST, path, &body).await;
            assert!(answer.status.is_success(), "{}", answer.text);
            answer.json()
        };
        let app = call("/v1.0/applications", json!({ "displayName": "Orders & Returns" })).await;
        let app = app["id"].as_str().expect("an id").to_owned();
        let end = |days: u32| crate::platform::clock::rfc3339(server.clock.now().plus(days * DAY));
        let secret = |days| json!({ "passwordCredential": { "endDateTime": end(days) } });
        call(&format!("/v1.0/applications/{app}/addPassword"), secret(20)).await;
        let run = call("/vestibule/v1/bulkInvitations", json!("kim@partner.example\n")).await;
        let run = run["id"].as_str().expect("an id").to_owned();
        server.run_due_jobs().await;

        let page = async |name: &str, role: Role| {
            let user = server.member(&tenant, name, &[role]).await;
            server.signed_in(&user).await.get(PATH).await.text
        };
        let text = page("ines", Role::GlobalAdministrator).await;
        for (said, href) in [
            ("1 mail was given up", "/mail?state=refusedByRelay".to_owned()),
            ("1 app has no secret beyond 30 days", format!("/apps/{app}")),
            ("1 list of people waits to be started", format!("/invitations/bulk/{run}")),
        ] {
            assert!(words(&text).contains(said), "{said}: {text}");
            assert!(text.contains(&format!("href=\"{PATH}{href}\"")), "{href}: {text}");
        }
        assert!(words(&text).contains("Orders &#38; Returns: ends"), "{text}");
        // Secrets are for those who may renew them.
        assert!(!page("ben", Role::UserAdministrator).await.contains("Orders"));

        call(&format!("/v1.0/applications/{app}/addPassword"), secret(300)).await;
        assert!(!page("eva", Role::GlobalAdministrator).await.contains("has no secret"), "there is a newer one");
        server.clock.advance(8 * DAY);
        assert!(!page("jon", Role::GlobalAdministrator).await.contains("given up"), "that was last week");
    })
    .await;
}

#[tokio::test]
async fn everybody_begins_where_they_have_something_to_do() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        for (name, roles, place) in [
            ("a", &[][..], Some("/myapps/contoso.example")),
            ("b", &[Role::GuestInviter], Some("/portal/contoso.example/users")),
            ("c", &[Role::UserAdministrator], None),
            ("d", &[Role::GlobalAdministrator], None),
            ("e", &[Role::ApplicationAdministrator], Some("/portal/contoso.example/apps")),
        ] {
            let user = server.member(&tenant, name, roles).await;
            let browser = server.signed_in(&user).await;
            let answer = browser.get(PATH).await;
            let is_overview = answer.text.contains("portals/overview/overview");
            assert_eq!(is_overview, place.is_none(), "{roles:?}: {}", answer.text);
            if let Some(place) = place {
                assert_eq!(browser.location(), place, "{roles:?}");
            }
        }
    })
    .await;
}
