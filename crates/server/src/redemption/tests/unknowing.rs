//! A guest who invites does not learn who is here. Everything they are shown is the same for somebody who has accepted, for
//! somebody who was invited by others, and for somebody nobody knows.

use super::{Journey, LANDING, SAM, code};
use crate::graph::{Caller, Role};
use crate::testing::{ADDRESS, Browser, TestServer, on_both_engines, person};
use crate::users::{self, Identity, SignInType, UserType};
use axum::http::Method;
use serde_json::{Value, json};
use std::time::Duration;

const KIM: &str = "kim@fabrikam.example";
const NEW: &str = "new@fabrikam.example";

/// Invites by the API.
async fn invite(server: &TestServer, caller: &Caller, address: &str) -> Value {
    let body = json!({
        "invitedUserEmailAddress": address, "inviteRedirectUrl": LANDING, "sendInvitationMessage": true,
    });
    let answer = server.api_as(caller, Method::POST, "/v1.0/invitations", &body).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.json()
}

async fn list(server: &TestServer, caller: &Caller) -> Vec<Value> {
    let answer = server.api_as(caller, Method::GET, "/vestibule/v1/invitations", &Value::Null).await;
    answer.json()["value"].as_array().expect("a list").clone()
}

/// An object without what is different for everybody: ids, the link, and the words before the `@`.
fn alike(object: &Value, address: &str) -> String {
    let mut object = object.clone();
    for name in ["id", "invitedUser", "inviteRedeemUrl"] {
        object.as_object_mut().expect("an object").remove(name);
    }
    let local = address.split('@').next().expect("a local part");
    object.to_string().replace(&format!("{local}@"), "X@").replace(&format!("\"{local}\""), "\"X\"")
}

async fn guest_inviter(server: &TestServer, journey: &Journey<'_>, name: &str, roles: &[Role]) -> Caller {
    let mut gus = server.member(&journey.tenant, name, roles).await;
    gus.user_type = UserType::Guest;
    person(&gus, roles.to_vec())
}

/// Sam is in, under a name of the organisation's, and Kim was invited.
async fn known_people<'s>(server: &'s TestServer, browser: &Browser<'_>) -> Journey<'s> {
    let journey = Journey::begin(server).await;
    assert_eq!(journey.accept(browser).await.header("location"), LANDING);
    let path = format!("/v1.0/users/{}", journey.guest.id);
    let name = json!({ "displayName": "Samuel Rivera (Supplier)" });
    assert_eq!(server.api_as(&journey.administrator, Method::PATCH, &path, &name).await.status, 204);
    invite(server, &journey.administrator, KIM).await;
    server.run_due_jobs().await;
    server.clock.advance(Duration::from_mins(1));
    journey
}

#[tokio::test]
async fn i14_a_guest_who_invites_is_told_the_same_about_everybody() {
    on_both_engines(async |server| {
        let journey = known_people(&server, &server.browser()).await;
        let gus = guest_inviter(&server, &journey, "gus", &[]).await;
        let mut answers = Vec::new();
        let mut pages = Vec::new();
        for address in [SAM, KIM, NEW] {
            let answer = invite(&server, &gus, address).await;
            let link =
                answer["inviteRedeemUrl"].as_str().expect("a link").strip_prefix(ADDRESS).expect("ours").to_owned();
            let page = server.browser().get(&link).await;
            pages.push((
                page.status,
                page.text.contains("Accept and continue"),
                page.text.contains("You have accepted"),
            ));
            answers.push(alike(&answer, address));
        }
        assert!(answers[0].contains("PendingAcceptance"));
        assert_eq!(answers, vec![answers[2].clone(); 3], "the answer of the call");
        assert_eq!(pages, vec![pages[2]; 3], "what the link shows to the inviter, who has it");
        let listed = list(&server, &gus).await;
        let address = |row: &Value| row["invitedUserEmailAddress"].as_str().expect("an address").to_owned();
        let rows: Vec<String> = listed.iter().map(|row| alike(row, &address(row))).collect();
        assert_eq!(rows, vec![rows[0].clone(); 3], "the list");

        let known = guest_inviter(&server, &journey, "ida", &[Role::GuestInviter]).await;
        for caller in [&journey.administrator, &known] {
            let told = invite(&server, caller, SAM).await;
            let shown = (&told["status"], &told["invitedUserDisplayName"]);
            assert_eq!(shown, (&json!("Completed"), &json!("Samuel Rivera (Supplier)")), "who may list users is told");
        }
    })
    .await;
}

