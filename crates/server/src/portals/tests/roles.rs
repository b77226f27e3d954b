//! Who holds which role, as a person gives and takes it.

use super::guest;
use crate::graph::{Caller, Role};
use crate::testing::{Browser, TestServer, on_both_engines};
use crate::users::ExternalUserState::Accepted;
use crate::users::User;
use axum::http::Method;
use serde_json::json;

const ROLE: &str = "/portal/contoso.example/roles/user-administrator";
const READERS: &str = "/portal/contoso.example/roles/reports-reader";

/// Registers an app with its service principal; its object id and its client id.
async fn app(server: &TestServer, caller: &Caller, name: &str) -> [String; 2] {
    let app = json!({ "displayName": name });
    let app = server.api_as(caller, Method::POST, "/v1.0/applications", &app).await.json();
    let made = json!({ "appId": app["appId"] });
    assert_eq!(server.api_as(caller, Method::POST, "/v1.0/servicePrincipals", &made).await.status, 201);
    ["id", "appId"].map(|name| app[name].as_str().expect("an id").to_owned())
}

/// The address of the question about a holder, which stands in their row.
fn question<'p>(page: &'p str, name: &str) -> &'p str {
    let row = page.split("<tr role=\"row\">").find(|row| row.contains(&format!("<bdi>{name}</bdi>")));
    let link = row.and_then(|row| row.split("href=\"").find(|link| link.contains("?ask=")));
    link.and_then(|link| link.split('"').next()).unwrap_or_else(|| panic!("no question about {name}: {page}"))
}

#[tokio::test]
async fn a_role_is_given_by_name_address_or_client_id_and_taken_again() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let petra = server.member(&tenant, "petra", &[Role::PrivilegedRoleAdministrator]).await;
        server.member(&tenant, "bob", &[]).await;
        guest(&server, &tenant, "Sam Reyes", "sam@partner.example", Accepted).await;
        let ada = server.administrator(&tenant).await;
        let [_, client] = app(&server, &ada, "Robot").await;

        let browser = server.signed_in(&petra).await;
        let list = browser.get("/portal/contoso.example/roles").await;
        assert!(list.text.contains("Guest Inviter") && list.text.contains(ROLE), "{}", list.text);
        for who in ["BOB@contoso.example", client.as_str()] {
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
        for (left, others) in [("Robot", "1 other holds it."), ("bob", "Nobody else holds it.")] {
            let page = browser.get(ROLE).await.text;
            let asked = browser.get(question(&page, left)).await.text;
            for said in ["Take the role User Administrator from", "may not do any more what the role allows", others] {
                assert!(asked.contains(said), "{left}: {said}: {asked}");
            }
            let taken = browser.submit_to("/take", &[]).await;
            assert!(taken.text.contains("The role was taken."), "{left}: {}", taken.text);
        }
        assert!(browser.get(ROLE).await.text.contains("Nobody holds this role"));
        assert_eq!(browser.get("/portal/contoso.example/roles/emperor").await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn the_list_says_how_many_hold_each_role() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let petra = server.member(&tenant, "petra", &[Role::PrivilegedRoleAdministrator]).await;
        for name in ["bob", "eve"] {
            server.member(&tenant, name, &[Role::UserAdministrator]).await;
        }
        let list = server.signed_in(&petra).await.get("/portal/contoso.example/roles").await.text;
        for (role, number) in [(ROLE, "2"), (READERS, "0")] {
            let row = list.split("<tr role=\"row\">").find(|row| row.contains(&format!("href=\"{role}\"")));
            let cell = row.and_then(|row| row.split("data-l=\"held by\">").nth(1));
            assert_eq!(cell.and_then(|cell| cell.split('<').next()), Some(number), "{role}: {list}");
        }
    })
    .await;
}

