//! What is done with several users at once.

use super::guest;
use crate::graph::Role;
use crate::tenants::Tenant;
use crate::testing::{Browser, TestServer, on_both_engines};
use crate::users::{ExternalUserState, User, store};
use axum::http::{Request, StatusCode};

const LIST: &str = "/portal/contoso.example/users";
const PICKED: &str = "/portal/contoso.example/users/picked";

/// The organisation, somebody who administers its users, and three guests.
async fn contoso(server: &TestServer) -> (Tenant, User, Vec<User>) {
    let tenant = server.tenant("Contoso", "contoso.example").await;
    let ines = server.member(&tenant, "ines", &[Role::UserAdministrator]).await;
    let mut guests = Vec::new();
    for name in ["Aiko", "Chidi", "Dana"] {
        let mail = format!("{name}@fabrikam.example");
        guests.push(guest(server, &tenant, name, &mail, ExternalUserState::Accepted).await);
    }
    (tenant, ines, guests)
}

/// Sends the form beneath the list.
async fn send(browser: &Browser<'_>, deed: &str, people: &[&User], further: &[(&str, &str)]) -> (StatusCode, String) {
    let page = browser.get(LIST).await.text;
    let csrf = page.rsplit("name=\"csrf\" value=\"").next().and_then(|rest| rest.split('"').next()).expect("a value");
    let ids: Vec<String> = people.iter().map(|user| user.id.to_string()).collect();
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.append_pair("csrf", csrf).append_pair("do", deed).extend_pairs(further);
    for id in &ids {
        form.append_pair("pick", id);
    }
    let request = Request::post(PICKED)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin");
    let answer = browser.send(request.body(form.finish().into()).expect("a request")).await;
    (answer.status, answer.text)
}

async fn is_enabled(server: &TestServer, user: &User) -> Option<bool> {
    let mut tx = server.read().await.expect("a connection");
    let found = store::find(&mut tx, user.tenant_id, user.id).await.expect("an answer");
    found.map(|user| user.account_enabled)
}

#[tokio::test]
async fn a_question_comes_first_and_one_who_cannot_be_blocked_stops_nobody() {
    on_both_engines(async |server| {
        let (tenant, ines, guests) = contoso(&server).await;
        let boss = server.member(&tenant, "boss", &[Role::GlobalAdministrator]).await;
        let browser = server.signed_in(&ines).await;
        let all = [&guests[0], &guests[1], &boss];
        let (status, asked) = send(&browser, "block", &all, &[("list", "kind=guest")]).await;
        assert_eq!(status, StatusCode::OK);
        for said in ["Block 3 people?", "lose the way into 0 apps", "Aiko@fabrikam.example", "/users?kind=guest\""] {
            assert!(asked.contains(said), "{said}: {asked}");
        }
        assert_eq!(is_enabled(&server, &guests[0]).await, Some(true), "a question changes nothing");

        let (status, done) = send(&browser, "block", &all, &[("sure", "1")]).await;
        assert_eq!(status, StatusCode::OK);
        for said in ["2 people were blocked", "1 person was not blocked", "<bdi>boss</bdi>: You may not do this"] {
            assert!(done.contains(said), "{said}: {done}");
        }
        let mut enabled = Vec::new();
        for user in [&guests[0], &guests[1], &guests[2], &boss] {
            enabled.push(is_enabled(&server, user).await);
        }
        assert_eq!(enabled, [Some(false), Some(false), Some(true), Some(true)]);
        assert!(done.contains("Undo: unblock 2 people"), "{done}");
        assert!(!done.split("name=\"pick\"").any(|rest| rest.contains(&format!("value=\"{}\"", boss.id))));
        send(&browser, "unblock", &[&guests[0], &guests[1]], &[("sure", "1")]).await;
        assert_eq!(is_enabled(&server, &guests[1]).await, Some(true));
    })
    .await;
}

