//! Tests of service principals.

mod added;
mod aftermath;
mod api_pages;
mod assigned;
mod assignments;
mod claims;
mod classifications;
mod counts;
mod deleted;
mod extension_pages;
mod federated_pages;
mod foreign_pages;
mod grant_changes;
mod grant_policies;
mod grants;
mod graph;
mod groups;
mod lifecycle;
mod lifetime_pages;
mod listed;
mod logo_pages;
mod low_risk;
mod named;
mod notes_pages;
mod owners;
mod pages;
mod parts;
mod secrets;

use super::{Registered, register};
use crate::applications::{Changes, NewApplication};
use crate::graph::Caller;
use crate::testing::TestServer;

/// An application that is ready to be used.
async fn app(server: &TestServer, caller: &Caller, name: &str, properties: Changes) -> Registered {
    let mut tx = server.write().await.expect("a transaction");
    let new = NewApplication { display_name: name.to_owned(), properties };
    let registered = register(&mut tx, server, caller, new).await.expect("registered");
    tx.commit().await.expect("a commit");
    registered
}
