//! What somebody reaches, page by page: in My Apps and on their own page in the admin centre. Here a page has five apps.

use super::guest;
use crate::applications::{AppRole, Changes, PrincipalKeptChange};
use crate::graph::{Caller, Role};
use crate::platform::ids::{PrincipalId, ServicePrincipalId, TenantId, UserId};
use crate::portals::reach::Which;
use crate::portals::reach::store::{given, open};
use crate::service_principals::operations::{Key, update};
use crate::service_principals::{NewAssignment, ServicePrincipalChanges, assign};
use crate::tenants::Tenant;
use crate::testing::{ADDRESS, TestServer, on_both_engines, on_sqlite};
use crate::users::{ExternalUserState, User};
use axum::http::{Method, StatusCode};
use serde_json::json;
use uuid::Uuid;

const MY_APPS: &str = "/myapps/contoso.example";

/// An app; with a page, unless it is for programs.
async fn app(server: &TestServer, tenant: &Tenant, name: &str, has_page: bool) -> ServicePrincipalId {
    let home_page_url = has_page.then(|| Some("https://app.contoso.example/".to_owned()));
    let made = server.app(tenant, name, Changes { home_page_url, ..Changes::default() }).await;
    made.registered.service_principal.id
}

async fn change(server: &TestServer, tenant: &Tenant, app: ServicePrincipalId, changes: ServicePrincipalChanges) {
    let mut tx = server.write().await.expect("a transaction");
    update(&mut tx, server, &Caller::system(tenant.id), Key::Id(app), changes).await.expect("changed");
    tx.commit().await.expect("a commit");
}

/// An app for those alone who are assigned, and who that is.
async fn app_for(server: &TestServer, tenant: &Tenant, name: &str, principals: &[PrincipalId]) {
    let resource = app(server, tenant, name, true).await;
    let changes = ServicePrincipalChanges { app_role_assignment_required: Some(true), ..Default::default() };
    change(server, tenant, resource, changes).await;
    let mut tx = server.write().await.expect("a transaction");
    for principal in principals {
        let new = NewAssignment { principal: *principal, resource, role: AppRole::DEFAULT };
        assign(&mut tx, server, &Caller::system(tenant.id), new).await.expect("assigned");
    }
    tx.commit().await.expect("a commit");
}

/// Sam, who reaches one app by herself and as a member of a group, one by that group alone, and those that are open to everybody.
async fn sam(server: &TestServer, tenant: &Tenant) -> User {
    let sam = guest(server, tenant, "Sam Reyes", "sam@partner.example", ExternalUserState::Accepted).await;
    let body = json!({
        "displayName": "Auditors", "mailNickname": "auditors", "mailEnabled": false, "securityEnabled": true,
        "members@odata.bind": [format!("{ADDRESS}/v1.0/users/{}", sam.id)],
    });
    let admin = server.administrator(tenant).await;
    let made = server.api_as(&admin, Method::POST, "/v1.0/groups", &body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let group: Uuid = made.json()["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
    app_for(server, tenant, "Given by both", &[PrincipalId::from(sam.id), PrincipalId(group)]).await;
    app_for(server, tenant, "Given by group", &[PrincipalId(group)]).await;
    app_for(server, tenant, "Given to nobody", &[]).await;
    app(server, tenant, "Daemon", false).await;
    let hidden = app(server, tenant, "Hidden", true).await;
    let kept = PrincipalKeptChange { tags: Some(vec!["HideApp".to_owned()]), ..PrincipalKeptChange::default() };
    change(server, tenant, hidden, ServicePrincipalChanges { kept, ..Default::default() }).await;
    let off = app(server, tenant, "Off", true).await;
    let changes = ServicePrincipalChanges { account_enabled: Some(false), ..Default::default() };
    change(server, tenant, off, changes).await;
    for number in 0..5 {
        app(server, tenant, &format!("Open {number}"), true).await;
    }
    sam
}

/// The names of the apps on a page.
fn shown(page: &str) -> Vec<&'static str> {
    const NAMES: [&str; 11] = [
        "Daemon",
        "Given by both",
        "Given by group",
        "Given to nobody",
        "Hidden",
        "Off",
        "Open 0",
        "Open 1",
        "Open 2",
        "Open 3",
        "Open 4",
    ];
    NAMES.into_iter().filter(|name| page.contains(&format!("<bdi>{name}</bdi>"))).collect()
}

/// The address of the link with this text, or with an icon before or behind it.
fn link(page: &str, text: &str) -> Option<String> {
    let mut links = page.split("<a class=\"btn\" ").skip(1);
    let tag = links.find(|tag| tag.split("</a>").next().is_some_and(|link| link.contains(text)))?;
    Some(tag.split("href=\"").nth(1)?.split('"').next()?.replace("&#38;", "&"))
}

#[tokio::test]
async fn my_apps_come_page_by_page() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let sam = sam(&server, &tenant).await;
        let browser = server.signed_in(&sam).await;
        let first = browser.get(MY_APPS).await.text;
        assert_eq!(shown(&first), ["Given by both", "Given by group", "Open 0", "Open 1", "Open 2"], "{first}");
        assert!(first.contains("More than 5 apps"), "the door: {first}");
        assert_eq!(link(&first, "First page"), None, "{first}");
        let next = link(&first, "Next page").expect("a second page");
        let second = browser.get(&next).await.text;
        assert_eq!(shown(&second), ["Open 3", "Open 4"], "{second}");
        assert_eq!(link(&second, "First page").as_deref(), Some(MY_APPS), "{second}");
        assert_eq!(link(&second, "Next page"), None, "{second}");
        let leaving = browser.get(&format!("{MY_APPS}/leave")).await.text;
        assert!(leaving.contains("more than 5 apps there that you can no longer open"), "{leaving}");
        assert_eq!(browser.get(&format!("{MY_APPS}?after=x")).await.status, StatusCode::BAD_REQUEST);

        // An app that nobody has any more still has its place, and one of nobody has none.
        let last: Option<ServicePrincipalId> = next.split("after=").nth(1).and_then(|id| id.parse().ok());
        let changes = ServicePrincipalChanges { account_enabled: Some(false), ..Default::default() };
        change(&server, &tenant, last.expect("an app"), changes).await;
        assert_eq!(shown(&browser.get(&next).await.text), ["Open 3", "Open 4"]);
        let nowhere = format!("{MY_APPS}?after={}", server.entropy.random_uuid());
        let all = ["Given by both", "Given by group", "Open 0", "Open 1", "Open 3"];
        assert_eq!(shown(&browser.get(&nowhere).await.text), all);
    })
    .await;
}