#[tokio::test]
async fn i14_an_invitation_by_a_guest_is_accepted_by_somebody_who_is_in_already() {
    on_both_engines(async |server| {
        let before = server.browser();
        let journey = known_people(&server, &before).await;
        let gus = guest_inviter(&server, &journey, "gus", &[]).await;
        let invited = invite(&server, &gus, SAM).await;
        let path = format!("/vestibule/v1/invitations/{}/resend", invited["id"].as_str().expect("an id"));
        let again = server.api_as(&gus, Method::POST, &path, &Value::Null).await;
        assert_eq!(again.status, 200, "it is sent again like every other: {}", again.text);
        server.run_due_jobs().await;
        let mail = server.mailbox().into_iter().find(|mail| mail.text.contains("/redeem?ticket=")).expect("a mail");
        let link = mail.text.lines().find(|line| line.contains("/redeem?ticket=")).expect("a link").trim().to_owned();
        let browser = server.browser();
        browser.get(link.strip_prefix(ADDRESS).expect("ours")).await;
        browser.submit(&[]).await;
        let code = code(&server, SAM).await;
        let answer = browser.submit_to("/code", &[("code", &code)]).await;
        assert_eq!(answer.header("location"), LANDING, "{}", answer.text);
        assert_eq!(list(&server, &gus).await[0]["state"], "accepted");
        assert_eq!(journey.guest().await.display_name, "Samuel Rivera (Supplier)");
        let my_apps = before.get("/myapps/contoso.example").await;
        assert!(
            my_apps.status == 200 && before.location().starts_with("/myapps/"),
            "no session ended: {}",
            my_apps.text
        );
    })
    .await;
}

#[tokio::test]
async fn i2_a_code_from_another_mailbox_of_a_guest_who_is_in_lets_nobody_in() {
    on_both_engines(async |server| {
        let journey = known_people(&server, &server.browser()).await;
        let gus = guest_inviter(&server, &journey, "gus", &[]).await;
        let invited = invite(&server, &gus, SAM).await;
        let mut tx = server.write().await.expect("a transaction");
        // Nobody has proved this mailbox for Sam: their account signs in with another one.
        let identity = Identity {
            sign_in_type: SignInType::Federated,
            issuer: Identity::MAIL_ISSUER.to_owned(),
            issuer_assigned_id: Some("other@fabrikam.example".to_owned()),
        };
        users::store::insert_identity(&mut tx, journey.tenant.id, journey.guest.id, &identity)
            .await
            .expect("an identity");
        tx.commit().await.expect("a commit");
        let link = invited["inviteRedeemUrl"].as_str().expect("a link").strip_prefix(ADDRESS).expect("ours").to_owned();
        let browser = server.browser();
        browser.get(&link).await;
        browser.submit(&[]).await;
        let code = code(&server, SAM).await;
        let answer = browser.submit_to("/code", &[("code", &code)]).await;
        assert!(
            answer.text.contains("name=\"address\"") || browser.location().contains("/sign-in/"),
            "{}",
            answer.text
        );
        assert!(!browser.cookie_names().iter().any(|name| name.starts_with("vestibule-session")));
        assert_eq!(list(&server, &gus).await[0]["state"], "opened", "nothing was accepted");
    })
    .await;
}
