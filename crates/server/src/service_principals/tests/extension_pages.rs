//! The page of an app that says which properties it adds to objects.

use super::pages::{HOSTILE, add, contoso};
use crate::extensions;
use crate::graph::{Caller, Role};
use crate::testing::{Browser, TestServer, on_both_engines};
use axum::http::{Method, Request, StatusCode};
use serde_json::{Value, json};

const FIELDS: [(&str, &str); 4] = [("name", "costCenter"), ("type", "String"), ("target", "User"), ("target", "Group")];

/// What the app adds, by the API. `here` is the address of its page.
async fn added(server: &TestServer, caller: &Caller, here: &str) -> Vec<Value> {
    let app = here.rsplit('/').next().expect("an id");
    let path = format!("/v1.0/applications/{app}/extensionProperties");
    let listed = server.api_as(caller, Method::GET, &path, &Value::Null).await.json();
    listed["value"].as_array().expect("a collection").clone()
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
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
        let kept = added(&server, &admin, &here).await;
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
        assert_eq!(added(&server, &admin, &here).await.len(), 2, "asking changes nothing");

        browser.submit_to("/remove", &[]).await;
        assert_eq!(browser.location(), page);
        let shown = browser.page();
        assert!(shown.contains("Removed, its values go within the hour") && shown.contains(&name), "{shown}");
        assert!(!shown.contains(&format!("ask={id}")), "it is removed once: {shown}");
        assert_eq!(added(&server, &admin, &here).await.len(), 1);
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
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{fields:?}");
            assert!(answer.text.contains("<title>Error:"), "{fields:?}");
            assert!(answer.text.contains(&format!("href=\"#{field}\"")), "{fields:?}: {}", answer.text);
            assert!(answer.text.contains(&format!("id=\"{field}-e\"")), "{fields:?}: {}", answer.text);
            assert!(answer.text.contains(&format!("value=\"{}\"", fields[0].1)), "{fields:?}: {}", answer.text);
            let is_chosen = answer.text.contains("value=\"Boolean\" selected");
            assert_eq!(is_chosen, field != "type", "{fields:?} keeps the type: {}", answer.text);
        }
        let kept = added(&server, &admin, &here).await;
        assert_eq!(kept.len(), 1, "{kept:?}");
    })
    .await;
}

#[tokio::test]
async fn t3_properties_are_for_those_who_may_change_the_app() {
    on_both_engines(async |server| {
        let (tenant, browser) = contoso(&server).await;
        let admin = server.administrator(&tenant).await;
        let here = add(&browser, "Expenses").await;
        let page = format!("{here}/extensions");
        browser.get(&page).await;
        browser.submit_to("/extensions", &FIELDS).await;
        let id = text(&added(&server, &admin, &here).await[0]["id"]);
        let gone = format!("{page}/{id}/remove");
        let mara = server.member(&tenant, "mara", &[]).await;
        let noor = server.member(&tenant, "noor", &[Role::UserAdministrator]).await;
        let other = [("name", "other"), ("type", "Boolean"), ("target", "User")];
        for person in [&mara, &noor] {
            let (theirs, name) = (server.signed_in(person).await, &person.display_name);
            assert_eq!(theirs.get(&page).await.status, StatusCode::FORBIDDEN, "{name}");
            let door = "/portal/contoso.example/invitations/new";
            assert_eq!(send(&theirs, door, &page, &other).await, StatusCode::FORBIDDEN, "{name}");
            assert_eq!(send(&theirs, door, &gone, &[]).await, StatusCode::FORBIDDEN, "{name}");
        }
        browser.get(&page).await;
        let forged = browser.submit_to("/extensions", &[("csrf", "forged")]).await;
        assert_eq!(forged.status, StatusCode::FORBIDDEN, "{}", forged.text);
        assert_eq!(added(&server, &admin, &here).await.len(), 1);

        browser.get(&here).await;
        browser.submit_to("/add-owner", &[("owner", &mara.user_principal_name)]).await;
        let owner = server.signed_in(&mara).await;
        owner.get(&page).await;
        owner.submit_to("/extensions", &other).await;
        owner.get(&format!("{page}?ask={id}")).await;
        owner.submit_to("/remove", &[]).await;
        let kept = added(&server, &admin, &here).await;
        assert_eq!((kept.len(), &kept[0]["dataType"]), (1, &json!("Boolean")), "{kept:?}");
    })
    .await;
}

#[tokio::test]
async fn i5_neither_an_app_nor_a_property_of_another_organisation_is_found() {
    on_both_engines(async |server| {
        let (tenant, browser) = contoso(&server).await;
        let admin = server.administrator(&tenant).await;
        let here = add(&browser, "Expenses").await;
        browser.get(&format!("{here}/extensions")).await;
        browser.submit_to("/extensions", &FIELDS).await;
        let id = text(&added(&server, &admin, &here).await[0]["id"]);

        let fabrikam = server.tenant("Fabrikam", "fabrikam.example").await;
        let stranger = server.member(&fabrikam, "ines", &[Role::GlobalAdministrator]).await;
        let theirs = server.signed_in(&stranger).await;
        let mixed = here.replace("contoso.example", "fabrikam.example");
        let apps = "/portal/fabrikam.example/apps";
        for path in [format!("{mixed}/extensions"), format!("{mixed}/extensions?ask={id}")] {
            assert_eq!(theirs.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        for to in [format!("{mixed}/extensions"), format!("{mixed}/extensions/{id}/remove")] {
            assert_eq!(send(&theirs, apps, &to, &FIELDS).await, StatusCode::NOT_FOUND, "{to}");
        }
        // Their own app does not lead to it either.
        theirs.get(&format!("{apps}/new")).await;
        theirs.submit_to("/apps/new", &[("name", "Own")]).await;
        let own = format!("{}/extensions", theirs.location());
        let asked = theirs.get(&format!("{own}?ask={id}")).await;
        assert!(asked.status == StatusCode::OK && !asked.text.contains("costCenter"), "{}", asked.text);
        for property in [id.as_str(), "costCenter"] {
            let to = format!("{own}/{property}/remove");
            assert_eq!(send(&theirs, apps, &to, &[]).await, StatusCode::NOT_FOUND, "{to}");
        }
        assert_eq!(added(&server, &admin, &here).await.len(), 1);
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
