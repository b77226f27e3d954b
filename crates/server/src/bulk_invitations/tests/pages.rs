//! The pages, as a browser without scripts uses them.

use crate::config::InvitationsPerHour;
use crate::graph::Role;
use crate::testing::{Browser, on_both_engines};
use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::json;

const HERE: &str = "/portal/contoso.example/invitations/bulk";

/// Sends the form with its value, as browsers send one that has a file.
async fn send_to(browser: &Browser<'_>, app: &str, list: &str, file: &str) -> (u16, String, String) {
    let page = browser.get(HERE).await.text;
    let value = page.split("name=\"csrf\" value=\"").skip(1).filter_map(|rest| rest.split('"').next()).last();
    let csrf = value.expect("a form value");
    let part =
        |name: &str, value: &str| format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    let body = [
        part("csrf", csrf),
        part("app", app),
        part("redirect_url", ""),
        part("send", "yes"),
        part("list", list),
        format!("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"p.csv\"\r\n\r\n{file}\r\n--b--\r\n"),
    ];
    let request = Request::post(HERE)
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "multipart/form-data; boundary=b")
        .body(Body::from(body.concat()));
    let answer = browser.send(request.expect("a request")).await;
    (answer.status.as_u16(), answer.header("location").to_owned(), answer.text)
}

async fn send(browser: &Browser<'_>, list: &str, file: &str) -> (u16, String, String) {
    send_to(browser, "", list, file).await
}

#[tokio::test]
async fn guests_of_a_list_land_in_the_app_that_was_chosen() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let user = server.member(&tenant, "priya", &[Role::UserAdministrator]).await;
        let app = json!({ "displayName": "Expenses", "web": { "homePageUrl": "https://expenses.contoso.example/" } });
        let administrator = server.administrator(&tenant).await;
        let made = server.api_as(&administrator, Method::POST, "/v1.0/applications", &app).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let browser = server.signed_in(&user).await;
        let page = browser.get(HERE).await.text;
        assert!(page.contains("<option value=\"https://expenses.contoso.example/\">Expenses</option>"), "{page}");
        let (status, place, text) =
            send_to(&browser, "https://expenses.contoso.example/", "a@partner.example", "").await;
        assert_eq!(status, 303, "{text}");
        server.run_due_jobs().await;
        let page = browser.get(&place).await.text;
        assert!(page.contains("lead to <bdi>https://expenses.contoso.example/</bdi>"), "{page}");
    })
    .await;
}

#[tokio::test]
async fn a_list_that_was_pasted_stands_there_again_after_an_error() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let user = server.member(&tenant, "priya", &[Role::UserAdministrator]).await;
        let browser = server.signed_in(&user).await;
        let list: String = (0..3000).map(|number| format!("guest{number}@partner.example\n")).collect();
        let (status, _, text) = send_to(&browser, "https://elsewhere.example/", &list, "").await;
        assert_eq!(status, 400);
        assert!(text.contains("guest0@partner.example") && text.contains("guest2999@partner.example"), "{text}");
        let (status, _, text) = send(&browser, "a@partner.example", "b@partner.example").await;
        assert_eq!(status, 400);
        assert!(text.contains("a@partner.example</textarea>") && !text.contains("b@partner.example"), "{text}");
        // A part would be sent as if it were the whole.
        let long: String = (0..20_000).map(|number| format!("guest{number}@partner.example\n")).collect();
        let (status, _, text) = send_to(&browser, "https://elsewhere.example/", &long, "").await;
        assert_eq!(status, 400);
        assert!(text.contains("too long to be kept here") && !text.contains("guest0@"), "{text}");
    })
    .await;
}

