//! `organization/{id}/branding` and its localizations (Graph).

use super::operations::{self, Absent, check_may_change, check_may_read, remove};
use super::resource::BRANDING;
use super::{BrandingError, Changes, ImageKind, Locale, Look, change, properties};
use crate::Server;
use crate::graph::body::Object;
use crate::graph::query::{Few, Selection};
use crate::graph::{Caller, Error, Segment, etag, resource};
use crate::platform::ids::TenantId;
use crate::tenants::find;
use crate::web::Routes;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri, header};
use axum::response::Response;
use axum::routing::get;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// The two variable segments of a path.
pub(super) type Pair = Result<Path<(String, String)>, PathRejection>;

pub(super) fn routes() -> Routes {
    Routes::new()
        .route("/v1.0/organization/{organization}/branding", get(one).patch(patch).delete(delete))
        .route("/v1.0/organization/{organization}/branding/localizations", get(list).post(add))
        .route(
            "/v1.0/organization/{organization}/branding/localizations/{locale}",
            get(localized).patch(patch_localized).delete(delete_localized),
        )
}

/// A caller knows no organisation but their own.
pub(super) fn check_own(caller: &Caller, key: &str) -> Result<(), Error> {
    let is_own = key.parse::<TenantId>().is_ok_and(|id| id == caller.tenant);
    if is_own { Ok(()) } else { Err(Error::not_found(key)) }
}

/// The locale of a path in the caller's own organisation.
pub(super) fn read_path(caller: &Caller, path: Pair) -> Result<Locale, Error> {
    let Path((organization, locale)) = path.map_err(|rejection| Error::not_found("").caused_by(rejection))?;
    check_own(caller, &organization)?;
    Ok(Locale::parse(&locale).ok_or(BrandingError::NotFound(locale))?)
}

/// `GET ../branding`: that of the language in `Accept-Language` where there is one, as its `id` is written (Graph: get
/// organizationalBranding), and otherwise that of everybody.
async fn one(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(organization): Segment,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    check_may_read(&caller)?;
    check_own(&caller, &organization)?;
    let selection = Selection::of_one(&BRANDING, &uri)?;
    let looks = operations::get(&server, &caller).await?;
    let named = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| Locale::parse(value.to_str().ok()?.trim()));
    let is_there = |locale: &Locale| looks.iter().any(|look| look.locale == *locale);
    let locale = named.filter(is_there).unwrap_or_else(Locale::everybody);
    let object = write(&server, &caller, &looks, &locale).await?;
    Ok(selection.answer(&server, &format!("organization('{organization}')/branding"), object))
}

async fn patch(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(organization): Segment,
    headers: HeaderMap,
    body: Object,
) -> Result<Response, Error> {
    check_may_change(&caller)?;
    check_own(&caller, &organization)?;
    let expected = etag::if_match(&headers)?;
    let locale = Locale::everybody();
    let changed = change(&server, &caller, &locale, read(body, &locale)?, Absent::Made, expected).await;
    changed.map_err(|error| etag::refusal(expected, error))?;
    Ok(resource::no_content())
}

async fn delete(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(organization): Segment,
    headers: HeaderMap,
) -> Result<Response, Error> {
    check_may_change(&caller)?;
    check_own(&caller, &organization)?;
    let expected = etag::if_match(&headers)?;
    let removed = remove(&server, &caller, &Locale::everybody(), expected).await;
    removed.map_err(|error| etag::refusal(expected, error))?;
    Ok(resource::no_content())
}

async fn list(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(organization): Segment,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    check_may_read(&caller)?;
    check_own(&caller, &organization)?;
    let few = Few::read(&BRANDING, &uri, &headers)?;
    let looks = operations::get(&server, &caller).await?;
    let domain = domain(&server, &caller).await?;
    let objects = looks.iter().map(|look| written(&server, &domain, look)).collect();
    let set = format!("organization('{organization}')/branding/localizations");
    few.answer(&server, caller.tenant, &set, objects)
}