#[tokio::test]
async fn giving_and_taking_are_undone_by_one_button() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let petra = server.member(&tenant, "petra", &[Role::PrivilegedRoleAdministrator]).await;
        let bob = server.member(&tenant, "bob", &[Role::UserAdministrator]).await;
        let browser = server.signed_in(&petra).await;
        let page = browser.get(&format!("{ROLE}?ask={}", bob.id)).await.text;
        assert!(page.contains("Take the role User Administrator from bob?"), "{page}");
        let taken = browser.submit_to("/take", &[]).await.text;
        assert!(taken.contains("Undo: give it to bob again") && taken.contains("Nobody holds this role"), "{taken}");
        let given = browser.submit_to("/give", &[]).await.text;
        assert!(given.contains("The role was given.") && given.contains("Undo: take it from bob"), "{given}");
        let taken = browser.submit_to("/take", &[]).await.text;
        assert!(taken.contains("The role was taken.") && taken.contains("Nobody holds this role"), "{taken}");
        // An address offers nobody a role: only who has done something can undo it, and somebody else's id is no name.
        let page = browser.get(&format!("{ROLE}?done=taken&holder={}", bob.id)).await.text;
        assert!(!page.contains("Undo") && !page.contains("name=\"holder\""), "{page}");
        let nobody = browser.get(&format!("{ROLE}?ask={}", uuid::Uuid::nil())).await.text;
        assert!(!nobody.contains("name=\"holder\""), "{nobody}");
        assert_eq!(browser.get(&format!("{ROLE}?ask=bob")).await.status, 400);
        // Whoever takes their own role is shown what is left to them.
        browser.get(&format!("/portal/contoso.example/roles/privileged-role-administrator?ask={}", petra.id)).await;
        assert_eq!(browser.submit_to("/take", &[]).await.status, 403);
    })
    .await;
}

/// Gives somebody the role on its page; the answer.
async fn give(browser: &Browser<'_>, who: &User) -> String {
    browser.get(ROLE).await;
    browser.submit_to("/give", &[("who", &who.user_principal_name)]).await.text
}

/// Takes the role from somebody on its page; the answer.
async fn take(browser: &Browser<'_>, who: &User) -> String {
    browser.get(&format!("{ROLE}?ask={}", who.id)).await;
    browser.submit_to("/take", &[]).await.text
}

#[tokio::test]
async fn what_was_decided_since_is_not_undone_by_a_page_of_before() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let petra = server.member(&tenant, "petra", &[Role::PrivilegedRoleAdministrator]).await;
        let bob = server.member(&tenant, "bob", &[Role::UserAdministrator]).await;
        let (early, late) = (server.signed_in(&petra).await, server.signed_in(&petra).await);
        let said = "Somebody gave or took the role after you opened the page.";
        let taken = take(&late, &bob).await;
        assert!(taken.contains("Undo: give it to bob again"), "{taken}");
        give(&early, &bob).await;
        take(&early, &bob).await;
        let stale = late.submit_to("/give", &[]).await;
        assert_eq!(stale.status, 409, "{}", stale.text);
        assert!(stale.text.contains(said) && stale.text.contains("Nobody holds this role"), "{}", stale.text);
        let given = give(&late, &bob).await;
        assert!(given.contains("Undo: take it from bob"), "{given}");
        take(&early, &bob).await;
        give(&early, &bob).await;
        let stale = late.submit_to("/take", &[]).await;
        assert_eq!(stale.status, 409, "{}", stale.text);
        assert!(stale.text.contains(said) && stale.text.contains("<bdi>bob</bdi>"), "{}", stale.text);
    })
    .await;
}

