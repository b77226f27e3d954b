use super::{Journey, LANDING, SAM};
use crate::graph::Role;
use crate::sign_in::session::{self, Method};
use crate::testing::{Browser, TestServer, on_both_engines};
use crate::users::User;
use axum::body::Body;
use axum::http::{HeaderMap, Request, header};

/// Signs somebody in, in this browser.
pub async fn sign_in(server: &TestServer, browser: &Browser<'_>, user: &User) {
    let method = if user.is_guest() { Method::Passcode } else { Method::Password };
    let mut tx = server.write().await.expect("a transaction");
    let started = session::start(&mut tx, server, &HeaderMap::new(), user, method, None).await;
    tx.commit().await.expect("a commit");
    for cookie in started.expect("a session").set_cookies {
        let line = cookie.to_str().expect("ASCII").to_owned();
        let (name, value) = line.split(';').next().and_then(|pair| pair.split_once('=')).expect("a cookie");
        browser.set_cookie(name, value);
    }
}

fn session_of(browser: &Browser<'_>, user: &User) -> Option<String> {
    browser.cookie(&format!("vestibule-session-{}", user.tenant_id.0.simple()))
}

#[tokio::test]
async fn i3_a_forwarded_link_is_refused_with_both_names_and_stays_alive() {
    on_both_engines(async |server| {
        let journey = Journey::begin(&server).await;
        let other = server.member(&journey.tenant, "ben", &[]).await;
        let browser = server.browser();
        sign_in(&server, &browser, &other).await;
        let page = journey.open(&browser).await;
        assert_eq!(page.status, 403);
        assert!(page.text.contains("This invitation is for another address"));
        assert!(page.text.contains("s***@fabrikam.example") && page.text.contains("ben@contoso.example"));
        assert!(!page.text.contains(SAM), "not more than its owner needs");
        let step = browser.location();
        let code = browser.get(&format!("{step}/code")).await;
        assert_eq!(code.status, 403, "no other way around");
        assert!(journey.guest().await.is_pending());
        assert!(journey.invitation().await.opened_at.is_none());
        assert_eq!(journey.accept(&server.browser()).await.header("location"), LANDING, "still alive for its owner");
    })
    .await;
}

#[tokio::test]
async fn x10_a_wrong_account_and_a_made_up_link_are_told_as_what_they_are() {
    on_both_engines(async |server| {
        let journey = Journey::begin(&server).await;
        let ben = server.member(&journey.tenant, "ben", &[]).await;
        journey.open(&server.signed_in(&ben).await).await;
        server.browser().get(&format!("/{}/redeem?ticket=made-up", journey.tenant.id)).await;
        let reader = server.member(&journey.tenant, "ines", &[Role::GlobalAdministrator]).await;
        let reader = server.signed_in(&reader).await;
        let one = async |list: &str| {
            let page = reader.get(&format!("/portal/contoso.example/{list}")).await.text;
            let rows: Vec<_> = page
                .split("role=\"row\"")
                .filter_map(|row| row.split(&format!("/portal/contoso.example/{list}/")).nth(1)?.get(..36))
                .collect();
            let mut pages = String::new();
            for row in rows {
                pages += &reader.get(&format!("/portal/contoso.example/{list}/{row}")).await.text;
            }
            (page, pages)
        };
        let (list, rows) = one("sign-ins").await;
        assert!(list.contains("The invitation is for sam@fabrikam.example."), "{list}");
        for told in [
            "ben was turned away.",
            "opened somebody else&#39;s invitation",
            "home=contoso.example",
            ben.id.to_string().as_str(),
        ] {
            assert!(rows.contains(told), "{told}: {rows}");
        }
        assert!(!rows.contains("no guest here"), "{rows}");
        let (list, rows) = one("changes").await;
        assert!(!list.contains("redeem.rejected") && list.contains("The link was cut or made up."), "{list}");
        for told in [
            "ben opened the invitation of somebody else (sam",
            "Somebody opened a link that opens no invitation.",
            &journey.invitation.id.to_string(),
        ] {
            assert!(rows.contains(told), "{told}: {rows}");
        }
    })
    .await;
}

