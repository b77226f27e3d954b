//! Asking an administrator about an app that one may not answer, and what comes of it.

use super::flow::{Flow, guest, text, web};
use super::foreign::{for_several, stranger};
use super::foreign_resource::exposing;
use super::{caller_of, claims};
use crate::consent_requests;
use crate::graph::{Permission, Role};
use crate::sign_in::session::Method;
use crate::testing::{Answer, TestServer, on_both_engines, person};
use crate::users::{ExternalUserState, User};
use axum::http;
use database::sql;
use serde_json::{Value, json};
use std::time::Duration;

/// What only an administrator grants.
const WANTED: &str = "openid User.Read.All";

const POLICY: &str = "/v1.0/policies/adminConsentRequestPolicy";
const REQUESTS: &str = "/v1.0/identityGovernance/appConsent/appConsentRequests";

/// Lets people ask, and these answer.
async fn let_ask(server: &TestServer, flow: &Flow<'_>, reviewers: &[String]) {
    let reviewers: Vec<Value> =
        reviewers.iter().map(|query| json!({ "query": query, "queryType": "MicrosoftGraph" })).collect();
    let body = json!({
        "isEnabled": true, "notifyReviewers": true, "remindersEnabled": true, "requestDurationInDays": 3,
        "reviewers": reviewers,
    });
    let writer = server.application(flow.tenant.id, &[Permission::PolicyReadWriteConsentRequest]);
    let answer = server.api_as(&writer, http::Method::PUT, POLICY, &body).await;
    assert_eq!(answer.status, 204, "{}", answer.text);
}

fn one(user: &User) -> String {
    format!("/users/{}", user.id)
}

/// Asks on the page of the app, in the browser of the flow.
async fn ask(flow: &Flow<'_>, reason: &str) -> Answer {
    flow.browser.get(&flow.address(&[("scope", WANTED)])).await;
    flow.browser.submit(&[("answer", "ask"), ("reason", reason)]).await
}

/// What the audit says was done, in the order of its names.
async fn audited(server: &TestServer, flow: &Flow<'_>) -> Vec<String> {
    let mut tx = server.read().await.expect("a connection");
    let select = sql!(
        "SELECT activity FROM directory_audit
         WHERE tenant_id = $1 AND lower(activity) LIKE '%consent%' AND activity NOT LIKE '%policy%' ORDER BY activity"
    );
    let rows: Vec<(String,)> = tx.query(select).bind(flow.tenant.id).fetch_all().await.expect("rows");
    rows.into_iter().map(|(activity,)| activity).collect()
}

/// The page of reviewers about the app of the flow.
async fn page_of(server: &TestServer, flow: &Flow<'_>) -> String {
    let reader = server.application(flow.tenant.id, &[Permission::ConsentRequestReadAll]);
    let all = server.api_as(&reader, http::Method::GET, REQUESTS, &Value::Null).await.json();
    format!("/portal/contoso.example/consent-requests/{}", all["value"][0]["id"].as_str().expect("an app"))
}

/// The newest mail to an address.
async fn mail_to(server: &TestServer, address: &str) -> Option<(String, String)> {
    server.run_due_jobs().await;
    let mails = server.mailbox();
    mails.into_iter().find(|mail| mail.to == [address]).map(|mail| (mail.subject, mail.text))
}

