//! Which identities elsewhere an app trusts, through the API.

use crate::graph::Caller;
use crate::testing::{Answer, TestServer, on_both_engines};
use axum::http::Method;
use serde_json::{Value, json};

async fn app(server: &TestServer, caller: &Caller) -> String {
    let body = json!({ "displayName": "App" });
    let made = server.api_as(caller, Method::POST, "/v1.0/applications", &body).await.json();
    format!("/v1.0/applications/{}/federatedIdentityCredentials", made["id"].as_str().expect("an id"))
}

fn trusting(name: &str, subject: &str) -> Value {
    json!({
        "name": name, "issuer": "https://token.issuer.example", "subject": subject,
        "audiences": ["api://AzureADTokenExchange"], "description": "The pipeline",
    })
}

async fn post(server: &TestServer, caller: &Caller, path: &str, body: &Value) -> Answer {
    server.api_as(caller, Method::POST, path, body).await
}

#[tokio::test]
async fn an_identity_is_trusted_read_changed_and_trusted_no_longer() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let caller = server.administrator(&tenant).await;
        let path = app(&server, &caller).await;
        let made = post(&server, &caller, &path, &trusting("main", "repo:contoso/app:ref:main")).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let made = made.json();
        assert_eq!(made["audiences"], json!(["api://AzureADTokenExchange"]));
        let id = made["id"].as_str().expect("an id");
        for one in [format!("{path}/{id}"), format!("{path}/main"), format!("{path}(name='main')")] {
            let read = server.api_as(&caller, Method::GET, &one, &Value::Null).await;
            assert_eq!((read.status.as_u16(), &read.json()["subject"]), (200, &made["subject"]), "{one}");
        }
        assert_eq!(post(&server, &caller, &path, &trusting("other", "repo:contoso/app:ref:other")).await.status, 201);
        let filtered = format!("{path}?$filter=subject%20eq%20'repo:contoso/app:ref:main'&$select=name");
        let listed = server.api_as(&caller, Method::GET, &filtered, &Value::Null).await.json();
        assert_eq!(listed["value"], json!([{ "name": "main" }]));

        let one = format!("{path}/{id}");
        let patch = json!({ "name": "main", "subject": "repo:contoso/app:ref:next", "description": null });
        assert_eq!(server.api_as(&caller, Method::PATCH, &one, &patch).await.status, 204);
        let read = server.api_as(&caller, Method::GET, &one, &Value::Null).await.json();
        assert_eq!((&read["subject"], &read["description"]), (&patch["subject"], &Value::Null));
        let renamed = server.api_as(&caller, Method::PATCH, &one, &json!({ "name": "another" })).await;
        assert_eq!((renamed.status.as_u16(), &renamed.json()["error"]["target"]), (400, &json!("name")));
        let taken = json!({ "subject": "repo:contoso/app:ref:other" });
        assert_eq!(server.api_as(&caller, Method::PATCH, &one, &taken).await.status, 409);

        assert_eq!(server.api_as(&caller, Method::DELETE, &one, &Value::Null).await.status, 204);
        for method in [Method::GET, Method::DELETE] {
            assert_eq!(server.api_as(&caller, method, &one, &Value::Null).await.status, 404);
        }
    })
    .await;
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_by_the_name_of_its_property() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let caller = server.administrator(&tenant).await;
        let path = app(&server, &caller).await;
        for (property, value) in [
            ("name", Value::Null),
            ("name", json!("-main")),
            ("name", json!("a b")),
            ("name", json!("a".repeat(121))),
            ("issuer", json!("token.issuer.example")),
            ("issuer", json!("http://token.issuer.example")),
            ("issuer", json!("https://127.0.0.1/")),
            ("issuer", json!("https://169.254.169.254/latest")),
            ("issuer", json!("https://user@token.issuer.example")),
            ("issuer", json!("https://token.issuer.example?x=1")),
            ("subject", json!("")),
            ("subject", json!("a".repeat(601))),
            ("subject", json!("\u{10348}".repeat(600))),
            ("audiences", json!([])),
            ("audiences", json!(["a", "b"])),
            ("audiences", json!("a")),
            ("claimsMatchingExpression", json!({})),
        ] {
            let mut body = trusting("main", "a");
            body[property] = value.clone();
            let answer = post(&server, &caller, &path, &body).await;
            assert_eq!((answer.status.as_u16(), &answer.json()["error"]["target"]), (400, &json!(property)), "{value}");
        }
        assert_eq!(server.api_as(&caller, Method::GET, &path, &Value::Null).await.json()["value"], json!([]));
        let long = trusting("long", &"\u{20ac}".repeat(600));
        assert_eq!(post(&server, &caller, &path, &long).await.status, 201, "the longest that is allowed");
    })
    .await;
}

#[tokio::test]
async fn names_and_subjects_stand_once_and_there_are_at_most_twenty() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let caller = server.administrator(&tenant).await;
        let (path, other) = (app(&server, &caller).await, app(&server, &caller).await);
        for count in 0..20 {
            let body = trusting(&format!("name{count}"), &format!("subject{count}"));
            assert_eq!(post(&server, &caller, &path, &body).await.status, 201, "{count}");
        }
        let first = format!("{path}/name0");
        assert_eq!(server.api_as(&caller, Method::DELETE, &first, &Value::Null).await.status, 204);
        for (body, target) in [(trusting("name1", "new"), "name"), (trusting("new", "subject1"), "subject")] {
            let answer = post(&server, &caller, &path, &body).await;
            assert_eq!((answer.status.as_u16(), &answer.json()["error"]["target"]), (409, &json!(target)));
        }
        assert_eq!(post(&server, &caller, &path, &trusting("name0", "subject0")).await.status, 201);
        assert_eq!(post(&server, &caller, &path, &trusting("name20", "subject20")).await.status, 400, "one too many");
        assert_eq!(post(&server, &caller, &other, &trusting("name1", "subject1")).await.status, 201, "of another app");
    })
    .await;
}
