//! The page of an app that says whose tokens prove it.

use super::pages::{HOSTILE, add, contoso};
use crate::graph::{Caller, Role};
use crate::testing::{Browser, TestServer, on_both_engines};
use axum::http::{Method, Request, StatusCode};
use serde_json::{Value, json};

const FIELDS: [(&str, &str); 5] = [
    ("name", "main"),
    ("issuer", "https://token.issuer.example"),
    ("subject", "repo:contoso/app:ref:main"),
    ("audience", "api://contoso"),
    ("description", "The pipeline"),
];

/// The same with other values for some fields.
fn with<'a>(others: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let other = |name: &str| others.iter().find(|(given, _)| *given == name).copied();
    FIELDS.iter().map(|field| other(field.0).unwrap_or(*field)).collect()
}

/// What the app trusts, by the API. `here` is the address of its page.
async fn trusted(server: &TestServer, caller: &Caller, here: &str) -> Vec<Value> {
    let app = here.rsplit('/').next().expect("an id");
    let path = format!("/v1.0/applications/{app}/federatedIdentityCredentials");
    let listed = server.api_as(caller, Method::GET, &path, &Value::Null).await.json();
    listed["value"].as_array().expect("a collection").clone()
}

/// Sends a form with the value of another page.
async fn send(browser: &Browser<'_>, page: &str, to: &str, fields: &[(&str, &str)]) -> StatusCode {
    let shown = browser.get(page).await.text;
    let csrf = shown.rsplit("name=\"csrf\" value=\"").next().and_then(|rest| rest.split('"').next()).expect("a value");
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.append_pair("csrf", csrf).extend_pairs(fields);
    let request = Request::post(to)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin");
    browser.send(request.body(form.finish().into()).expect("a request")).await.status
}

