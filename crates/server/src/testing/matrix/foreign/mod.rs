//! One tenant against everything of another, beyond an id in the path: every role, every filter, search, expansion and count,
//! batches, links to further pages, files and bodies (security checks T1, A5, I5, X8).
//!
//! What is right is always the same: whatever is asked about something of another tenant is answered as if it had never been.

mod batches;
mod bodies;
mod everybody;
mod files;
mod links;
mod queries;

use super::world::World;
use crate::graph::Caller;
use crate::testing::{Answer, TestServer};
use axum::http::Method;
use serde_json::{Value, json};

/// Two tenants with one of everything each.
struct Two {
    /// The tenant that is not to be reached.
    theirs: World,
    /// The tenant of whoever asks.
    ours: World,
    /// The first one with ids that name nothing anywhere.
    nowhere: World,
}

impl Two {
    async fn new(server: &TestServer) -> Self {
        let theirs = World::new(server, "Contoso", "contoso.example").await;
        let ours = World::new(server, "Fabrikam", "fabrikam.example").await;
        let nowhere = theirs.with_unknown_ids(server);
        Self { theirs, ours, nowhere }
    }

    /// Whoever may most in our tenant: an administrator, and a program with every permission.
    fn strangers(&self, server: &TestServer) -> [Caller; 2] {
        [self.ours.administrator.clone(), self.ours.program(server)]
    }
}

/// Reads with the header that advanced queries need.
async fn get(server: &TestServer, caller: &Caller, path: &str) -> Answer {
    server.api_with(caller, Method::GET, path, &[("consistencylevel", "eventual")], &Value::Null).await
}

/// What an answer tells: its status, and what was found or why nothing was. Links repeat what was asked, and messages the id.
fn told(answer: &Answer) -> Value {
    let is_json = answer.header("content-type").starts_with("application/json");
    let body = if is_json && !answer.text.is_empty() { answer.json() } else { json!({ "value": answer.text }) };
    json!({
        "status": answer.status.as_u16(),
        "code": body["error"]["code"],
        "value": body["value"],
        "count": body["@odata.count"],
    })
}

/// What was found, without the links, which repeat what was asked.
fn found(answer: &Answer) -> String {
    told(answer)["value"].to_string()
}
