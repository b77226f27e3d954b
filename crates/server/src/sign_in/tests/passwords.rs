//! A member signs in, and nobody learns whether somebody else could.

use super::{PASSWORD, begin, change, has_arrived, headers_of, is_signed_in, member, sign_in};
use crate::testing::{Answer, Recorder, on_both_engines};
use crate::users::User;
use axum::http::StatusCode;
use database::sql;

#[tokio::test]
async fn a_member_signs_in_with_address_and_password() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let user = member(&server, &tenant, "mara").await;
        let browser = server.browser();
        sign_in(&server, &tenant, &browser, "Mara@Contoso.example", PASSWORD).await;
        assert!(has_arrived(&browser), "{}", browser.page());
        assert!(is_signed_in(&server, &headers_of(&browser), &user).await);

        let mut tx = server.read().await.expect("a connection");
        let rows: Vec<(i64, String, Option<String>)> = tx
            .query(sql!("SELECT error_code, method, client_address FROM sign_in WHERE tenant_id = $1"))
            .bind(tenant.id)
            .fetch_all()
            .await
            .expect("the log");
        assert_eq!(rows, [(0, "password".to_owned(), Some("192.0.2.1".to_owned()))]);
    })
    .await;
}

#[tokio::test]
async fn a_password_that_must_be_changed_opens_nothing_else() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let caller = server.administrator(&tenant).await;
        let body = serde_json::json!({
            "accountEnabled": true, "displayName": "Lena", "mailNickname": "lena",
            "userPrincipalName": "lena@contoso.example",
            "passwordProfile": { "password": PASSWORD, "forceChangePasswordNextSignIn": true },
        });
        let made = server.api_as(&caller, axum::http::Method::POST, "/v1.0/users", &body).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let browser = server.browser();
        sign_in(&server, &tenant, &browser, "lena@contoso.example", PASSWORD).await;
        assert!(browser.location().starts_with(&format!("/{}/recover/", tenant.id)), "{}", browser.location());
        // Asking for the portal instead leads to the sign-in, not in.
        let again = server.browser();
        sign_in(&server, &tenant, &again, "lena@contoso.example", "another wrong word").await;
        assert!(!again.location().contains("/recover/"), "only the right password leads there");
        browser.submit(&[("password", "a longer new password")]).await;
        sign_in(&server, &tenant, &browser, "lena@contoso.example", "a longer new password").await;
        assert!(has_arrived(&browser), "{}", browser.page());
        let mut tx = server.read().await.expect("a connection");
        let rows: Vec<(i64,)> = tx
            .query(sql!(
                "SELECT error_code FROM sign_in WHERE tenant_id = $1 AND user_id IS NOT NULL ORDER BY error_code"
            ))
            .bind(tenant.id)
            .fetch_all()
            .await
            .expect("the log");
        let codes: Vec<i64> = rows.into_iter().map(|(code,)| code).collect();
        assert_eq!(codes, [0, 50055, 50126]);
    })
    .await;
}

/// A page without what differs from one request to the next.
fn without_chance(answer: &Answer) -> String {
    let page = &answer.text;
    let cut = |page: String, start: &str, end: &str| {
        let Some((before, rest)) = page.split_once(start) else { panic!("no {start} in {page}") };
        format!("{before}{}", rest.split_once(end).map_or("", |(_, after)| after))
    };
    let page = cut(page.clone(), "name=\"csrf\" value=\"", "\"");
    let page = cut(page, "action=\"", "\"");
    let page = cut(page, "<p class=\"ref\">", "</p>");
    cut(page, "<p class=\"aside\">", "</p>")
}

#[tokio::test]
async fn i17_x6_unknown_wrong_and_blocked_get_the_same_answer_for_the_same_work() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        member(&server, &tenant, "mara").await;
        server.member(&tenant, "none", &[]).await;
        let blocked = member(&server, &tenant, "blocked").await;
        change(&server, User { account_enabled: false, ..blocked }).await;
        server.caught_up().await;
        // The first to come makes the server read what it keeps for everybody.
        let first = server.browser();
        let step = begin(&server, &tenant, &first).await;
        first.get(&step.sign_in_path()).await;
        first.submit(&[("address", "nobody@contoso.example")]).await;
        let recorder = Recorder::start();
        let mut pages = Vec::new();
        for local in ["mara", "none", "nobody", "blocked"] {
            let browser = server.browser();
            let step = begin(&server, &tenant, &browser).await;
            browser.get(&step.sign_in_path()).await;
            recorder.take();
            let address = format!("{local}@contoso.example");
            browser.submit(&[("address", &address)]).await;
            let asked = (recorder.take(), browser.location().replace(&step.id.to_string(), ""));
            let answer = browser.submit(&[("password", "not the password")]).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            let page = without_chance(&answer).replace(local, "").replace(&step.id.to_string(), "");
            pages.push((asked, page, recorder.take()));
        }
        let hashes = pages[0].2.iter().filter(|line| line.contains("hashed")).count();
        assert_eq!(hashes, 1);
        assert!(pages[0].2.len() > 5, "{:?}", pages[0].2);
        for other in &pages[1..] {
            assert_eq!(other, &pages[0]);
        }
        let browser = server.browser();
        sign_in(&server, &tenant, &browser, "blocked@contoso.example", PASSWORD).await;
        assert!(!has_arrived(&browser) && browser.page().contains("do not belong together"));
    })
    .await;
}

#[tokio::test]
async fn i17_an_address_elsewhere_leads_to_a_code_whether_or_not_it_is_known() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let browser = server.browser();
        let step = begin(&server, &tenant, &browser).await;
        browser.get(&step.sign_in_path()).await;
        browser.submit(&[("address", "sam@fabrikam.example")]).await;
        assert_eq!(browser.location(), format!("{}/code", step.sign_in_path()));
    })
    .await;
}

#[tokio::test]
async fn what_is_no_address_is_asked_for_again() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let browser = server.browser();
        let step = begin(&server, &tenant, &browser).await;
        browser.get(&format!("{}?lang=de", step.sign_in_path())).await;
        let answer = browser.submit(&[("address", "\"><script>")]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text.contains("<title>Fehler: ") && answer.text.contains("aria-invalid=\"true\""));
        assert!(!answer.text.contains("<script>"));
        browser.submit(&[("address", "mara@contoso.example")]).await;
        assert_eq!(browser.location(), format!("{}/password?lang=de", step.sign_in_path()));
    })
    .await;
}
