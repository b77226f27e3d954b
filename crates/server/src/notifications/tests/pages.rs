//! The page of subscriptions in the admin centre.

use super::{subscribe, told, world};
use crate::applications::Changes;
use crate::graph::{Actor, Permission, Role, caller};
use crate::notifications::store;
use crate::notifications::subscription::{ChangeType, CreatorKind, LONGEST, Subscription};
use crate::platform::clock::rfc3339;
use crate::platform::ids::SubscriptionId;
use crate::tenants::Tenant;
use crate::testing::{TestServer, on_both_engines, person};
use crate::users::User;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use serde_json::{Value, json};
use sqlx::types::Json;
use std::time::Duration;
use uuid::Uuid;

const PATH: &str = "/portal/contoso.example/subscriptions";

#[tokio::test]
async fn a_subscription_is_listed_renewed_and_ended_after_a_question() {
    on_both_engines(async |server| {
        let (server, tenant, administrator, receiver, address) = world(&server).await;
        let ines = server.member(&tenant, "ines", &[Role::GlobalAdministrator]).await;
        let browser = server.signed_in(&ines).await;
        let empty = browser.get(PATH).await.text;
        assert!(empty.contains("No program is told what changes"), "{empty}");
        let made = subscribe(&server, &administrator, &address, json!({})).await.json();
        let id = made["id"].as_str().expect("an id");
        let of_api = format!("/v1.0/subscriptions/{id}");
        let page = browser.get(PATH).await.text;
        for said in [
            "Every user",
            "updated, deleted",
            address.as_str(),
            "No app",
            "Works",
            "Today, 10:00",
            "1 shown.",
            "PATCH /v1.0/subscriptions/{id}",
        ] {
            assert!(page.contains(said), "{said}: {page}");
        }
        assert!(!page.contains("the word between us"), "{page}");
        assert!(!page.contains("/end\""), "it is asked first: {page}");

        let renewed = browser.submit_to("/renew", &[]).await.text;
        assert!(renewed.contains("The subscription lasts 29 days from now"), "{renewed}");
        let until = rfc3339(server.clock.now().plus(LONGEST));
        let read = server.api_as(&administrator, Method::GET, &of_api, &Value::Null).await.json();
        assert_eq!(read["expirationDateTime"], json!(until));

        let asked = browser.get(&format!("{PATH}?ask={id}")).await.text;
        for said in ["End the subscription to every user?", "Whoever answers at 127.0.0.1 is told nothing"] {
            assert!(asked.contains(said), "{said}: {asked}");
        }
        let ended = browser.submit_to("/end", &[]).await.text;
        assert!(ended.contains("The subscription was ended.") && ended.contains("No program is told"), "{ended}");
        let gone = server.api_as(&administrator, Method::GET, &of_api, &Value::Null).await;
        assert_eq!(gone.status, StatusCode::NOT_FOUND);
        for nothing in [id, "x", "%3Cscript%3E"] {
            let page = browser.get(&format!("{PATH}?ask={nothing}")).await;
            assert_eq!(page.status, StatusCode::OK, "{nothing}");
            assert!(!page.text.contains("/end\""), "{nothing}: {}", page.text);
        }
        server.member(&tenant, "ada", &[]).await;
        assert!(told(&server, &receiver).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_fails_is_said_and_found() {
    on_both_engines(async |server| {
        let (server, tenant, administrator, receiver, address) = world(&server).await;
        let ines = server.member(&tenant, "ines", &[Role::GlobalAdministrator]).await;
        let browser = server.signed_in(&ines).await;
        subscribe(&server, &administrator, &address, json!({})).await;
        subscribe(&server, &administrator, &address, json!({ "resource": "groups" })).await;
        receiver.with(|heard| heard.refuses = true);
        server.member(&tenant, "ada", &[]).await;
        assert!(told(&server, &receiver).await.is_empty());
        let all = browser.get(PATH).await.text;
        assert!(all.contains("the receiver answered 503") && all.contains("2 shown."), "{all}");
        for (query, found, other) in [
            ("?state=failing", "Every user", "Every group"),
            ("?state=works", "Every group", "Every user"),
            ("?about=groups", "Every group", "Every user"),
            ("?about=users&state=failing", "Every user", "Every group"),
        ] {
            let page = browser.get(&format!("{PATH}{query}")).await.text;
            assert!(page.contains(found) && !page.contains(other), "{query}: {page}");
        }
        let none = browser.get(&format!("{PATH}?about=groups&state=failing")).await.text;
        assert!(none.contains("No subscription is like that"), "{none}");
        for query in ["?state=asleep", "?about=messages", "?after=x", "?before=x"] {
            assert_eq!(browser.get(&format!("{PATH}{query}")).await.status, StatusCode::BAD_REQUEST, "{query}");
        }
        receiver.with(|heard| heard.refuses = false);
        server.clock.advance(Duration::from_mins(1));
        assert_eq!(told(&server, &receiver).await.len(), 1);
        let well = browser.get(PATH).await.text;
        assert!(!well.contains("Failing</span>") && well.contains("2 shown."), "{well}");
    })
    .await;
}

#[tokio::test]
async fn it_is_said_whose_app_made_a_subscription_and_for_whom() {
    on_both_engines(async |server| {
        let (server, tenant, administrator, _, address) = world(&server).await;
        let app = server.app(&tenant, "Calendar <b>", Changes::default()).await;
        let mara = server.member(&tenant, "mara", &[]).await;
        let mut through_app = person(&mara, Vec::new());
        if let Actor::User(user) = &mut through_app.actor {
            let client = app.registered.application.app_id;
            user.delegated = Some(caller::Delegated { client, permissions: vec![Permission::UserReadAll] });
        }
        let own = json!({ "resource": format!("users/{}", mara.id), "lifecycleNotificationUrl": address });
        let made = subscribe(&server, &through_app, &address, own).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        let program = server.application(tenant.id, &[Permission::UserReadAll]);
        assert_eq!(subscribe(&server, &program, &address, json!({})).await.status, StatusCode::CREATED);
        let ines = server.member(&tenant, "ines", &[Role::GlobalAdministrator]).await;
        let browser = server.signed_in(&ines).await;
        let page = browser.get(PATH).await.text;
        let to_app = format!("href=\"/portal/contoso.example/apps/{}\"", app.registered.application.id);
        let to_mara = format!("href=\"/portal/contoso.example/users/{}\"", mara.id);
        for said in [to_app.as_str(), &to_mara, "for <bdi>mara</bdi>", "One user", "Lifecycle:", "An app that is gone"]
        {
            assert!(page.contains(said), "{said}: {page}");
        }
        assert!(page.contains("Calendar &#60;b&#62;") && !page.contains("Calendar <b>"), "{page}");
        let asked = format!("{PATH}?ask={}", made.json()["id"].as_str().expect("an id"));
        let asked = browser.get(&asked).await.text;
        assert!(asked.contains("Its lifecycle address is told that it was ended."), "{asked}");

        let path = format!("/v1.0/users/{}", mara.id);
        assert_eq!(server.api_as(&administrator, Method::DELETE, &path, &Value::Null).await.status, 204);
        let page = browser.get(PATH).await.text;
        assert!(page.contains("for <bdi>somebody who has left</bdi>"), "{page}");
    })
    .await;
}

/// Adds a subscription of somebody, past the proof of its address; it lasts so many hours.
async fn insert(server: &TestServer, tenant: &Tenant, creator: &User, hours: u64) {
    let now = server.clock.now();
    let subscription = Subscription {
        tenant_id: tenant.id,
        id: SubscriptionId(server.entropy.uuid(now)),
        resource: "groups".to_owned(),
        kind: crate::changes::Kind::Group,
        object_id: None,
        tells_members: false,
        change_types: Json(vec![ChangeType::Updated]),
        notification_url: format!("https://receiver{hours:02}.example/{}", "&".repeat(5_000)),
        lifecycle_url: Some(format!("https://receiver.example/{}", "&".repeat(5_000))),
        client_state: None,
        tls_version: None,
        creator_kind: CreatorKind::User,
        creator_id: creator.id.0,
        application_id: None,
        told: 0,
        lifecycle_event: None,
        is_asked: true,
        last_error: None,
        created_at: now,
        expires_at: now.plus(Duration::from_hours(hours)),
    };
    let mut tx = server.write().await.expect("a transaction");
    store::insert(&mut tx, &subscription).await.expect("a subscription");
    tx.commit().await.expect("a commit");
}

/// Where the page before this one or behind it begins.
fn link(page: &str, rel: &str) -> Option<String> {
    let tag = page.split("<a ").find(|tag| tag.contains(&format!("rel=\"{rel}\"")))?;
    Some(tag.split("href=\"").nth(1)?.split('"').next()?.replace("&#38;", "&"))
}

/// The receivers on a page, in their order.
fn receivers(page: &str) -> Vec<String> {
    let rest = page.split("<bdi dir=\"ltr\">https://receiver").skip(1).filter(|rest| !rest.starts_with('.'));
    rest.map(|rest| rest[..2].to_owned()).collect()
}

#[tokio::test]
async fn pages_follow_each_other_in_both_directions_and_stay_small() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ines = server.member(&tenant, "ines", &[Role::GlobalAdministrator]).await;
        // The one that is made last ends first.
        for hours in (1..=30).rev() {
            insert(&server, &tenant, &ines, hours).await;
        }
        let browser = server.signed_in(&ines).await;
        let numbers = |all: std::ops::RangeInclusive<u32>| all.map(|number| format!("{number:02}")).collect::<Vec<_>>();
        let first = browser.get(PATH).await.text;
        assert_eq!(receivers(&first), numbers(1..=25));
        assert!(first.len() <= 61_440, "{}", first.len());
        assert_eq!(link(&first, "prev"), None);
        let second = browser.get(&link(&first, "next").expect("a second page")).await.text;
        assert_eq!(receivers(&second), numbers(26..=30));
        assert_eq!(link(&second, "next"), None);
        let back = browser.get(&link(&second, "prev").expect("the way back")).await.text;
        assert_eq!(receivers(&back), numbers(1..=25));
        let filtered = browser.get(&format!("{PATH}?about=groups")).await.text;
        assert!(link(&filtered, "next").is_some_and(|next| next.contains("about=groups")), "{filtered}");
        server.clock.advance(Duration::from_hours(28));
        let browser = server.signed_in(&ines).await;
        let late = browser.get(PATH).await.text;
        assert_eq!(receivers(&late), numbers(29..=30), "what has lapsed is not listed");
    })
    .await;
}

#[tokio::test]
async fn t1_no_form_reaches_a_subscription_of_another_organisation() {
    on_both_engines(async |server| {
        let (server, tenant, administrator, _, address) = world(&server).await;
        let fabrikam = server.tenant("Fabrikam", "fabrikam.example").await;
        let ina = server.member(&fabrikam, "ina", &[Role::GlobalAdministrator]).await;
        let made = subscribe(&server, &administrator, &address, json!({})).await.json();
        let id = made["id"].as_str().expect("an id");
        let browser = server.signed_in(&ina).await;
        let list = "/portal/fabrikam.example/subscriptions";
        for named in [id, &Uuid::nil().to_string(), "x"] {
            for part in ["renew", "end"] {
                let page = browser.get(&format!("{list}?ask={named}")).await.text;
                assert!(page.contains("No program is told what changes") && !page.contains("/end\""), "{page}");
                let value = page.split("name=\"csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
                let request = Request::post(format!("{list}/{named}/{part}"))
                    .header("content-type", "application/x-www-form-urlencoded")
                    .header("sec-fetch-site", "same-origin");
                let body = format!("csrf={}", value.expect("a form value"));
                let answer = browser.send(request.body(Body::from(body)).expect("a request")).await;
                assert_eq!(answer.status, StatusCode::NOT_FOUND, "{named} {part}: {}", answer.text);
            }
        }
        let path = format!("/v1.0/subscriptions/{id}");
        let left = server.api_as(&administrator, Method::GET, &path, &Value::Null).await.json();
        assert_eq!(left["expirationDateTime"], made["expirationDateTime"]);
        let ines = server.member(&tenant, "ines", &[Role::UserAdministrator]).await;
        let refused = server.signed_in(&ines).await.get(PATH).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        assert!(!refused.text.contains(&address), "{}", refused.text);
    })
    .await;
}
