//! The pictures of branding as streams (Graph: bannerLogo and others).

use super::graph::{check_own, read_path};
use super::operations::{self, check_may_change, check_may_read};
use super::{BrandingError, ImageKind, Locale, put_image, remove_image};
use crate::Server;
use crate::graph::query::check_plain;
use crate::graph::{Caller, Error, resource};
use crate::web::Routes;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, PathRejection};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::sync::Arc;

type Triple = Result<Path<(String, String, String)>, PathRejection>;
type Pair = Result<Path<(String, String)>, PathRejection>;

pub(super) fn routes() -> Routes {
    Routes::new()
        .route(
            "/v1.0/organization/{organization}/branding/{image}",
            get(read_default).put(write_default).delete(remove_default),
        )
        .route(
            "/v1.0/organization/{organization}/branding/localizations/{locale}/{image}",
            get(read).put(write).delete(remove),
        )
}

async fn read_default(server: State<Arc<Server>>, caller: Caller, path: Pair, uri: Uri) -> Result<Response, Error> {
    check_may_read(&caller)?;
    let kind = of_default(&caller, path)?;
    check_plain(&uri)?;
    send(&server, &caller, &Locale::everybody(), kind).await
}

async fn write_default(
    server: State<Arc<Server>>,
    caller: Caller,
    path: Pair,
    headers: HeaderMap,
    sent: Result<Bytes, BytesRejection>,
) -> Result<Response, Error> {
    check_may_change(&caller)?;
    let kind = of_default(&caller, path)?;
    put(&server, &caller, (&Locale::everybody(), kind), &headers, &received(sent)?).await
}

async fn remove_default(server: State<Arc<Server>>, caller: Caller, path: Pair) -> Result<Response, Error> {
    check_may_change(&caller)?;
    let kind = of_default(&caller, path)?;
    remove_image(&server, &caller, &Locale::everybody(), kind).await?;
    Ok(resource::no_content())
}

async fn read(server: State<Arc<Server>>, caller: Caller, path: Triple, uri: Uri) -> Result<Response, Error> {
    check_may_read(&caller)?;
    let (locale, kind) = of_locale(&caller, path)?;
    check_plain(&uri)?;
    send(&server, &caller, &locale, kind).await
}

async fn write(
    server: State<Arc<Server>>,
    caller: Caller,
    path: Triple,
    headers: HeaderMap,
    sent: Result<Bytes, BytesRejection>,
) -> Result<Response, Error> {
    check_may_change(&caller)?;
    let (locale, kind) = of_locale(&caller, path)?;
    put(&server, &caller, (&locale, kind), &headers, &received(sent)?).await
}

async fn remove(server: State<Arc<Server>>, caller: Caller, path: Triple) -> Result<Response, Error> {
    check_may_change(&caller)?;
    let (locale, kind) = of_locale(&caller, path)?;
    remove_image(&server, &caller, &locale, kind).await?;
    Ok(resource::no_content())
}

async fn send(server: &Server, caller: &Caller, locale: &Locale, kind: ImageKind) -> Result<Response, Error> {
    let image = operations::image(server, caller, locale, kind).await?;
    let content_type = HeaderValue::from_str(&image.content_type).unwrap_or(HeaderValue::from_static("image/png"));
    let headers = [
        (header::CONTENT_TYPE, content_type),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    Ok((headers, image.content).into_response())
}

/// The picture, unless it is longer than any may be.
fn received(sent: Result<Bytes, BytesRejection>) -> Result<Bytes, Error> {
    sent.map_err(|rejection| {
        Error::new(rejection.status(), "Request_BadRequest", "The picture is too large.").caused_by(rejection)
    })
}

async fn put(
    server: &Server,
    caller: &Caller,
    (locale, kind): (&Locale, ImageKind),
    headers: &HeaderMap,
    content: &Bytes,
) -> Result<Response, Error> {
    let said = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    put_image(server, caller, locale, kind, said, content.to_vec()).await?;
    Ok(resource::no_content())
}

fn of_default(caller: &Caller, path: Pair) -> Result<ImageKind, Error> {
    let Path((organization, image)) = path.map_err(|rejection| Error::not_found("").caused_by(rejection))?;
    check_own(caller, &organization)?;
    kind(&image)
}

fn of_locale(caller: &Caller, path: Triple) -> Result<(Locale, ImageKind), Error> {
    let Path((organization, locale, image)) = path.map_err(|rejection| Error::not_found("").caused_by(rejection))?;
    Ok((read_path(caller, Ok(Path((organization, locale))))?, kind(&image)?))
}

/// The picture with this name. Those that no page shows are refused by name, and a stylesheet of somebody else's could take the
/// contrast away, or show a page that is not ours.
fn kind(name: &str) -> Result<ImageKind, Error> {
    if let Some(kind) = ImageKind::parse(name) {
        return Ok(kind);
    }
    match name {
        "backgroundImage" | "headerLogo" | "customCSS" => {
            let message = format!(
                "Property '{name}' is not served: pages show squareLogo, squareLogoDark, bannerLogo and favicon."
            );
            Err(Error::bad_request(message).with_target(name.to_owned()))
        }
        _ => Err(BrandingError::NotFound(name.to_owned()).into()),
    }
}
