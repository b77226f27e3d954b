//! What is kept of an ACME server (RFC 8555): the account, the certificate for the public host, and who orders the next
//! one. Private keys are sealed with the master key. The program that asks the ACME server is `serve::acme`; what is kept
//! is known to every program, also to one that was built without it.

mod store;
#[cfg(test)]
pub mod tests;

pub use store::{Order, challenge, order};

use super::certificate::Validity;
use super::master_key::MasterKeyError;
use super::master_key_proof::ProofError;
use super::{Entropy, MasterKey, Timestamp};
use crate::config::{Settings, Tls};
use database::{Result, Transaction};
use std::time::Duration;
use store::Longest;
use uuid::Uuid;
use zeroize::Zeroizing;

/// How long an order stays with a process that does not prolong it.
pub const LEASE: Duration = Duration::from_secs(30);

/// The pause after the first failure; it doubles with each further one. Let's Encrypt refuses everything for an hour after
/// five failures within an hour; with these pauses there are four.
const PAUSE: Duration = Duration::from_mins(5);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_hours(1);

/// Which certificate: of what ACME server, for what host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The directory of the ACME server.
    pub directory: String,
    /// The host.
    pub host: String,
}

impl Subject {
    /// The one of the configuration, if the certificate comes from an ACME server.
    pub fn of(settings: &Settings) -> Option<Self> {
        match &settings.tls {
            Some(Tls::Acme(acme)) => {
                Some(Self { directory: acme.directory.to_string(), host: settings.host().to_owned() })
            }
            _ => None,
        }
    }
}

/// A certificate with its private key.
#[derive(Clone)]
pub struct Certificate {
    /// The chain (PEM), the host's own certificate first.
    pub chain: String,
    /// The private key (PEM).
    pub key: Zeroizing<String>,
    /// Between which instants it is good.
    pub validity: Validity,
}

/// An account with an ACME server.
pub struct Account {
    /// The mail address the ACME server knows.
    pub email: Option<String>,
    /// Its address there and its private key, in the form of the library that uses them.
    pub credentials: Zeroizing<Vec<u8>>,
}

