//! Whoever holds a role, page by page.

use super::{get, give, holder, members, take};
use crate::directory_roles::store;
use crate::graph::{Caller, Role};
use crate::platform::ids::UserId;
use crate::testing::{ADDRESS, TestServer, on_both_engines};
use axum::http::Method;
use serde_json::{Value, json};

const ROLE: Role = Role::UserAdministrator;

/// The names, or the addresses, on the pages that a link leads to, and the links that led to them.
async fn pages(server: &TestServer, caller: &Caller, path: &str) -> (Vec<Vec<String>>, Vec<String>) {
    let (mut pages, mut links) = (Vec::new(), vec![path.to_owned()]);
    while let Some(link) = links.get(pages.len()) {
        let answer = get(server, caller, link).await;
        assert_eq!(answer.status, 200, "{link}: {}", answer.text);
        let body = answer.json();
        let name =
            |item: &Value| item["displayName"].as_str().or(item["@odata.id"].as_str()).expect("a name").to_owned();
        pages.push(body["value"].as_array().expect("a collection").iter().map(name).collect());
        let next = body["@odata.nextLink"].as_str();
        links.extend(next.map(|next| next.strip_prefix(ADDRESS).expect("an address of ours").to_owned()));
    }
    (pages, links)
}

/// Makes an object and gives it the role; its id.
async fn made(server: &TestServer, caller: &Caller, path: &str, body: &Value) -> UserId {
    let made = server.api_as(caller, Method::POST, path, body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let id = made.json()["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
    assert_eq!(give(server, caller, ROLE, id).await.status, 204);
    id
}

#[tokio::test]
async fn holders_come_page_by_page_people_then_programs_then_groups() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let (_, ada) = holder(&server, &tenant, "ada", &[Role::GlobalAdministrator]).await;
        let mut people = Vec::new();
        for name in ["bob", "eve", "zoe"] {
            people.push(holder(&server, &tenant, name, &[ROLE]).await.0);
        }
        people.sort_by_key(|user| user.id.0);
        let app = json!({ "displayName": "Robot" });
        let app = server.api_as(&ada, Method::POST, "/v1.0/applications", &app).await.json();
        made(&server, &ada, "/v1.0/servicePrincipals", &json!({ "appId": app["appId"] })).await;
        let desk = json!({
            "displayName": "Desk", "mailNickname": "desk", "mailEnabled": false, "securityEnabled": true,
            "isAssignableToRole": true,
        });
        let desk = made(&server, &ada, "/v1.0/groups", &desk).await;

        let all = members(ROLE);
        let mut expected: Vec<&str> = people.iter().map(|user| user.display_name.as_str()).collect();
        expected.extend(["Robot", "Desk"]);
        for size in 1..=6 {
            let (found, _) = pages(&server, &ada, &format!("{all}?$top={size}")).await;
            let expected: Vec<&[&str]> = expected.chunks(size).collect();
            assert_eq!(found, expected, "{size}");
        }
        let (found, links) = pages(&server, &ada, &format!("{all}/microsoft.graph.user?$top=2")).await;
        assert_eq!(found.concat(), expected[..3]);
        assert_eq!(found.len(), 2);
        let (found, _) = pages(&server, &ada, &format!("{all}/microsoft.graph.servicePrincipal?$top=1")).await;
        assert_eq!(found, [["Robot"]]);
        let (found, _) = pages(&server, &ada, &format!("{all}/$ref?$top=4")).await;
        assert_eq!(found.concat().last(), Some(&format!("{ADDRESS}/v1.0/directoryObjects/{desk}")));
        assert_eq!(found.len(), 2);

        // How many there are is said on the first page, where it was asked for.
        for (path, count) in [(all.clone(), 5), (format!("{all}/microsoft.graph.user"), 3), (format!("{all}/$ref"), 5)]
        {
            let path = format!("{path}?$count=true&$top=1");
            let eventual = [("ConsistencyLevel", "eventual")];
            let counted = server.api_with(&ada, Method::GET, &path, &eventual, &Value::Null).await.json();
            assert_eq!(counted["@odata.count"], count, "{path}");
            assert_eq!(get(&server, &ada, &path).await.json().get("@odata.count"), None, "{path}");
        }

        // A link opens the list that it was written for, and no page is lost with whoever it ended with.
        let elsewhere = links[1].replace("microsoft.graph.user", "microsoft.graph.servicePrincipal");
        let refused = get(&server, &ada, &elsewhere).await;
        assert_eq!(refused.status, 400, "{}", refused.text);
        assert_eq!(take(&server, &ada, ROLE, people[1].id).await.status, 204);
        let (found, _) = pages(&server, &ada, &links[1]).await;
        assert_eq!(found.concat(), expected[2..3]);
        for option in ["$top=0", "$expand=manager"] {
            assert_eq!(get(&server, &ada, &format!("{all}?{option}")).await.status, 400, "{option}");
        }
        // All are read to be filtered or put in order, which is refused by name where they are many.
        assert_eq!(give(&server, &ada, ROLE, people[1].id).await.status, 204);
        for (name, option) in [("$filter", "$filter=displayName%20eq%20'bob'"), ("$orderby", "$orderby=displayName")] {
            for path in [all.clone(), format!("{all}/$ref")] {
                let refused = get(&server, &ada, &format!("{path}?{option}")).await;
                assert_eq!(
                    (refused.status.as_u16(), &refused.json()["error"]["target"]),
                    (400, &json!(name)),
                    "{path}"
                );
            }
            let people = get(&server, &ada, &format!("{all}/microsoft.graph.user?{option}")).await;
            assert_eq!(people.status, 200, "{option}: {}", people.text);
        }
        assert_eq!(get(&server, &ada, &format!("{all}/$ref?$select=displayName")).await.status, 400);
    })
    .await;
}

