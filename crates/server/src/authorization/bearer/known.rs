//! Tokens whose signature was found good: one that is used a hundred times is verified once.
//!
//! Only what the signature vouches for is kept. Whether its key still stands, its time, its audience, and the account, app,
//! session and grant behind it are looked at in every use.

use crate::platform::ids::TenantId;
use aws_lc_rs::digest::{SHA256, digest};
use oauth::claims::AccessTokenClaims;
use std::collections::HashMap;
use std::mem;
use std::sync::{Arc, PoisonError, RwLock};

/// Tokens of about a kibibyte in each of the two halves.
const HALF: usize = 2_048;

/// The SHA-256 of a token: whoever presents other bytes is somebody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 32]);

/// A token that a key of its tenant has signed.
#[derive(Debug)]
pub struct Known {
    /// The tenant that signed it.
    pub tenant: TenantId,
    /// The name of the key.
    pub kid: String,
    /// What it says.
    pub claims: Arc<AccessTokenClaims>,
}

/// The tokens in use, as far as this process has seen them. When the younger half is full it becomes the older one, and
/// what was not used for so long is forgotten.
#[derive(Debug, Default)]
pub struct KnownTokens(RwLock<Halves>);

#[derive(Debug, Default)]
struct Halves {
    young: HashMap<Fingerprint, Arc<Known>>,
    old: HashMap<Fingerprint, Arc<Known>>,
}

impl Fingerprint {
    /// That of a token.
    pub fn of(token: &str) -> Self {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
        Self(bytes)
    }
}

impl KnownTokens {
    /// The token, if it was seen not long ago.
    pub fn find(&self, token: Fingerprint) -> Option<Arc<Known>> {
        let halves = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = halves.young.get(&token) {
            return Some(Arc::clone(known));
        }
        let known = Arc::clone(halves.old.get(&token)?);
        drop(halves);
        self.keep(token, Arc::clone(&known));
        Some(known)
    }

    /// Keeps a token whose signature is good.
    pub fn keep(&self, token: Fingerprint, known: Arc<Known>) {
        let mut halves = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if halves.young.len() >= HALF {
            halves.old = mem::take(&mut halves.young);
        }
        halves.young.insert(token, known);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oauth::claims::AccessTokenClaims;

    fn known() -> Arc<Known> {
        let tenant = TenantId(uuid::Uuid::from_u128(1));
        Arc::new(Known { tenant, kid: "k".to_owned(), claims: Arc::new(AccessTokenClaims::default()) })
    }

    #[test]
    fn what_is_used_stays_and_the_rest_is_forgotten() {
        let tokens = KnownTokens::default();
        let name = |n: usize| Fingerprint::of(&n.to_string());
        for n in 0..10 * HALF {
            tokens.keep(name(n), known());
            assert!(tokens.find(name(0)).is_some(), "used each time, after {n}");
        }
        let halves = tokens.0.read().expect("no panic");
        assert!(halves.young.len() <= HALF && halves.old.len() <= HALF);
        drop(halves);
        assert!(tokens.find(name(1)).is_none());
    }
}
