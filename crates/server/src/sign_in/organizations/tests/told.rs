//! The call, its pages, and what apps are told.

use super::{SAM, accepted, signed_in};
use crate::applications::{Changes, SignInAudience};
use crate::graph::caller::{Delegated, User as Person};
use crate::graph::{Actor, Caller, Permission};
use crate::platform::ids::ClientId;
use crate::sign_in::organizations::tell_apps;
use crate::sign_in::session::Method;
use crate::testing::{ADDRESS, Answer, TestServer, on_both_engines};
use crate::users::{self, User};
use axum::http::{Method as Verb, StatusCode};
use database::sql;
use serde_json::Value;
use std::collections::BTreeSet;

const PATH: &str = "/vestibule/v1/me/organizations";

async fn ask(server: &TestServer, caller: &Caller, path: &str) -> Answer {
    server.api_as(caller, Verb::GET, path, &Value::Null).await
}

async fn told(server: &TestServer, caller: &Caller) -> Vec<Value> {
    let answer = ask(server, caller, PATH).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.json()["value"].as_array().expect("a collection").clone()
}

/// The person through an app of the organisation.
fn through_an_app(server: &TestServer, caller: &Caller) -> Caller {
    let mut caller = caller.clone();
    if let Actor::User(user) = &mut caller.actor {
        let client = ClientId(server.entropy.random_uuid());
        user.delegated = Some(Delegated { client, permissions: vec![Permission::UserRead] });
    }
    caller
}

async fn tell(server: &TestServer, caller: &Caller, tells: bool) -> bool {
    let mut tx = server.write().await.expect("a transaction");
    let is_taken = tell_apps(&mut tx, server, caller, tells).await.expect("an answer");
    tx.commit().await.expect("a commit");
    is_taken
}

async fn stored(server: &TestServer, user: &User) -> User {
    let mut tx = server.read().await.expect("a connection");
    users::store::find(&mut tx, user.tenant_id, user.id).await.expect("an answer").expect("the user")
}

#[tokio::test]
async fn nothing_but_name_domain_and_door_of_another_organisation_is_told() {
    on_both_engines(async |server| {
        let contoso = server.tenant("Contoso", "contoso.example").await;
        let fabrikam = server.tenant("Fabrikam", "fabrikam.example").await;
        let sam = accepted(&server, &contoso, SAM).await;
        accepted(&server, &fabrikam, SAM).await;
        let caller = signed_in(&server, &sam, Method::Passcode).await;
        let found = told(&server, &caller).await;
        let other = found.iter().find(|one| one["displayName"] == "Fabrikam").expect("Fabrikam");
        assert_eq!(
            *other,
            serde_json::json!({
                "displayName": "Fabrikam", "defaultDomainName": "fabrikam.example",
                "myAppsUrl": format!("{ADDRESS}/myapps/fabrikam.example"), "isCurrent": false,
            })
        );
        let current: Vec<_> = found.iter().filter(|one| one["isCurrent"] == true).collect();
        assert_eq!(current.len(), 1);
        assert_eq!(current[0]["displayName"], "Contoso");
        let program = server.application(contoso.id, &[Permission::UserReadAll]);
        assert_eq!(ask(&server, &program, PATH).await.status, StatusCode::BAD_REQUEST);
        let unknown = format!("{PATH}?$search=Fabrikam");
        assert_eq!(ask(&server, &caller, &unknown).await.status, StatusCode::BAD_REQUEST);
    })
    .await;
}

#[tokio::test]
async fn a_page_ends_after_twenty_and_says_where_the_next_one_begins() {
    on_both_engines(async |server| {
        let contoso = server.tenant("Contoso", "contoso.example").await;
        let sam = accepted(&server, &contoso, SAM).await;
        let mut last = None;
        for number in 0..22 {
            let tenant = server.tenant(&format!("Partner {number}"), &format!("partner{number}.example")).await;
            last = Some(accepted(&server, &tenant, SAM).await);
        }
        let caller = signed_in(&server, &sam, Method::Passcode).await;
        let (mut names, mut sizes) = (BTreeSet::new(), Vec::new());
        let mut path = Some(PATH.to_owned());
        let mut links = Vec::new();
        while let Some(here) = path.take() {
            let body = ask(&server, &caller, &here).await.json();
            let items = body["value"].as_array().expect("a collection");
            sizes.push(items.len());
            names.extend(items.iter().map(|item| item["displayName"].to_string()));
            if let Some(next) = body["@odata.nextLink"].as_str() {
                let next = next.strip_prefix(ADDRESS).expect("our own address").to_owned();
                links.push(next.clone());
                path = Some(next);
            }
        }
        assert_eq!((sizes, names.len()), (vec![20, 3], 23));
        // The place of a page belongs to its organisation.
        let other = signed_in(&server, &last.expect("a guest"), Method::Passcode).await;
        assert_eq!(ask(&server, &other, &links[0]).await.status, StatusCode::BAD_REQUEST);
        let made_up = format!("{PATH}?$skiptoken=AAAA");
        assert_eq!(ask(&server, &caller, &made_up).await.status, StatusCode::BAD_REQUEST);
    })
    .await;
}

