//! The SQL of identities elsewhere that apps trust.

use super::federated_credential::FederatedCredential;
use crate::changes::{self, Change, Kind};
use crate::graph::query::Listed;
use crate::platform::ids::{ApplicationId, FederatedCredentialId, TenantId};
use database::{Result, Timestamp, Transaction, sql};

macro_rules! select {
    ($columns:expr) => {
        concat!("SELECT ", $columns, " FROM federated_credential f WHERE f.tenant_id = $1 AND f.application_id = $2")
    };
}

macro_rules! columns {
    () => {
        "f.tenant_id, f.id, f.application_id, f.name, f.issuer, f.subject, f.audience, f.description"
    };
}

/// Adds one. Its name, and issuer and subject together, must be new in the application.
pub async fn insert(tx: &mut Transaction, credential: &FederatedCredential, at: Timestamp) -> Result<()> {
    let (tenant, application) = (credential.tenant_id, credential.application_id.0);
    tx.query(sql!(
        "INSERT INTO federated_credential (tenant_id, id, application_id, name, issuer, subject, audience, description)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
    ))
    .bind(credential.tenant_id)
    .bind(credential.id)
    .bind(credential.application_id)
    .bind(credential.name.clone())
    .bind(credential.issuer.clone())
    .bind(credential.subject.clone())
    .bind(credential.audience.clone())
    .bind(credential.description.clone())
    .execute()
    .await?;
    changes::note(tx, tenant, at, Change::set(Kind::Application, application)).await
}

/// Writes everything back that can be changed.
pub async fn update(tx: &mut Transaction, credential: &FederatedCredential, at: Timestamp) -> Result<()> {
    tx.query(sql!(
        "UPDATE federated_credential SET issuer = $3, subject = $4, audience = $5, description = $6
         WHERE tenant_id = $1 AND id = $2"
    ))
    .bind(credential.tenant_id)
    .bind(credential.id)
    .bind(credential.issuer.clone())
    .bind(credential.subject.clone())
    .bind(credential.audience.clone())
    .bind(credential.description.clone())
    .execute()
    .await?;
    let change = Change::set(Kind::Application, credential.application_id.0);
    changes::note(tx, credential.tenant_id, at, change).await
}

/// Those of an application, by id: the first that was added first.
pub async fn list(
    tx: &mut Transaction,
    tenant: TenantId,
    application: ApplicationId,
) -> Result<Vec<FederatedCredential>> {
    tx.query(sql!(concat!(select!(columns!()), " ORDER BY f.id"))).bind(tenant).bind(application).fetch_all().await
}

/// What reads those of an application (`$2`).
pub static OF_APPLICATION: Listed = Listed {
    // Each on a line of its own: a statement is known by its place.
    list: sql!(select!(columns!())),
    count: sql!(select!("COUNT(*)")),
};

/// Removes one.
pub async fn delete(
    tx: &mut Transaction,
    tenant: TenantId,
    (application, id): (ApplicationId, FederatedCredentialId),
    at: Timestamp,
) -> Result<()> {
    tx.query(sql!("DELETE FROM federated_credential WHERE tenant_id = $1 AND application_id = $2 AND id = $3"))
        .bind(tenant)
        .bind(application)
        .bind(id)
        .execute()
        .await?;
    changes::note(tx, tenant, at, Change::set(Kind::Application, application.0)).await
}
