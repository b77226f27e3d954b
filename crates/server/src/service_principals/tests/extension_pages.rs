//! The page of an app that says which properties it adds to objects.

use super::pages::{HOSTILE, add, contoso};
use super::parts::{Part, assert_wrong_at, send, text};
use crate::extensions;
use crate::testing::on_both_engines;
use axum::http::{Method, StatusCode};
use serde_json::json;

const FIELDS: [(&str, &str); 4] = [("name", "costCenter"), ("type", "String"), ("target", "User"), ("target", "Group")];

pub(super) const EXTENSIONS: Part = Part {
    page: "extensions",
    collection: "extensionProperties",
    fields: &FIELDS,
    other: &[("name", "other"), ("type", "Boolean"), ("target", "User")],
    word: "costCenter",
    mark: ("dataType", "Boolean"),
};

#[tokio::test]
async fn a_property_is_added_shown_and_removed_with_its_values_after_a_question() {
    on_both_engines(async |server| {
        let (tenant, browser) = contoso(&server).await;
        let admin = server.administrator(&tenant).await;
        let here = add(&browser, "Expenses").await;
        let page = format!("{here}/extensions");
        assert!(browser.page().contains(&format!("href=\"{page}\"")), "the page of the app leads there");
        assert!(browser.get(&page).await.text.contains("Nothing."));

        browser.submit_to("/extensions", &FIELDS).await;
        assert_eq!(browser.location(), page);
        let list = [("name", "badges"), ("type", "Integer"), ("several", "1"), ("target", "Application")];
        browser.submit_to("/extensions", &list).await;
        let kept = EXTENSIONS.listed(&server, &admin, &here).await;
        assert_eq!(kept.len(), 2, "{kept:?}");
        let cost = kept.iter().find(|one| one["dataType"] == "String").expect("the first one");
        assert_eq!((&cost["isMultiValued"], &cost["targetObjects"]), (&json!(false), &json!(["User", "Group"])));
        let (id, name) = (text(&cost["id"]), text(&cost["name"]));
        let shown = browser.page();
        for said in [name.as_str(), "Users, Groups", "Integer, several", "Registrations", "In use", "POST /v1.0/app"] {
            assert!(shown.contains(said), "{said}: {shown}");
        }
        assert!(!shown.contains("/remove\""), "no button removes at once: {shown}");

        let question = format!("{page}?ask={id}");
        assert!(browser.get(&question).await.text.contains("No object has a value of it."));
        let anna = format!("/v1.0/users/{}", server.member(&tenant, "anna", &[]).await.id);
        let given = server.api_as(&admin, Method::PATCH, &anna, &json!({ name.as_str(): "A1" })).await;
        assert_eq!(given.status, 204, "{}", given.text);
        let asked = browser.get(&question).await.text;
        assert!(asked.contains("Remove costCenter?"), "{asked}");
        assert!(asked.contains("The 1 value that an object has of it goes with it."), "{asked}");
        assert!(asked.contains("Nobody can bring this back"), "{asked}");
        assert_eq!(EXTENSIONS.listed(&server, &admin, &here).await.len(), 2, "asking changes nothing");

        browser.submit_to("/remove", &[]).await;
        assert_eq!(browser.location(), page);
        let shown = browser.page();
        assert!(shown.contains("Removed, its values go within the hour") && shown.contains(&name), "{shown}");
        assert!(!shown.contains(&format!("ask={id}")), "it is removed once: {shown}");
        assert_eq!(EXTENSIONS.listed(&server, &admin, &here).await.len(), 1);
        let again = send(&browser, &page, &format!("{page}/{id}/remove"), &[]).await;
        assert_eq!(again, StatusCode::NOT_FOUND);
        assert_eq!(extensions::purge(&server).await.expect("a purge"), 1);
        assert!(!browser.get(&page).await.text.contains(&name));
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_with_a_property_stands_at_its_field_with_what_was_written() {
    on_both_engines(async |server| {
        let (tenant, browser) = contoso(&server).await;
        let admin = server.administrator(&tenant).await;
        let here = add(&browser, "Expenses").await;
        let page = format!("{here}/extensions");
        browser.get(&page).await;
        browser.submit_to("/extensions", &FIELDS).await;
        let cases: [(&str, &[(&str, &str)]); 6] = [
            ("name", &[("name", "2written"), ("type", "Boolean"), ("target", "User")]),
            ("name", &[("name", "two written"), ("type", "Boolean"), ("target", "User")]),
            ("name", &[("name", "costCenter"), ("type", "Boolean"), ("target", "User")]),
            ("type", &[("name", "written"), ("type", "Colour"), ("target", "User")]),
            ("target", &[("name", "written"), ("type", "Boolean")]),
            ("target", &[("name", "written"), ("type", "Boolean"), ("target", "Device")]),
        ];
        for (field, fields) in cases {
            browser.get(&page).await;
            let answer = browser.submit_to("/extensions", fields).await;
            assert_wrong_at(field, &answer, fields);
            assert!(answer.text.contains(&format!("value=\"{}\"", fields[0].1)), "{fields:?}: {}", answer.text);
            let is_chosen = answer.text.contains("value=\"Boolean\" selected");
            assert_eq!(is_chosen, field != "type", "{fields:?} keeps the type: {}", answer.text);
        }
        let kept = EXTENSIONS.listed(&server, &admin, &here).await;
        assert_eq!(kept.len(), 1, "{kept:?}");
    })
    .await;
}

#[tokio::test]
async fn x4_what_a_form_of_properties_says_is_text() {
    on_both_engines(async |server| {
        let (_, browser) = contoso(&server).await;
        let here = add(&browser, HOSTILE).await;
        browser.get(&format!("{here}/extensions")).await;
        let hostile = [("name", HOSTILE), ("type", HOSTILE), ("target", HOSTILE)];
        let refused = browser.submit_to("/extensions", &hostile).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
        assert!(refused.text.contains("alert(1)") && !refused.text.contains("<script>alert"), "{}", refused.text);
    })
    .await;
}