/// A5: whoever looks after an app reads what it reads, so it is told no more than its organisation knows.
#[tokio::test]
async fn a5_an_app_is_told_its_own_organisation_until_the_person_says_otherwise() {
    on_both_engines(async |server| {
        let contoso = server.tenant("Contoso", "contoso.example").await;
        let fabrikam = server.tenant("Fabrikam", "fabrikam.example").await;
        let sam = accepted(&server, &contoso, SAM).await;
        let there = accepted(&server, &fabrikam, SAM).await;
        let caller = signed_in(&server, &sam, Method::Passcode).await;
        let app = through_an_app(&server, &caller);
        let only = told(&server, &app).await;
        assert_eq!((only.len(), &only[0]["displayName"]), (1, &Value::from("Contoso")));
        assert!(!tell(&server, &app, true).await, "an app lets itself do nothing");
        let by_password = signed_in(&server, &sam, Method::Password).await;
        assert!(!tell(&server, &by_password, true).await, "nor does whoever knows a password");
        assert_eq!(told(&server, &app).await.len(), 1);
        assert!(tell(&server, &caller, true).await);
        assert_eq!(told(&server, &app).await.len(), 2);
        let elsewhere = signed_in(&server, &there, Method::Passcode).await;
        let elsewhere = through_an_app(&server, &elsewhere);
        assert_eq!(told(&server, &elsewhere).await.len(), 1, "it was said about the apps of one organisation");
        let by_password = through_an_app(&server, &by_password);
        assert_eq!(told(&server, &by_password).await.len(), 1, "a password proves no mailbox to apps either");
        assert!(tell(&server, &caller, true).await && tell(&server, &caller, false).await);
        assert_eq!(told(&server, &app).await.len(), 1);
        let mut tx = server.read().await.expect("a connection");
        let rows: Vec<(String,)> = tx
            .query(sql!("SELECT activity FROM directory_audit WHERE tenant_id = $1 AND activity = 'Update user'"))
            .bind(contoso.id)
            .fetch_all()
            .await
            .expect("rows");
        assert_eq!(rows.len(), 2, "each change is told once");
    })
    .await;
}

/// A7: what somebody said about the apps of one organisation was not about those that another one registered.
#[tokio::test]
async fn a7_an_app_of_another_organisation_is_told_the_one_at_hand_alone() {
    on_both_engines(async |server| {
        let contoso = server.tenant("Contoso", "contoso.example").await;
        let fabrikam = server.tenant("Fabrikam", "fabrikam.example").await;
        let northwind = server.tenant("Northwind", "northwind.example").await;
        let sam = accepted(&server, &contoso, SAM).await;
        accepted(&server, &northwind, SAM).await;
        let caller = signed_in(&server, &sam, Method::Passcode).await;
        assert!(tell(&server, &caller, true).await);
        let several = || Changes { sign_in_audience: Some(SignInAudience::SeveralOrganizations), ..Changes::default() };
        let own = server.app(&contoso, "Travel", several()).await;
        let theirs = server.app(&fabrikam, "Harvester", several()).await;
        let manager = server.application(contoso.id, &[Permission::ApplicationReadWriteAll]);
        let body = serde_json::json!({ "appId": theirs.client_id });
        let added = server.api_as(&manager, Verb::POST, "/v1.0/servicePrincipals", &body).await;
        assert_eq!(added.status, StatusCode::CREATED, "{}", added.text);
        for (app, count) in [(own, 2), (theirs, 1)] {
            let mut caller = through_an_app(&server, &caller);
            if let Actor::User(Person { delegated: Some(delegated), .. }) = &mut caller.actor {
                delegated.client = app.client_id.parse().expect("an id");
            }
            let found = told(&server, &caller).await;
            assert_eq!(found.len(), count, "{found:?}");
            assert!(found.iter().any(|one| one["displayName"] == "Contoso"), "{found:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_reset_forgets_what_apps_were_let_see() {
    on_both_engines(async |server| {
        let contoso = server.tenant("Contoso", "contoso.example").await;
        let sam = accepted(&server, &contoso, SAM).await;
        let caller = signed_in(&server, &sam, Method::Passcode).await;
        assert!(tell(&server, &caller, true).await);
        let found = stored(&server, &sam).await;
        assert!(found.profile.0.tells_organizations);
        let mut tx = server.write().await.expect("a transaction");
        users::operations::reset(&mut tx, &server, &found).await.expect("a reset");
        tx.commit().await.expect("a commit");
        assert!(!stored(&server, &sam).await.profile.0.tells_organizations);
    })
    .await;
}
