//! The SQL of the names by which tokens for applications are asked for.

use crate::platform::ids::{ApplicationId, ClientId, TenantId};
use database::{Result, Timestamp, Transaction, sql};
use sqlx::types::Json;

/// What an application is called.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Named {
    /// Its object id.
    pub id: ApplicationId,
    /// Its client id.
    pub app_id: ClientId,
    /// Its identifiers.
    pub identifier_uris: Json<Vec<String>>,
    /// When it was deleted, while it can be brought back.
    pub deleted_at: Option<Timestamp>,
}

impl Named {
    /// Whether nobody gets a token for it now.
    pub const fn is_deleted(&self) -> bool {
        self.deleted_at.is_some()
    }
}

/// Every application of a tenant, those that are deleted included.
pub async fn list(tx: &mut Transaction, tenant: TenantId) -> Result<Vec<Named>> {
    tx.query(sql!("SELECT id, app_id, identifier_uris, deleted_at FROM application WHERE tenant_id = $1 ORDER BY id"))
        .bind(tenant)
        .fetch_all()
        .await
}
