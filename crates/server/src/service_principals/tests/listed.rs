//! The list of apps in the admin centre: what is found, and what it costs.

use super::app;
use super::pages::{APPS, contoso};
use crate::applications::{Changes, SignInAudience};
use crate::graph::{Caller, Permission};
use crate::platform::clock::rfc3339;
use crate::platform::ids::{TenantId, UserId};
use crate::service_principals::Registered;
use crate::service_principals::list_store::{self, Filter, Ownerless};
use crate::tenants::Tenant;
use crate::testing::{Answer, Recorder, TestServer, on_both_engines, on_sqlite};
use crate::users::User;
use crate::words::{Sought, Way};
use axum::http::{Method, StatusCode};
use database::Timestamp;
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

async fn call(server: &TestServer, caller: &Caller, method: Method, path: &str, body: Value) -> Answer {
    let answer = server.api_as(caller, method, path, &body).await;
    assert!(answer.status.is_success(), "{path}: {}", answer.text);
    answer
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
    Some(address.replace("&#38;", "&").replace(' ', "%20"))
}

/// Lets an app in that is registered in an organisation of its own.
async fn admitted(server: &TestServer, tenant: &Tenant, home: &str, name: &str) {
    let home = server.tenant(home, &format!("{}.example", home.to_lowercase())).await;
    let offered = Changes { sign_in_audience: Some(SignInAudience::SeveralOrganizations), ..Changes::default() };
    let offered = server.app(&home, name, offered).await;
    let manager = server.application(tenant.id, &[Permission::ApplicationReadWriteAll]);
    call(server, &manager, Method::POST, "/v1.0/servicePrincipals", json!({ "appId": offered.client_id })).await;
}

async fn own(server: &TestServer, caller: &Caller, app: &Registered, user: &User) {
    let owner = json!({ "@odata.id": format!("http://localhost:8080/v1.0/users/{}", user.id) });
    let path = format!("/v1.0/applications/{}/owners/$ref", app.application.id);
    call(server, caller, Method::POST, &path, owner).await;
}