#[tokio::test]
async fn the_page_of_a_guest_shows_what_they_reach_page_by_page() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let sam = sam(&server, &tenant).await;
        let ines = server.member(&tenant, "ines", &[Role::GlobalAdministrator]).await;
        let browser = server.signed_in(&ines).await;
        let here = format!("/portal/contoso.example/users/{}", sam.id);
        let first = browser.get(&here).await.text;
        assert_eq!(shown(&first), ["Given by both", "Given by group", "Hidden", "Open 0", "Open 1"], "{first}");
        assert!(first.contains("ends the way into more than 5 apps,"), "{first}");
        assert!(first.contains("<td>Assigned, <bdi>Auditors</bdi></td>"), "{first}");
        let second = browser.get(&link(&first, "Next").expect("a second page")).await.text;
        assert_eq!(shown(&second), ["Open 2", "Open 3", "Open 4"], "{second}");
        assert!(second.contains("ends the way into more than 5 apps,"), "all of them are counted: {second}");
        assert_eq!(link(&second, "Previous").as_deref(), Some(here.as_str()), "{second}");
        let asked = browser.get(&format!("{here}/block")).await.text;
        assert!(asked.contains("loses the way into more than 5 apps"), "{asked}");
        browser.get("/portal/contoso.example/users").await;
        let id = sam.id.to_string();
        let asked = browser.submit_to("/users/picked", &[("do", "block"), ("pick", &id)]).await.text;
        assert!(asked.contains("lose the way into at least 5 apps"), "{asked}");
        assert_eq!(browser.get(&format!("{here}?after=x")).await.status, StatusCode::BAD_REQUEST);
    })
    .await;
}

/// SQLite plans by the statement alone, so a plan is the same with thousands of apps and a million assignments.
#[tokio::test]
async fn nothing_is_read_that_somebody_does_not_reach() {
    on_sqlite(async |server| {
        let mut tx = server.read().await.expect("a connection");
        let (tenant, user) = (TenantId(Uuid::nil()), UserId(Uuid::nil()));
        let behind = ("n".to_owned(), ServicePrincipalId(Uuid::nil()));
        for which in [Which::All, Which::Opened] {
            let plan = open(&mut tx, tenant, which, (&behind, 6)).explain().await.expect("a plan");
            let in_order = "service_principal_open (tenant_id=? AND (display_name_folded,id)>(?,?))";
            assert!(plan.contains(in_order), "{which:?}\n{plan}");
            assert!(!plan.contains("TEMP B-TREE") && !plan.contains("SCAN "), "{which:?}\n{plan}");
            let plan = given(&mut tx, (tenant, user), which, (&behind, 6)).explain().await.expect("a plan");
            for index in [
                "group_member_by_object (tenant_id=? AND object_id=?)",
                "assignment_once (tenant_id=? AND principal_id=?)",
                "sqlite_autoindex_service_principal_1 (tenant_id=? AND id=?)",
            ] {
                assert!(plan.contains(index), "{which:?}\n{plan}");
            }
            assert_eq!(plan.matches("SCAN ").count(), plan.matches("SCAN e").count(), "{which:?}\n{plan}");
        }
    })
    .await;
}