/// Why something that is kept cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum AcmeError {
    /// The database.
    #[error(transparent)]
    Database(#[from] database::Error),
    /// The master key does not open it.
    #[error(transparent)]
    Sealed(#[from] MasterKeyError),
}

/// The certificate that is kept.
pub async fn certificate(
    tx: &mut Transaction,
    key: &MasterKey,
    subject: &Subject,
) -> Result<Option<Certificate>, AcmeError> {
    let Some(row) = store::certificate(tx, subject).await? else { return Ok(None) };
    let clear = key.open(&certificate_place(subject), &row.sealed)?;
    let private = String::from_utf8_lossy(&clear).into_owned();
    let validity = Validity { begins: row.begins_at, ends: row.ends_at };
    Ok(Some(Certificate { chain: row.chain, key: Zeroizing::new(private), validity }))
}

/// Between which instants the certificate that is kept is good.
pub async fn validity(tx: &mut Transaction, subject: &Subject) -> Result<Option<Validity>> {
    let row = store::certificate(tx, subject).await?;
    Ok(row.map(|row| Validity { begins: row.begins_at, ends: row.ends_at }))
}

/// Keeps a certificate instead of the one before.
pub async fn keep_certificate(
    tx: &mut Transaction,
    key: &MasterKey,
    entropy: &Entropy,
    subject: &Subject,
    certificate: &Certificate,
) -> Result<()> {
    let sealed = key.seal(&certificate_place(subject), certificate.key.as_bytes(), entropy);
    store::set_certificate(tx, subject, &certificate.chain, sealed, certificate.validity).await
}

/// The account with an ACME server.
pub async fn account(tx: &mut Transaction, key: &MasterKey, directory: &str) -> Result<Option<Account>, AcmeError> {
    let Some((email, sealed)) = store::account(tx, directory).await? else { return Ok(None) };
    Ok(Some(Account { email, credentials: key.open(&account_place(directory), &sealed)? }))
}

/// Keeps an account instead of the one before.
pub async fn keep_account(
    tx: &mut Transaction,
    key: &MasterKey,
    entropy: &Entropy,
    directory: &str,
    account: &Account,
    now: Timestamp,
) -> Result<()> {
    let sealed = key.seal(&account_place(directory), &account.credentials, entropy);
    store::set_account(tx, directory, account.email.clone(), sealed, now).await
}

/// Before which instant nothing is to be tried. A pause that is longer than any was written before the clock was set back,
/// and is over.
pub async fn earliest(tx: &mut Transaction, subject: &Subject, now: Timestamp) -> Result<Timestamp> {
    let next = store::order(tx, subject).await?.map_or(now, |order| order.next_at);
    Ok(if next > Longest::after(now).pause { now } else { next })
}

/// Takes the order for a process, unless another one has it or the pause after a failure is not over.
pub async fn take(tx: &mut Transaction, subject: &Subject, holder: Uuid, now: Timestamp) -> Result<bool> {
    store::begin(tx, subject).await?;
    store::take(tx, subject, holder, now, now.plus(LEASE), Longest::after(now)).await
}

/// Prolongs the order of a process; `false` if it has passed to another one.
pub async fn prolong(tx: &mut Transaction, subject: &Subject, holder: Uuid, now: Timestamp) -> Result<bool> {
    store::prolong(tx, subject, holder, now.plus(LEASE)).await
}

/// Lets every process answer what the ACME server will ask for: the SHA-256 digest of RFC 8737 section 3.
pub async fn set_challenge(tx: &mut Transaction, subject: &Subject, holder: Uuid, digest: &[u8]) -> Result<()> {
    store::set_challenge(tx, subject, holder, digest.to_vec()).await
}

/// Ends the order of a process without a result, as when it stops.
pub async fn release(tx: &mut Transaction, subject: &Subject, holder: Uuid) -> Result<()> {
    store::release(tx, subject, holder).await
}

/// Ends the order of a process with a certificate. What failed before stays to be read. However short the time of the
/// certificate is, half of what is left of it passes before the next order.
pub async fn succeed(
    tx: &mut Transaction,
    subject: &Subject,
    holder: Uuid,
    validity: Validity,
    now: Timestamp,
) -> Result<()> {
    let pause = (validity.left(now) / 2).min(LONGEST_PAUSE);
    store::succeed(tx, subject, holder, now.plus(pause)).await
}

/// Ends the order of a process with a failure; the instant of the next try.
pub async fn fail(
    tx: &mut Transaction,
    subject: &Subject,
    holder: Uuid,
    failure: &str,
    now: Timestamp,
) -> Result<Timestamp> {
    let failures = store::order(tx, subject).await?.map_or(0, |order| order.failures) + 1;
    let next = now.plus(pause(failures));
    store::fail(tx, subject, holder, failures, next, failure, now).await?;
    Ok(next)
}

/// Ends the pause after a failure, because somebody says that its cause is mended.
pub async fn try_now(tx: &mut Transaction, subject: &Subject, now: Timestamp) -> Result<()> {
    store::set_next(tx, subject, now).await
}

/// Seals accounts and private keys with another master key; how many there are.
pub async fn reseal(
    tx: &mut Transaction,
    old: &MasterKey,
    new: &MasterKey,
    entropy: &Entropy,
) -> Result<u64, ProofError> {
    let mut count = 0;
    for (directory, sealed) in store::list_accounts(tx).await? {
        let place = account_place(&directory);
        let clear = old.open(&place, &sealed)?;
        store::set_account_sealed(tx, &directory, new.seal(&place, &clear, entropy)).await?;
        count += 1;
    }
    for (directory, host, sealed) in store::list_certificates(tx).await? {
        let subject = Subject { directory, host };
        let place = certificate_place(&subject);
        let clear = old.open(&place, &sealed)?;
        store::set_certificate_sealed(tx, &subject, new.seal(&place, &clear, entropy)).await?;
        count += 1;
    }
    Ok(count)
}

/// How long nothing is tried after so many failures in a row.
fn pause(failures: i64) -> Duration {
    let doublings = u32::try_from(failures.clamp(1, 20) - 1).unwrap_or(0);
    (PAUSE * 2_u32.pow(doublings)).min(LONGEST_PAUSE)
}

impl Longest {
    /// Twice the longest, because the clocks of two processes may differ a little.
    fn after(now: Timestamp) -> Self {
        Self { lease: now.plus(2 * LEASE), pause: now.plus(2 * LONGEST_PAUSE) }
    }
}

fn account_place(directory: &str) -> String {
    format!("acme_account/{directory}")
}

fn certificate_place(subject: &Subject) -> String {
    format!("acme_certificate/{}/{}", subject.host, subject.directory)
}
