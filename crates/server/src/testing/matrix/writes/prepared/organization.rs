//! The organisation, its domains and its looks.

use super::{PreparedWrite, call};
use crate::testing::TestServer;
use crate::testing::matrix::world::World;
use crate::testing::name_server::publish;
use axum::http::Method;
use serde_json::{Value, json};

/// Publishes the text that proves the domain of the world.
async fn prove(server: &TestServer, world: &World) {
    let records = "/v1.0/domains/{domain}/verificationDnsRecords";
    let records = call(server, world, Method::GET, records, Value::Null).await.json();
    publish(&world.path("{domain}"), records["value"][0]["text"].as_str().expect("a text"));
}

/// What is sent to a route of the organisation; nothing for any other.
pub async fn sent(server: &TestServer, world: &World, template: &str, is_delete: bool) -> Option<PreparedWrite> {
    let body = match template {
        "/v1.0/domains" => json!({ "id": "another.example" }),
        "/v1.0/domains/{domain}/verify" => {
            prove(server, world).await;
            json!({})
        }
        "/v1.0/domains/{domain}" if !is_delete => {
            prove(server, world).await;
            call(server, world, Method::POST, "/v1.0/domains/{domain}/verify", Value::Null).await;
            json!({ "isDefault": true })
        }
        "/v1.0/organization/{organization}" => {
            json!({ "privacyProfile": { "statementUrl": "https://contoso.example/privacy" } })
        }
        "/v1.0/organization/{organization}/branding/localizations" => json!({ "id": "de", "usernameHintText": "Name" }),
        "/v1.0/organization/{organization}/branding"
        | "/v1.0/organization/{organization}/branding/localizations/{locale}" => json!({ "usernameHintText": "Name" }),
        "/vestibule/v1/organization" => json!({ "helpUrl": "https://contoso.example/help" }),
        _ => return None,
    };
    Some((world.path(template), body))
}
