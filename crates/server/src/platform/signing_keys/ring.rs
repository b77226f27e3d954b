//! The keys of one tenant as they were read together.

use super::store::KeyRecord;
use super::{SigningKeyError, place};
use crate::Server;
use crate::platform::Timestamp;
use oauth::jose::{Algorithm, Jwk, SigningKey, VerifyingKey};
use std::sync::Arc;

/// Every published key of a tenant, parsed.
pub(super) struct Ring {
    keys: Vec<Arc<Key>>,
}

struct Key {
    record: KeyRecord,
    algorithm: Algorithm,
    signing: Arc<SigningKey>,
    verifying: VerifyingKey,
}

impl Ring {
    /// Opens the keys that `known` does not hold yet.
    pub(super) fn open(
        server: &Server,
        records: Vec<KeyRecord>,
        known: Option<&Self>,
    ) -> Result<Self, SigningKeyError> {
        let keys = records.into_iter().map(|record| {
            let parsed = known.and_then(|ring| ring.keys.iter().find(|key| key.record.id == record.id));
            match parsed {
                Some(key) if key.record.published_until == record.published_until => Ok(Arc::clone(key)),
                Some(key) => Ok(Arc::new(key.with(record))),
                None => Key::open(server, record).map(Arc::new),
            }
        });
        Ok(Self { keys: keys.collect::<Result<_, SigningKeyError>>()? })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The youngest key whose time has come. Where the clock was set back before all of them, the oldest.
    pub(super) fn active(&self, algorithm: Algorithm, now: Timestamp) -> Option<Arc<SigningKey>> {
        let of_algorithm = || self.published_at(now).filter(|key| key.algorithm == algorithm);
        let begun = of_algorithm().filter(|key| key.record.active_from <= now);
        let key = begun
            .max_by_key(|key| key.record.generation)
            .or_else(|| of_algorithm().min_by_key(|key| key.record.generation))?;
        Some(Arc::clone(&key.signing))
    }

    pub(super) fn latest(&self, algorithm: Algorithm) -> Option<&KeyRecord> {
        let of_algorithm = self.keys.iter().filter(|key| key.algorithm == algorithm);
        of_algorithm.map(|key| &key.record).max_by_key(|record| record.generation)
    }

    pub(super) fn verifier(&self, kid: &str, now: Timestamp) -> Option<VerifyingKey> {
        self.published_at(now).find(|key| key.record.id == kid).map(|key| key.verifying.clone())
    }

    pub(super) fn published(&self, now: Timestamp) -> Vec<Jwk> {
        self.published_at(now).map(|key| key.record.public_jwk.0.clone()).collect()
    }

    fn published_at(&self, now: Timestamp) -> impl Iterator<Item = &Key> {
        let keys = self.keys.iter().map(AsRef::as_ref);
        keys.filter(move |key: &&Key| key.record.published_until.is_none_or(|end| end > now))
    }
}

impl Key {
    fn open(server: &Server, record: KeyRecord) -> Result<Self, SigningKeyError> {
        let algorithm = Algorithm::parse(&record.algorithm).ok_or(oauth::jose::KeyError::Unsupported)?;
        let private = server.master_key.open(&place(record.tenant_id, &record.id), &record.sealed)?;
        let signing = Arc::new(SigningKey::from_pkcs8(algorithm, &private)?);
        let verifying = VerifyingKey::from_jwk(signing.public_jwk())?;
        Ok(Self { record, algorithm, signing, verifying })
    }

    fn with(&self, record: KeyRecord) -> Self {
        let Self { algorithm, signing, verifying, .. } = self;
        Self { record, algorithm: *algorithm, signing: Arc::clone(signing), verifying: verifying.clone() }
    }
}
