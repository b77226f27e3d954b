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
async fn everything_about_a_group_is_chosen_when_it_is_made_and_some_of_it_later() {
    on_both_engines(async |server| {
        let (tenant, admin, manager) = world(&server).await;
        let ann = server.member(&tenant, "ann", &[]).await;
        let inner = group(&server, &admin, "Inner").await;
        let browser = server.signed_in(&manager).await;
        browser.get(&format!("{LIST}/new")).await;
        let members = format!("ann@contoso.example\n\n inner \n{}", ann.id);
        let fields = [
            ("name", "Auditors"),
            ("nickname", "audit"),
            ("unique", "auditors-of-contoso"),
            ("visibility", "Private"),
            ("members", members.as_str()),
            ("owners", "manager@contoso.example"),
        ];
        let made = browser.submit_to("/groups/new", &fields).await;
        assert_eq!(made.status, 200, "{}", made.text);
        let here = browser.location();
        let path = format!("/v1.0/groups/{}", here.rsplit('/').next().expect("an id"));
        let read = get(&server, &admin, &path).await.json();
        for (property, value) in [
            ("mailNickname", json!("audit")),
            ("uniqueName", json!("auditors-of-contoso")),
            ("visibility", json!("Private")),
            ("isAssignableToRole", json!(false)),
            ("groupTypes", json!([])),
        ] {
            assert_eq!(read[property], value, "{property}");
        }
        let mut linked = column(&get(&server, &admin, &format!("{path}/members")).await, "id");
        linked.sort();
        let mut wanted = [ann.id.to_string(), inner];
        wanted.sort();
        assert_eq!(linked, wanted, "who is named twice belongs once");
        assert_eq!(column(&get(&server, &admin, &format!("{path}/owners")).await, "id"), [manager.id.to_string()]);

        for (nickname, visibility, stored) in [("a b", "Public", "audit"), ("watch", "Public", "watch")] {
            let fields = [("name", "Auditors"), ("nickname", nickname), ("visibility", visibility)];
            browser.submit_to("/change", &fields).await;
            let read = get(&server, &admin, &path).await.json();
            assert_eq!(read["mailNickname"], stored, "{nickname}");
        }
        let fields = [("name", "Auditors"), ("visibility", "")];
        browser.submit_to("/change", &fields).await;
        let read = get(&server, &admin, &path).await.json();
        assert_eq!((&read["mailNickname"], &read["visibility"]), (&json!("watch"), &json!(null)));

        browser.get(&format!("{LIST}/new")).await;
        let fields = [("name", "Guests"), ("rule", "user.userType -eq \"Guest\""), ("paused", "1")];
        browser.submit_to("/groups/new", &fields).await;
        let path = format!("/v1.0/groups/{}", browser.location().rsplit('/').next().expect("an id"));
        let read = get(&server, &admin, &path).await.json();
        assert_eq!(
            (&read["groupTypes"], &read["membershipRuleProcessingState"], &read["mailNickname"]),
            (&json!(["DynamicMembership"]), &json!("Paused"), &json!("Guests"))
        );
    })
    .await;
}

