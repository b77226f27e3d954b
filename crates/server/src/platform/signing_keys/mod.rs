//! The keys that tokens are signed with: each tenant has its own, so that no tenant's token passes in another.
//!
//! A key is made when the first token or key set needs it. Its private half is sealed with the master key; parsed keys
//! stay in the process, because parsing costs more than signing. Their rows are read again when they change.

mod ring;
mod store;

pub use store::KeyRecord;

use crate::Server;
use crate::platform::cached::{Cached, Vacancy};
use crate::platform::ids::TenantId;
use crate::platform::master_key::MasterKeyError;
use crate::platform::{Entropy, MasterKey};
use database::{Transaction, watched};
use oauth::jose::{Algorithm, Jwk, SigningKey, VerifyingKey};
use ring::Ring;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// Tenants whose keys stay in a process.
const MOST: usize = 4_096;

/// How long a new key is published before the first token is signed with it: longer than clients keep a key set.
pub const OVERLAP: Duration = Duration::from_hours(24);

/// How long a key stays published after its last token was signed: longer than any signed token lives, which is a day where a policy
/// says so.
pub const AFTERWARDS: Duration = Duration::from_hours(26);

/// How long a key may sign before somebody should look, where the operator alone exchanges it.
pub const YEAR: Duration = Duration::from_hours(24 * 365);

