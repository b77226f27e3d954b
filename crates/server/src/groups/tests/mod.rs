//! Groups over the wire, on both engines.

mod deleted;
mod delta;
mod dynamic;
mod lifecycle;
mod listed;
mod members;
mod nesting;
mod owners;
mod pages;
mod queries;
mod rights;
mod validate;

use crate::graph::Caller;
use crate::testing::{Answer, TestServer};
use axum::http::Method;
use serde_json::{Value, json};

async fn call(server: &TestServer, caller: &Caller, method: Method, path: &str, body: Value) -> Answer {
    server.api_as(caller, method, path, &body).await
}

async fn get(server: &TestServer, caller: &Caller, path: &str) -> Answer {
    call(server, caller, Method::GET, path, Value::Null).await
}

async fn get_eventual(server: &TestServer, caller: &Caller, path: &str) -> Answer {
    server.api_with(caller, Method::GET, path, &[("ConsistencyLevel", "eventual")], &Value::Null).await
}

/// What a security group is made of, with further properties.
fn body(name: &str, further: &Value) -> Value {
    let mut body = json!({
        "displayName": name, "mailNickname": "group", "mailEnabled": false, "securityEnabled": true,
    });
    for (name, value) in further.as_object().into_iter().flatten() {
        body[name] = value.clone();
    }
    body
}

/// Makes a group; its id.
async fn group(server: &TestServer, caller: &Caller, name: &str) -> String {
    let made = call(server, caller, Method::POST, "/v1.0/groups", body(name, &json!({}))).await;
    assert_eq!(made.status, 201, "{}", made.text);
    made.json()["id"].as_str().expect("an id").to_owned()
}

fn reference(id: impl std::fmt::Display) -> Value {
    json!({ "@odata.id": format!("http://localhost:8080/v1.0/directoryObjects/{id}") })
}

/// Adds a member.
async fn add(server: &TestServer, caller: &Caller, group: &str, id: impl std::fmt::Display) -> Answer {
    call(server, caller, Method::POST, &format!("/v1.0/groups/{group}/members/$ref"), reference(id)).await
}

/// One property of every object of a collection.
fn column(answer: &Answer, name: &str) -> Vec<String> {
    assert_eq!(answer.status, 200, "{}", answer.text);
    let values = answer.json()["value"].as_array().expect("a collection").clone();
    values.iter().map(|value| value[name].as_str().unwrap_or_default().to_owned()).collect()
}

/// Status, code and message of a refusal.
fn refusal(answer: &Answer) -> (u16, String, String) {
    let error = answer.json()["error"].clone();
    let text = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
    (answer.status.as_u16(), text("code"), text("message"))
}