#[tokio::test]
async fn a_credential_is_added_shown_and_removed_after_a_question() {
    on_both_engines(async |server| {
        let (tenant, browser) = contoso(&server).await;
        let admin = server.administrator(&tenant).await;
        let here = add(&browser, "Expenses").await;
        let page = format!("{here}/federated");
        assert!(browser.page().contains(&format!("href=\"{page}\"")), "the page of the app leads there");
        let empty = browser.get(&page).await.text;
        assert!(empty.contains("Nobody’s.") && empty.contains("value=\"api://AzureADTokenExchange\""), "{empty}");

        browser.submit_to("/federated", &FIELDS).await;
        assert_eq!(browser.location(), page);
        let shown = browser.page();
        assert!(FIELDS.iter().all(|(_, value)| shown.contains(value)), "{shown}");
        assert!(shown.contains("DELETE /v1.0/applications/"), "the calls stand below: {shown}");
        assert!(!shown.contains("/remove\""), "no button removes at once: {shown}");
        let kept = trusted(&server, &admin, &here).await;
        assert_eq!((kept.len(), &kept[0]["audiences"]), (1, &json!(["api://contoso"])));
        assert_eq!(kept[0]["description"], "The pipeline");

        let id = kept[0]["id"].as_str().expect("an id");
        let asked = browser.get(&format!("{page}?ask={id}")).await.text;
        let action = format!("action=\"{page}/{id}/remove\"");
        assert!(asked.contains("Remove main?") && asked.contains(&action), "{asked}");
        assert_eq!(trusted(&server, &admin, &here).await.len(), 1, "asking changes nothing");
        browser.submit_to("/remove", &[]).await;
        assert_eq!(browser.location(), page);
        assert!(browser.page().contains("Nobody’s."), "{}", browser.page());
        assert!(trusted(&server, &admin, &here).await.is_empty());
        let again = send(&browser, &page, &format!("{page}/{id}/remove"), &[]).await;
        assert_eq!(again, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_with_a_credential_stands_at_its_field_with_what_was_written() {
    on_both_engines(async |server| {
        let (tenant, browser) = contoso(&server).await;
        let admin = server.administrator(&tenant).await;
        let here = add(&browser, "Expenses").await;
        let page = format!("{here}/federated");
        browser.get(&page).await;
        browser.submit_to("/federated", &FIELDS).await;
        let cases: [(&str, &[(&str, &str)]); 9] = [
            ("name", &[("name", "two words")]),
            ("name", &[("subject", "another")]),
            ("issuer", &[("name", "other"), ("issuer", "http://token.issuer.example")]),
            ("issuer", &[("name", "other"), ("issuer", "https://169.254.169.254/latest")]),
            ("issuer", &[("name", "other"), ("issuer", "")]),
            ("subject", &[("name", "other"), ("subject", "")]),
            ("subject", &[("name", "other")]),
            ("audience", &[("name", "other"), ("subject", "another"), ("audience", "")]),
            ("description", &[("name", "other"), ("subject", "another"), ("description", "written\u{202E}")]),
        ];
        for (field, others) in cases {
            browser.get(&page).await;
            let fields = with(others);
            let answer = browser.submit_to("/federated", &fields).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{others:?}");
            assert!(answer.text.contains("<title>Error:"), "{others:?}");
            assert!(answer.text.contains(&format!("href=\"#{field}\"")), "{others:?}: {}", answer.text);
            assert!(answer.text.contains(&format!("id=\"{field}-e\"")), "{others:?}: {}", answer.text);
            let written = fields.iter().all(|(_, value)| answer.text.contains(&format!("value=\"{value}\"")));
            assert!(written, "{others:?} keeps what was written: {}", answer.text);
        }
        for number in 1..20 {
            let (name, subject) = (format!("name{number}"), format!("subject{number}"));
            browser.get(&page).await;
            let fields = [("name", name.as_str()), ("subject", subject.as_str())];
            let added = browser.submit_to("/federated", &with(&fields)).await;
            assert_eq!(added.status, StatusCode::OK, "{}", added.text);
        }
        let more = browser.submit_to("/federated", &with(&[("name", "more"), ("subject", "more")])).await;
        assert_eq!(more.status, StatusCode::BAD_REQUEST);
        assert!(more.text.contains("The credential was not added. Federated credentials:"), "{}", more.text);
        assert_eq!(trusted(&server, &admin, &here).await.len(), 20);
    })
    .await;
}

#[tokio::test]
async fn t3_credentials_are_for_those_who_may_change_the_app() {
    on_both_engines(async |server| {
        let (tenant, browser) = contoso(&server).await;
        let admin = server.administrator(&tenant).await;
        let here = add(&browser, "Expenses").await;
        let page = format!("{here}/federated");
        browser.get(&page).await;
        browser.submit_to("/federated", &FIELDS).await;
        let id = trusted(&server, &admin, &here).await[0]["id"].as_str().expect("an id").to_owned();
        let gone = format!("{page}/{id}/remove");
        let mara = server.member(&tenant, "mara", &[]).await;
        let noor = server.member(&tenant, "noor", &[Role::UserAdministrator]).await;
        for other in [&mara, &noor] {
            let (theirs, name) = (server.signed_in(other).await, &other.display_name);
            assert_eq!(theirs.get(&page).await.status, StatusCode::FORBIDDEN, "{name}");
            let door = "/portal/contoso.example/invitations/new";
            assert_eq!(send(&theirs, door, &page, &with(&[("name", "other")])).await, StatusCode::FORBIDDEN, "{name}");
            assert_eq!(send(&theirs, door, &gone, &[]).await, StatusCode::FORBIDDEN, "{name}");
        }
        browser.get(&page).await;
        let forged = browser.submit_to("/federated", &[("csrf", "forged")]).await;
        assert_eq!(forged.status, StatusCode::FORBIDDEN, "{}", forged.text);
        assert_eq!(trusted(&server, &admin, &here).await.len(), 1);

        browser.get(&here).await;
        browser.submit_to("/add-owner", &[("owner", &mara.user_principal_name)]).await;
        let owner = server.signed_in(&mara).await;
        owner.get(&page).await;
        owner.submit_to("/federated", &with(&[("name", "second"), ("subject", "second")])).await;
        assert!(owner.page().contains("second"), "{}", owner.page());
        owner.get(&format!("{page}?ask={id}")).await;
        owner.submit_to("/remove", &[]).await;
        let names: Vec<_> = trusted(&server, &admin, &here).await.iter().map(|one| one["name"].clone()).collect();
        assert_eq!(names, [json!("second")]);
    })
    .await;
}

#[tokio::test]
async fn i5_neither_an_app_nor_a_credential_of_another_organisation_is_found() {
    on_both_engines(async |server| {
        let (tenant, browser) = contoso(&server).await;
        let admin = server.administrator(&tenant).await;
        let here = add(&browser, "Expenses").await;
        browser.get(&format!("{here}/federated")).await;
        browser.submit_to("/federated", &FIELDS).await;
        let id = trusted(&server, &admin, &here).await[0]["id"].as_str().expect("an id").to_owned();

        let fabrikam = server.tenant("Fabrikam", "fabrikam.example").await;
        let stranger = server.member(&fabrikam, "ines", &[Role::GlobalAdministrator]).await;
        let theirs = server.signed_in(&stranger).await;
        let mixed = here.replace("contoso.example", "fabrikam.example");
        let apps = "/portal/fabrikam.example/apps";
        for path in [format!("{mixed}/federated"), format!("{mixed}/federated?ask={id}")] {
            assert_eq!(theirs.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        for to in [format!("{mixed}/federated"), format!("{mixed}/federated/{id}/remove")] {
            assert_eq!(send(&theirs, apps, &to, &FIELDS).await, StatusCode::NOT_FOUND, "{to}");
        }
        // Their own app does not lead to it either.
        theirs.get(&format!("{apps}/new")).await;
        theirs.submit_to("/apps/new", &[("name", "Own")]).await;
        let own = format!("{}/federated", theirs.location());
        let asked = theirs.get(&format!("{own}?ask={id}")).await;
        assert!(asked.status == StatusCode::OK && !asked.text.contains("repo:contoso"), "{}", asked.text);
        for credential in [id.as_str(), "main"] {
            let to = format!("{own}/{credential}/remove");
            assert_eq!(send(&theirs, apps, &to, &[]).await, StatusCode::NOT_FOUND, "{to}");
        }
        assert_eq!(trusted(&server, &admin, &here).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn x4_what_a_credential_says_is_text() {
    on_both_engines(async |server| {
        let (tenant, browser) = contoso(&server).await;
        let admin = server.administrator(&tenant).await;
        let here = add(&browser, HOSTILE).await;
        let page = format!("{here}/federated");
        browser.get(&page).await;
        browser.submit_to("/federated", &with(&[("name", HOSTILE)])).await;
        assert!(browser.page().contains("name-e") && !browser.page().contains("<script>alert"), "{}", browser.page());
        let hostile = [("subject", HOSTILE), ("audience", HOSTILE), ("description", HOSTILE)];
        browser.submit_to("/federated", &with(&hostile)).await;
        let id = trusted(&server, &admin, &here).await[0]["id"].as_str().expect("an id").to_owned();
        for path in [page.clone(), format!("{page}?ask={id}")] {
            let shown = browser.get(&path).await.text;
            assert!(shown.contains("alert(1)") && !shown.contains("<script>alert"), "{shown}");
        }
    })
    .await;
}