/// Why no key is to be had.
#[derive(Debug, thiserror::Error)]
pub enum SigningKeyError {
    /// The database.
    #[error(transparent)]
    Storage(#[from] database::Error),
    /// The master key does not open the private half.
    #[error(transparent)]
    Sealed(#[from] MasterKeyError),
    /// The key cannot be made or used.
    #[error(transparent)]
    Key(#[from] oauth::jose::KeyError),
    /// The thread that makes keys did not finish.
    #[error("the making of a key was interrupted")]
    Interrupted,
    /// A key is already waiting to become active.
    #[error("a new key is already published and not yet in use")]
    RotationPending,
    /// Somebody else stored the next key first.
    #[error("another exchange of this key was under way; try again")]
    Overtaken,
}

/// The keys of all tenants that this process has used. It may be lost at any time.
pub struct SigningKeys {
    rings: Cached<TenantId, Ring>,
    /// One key is made at a time: making one takes a processor for up to a second.
    making: Mutex<()>,
}

impl Default for SigningKeys {
    fn default() -> Self {
        Self { rings: Cached::new(watched!["signing_key"], MOST), making: Mutex::default() }
    }
}

impl SigningKeys {
    /// The key to sign with now. The first one of an algorithm is made here.
    pub async fn signer(
        &self,
        server: &Server,
        tenant: TenantId,
        algorithm: Algorithm,
    ) -> Result<Arc<SigningKey>, SigningKeyError> {
        if let Some(key) = self.ring(server, tenant).await?.active(algorithm, server.clock.now()) {
            return Ok(key);
        }
        let _one_at_a_time = self.making.lock().await;
        if let Some(key) = self.refresh(server, tenant).await?.active(algorithm, server.clock.now()) {
            return Ok(key);
        }
        let now = server.clock.now();
        let record = generate(server, tenant, algorithm, 1, now).await?;
        let mut tx = server.write().await?;
        store::insert(&mut tx, &record).await?;
        tx.commit().await?;
        let ring = self.refresh(server, tenant).await?;
        ring.active(algorithm, server.clock.now()).ok_or(SigningKeyError::Interrupted)
    }

    /// The published key with this name. An unknown name looks again, because another process may just have made it.
    pub async fn verifier(
        &self,
        server: &Server,
        tenant: TenantId,
        kid: &str,
    ) -> Result<Option<VerifyingKey>, SigningKeyError> {
        let now = server.clock.now();
        if let Some(key) = self.ring(server, tenant).await?.verifier(kid, now) {
            return Ok(Some(key));
        }
        Ok(self.refresh(server, tenant).await?.verifier(kid, now))
    }

    /// Every key that a token of the tenant may be signed with, those that become active later included.
    pub async fn published(&self, server: &Server, tenant: TenantId) -> Result<Vec<Jwk>, SigningKeyError> {
        Ok(self.ring(server, tenant).await?.published(server.clock.now()))
    }

    /// Makes the successor of the present key, not yet stored: see [`add`]. It is to be published at once and used after
    /// [`OVERLAP`]. There is none while one is already waiting.
    pub async fn successor(
        &self,
        server: &Server,
        tenant: TenantId,
        algorithm: Algorithm,
    ) -> Result<KeyRecord, SigningKeyError> {
        self.signer(server, tenant, algorithm).await?;
        let ring = self.refresh(server, tenant).await?;
        let now = server.clock.now();
        let latest = ring.latest(algorithm).ok_or(SigningKeyError::Interrupted)?;
        if latest.active_from > now {
            return Err(SigningKeyError::RotationPending);
        }
        generate(server, tenant, algorithm, latest.generation + 1, now.plus(OVERLAP)).await
    }

    /// Makes the key that takes the place of all others of its algorithm, not yet stored: see [`replace`]. It signs at once,
    /// whether or not a successor waits.
    pub async fn replacement(
        &self,
        server: &Server,
        tenant: TenantId,
        algorithm: Algorithm,
    ) -> Result<KeyRecord, SigningKeyError> {
        let ring = self.refresh(server, tenant).await?;
        let generation = ring.latest(algorithm).map_or(1, |latest| latest.generation + 1);
        generate(server, tenant, algorithm, generation, server.clock.now()).await
    }

    async fn ring(&self, server: &Server, tenant: TenantId) -> Result<Arc<Ring>, SigningKeyError> {
        match self.rings.get(server.database.changes(), &tenant) {
            Ok(ring) => Ok(ring),
            Err(vacancy) => self.read(server, tenant, vacancy).await,
        }
    }

    /// Reads the rows again, whatever is known of them.
    async fn refresh(&self, server: &Server, tenant: TenantId) -> Result<Arc<Ring>, SigningKeyError> {
        let vacancy = self.rings.vacancy(server.database.changes());
        self.read(server, tenant, vacancy).await
    }

    /// Keys that are parsed already stay so.
    async fn read(&self, server: &Server, tenant: TenantId, vacancy: Vacancy) -> Result<Arc<Ring>, SigningKeyError> {
        let mut tx = server.read().await?;
        let records = store::list_published(&mut tx, tenant, server.clock.now()).await?;
        let ring = Ring::open(server, records, self.rings.last(&tenant).as_deref())?;
        // A tenant without keys may be one that does not exist: nothing is kept for it.
        Ok(if ring.is_empty() { Arc::new(ring) } else { self.rings.keep(vacancy, &tx, tenant, ring) })
    }
}

/// Stores a successor and sets the end of the keys before it: when their last token has ended.
pub async fn add(tx: &mut Transaction, successor: &KeyRecord) -> Result<(), SigningKeyError> {
    if !store::insert(tx, successor).await? {
        return Err(SigningKeyError::RotationPending);
    }
    store::retire_before(tx, successor, successor.active_from.plus(AFTERWARDS)).await?;
    Ok(())
}

/// Stores a key and removes every other one of its algorithm, those that wait for their time too, so that nothing they signed
/// is good from then on, whatever a clock shows. The names of those that went.
pub async fn replace(tx: &mut Transaction, key: &KeyRecord) -> Result<Vec<String>, SigningKeyError> {
    if !store::insert(tx, key).await? {
        return Err(SigningKeyError::Overtaken);
    }
    Ok(store::remove_before(tx, key).await?)
}

/// Whose keys are to be exchanged because they have signed for `age`, the oldest first and so many at the most. Their
/// successors sign a little later, so they are due [`OVERLAP`] before that.
pub async fn due(
    tx: &mut Transaction,
    now: database::Timestamp,
    age: Duration,
    most: i64,
) -> database::Result<Vec<(TenantId, Algorithm)>> {
    let found = store::list_in_use_since(tx, now.plus(OVERLAP).minus(age), most).await?;
    let known = |(tenant, algorithm): (TenantId, String)| Some((tenant, Algorithm::parse(&algorithm)?));
    Ok(found.into_iter().filter_map(known).collect())
}

/// Whether a key has signed for longer than it should, and nothing follows it. Where keys are exchanged by their age, the next one
/// should have been made [`OVERLAP`] ago; where the operator alone exchanges them (`age` is absent), after a [`YEAR`] somebody is
/// to be reminded.
pub fn is_overdue(
    active_from: database::Timestamp,
    published_until: Option<database::Timestamp>,
    age: Option<Duration>,
    now: database::Timestamp,
) -> bool {
    published_until.is_none() && active_from.plus(age.unwrap_or(YEAR)) < now
}

/// Removes keys that left the key set before an instant, and with which nothing that is good was signed; how many those
/// were, and so many at the most.
pub async fn purge(tx: &mut Transaction, before: database::Timestamp, most: i64) -> database::Result<u64> {
    store::purge(tx, before, most).await
}

/// Seals every private half with another master key; how many there are.
pub async fn reseal(
    tx: &mut Transaction,
    old: &MasterKey,
    new: &MasterKey,
    entropy: &Entropy,
) -> Result<u64, SigningKeyError> {
    let mut count = 0;
    for (tenant, id, sealed) in store::list_sealed(tx).await? {
        let place = place(tenant, &id);
        let clear = old.open(&place, &sealed)?;
        store::set_sealed(tx, tenant, &id, new.seal(&place, &clear, entropy)).await?;
        count += 1;
    }
    Ok(count)
}

/// The published keys of a tenant as they are stored, those that become active later included.
pub async fn records(
    tx: &mut Transaction,
    tenant: TenantId,
    now: database::Timestamp,
) -> database::Result<Vec<KeyRecord>> {
    store::list_published(tx, tenant, now).await
}

/// Opens the private half of a stored key: fails with another master key, and for a damaged row.
pub fn open(record: &KeyRecord, key: &MasterKey) -> Result<(), SigningKeyError> {
    key.open(&place(record.tenant_id, &record.id), &record.sealed)?;
    Ok(())
}

/// Makes a key on a thread where it blocks nobody.
async fn generate(
    server: &Server,
    tenant: TenantId,
    algorithm: Algorithm,
    generation: i64,
    active_from: database::Timestamp,
) -> Result<KeyRecord, SigningKeyError> {
    let key = tokio::task::spawn_blocking(move || SigningKey::generate(algorithm))
        .await
        .map_err(|_| SigningKeyError::Interrupted)??;
    let sealed = server.master_key.seal(&place(tenant, key.kid()), &key.pkcs8()?, &server.entropy);
    Ok(KeyRecord {
        tenant_id: tenant,
        id: key.kid().to_owned(),
        algorithm: algorithm.as_str().to_owned(),
        generation,
        public_jwk: sqlx::types::Json(key.public_jwk().clone()),
        sealed,
        created_at: server.clock.now(),
        active_from,
        published_until: None,
    })
}

/// What the private half is sealed to.
fn place(tenant: TenantId, kid: &str) -> String {
    format!("signing_key/{tenant}/{kid}")
}

#[cfg(test)]
mod tests;
