//! The form on the page of an app that takes its logo.

use super::foreign_pages::admitted;
use super::pages::{add, contoso};
use crate::graph::{Permission, Role};
use crate::testing::{ADDRESS, Answer, Browser, on_both_engines, png_of};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use serde_json::{Value, json};

/// What the form of the logo on this page holds for a field.
fn hidden(page: &str, name: &str) -> String {
    let form = page.split("<form").find(|form| form.contains("/logo\"")).expect("the form");
    let value = form.split(&format!("name=\"{name}\" value=\"")).nth(1).and_then(|rest| rest.split('"').next());
    value.expect("a value").to_owned()
}

/// Sends that form as browsers do: with a file, or by the button that removes the logo.
async fn send(browser: &Browser<'_>, (here, page): (&str, &str), file: &[u8], removes: bool) -> Answer {
    let field = |head: &str, content: &[u8]| {
        let head = format!("--b\r\nContent-Disposition: form-data; {head}\r\n\r\n");
        [head.as_bytes(), content, b"\r\n".as_slice()].concat()
    };
    let mut body = field("name=\"csrf\"", hidden(page, "csrf").as_bytes());
    body.extend(field("name=\"seen\"", hidden(page, "seen").as_bytes()));
    body.extend(field("name=\"logo\"; filename=\"logo.png\"", file));
    if removes {
        body.extend(field("name=\"without\"", b"1"));
    }
    body.extend(b"--b--\r\n");
    let request = Request::post(format!("{here}/logo"))
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "multipart/form-data; boundary=b");
    browser.send(request.body(Body::from(body)).expect("a request")).await
}

/// Where the logo stands that a page shows.
fn shown_on(page: &str) -> Option<String> {
    let after = page.split("<img class=\"app big\" src=\"").nth(1)?;
    after.split('"').next().map(str::to_owned)
}

#[tokio::test]
async fn a_logo_is_stored_shown_and_removed_and_the_audit_tells_it() {
    on_both_engines(async |server| {
        let (tenant, browser) = contoso(&server).await;
        let here = add(&browser, "Expenses").await;
        let id = here.rsplit('/').next().expect("an id").to_owned();
        let reader = server.application(tenant.id, &[Permission::ApplicationReadAll, Permission::AuditLogReadAll]);
        let get = async |path: &str| server.api_as(&reader, Method::GET, path, &Value::Null).await;
        let logo = format!("/v1.0/applications/{id}/logo");
        let told = async || {
            let path = "/v1.0/auditLogs/directoryAudits?$filter=activityDisplayName%20eq%20'Update%20application'";
            let rows = get(path).await.json()["value"].as_array().expect("rows").clone();
            let is_logo = |row: &&Value| row["targetResources"][0]["modifiedProperties"][0]["displayName"] == "Logo";
            rows.iter().filter(is_logo).filter(|row| row["initiatedBy"]["user"].is_object()).count()
        };
        let page = browser.get(&here).await.text;
        assert!(page.contains("There is none.") && !page.contains("Remove the logo"), "{page}");
        assert!(page.contains(&format!("<b>PUT</b> {logo}")) && shown_on(&page).is_none(), "{page}");
        // What is not there is not removed either.
        assert_eq!(send(&browser, (&here, &page), b"", true).await.status, StatusCode::SEE_OTHER);

        let mut before = None;
        for (side, changes) in [(48, 1), (48, 1), (64, 2)] {
            let page = browser.get(&here).await.text;
            let saved = send(&browser, (&here, &page), &png_of(side, side), false).await;
            assert_eq!((saved.status.as_u16(), saved.header("location")), (303, here.as_str()), "{}", saved.text);
            assert_eq!((get(&logo).await.status.as_u16(), told().await), (200, changes), "{side}");
            let page = browser.get(&here).await.text;
            assert!(!page.contains("There is none.") && page.contains("Remove the logo"), "{page}");
            assert!(page.len() < 61_440, "{}", page.len());
            let shown = shown_on(&page).expect("the logo");
            assert!(shown.starts_with(&format!("/{}/logos/", tenant.id)), "{shown}");
            let file = server.get(&shown).await;
            assert_eq!((file.status.as_u16(), file.header("content-type")), (200, "image/png"));
            assert_eq!(before.as_ref() == Some(&shown), side == 48 && before.is_some(), "it changes with the file");
            before = Some(shown);
        }

        let page = browser.get(&here).await.text;
        // The button says it, whatever was chosen before.
        let removed = send(&browser, (&here, &page), &png_of(32, 32), true).await;
        assert_eq!(removed.status, StatusCode::SEE_OTHER, "{}", removed.text);
        assert_eq!((get(&logo).await.status.as_u16(), told().await), (404, 3));
        assert!(browser.get(&here).await.text.contains("There is none."));
    })
    .await;
}