/// `POST ../localizations`: `{ "id": "de", .. }`.
async fn add(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(organization): Segment,
    mut body: Object,
) -> Result<Response, Error> {
    check_may_change(&caller)?;
    check_own(&caller, &organization)?;
    let id: String = body.take("id")?.ok_or_else(|| Error::invalid_property("id", "it is required"))?;
    let locale = Locale::parse(&id).ok_or_else(|| Error::invalid_property("id", "there are pages in en, de and ar"))?;
    change(&server, &caller, &locale, read(body, &locale)?, Absent::New, None).await?;
    let object = write(&server, &caller, &operations::get(&server, &caller).await?, &locale).await?;
    let context = format!("organization('{organization}')/branding/localizations/$entity");
    let set = format!("/v1.0/organization/{organization}/branding/localizations");
    Ok(resource::created(&server, &set, &context, object))
}

async fn localized(State(server): State<Arc<Server>>, caller: Caller, path: Pair, uri: Uri) -> Result<Response, Error> {
    check_may_read(&caller)?;
    let locale = read_path(&caller, path)?;
    let selection = Selection::of_one(&BRANDING, &uri)?;
    let object = write(&server, &caller, &operations::get(&server, &caller).await?, &locale).await?;
    Ok(selection.answer(&server, &format!("organization('{}')/branding/localizations", caller.tenant), object))
}

async fn patch_localized(
    State(server): State<Arc<Server>>,
    caller: Caller,
    path: Pair,
    headers: HeaderMap,
    body: Object,
) -> Result<Response, Error> {
    check_may_change(&caller)?;
    let locale = read_path(&caller, path)?;
    let absent = if locale.is_default() { Absent::Made } else { Absent::Refused };
    let expected = etag::if_match(&headers)?;
    let changed = change(&server, &caller, &locale, read(body, &locale)?, absent, expected).await;
    changed.map_err(|error| etag::refusal(expected, error))?;
    Ok(resource::no_content())
}

async fn delete_localized(
    State(server): State<Arc<Server>>,
    caller: Caller,
    path: Pair,
    headers: HeaderMap,
) -> Result<Response, Error> {
    check_may_change(&caller)?;
    let locale = read_path(&caller, path)?;
    let expected = etag::if_match(&headers)?;
    remove(&server, &caller, &locale, expected).await.map_err(|error| etag::refusal(expected, error))?;
    Ok(resource::no_content())
}

fn read(mut body: Object, locale: &Locale) -> Result<Changes, Error> {
    body.take_own_id(&locale.as_str().to_owned())?;
    let texts = properties::read(&mut body)?;
    body.finish()?;
    Ok(Changes { texts, ..Changes::default() })
}

/// The branding of one language, or of everybody.
async fn write(server: &Server, caller: &Caller, looks: &[Look], locale: &Locale) -> Result<Map<String, Value>, Error> {
    let look = looks
        .iter()
        .find(|look| look.locale == *locale)
        .ok_or_else(|| BrandingError::NotFound(locale.as_str().to_owned()))?;
    Ok(written(server, &domain(server, caller).await?, look))
}

/// The domain that addresses of pictures begin with.
async fn domain(server: &Server, caller: &Caller) -> Result<String, Error> {
    let mut tx = server.read().await?;
    let tenant = find(&mut tx, server, caller.tenant).await?.ok_or(database::Error::NotFound)?;
    Ok(tenant.initial_domain.clone())
}

/// Branding as Graph writes it. Addresses of pictures are relative to those of `cdnList`.
fn written(server: &Server, domain: &str, look: &Look) -> Map<String, Value> {
    let mut object = Map::new();
    object.insert("id".to_owned(), json!(look.locale.as_str()));
    object.insert("cdnList".to_owned(), json!([server.settings.public_address()]));
    for name in properties::names() {
        object.insert(name.to_owned(), json!(look.text(name)));
    }
    for name in properties::UNSERVED {
        object.insert(name.to_owned(), Value::Null);
    }
    for name in ["backgroundImageRelativeUrl", "headerLogoRelativeUrl"] {
        object.insert(name.to_owned(), Value::Null);
    }
    for kind in ImageKind::ALL {
        object.insert(format!("{kind}RelativeUrl"), json!(look.path(domain, *kind)));
    }
    etag::tagged(look.version(), object)
}
