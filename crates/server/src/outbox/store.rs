//! The SQL of the outbox.

use super::operations::{Filter, Place};
use super::{Copy, Kind, Mail, Prepared, State};
use crate::platform::ids::{MailId, TenantId};
use database::{Query, Result, Timestamp, Transaction, sql, sql_across};
use uuid::Uuid;

macro_rules! columns {
    () => {
        "id, kind, recipient, invitation_id, message_id, state, attempts, last_error, created_at, expires_at,
         admitted_at, share_of, yields, place_at, place_for, handed_over_at"
    };
}

/// Adds the mail to each of its recipients, in one statement. Only the first, which is to the invited person, tells how far an
/// invitation has come.
pub(super) async fn insert_each(tx: &mut Transaction, prepared: Prepared, now: Timestamp) -> Result<()> {
    let mut copies = prepared.copies.into_iter();
    let Some(Copy { id, recipient, sealed }) = copies.next() else { return Ok(()) };
    let mut query = tx
        .query(sql!(
            "INSERT INTO mail (tenant_id, kind, message_id, state, attempts, created_at, expires_at, share_of, yields,
                               id, recipient, recipient_folded, sealed, invitation_id)
             VALUES ($1, $2, $3, $4, 0, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
        ))
        .bind(prepared.tenant)
        .bind(prepared.kind)
        .bind(prepared.message_id)
        .bind(State::Queued)
        .bind(now)
        .bind(prepared.expires_at)
        .bind(prepared.share.inviter)
        .bind(prepared.share.yields)
        .bind(id)
        .bind(recipient.clone())
        .bind(recipient.to_ascii_lowercase())
        .bind(sealed)
        .bind(prepared.invitation);
    for Copy { id, recipient, sealed } in copies {
        query.push(", ($1, $2, $3, $4, 0, $5, $6, $7, $8, ").value(id).push(", ").value(recipient.clone());
        query.push(", ").value(recipient.to_ascii_lowercase()).push(", ").value(sealed).push(", NULL)");
    }
    query.execute().await?;
    Ok(())
}

/// How many invitation mails of a tenant were let through up to one of them, itself included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Turn {
    /// Of all.
    pub(super) all: i64,
    /// Of those that leave room for others.
    pub(super) yielding: i64,
}

/// Takes the tenant's next turn to let a mail through and holds it until the end of the transaction, so that two processes do
/// not count at the same time. A transaction that is given up gives the turn back.
pub(super) async fn take_turn(tx: &mut Transaction, tenant: TenantId, yields: bool) -> Result<Turn> {
    let taken: Option<(i64, i64)> = tx
        .query(sql!(
            "INSERT INTO mail_turn (tenant_id, taken, yielding) VALUES ($1, 1, $2)
             ON CONFLICT (tenant_id) DO UPDATE SET taken = mail_turn.taken + 1, yielding = mail_turn.yielding + $2
             RETURNING taken, yielding"
        ))
        .bind(tenant)
        .bind(i64::from(yields))
        .fetch_optional()
        .await?;
    Ok(taken.map_or(Turn { all: 1, yielding: i64::from(yields) }, |(all, yielding)| Turn { all, yielding }))
}

/// Gives the turn back that was taken in this transaction.
pub(super) async fn give_turn_back(tx: &mut Transaction, tenant: TenantId, yields: bool) -> Result<()> {
    tx.query(sql!("UPDATE mail_turn SET taken = taken - 1, yielding = yielding - $2 WHERE tenant_id = $1"))
        .bind(tenant)
        .bind(i64::from(yields))
        .execute()
        .await?;
    Ok(())
}

pub(super) async fn find(tx: &mut Transaction, tenant: TenantId, id: MailId) -> Result<Option<Mail>> {
    tx.query(sql!(concat!("SELECT ", columns!(), " FROM mail WHERE tenant_id = $1 AND id = $2")))
        .bind(tenant)
        .bind(id)
        .fetch_optional()
        .await
}

/// What a mail says, sealed; `None` once it was wiped.
pub(super) async fn find_sealed(tx: &mut Transaction, tenant: TenantId, id: MailId) -> Result<Option<Vec<u8>>> {
    let row: Option<(Option<Vec<u8>>,)> = tx
        .query(sql!("SELECT sealed FROM mail WHERE tenant_id = $1 AND id = $2"))
        .bind(tenant)
        .bind(id)
        .fetch_optional()
        .await?;
    Ok(row.and_then(|(sealed,)| sealed))
}

/// Invitation mails of a tenant that are few.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Few {
    /// Those to a mailbox (folded).
    To(String),
    /// Those that count against the share of one person.
    Of(Uuid),
}