#[tokio::test]
async fn a_member_asks_and_somebody_who_may_lets_the_app_act_for_everybody() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        flow.browser.get(&flow.address(&[("scope", WANTED)])).await;
        assert!(!flow.browser.page().contains("Ask for approval"), "nobody asks before somebody decides so");
        let rita = server.member(&flow.tenant, "rita", &[Role::CloudApplicationAdministrator]).await;
        let_ask(&server, &flow, &[one(&rita)]).await;

        let empty = ask(&flow, " \n ").await;
        assert_eq!(empty.status, 422);
        assert!(empty.text.contains("Say why"), "{}", empty.text);
        let long = flow.browser.submit(&[("answer", "ask"), ("reason", &"x".repeat(501))]).await;
        assert_eq!(long.status, 422);
        let asked = flow.browser.submit(&[("answer", "ask"), ("reason", "For the <b>audit</b>.")]).await;
        assert_eq!(asked.status, 200);
        assert!(asked.text.contains("You have asked for approval"), "{}", asked.text);
        assert!(!asked.text.contains("value=\"ask\""), "one request at a time");

        assert_eq!(consent_requests::settle(&server).await.expect("an answer"), 1);
        let (subject, told) = mail_to(&server, "rita@contoso.example").await.expect("a mail to the reviewer");
        assert!(subject.starts_with("Somebody asks for your approval"), "{subject}");
        for word in ["mara", "Expenses", "For the <b>audit</b>", "/portal/contoso.example/consent-requests"] {
            assert!(told.contains(word), "no {word} in {told}");
        }
        assert_eq!(consent_requests::settle(&server).await.expect("an answer"), 0, "nobody is told twice");

        let page = page_of(&server, &flow).await;
        let browser = server.signed_in(&rita).await;
        let list = browser.get("/portal/contoso.example/consent-requests").await;
        assert!(list.text.contains("Expenses") && list.text.contains("User.Read.All"), "{}", list.text);
        browser.get(&page).await;
        for word in ["mara@contoso.example", "Read the profiles of everybody here", "contoso.example"] {
            assert!(browser.page().contains(word), "no {word}: {}", browser.page());
        }
        assert!(!browser.page().contains("<b>audit"), "{}", browser.page());
        let done = browser.submit_to("/approve", &[]).await;
        assert_eq!(done.status, 200, "{}", done.text);
        assert!(done.text.contains("Nobody waits for an app"), "{}", done.text);
        assert_eq!(
            audited(&server, &flow).await,
            ["Approve consent request", "Consent to application", "Request consent to application"]
        );
        let (subject, told) = mail_to(&server, "mara@contoso.example").await.expect("a mail to who asked");
        assert!(subject.starts_with("The answer to what you asked"), "{subject}");
        assert!(told.contains("Contoso lets Expenses do what you asked for"), "{told}");
        assert!(!told.contains("rita"), "who answered stays among reviewers: {told}");

        let code = flow.ask(&[("scope", WANTED)]).await["code"].clone();
        let tokens = flow.redeem(&code, &[]).await.json();
        let said = claims(text(&tokens, "access_token"))["scp"].as_str().expect("scopes").to_owned();
        assert!(said.split(' ').any(|word| word == "User.Read.All"), "{said}");
        let caller = caller_of(&server, text(&tokens, "access_token")).await;
        assert_eq!(caller.user().map(|user| user.id), Some(flow.user.id));
        let again = browser.get(&page).await;
        assert_eq!(again.status, 404, "nobody waits any more");
    })
    .await;
}

