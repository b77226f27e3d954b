//! Secrets: shown once, good between their dates, for one application of one tenant.

use crate::applications::operations::{self, Key};
use crate::applications::{Application, ApplicationError, Changes, NewApplication, NewSecret, secret, store};
use crate::graph::Caller;
use crate::testing::{TestServer, on_both_engines};
use axum::http::Method;
use serde_json::json;
use std::time::Duration;

async fn app(server: &TestServer, caller: &Caller) -> Application {
    let mut tx = server.write().await.expect("a transaction");
    let new = NewApplication { display_name: "App".to_owned(), properties: Changes::default() };
    let app = operations::register(&mut tx, server, caller, new).await.expect("registered");
    tx.commit().await.expect("a commit");
    app
}

async fn add(server: &TestServer, caller: &Caller, app: &Application, new: NewSecret) -> secret::AddedSecret {
    let mut tx = server.write().await.expect("a transaction");
    let added = operations::add_secret(&mut tx, server, caller, Key::Id(app.id), new).await.expect("a secret");
    tx.commit().await.expect("a commit");
    added
}

async fn verify(server: &TestServer, app: &Application, text: &str) -> bool {
    let mut tx = server.read().await.expect("a connection");
    secret::verify(&mut tx, server, app.tenant_id, app, None, text).await.expect("an answer")
}

#[tokio::test]
async fn several_secrets_are_good_side_by_side_until_they_end_or_are_removed() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let caller = server.administrator(&tenant).await;
        let (app, other) = (app(&server, &caller).await, app(&server, &caller).await);
        let short =
            NewSecret { ends_at: Some(server.clock.now().plus(Duration::from_mins(1))), ..NewSecret::default() };
        let (short, long) =
            (add(&server, &caller, &app, short).await, add(&server, &caller, &app, NewSecret::default()).await);
        assert!(verify(&server, &app, &short.text).await);
        assert!(verify(&server, &app, &long.text).await);
        assert!(!verify(&server, &other, &long.text).await, "the secret of another application");
        assert_eq!(long.credential.hint, &long.text[long.text.len() - 3..]);
        assert_ne!(long.credential.hint, short.credential.hint, "it tells them apart");

        server.clock.advance(Duration::from_mins(1));
        assert!(!verify(&server, &app, &short.text).await, "it has ended");
        assert!(verify(&server, &app, &long.text).await);

        let mut tx = server.write().await.expect("a transaction");
        let key = Key::Client(app.app_id);
        operations::remove_secret(&mut tx, &server, &caller, key, long.credential.id).await.expect("removed");
        tx.commit().await.expect("a commit");
        assert!(!verify(&server, &app, &long.text).await, "it was removed");
        let mut tx = server.write().await.expect("a transaction");
        let again = operations::remove_secret(&mut tx, &server, &caller, key, long.credential.id).await;
        assert!(matches!(again, Err(ApplicationError::NoSuchSecret)));
    })
    .await;
}

#[tokio::test]
async fn an_application_has_fifty_secrets_and_others_do_not_count() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let caller = server.administrator(&tenant).await;
        let (app, other) = (app(&server, &caller).await, app(&server, &caller).await);
        let mut tx = server.write().await.expect("a transaction");
        let mut ids = Vec::new();
        for _ in 0..50 {
            let key = Key::Id(app.id);
            let added = operations::add_secret(&mut tx, &server, &caller, key, NewSecret::default()).await;
            ids.push(added.expect("a secret").credential.id);
        }
        tx.commit().await.expect("a commit");
        let path = format!("/v1.0/applications/{}/addPassword", app.id);
        let refused = server.api_as(&caller, Method::POST, &path, &json!({})).await;
        assert_eq!(refused.status, 400, "{}", refused.text);
        let error = &refused.json()["error"];
        assert_eq!(error["target"], "passwordCredentials");
        assert!(error["message"].as_str().is_some_and(|message| message.contains("at most 50")), "{error}");
        add(&server, &caller, &other, NewSecret::default()).await;

        let mut tx = server.write().await.expect("a transaction");
        operations::remove_secret(&mut tx, &server, &caller, Key::Id(app.id), ids[7]).await.expect("removed");
        tx.commit().await.expect("a commit");
        add(&server, &caller, &app, NewSecret::default()).await;
        assert_eq!(server.api_as(&caller, Method::POST, &path, &json!({})).await.status, 400, "it is full again");
    })
    .await;
}

#[tokio::test]
async fn only_the_hash_is_stored() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let caller = server.administrator(&tenant).await;
        let app = app(&server, &caller).await;
        let added = add(&server, &caller, &app, NewSecret::default()).await;
        let mut tx = server.read().await.expect("a connection");
        let stored = store::list_secrets(&mut tx, tenant.id, app.id).await.expect("secrets");
        assert_eq!(stored.len(), 1);
        assert_eq!(stored[0].secret_hash.0.len(), 32);
        assert!(!format!("{stored:?}").contains(&added.text[5..]));
    })
    .await;
}

#[tokio::test]
async fn a5_a_secret_of_one_tenant_is_nothing_in_another() {
    on_both_engines(async |server| {
        let (here, there) = (server.tenant("A", "a.example").await, server.tenant("B", "b.example").await);
        let (ours, theirs) = (server.administrator(&here).await, server.administrator(&there).await);
        let (app_here, foreign_app) = (app(&server, &ours).await, app(&server, &theirs).await);
        let added = add(&server, &ours, &app_here, NewSecret::default()).await;
        assert!(!verify(&server, &foreign_app, &added.text).await);
        for text in ["", "vsk_", &added.text[..20], "password"] {
            assert!(!verify(&server, &app_here, text).await, "{text}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_secret_does_not_end_before_it_begins() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let caller = server.administrator(&tenant).await;
        let app = app(&server, &caller).await;
        let now = server.clock.now();
        let mut tx = server.write().await.expect("a transaction");
        let past = NewSecret { ends_at: Some(now), ..NewSecret::default() };
        let refused = operations::add_secret(&mut tx, &server, &caller, Key::Id(app.id), past).await;
        assert!(
            matches!(refused, Err(ApplicationError::Invalid(invalid)) if invalid.property.ends_with("endDateTime"))
        );
    })
    .await;
}
