//! The SQL of signing keys.

use crate::platform::Timestamp;
use crate::platform::ids::TenantId;
use database::{Result, Transaction, sql, sql_across};
use oauth::jose::Jwk;
use sqlx::types::Json;

/// A signing key as it is stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct KeyRecord {
    /// Whose key it is.
    pub tenant_id: TenantId,
    /// Its name (`kid`): the thumbprint of the public half (RFC 7638).
    pub id: String,
    /// `RS256` or `ES256`.
    pub algorithm: String,
    /// Counts the keys of an algorithm.
    pub generation: i64,
    /// The public half.
    pub public_jwk: Json<Jwk>,
    /// The private half, PKCS#8, sealed with the master key.
    pub sealed: Vec<u8>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When the first token may be signed with it.
    pub active_from: Timestamp,
    /// When it leaves the key set; unknown until its successor is made.
    pub published_until: Option<Timestamp>,
}

/// Adds a key; `false` if another process was first with the same generation.
pub(super) async fn insert(tx: &mut Transaction, key: &KeyRecord) -> Result<bool> {
    let key = key.clone();
    let rows = tx
        .query(sql!(
            "INSERT INTO signing_key (tenant_id, id, algorithm, generation, public_jwk, sealed, created_at, active_from,
                                      published_until)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING"
        ))
        .bind(key.tenant_id)
        .bind(key.id)
        .bind(key.algorithm)
        .bind(key.generation)
        .bind(key.public_jwk)
        .bind(key.sealed)
        .bind(key.created_at)
        .bind(key.active_from)
        .bind(key.published_until)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// The keys that are still published.
pub(super) async fn list_published(tx: &mut Transaction, tenant: TenantId, now: Timestamp) -> Result<Vec<KeyRecord>> {
    tx.query(sql!(
        "SELECT tenant_id, id, algorithm, generation, public_jwk, sealed, created_at, active_from, published_until
         FROM signing_key
         WHERE tenant_id = $1 AND (published_until IS NULL OR published_until > $2)
         ORDER BY algorithm, generation"
    ))
    .bind(tenant)
    .bind(now)
    .fetch_all()
    .await
}

/// Sets the end of the keys before `successor`.
pub(super) async fn retire_before(tx: &mut Transaction, successor: &KeyRecord, until: Timestamp) -> Result<u64> {
    tx.query(sql!(
        "UPDATE signing_key SET published_until = $4
         WHERE tenant_id = $1 AND algorithm = $2 AND generation < $3 AND published_until IS NULL"
    ))
    .bind(successor.tenant_id)
    .bind(successor.algorithm.clone())
    .bind(successor.generation)
    .bind(until)
    .execute()
    .await
}

/// Removes the keys before `key`; their names.
pub(super) async fn remove_before(tx: &mut Transaction, key: &KeyRecord) -> Result<Vec<String>> {
    let names: Vec<(String,)> = tx
        .query(sql!("DELETE FROM signing_key WHERE tenant_id = $1 AND algorithm = $2 AND generation < $3 RETURNING id"))
        .bind(key.tenant_id)
        .bind(key.algorithm.clone())
        .bind(key.generation)
        .fetch_all()
        .await?;
    Ok(names.into_iter().map(|(name,)| name).collect())
}

/// Whose keys of which algorithm sign for the longest: those in use since this instant or before, the oldest first.
pub(super) async fn list_in_use_since(
    tx: &mut Transaction,
    instant: Timestamp,
    most: i64,
) -> Result<Vec<(TenantId, String)>> {
    tx.query(sql_across!(
        "keys of every tenant are exchanged by their age",
        "SELECT tenant_id, algorithm FROM signing_key WHERE published_until IS NULL AND active_from <= $1
         ORDER BY active_from, tenant_id LIMIT $2"
    ))
    .bind(instant)
    .bind(most)
    .fetch_all()
    .await
}

/// Removes keys that left the key set before this instant; how many those were.
pub(super) async fn purge(tx: &mut Transaction, before: Timestamp, most: i64) -> Result<u64> {
    tx.query(sql_across!(
        "old keys of every tenant are purged",
        "DELETE FROM signing_key WHERE (tenant_id, id) IN
             (SELECT k.tenant_id, k.id FROM signing_key k WHERE k.published_until < $1 LIMIT $2)"
    ))
    .bind(before)
    .bind(most)
    .execute()
    .await
}

/// The private halves of every tenant.
pub(super) async fn list_sealed(tx: &mut Transaction) -> Result<Vec<(TenantId, String, Vec<u8>)>> {
    tx.query(sql_across!("every sealed value gets the new master key", "SELECT tenant_id, id, sealed FROM signing_key"))
        .fetch_all()
        .await
}

/// Exchanges the sealed form of a private half.
pub(super) async fn set_sealed(tx: &mut Transaction, tenant: TenantId, id: &str, sealed: Vec<u8>) -> Result<()> {
    tx.query(sql!("UPDATE signing_key SET sealed = $3 WHERE tenant_id = $1 AND id = $2"))
        .bind(tenant)
        .bind(id.to_owned())
        .bind(sealed)
        .execute()
        .await?;
    Ok(())
}
