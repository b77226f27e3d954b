//! The SQL of certificates of applications.

use super::certificate::ApplicationKey;
use crate::changes::{self, Change, Kind};
use crate::graph::query::{Condition, write_condition};
use crate::platform::ids::{ApplicationId, KeyId, TenantId};
use database::{Result, Timestamp, Transaction, sql};

macro_rules! columns {
    () => {
        "tenant_id, id, application_id, display_name, certificate, thumbprint, thumbprint_sha256, starts_at, ends_at"
    };
}

/// Adds a certificate; `false` if the application has it already.
pub async fn insert(tx: &mut Transaction, key: &ApplicationKey, at: Timestamp) -> Result<bool> {
    let key = key.clone();
    let (tenant, application) = (key.tenant_id, key.application_id.0);
    let rows = tx
        .query(sql!(concat!(
            "INSERT INTO application_key (",
            columns!(),
            ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING"
        )))
        .bind(key.tenant_id)
        .bind(key.id)
        .bind(key.application_id)
        .bind(key.display_name)
        .bind(key.certificate)
        .bind(key.thumbprint)
        .bind(key.thumbprint_sha256)
        .bind(key.starts_at)
        .bind(key.ends_at)
        .execute()
        .await?;
    if rows == 1 {
        changes::note(tx, tenant, at, Change::set(Kind::Application, application)).await?;
    }
    Ok(rows == 1)
}

/// The certificates of an application, ended ones included, the one that ends last first.
pub async fn list(tx: &mut Transaction, tenant: TenantId, application: ApplicationId) -> Result<Vec<ApplicationKey>> {
    tx.query(sql!(concat!(
        "SELECT ",
        columns!(),
        " FROM application_key WHERE tenant_id = $1 AND application_id = $2 ORDER BY ends_at DESC, id"
    )))
    .bind(tenant)
    .bind(application)
    .fetch_all()
    .await
}

/// The certificates of several applications.
pub async fn list_of(
    tx: &mut Transaction,
    tenant: TenantId,
    applications: &[ApplicationId],
) -> Result<Vec<ApplicationKey>> {
    if applications.is_empty() {
        return Ok(Vec::new());
    }
    let mut query =
        tx.query(sql!(concat!("SELECT ", columns!(), " FROM application_key WHERE tenant_id = $1"))).bind(tenant);
    let ids = applications.iter().map(|application| application.0);
    write_condition(Some(&Condition::one_of("application_id", ids)), &mut query);
    query.push(" ORDER BY ends_at DESC, id");
    query.fetch_all().await
}

/// Removes a certificate; `false` if the application has no such one.
pub async fn delete(
    tx: &mut Transaction,
    tenant: TenantId,
    application: ApplicationId,
    key: KeyId,
    at: Timestamp,
) -> Result<bool> {
    let rows = tx
        .query(sql!("DELETE FROM application_key WHERE tenant_id = $1 AND application_id = $2 AND id = $3"))
        .bind(tenant)
        .bind(application)
        .bind(key)
        .execute()
        .await?;
    if rows == 1 {
        changes::note(tx, tenant, at, Change::set(Kind::Application, application.0)).await?;
    }
    Ok(rows == 1)
}
