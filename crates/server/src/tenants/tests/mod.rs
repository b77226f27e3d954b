//! The settings over the wire, on both engines.

mod domain_list;
mod domains;
mod external_identities;
mod policies;

use crate::graph::Caller;
use crate::testing::{Answer, TestServer};
use axum::http::Method;
use serde_json::Value;

async fn get(server: &TestServer, caller: &Caller, path: &str) -> Answer {
    server.api_as(caller, Method::GET, path, &Value::Null).await
}

async fn patch(server: &TestServer, caller: &Caller, path: &str, body: &Value) -> Answer {
    server.api_as(caller, Method::PATCH, path, body).await
}
