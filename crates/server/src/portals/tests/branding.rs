//! Branding, as a person sets it.

use crate::graph::{Caller, Role};
use crate::testing::{Answer, Browser, TestServer, on_both_engines, person, png_of};
use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::{Value, json};

const PATH: &str = "/portal/contoso.example/settings/branding";

/// The value that the page holds for a field: the last one, because the side bar has a form of its own.
fn value_on(page: &str, name: &str) -> String {
    let value = page.rsplit(&format!("name=\"{name}\" value=\"")).next().and_then(|rest| rest.split('"').next());
    value.expect("a value").to_owned()
}

/// Sends the form of this page, as it is shown now.
async fn save(browser: &Browser<'_>, path: &str, fields: &[(&str, &str)], picture: &[u8]) -> Answer {
    let page = browser.get(path).await.text;
    send(browser, (path, &page), fields, picture).await
}

/// Sends the form of this page, as it was shown.
async fn send(browser: &Browser<'_>, (path, page): (&str, &str), fields: &[(&str, &str)], picture: &[u8]) -> Answer {
    let field = |name: &str, value: &str| {
        format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").into_bytes()
    };
    let head = "--b\r\nContent-Disposition: form-data; name=\"squareLogo\"; filename=\"l.png\"\r\nContent-Type: image/png\r\n\r\n";
    let texts = fields.iter().flat_map(|(name, value)| field(name, value)).collect();
    let body = [
        field("csrf", &value_on(page, "csrf")),
        field("seen", &value_on(page, "seen")),
        texts,
        head.as_bytes().to_vec(),
        picture.to_vec(),
        b"\r\n--b--\r\n".to_vec(),
    ]
    .concat();
    let request = Request::post(path)
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "multipart/form-data; boundary=b")
        .body(Body::from(body));
    browser.send(request.expect("a request")).await
}

/// Branding as the API tells it; the status where there is none.
async fn stored(server: &TestServer, caller: &Caller, more: &str) -> Result<Value, u16> {
    let path = format!("/v1.0/organization/{}/branding{more}", caller.tenant);
    let answer = server.api_as(caller, Method::GET, &path, &Value::Null).await;
    if answer.status.is_success() { Ok(answer.json()) } else { Err(answer.status.as_u16()) }
}

#[tokio::test]
async fn a_look_is_saved_shown_and_refused_at_the_field_that_is_wrong() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ines = server.member(&tenant, "ines", &[Role::GlobalAdministrator]).await;
        let caller = person(&ines, vec![Role::GlobalAdministrator]);
        let browser = server.signed_in(&ines).await;
        let text = ("signInPageText", "Weekdays\r\nfrom 8 to 18.");
        for (colour, picture, sentence) in [
            ("red", png_of(48, 48), "a colour such as"),
            ("#8b1a4a", b"GIF89a".to_vec(), "neither a PNG nor a JPEG"),
            ("#8b1a4a", png_of(480, 48), "480 x 48 pixels"),
        ] {
            let refused = save(&browser, PATH, &[("backgroundColor", colour), text], &picture).await;
            assert_eq!(refused.status, 422, "{sentence}");
            assert!(refused.text.contains(sentence) && refused.text.contains(colour), "{}", refused.text);
            assert_eq!(stored(&server, &caller, "").await, Err(404), "nothing was saved: {sentence}");
        }
        let saved = save(&browser, PATH, &[("backgroundColor", "#8b1a4a"), text], &png_of(48, 48)).await;
        assert_eq!(saved.status, 303, "{}", saved.text);
        let saved = browser.get(PATH).await;
        for part in ["There is one; another takes its place.", "name=\"without\" value=\"squareLogo\""] {
            assert!(saved.text.contains(part), "{part}: {}", saved.text);
        }
        let door = server.browser().get("/portal/contoso.example").await.text;
        for part in ["from 8 to 18.", "/contoso.example/branding/0/squareLogo", "/contoso.example/branding/0/style"] {
            assert!(door.contains(part), "{part}: {door}");
        }
        browser.get(PATH).await;
        let ada = server.member(&tenant, "ada", &[Role::UserAdministrator]).await;
        let ada = server.signed_in(&ada).await;
        for path in [PATH.to_owned(), format!("{PATH}/de"), format!("{PATH}/tlh")] {
            assert_eq!(ada.get(&path).await.status, 403, "{path}");
        }
    })
    .await;
}

/// What the audit says of branding: the properties of each change, in no order of the changes.
async fn told(server: &TestServer, caller: &Caller) -> Vec<Vec<String>> {
    let path = "/v1.0/auditLogs/directoryAudits?$filter=activityDisplayName%20eq%20'Set%20Company%20Information'";
    let rows = server.api_as(caller, Method::GET, path, &Value::Null).await.json()["value"].clone();
    let name = |property: &Value| property["displayName"].as_str().expect("a name").to_owned();
    let names = |row: &Value| {
        row["targetResources"][0]["modifiedProperties"].as_array().expect("changes").iter().map(name).collect()
    };
    rows.as_array().expect("rows").iter().map(names).collect()
}