#[tokio::test]
async fn i8_switching_accounts_signs_out_first_and_then_shows_the_invitation() {
    on_both_engines(async |server| {
        let journey = Journey::begin(&server).await;
        let other = server.member(&journey.tenant, "ben", &[]).await;
        let browser = server.browser();
        sign_in(&server, &browser, &other).await;
        journey.open(&browser).await;
        let secret = session_of(&browser, &other);
        let page = browser.submit_to("/switch", &[]).await;
        assert!(page.text.contains("Accept and continue"));
        assert_eq!(session_of(&browser, &other), None);
        browser.submit(&[]).await;
        browser.submit_to("/code", &[("code", &journey.code().await)]).await;
        assert!(!journey.guest().await.is_pending());
        assert_ne!(session_of(&browser, &other), secret);
        browser.set_cookie(&format!("vestibule-session-{}", other.tenant_id.0.simple()), &secret.expect("a secret"));
        let again = journey.open(&browser).await;
        assert!(again.text.contains("You have accepted"), "the old session has ended for good");
    })
    .await;
}

#[tokio::test]
async fn i8_forms_of_other_sites_and_old_form_values_are_refused() {
    on_both_engines(async |server| {
        let journey = Journey::begin(&server).await;
        let browser = server.browser();
        journey.ask(&browser).await;
        let code = journey.code().await;
        let page = browser.page();
        let value =
            page.split("name=\"csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a value");
        let post = async |site: Option<&str>, origin: Option<&str>, csrf: &str| {
            let mut request =
                Request::post(browser.location()).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            if let Some(site) = site {
                request = request.header("sec-fetch-site", site);
            }
            if let Some(origin) = origin {
                request = request.header(header::ORIGIN, origin);
            }
            let body = format!("csrf={csrf}&code={code}");
            browser.send(request.body(Body::from(body)).expect("a request")).await
        };
        for (site, origin, csrf) in [
            (Some("cross-site"), Some("https://evil.test"), value),
            (Some("same-site"), None, value),
            (None, Some("https://evil.test"), value),
            (None, Some("null"), value),
            (None, None, value),
            (Some("same-origin"), None, ""),
            (Some("same-origin"), None, "AAAA"),
        ] {
            let answer = post(site, origin, csrf).await;
            assert_eq!(answer.status, 403, "{site:?} {origin:?} {csrf}");
        }
        let stranger = server.browser();
        journey.ask(&stranger).await;
        let page = stranger.page();
        let foreign = page.split("name=\"csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        assert_eq!(post(Some("same-origin"), None, foreign.expect("a value")).await.status, 403, "of another browser");
        assert!(journey.guest().await.is_pending());
        let answer = post(Some("same-origin"), None, value).await;
        assert_eq!(answer.header("location"), LANDING);
        assert_eq!(post(Some("same-origin"), None, value).await.header("location"), LANDING, "nothing left to change");
    })
    .await;
}

#[tokio::test]
async fn i16_what_was_done_in_the_guests_name_before_acceptance_ends_with_it() {
    on_both_engines(async |server| {
        let journey = Journey::begin(&server).await;
        let early = server.browser();
        sign_in(&server, &early, &journey.guest).await;
        server.clock.advance(std::time::Duration::from_secs(1));
        journey.accept(&server.browser()).await;
        let page = journey.open(&early).await;
        assert!(page.text.contains("You have accepted"), "the session from before is over");
        let guest = journey.guest().await;
        assert_eq!(guest.sessions_valid_from, server.clock.now());
        assert_eq!(guest.password_hash, None);
    })
    .await;
}

#[tokio::test]
async fn a12_the_session_changes_with_the_acceptance() {
    on_both_engines(async |server| {
        let journey = Journey::begin(&server).await;
        let browser = server.browser();
        journey.ask(&browser).await;
        let code = journey.code().await;
        let page = browser.page();
        // A session that an attacker has put into the browser beforehand.
        let planted = server.browser();
        sign_in(&server, &planted, &journey.guest).await;
        let before = session_of(&planted, &journey.guest).expect("a secret");
        browser.set_cookie(&format!("vestibule-session-{}", journey.tenant.id.0.simple()), &before);
        assert!(page.contains("/code"));
        browser.submit_to("/code", &[("code", &code)]).await;
        let after = session_of(&browser, &journey.guest).expect("a session");
        assert_ne!(before, after);
    })
    .await;
}
