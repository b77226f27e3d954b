//! Another master key for everything that is sealed.

use super::Error;
use crate::StartError;
use crate::notifications;
use crate::outbox;
use crate::platform::master_key::MasterKeyError;
use crate::platform::signing_keys::{self, SigningKeyError};
use crate::platform::{Entropy, MasterKey, acme, master_key_proof};
use database::Database;

/// How much was sealed anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resealed {
    /// Private halves of signing keys.
    pub signing_keys: u64,
    /// Mails that wait or were given up.
    pub mails: u64,
    /// What receivers of notifications know them by.
    pub client_states: u64,
    /// Those that the old key does not open. They stay as they are.
    pub client_states_left: u64,
    /// Accounts with ACME servers, and the private keys of their certificates.
    pub acme: u64,
}

/// Opens everything that is sealed with `old` and seals it with `new`, in one transaction: whenever the process dies, one
/// of the two keys opens all of it. What is derived stays the same.
pub async fn reseal(
    database: &Database,
    old: &MasterKey,
    new: &MasterKey,
    entropy: &Entropy,
) -> Result<Resealed, Error> {
    let mut tx = database.alone().await?;
    let root = match master_key_proof::open(&mut tx, old).await {
        Ok(Some(root)) => root,
        Ok(None) => return Err(Error::Refused("nothing is sealed yet: configure the new key and start".to_owned())),
        Err(error) => {
            let is_done = matches!(master_key_proof::open(&mut tx, new).await, Ok(Some(_)));
            return Err(if is_done { already() } else { error.into() });
        }
    };
    let signing_keys = signing_keys::reseal(&mut tx, old, new, entropy).await.map_err(unsealed)?;
    let mails = outbox::reseal(&mut tx, old, new, entropy).await?;
    let (client_states, client_states_left) = notifications::reseal(&mut tx, old, new, entropy).await?;
    let acme = acme::reseal(&mut tx, old, new, entropy).await?;
    master_key_proof::reseal(&mut tx, &root, new, entropy).await?;
    tx.commit().await?;
    Ok(Resealed { signing_keys, mails, client_states, client_states_left, acme })
}

fn already() -> Error {
    Error::Refused("everything is sealed with the new key already: name it in keys.master_key_file".to_owned())
}

fn unsealed(error: SigningKeyError) -> Error {
    match error {
        SigningKeyError::Storage(error) => Error::Database(error),
        _ => Error::Start(StartError::MasterKey(MasterKeyError::DoesNotOpen)),
    }
}
