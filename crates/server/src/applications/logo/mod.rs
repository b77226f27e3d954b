//! The logo of an app (Graph: application, `logo`). It is kept as it came, beside the registration and not in its row. The registration
//! holds what changes with it, so that whoever has read an app knows where its logo is without asking for it.

mod graph;
mod operations;
mod pages;
mod picture;
mod store;

pub use operations::{put, remove};

use crate::platform::ids::{ClientId, TenantId};
use crate::web::Routes;

/// A logo as it is stored.
#[derive(Debug, Clone, sqlx::FromRow)]
struct Logo {
    /// `image/jpeg` or `image/png`, as its first bytes say.
    content_type: String,
    /// Changes with the content.
    digest: String,
    /// The file.
    content: Vec<u8>,
}

impl Logo {
    /// The type, which is one of two whatever stands in the row.
    fn media_type(&self) -> &'static str {
        if self.content_type == "image/jpeg" { "image/jpeg" } else { "image/png" }
    }
}

/// Where pages of an organisation fetch the logo of an app that is used there, from the root. The digest is part of the address, so
/// that browsers keep what they have fetched.
pub fn path(tenant: TenantId, client: ClientId, digest: &str) -> String {
    format!("/{tenant}/logos/{client}?v={digest}")
}

/// The calls, and the files that pages fetch.
pub(super) fn routes() -> Routes {
    graph::routes().merge(pages::routes())
}