#[tokio::test]
async fn holders_of_each_role_are_counted_up_to_a_limit() {
    on_both_engines(async |server| {
        let (tenant, other) =
            (server.tenant("Contoso", "contoso.example").await, server.tenant("Other", "other.example").await);
        holder(&server, &other, "oz", &[ROLE]).await;
        let (_, ada) = holder(&server, &tenant, "ada", &[Role::GlobalAdministrator]).await;
        let (bob, _) = holder(&server, &tenant, "bob", &[ROLE]).await;
        holder(&server, &tenant, "eve", &[ROLE, Role::GuestInviter]).await;
        holder(&server, &tenant, "zoe", &[ROLE]).await;
        let desk = json!({
            "displayName": "Desk", "mailNickname": "desk", "mailEnabled": false, "securityEnabled": true,
            "isAssignableToRole": true,
        });
        made(&server, &ada, "/v1.0/groups", &desk).await;
        let gone = server.api_as(&ada, Method::DELETE, &format!("/v1.0/users/{}", bob.id), &Value::Null).await;
        assert_eq!(gone.status, 204, "{}", gone.text);
        let mut tx = server.read().await.expect("a connection");
        for (limit, number) in [(10, 3), (2, 2)] {
            let roles = [Role::ReportsReader, ROLE, Role::GuestInviter];
            let mut found = store::count_each(&mut tx, tenant.id, &roles, limit).await.expect("numbers");
            found.sort_by_key(|(_, number)| *number);
            assert_eq!(found, [(Role::GuestInviter.id(), 1), (ROLE.id(), number)], "{limit}");
        }
        assert!(store::count_each(&mut tx, tenant.id, &[], 10).await.expect("numbers").is_empty());
        let all = store::count_each(&mut tx, tenant.id, Role::ALL, 10).await.expect("numbers");
        assert!(all.contains(&(Role::GlobalAdministrator.id(), 1)), "{all:?}");
    })
    .await;
}
