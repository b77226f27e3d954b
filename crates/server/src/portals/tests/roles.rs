//! Who holds which role, as a person gives and takes it.

use super::guest;
use crate::graph::Role;
use crate::testing::on_both_engines;
use crate::users::ExternalUserState::Accepted;
use axum::http::Method;
use serde_json::json;

const ROLE: &str = "/portal/contoso.example/roles/user-administrator";

#[tokio::test]
async fn a_role_is_given_by_name_address_or_client_id_and_taken_again() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let petra = server.member(&tenant, "petra", &[Role::PrivilegedRoleAdministrator]).await;
        server.member(&tenant, "bob", &[]).await;
        guest(&server, &tenant, "Sam Reyes", "sam@partner.example", Accepted).await;
        let ada = server.administrator(&tenant).await;
        let app = json!({ "displayName": "Robot" });
        let app = server.api_as(&ada, Method::POST, "/v1.0/applications", &app).await.json();
        let made = json!({ "appId": app["appId"] });
        server.api_as(&ada, Method::POST, "/v1.0/servicePrincipals", &made).await;
        let client = app["appId"].as_str().expect("an id");

        let browser = server.signed_in(&petra).await;
        let list = browser.get("/portal/contoso.example/roles").await;
        assert!(list.text.contains("Guest Inviter") && list.text.contains(ROLE), "{}", list.text);
        for who in ["BOB@contoso.example", client] {
            browser.get(ROLE).await;
            let given = browser.submit_to("/give", &[("who", who)]).await;
            assert_eq!(given.status, 200, "{who}: {}", given.text);
            assert!(given.text.contains("The role was given."), "{who}: {}", given.text);
        }
        for (who, sentence) in [
            ("bob@contoso.example", "They hold the role already."),
            ("sam@partner.example", "A guest cannot hold the role User Administrator"),
            ("nobody@contoso.example", "Nobody here has this address."),
            ("not an address", "Nobody here has this address."),
            ("00000000-0000-0000-0000-000000000001", "No app here has this id."),
        ] {
            browser.get(ROLE).await;
            let refused = browser.submit_to("/give", &[("who", who)]).await;
            assert_eq!(refused.status, 422, "{who}");
            assert!(refused.text.contains(sentence) && refused.text.contains(who), "{who}: {}", refused.text);
        }
        let page = browser.get(ROLE).await;
        assert!(page.text.contains("Robot") && page.text.contains("bob"), "{}", page.text);
        for left in ["Robot", "bob"] {
            browser.get(ROLE).await;
            let taken = browser.submit_to("/take", &[]).await;
            assert!(taken.text.contains("The role was taken."), "{left}: {}", taken.text);
        }
        assert!(browser.get(ROLE).await.text.contains("Nobody holds this role"));
        assert_eq!(browser.get("/portal/contoso.example/roles/emperor").await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn the_last_administrator_keeps_the_role_and_readers_see_no_form() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ines = server.member(&tenant, "ines", &[Role::GlobalAdministrator]).await;
        let rita = server.member(&tenant, "rita", &[Role::ReportsReader]).await;
        let global = "/portal/contoso.example/roles/global-administrator";
        let browser = server.signed_in(&ines).await;
        browser.get(global).await;
        let refused = browser.submit_to("/take", &[]).await;
        assert_eq!(refused.status, 422);
        assert!(refused.text.contains("Give the role to somebody else first."), "{}", refused.text);
        let reader = server.signed_in(&rita).await;
        let page = reader.get(global).await;
        assert!(page.text.contains("ines") && !page.text.contains("/give\""), "{}", page.text);
    })
    .await;
}

#[tokio::test]
async fn holders_of_a_role_come_page_by_page() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let petra = server.member(&tenant, "petra", &[Role::PrivilegedRoleAdministrator]).await;
        let mut people = Vec::new();
        for number in 0..26 {
            people.push(server.member(&tenant, &format!("person{number:02}"), &[Role::UserAdministrator]).await);
        }
        people.sort_by_key(|user| user.id.0);
        let names: Vec<&str> = people.iter().map(|user| user.display_name.as_str()).collect();
        let browser = server.signed_in(&petra).await;
        let shown = |page: &str| names.iter().filter(|name| page.contains(&format!("<bdi>{name}</bdi>"))).count();
        let first = browser.get(ROLE).await;
        assert_eq!(shown(&first.text), 25);
        assert!(!first.text.contains("rel=\"prev\""), "{}", first.text);
        let next = format!("{ROLE}?after={}", people[24].id);
        assert!(first.text.contains(&format!("href=\"{next}\"")), "{}", first.text);
        let second = browser.get(&next).await;
        assert_eq!(shown(&second.text), 1);
        assert!(second.text.contains(names[25]) && second.text.contains("rel=\"prev\""), "{}", second.text);
        assert!(!second.text.contains("rel=\"next\""), "{}", second.text);
    })
    .await;
}
