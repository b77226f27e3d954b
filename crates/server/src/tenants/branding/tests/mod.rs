//! Branding over the wire and on pages, on both engines.

use super::{Absent, BrandingError, Changes, ImageKind, Locale, change};
use crate::graph::Caller;
use crate::tenants::Tenant;
use crate::testing::{Answer, TestServer, on_both_engines, person, png_of};
use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::{Value, json};

fn branding(tenant: &Tenant, more: &str) -> String {
    format!("/v1.0/organization/{}/branding{more}", tenant.id)
}

async fn call(server: &TestServer, caller: &Caller, method: Method, path: &str, body: &Value) -> Answer {
    server.api_as(caller, method, path, body).await
}

async fn put(server: &TestServer, caller: &Caller, path: &str, kind: &str, content: Vec<u8>) -> Answer {
    let mut request = Request::put(path).header("content-type", kind).body(Body::from(content)).expect("a request");
    request.extensions_mut().insert(caller.clone());
    server.send(request).await
}

#[tokio::test]
async fn there_is_no_branding_until_some_is_made_and_each_change_is_checked() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ada = server.administrator(&tenant).await;
        let path = branding(&tenant, "");
        assert_eq!(call(&server, &ada, Method::GET, &path, &Value::Null).await.status, 404);
        let look = json!({ "backgroundColor": "#8B1A4A", "signInPageText": "Weekdays from 8 to 18." });
        assert_eq!(call(&server, &ada, Method::PATCH, &path, &look).await.status, 204);
        let shown = call(&server, &ada, Method::GET, &path, &Value::Null).await.json();
        assert_eq!((&shown["id"], &shown["signInPageText"]), (&json!("0"), &json!("Weekdays from 8 to 18.")));
        let long = "x".repeat(1025);
        for (name, value) in [
            ("backgroundColor", "red"),
            ("signInPageText", long.as_str()),
            ("usernameHintText", &long[..65]),
            ("customTermsOfUseUrl", "http://contoso.example/terms"),
            ("customTermsOfUseUrl", "javascript:alert(1)"),
            ("headerBackgroundColor", "#ffffff"),
            ("customCSSRelativeUrl", "x"),
            ("shoeSize", "44"),
        ] {
            let refused = call(&server, &ada, Method::PATCH, &path, &json!({ name: value })).await;
            assert_eq!((refused.status.as_u16(), &refused.json()["error"]["target"]), (400, &json!(name)), "{value}");
        }
        let gone = json!({ "signInPageText": null });
        assert_eq!(call(&server, &ada, Method::PATCH, &path, &gone).await.status, 204);
        let shown = call(&server, &ada, Method::GET, &path, &Value::Null).await.json();
        assert_eq!((&shown["backgroundColor"], &shown["signInPageText"]), (&json!("#8B1A4A"), &Value::Null));
        let bob = person(&server.member(&tenant, "bob", &[]).await, Vec::new());
        assert_eq!(call(&server, &bob, Method::PATCH, &path, &gone).await.status, 403);
        assert_eq!(call(&server, &ada, Method::DELETE, &path, &Value::Null).await.status, 204);
        assert_eq!(call(&server, &ada, Method::GET, &path, &Value::Null).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn a_program_reads_the_branding_of_the_language_it_names() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ada = server.administrator(&tenant).await;
        let path = branding(&tenant, "");
        let everybody = json!({ "signInPageText": "Weekdays from 8 to 18." });
        assert_eq!(call(&server, &ada, Method::PATCH, &path, &everybody).await.status, 204);
        let german = json!({ "id": "de", "signInPageText": "Werktags von 8 bis 18 Uhr." });
        let added = call(&server, &ada, Method::POST, &branding(&tenant, "/localizations"), &german).await;
        assert_eq!(added.status, 201, "{}", added.text);
        for (language, id) in [
            ("0", "0"),
            ("default", "0"),
            ("de", "de"),
            ("DE", "de"),
            ("de-AT", "0"),
            ("de,en;q=0.9", "0"),
            ("fr", "0"),
        ] {
            let named = [("accept-language", language)];
            let shown = server.api_with(&ada, Method::GET, &path, &named, &Value::Null).await.json();
            assert_eq!(shown["id"], id, "{language}");
        }
        let shown = call(&server, &ada, Method::GET, &path, &Value::Null).await.json();
        assert_eq!(shown["id"], "0", "no language is named");
    })
    .await;
}