#[tokio::test]
async fn what_a_new_group_cannot_be_is_said_at_its_field_and_none_is_made() {
    on_both_engines(async |server| {
        let (_, admin, manager) = world(&server).await;
        group(&server, &admin, "Plain").await;
        let browser = server.signed_in(&manager).await;
        browser.get(&format!("{LIST}/new")).await;
        let rule = ("rule", "user.userType -eq \"Guest\"");
        let many = "manager@contoso.example\n".repeat(21);
        let nobody = "00000000-0000-0000-0000-00000000abcd";
        for (fields, field, sentence) in [
            ([("nickname", "a b"), ("rule", "")], "nickname", "Short name: it may hold ASCII characters only"),
            ([("unique", "O'Neill"), ("rule", "")], "unique", "Unique name: it may neither be empty"),
            ([("visibility", "HiddenMembership"), ("rule", "")], "visibility", "Visibility: it is Private or Public"),
            ([("description", ""), ("rule", "user.shoeSize -eq 4")], "rule", "there is no property"),
            ([("paused", "1"), ("rule", " ")], "rule", "nothing to pause"),
            (
                [("members", "manager@contoso.example\nholder"), ("rule", "")],
                "members",
                "holder: Nobody and no group here",
            ),
            ([("members", many.as_str()), ("rule", "")], "members", "At most 20 lines"),
            ([("members", nobody), ("rule", "")], "members", "Nobody and nothing here has this id"),
            ([("members", "manager@contoso.example"), rule], "members", "follows from its rule"),
            ([("owners", "Plain"), ("rule", "")], "owners", "Owners: users and service principals can be owners"),
            ([("owners", nobody), ("rule", "")], "owners", "Nobody and nothing here has this id"),
        ] {
            let fields: Vec<_> = [("name", "Wanted")].into_iter().chain(fields).collect();
            let said = browser.submit_to("/groups/new", &fields).await;
            assert_eq!(said.status, 400, "{field}: {}", said.text);
            assert!(said.text.contains(&format!("<a href=\"#{field}\">")), "{field}: {}", said.text);
            assert!(said.text.contains(sentence) && said.text.contains("value=\"Wanted\""), "{field}: {}", said.text);
            let is_open = said.text.contains("<details class=\"more\" open>");
            assert_eq!(is_open, ["nickname", "unique", "visibility"].contains(&field), "{field}");
        }
        assert_eq!(column(&get(&server, &admin, "/v1.0/groups").await, "displayName"), ["Plain"]);
    })
    .await;
}

#[tokio::test]
async fn a_group_for_roles_is_made_and_filled_by_whoever_gives_roles() {
    on_both_engines(async |server| {
        let (tenant, admin, manager) = world(&server).await;
        let plain = group(&server, &admin, "Plain").await;
        let new = format!("{LIST}/new");
        let browser = server.signed_in(&manager).await;
        assert!(!browser.get(&new).await.text.contains("name=\"roles\""));
        let forged = browser.submit_to("/groups/new", &[("name", "For roles"), ("roles", "1")]).await;
        assert_eq!(forged.status, 403, "{}", forged.text);

        let petra = server.member(&tenant, "petra", &[Role::PrivilegedRoleAdministrator]).await;
        let browser = server.signed_in(&petra).await;
        assert!(browser.get(LIST).await.text.contains(&format!("href=\"{new}\"")));
        let page = browser.get(&new).await.text;
        assert!(page.contains("name=\"roles\" value=\"1\" checked") && !page.contains("name=\"rule\""), "{page}");
        let other = browser.submit_to("/groups/new", &[("name", "Not for roles")]).await;
        assert_eq!(other.status, 400, "{}", other.text);
        assert!(other.text.contains("<a href=\"#roles\">You make only groups"), "{}", other.text);
        let made = browser.submit_to("/groups/new", &[("name", "For roles"), ("roles", "1")]).await;
        assert!(made.status == 200 && made.text.contains("may be given roles"), "{}", made.text);
        let id = browser.location().rsplit('/').next().expect("an id").to_owned();
        let filled = browser.submit_to("/add-member", &[("member", "petra@contoso.example")]).await;
        assert!(filled.text.contains("The member was added."), "{}", filled.text);
        let members = get(&server, &admin, &format!("/v1.0/groups/{id}/members")).await;
        assert_eq!(column(&members, "id"), [petra.id.to_string()]);
        let read = get(&server, &admin, &format!("/v1.0/groups/{id}")).await.json();
        assert_eq!(read["isAssignableToRole"], true);
        let others = format!("{LIST}/{plain}");
        let elsewhere = browser.prepare("/add-member", &[("member", "petra@contoso.example")]);
        let (mut parts, body) = elsewhere.into_parts();
        parts.uri = format!("{others}/add-member").parse().expect("an address");
        let refused = browser.send(axum::http::Request::from_parts(parts, body)).await;
        assert_eq!(refused.status, 403, "{}", refused.text);

        let ines = server.member(&tenant, "ines", &[Role::GlobalAdministrator]).await;
        let browser = server.signed_in(&ines).await;
        browser.get(&new).await;
        let fields = [("name", "Both"), ("roles", "1"), ("rule", "user.userType -eq \"Guest\"")];
        let both = browser.submit_to("/groups/new", &fields).await;
        assert_eq!(both.status, 400, "{}", both.text);
        assert!(both.text.contains("<a href=\"#rule\">") && both.text.contains("chosen by hand"), "{}", both.text);
        let fields = [("name", "Nested"), ("roles", "1"), ("members", "Plain")];
        let nested = browser.submit_to("/groups/new", &fields).await;
        assert!(nested.status == 400 && nested.text.contains("<a href=\"#members\">"), "{}", nested.text);
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
        assert_eq!(stale.status, 409);
        for said in ["Somebody changed this group", "value=\"Renamed\"", "You had written this", "<bdi>Mine</bdi>"] {
            assert!(stale.text.contains(said), "{said}: {}", stale.text);
        }
        assert!(!stale.text.contains("value=\"Mine\""), "the fields show what is stored: {}", stale.text);
        let name = async || get(&server, &admin, &format!("/v1.0/groups/{id}")).await.json()["displayName"].clone();
        assert_eq!(name().await, "Renamed");
        // Whoever has seen what is stored may overwrite it.
        browser.submit_to("/change", &[("name", "Mine"), ("description", "")]).await;
        assert_eq!(name().await, "Mine");
    })
    .await;
}

