//! The SQL of what is kept of an ACME server.

use super::Subject;
use crate::platform::Timestamp;
use crate::platform::certificate::Validity;
use database::{Result, Transaction, sql};
use uuid::Uuid;

/// A certificate as it is stored.
#[derive(sqlx::FromRow)]
pub(super) struct CertificateRow {
    pub(super) chain: String,
    pub(super) sealed: Vec<u8>,
    pub(super) begins_at: Timestamp,
    pub(super) ends_at: Timestamp,
}

/// How the orders for a host went.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Order {
    /// Failures in a row; none since the last certificate came.
    pub failures: i64,
    /// Before this instant nothing is tried.
    pub next_at: Timestamp,
    /// What failed last, also when it has succeeded since.
    pub failure: Option<String>,
    /// When that was.
    pub failed_at: Option<Timestamp>,
}

/// Instants that no lease and no pause reaches by itself.
#[derive(Clone, Copy)]
pub(super) struct Longest {
    pub(super) lease: Timestamp,
    pub(super) pause: Timestamp,
}

pub(super) async fn certificate(tx: &mut Transaction, subject: &Subject) -> Result<Option<CertificateRow>> {
    tx.query(sql!("SELECT chain, sealed, begins_at, ends_at FROM acme_certificate WHERE directory = $1 AND host = $2"))
        .bind(subject.directory.clone())
        .bind(subject.host.clone())
        .fetch_optional()
        .await
}

pub(super) async fn set_certificate(
    tx: &mut Transaction,
    subject: &Subject,
    chain: &str,
    sealed: Vec<u8>,
    validity: Validity,
) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO acme_certificate (directory, host, chain, sealed, begins_at, ends_at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (directory, host) DO UPDATE
         SET chain = excluded.chain, sealed = excluded.sealed, begins_at = excluded.begins_at, ends_at = excluded.ends_at"
    ))
    .bind(subject.directory.clone())
    .bind(subject.host.clone())
    .bind(chain.to_owned())
    .bind(sealed)
    .bind(validity.begins)
    .bind(validity.ends)
    .execute()
    .await?;
    Ok(())
}

/// Address of mail and sealed credentials.
pub(super) async fn account(tx: &mut Transaction, directory: &str) -> Result<Option<(Option<String>, Vec<u8>)>> {
    tx.query(sql!("SELECT email, sealed FROM acme_account WHERE directory = $1"))
        .bind(directory.to_owned())
        .fetch_optional()
        .await
}

pub(super) async fn set_account(
    tx: &mut Transaction,
    directory: &str,
    email: Option<String>,
    sealed: Vec<u8>,
    now: Timestamp,
) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO acme_account (directory, email, sealed, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (directory) DO UPDATE
         SET email = excluded.email, sealed = excluded.sealed, created_at = excluded.created_at"
    ))
    .bind(directory.to_owned())
    .bind(email)
    .bind(sealed)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// How the orders for a host went; nothing before the first.
pub async fn order(tx: &mut Transaction, subject: &Subject) -> Result<Option<Order>> {
    tx.query(sql!("SELECT failures, next_at, failure, failed_at FROM acme_order WHERE directory = $1 AND host = $2"))
        .bind(subject.directory.clone())
        .bind(subject.host.clone())
        .fetch_optional()
        .await
}

/// What a server has to show to the ACME server, while an order is under way.
pub async fn challenge(tx: &mut Transaction, subject: &Subject) -> Result<Option<Vec<u8>>> {
    let row: Option<(Option<Vec<u8>>,)> = tx
        .query(sql!("SELECT challenge FROM acme_order WHERE directory = $1 AND host = $2"))
        .bind(subject.directory.clone())
        .bind(subject.host.clone())
        .fetch_optional()
        .await?;
    Ok(row.and_then(|(challenge,)| challenge))
}

/// Makes the row, if this is the first order.
pub(super) async fn begin(tx: &mut Transaction, subject: &Subject) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO acme_order (directory, host, leased_until, failures, next_at) VALUES ($1, $2, 0, 0, 0)
         ON CONFLICT DO NOTHING"
    ))
    .bind(subject.directory.clone())
    .bind(subject.host.clone())
    .execute()
    .await?;
    Ok(())
}

/// Leases the order. A lease or a pause that is longer than any was written before the clock was set back, and is
/// over.
pub(super) async fn take(
    tx: &mut Transaction,
    subject: &Subject,
    holder: Uuid,
    now: Timestamp,
    until: Timestamp,
    longest: Longest,
) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "UPDATE acme_order SET holder = $3, leased_until = $4, challenge = NULL
             WHERE directory = $1 AND host = $2
               AND (leased_until <= $5 OR leased_until > $6) AND (next_at <= $5 OR next_at > $7)"
        ))
        .bind(subject.directory.clone())
        .bind(subject.host.clone())
        .bind(holder)
        .bind(until)
        .bind(now)
        .bind(longest.lease)
        .bind(longest.pause)
        .execute()
        .await?;
    Ok(rows == 1)
}

