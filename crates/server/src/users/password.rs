//! Passwords: argon2id (RFC 9106) with 19 MiB, two passes and one lane, as PHC strings.

use crate::Server;
use argon2::password_hash::PasswordHasher as _;
use argon2::password_hash::PasswordVerifier as _;
use argon2::{Algorithm, Argon2, Params, Version};
use std::sync::LazyLock;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

/// Bytes of the longest password. Beyond it none is hashed: the work would be the attacker's to choose.
pub const LONGEST: usize = 256;

/// Characters of the shortest password that can be set (NIST SP 800-63B asks for at least eight).
pub const SHORTEST: usize = 12;

const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// What is hashed against when there is no password to compare with, so that the work is the same. No password is known
/// to have this hash.
const DUMMY: &str = "$argon2id$v=19$m=19456,t=2,p=1$dmVzdGlidWxlIG5vYm9keQ$8D0rS4Oe6bTz2VlwQm5uXc1Kp7YhGf9aJ3RiNsEqUoA";

/// One hash at a time for each core: more would only make each of them wait, and use 19 MiB apiece.
static CORES: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(std::thread::available_parallelism().map_or(1, usize::from)));

/// Why a password cannot be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Fewer than [`SHORTEST`] characters.
    #[error("a password has at least {SHORTEST} characters")]
    TooShort,
    /// More than [`LONGEST`] bytes.
    #[error("a password has at most {LONGEST} bytes")]
    TooLong,
    /// The machine could not hash: out of memory, or shutting down.
    #[error("the password could not be hashed")]
    Machine,
}

/// Refuses a password that cannot be set, without hashing it.
pub fn check(password: &str) -> Result<(), PasswordError> {
    if password.chars().count() < SHORTEST {
        return Err(PasswordError::TooShort);
    }
    if password.len() > LONGEST { Err(PasswordError::TooLong) } else { Ok(()) }
}

/// The PHC string of a new password. Not to be called while a write transaction is open: it takes tens of milliseconds.
pub async fn hash(server: &Server, password: &str) -> Result<String, PasswordError> {
    check(password)?;
    let salt: [u8; 16] = server.entropy.bytes();
    let password = Zeroizing::new(password.to_owned());
    on_a_core(move || argon2id()?.hash_password_with_salt(password.as_bytes(), &salt).ok().map(|hash| hash.to_string()))
        .await
        .ok_or(PasswordError::Machine)
}

/// Whether this is the password behind a PHC string. Without one (nobody of that name, or somebody without a password)
/// the answer is no after the same work; so it is for a password longer than any that could be set.
pub async fn verify(stored: Option<&str>, password: &str) -> bool {
    let possible = stored.is_some() && password.len() <= LONGEST;
    let stored = stored.unwrap_or(DUMMY).to_owned();
    let password = Zeroizing::new(if password.len() <= LONGEST { password.to_owned() } else { String::new() });
    let matches = on_a_core(move || Some(argon2id()?.verify_password(password.as_bytes(), stored.as_str()).is_ok()));
    matches.await.unwrap_or(false) && possible
}

fn argon2id() -> Option<Argon2<'static>> {
    let parameters = Params::new(MEMORY_KIB, PASSES, LANES, None).ok()?;
    Some(Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters))
}

async fn on_a_core<T: Send + 'static>(work: impl FnOnce() -> Option<T> + Send + 'static) -> Option<T> {
    let _turn = CORES.acquire().await.ok()?;
    tracing::trace!("a password is hashed");
    tokio::task::spawn_blocking(work).await.ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::on_both_engines;

    #[tokio::test]
    async fn a_password_is_recognised_and_no_other() {
        on_both_engines(async |server| {
            let stored = hash(&server, "correct horse battery").await.expect("a hash");
            assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
            assert!(verify(Some(&stored), "correct horse battery").await);
            assert!(!verify(Some(&stored), "Correct horse battery").await);
            assert!(!verify(None, "correct horse battery").await);
            assert!(!verify(Some(&stored), &"x".repeat(LONGEST + 1)).await);
            assert_eq!(hash(&server, "elevenchars").await, Err(PasswordError::TooShort));
            assert_eq!(hash(&server, &"x".repeat(LONGEST + 1)).await, Err(PasswordError::TooLong));
        })
        .await;
    }

    #[tokio::test]
    async fn the_stand_in_for_a_missing_password_costs_a_full_hash() {
        let parsed = argon2::password_hash::phc::PasswordHash::new(DUMMY).expect("a PHC string");
        assert_eq!(Params::try_from(&parsed).expect("parameters").m_cost(), MEMORY_KIB);
        assert_eq!(Params::try_from(&parsed).expect("parameters").t_cost(), PASSES);
        assert_eq!(parsed.hash.expect("an output").len(), 32);
    }
}
