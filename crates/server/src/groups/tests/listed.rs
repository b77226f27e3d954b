//! The list of groups in the admin centre: what is found, and what it costs.

use super::{add, body, call, get, group};
use crate::graph::{Caller, Role};
use crate::groups::store::listed::{self, Filter, Rule};
use crate::platform::ids::{GroupId, TenantId, UserId};
use crate::tenants::Tenant;
use crate::testing::{Recorder, TestServer, on_both_engines, on_sqlite};
use crate::users::User;
use crate::words::{Sought, Way};
use axum::http::{Method, StatusCode};
use database::sql;
use serde_json::{Value, json};
use uuid::Uuid;

const LIST: &str = "/portal/contoso.example/groups";

async fn world(server: &TestServer) -> (Tenant, Caller, User) {
    let tenant = server.tenant("Contoso", "contoso.example").await;
    let admin = server.administrator(&tenant).await;
    let manager = server.member(&tenant, "manager", &[Role::GroupsAdministrator]).await;
    (tenant, admin, manager)
}

/// The names on a page, in their order.
fn names(page: &str) -> Vec<&str> {
    let names = page.split("class=\"row-link\"").skip(1).filter_map(|rest| rest.split("<bdi>").nth(1));
    names.filter_map(|rest| rest.split('<').next()).collect()
}

/// Where the page before this one or behind it begins.
fn link(page: &str, rel: &str) -> Option<String> {
    let tag = page.split("<a ").find(|tag| tag.contains(&format!("rel=\"{rel}\"")))?;
    Some(tag.split("href=\"").nth(1)?.split('"').next()?.replace("&#38;", "&"))
}

/// The address of the call behind a page, if it tells of one.
fn behind(page: &str) -> Option<String> {
    let call = page.split("<b>GET</b> ").nth(1)?;
    let address = call.split(['<', '\n']).next()?;
    Some(address.replace("&#38;", "&").replace("&#39;", "'").replace(' ', "%20"))
}

/// Makes a group with further properties; its id.
async fn made(server: &TestServer, caller: &Caller, name: &str, further: Value) -> String {
    let made = call(server, caller, Method::POST, "/v1.0/groups", body(name, &further)).await;
    assert_eq!(made.status, 201, "{}", made.text);
    made.json()["id"].as_str().expect("an id").to_owned()
}

fn by_rule(state: &str) -> Value {
    json!({
        "groupTypes": ["DynamicMembership"], "membershipRule": "(user.userType -eq \"Guest\")",
        "membershipRuleProcessingState": state,
    })
}

