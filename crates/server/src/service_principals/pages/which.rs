//! The app that the path of a page names, for pages that apps of other organisations have too.

use crate::Server;
use crate::web::path::Path;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::Response;
use std::collections::HashMap;
use std::sync::Arc;

/// An app as the path of its page names it.
pub enum Which {
    /// `/apps/{app}/..`: by its registration, which is here.
    Own(String),
    /// `/apps/foreign/{foreign}/..`: by how it stands here; it is registered elsewhere.
    Foreign(String),
}

impl FromRequestParts<Arc<Server>> for Which {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, server: &Arc<Server>) -> Result<Self, Response> {
        let Path(mut segments): Path<HashMap<String, String>> = Path::from_request_parts(parts, server).await?;
        Ok(match segments.remove("foreign") {
            Some(principal) => Self::Foreign(principal),
            None => Self::Own(segments.remove("app").unwrap_or_default()),
        })
    }
}
