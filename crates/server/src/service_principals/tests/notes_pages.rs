//! The page of an app with its tags and notes.

use super::foreign_pages::admitted;
use super::pages::{HOSTILE, add, contoso};
use crate::graph::{Permission, Role};
use crate::platform::ids::TenantId;
use crate::testing::{TestServer, on_both_engines};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

/// An application or a service principal by the API.
async fn stored(server: &TestServer, tenant: TenantId, object: &str) -> Value {
    let reader = server.application(tenant, &[Permission::ApplicationReadAll]);
    let path = format!("/v1.0/{object}?$select=tags,notes");
    let answer = server.api_as(&reader, Method::GET, &path, &Value::Null).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()
}

/// The registration with this page, as the API names it.
fn registration(here: &str) -> String {
    format!("applications/{}", here.rsplit('/').next().expect("an id"))
}

#[tokio::test]
async fn tags_and_notes_are_seen_and_changed_and_the_audit_tells_it() {
    on_both_engines(async |server| {
        let (tenant, browser) = contoso(&server).await;
        let here = add(&browser, "Expenses").await;
        let (page, object) = (format!("{here}/notes"), registration(&here));
        assert!(browser.get(&here).await.text.contains(&format!("href=\"{page}\"")), "{}", browser.page());
        browser.get(&page).await;
        let said = [("tags", "finance\r\n\r\n HideApp "), ("notes", "Ask Anna.\r\nOr Bert.")];
        let saved = browser.submit_to("/notes", &said).await;
        assert!(saved.text.contains("It was saved."), "{} {}", saved.status, saved.text);
        assert!(saved.text.contains(">finance\nHideApp</textarea>"), "{}", saved.text);
        let kept = stored(&server, tenant.id, &object).await;
        assert_eq!((&kept["tags"], &kept["notes"]), (&json!(["finance", "HideApp"]), &json!("Ask Anna.\nOr Bert.")));
        let admin = server.administrator(&tenant).await;
        let audits = "/v1.0/auditLogs/directoryAudits?$filter=activityDisplayName%20eq%20'Update%20application'";
        let audits = server.api_as(&admin, Method::GET, audits, &Value::Null).await.text;
        assert!(audits.contains("\"Tags\"") && audits.contains("\"Notes\""), "{audits}");

        let saved = browser.submit_to("/notes", &[("tags", "")]).await;
        assert!(saved.text.contains("It was saved."), "{} {}", saved.status, saved.text);
        let kept = stored(&server, tenant.id, &object).await;
        assert_eq!(
            (&kept["tags"], &kept["notes"]),
            (&json!([]), &json!("Ask Anna.\nOr Bert.")),
            "what is not sent stays"
        );
        let hostile = browser.submit_to("/notes", &[("notes", HOSTILE)]).await;
        assert!(!hostile.text.contains("<script>alert"), "{}", hostile.text);
        browser.submit_to("/notes", &[("notes", " ")]).await;
        assert_eq!(stored(&server, tenant.id, &object).await["notes"], Value::Null);
    })
    .await;
}

#[tokio::test]
async fn what_makes_no_sense_is_said_at_its_field_and_what_is_out_of_date_changes_nothing() {
    on_both_engines(async |server| {
        let (tenant, browser) = contoso(&server).await;
        let here = add(&browser, "Expenses").await;
        let (page, object) = (format!("{here}/notes"), registration(&here));
        let (long_tag, long_notes) = ("x".repeat(257), "x".repeat(1025));
        for (field, typed, said) in [
            ("tags", long_tag.as_str(), "Tags: it is longer than 256 characters."),
            ("tags", "one\u{202e}two", "Tags: it has control or hidden characters."),
            ("notes", long_notes.as_str(), "Notes: it is longer than 1024 characters."),
        ] {
            browser.get(&page).await;
            let other = if field == "tags" { ("notes", "Typed notes") } else { ("tags", "typed-tag") };
            let refused = browser.submit_to("/notes", &[(field, typed), other]).await;
            assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{field}: {}", refused.text);
            assert!(refused.text.contains("<title>Error:") && refused.text.contains(said), "{said}: {}", refused.text);
            assert!(refused.text.contains(&format!("<a href=\"#{field}\">")), "{field}: {}", refused.text);
            assert!(refused.text.contains(other.1), "what was typed stands there: {}", refused.text);
        }
        let kept = stored(&server, tenant.id, &object).await;
        assert_eq!((&kept["tags"], &kept["notes"]), (&json!([]), &Value::Null));

        let ada = server.member(&tenant, "ada", &[Role::ApplicationAdministrator]).await;
        let early = server.signed_in(&ada).await;
        browser.get(&page).await;
        early.get(&page).await;
        early.submit_to("/notes", &[("tags", "finance"), ("notes", "Ask Anna.")]).await;
        let late = browser.submit_to("/notes", &[("tags", "travel"), ("notes", "Ask Anna.")]).await;
        assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.text);
        assert!(late.text.contains(">finance</textarea>"), "what is stored stands in the field: {}", late.text);
        let typed = late.text.split("You had written this").nth(1).expect("what was typed");
        let typed = typed.split("</dl>").next().unwrap_or_default();
        assert!(typed.contains("travel") && !typed.contains("Anna"), "only what differs: {typed}");
        assert_eq!(stored(&server, tenant.id, &object).await["tags"], json!(["finance"]));
        // A role that somebody adds does not hold up who writes notes.
        browser.get(&page).await;
        early.get(&here).await;
        early.submit_to("/add-role", &[("role-name", "Reader"), ("value", "Reader"), ("for-people", "1")]).await;
        let saved = browser.submit_to("/notes", &[("tags", "travel")]).await;
        assert!(saved.text.contains("It was saved."), "{} {}", saved.status, saved.text);
    })
    .await;
}