#[tokio::test]
async fn x4_what_is_no_small_picture_is_refused_at_the_field() {
    on_both_engines(async |server| {
        let (tenant, browser) = contoso(&server).await;
        let here = add(&browser, "Expenses").await;
        for (file, said) in [
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(), "Logo: it is neither a JPEG nor a PNG."),
            (b"GIF89a".to_vec(), "Logo: it is neither a JPEG nor a PNG."),
            (png_of(257, 8), "Logo: each side has 1 to 256 pixels."),
            ([png_of(8, 8), vec![0; 32 * 1024]].concat(), "Logo: it has more than 32768 bytes."),
            // More than a call takes at all.
            (vec![0; 300_000], "Logo: it has more than 32768 bytes."),
            (Vec::new(), "Choose a file first."),
        ] {
            let page = browser.get(&here).await.text;
            let refused = send(&browser, (&here, &page), &file, false).await;
            assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{said}: {}", refused.text);
            for part in ["<title>Error:", "<a href=\"#logo\">", "id=\"logo-e\"", said, "There is none."] {
                assert!(refused.text.contains(part), "{part}: {}", refused.text);
            }
        }
        // Apps of other organisations have theirs from there.
        let (_, _, foreign) = admitted(&server, &tenant, "Harvester").await;
        let foreign = browser.get(&foreign).await;
        assert!(foreign.status == StatusCode::OK && !foreign.text.contains("/logo\""), "{}", foreign.text);
    })
    .await;
}

#[tokio::test]
async fn a_logo_that_somebody_else_set_meanwhile_is_not_written_over() {
    on_both_engines(async |server| {
        let (tenant, browser) = contoso(&server).await;
        let here = add(&browser, "Expenses").await;
        let ada = server.member(&tenant, "ada", &[Role::ApplicationAdministrator]).await;
        let early = server.signed_in(&ada).await;
        let open = [browser.get(&here).await.text, browser.get(&here).await.text];
        let page = early.get(&here).await.text;
        assert_eq!(send(&early, (&here, &page), &png_of(48, 48), false).await.status, StatusCode::SEE_OTHER);
        let kept = shown_on(&early.get(&here).await.text).expect("the logo");
        let mut again = String::new();
        for (page, removes) in open.iter().zip([false, true]) {
            let late = send(&browser, (&here, page), &png_of(64, 64), removes).await;
            assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.text);
            assert!(late.text.contains("Somebody changed this app after you opened the page."), "{}", late.text);
            assert_eq!(shown_on(&late.text).as_ref(), Some(&kept), "what is stored stands there");
            again = late.text;
        }
        // Who has seen it may go on, and a role that somebody adds is another matter.
        early.get(&here).await;
        early.submit_to("/add-role", &[("role-name", "Reader"), ("value", "Reader"), ("for-people", "1")]).await;
        assert_eq!(send(&browser, (&here, &again), &png_of(64, 64), false).await.status, StatusCode::SEE_OTHER);
        assert_ne!(shown_on(&early.get(&here).await.text), Some(kept));
    })
    .await;
}

#[tokio::test]
async fn owners_set_the_logo_of_what_they_own_and_others_do_not() {
    on_both_engines(async |server| {
        let (tenant, browser) = contoso(&server).await;
        let admin = server.administrator(&tenant).await;
        let here = add(&browser, "Expenses").await;
        let id = here.rsplit('/').next().expect("an id");
        let [mia, kim] = [server.member(&tenant, "mia", &[]).await, server.member(&tenant, "kim", &[]).await];
        let owner = json!({ "@odata.id": format!("{ADDRESS}/v1.0/users/{}", mia.id) });
        let owners = format!("/v1.0/applications/{id}/owners/$ref");
        assert_eq!(server.api_as(&admin, Method::POST, &owners, &owner).await.status, 204);
        let of_mia = server.signed_in(&mia).await;
        let page = of_mia.get(&here).await.text;
        let of_kim = server.signed_in(&kim).await;
        let refused = send(&of_kim, (&here, &page), &png_of(48, 48), false).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text);
        assert_eq!(send(&of_mia, (&here, &page), &png_of(48, 48), false).await.status, StatusCode::SEE_OTHER);
        assert!(shown_on(&of_mia.get(&here).await.text).is_some());
    })
    .await;
}
