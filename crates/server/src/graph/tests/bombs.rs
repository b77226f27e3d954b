//! Requests that are small to send and would be large to read (security check X8).

use crate::graph::Caller;
use crate::testing::{Answer, TestServer, on_both_engines};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use serde_json::{Value, json};

/// Levels of what is nested without an end.
const DEEP: usize = 10_000;

/// Where bodies are read: objects of several features, and what carries other requests.
const WRITES: [&str; 6] = [
    "/v1.0/users",
    "/v1.0/groups",
    "/v1.0/applications",
    "/v1.0/invitations",
    "/v1.0/oauth2PermissionGrants",
    "/v1.0/$batch",
];

/// Sends a text as JSON.
async fn post(server: &TestServer, caller: &Caller, path: &str, text: String) -> Answer {
    let request = Request::post(path).header("content-type", "application/json");
    let mut request = request.body(Body::from(text)).expect("a request");
    request.extensions_mut().insert(caller.clone());
    server.send(request).await
}

fn nested(open: &str, close: &str) -> String {
    format!("{}{}", open.repeat(DEEP), close.repeat(DEEP))
}

#[tokio::test]
async fn x8_a_body_without_a_bottom_is_refused_before_it_is_read() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let administrator = server.administrator(&tenant).await;
        let before = server.contents().await;
        for path in WRITES {
            for deep in [nested("[", "]"), nested("{\"a\":", "}").replace(":}", ":1}"), "[".repeat(DEEP)] {
                for text in [deep.clone(), format!("{{\"requests\":{deep}}}"), format!("{{\"displayName\":{deep}}}")] {
                    let answer = post(&server, &administrator, path, text).await;
                    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}: {}", answer.text);
                }
            }
        }
        let item = json!({ "id": "1", "method": "POST", "url": "/groups", "body": "@" }).to_string();
        let item = item.replace("\"@\"", &format!("{{\"displayName\":{}}}", nested("[", "]")));
        let answer = post(&server, &administrator, "/v1.0/$batch", format!("{{\"requests\":[{item}]}}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "within a batch: {}", answer.text);
        assert_eq!(server.contents().await, before, "nothing was written");
    })
    .await;
}

#[tokio::test]
async fn x8_a_body_beyond_the_limit_is_refused() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let administrator = server.administrator(&tenant).await;
        for path in WRITES {
            let text = format!("{{\"displayName\":\"{}\"}}", "x".repeat(5 * 1024 * 1024));
            let answer = post(&server, &administrator, path, text).await;
            assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{path}: {}", answer.text);
        }
    })
    .await;
}

#[tokio::test]
async fn x8_a_query_without_a_bottom_is_refused() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let administrator = server.administrator(&tenant).await;
        let comparison = "accountEnabled%20eq%20true";
        for query in [
            format!("$filter={}{comparison}{}", "(".repeat(DEEP), ")".repeat(DEEP)),
            format!("$filter={}{comparison}", "not%20".repeat(DEEP)),
            format!("$filter={comparison}{}", format!("%20or%20{comparison}").repeat(1_000)),
            format!("$search={}%22displayName:x%22{}", "(".repeat(DEEP), ")".repeat(DEEP)),
            format!("$expand={}manager{}", "manager($expand=".repeat(1_000), ")".repeat(1_000)),
            format!("$select={}", "id,".repeat(DEEP)),
        ] {
            let headers = [("consistencylevel", "eventual")];
            let path = format!("/v1.0/users?{query}");
            let answer = server.api_with(&administrator, Method::GET, &path, &headers, &Value::Null).await;
            let begin: String = query.chars().take(60).collect();
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{begin}: {}", answer.text);
        }
    })
    .await;
}

#[tokio::test]
async fn x8_a_batch_of_more_than_twenty_runs_none_of_them() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let administrator = server.administrator(&tenant).await;
        let ada = server.member(&tenant, "ada", &[]).await;
        let before = server.contents().await;
        let change = |at: usize| {
            json!({
                "id": at.to_string(), "method": "PATCH", "url": format!("/users/{}", ada.id),
                "headers": { "Content-Type": "application/json" }, "body": { "jobTitle": at.to_string() },
            })
        };
        let send = async |count: usize| {
            let body = json!({ "requests": (0..count).map(&change).collect::<Vec<Value>>() });
            server.api_as(&administrator, Method::POST, "/v1.0/$batch", &body).await
        };
        let refused = send(21).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{}", refused.text);
        assert_eq!(server.contents().await, before, "none of them ran");
        assert_eq!(send(20).await.status, StatusCode::OK);
        assert_ne!(server.contents().await, before);
    })
    .await;
}