#[tokio::test]
async fn undoing_lets_nobody_in_who_was_blocked_before() {
    on_both_engines(async |server| {
        let (_, ines, guests) = contoso(&server).await;
        let browser = server.signed_in(&ines).await;
        send(&browser, "block", &[&guests[0]], &[("sure", "1")]).await;
        let (_, done) = send(&browser, "block", &[&guests[0], &guests[1]], &[("sure", "1")]).await;
        assert!(done.contains("<bdi>Aiko</bdi>: They were blocked before."), "{done}");
        let undone: Vec<&str> = done.split("name=\"pick\"").skip(1).collect();
        assert!(undone.iter().any(|rest| rest.contains(&guests[1].id.to_string())), "{done}");
        assert!(!undone.iter().any(|rest| rest.contains(&guests[0].id.to_string())), "{done}");
        let (_, done) = send(&browser, "unblock", &[&guests[1], &guests[2]], &[("sure", "1")]).await;
        assert!(done.contains("<bdi>Dana</bdi>: They were not blocked."), "{done}");
        assert_eq!(is_enabled(&server, &guests[0]).await, Some(false));
        assert_eq!(is_enabled(&server, &guests[1]).await, Some(true));
    })
    .await;
}

#[tokio::test]
async fn who_was_removed_together_is_brought_back_together() {
    on_both_engines(async |server| {
        let (_, ines, guests) = contoso(&server).await;
        let browser = server.signed_in(&ines).await;
        let two = [&guests[0], &guests[2]];
        let (_, done) = send(&browser, "remove", &two, &[("sure", "1")]).await;
        assert!(done.contains("2 people were removed.") && done.contains("Undo: bring 2 people back"), "{done}");
        assert_eq!(is_enabled(&server, &guests[2]).await, None);
        let (_, done) = send(&browser, "restore", &two, &[("sure", "1")]).await;
        assert!(done.contains("2 people were brought back."), "{done}");
        assert_eq!(is_enabled(&server, &guests[2]).await, Some(true));
        let (_, done) = send(&browser, "restore", &two, &[("sure", "1")]).await;
        assert!(done.contains("2 people were not brought back."), "nobody is there to be brought back: {done}");
    })
    .await;
}

#[tokio::test]
async fn what_no_page_sends_changes_nothing() {
    on_both_engines(async |server| {
        let (_, ines, guests) = contoso(&server).await;
        let fabrikam = server.tenant("Fabrikam", "fabrikam.example").await;
        let theirs = server.member(&fabrikam, "theirs", &[]).await;
        let browser = server.signed_in(&ines).await;
        let (status, text) = send(&browser, "remove", &[], &[]).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(text.contains("Nothing was picked"), "{text}");
        let (status, text) = send(&browser, "remove", &[&theirs], &[]).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{text}");
        let (_, text) = send(&browser, "remove", &[&theirs], &[("sure", "1")]).await;
        assert!(text.contains("1 person was not removed.") && !text.contains("theirs"), "{text}");
        assert_eq!(is_enabled(&server, &theirs).await, Some(true));
        for deed in ["", "give-global-administrator", "withdraw"] {
            assert_eq!(
                send(&browser, deed, &[&guests[0]], &[("sure", "1")]).await.0,
                StatusCode::BAD_REQUEST,
                "{deed}"
            );
        }
        let not_an_id = [("pick", "x"), ("sure", "1")];
        assert_eq!(send(&browser, "remove", &[&guests[0]], &not_an_id).await.0, StatusCode::BAD_REQUEST);
        assert_eq!(is_enabled(&server, &guests[0]).await, Some(true));
    })
    .await;
}

#[tokio::test]
async fn boxes_stand_before_users_for_whom_they_are() {
    on_both_engines(async |server| {
        let (tenant, ines, guests) = contoso(&server).await;
        let reader = server.member(&tenant, "reader", &[Role::ReportsReader]).await;
        let shown = server.signed_in(&ines).await.get(LIST).await.text;
        assert!(shown.contains("aria-label=\"Pick Aiko\"") && !shown.contains(" checked>"), "{shown}");
        let shown = server.signed_in(&ines).await.get(&format!("{LIST}?kind=guest&pick=all")).await.text;
        assert_eq!(shown.matches(" checked>").count(), guests.len(), "{shown}");
        let shown = server.signed_in(&reader).await.get(LIST).await.text;
        assert!(!shown.contains("aria-label=\"Pick"), "{shown}");
    })
    .await;
}