#[tokio::test]
async fn a_list_is_pasted_reviewed_started_and_watched() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let user = server.member(&tenant, "priya", &[Role::UserAdministrator]).await;
        let browser = server.signed_in(&user).await;
        let (status, place, text) = send(&browser, "Sam <sam@partner.example>\r\nnobody\r\n", "").await;
        assert_eq!(status, 303, "{text}");
        let page = browser.get(&place).await;
        assert!(page.text.contains("Being checked") && page.text.contains("Look again"), "{}", page.text);
        server.run_due_jobs().await;
        let page = browser.get(&place).await;
        assert!(page.text.contains("Invite 1 person?") && page.text.contains("nobody"), "{}", page.text);
        assert!(server.mailbox().is_empty());
        let page = browser.submit_to("/start", &[]).await;
        assert!(page.text.contains("Inviting"), "{}", page.text);
        server.run_due_jobs().await;
        let page = browser.get(&place).await;
        assert!(page.text.contains("1 invited") && page.text.contains("1 row cannot be invited."), "{}", page.text);
        assert_eq!(server.mailbox().len(), 1);
        let file = browser.get(&format!("{place}/failures")).await;
        assert!(file.text.contains("\"2\",") && file.text.contains("\"nobody\""), "{}", file.text);
        let page = browser.get(HERE).await;
        assert!(page.text.contains("Pasted list") && page.text.contains("Finished"), "{}", page.text);
    })
    .await;
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_said_at_its_field_and_nothing_is_kept() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let user = server.member(&tenant, "priya", &[Role::UserAdministrator]).await;
        let browser = server.signed_in(&user).await;
        let (status, _, text) = send(&browser, " ", "a,b\n1,2\n").await;
        assert_eq!(status, 400);
        assert!(text.contains("The first line must name the columns") && text.contains("Error: Invite many"), "{text}");
        let (status, _, text) = send(&browser, "", "").await;
        assert_eq!(status, 400);
        assert!(text.contains("Choose a file or paste a list."), "{text}");
        for (list, file, said) in [
            ("a@partner.example", "email\nb@partner.example\n", "There is a pasted list and a file"),
            ("", "Email,mail\na@partner.example,b@partner.example\n", "“Email” and “mail” both name the address"),
            ("", "PK\u{3}\u{4}\u{14}\u{0}[Content_Types].xml", "This is no CSV file"),
        ] {
            let (status, _, text) = send(&browser, list, file).await;
            assert_eq!(status, 400, "{said}");
            assert!(text.contains("href=\"#file\"") && text.contains(said), "{text}");
        }
        let (status, _, text) = send_to(&browser, "https://evil.test/", "a@partner.example", "").await;
        assert_eq!(status, 400);
        assert!(text.contains("href=\"#redirect_url\"") && text.contains("An invitation cannot lead there"), "{text}");
        assert!(server.contents().await["bulk_invitation"].is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_file_is_taken_with_its_name_and_stopped() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let user = server.member(&tenant, "priya", &[Role::UserAdministrator]).await;
        let browser = server.signed_in(&user).await;
        let (_, place, _) = send(&browser, "", "email\nsam@partner.example\n").await;
        assert!(browser.get(&place).await.text.contains("p.csv"));
        let page = browser.submit_to("/stop", &[]).await;
        assert!(page.text.contains("Stopped"), "{}", page.text);
        server.run_due_jobs().await;
        assert!(server.mailbox().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_list_with_nobody_to_invite_is_not_offered_to_be_started() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let user = server.member(&tenant, "priya", &[Role::UserAdministrator]).await;
        let browser = server.signed_in(&user).await;
        let (_, place, _) = send(&browser, "", "email\nsam@contoso.example\nno address\n").await;
        server.run_due_jobs().await;
        let page = browser.get(&place).await.text;
        assert!(page.contains("Nobody of this list can be invited."), "{page}");
        assert!(!page.contains("Invite 0 people") && !page.contains("/start\""), "{page}");
    })
    .await;
}

#[tokio::test]
async fn a_list_that_is_longer_than_the_hour_says_when_its_last_mail_leaves() {
    on_both_engines(async |server| {
        let mut settings = server.settings.clone();
        settings.mail.invitations_per_hour = InvitationsPerHour { organization: 4, ..InvitationsPerHour::default() };
        let server = server.twin_with(settings).await;
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let user = server.member(&tenant, "priya", &[Role::UserAdministrator]).await;
        let browser = server.signed_in(&user).await;
        let list = |people: std::ops::Range<u32>| -> String {
            people.map(|number| format!("guest{number}@partner.example\n")).collect()
        };
        let (_, place, _) = send(&browser, &list(0..7), "").await;
        assert!(!browser.get(&place).await.text.contains("leave in an hour"), "nobody knows yet how many there are");
        server.run_due_jobs().await;
        // Three of four mails are for lists, so that one leaves every 20 minutes.
        let told = "Of the mails of lists in this organisation at most 3 leave in an hour. \
                    The last one of this list leaves about 23 November 2026, 11:00 UTC";
        let page = browser.get(&place).await.text;
        assert!(page.contains("Not all mails leave at once.") && page.contains(told), "{page}");
        let page = browser.submit_to("/start", &[]).await.text;
        assert!(page.contains("Inviting") && page.contains(told), "{page}");
        server.run_due_jobs().await;
        assert!(!browser.get(&place).await.text.contains("leave in an hour"), "all are invited");
        assert_eq!(server.mailbox().len(), 3);

        let gus = server.member(&tenant, "gus", &[]).await;
        let browser = server.signed_in(&gus).await;
        let (_, place, _) = send(&browser, &list(7..9), "").await;
        server.run_due_jobs().await;
        let page = browser.get(&place).await.text;
        let told = "Of the mails of one person at most 1 leave in an hour. \
                    The last one of this list leaves about 23 November 2026, 10:00 UTC";
        assert!(page.contains(told), "{page}");
        let (_, place, _) = send(&browser, &list(9..10), "").await;
        server.run_due_jobs().await;
        assert!(!browser.get(&place).await.text.contains("leave in an hour"));
    })
    .await;
}
