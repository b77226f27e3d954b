//! The groups in the admin centre.

use super::{column, get, group};
use crate::graph::{Caller, Role};
use crate::tenants::Tenant;
use crate::testing::{TestServer, on_both_engines};
use crate::users::User;
use axum::http::Method;
use serde_json::json;

const LIST: &str = "/portal/contoso.example/groups";

async fn world(server: &TestServer) -> (Tenant, Caller, User) {
    let tenant = server.tenant("Contoso", "contoso.example").await;
    let admin = server.administrator(&tenant).await;
    let manager = server.member(&tenant, "manager", &[Role::GroupsAdministrator]).await;
    (tenant, admin, manager)
}

#[tokio::test]
async fn a_group_is_made_filled_and_emptied_in_the_portal() {
    on_both_engines(async |server| {
        let (_, admin, manager) = world(&server).await;
        let browser = server.signed_in(&manager).await;
        browser.get(&format!("{LIST}/new")).await;
        let nameless = browser.submit_to("/groups/new", &[("name", " ")]).await;
        assert_eq!(nameless.status, 400);
        assert!(nameless.text.contains("Name: it may not be empty."), "{}", nameless.text);
        let made = browser.submit_to("/groups/new", &[("name", "Prüfer & <Co>"), ("description", "Who audits")]).await;
        assert_eq!(made.status, 200, "{}", made.text);
        assert!(made.text.contains("Prüfer &#38; &#60;Co&#62;"), "names are text: {}", made.text);
        let here = browser.location();
        let id = here.rsplit('/').next().expect("an id").to_owned();

        for (name, said) in [
            ("holder", "Nobody and no group here"),
            ("manager@contoso.example", "The member was added."),
            ("manager@contoso.example", "It is there already."),
        ] {
            let answer = browser.submit_to("/add-member", &[("member", name)]).await;
            assert!(answer.text.contains(said), "{name}: {}", answer.text);
        }
        let members = format!("/v1.0/groups/{id}/members");
        assert_eq!(column(&get(&server, &admin, &members).await, "id"), [manager.id.to_string()]);

        let asked = browser.get(&format!("{here}?ask=remove-member&object={}", manager.id)).await;
        assert!(asked.text.contains("Take manager out of"), "{}", asked.text);
        let gone = browser.submit_to("/remove-member", &[]).await;
        assert!(gone.text.contains("The member was taken out."), "{}", gone.text);
        assert!(column(&get(&server, &admin, &members).await, "id").is_empty());
        browser.get(&format!("{here}?ask=remove")).await;
        let removed = browser.submit_to("/remove", &[]).await;
        assert!(removed.text.contains("The group was removed."), "{}", removed.text);
        assert_eq!(browser.get(&here).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn a_wrong_rule_is_said_at_its_field_and_a_page_that_stayed_open_overwrites_nothing() {
    on_both_engines(async |server| {
        let (_, admin, manager) = world(&server).await;
        let id = group(&server, &admin, "Plain").await;
        let browser = server.signed_in(&manager).await;
        let here = format!("{LIST}/{id}");
        browser.get(&here).await;
        let wrong = browser.submit_to("/rule", &[("rule", "user.shoeSize -eq 4"), ("on", "1")]).await;
        assert_eq!(wrong.status, 400);
        assert!(wrong.text.contains("there is no property"), "{}", wrong.text);
        assert!(wrong.text.contains("user.shoeSize -eq 4"), "what was written stays");
        let body = json!({ "displayName": "Renamed" });
        let renamed = server.api_as(&admin, Method::PATCH, &format!("/v1.0/groups/{id}"), &body).await;
        assert_eq!(renamed.status, 204);
        let stale = browser.submit_to("/change", &[("name", "Mine"), ("description", "")]).await;
        assert_eq!(stale.status, 400);
        assert!(stale.text.contains("Somebody changed this group"), "{}", stale.text);
        let read = get(&server, &admin, &format!("/v1.0/groups/{id}")).await.json();
        assert_eq!(read["displayName"], "Renamed");
    })
    .await;
}

#[tokio::test]
async fn groups_are_found_by_words_of_their_name_page_by_page() {
    on_both_engines(async |server| {
        let (tenant, admin, manager) = world(&server).await;
        for at in 0..27 {
            group(&server, &admin, &format!("Team{at:02}")).await;
        }
        group(&server, &admin, "Other").await;
        let browser = server.signed_in(&manager).await;
        let first = browser.get(&format!("{LIST}?q=team")).await.text;
        assert!(first.contains("Team24") && !first.contains("Team25") && !first.contains("Other"), "{first}");
        let next =
            first.split("rel=\"next\" href=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a next page");
        let second = browser.get(&next.replace("&#38;", "&")).await.text;
        assert!(second.contains("Team26") && !second.contains("Team24"), "{second}");
        assert!(browser.get(&format!("{LIST}?q=nothing")).await.text.contains("No group matches"));
        let reader = server.member(&tenant, "reader", &[Role::ReportsReader]).await;
        let seen = server.signed_in(&reader).await.get(LIST).await.text;
        assert!(seen.contains("Team00") && !seen.contains("Make a group"), "{seen}");
    })
    .await;
}

#[tokio::test]
async fn a_removed_group_is_listed_and_brought_back() {
    on_both_engines(async |server| {
        let (tenant, admin, manager) = world(&server).await;
        let id = group(&server, &admin, "Prüfer & <Co>").await;
        let list = format!("{LIST}/removed");
        let browser = server.signed_in(&manager).await;
        assert!(browser.get(LIST).await.text.contains(&format!("href=\"{list}\"")));
        assert!(browser.get(&list).await.text.contains("No group was removed"));
        let gone = server.api_as(&admin, Method::DELETE, &format!("/v1.0/groups/{id}"), &json!(null)).await;
        assert_eq!(gone.status, 204);
        let shown = browser.get(&list).await.text;
        assert!(shown.contains("Prüfer &#38; &#60;Co&#62;") && shown.contains("23 Dec 2026"), "{shown}");
        let back = browser.press("/restore").await;
        assert!(back.text.contains("The group was brought back."), "{}", back.text);
        assert!(browser.location().contains(&format!("{LIST}/{id}?done=restored")), "{}", browser.location());
        assert!(browser.get(&list).await.text.contains("No group was removed"));
        // What roles can be given to is brought back by those who give roles.
        let mut body = super::body("For roles", &json!({ "isAssignableToRole": true }));
        body["mailNickname"] = json!("roles");
        let made = server.api_as(&admin, Method::POST, "/v1.0/groups", &body).await.json();
        let path = format!("/v1.0/groups/{}", made["id"].as_str().expect("an id"));
        assert_eq!(server.api_as(&admin, Method::DELETE, &path, &json!(null)).await.status, 204);
        browser.get(&list).await;
        assert_eq!(browser.press("/restore").await.status, 403);
        let reader = server.member(&tenant, "reader", &[Role::ReportsReader]).await;
        assert_eq!(server.signed_in(&reader).await.get(&list).await.status, 403);
    })
    .await;
}