/// When the `count`th newest of these mails was let through, if that was after `since`.
pub(super) async fn nth_newest(
    tx: &mut Transaction,
    tenant: TenantId,
    few: &Few,
    since: Timestamp,
    count: i64,
) -> Result<Option<Timestamp>> {
    let mut query = tx
        .query(sql!("SELECT admitted_at FROM mail WHERE tenant_id = $1 AND admitted_at > $2"))
        .bind(tenant)
        .bind(since);
    match few {
        Few::To(recipient) => {
            query.push(" AND kind = ").value(Kind::Invitation);
            query.push(" AND recipient_folded = ").value(recipient.clone());
        }
        Few::Of(inviter) => {
            query.push(" AND share_of = ").value(*inviter);
        }
    }
    query.push(" ORDER BY admitted_at DESC LIMIT 1 OFFSET ").value(count - 1);
    let row: Option<(Timestamp,)> = query.fetch_optional().await?;
    Ok(row.map(|(at,)| at))
}

/// Mails before one that are counted. Five go in a day, so nobody has to know of more.
const BEFORE: i64 = 500;

/// How many invitation mails to the mailbox of this one were queued before it and had no turn yet, at most [`BEFORE`]; without those
/// whose place in the hour comes after `until`.
pub(super) async fn count_before(tx: &mut Transaction, tenant: TenantId, mail: &Mail, until: Timestamp) -> Result<i64> {
    tx.query(sql!(
        "SELECT COUNT(*) FROM (SELECT 1 FROM mail m
         WHERE m.tenant_id = $1 AND m.recipient_folded = $2 AND m.kind = 'invitation' AND m.state = 'queued'
           AND m.admitted_at IS NULL AND (m.created_at, m.id) < ($3, $4)
           AND (m.place_at IS NULL OR m.place_at <= $5) LIMIT $6) counted"
    ))
    .bind(tenant)
    .bind(mail.recipient.to_ascii_lowercase())
    .bind(mail.created_at)
    .bind(mail.id)
    .bind(until)
    .bind(BEFORE)
    .fetch_value()
    .await
}

/// Invitation mails of a tenant of which each has its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Series {
    /// All of them.
    All,
    /// Those that leave room for others.
    Yielding,
}

/// When the mail was let through that is so many turns before the last one, if that was after `since`.
pub(super) async fn before(
    tx: &mut Transaction,
    tenant: TenantId,
    series: Series,
    since: Timestamp,
    back: i64,
) -> Result<Option<Timestamp>> {
    let query = match series {
        Series::All => tx.query(sql!(
            "SELECT admitted_at FROM mail WHERE tenant_id = $1 AND admitted_at > $2
               AND turn = (SELECT taken FROM mail_turn WHERE tenant_id = $1) - $3"
        )),
        Series::Yielding => tx.query(sql!(
            "SELECT admitted_at FROM mail WHERE tenant_id = $1 AND admitted_at > $2
               AND yielding_turn = (SELECT yielding FROM mail_turn WHERE tenant_id = $1) - $3"
        )),
    };
    let row: Option<(Timestamp,)> = query.bind(tenant).bind(since).bind(back).fetch_optional().await?;
    Ok(row.map(|(at,)| at))
}

/// Counts a try, and lets the mail through the limits if it has not been; by its turn, where it needed one.
pub(super) async fn mark_tried(
    tx: &mut Transaction,
    tenant: TenantId,
    mail: &Mail,
    turn: Option<Turn>,
    now: Timestamp,
) -> Result<()> {
    tx.query(sql!(
        "UPDATE mail SET attempts = attempts + 1, admitted_at = COALESCE(admitted_at, $3), turn = COALESCE(turn, $4),
                         yielding_turn = COALESCE(yielding_turn, $5)
         WHERE tenant_id = $1 AND id = $2"
    ))
    .bind(tenant)
    .bind(mail.id)
    .bind(now)
    .bind(turn.map(|turn| turn.all))
    .bind(turn.filter(|_| mail.yields).map(|turn| turn.yielding))
    .execute()
    .await?;
    Ok(())
}