#[tokio::test]
async fn a_reviewer_without_the_right_says_no_and_blocks() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        let rolf = server.member(&flow.tenant, "rolf", &[]).await;
        let_ask(&server, &flow, &[one(&rolf)]).await;
        ask(&flow, "For the audit").await;
        let page = page_of(&server, &flow).await;
        let eve = server.member(&flow.tenant, "eve", &[]).await;
        assert_eq!(server.signed_in(&eve).await.get(&page).await.status, 403, "who is no reviewer sees nothing");
        assert!(!server.signed_in(&eve).await.get("/myapps/contoso.example").await.text.contains("consent-requests"));

        let browser = server.signed_in(&rolf).await;
        assert!(browser.get("/myapps/contoso.example").await.text.contains("/consent-requests"));
        browser.get(&page).await;
        assert!(!browser.page().contains("/approve\""), "{}", browser.page());
        let mut forged = browser.prepare("/deny", &[]);
        *forged.uri_mut() = format!("{page}/approve").parse().expect("an address");
        assert_eq!(browser.send(forged).await.status, 403, "a form that is not shown is not taken either");

        browser.get(&page).await;
        let without = browser.submit_to("/deny", &[("reason", "")]).await;
        assert_eq!(without.status, 422);
        let denied = browser.submit_to("/deny", &[("reason", "See http://evil.example")]).await;
        assert_eq!(denied.status, 200, "{}", denied.text);
        let (_, told) = mail_to(&server, "mara@contoso.example").await.expect("a mail");
        assert!(told.contains("Contoso does not let Expenses") && told.contains("> See"), "{told}");
        assert!(!told.contains("http://evil.example"), "nothing in it is a link: {told}");

        // Whoever got a no may ask again, until nobody may.
        assert!(ask(&flow, "Again").await.text.contains("You have asked for approval"));
        browser.get(&page).await;
        browser.submit_to("/block", &[]).await;
        flow.browser.get(&flow.address(&[("scope", WANTED)])).await;
        assert!(flow.browser.page().contains("takes no requests about this app"), "{}", flow.browser.page());
        browser.get(&page).await;
        browser.submit_to("/allow", &[]).await;
        flow.browser.get(&flow.address(&[("scope", WANTED)])).await;
        assert!(flow.browser.page().contains("value=\"ask\""), "{}", flow.browser.page());
        assert_eq!(
            audited(&server, &flow).await,
            [
                "Block consent requests",
                "Deny consent request",
                "Deny consent request",
                "Request consent to application",
                "Request consent to application",
                "Unblock consent requests",
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn a_page_that_showed_less_than_waits_grants_nothing() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        let rita = server.member(&flow.tenant, "rita", &[Role::ApplicationAdministrator]).await;
        let_ask(&server, &flow, &[one(&rita)]).await;
        ask(&flow, "For the audit").await;
        let page = page_of(&server, &flow).await;
        let browser = server.signed_in(&rita).await;
        browser.get(&page).await;
        let other = Flow {
            browser: server.browser(),
            user: server.member(&flow.tenant, "oskar", &[]).await,
            tenant: flow.tenant.clone(),
            app: flow.app.clone(),
            server: &server,
        };
        other.browser.sign_in_as(&server, &other.user, Method::Password).await;
        other.browser.get(&other.address(&[("scope", "openid Directory.Read.All")])).await;
        other.browser.submit(&[("answer", "ask"), ("reason", "More")]).await;
        let stale = browser.submit_to("/approve", &[]).await;
        assert_eq!(stale.status, 409, "{}", stale.text);
        assert!(stale.text.contains("Directory.Read.All"), "{}", stale.text);
        assert!(!audited(&server, &flow).await.contains(&"Consent to application".to_owned()));
        browser.submit_to("/approve", &[]).await;
        for (flow, scope) in [(&flow, "openid User.Read.All"), (&other, "openid Directory.Read.All")] {
            assert!(flow.ask(&[("scope", scope)]).await.contains_key("code"), "{scope}");
        }
    })
    .await;
}

