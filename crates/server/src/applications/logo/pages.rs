//! Logos as pages fetch them.

use super::operations;
use crate::Server;
use crate::web::Routes;
use crate::web::versioned::{self, Wanted};
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::sync::Arc;

pub(super) fn routes() -> Routes {
    Routes::new().route("/{tenant}/logos/{client}", get(show))
}

async fn show(
    State(server): State<Arc<Server>>,
    path: Result<Path<(String, String)>, PathRejection>,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Response {
    let Ok(Path((tenant, client))) = path else { return StatusCode::NOT_FOUND.into_response() };
    match operations::find_shown(&server, &tenant, &client).await {
        Ok(Some(logo)) => {
            let kind = HeaderValue::from_static(logo.media_type());
            versioned::send((kind, logo.content, logo.digest), versioned::asked(wanted).as_deref())
        }
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(failure) => {
            tracing::error!(%failure, "a logo could not be read");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}
