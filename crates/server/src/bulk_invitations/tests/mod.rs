//! What inviting many promises, on both engines.

mod beside;
mod counts;
mod given;
mod large;
mod pages;
mod runs;

use crate::graph::Caller;
use crate::testing::TestServer;
use axum::http::Method;
use serde_json::{Value, json};

const PATH: &str = "/vestibule/v1/bulkInvitations";

/// Sends a file that asks for mails; the run.
async fn send(server: &TestServer, caller: &Caller, file: &str) -> Value {
    let path = format!("{PATH}?name=people.csv&sendInvitationMessage=true");
    let answer = server.api_as(caller, Method::POST, &path, &json!(file)).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.json()
}

async fn post(server: &TestServer, caller: &Caller, bulk: &Value, action: &str) -> (u16, Value) {
    let path = format!("{PATH}/{}/{action}", bulk["id"].as_str().expect("an id"));
    let answer = server.api_as(caller, Method::POST, &path, &Value::Null).await;
    (answer.status.as_u16(), answer.json())
}

async fn get(server: &TestServer, caller: &Caller, bulk: &Value, part: &str) -> Value {
    let path = format!("{PATH}/{}{part}", bulk["id"].as_str().expect("an id"));
    let answer = server.api_as(caller, Method::GET, &path, &Value::Null).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()
}

/// Line and result of every row.
async fn results(server: &TestServer, caller: &Caller, bulk: &Value) -> Vec<(i64, String)> {
    let rows = get(server, caller, bulk, "/rows").await["value"].as_array().expect("rows").clone();
    let result = |row: &Value| row["result"].as_str().unwrap_or_default().to_owned();
    rows.iter().map(|row| (row["line"].as_i64().unwrap_or_default(), result(row))).collect()
}

/// The file of failures as text.
async fn failures(server: &TestServer, caller: &Caller, bulk: &Value) -> String {
    let path = format!("{PATH}/{}/failures", bulk["id"].as_str().expect("an id"));
    let answer = server.api_as(caller, Method::GET, &path, &Value::Null).await;
    assert!(answer.header("content-type").starts_with("text/csv"), "{}", answer.header("content-type"));
    assert!(answer.header("content-disposition").starts_with("attachment"), "it is never shown as a page");
    answer.text
}

/// Sends, checks, starts and carries out.
async fn carry_out(server: &TestServer, caller: &Caller, file: &str) -> Value {
    let bulk = send(server, caller, file).await;
    server.run_due_jobs().await;
    let (status, started) = post(server, caller, &bulk, "start").await;
    assert_eq!(status, 200, "{started}");
    server.run_due_jobs().await;
    bulk
}