#[tokio::test]
async fn a_form_of_a_group_with_a_mistake_still_says_what_it_showed() {
    on_both_engines(async |server| {
        let (_, admin, manager) = world(&server).await;
        let id = group(&server, &admin, "Plain").await;
        let (here, path) = (format!("{LIST}/{id}"), format!("/v1.0/groups/{id}"));
        let browser = server.signed_in(&manager).await;
        browser.get(&here).await;
        let body = json!({ "description": "Stored meanwhile" });
        assert_eq!(server.api_as(&admin, Method::PATCH, &path, &body).await.status, 204);
        let wrong = browser.submit_to("/change", &[("name", " "), ("description", "Mine")]).await;
        assert_eq!(wrong.status, 400, "{}", wrong.text);
        let stale = browser.submit_to("/change", &[("name", "Plain"), ("description", "Mine")]).await;
        assert_eq!(stale.status, 409, "{}", stale.text);
        assert!(stale.text.contains(">Stored meanwhile</textarea>"), "{}", stale.text);
        assert!(stale.text.contains("What it is for</dt><dd><bdi>Mine</bdi>"), "{}", stale.text);
        assert_eq!(get(&server, &admin, &path).await.json()["description"], "Stored meanwhile");

        browser.get(&here).await;
        assert_eq!(server.api_as(&admin, Method::PATCH, &path, &json!({ "description": "Again" })).await.status, 204);
        let rule = "user.userType -eq \"Guest\"";
        let stale = browser.submit_to("/rule", &[("rule", rule)]).await;
        assert_eq!(stale.status, 409, "{}", stale.text);
        for said in ["<dt>Who belongs to it</dt>", "<dt>The rule is on</dt><dd><bdi>no</bdi>"] {
            assert!(stale.text.contains(said), "{said}: {}", stale.text);
        }
        // A box that was left is not ticked again where only the rule is wrong.
        let wrong = browser.submit_to("/rule", &[("rule", "user.shoeSize -eq 4")]).await;
        let on = wrong.text.split("name=\"on\"").nth(1).and_then(|rest| rest.split('>').next());
        assert!(wrong.status == 400 && on.is_some_and(|tag| !tag.contains("checked")), "{}", wrong.text);
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