#[tokio::test]
async fn texts_and_pictures_are_changed_together_or_not_at_all() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ada = server.administrator(&tenant).await;
        let path = branding(&tenant, "");
        let png = "image/png".to_owned();
        let wish = |side| Changes {
            texts: vec![("signInPageText", Some("Weekdays from 8 to 18.".to_owned()))],
            without: vec![ImageKind::BannerLogo],
            pictures: vec![
                (ImageKind::SquareLogo, png.clone(), png_of(48, 48)),
                (ImageKind::Favicon, png.clone(), png_of(side, side)),
            ],
        };
        let everybody = Locale::everybody();
        let refused = change(&server, &ada, &everybody, wish(48), Absent::New, None).await;
        assert!(matches!(refused, Err(BrandingError::Image(ImageKind::Favicon, _))), "{refused:?}");
        assert_eq!(call(&server, &ada, Method::GET, &path, &Value::Null).await.status, 404, "nothing was stored");
        change(&server, &ada, &everybody, wish(32), Absent::New, None).await.expect("it is stored");
        let shown = call(&server, &ada, Method::GET, &path, &Value::Null).await.json();
        assert_eq!(shown["signInPageText"], "Weekdays from 8 to 18.");
        assert!(shown["squareLogoRelativeUrl"].is_string() && shown["faviconRelativeUrl"].is_string(), "{shown}");
        let long = Changes { texts: vec![("usernameHintText", Some("x".repeat(65)))], ..wish(16) };
        let refused = change(&server, &ada, &everybody, long, Absent::Refused, None).await;
        assert!(matches!(refused, Err(BrandingError::Invalid("usernameHintText", _))), "{refused:?}");
        let after = call(&server, &ada, Method::GET, &path, &Value::Null).await.json();
        assert_eq!(after, shown, "no picture was stored");
    })
    .await;
}