#[tokio::test]
async fn apps_are_found_by_words_origin_state_owner_and_secret() {
    on_both_engines(async |server| {
        let (tenant, browser) = contoso(&server).await;
        let admin = server.administrator(&tenant).await;
        let expenses = app(&server, &admin, "Expenses", Changes::default()).await;
        let payroll = app(&server, &admin, "North Payroll", Changes::default()).await;
        let orders = app(&server, &admin, "North-Orders", Changes::default()).await;
        admitted(&server, &tenant, "Fabrikam", "Harvester of the North").await;
        let end = rfc3339(server.clock.now().plus(20 * Duration::from_hours(24)));
        let secret = json!({ "passwordCredential": { "endDateTime": end } });
        let path = format!("/v1.0/applications/{}/addPassword", expenses.application.id);
        call(&server, &admin, Method::POST, &path, secret).await;
        let path = format!("/v1.0/servicePrincipals/{}", orders.service_principal.id);
        call(&server, &admin, Method::PATCH, &path, json!({ "accountEnabled": false })).await;
        let (mara, bob) = (server.member(&tenant, "mara", &[]).await, server.member(&tenant, "bob", &[]).await);
        own(&server, &admin, &expenses, &mara).await;
        own(&server, &admin, &payroll, &bob).await;
        call(&server, &admin, Method::DELETE, &format!("/v1.0/users/{}", bob.id), Value::Null).await;
        for (query, expected) in [
            ("", &["Expenses", "Harvester of the North", "North Payroll", "North-Orders"][..]),
            ("?q=north", &["Harvester of the North", "North Payroll", "North-Orders"]),
            ("?q=PAY+nor", &["North Payroll"]),
            ("?q=orth", &[]),
            ("?q=.", &[]),
            ("?kind=foreign", &["Harvester of the North"]),
            ("?kind=ours", &["Expenses", "North Payroll", "North-Orders"]),
            ("?kind=ours&q=north", &["North Payroll", "North-Orders"]),
            ("?state=off", &["North-Orders"]),
            ("?state=on&kind=ours", &["Expenses", "North Payroll"]),
            ("?owner=none", &["Harvester of the North", "North Payroll", "North-Orders"]),
            ("?owner=left", &["North Payroll"]),
            ("?secret=soon", &["Expenses"]),
        ] {
            let answer = browser.get(&format!("{APPS}{query}")).await;
            assert_eq!(answer.status, StatusCode::OK, "{query}");
            assert_eq!(names(&answer.text), expected, "{query}");
        }
        for query in ["?kind=x", "?state=x", "?owner=x", "?secret=x", "?before=x"] {
            assert_eq!(browser.get(&format!("{APPS}{query}")).await.status, StatusCode::BAD_REQUEST, "{query}");
        }
        let page = browser.get(&format!("{APPS}?pick=all")).await.text;
        assert!(page.contains("Pick all 3 on this page"), "those of others are not picked: {page}");
        assert_eq!(page.matches("name=\"pick\"").count(), 3, "{page}");
        let theirs = server.signed_in(&mara).await.get(&format!("{APPS}?q=e")).await.text;
        assert_eq!(names(&theirs), ["Expenses"]);
        assert_eq!(behind(&theirs), None, "no call gives those of one owner");
        for query in ["?kind=foreign", "?kind=ours", "?kind=ours&state=on", "?kind=foreign&owner=none"] {
            let page = browser.get(&format!("{APPS}{query}")).await.text;
            let path = behind(&page).expect("a call");
            let headers = [("ConsistencyLevel", "eventual")];
            let answer = server.api_with(&admin, Method::GET, &path, &headers, &Value::Null).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
            let found = answer.json()["value"].as_array().cloned().unwrap_or_default();
            let found: Vec<&str> = found.iter().filter_map(|app| app["displayName"].as_str()).collect();
            assert_eq!(found, names(&page), "{path}");
        }
        for query in ["?owner=none", "?owner=left", "?kind=ours&owner=none", "?secret=soon"] {
            assert_eq!(behind(&browser.get(&format!("{APPS}{query}")).await.text), None, "{query}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_the_overview_counts_is_what_its_links_show() {
    on_both_engines(async |server| {
        let (tenant, browser) = contoso(&server).await;
        let admin = server.administrator(&tenant).await;
        let bob = server.member(&tenant, "bob", &[]).await;
        let end = rfc3339(server.clock.now().plus(20 * Duration::from_hours(24)));
        for name in ["Orders", "Returns"] {
            let made = app(&server, &admin, name, Changes::default()).await;
            own(&server, &admin, &made, &bob).await;
            let secret = json!({ "passwordCredential": { "endDateTime": end } });
            let path = format!("/v1.0/applications/{}/addPassword", made.application.id);
            call(&server, &admin, Method::POST, &path, secret).await;
        }
        app(&server, &admin, "Other", Changes::default()).await;
        call(&server, &admin, Method::DELETE, &format!("/v1.0/users/{}", bob.id), Value::Null).await;
        let overview = browser.get("/portal/contoso.example").await.text;
        for filter in ["owner=left", "secret=soon"] {
            let href = format!("{APPS}?{filter}");
            assert!(overview.contains(&format!("href=\"{href}\"")), "{filter}: {overview}");
            assert_eq!(names(&browser.get(&href).await.text), ["Orders", "Returns"], "{filter}");
        }
    })
    .await;
}

#[tokio::test]
async fn pages_go_on_in_both_directions_and_the_file_holds_them_all() {
    on_both_engines(async |server| {
        let (tenant, browser) = contoso(&server).await;
        let admin = server.administrator(&tenant).await;
        for at in 0..30 {
            app(&server, &admin, &format!("Tool{at:02}"), Changes::default()).await;
        }
        admitted(&server, &tenant, "Fabrikam", "Toolbox").await;
        for query in ["", "?q=tool"] {
            let first = browser.get(&format!("{APPS}{query}")).await.text;
            assert!(first.contains("25 shown, Tool00 to Tool24."), "{first}");
            let second = browser.get(&link(&first, "next").expect("a second page")).await.text;
            assert_eq!(names(&second), ["Tool25", "Tool26", "Tool27", "Tool28", "Tool29", "Toolbox"], "{query}");
            assert_eq!(link(&second, "next"), None, "{query}");
            let back = browser.get(&link(&second, "prev").expect("the way back")).await.text;
            assert_eq!(names(&back), names(&first), "{query}");
        }
        let file = browser.get(&format!("{APPS}/as/csv")).await.text;
        assert_eq!(file.lines().count(), 32, "{file}");
        let last = file.lines().last().unwrap_or_default();
        assert!(
            last.starts_with("\"Toolbox\",\"Fabrikam\",\"fabrikam.example\",\"true\",\"false\",\"0\",\"\","),
            "{last}"
        );
        let found = browser.get(&format!("{APPS}/as/csv?kind=foreign")).await.text;
        assert_eq!(found.lines().count(), 2, "{found}");
        let name = "Download%20service%20principals%20-%20finished%20(bulk)";
        let path = format!("/v1.0/auditLogs/directoryAudits?$filter=activityDisplayName%20eq%20'{name}'");
        let told = call(&server, &admin, Method::GET, &path, Value::Null).await.json();
        assert_eq!(told["value"].as_array().map(Vec::len), Some(2), "{told}");
        let nobody = server.member(&tenant, "nobody", &[]).await;
        let refused = server.signed_in(&nobody).await.get(&format!("{APPS}/as/csv")).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn a_page_asks_the_same_of_the_database_for_many_as_for_few() {
    on_both_engines(async |server| {
        server.caught_up().await;
        let (tenant, browser) = contoso(&server).await;
        let admin = server.administrator(&tenant).await;
        let queries = ["", "?q=tool", "?kind=foreign", "?owner=none", "?state=on"];
        let mut before = Vec::new();
        for round in 0..2 {
            // What hardly ever changes is read once.
            browser.get(APPS).await;
            for at in 0..4 {
                admitted(&server, &tenant, &format!("Partner{round}{at}"), &format!("Foreign tool {round}{at}")).await;
            }
            for at in 0..6 {
                app(&server, &admin, &format!("Tool {round}{at}"), Changes::default()).await;
            }
            let recorder = Recorder::start();
            let mut reads = Vec::new();
            for query in queries {
                browser.get(&format!("{APPS}{query}")).await;
                reads.push(recorder.work().reads);
            }
            if round == 1 {
                assert_eq!(reads, before);
                assert!(reads.iter().all(|reads| reads.len() <= 20), "{reads:#?}");
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
        let nobody = TenantId(Uuid::nil());
        let sought = Sought::of("north west");
        let open = Filter::default;
        let filters = [
            open(),
            Filter { is_foreign: Some(true), ..open() },
            Filter { is_on: Some(false), ..open() },
            Filter { ownerless: Some(Ownerless::Left), ..open() },
            Filter { ends_before: Some(Timestamp::from_microseconds(0)), ..open() },
        ];
        let word =
            "sqlite_autoindex_object_word_1 (tenant_id=? AND object_kind=? AND property=? AND folded>? AND folded<?)";
        let ways = [
            (Way::Names, "s USING INDEX service_principal_by_display_name (tenant_id=?", false),
            (Way::Words(sought.clone()), word, false),
            (Way::Few(sought), word, true),
            (
                Way::Owner(UserId(Uuid::nil())),
                "app_owner_by_object (tenant_id=? AND object_id=? AND owned_kind=?)",
                true,
            ),
        ];
        let hit = ("north".to_owned(), Uuid::nil());
        for (way, index, is_sorted) in &ways {
            for filter in &filters {
                for (hit, is_backwards) in [(None, false), (Some(&hit), false), (Some(&hit), true)] {
                    let query = list_store::query(&mut tx, nobody, (filter, way), (hit, is_backwards), 26);
                    let plan = query.explain().await.expect("a plan");
                    let first = plan.lines().find(|line| line.contains("SEARCH")).unwrap_or_default();
                    assert!(first.contains(index), "{way:?} {filter:?}\n{plan}");
                    let sorts = plan.lines().filter(|line| line.contains("FOR ORDER BY")).count();
                    assert_eq!(sorts, usize::from(*is_sorted), "{way:?} {filter:?}\n{plan}");
                    // What is checked on the way is looked up for one app.
                    let read_through = plan.lines().filter(|line| line.ends_with("(tenant_id=?)")).count();
                    assert_eq!(read_through, usize::from(first.ends_with("(tenant_id=?)")), "{filter:?}\n{plan}");
                }
            }
        }
        let beside = database::registered().find(|statement| statement.text.contains("AS certificate_ends_at"));
        let mut query = tx.query(beside.expect("the statement")).bind(nobody).bind(26_i64);
        query.push(" AND s.id IN (").value(Uuid::nil()).push(")");
        let plan = query.explain().await.expect("a plan");
        assert_eq!(plan.matches("assignment_by_resource (tenant_id=? AND resource_id=?)").count(), 2, "{plan}");
        assert!(!plan.contains("(tenant_id=?)"), "{plan}");
    })
    .await;
}