#[tokio::test]
async fn a7_guests_ask_and_learn_nothing_about_who_answers() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        let sam = guest(&server, &flow.tenant, "sam@fabrikam.example", ExternalUserState::Accepted).await;
        let rolf = server.member(&flow.tenant, "rolf", &[]).await;
        let members = [rolf.id, sam.id].map(|id| format!("http://localhost:8080/v1.0/users/{id}"));
        let group = json!({
            "displayName": "Reviewers", "mailNickname": "reviewers", "mailEnabled": false, "securityEnabled": true,
            "members@odata.bind": members,
        });
        let ada = server.administrator(&flow.tenant).await;
        let made = server.api_as(&ada, http::Method::POST, "/v1.0/groups", &group).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let query = format!("/v1.0/groups/{}/transitiveMembers", made.json()["id"].as_str().expect("an id"));
        let_ask(&server, &flow, &[query]).await;
        let flow = Flow { browser: server.browser(), user: sam.clone(), ..flow };
        flow.browser.sign_in_as(&server, &sam, Method::Passcode).await;
        flow.browser.get(&flow.address(&[("scope", WANTED), ("ui_locales", "de")])).await;
        let page = flow.browser.page();
        for secret in ["rolf", "Reviewers", "mailto:"] {
            assert!(!page.contains(secret), "{secret}: {page}");
        }
        let asked = flow.browser.submit(&[("answer", "ask"), ("reason", "Ich brauche es")]).await;
        assert!(asked.text.contains("Sie haben um Erlaubnis gebeten"), "{}", asked.text);
        let portal = page_of(&server, &flow).await;
        assert_eq!(flow.browser.get(&portal).await.status, 403, "a guest in the group of reviewers is none");

        consent_requests::settle(&server).await.expect("an answer");
        assert!(mail_to(&server, "rolf@contoso.example").await.is_some(), "the member of the group is told");
        assert!(mail_to(&server, "sam@fabrikam.example").await.is_none(), "the guest is not");
        let browser = server.signed_in(&rolf).await;
        browser.get(&portal).await;
        browser.submit_to("/deny", &[("reason", "Not for guests")]).await;
        let (_, told) = mail_to(&server, "sam@fabrikam.example").await.expect("a mail");
        assert!(told.contains("Der Grund:") && told.contains("> Not for guests"), "{told}");
        assert!(!told.contains("rolf"), "{told}");
    })
    .await;
}

#[tokio::test]
async fn requests_lapse_and_reviewers_are_told_of_many_in_one_mail() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        let rita = server.member(&flow.tenant, "rita", &[]).await;
        let_ask(&server, &flow, &[one(&rita)]).await;
        ask(&flow, "First").await;
        consent_requests::settle(&server).await.expect("an answer");
        server.run_due_jobs().await;
        let mails = || server.mailbox().iter().filter(|mail| mail.to == ["rita@contoso.example"]).count();
        assert_eq!(mails(), 1);
        let properties = [("Travel", "Second"), ("Wiki", "Third")];
        for (name, reason) in properties {
            let app = server.app(&flow.tenant, name, web()).await;
            let address = flow.address(&[("scope", WANTED), ("client_id", &app.client_id)]);
            flow.browser.get(&address).await;
            flow.browser.submit(&[("answer", "ask"), ("reason", reason)]).await;
        }
        consent_requests::settle(&server).await.expect("an answer");
        server.run_due_jobs().await;
        assert_eq!(mails(), 1, "what comes within the hour is gathered");
        server.clock.advance(Duration::from_hours(1));
        assert_eq!(consent_requests::settle(&server).await.expect("an answer"), 2);
        let (_, told) = mail_to(&server, "rita@contoso.example").await.expect("a mail");
        assert!(told.contains("Travel") && told.contains("Wiki") && told.contains("2 requests"), "{told}");
        assert_eq!(mails(), 2);

        server.clock.advance(Duration::from_hours(48));
        assert_eq!(consent_requests::settle(&server).await.expect("an answer"), 3);
        let (subject, told) = mail_to(&server, "rita@contoso.example").await.expect("a reminder");
        assert!(subject.starts_with("Somebody still waits"), "{subject}");
        assert!(told.contains("They come to an end soon"), "{told}");
        server.clock.advance(Duration::from_hours(24));
        assert_eq!(consent_requests::settle(&server).await.expect("an answer"), 3);
        let (_, told) = mail_to(&server, "mara@contoso.example").await.expect("a mail");
        assert!(told.contains("Nobody at Contoso answered in time"), "{told}");
        let lapsed = audited(&server, &flow).await;
        assert_eq!(lapsed.iter().filter(|activity| *activity == "Expire consent request").count(), 3);
        assert_eq!(consent_requests::settle(&server).await.expect("an answer"), 0);
        server.clock.advance(Duration::from_hours(91 * 24));
        assert_eq!(consent_requests::purge(&server).await.expect("an answer"), 3);
    })
    .await;
}

