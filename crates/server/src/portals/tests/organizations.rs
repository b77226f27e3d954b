//! The page with all organisations of a person.

use super::{HOSTILE, guest};
use crate::sign_in::session::Method;
use crate::tenants;
use crate::testing::{Browser, Recorder, TestServer, on_both_engines};
use crate::users::{ExternalUserState, User};
use axum::body::Body;
use axum::http::{Request, StatusCode};

const PATH: &str = "/myapps/contoso.example/organizations";
const SAM: &str = "sam@partner.example";

/// A browser in which somebody has typed a code.
async fn by_code<'s>(server: &'s TestServer, user: &User) -> Browser<'s> {
    let browser = server.browser();
    browser.sign_in_as(server, user, Method::Passcode).await;
    browser
}

/// Sam at Contoso, and at others of these names.
async fn sam_at(server: &TestServer, others: &[&str]) -> User {
    let contoso = server.tenant("Contoso", "contoso.example").await;
    let sam = guest(server, &contoso, "Sam", SAM, ExternalUserState::Accepted).await;
    for (number, name) in others.iter().enumerate() {
        let tenant = server.tenant(name, &format!("partner{number}.example")).await;
        guest(server, &tenant, "Sam", SAM, ExternalUserState::Accepted).await;
    }
    sam
}

#[tokio::test]
async fn every_organisation_has_a_door_wherever_the_browser_is_signed_in() {
    on_both_engines(async |server| {
        let sam = sam_at(&server, &["Northwind"]).await;
        let fabrikam = server.tenant("Fabrikam", "fabrikam.example").await;
        let there = guest(&server, &fabrikam, "Sam", SAM, ExternalUserState::Accepted).await;
        let waiting = server.tenant("Waiting", "waiting.example").await;
        guest(&server, &waiting, "Sam", SAM, ExternalUserState::PendingAcceptance).await;
        let browser = by_code(&server, &sam).await;
        browser.sign_in_as(&server, &there, Method::Passcode).await;
        let text = browser.get("/myapps/contoso.example").await.text;
        assert!(text.contains(&format!("href=\"{PATH}\"")) && !text.contains("Northwind"), "{text}");
        let text = browser.get(PATH).await.text;
        let all = text.split("id=\"places\"").nth(1).expect("the list");
        for door in ["contoso.example", "fabrikam.example", "partner0.example"] {
            assert!(all.contains(&format!("href=\"/myapps/{door}\"")) && all.contains(&format!(">{door}<")), "{all}");
        }
        assert!(all.contains(SAM) && !all.contains("Waiting") && !all.contains("First page"), "{all}");
        assert_eq!(all.matches("You are here").count(), 1);
        assert_eq!(all.matches("This browser is signed in there").count(), 1);
        // The door of the third leads to its sign-in.
        browser.get("/myapps/partner0.example").await;
        assert!(browser.location().contains("/sign-in/"), "{}", browser.location());
    })
    .await;
}

#[tokio::test]
async fn the_list_goes_on_after_twenty_and_costs_the_same_for_one_and_for_many() {
    on_both_engines(async |server| {
        server.caught_up().await;
        let names: Vec<String> = (0..22).map(|number| format!("Partner {number}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let sam = sam_at(&server, &names).await;
        let browser = by_code(&server, &sam).await;
        let mut tx = server.read().await.expect("a connection");
        let tenant = tenants::store::find(&mut tx, sam.tenant_id).await.expect("an answer").expect("Contoso");
        drop(tx);
        let kim = guest(&server, &tenant, "Kim", "kim@partner.example", ExternalUserState::Accepted).await;
        let other = by_code(&server, &kim).await;
        // What hardly ever changes is read once.
        browser.get(PATH).await;
        other.get(PATH).await;
        // What guests read is written a moment later, which is none of the page's work.
        server.flush_reads().await;
        let recorder = Recorder::start();
        let first = browser.get(PATH).await.text;
        let of_many = recorder.work();
        other.get(PATH).await;
        let of_one = recorder.work();
        assert_eq!((&of_many.reads, of_many.writes.len()), (&of_one.reads, 0));
        let doors = |text: &str| {
            let list = text.split("class=\"tiles\"").nth(1).and_then(|rest| rest.split("</ul>").next());
            list.map_or(0, |list| list.matches("href=\"/myapps/").count())
        };
        let next = |text: &str| {
            let address = text.split("organizations?after=").nth(1).and_then(|rest| rest.split('"').next());
            address.map(|token| format!("{PATH}?after={token}"))
        };
        assert_eq!(doors(&first), 20);
        let second = browser.get(&next(&first).expect("a next page")).await.text;
        assert_eq!((doors(&second), next(&second)), (3, None));
        assert!(second.contains("First page"), "{second}");
        let answer = browser.get(&format!("{PATH}?after=AAAA")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    })
    .await;
}

#[tokio::test]
async fn whoever_typed_a_password_sees_the_organisation_of_the_account() {
    on_both_engines(async |server| {
        let sam = sam_at(&server, &["Northwind"]).await;
        let browser = server.signed_in(&sam).await;
        let text = browser.get(PATH).await.text;
        assert!(text.contains("You signed in with your account") && text.contains("You are here"), "{text}");
        assert!(!text.contains("Northwind") && !text.contains("name=\"tell\""), "{text}");
        let value = text.rsplit("name=\"csrf\" value=\"").next().and_then(|rest| rest.split('"').next());
        let body = format!("csrf={}&tell=yes", value.expect("a form value"));
        let request = Request::post(PATH)
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded");
        let answer = browser.send(request.body(Body::from(body)).expect("a request")).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.text);
    })
    .await;
}

#[tokio::test]
async fn a_person_lets_apps_see_the_list_and_no_longer() {
    on_both_engines(async |server| {
        let sam = sam_at(&server, &[]).await;
        let browser = by_code(&server, &sam).await;
        let text = browser.get(PATH).await.text;
        assert!(text.contains("do not see this list"), "{text}");
        browser.submit_to("/organizations", &[]).await;
        assert_eq!(browser.location(), PATH);
        assert!(browser.page().contains("may see this list"), "{}", browser.page());
        browser.submit_to("/organizations", &[]).await;
        assert!(browser.page().contains("do not see this list"), "{}", browser.page());
    })
    .await;
}

/// X4: an organisation that somebody was lured into stands there by its name as text, and by the domain it has proved.
#[tokio::test]
async fn x4_names_of_organisations_are_inert_and_stand_beside_their_domain() {
    on_both_engines(async |server| {
        let sam = sam_at(&server, &[HOSTILE, "Contoso"]).await;
        let browser = by_code(&server, &sam).await;
        let text = browser.get(PATH).await.text;
        assert!(text.contains("</html>") && !text.contains("<script>"), "{text}");
        assert!(text.contains(">partner0.example<") && text.contains(">partner1.example<"), "{text}");
        for (language, words) in [("de", "Ihre Organisationen"), ("ar", "dir=\"rtl\"")] {
            assert!(browser.get(&format!("{PATH}?lang={language}")).await.text.contains(words), "{language}");
        }
    })
    .await;
}