#[tokio::test]
async fn it_is_said_who_loses_what_before_a_role_is_taken() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ines = server.member(&tenant, "ines", &[Role::GlobalAdministrator]).await;
        let bob = server.member(&tenant, "bob", &[Role::ReportsReader]).await;
        let eva = server.member(&tenant, "eva", &[]).await;
        let ada = server.administrator(&tenant).await;
        let members = [bob.id, eva.id].map(|id| format!("http://localhost:8080/v1.0/users/{id}"));
        let group = json!({
            "displayName": "Auditors", "mailNickname": "auditors", "mailEnabled": false, "securityEnabled": true,
            "isAssignableToRole": true, "members@odata.bind": members,
        });
        assert_eq!(server.api_as(&ada, Method::POST, "/v1.0/groups", &group).await.status, 201);
        let browser = server.signed_in(&ines).await;
        browser.get(READERS).await;
        browser.submit_to("/give", &[("who", "Auditors")]).await;
        let page = browser.get(READERS).await.text;
        let of_group = browser.get(question(&page, "Auditors")).await.text;
        assert!(of_group.contains("The group has 2 members.") && of_group.contains("1 other holds it."), "{of_group}");
        let of_bob = browser.get(question(&page, "bob")).await.text;
        assert!(of_bob.contains("bob may still do what the role allows: a group of theirs holds it too."), "{of_bob}");
    })
    .await;
}

#[tokio::test]
async fn many_holders_are_searched_and_apps_lead_to_their_pages() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ines = server.member(&tenant, "ines", &[Role::GlobalAdministrator]).await;
        let rita = server.member(&tenant, "rita", &[Role::ReportsReader]).await;
        let ada = server.administrator(&tenant).await;
        let [robot, client] = app(&server, &ada, "Robot").await;
        let browser = server.signed_in(&ines).await;
        browser.get(READERS).await;
        browser.submit_to("/give", &[("who", &client)]).await;
        let link = format!("href=\"/portal/contoso.example/apps/{robot}\"");
        let few = browser.get(READERS).await.text;
        assert!(few.contains(&link) && !few.contains("role=\"search\""), "{few}");
        let reader = server.signed_in(&rita).await.get(READERS).await.text;
        assert!(reader.contains(&client) && !reader.contains(&link), "she may not open it: {reader}");
        for number in 0..25 {
            server.member(&tenant, &format!("reader{number:02}"), &[Role::ReportsReader]).await;
        }
        let many = browser.get(READERS).await.text;
        assert!(many.contains("role=\"search\"") && many.contains("rel=\"next\""), "{many}");
        assert!(many.len() <= 61_440 && !many.contains(&client), "users come first");
        let found = browser.get(&format!("{READERS}?q=READER1")).await.text;
        assert!(
            found.contains("10 of 27 match.") && found.contains("reader19") && !found.contains("reader20"),
            "{found}"
        );
        let by_client = browser.get(&format!("{READERS}?q={client}")).await.text;
        assert!(by_client.contains("1 of 27 match.") && by_client.contains(&link), "{by_client}");
        let nobody = browser.get(&format!("{READERS}?q=%3Cscript%3E")).await.text;
        assert!(nobody.contains("Nobody matches") && !nobody.contains("<script>"), "{nobody}");
        // Where more hold the role than are looked at for a page, the next one goes on.
        for number in 25..30 {
            server.member(&tenant, &format!("reader{number:02}"), &[Role::ReportsReader]).await;
        }
        let none = browser.get(&format!("{READERS}?q={client}")).await.text;
        assert!(none.contains("30 were looked at; the next page goes on.") && !none.contains(&link), "{none}");
        let next = none.split("rel=\"next\" href=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a link");
        let onward = browser.get(&next.replace("&amp;", "&").replace("&#38;", "&")).await.text;
        assert!(onward.contains(&link) && onward.contains("rel=\"prev\""), "{onward}");
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
        browser.get(&format!("{global}?ask={}", ines.id)).await;
        let refused = browser.submit_to("/take", &[]).await;
        assert_eq!(refused.status, 422);
        assert!(refused.text.contains("Give the role to somebody else first."), "{}", refused.text);
        let reader = server.signed_in(&rita).await;
        for path in [global.to_owned(), format!("{global}?ask={}", ines.id)] {
            let page = reader.get(&path).await;
            assert!(page.text.contains("ines") && !page.text.contains("/give\""), "{}", page.text);
            assert!(!page.text.contains("/take\"") && !page.text.contains("?ask="), "{}", page.text);
        }
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