#[tokio::test]
async fn o5_nobody_floods_reviewers() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        let rita = server.member(&flow.tenant, "rita", &[]).await;
        let_ask(&server, &flow, &[one(&rita)]).await;
        let ask_for = async |number: u32| {
            let app = server.app(&flow.tenant, &format!("App {number}"), web()).await;
            flow.browser.get(&flow.address(&[("scope", WANTED), ("client_id", &app.client_id)])).await;
            flow.browser.submit(&[("answer", "ask"), ("reason", "Because")]).await
        };
        for number in 0..10 {
            assert_eq!(ask_for(number).await.status, 200, "{number}");
        }
        let last = ask_for(10).await;
        assert_eq!(last.status, 429, "{}", last.text);
        assert!(last.text.contains("too many requests"), "{}", last.text);
        server.clock.advance(Duration::from_hours(24));
        flow.browser.sign_in_as(&server, &flow.user, Method::Password).await;
        assert!(ask_for(11).await.text.contains("You have asked for approval"));
        let caller = person(&rita, Vec::new());
        let own = format!("{REQUESTS}/filterByCurrentUser(on='reviewer')");
        let all = server.api_as(&caller, http::Method::GET, &own, &Value::Null).await.json();
        assert_eq!(all["value"].as_array().map(Vec::len), Some(11));
    })
    .await;
}

#[tokio::test]
async fn a7_an_app_of_another_organisation_is_asked_for_and_whose_it_is_stands_before_the_answer() {
    on_both_engines(async |server| {
        let (flow, _) = stranger(&server, for_several()).await;
        let rita = server.member(&flow.tenant, "rita", &[Role::CloudApplicationAdministrator]).await;
        let_ask(&server, &flow, &[one(&rita)]).await;
        let asked = ask(&flow, "For the audit.").await;
        assert!(asked.text.contains("You have asked for approval"), "{}", asked.text);
        let silent = flow.ask(&[("scope", WANTED), ("prompt", "none")]).await;
        assert_eq!(silent["error"], "consent_required", "asking grants nothing");
        let browser = server.signed_in(&rita).await;
        let page = browser.get(&page_of(&server, &flow).await).await.text;
        for word in ["Harvester", "another organisation", "Fabrikam", "fabrikam.example", "Contoso", "User.Read.All"] {
            assert!(page.contains(word), "no {word} in {page}");
        }
        browser.submit_to("/approve", &[]).await;
        assert!(flow.ask(&[("scope", WANTED)]).await.contains_key("code"));
    })
    .await;
}

#[tokio::test]
async fn a7_a_yes_to_what_an_app_wants_of_itself_is_one_to_signing_in() {
    on_both_engines(async |server| {
        let (flow, _) = stranger(&server, exposing(&server)).await;
        let rita = server.member(&flow.tenant, "rita", &[Role::CloudApplicationAdministrator]).await;
        let_ask(&server, &flow, &[one(&rita)]).await;
        let scope = format!("openid profile api://{}/Harvest", flow.app.client_id);
        flow.browser.get(&flow.address(&[("scope", &scope)])).await;
        let asked = flow.browser.submit(&[("answer", "ask"), ("reason", "For the harvest.")]).await;
        assert!(asked.text.contains("You have asked for approval"), "{}", asked.text);
        let browser = server.signed_in(&rita).await;
        let page = browser.get(&page_of(&server, &flow).await).await.text;
        for word in ["Bring the harvest in", "openid", "profile", "offline_access"] {
            assert!(page.contains(word), "no {word} in {page}");
        }
        browser.submit_to("/approve", &[]).await;
        assert!(flow.ask(&[("scope", &scope)]).await.contains_key("code"), "nobody is asked again");
    })
    .await;
}
