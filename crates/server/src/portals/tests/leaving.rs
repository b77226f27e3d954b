//! The page on which a guest leaves, and what is left of them.

use super::{HOSTILE, guest};
use crate::applications::Changes;
use crate::directory_roles;
use crate::graph::{Caller, Role};
use crate::sign_in::session::Method;
use crate::tenants::Tenant;
use crate::testing::{ADDRESS, Browser, TestServer, on_both_engines};
use crate::users::{self, ExternalUserState, User};
use axum::body::Body;
use axum::http::{Method as Verb, Request, StatusCode};
use serde_json::{Value, json};

const PATH: &str = "/myapps/contoso.example/leave";
const LIST: &str = "/myapps/contoso.example/organizations";
const POLICY: &str = "/beta/policies/externalIdentitiesPolicy";
const SAM: &str = "sam@partner.example";

/// Contoso, its administrator, and Sam, who is a guest there.
async fn contoso(server: &TestServer) -> (Tenant, Caller, User) {
    let tenant = server.tenant("Contoso", "contoso.example").await;
    let administrator = server.administrator(&tenant).await;
    let sam = guest(server, &tenant, "Sam", SAM, ExternalUserState::Accepted).await;
    (tenant, administrator, sam)
}

/// A browser in which somebody has typed a code.
async fn by_code<'s>(server: &'s TestServer, user: &User) -> Browser<'s> {
    let browser = server.browser();
    browser.sign_in_as(server, user, Method::Passcode).await;
    browser
}

async fn call(server: &TestServer, caller: &Caller, verb: Verb, path: &str, body: Value) {
    let answer = server.api_as(caller, verb, path, &body).await;
    assert!(answer.status.is_success(), "{path}: {} {}", answer.status, answer.text);
}

async fn is_there(server: &TestServer, user: &User) -> bool {
    let mut tx = server.read().await.expect("a connection");
    users::store::find(&mut tx, user.tenant_id, user.id).await.expect("an answer").is_some()
}

#[tokio::test]
async fn a_guest_reads_what_ends_leaves_and_is_signed_out_of_every_browser() {
    on_both_engines(async |server| {
        let (tenant, administrator, sam) = contoso(&server).await;
        let fabrikam = server.tenant("Fabrikam", "fabrikam.example").await;
        let there = guest(&server, &fabrikam, "Sam", SAM, ExternalUserState::Accepted).await;
        let home_page_url = Some(Some("https://handbook.contoso.example/".to_owned()));
        server.app(&tenant, "Handbook", Changes { home_page_url, ..Changes::default() }).await;
        let group = json!({
            "displayName": "Auditors", "mailNickname": "auditors", "mailEnabled": false, "securityEnabled": true,
            "members@odata.bind": [format!("{ADDRESS}/v1.0/users/{}", sam.id)],
        });
        call(&server, &administrator, Verb::POST, "/v1.0/groups", group).await;
        let (browser, other) = (by_code(&server, &sam).await, by_code(&server, &sam).await);
        browser.sign_in_as(&server, &there, Method::Passcode).await;

        let list = browser.get(LIST).await.text;
        for domain in ["contoso.example", "fabrikam.example"] {
            assert!(list.contains(&format!("href=\"/myapps/{domain}/leave\"")), "{list}");
        }
        let page = browser.get(PATH).await;
        assert_eq!(page.status, StatusCode::OK);
        for words in ["no longer open 1 app", "no longer belong to 1 group", "keeps its logs", "For 30 days"] {
            assert!(page.text.contains(words), "{words}: {}", page.text);
        }
        assert!(is_there(&server, &sam).await, "opening a page ends nothing");
        let again = browser.prepare("/leave", &[]);
        let left = browser.submit_to("/leave", &[]).await;
        assert_eq!(left.status, StatusCode::OK, "{}", left.text);
        assert!(left.text.contains("You have left <bdi>Contoso</bdi>"), "{}", left.text);
        assert!(left.text.contains("href=\"/myapps/fabrikam.example\""), "where one still is: {}", left.text);
        assert!(!left.text.contains("href=\"/myapps/contoso.example"), "{}", left.text);
        let sessions = browser.cookie_names().into_iter().filter(|name| name.starts_with("vestibule-session-"));
        assert_eq!(sessions.count(), 1, "that of Fabrikam");

        assert!(!is_there(&server, &sam).await && is_there(&server, &there).await);
        let deleted = format!("/v1.0/directory/deletedItems/{}", sam.id);
        call(&server, &administrator, Verb::GET, &deleted, Value::Null).await;
        assert_eq!(browser.send(again).await.status, StatusCode::SEE_OTHER, "a second time leads to the sign-in");
        for browser in [&browser, &other] {
            browser.get("/myapps/contoso.example").await;
            assert!(browser.location().contains("/sign-in/"), "{}", browser.location());
        }
        let list = browser.get("/myapps/fabrikam.example/organizations").await.text;
        assert!(list.contains("/myapps/fabrikam.example/leave") && !list.contains("contoso.example"), "{list}");
    })
    .await;
}

#[tokio::test]
async fn an_organisation_is_left_where_one_is_signed_in() {
    on_both_engines(async |server| {
        let (_, _, sam) = contoso(&server).await;
        let fabrikam = server.tenant("Fabrikam", "fabrikam.example").await;
        let there = guest(&server, &fabrikam, "Sam", SAM, ExternalUserState::Accepted).await;
        let browser = by_code(&server, &sam).await;
        browser.get("/myapps/fabrikam.example/leave").await;
        assert!(browser.location().contains("/sign-in/"), "{}", browser.location());
        assert!(is_there(&server, &there).await);
    })
    .await;
}