pub(super) async fn prolong(tx: &mut Transaction, subject: &Subject, holder: Uuid, until: Timestamp) -> Result<bool> {
    let rows = tx
        .query(sql!("UPDATE acme_order SET leased_until = $4 WHERE directory = $1 AND host = $2 AND holder = $3"))
        .bind(subject.directory.clone())
        .bind(subject.host.clone())
        .bind(holder)
        .bind(until)
        .execute()
        .await?;
    Ok(rows == 1)
}

pub(super) async fn set_challenge(
    tx: &mut Transaction,
    subject: &Subject,
    holder: Uuid,
    digest: Vec<u8>,
) -> Result<()> {
    tx.query(sql!("UPDATE acme_order SET challenge = $4 WHERE directory = $1 AND host = $2 AND holder = $3"))
        .bind(subject.directory.clone())
        .bind(subject.host.clone())
        .bind(holder)
        .bind(digest)
        .execute()
        .await?;
    Ok(())
}

pub(super) async fn release(tx: &mut Transaction, subject: &Subject, holder: Uuid) -> Result<()> {
    tx.query(sql!(
        "UPDATE acme_order SET holder = NULL, leased_until = 0, challenge = NULL
         WHERE directory = $1 AND host = $2 AND holder = $3"
    ))
    .bind(subject.directory.clone())
    .bind(subject.host.clone())
    .bind(holder)
    .execute()
    .await?;
    Ok(())
}

pub(super) async fn succeed(tx: &mut Transaction, subject: &Subject, holder: Uuid, next: Timestamp) -> Result<()> {
    tx.query(sql!(
        "UPDATE acme_order SET holder = NULL, leased_until = 0, challenge = NULL, failures = 0, next_at = $4
         WHERE directory = $1 AND host = $2 AND holder = $3"
    ))
    .bind(subject.directory.clone())
    .bind(subject.host.clone())
    .bind(holder)
    .bind(next)
    .execute()
    .await?;
    Ok(())
}

pub(super) async fn fail(
    tx: &mut Transaction,
    subject: &Subject,
    holder: Uuid,
    failures: i64,
    next: Timestamp,
    failure: &str,
    now: Timestamp,
) -> Result<()> {
    tx.query(sql!(
        "UPDATE acme_order
         SET holder = NULL, leased_until = 0, challenge = NULL, failures = $4, next_at = $5, failure = $6, failed_at = $7
         WHERE directory = $1 AND host = $2 AND holder = $3"
    ))
    .bind(subject.directory.clone())
    .bind(subject.host.clone())
    .bind(holder)
    .bind(failures)
    .bind(next)
    .bind(failure.to_owned())
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

pub(super) async fn set_next(tx: &mut Transaction, subject: &Subject, next: Timestamp) -> Result<()> {
    tx.query(sql!("UPDATE acme_order SET next_at = $3 WHERE directory = $1 AND host = $2"))
        .bind(subject.directory.clone())
        .bind(subject.host.clone())
        .bind(next)
        .execute()
        .await?;
    Ok(())
}

pub(super) async fn list_accounts(tx: &mut Transaction) -> Result<Vec<(String, Vec<u8>)>> {
    tx.query(sql!("SELECT directory, sealed FROM acme_account")).fetch_all().await
}

pub(super) async fn set_account_sealed(tx: &mut Transaction, directory: &str, sealed: Vec<u8>) -> Result<()> {
    tx.query(sql!("UPDATE acme_account SET sealed = $2 WHERE directory = $1"))
        .bind(directory.to_owned())
        .bind(sealed)
        .execute()
        .await?;
    Ok(())
}

pub(super) async fn list_certificates(tx: &mut Transaction) -> Result<Vec<(String, String, Vec<u8>)>> {
    tx.query(sql!("SELECT directory, host, sealed FROM acme_certificate")).fetch_all().await
}

pub(super) async fn set_certificate_sealed(tx: &mut Transaction, subject: &Subject, sealed: Vec<u8>) -> Result<()> {
    tx.query(sql!("UPDATE acme_certificate SET sealed = $3 WHERE directory = $1 AND host = $2"))
        .bind(subject.directory.clone())
        .bind(subject.host.clone())
        .bind(sealed)
        .execute()
        .await?;
    Ok(())
}
