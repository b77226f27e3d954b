//! Randomness.

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use database::Timestamp;
use std::sync::Arc;
use uuid::Uuid;

/// Gives unpredictable bytes, and ids made from them. Clones share the source.
#[derive(Clone, Debug)]
pub struct Entropy(Arc<SystemRandom>);

impl Entropy {
    /// The random number generator of the crypto library, seeded by the operating system.
    pub fn system() -> Self {
        Self(Arc::new(SystemRandom::new()))
    }

    /// Unpredictable bytes.
    ///
    /// # Panics
    /// When the operating system gives no randomness; nothing can be done safely then.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.fill(&mut bytes).expect("the operating system gives randomness");
        bytes
    }

    /// A UUID version 7 (RFC 9562 section 5.7): sorts by the millisecond it was made in, 74 random bits.
    pub fn uuid(&self, now: Timestamp) -> Uuid {
        let milliseconds = u64::try_from(now.microseconds() / 1000).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(milliseconds, &self.bytes()).into_uuid()
    }

    /// A UUID version 4, for ids whose time of making is nobody's business.
    pub fn random_uuid(&self) -> Uuid {
        uuid::Builder::from_random_bytes(self.bytes()).into_uuid()
    }
}