#[tokio::test]
async fn pictures_are_taken_by_their_bytes_and_sent_back() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ada = server.administrator(&tenant).await;
        let path = branding(&tenant, "/localizations/0/squareLogo");
        assert_eq!(put(&server, &ada, &path, "image/png", png_of(48, 48)).await.status, 204);
        let audits = "/v1.0/auditLogs/directoryAudits?$filter=activityDisplayName%20eq%20'Set%20Company%20Information'";
        let told = call(&server, &ada, Method::GET, audits, &Value::Null).await.json();
        assert_eq!(told["value"][0]["targetResources"][0]["modifiedProperties"][0]["displayName"], "squareLogo");
        let shown = call(&server, &ada, Method::GET, &branding(&tenant, ""), &Value::Null).await.json();
        let relative = shown["squareLogoRelativeUrl"].as_str().expect("an address").to_owned();
        let file = server.get(&format!("/{relative}")).await;
        assert_eq!((file.status.as_u16(), file.header("content-type")), (200, "image/png"));
        assert!(file.header("cache-control").contains("immutable"));
        assert_eq!(file.header("x-content-type-options"), "nosniff");
        let stale = server.get(&format!("/{}", relative.replace("?v=", "?v=x"))).await;
        assert_eq!(stale.header("cache-control"), "no-cache");
        let read = put(&server, &ada, &path, "text/html", b"<script>alert(1)</script>".to_vec()).await;
        assert_eq!((read.status.as_u16(), &read.json()["error"]["target"]), (400, &json!("squareLogo")));
        assert_eq!(put(&server, &ada, &path, "image/png", vec![0; 300_000]).await.status, 413);
        for (part, status) in [("backgroundImage", 400), ("headerLogo", 400), ("customCSS", 400), ("portrait", 404)] {
            let path = branding(&tenant, &format!("/localizations/0/{part}"));
            assert_eq!(put(&server, &ada, &path, "image/png", png_of(8, 8)).await.status, status, "{part}");
        }
        let other = branding(&tenant, "/localizations/de/squareLogo");
        assert_eq!(put(&server, &ada, &other, "image/png", png_of(8, 8)).await.status, 404, "no such branding yet");
        assert_eq!(call(&server, &ada, Method::DELETE, &path, &Value::Null).await.status, 204);
        assert_eq!(server.get(&format!("/{relative}")).await.status, 404);
        for path in [
            "/nowhere.example/branding/0/squareLogo",
            "/contoso.example/branding/0/style",
            "/contoso.example/branding/x/y",
        ] {
            assert_eq!(server.get(path).await.status, 404, "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn pages_and_mails_of_the_organisation_carry_its_look_in_the_language_of_the_reader() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ada = server.administrator(&tenant).await;
        let look = json!({
            "backgroundColor": "#8b1a4a",
            "signInPageText": "Weekdays from 8 to 18.",
            "usernameHintText": "name@contoso.example",
            "customTermsOfUseText": "Terms", "customTermsOfUseUrl": "https://contoso.example/terms",
        });
        assert_eq!(call(&server, &ada, Method::PATCH, &branding(&tenant, ""), &look).await.status, 204);
        let german = json!({ "id": "de", "signInPageText": "Werktags von 8 bis 18 Uhr." });
        let localizations = branding(&tenant, "/localizations");
        assert_eq!(call(&server, &ada, Method::POST, &localizations, &german).await.status, 201);
        assert_eq!(call(&server, &ada, Method::POST, &localizations, &german).await.status, 409);
        let logo = branding(&tenant, "/squareLogo");
        assert_eq!(put(&server, &ada, &logo, "image/png", png_of(48, 48)).await.status, 204);
        let browser = server.browser();
        let page = browser.get("/portal/contoso.example/users").await;
        for part in ["Weekdays from 8 to 18.", "name@contoso.example", "https://contoso.example/terms"] {
            assert!(page.text.contains(part), "{part}: {}", page.text);
        }
        let between =
            |text: &str, from: &str| text.split(from).nth(1).and_then(|rest| rest.split('"').next()).map(str::to_owned);
        let style = between(&page.text, "<link rel=\"stylesheet\" href=\"/contoso.example").expect("a stylesheet");
        let style = server.get(&format!("/contoso.example{style}")).await;
        assert!(style.text.starts_with(":root{--brand-h:"), "{}", style.text);
        let logo = between(&page.text, "<img class=\"logo\" src=\"").expect("a logo");
        assert_eq!(server.get(&logo).await.status, 200);
        let page = browser.get(&format!("{}?lang=de", browser.location())).await;
        assert!(page.text.contains("Werktags von 8 bis 18 Uhr."), "{}", page.text);
        assert!(page.text.contains("https://contoso.example/terms"), "what the language does not say is everybody's");

        let invitation = json!({
            "invitedUserEmailAddress": "sam@partner.example",
            "inviteRedirectUrl": "https://myapps.microsoft.com",
            "sendInvitationMessage": true,
        });
        assert_eq!(call(&server, &ada, Method::POST, "/v1.0/invitations", &invitation).await.status, 201);
        server.run_due_jobs().await;
        let accent = crate::web::accent::Accent::parse("#8b1a4a").expect("a colour").light();
        let mails = server.mailbox();
        assert!(mails[0].html.contains(&accent), "{accent}");
        assert!(!mails[0].html.contains("#005e4a"));
    })
    .await;
}
