//! The SQL of branding.

use super::ImageKind;
use crate::platform::ids::TenantId;
use database::{Result, Transaction, sql};
use sqlx::types::Json;
use std::collections::BTreeMap;

/// Branding for one locale.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Branding {
    /// `0` or a language.
    pub locale: String,
    /// Texts by the name of their property.
    pub properties: Json<BTreeMap<String, String>>,
    /// Counts the changes.
    pub version: i64,
}

/// A picture, without its content.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ImageInfo {
    /// Of which branding.
    pub locale: String,
    /// Which picture.
    pub kind: ImageKind,
    /// Changes with the content.
    pub digest: String,
}

/// The content of a picture.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Image {
    /// `image/png` or `image/jpeg`.
    pub content_type: String,
    /// Changes with the content.
    pub digest: String,
    /// The bytes.
    pub content: Vec<u8>,
}

/// All branding of a tenant.
pub async fn list(tx: &mut Transaction, tenant: TenantId) -> Result<Vec<Branding>> {
    tx.query(sql!("SELECT locale, properties, version FROM branding WHERE tenant_id = $1 ORDER BY locale"))
        .bind(tenant)
        .fetch_all()
        .await
}

/// Which pictures a tenant has.
pub async fn list_images(tx: &mut Transaction, tenant: TenantId) -> Result<Vec<ImageInfo>> {
    tx.query(sql!("SELECT locale, kind, digest FROM branding_image WHERE tenant_id = $1 ORDER BY locale, kind"))
        .bind(tenant)
        .fetch_all()
        .await
}

/// Adds branding without anything; `false` if there is one for this locale.
pub async fn insert(tx: &mut Transaction, tenant: TenantId, locale: &str) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "INSERT INTO branding (tenant_id, locale, properties, version) VALUES ($1, $2, '{}', 1)
             ON CONFLICT DO NOTHING"
        ))
        .bind(tenant)
        .bind(locale.to_owned())
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Replaces the texts if nobody changed them since they were read; `false` otherwise.
pub async fn update(tx: &mut Transaction, tenant: TenantId, branding: &Branding) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "UPDATE branding SET properties = $4, version = version + 1
             WHERE tenant_id = $1 AND locale = $2 AND version = $3"
        ))
        .bind(tenant)
        .bind(branding.locale.clone())
        .bind(branding.version)
        .bind(branding.properties.clone())
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Counts a change of the pictures; `false` if there is no branding for this locale.
pub async fn raise(tx: &mut Transaction, tenant: TenantId, locale: &str) -> Result<bool> {
    let rows = tx
        .query(sql!("UPDATE branding SET version = version + 1 WHERE tenant_id = $1 AND locale = $2"))
        .bind(tenant)
        .bind(locale.to_owned())
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Removes branding with its pictures; `false` if there is none.
pub async fn delete(tx: &mut Transaction, tenant: TenantId, locale: &str) -> Result<bool> {
    tx.query(sql!("DELETE FROM branding_image WHERE tenant_id = $1 AND locale = $2"))
        .bind(tenant)
        .bind(locale.to_owned())
        .execute()
        .await?;
    let rows = tx
        .query(sql!("DELETE FROM branding WHERE tenant_id = $1 AND locale = $2"))
        .bind(tenant)
        .bind(locale.to_owned())
        .execute()
        .await?;
    Ok(rows == 1)
}

/// A picture with its content.
pub async fn find_image(
    tx: &mut Transaction,
    tenant: TenantId,
    locale: &str,
    kind: ImageKind,
) -> Result<Option<Image>> {
    tx.query(sql!(
        "SELECT content_type, digest, content FROM branding_image WHERE tenant_id = $1 AND locale = $2 AND kind = $3"
    ))
    .bind(tenant)
    .bind(locale.to_owned())
    .bind(kind)
    .fetch_optional()
    .await
}

/// Adds a picture, or puts it in place of the one before.
pub async fn put_image(
    tx: &mut Transaction,
    tenant: TenantId,
    locale: &str,
    kind: ImageKind,
    image: &Image,
) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO branding_image (tenant_id, locale, kind, content_type, digest, content)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (tenant_id, locale, kind)
         DO UPDATE SET content_type = excluded.content_type, digest = excluded.digest, content = excluded.content"
    ))
    .bind(tenant)
    .bind(locale.to_owned())
    .bind(kind)
    .bind(image.content_type.clone())
    .bind(image.digest.clone())
    .bind(image.content.clone())
    .execute()
    .await?;
    Ok(())
}

/// Removes a picture; `false` if there is none.
pub async fn delete_image(tx: &mut Transaction, tenant: TenantId, locale: &str, kind: ImageKind) -> Result<bool> {
    let rows = tx
        .query(sql!("DELETE FROM branding_image WHERE tenant_id = $1 AND locale = $2 AND kind = $3"))
        .bind(tenant)
        .bind(locale.to_owned())
        .bind(kind)
        .execute()
        .await?;
    Ok(rows == 1)
}
