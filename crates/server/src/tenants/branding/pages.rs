//! What pages fetch beside themselves: the pictures and the stylesheet of an organisation. Everybody sees them, before any
//! sign-in.

use super::{ImageKind, Locale, look, store};
use crate::Server;
use crate::tenants::resolve;
use crate::web::Routes;
use crate::web::versioned::{self, File, Wanted};
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::sync::Arc;

pub(super) fn routes() -> Routes {
    Routes::new().route("/{tenant}/branding/{locale}/{part}", get(show))
}

async fn show(
    State(server): State<Arc<Server>>,
    path: Result<Path<(String, String, String)>, PathRejection>,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Response {
    let Ok(Path((tenant, locale, part))) = path else { return StatusCode::NOT_FOUND.into_response() };
    match read(&server, &tenant, &locale, &part).await {
        Ok(Some(file)) => versioned::send(file, versioned::asked(wanted).as_deref()),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(failure) => {
            tracing::error!(%failure, "a file of the branding could not be read");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

async fn read(server: &Server, tenant: &str, locale: &str, part: &str) -> database::Result<Option<File>> {
    let mut tx = server.read().await?;
    let Some(tenant) = resolve(&mut tx, server, tenant).await? else { return Ok(None) };
    let Some(locale) = Locale::parse(locale) else { return Ok(None) };
    if let Some(kind) = ImageKind::parse(part) {
        let image = store::find_image(&mut tx, tenant.id, locale.as_str(), kind).await?;
        return Ok(image.map(|image| {
            let kind = if image.content_type == "image/jpeg" { "image/jpeg" } else { "image/png" };
            (HeaderValue::from_static(kind), image.content, image.digest)
        }));
    }
    if part != "style" {
        return Ok(None);
    }
    let looks = look::all(&mut tx, server, tenant.id).await?;
    let found = looks.iter().find(|look| look.locale == locale);
    Ok(found.and_then(|look| {
        let style = look.accent()?.style().into_bytes();
        Some((HeaderValue::from_static("text/css; charset=utf-8"), style, look.version().to_string()))
    }))
}