#[tokio::test]
async fn where_guests_may_not_leave_the_page_says_whom_to_ask() {
    on_both_engines(async |server| {
        let (tenant, administrator, sam) = contoso(&server).await;
        let off = json!({ "allowExternalIdentitiesToLeave": false });
        let browser = by_code(&server, &sam).await;
        assert_eq!(browser.get(PATH).await.status, StatusCode::OK);
        call(&server, &administrator, Verb::PATCH, POLICY, off).await;
        let refused = browser.submit_to("/leave", &[]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "a page that stayed open");
        assert!(refused.text.contains("does not let its guests leave by themselves"), "{}", refused.text);
        assert!(refused.text.contains("Ask your contact at <bdi>Contoso</bdi>"), "{}", refused.text);
        assert!(!refused.text.contains(&format!("action=\"{PATH}\"")), "there is no button: {}", refused.text);

        let anna = server.member(&tenant, "anna", &[]).await;
        let sponsors = format!("/v1.0/users/{}/sponsors/$ref", sam.id);
        let named = json!({ "@odata.id": format!("{ADDRESS}/v1.0/users/{}", anna.id) });
        call(&server, &administrator, Verb::POST, &sponsors, named).await;
        let organization = format!("/v1.0/organization/{}", tenant.id);
        let contact = json!({ "privacyProfile": { "contactEmail": "privacy@contoso.example" } });
        call(&server, &administrator, Verb::PATCH, &organization, contact).await;
        let page = browser.get(PATH).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
        for words in ["<bdi>anna</bdi>", "mailto:anna@contoso.example", "mailto:privacy@contoso.example"] {
            assert!(page.text.contains(words), "{words}: {}", page.text);
        }
        assert!(!page.text.contains("Ask your contact"), "{}", page.text);
        assert!(browser.get(LIST).await.text.contains(&format!("href=\"{PATH}\"")), "the way to the reason stays");
        assert!(is_there(&server, &sam).await);
    })
    .await;
}

#[tokio::test]
async fn members_do_not_leave() {
    on_both_engines(async |server| {
        let (tenant, ..) = contoso(&server).await;
        let max = server.member(&tenant, "max", &[]).await;
        let browser = server.signed_in(&max).await;
        let list = browser.get(LIST).await.text;
        assert!(!list.contains("/leave\""), "{list}");
        let page = browser.get(PATH).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
        assert!(page.text.contains("Your account is one of <bdi>Contoso</bdi> itself"), "{}", page.text);
        let value = page.text.rsplit("name=\"csrf\" value=\"").next().and_then(|rest| rest.split('"').next());
        let body = format!("csrf={}", value.expect("a form value"));
        let request = Request::post(PATH)
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded");
        let answer = browser.send(request.body(Body::from(body)).expect("a request")).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.text);
        assert!(is_there(&server, &max).await);
    })
    .await;
}

#[tokio::test]
async fn t4_whoever_would_leave_nobody_to_administer_is_told_so() {
    on_both_engines(async |server| {
        let (tenant, administrator, sam) = contoso(&server).await;
        let settings = "/vestibule/v1/collaborationSettings";
        let allowed = json!({ "privilegedRolesForGuests": "allowed" });
        call(&server, &administrator, Verb::PATCH, settings, allowed).await;
        let ada = administrator.user().expect("a person").id;
        let (role, now) = (Role::GlobalAdministrator, server.clock.now());
        let mut tx = server.write().await.expect("a transaction");
        assert!(directory_roles::store::insert(&mut tx, tenant.id, sam.id.into(), role, now).await.expect("an answer"));
        assert!(directory_roles::store::delete(&mut tx, tenant.id, ada.into(), role).await.expect("an answer"));
        tx.commit().await.expect("a commit");
        let browser = by_code(&server, &sam).await;
        browser.get(PATH).await;
        let refused = browser.submit_to("/leave", &[]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text);
        assert!(refused.text.contains("Nobody could administer <bdi>Contoso</bdi> after you"), "{}", refused.text);
        assert!(is_there(&server, &sam).await);
    })
    .await;
}

/// X4: the name of an organisation is text on the page and after it, in whatever language.
#[tokio::test]
async fn x4_both_pages_speak_the_readers_language_and_names_in_them_are_inert() {
    on_both_engines(async |server| {
        let (_, _, sam) = contoso(&server).await;
        let lure = server.tenant(HOSTILE, "lure.example").await;
        let there = guest(&server, &lure, HOSTILE, SAM, ExternalUserState::Accepted).await;
        let browser = by_code(&server, &there).await;
        let page = browser.get("/myapps/lure.example/leave").await.text;
        let left = browser.submit_to("/leave", &[]).await.text;
        for text in [page, left] {
            assert!(text.contains("</html>") && !text.contains("<script>"), "{text}");
        }
        let browser = by_code(&server, &sam).await;
        assert!(browser.get(&format!("{PATH}?lang=ar")).await.text.contains("dir=\"rtl\""));
        assert!(browser.get(&format!("{PATH}?lang=de")).await.text.contains("<bdi>Contoso</bdi> verlassen"));
        let left = browser.submit_to("/leave?lang=de", &[]).await.text;
        assert!(left.contains("Sie haben <bdi>Contoso</bdi> verlassen"), "{left}");
    })
    .await;
}
