//! Reading and changing branding.

use super::store::{self, Branding, Image};
use super::{ImageKind, Locale, Look, properties};
use crate::Server;
use crate::audit::{self, Activity, Outcome, Target};
use crate::graph::{Caller, Error, Permission};
use crate::platform::ids::TenantId;
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use database::Transaction;
use serde_json::Value;
use sqlx::types::Json;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What lets a caller read branding; every page shows it to everybody.
const READ: [Permission; 4] = [
    Permission::OrganizationalBrandingReadAll,
    Permission::OrganizationalBrandingReadWriteAll,
    Permission::OrganizationReadAll,
    Permission::OrganizationReadWriteAll,
];
/// What lets a caller change it.
const WRITE: [Permission; 2] = [Permission::OrganizationalBrandingReadWriteAll, Permission::OrganizationReadWriteAll];

/// Why branding is not shown or changed.
#[derive(Debug, thiserror::Error)]
pub enum BrandingError {
    /// The caller may not.
    #[error("not allowed")]
    NotAllowed,
    /// There is none, or no such picture.
    #[error("no branding {0}")]
    NotFound(String),
    /// There is one for this language already.
    #[error("there is branding for this language already")]
    Exists,
    /// Branding for every reader goes last.
    #[error("remove the branding for languages first")]
    HasLocalizations,
    /// A property, and what is wrong with it.
    #[error("{0}: {1}")]
    Invalid(&'static str, String),
    /// A picture, and what is wrong with it.
    #[error("{0}: {1}")]
    Image(ImageKind, String),
    /// Somebody else changed it since it was read.
    #[error("the branding was changed meanwhile")]
    Changed,
    /// The database.
    #[error(transparent)]
    Database(#[from] database::Error),
}

impl From<BrandingError> for Error {
    fn from(error: BrandingError) -> Self {
        match error {
            BrandingError::NotAllowed => Self::denied(),
            BrandingError::NotFound(id) => Self::not_found(id),
            BrandingError::Exists => {
                let message = "The organization has branding for this language already.";
                Self::new(StatusCode::CONFLICT, "Request_MultipleObjectsWithSameKeyValue", message).with_target("id")
            }
            BrandingError::HasLocalizations => {
                Self::bad_request("The branding for languages must be removed before the one for every reader.")
            }
            BrandingError::Invalid(property, problem) => Self::invalid_property(property, problem),
            BrandingError::Image(kind, problem) => Self::invalid_property(kind.as_str(), problem),
            BrandingError::Changed => database::Error::Conflict(error.to_string()).into(),
            BrandingError::Database(error) => error.into(),
        }
    }
}

/// Whether the caller may change branding.
pub fn may_change(caller: &Caller) -> bool {
    caller.may_administer(&WRITE)
}

/// Refuses whoever may not change branding.
pub(super) fn check_may_change(caller: &Caller) -> Result<(), BrandingError> {
    if may_change(caller) { Ok(()) } else { Err(BrandingError::NotAllowed) }
}

/// Refuses whoever may not read branding.
pub(super) fn check_may_read(caller: &Caller) -> Result<(), BrandingError> {
    if caller.has_any(&READ) { Ok(()) } else { Err(BrandingError::NotAllowed) }
}

/// All branding of the caller's tenant.
pub async fn get(server: &Server, caller: &Caller) -> Result<Arc<Vec<Look>>, BrandingError> {
    check_may_read(caller)?;
    let mut tx = server.read().await?;
    Ok(super::look::all(&mut tx, server, caller.tenant).await?)
}

/// What becomes of branding that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absent {
    /// It is made.
    Made,
    /// It is made, and must not have been there.
    New,
    /// It is not found.
    Refused,
}

/// What is changed of branding at once.
#[derive(Debug, Default)]
pub struct Changes {
    /// Texts by the name of their property: `None` takes one away.
    pub texts: Vec<(&'static str, Option<String>)>,
    /// Pictures that are taken away; one that is not there stays away.
    pub without: Vec<ImageKind>,
    /// Pictures that are put in their place: which, as what it was sent, and its bytes.
    pub pictures: Vec<(ImageKind, String, Vec<u8>)>,
}

/// Changes all of it or nothing. Refused where the branding has another version than the caller has read.
///
/// # Errors
/// `Invalid` and `Image` with the first text or picture that cannot be.
pub async fn change(
    server: &Server,
    caller: &Caller,
    locale: &Locale,
    changes: Changes,
    absent: Absent,
    expected: Option<i64>,
) -> Result<(), BrandingError> {
    check_may_change(caller)?;
    let Changes { texts, without, pictures } = changes;
    let as_stored =
        |(kind, said, content): (ImageKind, String, Vec<u8>)| checked(kind, &said, content).map(|image| (kind, image));
    let pictures = pictures.into_iter().map(as_stored).collect::<Result<Vec<_>, BrandingError>>()?;
    let mut tx = server.write().await?;
    let before = branding(&mut tx, caller.tenant, locale, absent).await?;
    if expected.is_some_and(|version| version != before.version) {
        return Err(BrandingError::Changed);
    }
    // What another picture takes the place of is changed once.
    let mut gone = Vec::new();
    for kind in without.into_iter().filter(|kind| !pictures.iter().any(|(put, _)| put == kind)) {
        let old = store::find_image(&mut tx, caller.tenant, locale.as_str(), kind).await?;
        gone.extend(old.map(|old| (kind, old.digest)));
    }
    let is_more = absent == Absent::New || !gone.is_empty() || !pictures.is_empty();
    let mut target = write_texts(&mut tx, (caller.tenant, target(caller, locale)), before, texts, is_more).await?;
    for (kind, digest) in gone {
        // A picture that was named twice is gone already.
        if store::delete_image(&mut tx, caller.tenant, locale.as_str(), kind).await? {
            target = target.change(kind.as_str(), digest, Value::Null);
        }
    }
    for (kind, image) in pictures {
        target = write_image(&mut tx, target, (caller.tenant, locale, kind), image).await?;
    }
    if !target.changes.is_empty() || absent == Absent::New {
        record(&mut tx, server, caller, &target).await?;
    }
    Ok(tx.commit().await?)
}

/// Stores the texts, with a version of their own, where any is another one or `is_more` is changed beside them; what the audit says of
/// it.
async fn write_texts(
    tx: &mut Transaction,
    (tenant, target): (TenantId, Target),
    before: Branding,
    texts: Vec<(&'static str, Option<String>)>,
    is_more: bool,
) -> Result<Target, BrandingError> {
    let mut after = before.properties.0.clone();
    for (name, value) in texts {
        match value.map(|text| properties::check(name, &text)).transpose()?.flatten() {
            Some(text) => after.insert(name.to_owned(), text),
            None => after.remove(name),
        };
    }
    let target = properties::names().fold(target, |target, name| {
        let (old, new) = (before.properties.0.get(name).cloned(), after.get(name).cloned());
        if old == new { target } else { target.change(name, old, new) }
    });
    if target.changes.is_empty() && !is_more {
        return Ok(target);
    }
    if store::update(tx, tenant, &Branding { properties: Json(after), ..before }).await? {
        Ok(target)
    } else {
        Err(BrandingError::Changed)
    }
}

/// Removes branding with its pictures.
pub async fn remove(
    server: &Server,
    caller: &Caller,
    locale: &Locale,
    expected: Option<i64>,
) -> Result<(), BrandingError> {
    check_may_change(caller)?;
    let mut tx = server.write().await?;
    let all = store::list(&mut tx, caller.tenant).await?;
    if locale.is_default() && all.len() > 1 {
        return Err(BrandingError::HasLocalizations);
    }
    let before = all.iter().find(|branding| branding.locale == locale.as_str());
    if let (Some(version), Some(before)) = (expected, before) {
        // Written as it is, so that nobody changes it until it is gone.
        if before.version != version || !store::update(&mut tx, caller.tenant, before).await? {
            return Err(BrandingError::Changed);
        }
    }
    if !store::delete(&mut tx, caller.tenant, locale.as_str()).await? {
        return Err(BrandingError::NotFound(locale.as_str().to_owned()));
    }
    let target = target(caller, locale).change("Branding", locale.as_str(), Value::Null);
    record(&mut tx, server, caller, &target).await?;
    Ok(tx.commit().await?)
}

/// The content of a picture.
pub(super) async fn image(
    server: &Server,
    caller: &Caller,
    locale: &Locale,
    kind: ImageKind,
) -> Result<Image, BrandingError> {
    check_may_read(caller)?;
    let mut tx = server.read().await?;
    let found = store::find_image(&mut tx, caller.tenant, locale.as_str(), kind).await?;
    found.ok_or_else(|| BrandingError::NotFound(kind.to_string()))
}

/// Puts a picture in its place.
pub async fn put_image(
    server: &Server,
    caller: &Caller,
    locale: &Locale,
    kind: ImageKind,
    said: &str,
    content: Vec<u8>,
) -> Result<(), BrandingError> {
    check_may_change(caller)?;
    let image = checked(kind, said, content)?;
    let absent = if locale.is_default() { Absent::Made } else { Absent::Refused };
    let mut tx = server.write().await?;
    branding(&mut tx, caller.tenant, locale, absent).await?;
    raise(&mut tx, caller.tenant, locale).await?;
    let target = write_image(&mut tx, target(caller, locale), (caller.tenant, locale, kind), image).await?;
    record(&mut tx, server, caller, &target).await?;
    Ok(tx.commit().await?)
}

/// A picture as it is stored, if it is one that may be shown.
fn checked(kind: ImageKind, said: &str, content: Vec<u8>) -> Result<Image, BrandingError> {
    let content_type = kind.check(said, &content)?.to_owned();
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &content);
    Ok(Image { content_type, digest: URL_SAFE_NO_PAD.encode(&digest.as_ref()[..12]), content })
}

/// Counts a change of a picture, so that a form that shows what stood before is known by its version.
async fn raise(tx: &mut Transaction, tenant: TenantId, locale: &Locale) -> Result<(), BrandingError> {
    // Whoever removed the branding meanwhile has removed its pictures.
    if store::raise(tx, tenant, locale.as_str()).await? { Ok(()) } else { Err(BrandingError::Changed) }
}

/// Stores a picture; what the audit says of it.
async fn write_image(
    tx: &mut Transaction,
    target: Target,
    (tenant, locale, kind): (TenantId, &Locale, ImageKind),
    image: Image,
) -> database::Result<Target> {
    let old = store::find_image(tx, tenant, locale.as_str(), kind).await?.map(|image| image.digest);
    store::put_image(tx, tenant, locale.as_str(), kind, &image).await?;
    Ok(target.change(kind.as_str(), old, image.digest))
}

/// Takes a picture away.
pub async fn remove_image(
    server: &Server,
    caller: &Caller,
    locale: &Locale,
    kind: ImageKind,
) -> Result<(), BrandingError> {
    check_may_change(caller)?;
    let mut tx = server.write().await?;
    let old = store::find_image(&mut tx, caller.tenant, locale.as_str(), kind).await?;
    let old = old.ok_or_else(|| BrandingError::NotFound(kind.to_string()))?;
    raise(&mut tx, caller.tenant, locale).await?;
    store::delete_image(&mut tx, caller.tenant, locale.as_str(), kind).await?;
    let target = target(caller, locale).change(kind.as_str(), old.digest, Value::Null);
    record(&mut tx, server, caller, &target).await?;
    Ok(tx.commit().await?)
}

/// The stored branding, made first where that is wanted. For a language there is only some beside the one for every reader.
async fn branding(
    tx: &mut Transaction,
    tenant: TenantId,
    locale: &Locale,
    absent: Absent,
) -> Result<Branding, BrandingError> {
    let all = store::list(tx, tenant).await?;
    if let Some(found) = all.into_iter().find(|branding| branding.locale == locale.as_str()) {
        return if absent == Absent::New { Err(BrandingError::Exists) } else { Ok(found) };
    }
    if absent == Absent::Refused {
        return Err(BrandingError::NotFound(locale.as_str().to_owned()));
    }
    for locale in [Locale::everybody().as_str(), locale.as_str()] {
        store::insert(tx, tenant, locale).await?;
    }
    Ok(Branding { locale: locale.as_str().to_owned(), properties: Json(BTreeMap::new()), version: 1 })
}

fn target(caller: &Caller, locale: &Locale) -> Target {
    let name = if locale.is_default() { "Branding".to_owned() } else { format!("Branding ({})", locale.as_str()) };
    Target::new("Directory", caller.tenant.0, name)
}

async fn record(tx: &mut Transaction, server: &Server, caller: &Caller, target: &Target) -> database::Result<()> {
    audit::record(tx, server, caller, Activity::UpdateOrganization, &Outcome::Success, target, &[]).await
}
