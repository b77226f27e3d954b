//! The page of an app that says whose tokens prove it.

use super::pages::{HOSTILE, add, contoso};
use super::parts::{Part, assert_wrong_at, send, text};
use crate::testing::on_both_engines;
use axum::http::StatusCode;
use serde_json::json;

const FIELDS: [(&str, &str); 5] = [
    ("name", "main"),
    ("issuer", "https://token.issuer.example"),
    ("subject", "repo:contoso/app:ref:main"),
    ("audience", "api://contoso"),
    ("description", "The pipeline"),
];

pub(super) const FEDERATED: Part = Part {
    page: "federated",
    collection: "federatedIdentityCredentials",
    fields: &FIELDS,
    other: &[
        ("name", "second"),
        ("issuer", "https://token.issuer.example"),
        ("subject", "second"),
        ("audience", "api://contoso"),
    ],
    word: "repo:contoso",
    mark: ("name", "second"),
};

/// The same with other values for some fields.
fn with<'a>(others: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let other = |name: &str| others.iter().find(|(given, _)| *given == name).copied();
    FIELDS.iter().map(|field| other(field.0).unwrap_or(*field)).collect()
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
        let kept = FEDERATED.listed(&server, &admin, &here).await;
        assert_eq!((kept.len(), &kept[0]["audiences"]), (1, &json!(["api://contoso"])));
        assert_eq!(kept[0]["description"], "The pipeline");

        let id = text(&kept[0]["id"]);
        let asked = browser.get(&format!("{page}?ask={id}")).await.text;
        let action = format!("action=\"{page}/{id}/remove\"");
        assert!(asked.contains("Remove main?") && asked.contains(&action), "{asked}");
        assert_eq!(FEDERATED.listed(&server, &admin, &here).await.len(), 1, "asking changes nothing");
        browser.submit_to("/remove", &[]).await;
        assert_eq!(browser.location(), page);
        assert!(browser.page().contains("Nobody’s."), "{}", browser.page());
        assert!(FEDERATED.listed(&server, &admin, &here).await.is_empty());
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
            assert_wrong_at(field, &answer, others);
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
        assert_eq!(FEDERATED.listed(&server, &admin, &here).await.len(), 20);
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
        let id = text(&FEDERATED.listed(&server, &admin, &here).await[0]["id"]);
        for path in [page.clone(), format!("{page}?ask={id}")] {
            let shown = browser.get(&path).await.text;
            assert!(shown.contains("alert(1)") && !shown.contains("<script>alert"), "{shown}");
        }
    })
    .await;
}
