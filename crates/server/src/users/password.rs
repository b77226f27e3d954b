//! Passwords: argon2id (RFC 9106) with 19 MiB, two passes and one lane, as PHC strings.

use crate::Server;
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use std::sync::{LazyLock, Mutex, PoisonError};
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

/// The memory in which passwords were hashed, for those that come: asking for 19 MiB, clearing and giving them back each
/// time would be a tenth of the work, and leave the process at a size that depends on who signed in last.
static MEMORY: Mutex<Vec<Vec<Block>>> = Mutex::new(Vec::new());

/// How much of it is kept, in hashes. What more cores take at a time is given back.
const KEPT: usize = 2;

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
    on_a_core(move || written(password.as_bytes(), &salt)).await.ok_or(PasswordError::Machine)
}

/// Whether this is the password behind a PHC string. Without one (nobody of that name, or somebody without a password)
/// the answer is no after the same work; so it is for a password longer than any that could be set, and where nothing could be
/// compared, which the log says.
pub async fn verify(stored: Option<&str>, password: &str) -> bool {
    let possible = stored.is_some() && password.len() <= LONGEST;
    let stored = stored.unwrap_or(DUMMY).to_owned();
    let password = Zeroizing::new(if password.len() <= LONGEST { password.to_owned() } else { String::new() });
    let matches = on_a_core(move || is_of(&stored, password.as_bytes())).await;
    if matches.is_none() {
        tracing::error!(
            "a password could not be compared: there was no memory for it, or what is stored is no hash of one"
        );
    }
    matches.unwrap_or(false) && possible
}

/// The PHC string of a password, by the parameters of now.
fn written(password: &[u8], salt: &[u8]) -> Option<String> {
    let parameters = Params::new(MEMORY_KIB, PASSES, LANES, None).ok()?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters);
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(argon2.params()).ok()?,
        salt: Some(Salt::new(salt).ok()?),
        hash: Some(output(&argon2, password, salt)?),
    };
    Some(hash.to_string())
}

/// Whether a PHC string is of this password, by its own parameters. Outputs are compared in constant time.
fn is_of(stored: &str, password: &[u8]) -> Option<bool> {
    let stored = PasswordHash::new(stored).ok()?;
    let algorithm = Algorithm::try_from(stored.algorithm.as_str()).ok()?;
    let version = Version::try_from(stored.version?).ok()?;
    let argon2 = Argon2::new(algorithm, version, Params::try_from(&stored).ok()?);
    Some(output(&argon2, password, &stored.salt?)? == stored.hash?)
}

fn output(argon2: &Argon2<'_>, password: &[u8], salt: &[u8]) -> Option<Output> {
    let mut bytes = [0; Output::MAX_LENGTH];
    let bytes = bytes.get_mut(..argon2.params().output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN))?;
    let mut memory = take(argon2.params().block_count())?;
    let hashed = argon2.hash_password_into_with_memory(password, salt, bytes, &mut memory);
    give_back(memory);
    hashed.ok()?;
    Output::new(bytes).ok()
}

/// So many blocks, of a hash before if there are. What they hold is overwritten before it is read.
fn take(blocks: usize) -> Option<Vec<Block>> {
    let kept = MEMORY.lock().unwrap_or_else(PoisonError::into_inner).pop();
    let mut memory = kept.unwrap_or_default();
    memory.truncate(blocks);
    memory.try_reserve_exact(blocks - memory.len()).ok()?;
    memory.resize(blocks, Block::new());
    Some(memory)
}

fn give_back(memory: Vec<Block>) {
    let mut kept = MEMORY.lock().unwrap_or_else(PoisonError::into_inner);
    if kept.len() < KEPT {
        kept.push(memory);
    }
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
        let parsed = PasswordHash::new(DUMMY).expect("a PHC string");
        assert_eq!(Params::try_from(&parsed).expect("parameters").m_cost(), MEMORY_KIB);
        assert_eq!(Params::try_from(&parsed).expect("parameters").t_cost(), PASSES);
        assert_eq!(parsed.hash.expect("an output").len(), 32);
    }
}
