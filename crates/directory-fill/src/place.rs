//! Where a directory goes.

use crate::{Directory, JOINER};
use database::{Database, Result, sql};
use uuid::Uuid;

/// The tenant that has a domain, and its initial domain, in which the names of guests end; nothing if nobody has it.
pub async fn find_tenant(database: &Database, domain: &str) -> Result<Option<(Uuid, String)>> {
    let mut tx = database.read().await?;
    let found: Option<(Uuid,)> = tx
        .query(sql!("SELECT tenant_id FROM domain WHERE name = $1"))
        .bind(domain.to_ascii_lowercase())
        .fetch_optional()
        .await?;
    let Some((tenant,)) = found else { return Ok(None) };
    let (initial_domain,): (String,) =
        tx.query(sql!("SELECT initial_domain FROM tenant WHERE id = $1")).bind(tenant).fetch_one().await?;
    Ok(Some((tenant, initial_domain)))
}

/// Whether guests of the same seed were written into the tenant before, or the first of them.
pub async fn is_written(database: &Database, directory: &Directory) -> Result<bool> {
    let mut tx = database.read().await?;
    let found: Option<(Uuid,)> = tx
        .query(sql!("SELECT id FROM user_account WHERE tenant_id = $1 AND id = $2"))
        .bind(directory.tenant)
        .bind(directory.guest_id(JOINER))
        .fetch_optional()
        .await?;
    Ok(found.is_some())
}
