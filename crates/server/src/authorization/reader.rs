//! Who reads a token: the app that an identifier means, in the words of a client or as the `aud` of a token.

use crate::Server;
use crate::applications::identifiers;
use crate::platform::ids::ClientId;
use database::{Result, Transaction};

/// The app that an identifier means. What belongs to an organisation is looked for first: its id looks like a client id.
pub async fn named(tx: &mut Transaction, server: &Server, identifier: &str) -> Result<Option<ClientId>> {
    let found = identifiers::find(tx, server, identifier).await?;
    Ok(found.or_else(|| held(identifier)))
}

/// The client id that an identifier holds.
fn held(identifier: &str) -> Option<ClientId> {
    let id = identifier.strip_prefix("api://").unwrap_or(identifier);
    id.split('/').next().unwrap_or_default().parse().ok()
}
