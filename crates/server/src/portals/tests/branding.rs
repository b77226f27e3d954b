//! Branding, as a person sets it.

use crate::graph::Role;
use crate::testing::{Browser, on_both_engines, png_of};
use axum::body::Body;
use axum::http::Request;

const PATH: &str = "/portal/contoso.example/settings/branding";

/// Sends the form of the page that was opened last, with a colour and a picture.
async fn save(browser: &Browser<'_>, colour: &str, picture: &[u8]) -> crate::testing::Answer {
    let page = browser.get(PATH).await.text;
    let csrf = page.rsplit("name=\"csrf\" value=\"").next().and_then(|rest| rest.split('"').next()).expect("a value");
    let field = |name: &str, value: &str| {
        format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").into_bytes()
    };
    let head = "--b\r\nContent-Disposition: form-data; name=\"squareLogo\"; filename=\"l.png\"\r\nContent-Type: image/png\r\n\r\n";
    let body = [
        field("csrf", csrf),
        field("backgroundColor", colour),
        field("signInPageText", "Weekdays from 8 to 18."),
        head.as_bytes().to_vec(),
        picture.to_vec(),
        b"\r\n--b--\r\n".to_vec(),
    ]
    .concat();
    let request = Request::post(PATH)
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "multipart/form-data; boundary=b")
        .body(Body::from(body));
    browser.send(request.expect("a request")).await
}

#[tokio::test]
async fn a_look_is_saved_shown_and_refused_at_the_field_that_is_wrong() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ines = server.member(&tenant, "ines", &[Role::GlobalAdministrator]).await;
        let browser = server.signed_in(&ines).await;
        for (colour, picture, sentence) in [
            ("red", png_of(48, 48), "a colour such as"),
            ("#8b1a4a", b"GIF89a".to_vec(), "neither a PNG nor a JPEG"),
            ("#8b1a4a", png_of(480, 48), "480 x 48 pixels"),
        ] {
            let refused = save(&browser, colour, &picture).await;
            assert_eq!(refused.status, 422, "{sentence}");
            assert!(refused.text.contains(sentence) && refused.text.contains(colour), "{}", refused.text);
        }
        assert_eq!(save(&browser, "#8b1a4a", &png_of(48, 48)).await.status, 303);
        let saved = browser.get(PATH).await;
        for part in ["There is one; another takes its place.", "name=\"without\" value=\"squareLogo\""] {
            assert!(saved.text.contains(part), "{part}: {}", saved.text);
        }
        let door = server.browser().get("/portal/contoso.example").await.text;
        for part in
            ["Weekdays from 8 to 18.", "/contoso.example/branding/0/squareLogo", "/contoso.example/branding/0/style"]
        {
            assert!(door.contains(part), "{part}: {door}");
        }
        browser.get(PATH).await;
        let ada = server.member(&tenant, "ada", &[Role::UserAdministrator]).await;
        assert_eq!(server.signed_in(&ada).await.get(PATH).await.status, 403);
    })
    .await;
}
