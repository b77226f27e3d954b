//! The row that only the right master key can open. It holds the root of everything that is derived, made with the
//! database and kept when the master key is exchanged.

use super::master_key::MasterKeyError;
use super::{Entropy, MasterKey};
use database::{Transaction, sql_across};
use zeroize::Zeroizing;

const PLACE: &str = "master_key_proof/1";

/// Why a master key is not proved.
#[derive(Debug, thiserror::Error)]
pub enum ProofError {
    /// The database.
    #[error(transparent)]
    Database(#[from] database::Error),
    /// It is another key.
    #[error(transparent)]
    MasterKey(#[from] MasterKeyError),
}

/// Opens the root with the key; the first start makes it.
pub async fn establish(
    tx: &mut Transaction,
    key: &MasterKey,
    entropy: &Entropy,
) -> Result<Zeroizing<Vec<u8>>, ProofError> {
    let root = Zeroizing::new(entropy.bytes::<32>());
    tx.query(sql_across!(
        "the proof of the master key belongs to no tenant",
        "INSERT INTO master_key_proof (id, sealed) VALUES (1, $1) ON CONFLICT DO NOTHING"
    ))
    .bind(key.seal(PLACE, &*root, entropy))
    .execute()
    .await?;
    open(tx, key).await?.ok_or(ProofError::Database(database::Error::NotFound))
}

/// Opens the root; `None` in a database that no server has used yet.
pub async fn open(tx: &mut Transaction, key: &MasterKey) -> Result<Option<Zeroizing<Vec<u8>>>, ProofError> {
    let row: Option<(Vec<u8>,)> = tx
        .query(sql_across!(
            "the proof of the master key belongs to no tenant",
            "SELECT sealed FROM master_key_proof WHERE id = 1"
        ))
        .fetch_optional()
        .await?;
    Ok(row.map(|(sealed,)| key.open(PLACE, &sealed)).transpose()?)
}

/// Writes what is there already: whoever is refused here cannot write to the database at all. Rolled back by the caller.
pub async fn touch(tx: &mut Transaction) -> database::Result<()> {
    tx.query(sql_across!(
        "the proof of the master key belongs to no tenant",
        "UPDATE master_key_proof SET sealed = sealed WHERE id = 1"
    ))
    .execute()
    .await?;
    Ok(())
}

/// Seals the root with another key, in the transaction that seals everything else with it.
pub async fn reseal(tx: &mut Transaction, root: &[u8], new: &MasterKey, entropy: &Entropy) -> database::Result<()> {
    tx.query(sql_across!(
        "the proof of the master key belongs to no tenant",
        "UPDATE master_key_proof SET sealed = $1 WHERE id = 1"
    ))
    .bind(new.seal(PLACE, root, entropy))
    .execute()
    .await?;
    Ok(())
}