pub(super) async fn mark_handed_over(tx: &mut Transaction, tenant: TenantId, id: MailId, now: Timestamp) -> Result<()> {
    tx.query(sql!(
        "UPDATE mail SET state = $3, handed_over_at = $4, sealed = NULL, last_error = NULL WHERE tenant_id = $1 AND id = $2"
    ))
    .bind(tenant)
    .bind(id)
    .bind(State::HandedToRelay)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// Ends a mail that was not taken in the time it was good for. What was taken back has no such time.
pub(super) async fn mark_expired(tx: &mut Transaction, tenant: TenantId, id: MailId, now: Timestamp) -> Result<()> {
    tx.query(sql!("UPDATE mail SET state = $3, sealed = NULL, expired_at = $4 WHERE tenant_id = $1 AND id = $2"))
        .bind(tenant)
        .bind(id)
        .bind(State::Expired)
        .bind(now)
        .execute()
        .await?;
    Ok(())
}

/// Ends every copy of a mail that still waits; which those were. All of them were queued in one instant, by which they are found.
pub(super) async fn withdraw(tx: &mut Transaction, tenant: TenantId, id: MailId) -> Result<Vec<MailId>> {
    tx.query(sql!(
        "UPDATE mail SET state = $3, sealed = NULL
         WHERE tenant_id = $1 AND state = $4
           AND (created_at, message_id) =
               (SELECT m.created_at, m.message_id FROM mail m WHERE m.tenant_id = $1 AND m.id = $2)
         RETURNING id"
    ))
    .bind(tenant)
    .bind(id)
    .bind(State::Expired)
    .bind(State::Queued)
    .fetch_values()
    .await
}

/// Notes why a try failed, and where the mail stands after it.
pub(super) async fn mark_failed(
    tx: &mut Transaction,
    tenant: TenantId,
    id: MailId,
    state: State,
    reason: &str,
) -> Result<()> {
    tx.query(sql!("UPDATE mail SET state = $3, last_error = $4 WHERE tenant_id = $1 AND id = $2"))
        .bind(tenant)
        .bind(id)
        .bind(state)
        .bind(reason.to_owned())
        .execute()
        .await?;
    Ok(())
}

/// Removes a mail.
pub(super) async fn remove(tx: &mut Transaction, tenant: TenantId, id: MailId) -> Result<()> {
    tx.query(sql!("DELETE FROM mail WHERE tenant_id = $1 AND id = $2")).bind(tenant).bind(id).execute().await?;
    Ok(())
}

/// Mails to somebody, the newest first, from behind a place.
pub(super) async fn list(
    tx: &mut Transaction,
    tenant: TenantId,
    filter: Filter,
    after: Option<Place>,
    limit: i64,
) -> Result<Vec<Mail>> {
    query_list(tx, tenant, filter, after, limit).fetch_all().await
}

/// The statement of [`list`].
pub(super) fn query_list(
    tx: &mut Transaction,
    tenant: TenantId,
    filter: Filter,
    after: Option<Place>,
    limit: i64,
) -> Query<'_> {
    let mut query = tx
        .query(sql!(concat!("SELECT ", columns!(), " FROM mail WHERE tenant_id = $1 AND recipient <> ''")))
        .bind(tenant);
    if let Some(state) = filter.state {
        query.push(" AND state = ").value(state);
    }
    if let Some(place) = after {
        query.push(" AND (created_at, id) < (").value(place.created_at);
        query.push(", ").value(place.id).push(")");
    }
    query.push(" ORDER BY created_at DESC, id DESC LIMIT ").value(limit);
    query
}

/// Some sealed texts of every tenant, in the order of their keys, from behind one of them.
pub(super) async fn list_sealed(
    tx: &mut Transaction,
    after: (TenantId, MailId),
    limit: i64,
) -> Result<Vec<(TenantId, MailId, Vec<u8>)>> {
    tx.query(sql_across!(
        "every sealed value gets the new master key",
        "SELECT tenant_id, id, sealed FROM mail
         WHERE sealed IS NOT NULL AND (tenant_id, id) > ($1, $2) ORDER BY tenant_id, id LIMIT $3"
    ))
    .bind(after.0)
    .bind(after.1)
    .bind(limit)
    .fetch_all()
    .await
}

/// Exchanges the sealed form of what a mail says.
pub(super) async fn set_sealed(tx: &mut Transaction, tenant: TenantId, id: MailId, sealed: Vec<u8>) -> Result<()> {
    tx.query(sql!("UPDATE mail SET sealed = $3 WHERE tenant_id = $1 AND id = $2"))
        .bind(tenant)
        .bind(id)
        .bind(sealed)
        .execute()
        .await?;
    Ok(())
}

/// Removes some mails that were written before this instant and have ended. The newest mail of an invitation that is still open stays,
/// because it says how far the invitation has come. A mail to nobody goes although it is queued: its job removes it much sooner, unless
/// that was given up while the database was away.
pub(super) async fn purge(tx: &mut Transaction, before: Timestamp, limit: i64) -> Result<u64> {
    tx.query(sql_across!(
        "old mails of every tenant are purged",
        "DELETE FROM mail WHERE (tenant_id, id) IN (
             SELECT m.tenant_id, m.id FROM mail m
             WHERE m.created_at < $1 AND (m.state <> 'queued' OR m.recipient = '') AND NOT EXISTS (
                 SELECT 1 FROM invitation i
                 WHERE i.tenant_id = m.tenant_id AND i.id = m.invitation_id AND i.mail_id = m.id
                   AND i.accepted_at IS NULL AND i.revoked_at IS NULL)
             LIMIT $2)"
    ))
    .bind(before)
    .bind(limit)
    .execute()
    .await
}

/// Removes the failed jobs of mails that are gone.
pub(super) async fn purge_jobs(tx: &mut Transaction) -> Result<u64> {
    tx.query(sql_across!(
        "jobs of purged mails of every tenant are removed",
        "DELETE FROM job WHERE state = 'failed' AND kind = 'send_mail' AND NOT EXISTS
             (SELECT 1 FROM mail m WHERE m.tenant_id = job.tenant_id AND m.id = job.subject)"
    ))
    .execute()
    .await
}
