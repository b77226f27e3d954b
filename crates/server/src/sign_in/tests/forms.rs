//! A form is taken from our own pages, once; every page is closed to frames and scripts.

use super::{PASSWORD, begin, has_arrived, headers_of, is_signed_in, member, sign_in, start};
use crate::testing::{Answer, on_both_engines};
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};

/// The form value of a page.
fn csrf(page: &str) -> String {
    let (_, rest) = page.split_once("name=\"csrf\" value=\"").expect("a form");
    rest.split('"').next().unwrap_or_default().to_owned()
}

fn post(path: &str, site: &str, body: String) -> Request<Body> {
    Request::post(path)
        .header("sec-fetch-site", site)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(body))
        .expect("a request")
}

#[tokio::test]
async fn i8_a_password_is_taken_from_our_own_page_in_the_same_browser_once() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let user = member(&server, &tenant, "mara").await;
        let browser = server.browser();
        let step = begin(&server, &tenant, &browser).await;
        browser.get(&step.sign_in_path()).await;
        browser.submit(&[("address", "mara@contoso.example")]).await;
        let path = format!("{}/password", step.sign_in_path());
        let right = || format!("password={}&csrf=", PASSWORD.replace(' ', "+"));
        let value = csrf(&browser.page());

        let other = server.browser();
        let other_step = begin(&server, &tenant, &other).await;
        other.get(&other_step.sign_in_path()).await;
        let foreign_value = csrf(&other.page());
        for (site, value) in [
            ("cross-site", &value),
            ("same-site", &value),
            ("same-origin", &String::new()),
            ("same-origin", &foreign_value),
        ] {
            let answer = browser.send(post(&path, site, right() + value)).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{site}");
            assert!(!is_signed_in(&server, &headers_of(&browser), &user).await);
        }
        // The step of somebody else is of no use in this browser, nor this one's in theirs: no login by a foreign link.
        assert_eq!(other.get(&path).await.status, StatusCode::NOT_FOUND);

        let answer = browser.send(post(&path, "same-origin", right() + &value)).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert!(is_signed_in(&server, &headers_of(&browser), &user).await);
        let again = browser.send(post(&path, "same-origin", right() + &value)).await;
        // The form is not taken a second time; the second click of a double one ends where the first did.
        assert_eq!((again.status, again.headers.get("set-cookie")), (StatusCode::SEE_OTHER, None));
        assert_eq!(again.header("location"), answer.header("location"));
    })
    .await;
}

fn assert_is_closed(answer: &Answer) {
    let policy = answer.header("content-security-policy");
    assert!(policy.contains("frame-ancestors 'none'") && policy.contains("default-src 'none'"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(answer.header("cache-control"), "no-store");
    let text = &answer.text;
    assert!(text.contains("<html lang="), "{text}");
    assert!(!text.contains("<script>") && !text.contains("style=\"") && !text.contains(" onload="), "{text}");
}

#[tokio::test]
async fn a11_a13_x4_every_page_is_closed_to_frames_scripts_and_caches() {
    on_both_engines(async |server| {
        let tenant = server.tenant("<script>alert(1)</script>", "contoso.example").await;
        let user = member(&server, &tenant, "mara").await;
        let browser = server.browser();
        let step = begin(&server, &tenant, &browser).await;
        let base = step.sign_in_path();
        assert_is_closed(&browser.get(&base).await);
        assert_is_closed(&browser.submit(&[("address", "mara@contoso.example")]).await);
        assert_is_closed(&browser.submit(&[("password", "wrong")]).await);
        sign_in(&server, &tenant, &browser, "mara@contoso.example", PASSWORD).await;
        let link = crate::sign_in::recovery::issue(&server, &tenant, &user.user_principal_name).await;
        let link = link.expect("an answer").expect("a link").address;
        let paths = [
            "/".to_owned(),
            "/?organization=x".to_owned(),
            format!("{base}/account"),
            format!("/{}/sign-out", tenant.id),
            "/contoso.example/sign-in/nothing".to_owned(),
            "/nobody.example/sign-out".to_owned(),
            format!("/{}/recover/vsl_x", tenant.id),
            link,
        ];
        for path in paths {
            let answer = browser.get(&path).await;
            assert_is_closed(&answer);
            for leak in ["SELECT", "panicked", ".rs:", "sqlx"] {
                assert!(!answer.text.contains(leak), "{path}: {leak}");
            }
            let is_refusal = answer.status.is_client_error() && path != "/?organization=x";
            assert_eq!(is_refusal, answer.text.contains("class=\"ref\""), "{path}");
        }
        assert_is_closed(&browser.get(&format!("/{}/sign-out", tenant.id)).await);
        assert_is_closed(&browser.submit(&[]).await);
    })
    .await;
}

#[tokio::test]
async fn signing_out_is_asked_for_by_a_page_and_done_by_its_form() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let user = member(&server, &tenant, "mara").await;
        let browser = server.browser();
        sign_in(&server, &tenant, &browser, "mara@contoso.example", PASSWORD).await;
        assert!(has_arrived(&browser));
        let path = format!("/{}/sign-out", tenant.id);
        browser.get(&path).await;
        let forged = browser.send(post(&path, "same-origin", "csrf=x".to_owned())).await;
        assert_eq!(forged.status, StatusCode::FORBIDDEN);
        let held = headers_of(&browser);
        assert!(is_signed_in(&server, &held, &user).await);
        // A form of another session does not end this one.
        let other = start(&server, &HeaderMap::new(), &user).await;
        let foreign = crate::web::csrf::issue(&server, tenant.id, &other.session.form_key);
        assert_eq!(browser.send(post(&path, "same-origin", format!("csrf={foreign}"))).await.status, 403);

        let answer = browser.submit(&[]).await;
        assert!(answer.text.contains("You are signed out"));
        assert!(!is_signed_in(&server, &held, &user).await);
        assert_eq!(browser.cookie_names(), ["vestibule-browser"]);
    })
    .await;
}
