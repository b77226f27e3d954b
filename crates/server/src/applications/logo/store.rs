//! The SQL of logos.

use super::Logo;
use crate::platform::ids::{ApplicationId, TenantId};
use database::{Result, Transaction, sql};

/// The logo of a registration.
pub(super) async fn find(tx: &mut Transaction, tenant: TenantId, id: ApplicationId) -> Result<Option<Logo>> {
    tx.query(sql!(
        "SELECT content_type, digest, content FROM application_logo WHERE tenant_id = $1 AND application_id = $2"
    ))
    .bind(tenant)
    .bind(id)
    .fetch_optional()
    .await
}

/// Stores a logo in place of another.
pub(super) async fn put(tx: &mut Transaction, tenant: TenantId, id: ApplicationId, logo: Logo) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO application_logo (tenant_id, application_id, content_type, digest, content)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (tenant_id, application_id)
         DO UPDATE SET content_type = excluded.content_type, digest = excluded.digest, content = excluded.content"
    ))
    .bind(tenant)
    .bind(id)
    .bind(logo.content_type)
    .bind(logo.digest)
    .bind(logo.content)
    .execute()
    .await?;
    Ok(())
}

/// Removes the logo of a registration, if there is one.
pub(super) async fn delete(tx: &mut Transaction, tenant: TenantId, id: ApplicationId) -> Result<()> {
    tx.query(sql!("DELETE FROM application_logo WHERE tenant_id = $1 AND application_id = $2"))
        .bind(tenant)
        .bind(id)
        .execute()
        .await?;
    Ok(())
}