#[tokio::test]
async fn of_an_app_of_another_organisation_there_is_what_is_said_here() {
    on_both_engines(async |server| {
        let (tenant, browser) = contoso(&server).await;
        let (app, principal, here) = admitted(&server, &tenant, "Harvester").await;
        let page = format!("{here}/notes");
        assert!(browser.get(&here).await.text.contains(&format!("href=\"{page}\"")), "{}", browser.page());
        browser.get(&page).await;
        let saved = browser.submit_to("/notes", &[("tags", "farming"), ("notes", "Ask Anna.")]).await;
        assert!(saved.text.contains("It was saved."), "{} {}", saved.status, saved.text);
        assert_eq!(browser.location(), format!("{page}?done=saved"));
        let kept = stored(&server, tenant.id, &format!("servicePrincipals/{}", principal.id)).await;
        assert_eq!((&kept["tags"], &kept["notes"]), (&json!(["farming"]), &json!("Ask Anna.")));
        let home = server.application(principal.home(), &[Permission::ApplicationReadAll]);
        let path = format!("/v1.0/applications(appId='{}')?$select=tags,notes", app.client_id);
        let registered = server.api_as(&home, Method::GET, &path, &Value::Null).await.json();
        assert_eq!((&registered["tags"], &registered["notes"]), (&json!([]), &Value::Null), "it is told none of it");
    })
    .await;
}

#[tokio::test]
async fn owners_change_what_they_own_and_others_do_not_see_the_page() {
    on_both_engines(async |server| {
        let (tenant, browser) = contoso(&server).await;
        let admin = server.administrator(&tenant).await;
        let here = add(&browser, "Expenses").await;
        let (page, object) = (format!("{here}/notes"), registration(&here));
        let [mia, kim] = [server.member(&tenant, "mia", &[]).await, server.member(&tenant, "kim", &[]).await];
        let owner = json!({ "@odata.id": format!("http://localhost:8080/v1.0/users/{}", mia.id) });
        let owners = format!("/v1.0/{object}/owners/$ref");
        assert_eq!(server.api_as(&admin, Method::POST, &owners, &owner).await.status, 204);
        assert_eq!(server.signed_in(&kim).await.get(&page).await.status, StatusCode::FORBIDDEN);
        let of_mia = server.signed_in(&mia).await;
        of_mia.get(&page).await;
        let saved = of_mia.submit_to("/notes", &[("notes", "Ask Mia.")]).await;
        assert!(saved.text.contains("It was saved."), "{} {}", saved.status, saved.text);
        assert_eq!(stored(&server, tenant.id, &object).await["notes"], "Ask Mia.");
    })
    .await;
}

#[tokio::test]
async fn more_tags_than_the_page_holds_are_counted_and_left_alone() {
    on_both_engines(async |server| {
        let (tenant, browser) = contoso(&server).await;
        let here = add(&browser, "Expenses").await;
        let (page, object) = (format!("{here}/notes"), registration(&here));
        let admin = server.administrator(&tenant).await;
        let tags = |count: u32, length: usize| -> Vec<String> {
            (0..count).map(|number| format!("{}{number:03}", "&".repeat(length - 3))).collect()
        };
        let said = async |tags: &[String]| {
            let body = json!({ "tags": tags, "notes": "&".repeat(1024) });
            let path = format!("/v1.0/{object}");
            let changed = server.api_as(&admin, Method::PATCH, &path, &body).await;
            assert_eq!(changed.status, 204, "{}", changed.text);
        };
        let many = tags(30, 99);
        said(&many).await;
        let shown = browser.get(&page).await.text;
        assert!(shown.contains("name=\"tags\"") && shown.len() < 61_440, "{}", shown.len());
        let most = tags(100, 256);
        said(&most).await;
        let shown = browser.get(&page).await.text;
        assert!(!shown.contains("name=\"tags\"") && shown.len() < 61_440, "{}", shown.len());
        assert!(shown.contains("It has 100 tags, more than this page holds."), "{shown}");
        browser.submit_to("/notes", &[("notes", "Fewer.")]).await;
        let kept = stored(&server, tenant.id, &object).await;
        assert_eq!((&kept["tags"], &kept["notes"]), (&json!(most), &json!("Fewer.")));
    })
    .await;
}
