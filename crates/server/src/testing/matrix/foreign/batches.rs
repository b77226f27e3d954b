//! What a batch carries reaches no further than what is sent alone (security checks T1, A5, X8).

use super::super::table::api;
use super::super::tenants::names_an_object;
use super::Two;
use crate::graph::Caller;
use crate::testing::{TestServer, on_both_engines};
use axum::http::Method;
use serde_json::{Value, json};

/// How many requests a batch holds (Graph: JSON batching, limits).
const SIZE: usize = 20;

/// A body that is understood as far as it must be for the id to be looked for.
fn body_of(url: &str) -> Value {
    if url.ends_with("removePassword") { json!({ "keyId": "00000000-0000-0000-0000-000000000000" }) } else { json!({}) }
}

/// Sends requests in as many batches as they need; their answers, in the order in which they were sent.
async fn batches(server: &TestServer, caller: &Caller, root: &str, requests: &[(String, String)]) -> Vec<Value> {
    let mut answers = Vec::new();
    for part in requests.chunks(SIZE) {
        let parts = part.iter().enumerate().map(|(at, (method, url))| {
            let id = at.to_string();
            match method.as_str() {
                "GET" => {
                    json!({ "id": id, "method": method, "url": url, "headers": { "ConsistencyLevel": "eventual" } })
                }
                _ => json!({
                    "id": id, "method": method, "url": url, "body": body_of(url),
                    "headers": { "Content-Type": "application/json" },
                }),
            }
        });
        let body = json!({ "requests": parts.collect::<Vec<Value>>() });
        let answer = server.api_as(caller, Method::POST, &format!("{root}/$batch"), &body).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let batch = answer.json();
        for at in 0..part.len() {
            let responses = batch["responses"].as_array().expect("responses");
            let id = at.to_string();
            let found = responses.iter().find(|response| response["id"] == id.as_str());
            answers.push(found.expect("an answer to each").clone());
        }
    }
    answers
}

#[tokio::test]
async fn t1_a5_x8_a_batch_reaches_nothing_of_another_tenant() {
    on_both_engines(async |server| {
        let two = Two::new(&server).await;
        let before = two.theirs.picture(&server).await;
        let (mut wrong, mut tried) = (Vec::new(), 0);
        for root in ["/v1.0", "/beta"] {
            // A batch within a batch is refused whole, our own calls have no batch, and what names nothing would change us.
            let within = format!(" {root}/");
            let is_tried =
                |method: &str, path: &str| !path.ends_with("/$batch") && (method == "GET" || names_an_object(path));
            let rows: Vec<(&str, &str)> = api()
                .filter(|row| row.route.contains(&within))
                .filter_map(|row| row.route.split_once(' '))
                .filter(|(method, path)| is_tried(method, path))
                .collect();
            let sent: Vec<(String, String)> = rows
                .iter()
                .map(|(method, path)| ((*method).to_owned(), two.theirs.path(path).replacen(root, "", 1)))
                .collect();
            for stranger in two.strangers(&server) {
                for ((method, path), response) in rows.iter().zip(batches(&server, &stranger, root, &sent).await) {
                    tried += 1;
                    let status = response["status"].as_u64().unwrap_or_default();
                    if names_an_object(path) && status != 404 {
                        wrong.push(format!("{method} {path}: {response}"));
                    }
                    let body = response["body"]["value"].to_string();
                    let shown = two.theirs.shown_in(&body).filter(|_| status < 300);
                    wrong.extend(shown.map(|shown| format!("{method} {path} shows {shown}")));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert!(tried > 200, "every route is tried: {tried}");
        assert_eq!(two.theirs.picture(&server).await, before, "something was changed");
    })
    .await;
}
