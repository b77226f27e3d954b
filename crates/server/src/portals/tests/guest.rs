//! The page of one user, and what can be done there.

use super::{HOSTILE, guest};
use crate::applications::Changes;
use crate::graph::{Caller, Role};
use crate::platform::ids::UserId;
use crate::tenants::Tenant;
use crate::testing::{TestServer, on_both_engines};
use crate::users::{self, ExternalUserState, User};
use axum::http::{Method, StatusCode};
use serde_json::json;

async fn contoso(server: &TestServer) -> (Tenant, User) {
    let tenant = server.tenant("Contoso", "contoso.example").await;
    let ines = server.member(&tenant, "ines", &[Role::GlobalAdministrator]).await;
    (tenant, ines)
}

fn path(user: UserId) -> String {
    format!("/portal/contoso.example/users/{user}")
}

async fn find(server: &TestServer, user: &User) -> Option<User> {
    let mut tx = server.read().await.expect("a connection");
    users::store::find(&mut tx, user.tenant_id, user.id).await.expect("an answer")
}

/// Invites somebody over the API; the id of the guest.
pub(super) async fn invite(server: &TestServer, caller: &Caller, mail: &str) -> UserId {
    let body = json!({
        "invitedUserEmailAddress": mail,
        "inviteRedirectUrl": "https://myapps.microsoft.com",
        "sendInvitationMessage": true,
    });
    let answer = server.api_as(caller, Method::POST, "/v1.0/invitations", &body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    answer.json()["invitedUser"]["id"].as_str().and_then(|id| id.parse().ok()).expect("a guest")
}

#[tokio::test]
async fn a_guest_is_shown_with_everything_that_is_known() {
    on_both_engines(async |server| {
        let (tenant, ines) = contoso(&server).await;
        let aiko = guest(&server, &tenant, "Aiko Kimura", "aiko@fabrikam.example", ExternalUserState::Accepted).await;
        let mut tx = server.write().await.expect("a transaction");
        let now = server.clock.now();
        users::store::insert_sponsor(&mut tx, tenant.id, aiko.id, ines.id, now).await.expect("a sponsor");
        tx.commit().await.expect("a commit");
        server.browser().sign_in_as(&server, &aiko, crate::sign_in::session::Method::Passcode).await;
        let answer = server.signed_in(&ines).await.get(&path(aiko.id)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        for part in [
            "Aiko Kimura",
            "Active",
            "guest since 23 Nov 2026",
            "fabrikam.example",
            "A code by mail to aiko@fabrikam.example.",
            ">ines<",
            "Let in",
            "What happened",
            "The call behind this page",
        ] {
            assert!(answer.text.contains(part), "{part} is missing: {}", answer.text);
        }
    })
    .await;
}

#[tokio::test]
async fn groups_are_named_and_the_apps_that_are_reached_through_them() {
    on_both_engines(async |server| {
        let (tenant, ines) = contoso(&server).await;
        let aiko = guest(&server, &tenant, "Aiko Kimura", "aiko@fabrikam.example", ExternalUserState::Accepted).await;
        let admin = server.administrator(&tenant).await;
        let app = server.app(&tenant, "Travel", Changes::default()).await;
        let address = |id| format!("http://localhost:8080/v1.0/directoryObjects/{id}");
        let body = json!({
            "displayName": "Auditors", "mailNickname": "auditors", "mailEnabled": false, "securityEnabled": true,
            "members@odata.bind": [address(aiko.id.to_string())],
        });
        let group = server.api_as(&admin, Method::POST, "/v1.0/groups", &body).await.json();
        let group = group["id"].as_str().expect("a group");
        let given = json!({
            "principalId": group, "resourceId": app.registered.service_principal.id, "appRoleId": "00000000-0000-0000-0000-000000000000",
        });
        let assigned = format!("/v1.0/groups/{group}/appRoleAssignments");
        assert_eq!(server.api_as(&admin, Method::POST, &assigned, &given).await.status, StatusCode::CREATED);
        let shown = server.signed_in(&ines).await.get(&path(aiko.id)).await.text;
        assert!(shown.contains("Belongs to") && shown.contains(&format!("/groups/{group}\"")), "{shown}");
        assert!(shown.contains("Travel") && shown.contains("<td><bdi>Auditors</bdi></td>"), "{shown}");
        let gone = format!("/v1.0/groups/{group}");
        assert_eq!(server.api_as(&admin, Method::DELETE, &gone, &json!(null)).await.status, StatusCode::NO_CONTENT);
        let shown = server.signed_in(&ines).await.get(&path(aiko.id)).await.text;
        let is_left = shown.contains("Belongs to") || shown.contains("<td><bdi>Auditors");
        assert!(!is_left, "a removed group gives nothing: {shown}");
    })
    .await;
}

#[tokio::test]
async fn a_guest_is_blocked_and_unblocked_after_a_question_with_numbers() {
    on_both_engines(async |server| {
        let (tenant, ines) = contoso(&server).await;
        let aiko = guest(&server, &tenant, "Aiko Kimura", "aiko@fabrikam.example", ExternalUserState::Accepted).await;
        server.browser().sign_in_as(&server, &aiko, crate::sign_in::session::Method::Passcode).await;
        let browser = server.signed_in(&ines).await;
        let question = browser.get(&format!("{}/block", path(aiko.id))).await.text;
        assert!(question.contains("loses the way into 0 apps and is signed out of 1 browser"), "{question}");
        assert!(question.contains("unblocked, Aiko Kimura has them again"), "{question}");
        let removal = browser.get(&format!("{}/remove", path(aiko.id))).await.text;
        assert!(
            removal.contains("For 30 days all of it can be brought back") && !removal.contains("unblocked"),
            "{removal}"
        );
        assert!(find(&server, &aiko).await.expect("the guest").account_enabled, "a question changes nothing");
        assert_eq!(act(&server, &ines, aiko.id, "block").await.0, StatusCode::SEE_OTHER);
        let done = browser.get(&format!("{}?done=block", path(aiko.id))).await.text;
        assert!(done.contains("Blocked") && done.contains("Unblock…"), "{done}");
        assert!(!find(&server, &aiko).await.expect("the guest").account_enabled);
        assert_eq!(act(&server, &ines, aiko.id, "unblock").await.0, StatusCode::SEE_OTHER);
        assert!(find(&server, &aiko).await.expect("the guest").account_enabled);
    })
    .await;
}

/// Sends the form of the question at this action.
async fn act(server: &TestServer, as_user: &User, user: UserId, action: &str) -> (StatusCode, String) {
    let browser = server.signed_in(as_user).await;
    let page = browser.get(&format!("{}/{action}", path(user))).await;
    if page.status != StatusCode::OK {
        return (page.status, page.text);
    }
    // The first form of the page is the one of the side bar.
    let csrf = page.text.rsplit("name=\"csrf\" value=\"").next().and_then(|rest| rest.split('"').next());
    let body = format!("csrf={}", csrf.expect("a form value"));
    let request = axum::http::Request::post(format!("{}/{action}", path(user)))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin");
    let answer = browser.send(request.body(body.into()).expect("a request")).await;
    (answer.status, answer.text)
}

#[tokio::test]
async fn a_user_is_signed_out_and_removed() {
    on_both_engines(async |server| {
        let (tenant, ines) = contoso(&server).await;
        let aiko = guest(&server, &tenant, "Aiko Kimura", "aiko@fabrikam.example", ExternalUserState::Accepted).await;
        server.clock.advance(std::time::Duration::from_secs(5));
        assert_eq!(act(&server, &ines, aiko.id, "sign-out").await.0, StatusCode::SEE_OTHER);
        let after = find(&server, &aiko).await.expect("the guest");
        assert!(after.sessions_valid_from > aiko.sessions_valid_from);
        assert_eq!(act(&server, &ines, aiko.id, "remove").await.0, StatusCode::SEE_OTHER);
        assert!(find(&server, &aiko).await.is_none());
        let gone = server.signed_in(&ines).await.get(&path(aiko.id)).await;
        assert_eq!(gone.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn the_last_administrator_stays() {
    on_both_engines(async |server| {
        let (_, ines) = contoso(&server).await;
        let (status, text) = act(&server, &ines, ines.id, "block").await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert!(text.contains("Error: ") && text.contains("Make somebody else an administrator first"), "{text}");
        assert!(find(&server, &ines).await.expect("the administrator").account_enabled);
    })
    .await;
}

#[tokio::test]
async fn an_invitation_is_sent_again_and_withdrawn() {
    on_both_engines(async |server| {
        let (_, ines) = contoso(&server).await;
        let caller = crate::testing::person(&ines, vec![Role::GlobalAdministrator]);
        let sam = invite(&server, &caller, "sam@partner.example").await;
        let browser = server.signed_in(&ines).await;
        let page = browser.get(&path(sam)).await.text;
        assert!(page.contains("Invited") && page.contains("The mail waits to be sent."), "{page}");
        server.run_due_jobs().await;
        assert!(browser.get(&path(sam)).await.text.contains("The mail was sent"));
        assert_eq!(act(&server, &ines, sam, "resend").await.0, StatusCode::SEE_OTHER);
        server.run_due_jobs().await;
        assert_eq!(server.mailbox().len(), 2);
        assert_eq!(act(&server, &ines, sam, "withdraw").await.0, StatusCode::SEE_OTHER);
        let page = browser.get(&path(sam)).await.text;
        assert!(page.contains("Invitation lapsed") && page.contains("Withdrawn."), "{page}");
        let (status, text) = act(&server, &ines, sam, "withdraw").await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert!(text.contains("not open any more"));
    })
    .await;
}

#[tokio::test]
async fn who_may_do_what_follows_the_roles() {
    on_both_engines(async |server| {
        let (tenant, ines) = contoso(&server).await;
        let sam = guest(&server, &tenant, "Sam", "sam@partner.example", ExternalUserState::Accepted).await;
        let nobody = server.member(&tenant, "nobody", &[]).await;
        let inviter = server.member(&tenant, "inviter", &[Role::GuestInviter]).await;
        let helper = server.member(&tenant, "helper", &[Role::UserAdministrator]).await;
        for (user, page, block) in [
            (&sam, StatusCode::FORBIDDEN, StatusCode::FORBIDDEN),
            (&nobody, StatusCode::FORBIDDEN, StatusCode::FORBIDDEN),
            (&inviter, StatusCode::OK, StatusCode::FORBIDDEN),
            (&helper, StatusCode::OK, StatusCode::SEE_OTHER),
            (&ines, StatusCode::OK, StatusCode::SEE_OTHER),
        ] {
            let answer = server.signed_in(user).await.get(&path(nobody.id)).await;
            assert_eq!(answer.status, page, "{}", user.display_name);
            assert_eq!(answer.text.contains("Block…") || answer.text.contains("Unblock…"), block.is_redirection());
            assert_eq!(act(&server, user, nobody.id, "block").await.0, block, "{}", user.display_name);
        }
        assert_eq!(act(&server, &helper, ines.id, "block").await.0, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn a_form_of_nowhere_changes_nothing() {
    on_both_engines(async |server| {
        let (tenant, ines) = contoso(&server).await;
        let sam = guest(&server, &tenant, "Sam", "sam@partner.example", ExternalUserState::Accepted).await;
        let browser = server.signed_in(&ines).await;
        for (site, csrf) in [("cross-site", "x"), ("same-origin", ""), ("same-origin", "x")] {
            let request = axum::http::Request::post(format!("{}/remove", path(sam.id)))
                .header("content-type", "application/x-www-form-urlencoded")
                .header("sec-fetch-site", site);
            let answer = browser.send(request.body(format!("csrf={csrf}").into()).expect("a request")).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{site} {csrf}");
        }
        assert!(find(&server, &sam).await.is_some());
        for place in ["nonsense", "block/x", ""] {
            let answer = browser.get(&format!("{}/{place}", path(sam.id))).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{place}");
        }
    })
    .await;
}

/// X4: what strangers chose is text on the page and in the questions.
#[tokio::test]
async fn x4_a_name_is_inert_on_its_page() {
    on_both_engines(async |server| {
        let (tenant, ines) = contoso(&server).await;
        let mail = format!("a@{HOSTILE}");
        let sam = guest(&server, &tenant, HOSTILE, &mail, ExternalUserState::Accepted).await;
        let browser = server.signed_in(&ines).await;
        for place in ["", "/block", "/remove", "/sign-out", "/resend"] {
            let text = browser.get(&format!("{}{place}", path(sam.id))).await.text;
            assert!(text.contains("</html>") && !text.contains("<script>"), "{place}: {text}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_administrator_gives_and_takes_a_role_and_others_only_see_it() {
    on_both_engines(async |server| {
        let (tenant, ines) = contoso(&server).await;
        let tom = server.member(&tenant, "tom", &[Role::UserAdministrator]).await;
        let browser = server.signed_in(&ines).await;
        let page = browser.get(&path(tom.id)).await.text;
        assert!(page.contains("/give-global-administrator") && page.contains("/take-user-administrator"), "{page}");
        assert_eq!(act(&server, &ines, tom.id, "give-guest-inviter").await.0, StatusCode::SEE_OTHER);
        let done = browser.get(&format!("{}?done=give-guest-inviter", path(tom.id))).await.text;
        assert!(done.contains("The role was given.") && done.contains("/take-guest-inviter"), "{done}");
        let (status, last) = act(&server, &ines, ines.id, "take-global-administrator").await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert!(last.contains("Make somebody else an administrator first"), "{last}");
        // A User Administrator sees the roles and has no way to change them.
        let browser = server.signed_in(&tom).await;
        let page = browser.get(&path(tom.id)).await.text;
        assert!(page.contains("User Administrator") && !page.contains("/give-") && !page.contains("/take-"), "{page}");
        assert_eq!(act(&server, &tom, tom.id, "give-global-administrator").await.0, StatusCode::FORBIDDEN);
    })
    .await;
}