#[tokio::test]
async fn groups_are_found_by_words_members_rule_and_roles() {
    on_both_engines(async |server| {
        let (tenant, admin, manager) = world(&server).await;
        group(&server, &admin, "Audit of the North").await;
        group(&server, &admin, "North-West").await;
        made(&server, &admin, "Guests", by_rule("On")).await;
        made(&server, &admin, "Paused guests", by_rule("Paused")).await;
        made(&server, &admin, "Desk", json!({ "isAssignableToRole": true })).await;
        let broken = made(&server, &admin, "Broken", by_rule("On")).await;
        let mut tx = server.write().await.expect("a transaction");
        tx.query(sql!("UPDATE rule_evaluation SET error = 'unreadable' WHERE tenant_id = $1 AND group_id = $2"))
            .bind(tenant.id)
            .bind(broken.parse::<GroupId>().expect("an id"))
            .execute()
            .await
            .expect("a change");
        tx.commit().await.expect("a commit");
        let browser = server.signed_in(&manager).await;
        for (query, expected) in [
            ("", &["Audit of the North", "Broken", "Desk", "Guests", "North-West", "Paused guests"][..]),
            ("?q=north", &["Audit of the North", "North-West"]),
            ("?q=WEST+nor", &["North-West"]),
            ("?q=the+audit", &["Audit of the North"]),
            ("?q=orth", &[]),
            ("?q=-", &[]),
            ("?kind=dynamic", &["Broken", "Guests", "Paused guests"]),
            ("?kind=dynamic&q=guests", &["Guests", "Paused guests"]),
            ("?kind=chosen", &["Audit of the North", "Desk", "North-West"]),
            ("?rule=paused", &["Paused guests"]),
            ("?rule=failed", &["Broken"]),
            ("?roles=assignable", &["Desk"]),
            ("?roles=assignable&q=north", &[]),
        ] {
            let answer = browser.get(&format!("{LIST}{query}")).await;
            assert_eq!(answer.status, StatusCode::OK, "{query}");
            assert_eq!(names(&answer.text), expected, "{query}");
        }
        for query in ["?kind=x", "?rule=x", "?roles=x", "?after=x"] {
            assert_eq!(browser.get(&format!("{LIST}{query}")).await.status, StatusCode::BAD_REQUEST, "{query}");
        }
        let page = browser.get(&format!("{LIST}?rule=failed")).await.text;
        assert!(page.contains("<span class=\"state stop\">Rule failed</span>"), "{page}");
        assert_eq!(behind(&page), None, "the API does not filter by it");
        for query in ["", "?kind=dynamic", "?kind=chosen", "?rule=paused", "?roles=assignable"] {
            let page = browser.get(&format!("{LIST}{query}")).await.text;
            let path = behind(&page).expect("a call");
            let headers = [("ConsistencyLevel", "eventual")];
            let answer = server.api_with(&admin, Method::GET, &path, &headers, &Value::Null).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
            let found = answer.json()["value"].as_array().cloned().unwrap_or_default();
            let found: Vec<&str> = found.iter().filter_map(|group| group["displayName"].as_str()).collect();
            assert_eq!(found, names(&page), "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn pages_go_on_in_both_directions_by_name_and_by_words() {
    on_both_engines(async |server| {
        let (_, admin, manager) = world(&server).await;
        for at in 0..60 {
            group(&server, &admin, &format!("Team{at:02}")).await;
        }
        let browser = server.signed_in(&manager).await;
        for query in ["", "?q=team"] {
            let first = browser.get(&format!("{LIST}{query}")).await.text;
            assert_eq!((names(&first).len(), link(&first, "prev")), (25, None), "{query}");
            let second = browser.get(&link(&first, "next").expect("a second page")).await.text;
            let third = browser.get(&link(&second, "next").expect("a third page")).await.text;
            let all: Vec<&str> = [&first, &second, &third].into_iter().flat_map(|page| names(page)).collect();
            let expected: Vec<String> = (0..60).map(|at| format!("Team{at:02}")).collect();
            assert_eq!(all, expected, "{query}");
            assert_eq!(link(&third, "next"), None, "{query}");
            let back = browser.get(&link(&third, "prev").expect("the way back")).await.text;
            assert_eq!(names(&back), names(&second), "{query}");
        }
        let file = browser.get(&format!("{LIST}/as/csv?q=team")).await.text;
        assert_eq!(file.lines().count(), 61, "every group once, under a heading: {file}");
    })
    .await;
}

#[tokio::test]
async fn members_are_counted_without_those_who_are_deleted() {
    on_both_engines(async |server| {
        let (tenant, admin, manager) = world(&server).await;
        let team = group(&server, &admin, "Team").await;
        let inner = group(&server, &admin, "Zoo").await;
        let sam = server.guest(&tenant, "sam@partner.example").await;
        for id in [sam.id.to_string(), manager.id.to_string(), inner] {
            assert_eq!(add(&server, &admin, &team, id).await.status, 204);
        }
        let browser = server.signed_in(&manager).await;
        let count = async || {
            let page = browser.get(LIST).await.text;
            let cell = page.split("data-l=\"members\">").nth(1).and_then(|rest| rest.split('<').next());
            cell.expect("a number").to_owned()
        };
        assert_eq!(count().await, "3");
        let gone = call(&server, &admin, Method::DELETE, &format!("/v1.0/users/{}", sam.id), Value::Null).await;
        assert_eq!(gone.status, 204);
        assert_eq!(count().await, "2");
        let file = browser.get(&format!("{LIST}/as/csv")).await.text;
        let row = file.lines().nth(1).unwrap_or_default();
        assert!(row.starts_with("\"Team\",\"\",\"2\",\"\",\"\",\"\",\"false\",") && row.contains(&team), "{file}");
    })
    .await;
}

#[tokio::test]
async fn the_file_is_for_whoever_sees_the_list_and_the_audit_says_who_took_it() {
    on_both_engines(async |server| {
        let (tenant, admin, manager) = world(&server).await;
        let own = group(&server, &admin, "Own").await;
        group(&server, &admin, "Other").await;
        let olga = server.member(&tenant, "olga", &[]).await;
        let reference = json!({ "@odata.id": format!("http://localhost:8080/v1.0/users/{}", olga.id) });
        let owners = format!("/v1.0/groups/{own}/owners/$ref");
        assert_eq!(call(&server, &admin, Method::POST, &owners, reference).await.status, 204);
        let file = format!("{LIST}/as/csv?q=o");
        let all = server.signed_in(&manager).await.get(&file).await.text;
        assert!(all.contains("\"Own\"") && all.contains("\"Other\""), "{all}");
        let theirs = server.signed_in(&olga).await.get(&file).await.text;
        assert!(theirs.contains("\"Own\"") && !theirs.contains("\"Other\""), "{theirs}");
        let browser = server.signed_in(&olga).await;
        let whole = browser.get(LIST).await.text;
        assert_eq!(behind(&whole).as_deref(), Some("/v1.0/me/ownedObjects/microsoft.graph.group"));
        let narrowed = browser.get(&format!("{LIST}?q=o")).await.text;
        assert_eq!((names(&narrowed), behind(&narrowed)), (vec!["Own"], None));
        let nobody = server.member(&tenant, "nobody", &[]).await;
        assert_eq!(server.signed_in(&nobody).await.get(&file).await.status, StatusCode::FORBIDDEN);
        let name = "Download%20groups%20-%20finished%20(bulk)";
        let path = format!("/v1.0/auditLogs/directoryAudits?$filter=activityDisplayName%20eq%20'{name}'");
        let told = get(&server, &admin, &path).await.json();
        assert_eq!(told["value"].as_array().map(Vec::len), Some(2), "whoever is refused takes nothing: {told}");
    })
    .await;
}

#[tokio::test]
async fn a_page_asks_the_same_of_the_database_for_many_as_for_few() {
    on_both_engines(async |server| {
        server.caught_up().await;
        let (_, admin, manager) = world(&server).await;
        let browser = server.signed_in(&manager).await;
        let mut before = Vec::new();
        for (round, number) in [30, 60].into_iter().enumerate() {
            for at in 0..number {
                group(&server, &admin, &format!("Team {round} {at}")).await;
            }
            // What hardly ever changes is read once.
            browser.get(LIST).await;
            let recorder = Recorder::start();
            let mut reads = Vec::new();
            for query in ["", "?q=team", "?kind=chosen"] {
                assert_eq!(names(&browser.get(&format!("{LIST}{query}")).await.text).len(), 25, "{query}");
                reads.push(recorder.work().reads);
            }
            if round == 1 {
                assert_eq!(reads, before);
                assert!(reads.iter().all(|reads| reads.len() <= 16), "{reads:#?}");
            }
            before = reads;
        }
    })
    .await;
}

/// SQLite plans by the statement alone, so a plan is the same with a million rows.
#[tokio::test]
async fn every_page_follows_an_index_and_sorts_nothing_but_few() {
    on_sqlite(async |server| {
        let mut tx = server.read().await.expect("a connection");
        let sought = Sought::of("north west");
        let open = Filter::default;
        let dynamic = Filter { is_dynamic: Some(true), ..open() };
        let failed = Filter { rule: Some(Rule::Failed), ..open() };
        let assignable = Filter { is_assignable: true, ..open() };
        let worded = Filter { sought: Some(sought.clone()), ..open() };
        let word =
            "sqlite_autoindex_object_word_1 (tenant_id=? AND object_kind=? AND property=? AND folded>? AND folded<?)";
        let cases = [
            (open(), Way::Names, "g USING INDEX group_by_display_name (tenant_id=?", false),
            (dynamic, Way::Names, "g USING INDEX group_dynamic_by_name (tenant_id=?", false),
            (failed, Way::Names, "g USING INDEX group_dynamic_by_name (tenant_id=?", false),
            (assignable, Way::Names, "g USING INDEX group_for_roles_by_name (tenant_id=?", false),
            (worded.clone(), Way::Words(sought.clone()), word, false),
            (worded.clone(), Way::Few(sought), word, true),
            (worded, Way::Owner(UserId(Uuid::nil())), "group_owner_by_object (tenant_id=? AND object_id=?)", true),
        ];
        let hit = ("north".to_owned(), Uuid::nil());
        for (filter, way, index, is_sorted) in &cases {
            for (hit, is_backwards) in [(None, false), (Some(&hit), false), (Some(&hit), true)] {
                let query = listed::query(&mut tx, TenantId(Uuid::nil()), (filter, way), (hit, is_backwards), 26);
                let plan = query.explain().await.expect("a plan");
                let first = plan.lines().find(|line| line.contains("SEARCH")).unwrap_or_default();
                assert!(first.contains(index), "{way:?} {filter:?}\n{plan}");
                let sorts = plan.lines().filter(|line| line.contains("FOR ORDER BY")).count();
                assert_eq!(sorts, usize::from(*is_sorted), "{way:?} {filter:?}\n{plan}");
                let words = plan.lines().filter(|line| line.contains("SEARCH o ") || line.contains("SEARCH f "));
                for line in words {
                    assert!(
                        line.contains("object_word_of_object (tenant_id=? AND object_id=? AND property=?"),
                        "{plan}"
                    );
                }
            }
        }
        let beside = database::registered().find(|statement| statement.text.contains("AS has_failed"));
        let mut query = tx.query(beside.expect("the statement")).bind(TenantId(Uuid::nil())).bind(26_i64);
        query.push(" AND g.id IN (").value(Uuid::nil()).push(")");
        let plan = query.explain().await.expect("a plan");
        let of_kind = "sqlite_autoindex_group_member_1 (tenant_id=? AND group_id=? AND object_kind=?)";
        assert_eq!(plan.matches(of_kind).count(), 3, "users, groups and programs\n{plan}");
        // Of a million users the few that are deleted.
        assert!(plan.contains("SEARCH u USING INDEX user_deleted (tenant_id=? AND id=?)"), "{plan}");
        assert!(!plan.contains("(tenant_id=?)"), "{plan}");
    })
    .await;
}