#[tokio::test]
async fn texts_and_pictures_of_one_form_are_one_change() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ines = server.member(&tenant, "ines", &[Role::GlobalAdministrator]).await;
        let caller = person(&ines, vec![Role::GlobalAdministrator]);
        let browser = server.signed_in(&ines).await;
        let both = ["signInPageText", "squareLogo"].map(str::to_owned).to_vec();
        let early = ("signInPageText", "Weekdays");
        assert_eq!(save(&browser, PATH, &[early], &png_of(48, 48)).await.status, 303);
        assert_eq!(told(&server, &caller).await, std::slice::from_ref(&both));
        // Ticked to be taken away and replaced at once, it is replaced.
        let fields = [("signInPageText", "At any time"), ("without", "squareLogo"), ("without", "favicon")];
        assert_eq!(save(&browser, PATH, &fields, &png_of(32, 32)).await.status, 303);
        assert_eq!(told(&server, &caller).await, [both.clone(), both.clone()]);
        let fields = [("signInPageText", ""), ("without", "squareLogo")];
        assert_eq!(save(&browser, PATH, &fields, b"").await.status, 303);
        assert_eq!(told(&server, &caller).await, [both.clone(), both.clone(), both]);
        let shown = stored(&server, &caller, "").await.expect("branding");
        assert_eq!((&shown["signInPageText"], &shown["squareLogoRelativeUrl"]), (&Value::Null, &Value::Null));
        // A form that says what is stored changes nothing.
        assert_eq!(save(&browser, PATH, &[], b"").await.status, 303);
        assert_eq!(told(&server, &caller).await.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn a_language_is_added_shown_changed_and_removed() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ines = server.member(&tenant, "ines", &[Role::GlobalAdministrator]).await;
        let caller = person(&ines, vec![Role::GlobalAdministrator]);
        let browser = server.signed_in(&ines).await;
        let (german, text) = (format!("{PATH}/de"), "signInPageText");
        save(&browser, PATH, &[(text, "Weekdays from 8 to 18."), ("backgroundColor", "#8b1a4a")], b"").await;
        let list = browser.get(PATH).await.text;
        for part in [
            "As for every reader",
            &format!("href=\"{german}\">Add"),
            "href=\"/portal/contoso.example/settings/branding?ask=remove\"",
        ] {
            assert!(list.contains(part), "{part}: {list}");
        }
        let empty = browser.get(&german).await.text;
        assert!(empty.contains("For every reader: Weekdays from 8 to 18.") && !empty.contains("ask=remove"), "{empty}");
        let refused = save(&browser, &german, &[(text, "Werktags")], b"GIF89a").await;
        assert_eq!((refused.status.as_u16(), stored(&server, &caller, "/localizations/de").await), (422, Err(404)));
        let made = save(&browser, &german, &[(text, "Werktags von 8 bis 18 Uhr.")], &png_of(48, 48)).await;
        assert_eq!((made.status.as_u16(), made.header("location")), (303, format!("{german}?done=saved").as_str()));
        let shown = stored(&server, &caller, "/localizations/de").await.expect("branding");
        assert_eq!(shown[text], "Werktags von 8 bis 18 Uhr.");
        let door = server.browser();
        door.get("/portal/contoso.example").await;
        let door = door.get(&format!("{}?lang=de", door.location())).await.text;
        for part in ["Werktags von 8 bis 18 Uhr.", "branding/de/squareLogo", "branding/0/style"] {
            assert!(door.contains(part), "{part}: {door}");
        }
        let list = browser.get(PATH).await.text;
        assert!(list.contains(&format!("href=\"{german}\">Change")) && !list.contains("ask=remove"), "{list}");
        let first = server
            .api_as(
                &caller,
                Method::POST,
                &format!("/v1.0/organization/{}/branding/localizations", tenant.id),
                &json!({ "id": "de-AT" }),
            )
            .await;
        assert_eq!(first.status, 201, "{}", first.text);
        let list = browser.get(PATH).await.text;
        assert!(list.contains("Not shown, because of de") && list.contains(&format!("{german}-at")), "{list}");

        browser.get(PATH).await;
        let asked = browser.get(&format!("{german}?ask=remove")).await.text;
        assert!(asked.contains("Remove this branding?"), "{asked}");
        let gone = browser.submit_to("/de/remove", &[]).await;
        assert!(gone.text.contains("The branding was removed."), "{}", gone.text);
        assert_eq!(stored(&server, &caller, "/localizations/de").await, Err(404));
        assert_eq!(browser.get(&format!("{PATH}/tlh")).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn the_branding_for_every_reader_goes_last() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ines = server.member(&tenant, "ines", &[Role::GlobalAdministrator]).await;
        let caller = person(&ines, vec![Role::GlobalAdministrator]);
        let browser = server.signed_in(&ines).await;
        let arabic = format!("{PATH}/ar");
        save(&browser, PATH, &[("usernameHintText", "Your name")], b"").await;
        // The question stayed open while somebody added a language.
        let other = server.signed_in(&ines).await;
        browser.get(&format!("{PATH}?ask=remove")).await;
        save(&other, &arabic, &[("usernameHintText", "Name")], b"").await;
        let refused = browser.submit_to("/0/remove", &[]).await;
        assert_eq!(refused.status, 422, "{}", refused.text);
        let link = "<a href=\"#languages\">Remove the branding for languages first.";
        assert!(refused.text.contains(link), "{}", refused.text);
        browser.get(&format!("{arabic}?ask=remove")).await;
        browser.submit_to("/ar/remove", &[]).await;
        browser.get(&format!("{PATH}?ask=remove")).await;
        let gone = browser.submit_to("/0/remove", &[]).await;
        assert!(gone.text.contains("The branding was removed."), "{}", gone.text);
        assert_eq!(stored(&server, &caller, "").await, Err(404));
    })
    .await;
}

#[tokio::test]
async fn a_form_that_shows_a_look_of_before_changes_nothing() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ines = server.member(&tenant, "ines", &[Role::GlobalAdministrator]).await;
        let caller = person(&ines, vec![Role::GlobalAdministrator]);
        let (early, late) = (server.signed_in(&ines).await, server.signed_in(&ines).await);
        let german = format!("{PATH}/de");
        for (path, more) in [(PATH, ""), (german.as_str(), "/localizations/de")] {
            for (first, second) in [("One", "Two"), ("Three", "Four")] {
                let open = late.get(path).await.text;
                let kept = save(&early, path, &[("usernameHintText", first)], b"").await;
                assert_eq!(kept.status, 303, "{path}: {}", kept.text);
                let stale = send(&late, (path, &open), &[("usernameHintText", second)], b"").await;
                assert_eq!(stale.status, 409, "{path}: {}", stale.text);
                let says = stale.text.contains("You had written this") && stale.text.contains(second);
                assert!(says && stale.text.contains(&format!("value=\"{first}\"")), "{path}: {}", stale.text);
                let shown = stored(&server, &caller, more).await.expect("branding");
                assert_eq!(shown["usernameHintText"], first, "{path}");
            }
        }
        // What is wrong is said of a form that is older, too, and it stays as old as it is.
        let open = late.get(PATH).await.text;
        save(&early, PATH, &[("usernameHintText", "Five")], b"").await;
        let wrong = send(&late, (PATH, &open), &[("usernameHintText", "Six")], b"GIF89a").await;
        assert_eq!(wrong.status, 422, "{}", wrong.text);
        let stale = send(&late, (PATH, &wrong.text), &[("usernameHintText", "Six")], b"").await;
        assert_eq!(stale.status, 409, "{}", stale.text);
    })
    .await;
}

#[tokio::test]
async fn a_picture_alone_is_a_change_that_forms_of_before_do_not_pass_over() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ines = server.member(&tenant, "ines", &[Role::GlobalAdministrator]).await;
        let caller = person(&ines, vec![Role::GlobalAdministrator]);
        let (early, late) = (server.signed_in(&ines).await, server.signed_in(&ines).await);
        let hint = [("usernameHintText", "Your name")];
        let logo = format!("/v1.0/organization/{}/branding/localizations/0/squareLogo", tenant.id);
        save(&early, PATH, &hint, b"").await;
        for by_api in [false, true] {
            let open = late.get(PATH).await.text;
            if by_api {
                let gone = server.api_as(&caller, Method::DELETE, &logo, &Value::Null).await;
                assert_eq!(gone.status, 204, "{}", gone.text);
            } else {
                assert_eq!(save(&early, PATH, &hint, &png_of(48, 48)).await.status, 303);
            }
            let stale = send(&late, (PATH, &open), &hint, b"").await;
            assert_eq!(stale.status, 409, "{by_api}: {}", stale.text);
        }
        // What was asked is not what would be removed.
        let german = format!("{PATH}/de");
        save(&early, &german, &hint, b"").await;
        late.get(&format!("{german}?ask=remove")).await;
        assert_eq!(save(&early, &german, &hint, &png_of(48, 48)).await.status, 303);
        let kept = late.submit_to("/de/remove", &[]).await;
        assert_eq!(kept.status, 409, "{}", kept.text);
        assert!(kept.text.contains("Somebody changed it after you opened the page."), "{}", kept.text);
        assert!(stored(&server, &caller, "/localizations/de").await.is_ok());
    })
    .await;
}
