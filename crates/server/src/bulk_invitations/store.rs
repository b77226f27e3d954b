//! The SQL of runs and their rows.

use super::bulk_invitation::{BulkInvitation, BulkRow, RowResult, State};
use super::counts::Counts;
use crate::platform::ids::{BulkInvitationId, InvitationId, TenantId};
use database::{Query, Result, Timestamp, Transaction, sql, sql_across};
use uuid::Uuid;

macro_rules! columns {
    () => {
        "b.tenant_id, b.id, b.name, b.state, b.problem, b.redirect_url, b.send_mail, b.message, b.language,
         b.inviter_kind, b.inviter_id, b.inviter_name, b.client_id, b.permissions, b.row_count, b.created_at,
         b.started_at, b.finished_at, b.unchecked_rows AS unchecked, b.ready_rows AS ready, b.invited_rows AS invited,
         b.already_invited_rows AS already_invited, b.repeated_rows AS repeated, b.failed_rows AS failed"
    };
}

macro_rules! row_columns {
    () => {
        "r.position, r.line, r.address, r.display_name, r.redirect_url, r.send_mail, r.message, r.language, r.group_names,
         r.app_role_names, r.digest, r.invitation_id, r.result, r.problem"
    };
}

/// Adds a run that has no rows yet.
pub async fn insert(tx: &mut Transaction, bulk: &BulkInvitation) -> Result<()> {
    let bulk = bulk.clone();
    tx.query(sql!(
        "INSERT INTO bulk_invitation (tenant_id, id, name, state, redirect_url, send_mail, message, language,
             inviter_kind, inviter_id, inviter_name, client_id, permissions, row_count, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0, $14)"
    ))
    .bind(bulk.tenant_id)
    .bind(bulk.id)
    .bind(bulk.name)
    .bind(bulk.state)
    .bind(bulk.redirect_url)
    .bind(bulk.send_mail)
    .bind(bulk.message)
    .bind(bulk.language)
    .bind(bulk.inviter_kind)
    .bind(bulk.inviter_id)
    .bind(bulk.inviter_name)
    .bind(bulk.client_id)
    .bind(bulk.permissions)
    .bind(bulk.created_at)
    .execute()
    .await?;
    Ok(())
}

/// The run with this id.
pub async fn find(tx: &mut Transaction, tenant: TenantId, id: BulkInvitationId) -> Result<Option<BulkInvitation>> {
    tx.query(sql!(concat!("SELECT ", columns!(), " FROM bulk_invitation b WHERE b.tenant_id = $1 AND b.id = $2")))
        .bind(tenant)
        .bind(id)
        .fetch_optional()
        .await
}

/// Runs, the newest first, from behind `after`; with an inviter only theirs.
pub async fn list(
    tx: &mut Transaction,
    tenant: TenantId,
    inviter: Option<Uuid>,
    after: Option<BulkInvitationId>,
    limit: i64,
) -> Result<Vec<BulkInvitation>> {
    let mut query = tx
        .query(sql!(concat!(
            "SELECT ",
            columns!(),
            " FROM bulk_invitation b WHERE b.tenant_id = $1 AND b.state <> 'receiving'"
        )))
        .bind(tenant);
    if let Some(inviter) = inviter {
        query.push(" AND b.inviter_id = ").value(inviter);
    }
    if let Some(after) = after {
        query.push(" AND b.id < ").value(after);
    }
    query.push(" ORDER BY b.id DESC LIMIT ").value(limit);
    query.fetch_all().await
}

/// Moves a run on, if it is still where the caller saw it.
pub async fn advance(tx: &mut Transaction, bulk: &BulkInvitation, from: State) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "UPDATE bulk_invitation
             SET state = $4, problem = $5, row_count = $6, started_at = $7, finished_at = $8
             WHERE tenant_id = $1 AND id = $2 AND state = $3"
        ))
        .bind(bulk.tenant_id)
        .bind(bulk.id)
        .bind(from)
        .bind(bulk.state)
        .bind(bulk.problem.clone())
        .bind(bulk.row_count)
        .bind(bulk.started_at)
        .bind(bulk.finished_at)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Adds a row; `false` if one with its address is there already. `folded` is empty for a row without a good address.
pub async fn insert_row(
    tx: &mut Transaction,
    tenant: TenantId,
    bulk: BulkInvitationId,
    row: &BulkRow,
    folded: Option<String>,
) -> Result<bool> {
    let row = row.clone();
    let rows = tx
        .query(sql!(
            "INSERT INTO bulk_invitation_row (tenant_id, bulk_id, position, line, address, address_folded, display_name,
                 redirect_url, send_mail, message, language, group_names, app_role_names, digest, invitation_id, result,
                 problem)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
             ON CONFLICT DO NOTHING"
        ))
        .bind(tenant)
        .bind(bulk)
        .bind(row.position)
        .bind(row.line)
        .bind(row.address)
        .bind(folded)
        .bind(row.display_name)
        .bind(row.redirect_url)
        .bind(row.send_mail)
        .bind(row.message)
        .bind(row.language)
        .bind(row.group_names)
        .bind(row.app_role_names)
        .bind(row.digest)
        .bind(row.invitation_id)
        .bind(row.result)
        .bind(row.problem)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Rows in their order from behind a position; with a result only those that have it.
pub async fn list_rows(
    tx: &mut Transaction,
    tenant: TenantId,
    bulk: BulkInvitationId,
    result: Option<RowResult>,
    after: i64,
    limit: i64,
) -> Result<Vec<BulkRow>> {
    query_rows(tx, (tenant, bulk), result, after, limit).fetch_all().await
}

/// The statement of [`list_rows`].
pub(super) fn query_rows(
    tx: &mut Transaction,
    (tenant, bulk): (TenantId, BulkInvitationId),
    result: Option<RowResult>,
    after: i64,
    limit: i64,
) -> Query<'_> {
    let mut query = tx
        .query(sql!(concat!(
            "SELECT ",
            row_columns!(),
            " FROM bulk_invitation_row r WHERE r.tenant_id = $1 AND r.bulk_id = $2 AND r.position > $3"
        )))
        .bind(tenant)
        .bind(bulk)
        .bind(after);
    if let Some(result) = result {
        query.push(" AND r.result = ").value(result);
    }
    query.push(" ORDER BY r.position LIMIT ").value(limit);
    query
}

/// Writes what became of a row; `false` if somebody has.
pub async fn settle_row(
    tx: &mut Transaction,
    tenant: TenantId,
    bulk: BulkInvitationId,
    row: &BulkRow,
    before: RowResult,
) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "UPDATE bulk_invitation_row SET result = $5, problem = $6
             WHERE tenant_id = $1 AND bulk_id = $2 AND position = $3 AND result = $4"
        ))
        .bind(tenant)
        .bind(bulk)
        .bind(row.position)
        .bind(before)
        .bind(row.result)
        .bind(row.problem.clone())
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Keeps how many rows have each result. Belongs into every transaction in which rows come, go or get another one: a list may have a
/// million, and nobody counts them.
pub async fn update_counts(tx: &mut Transaction, tenant: TenantId, bulk: BulkInvitationId, more: Counts) -> Result<()> {
    if more == Counts::default() {
        return Ok(());
    }
    tx.query(sql!(
        "UPDATE bulk_invitation
         SET unchecked_rows = unchecked_rows + $3, ready_rows = ready_rows + $4, invited_rows = invited_rows + $5,
             already_invited_rows = already_invited_rows + $6, repeated_rows = repeated_rows + $7,
             failed_rows = failed_rows + $8
         WHERE tenant_id = $1 AND id = $2"
    ))
    .bind(tenant)
    .bind(bulk)
    .bind(more.of(RowResult::Unchecked))
    .bind(more.of(RowResult::Ready))
    .bind(more.of(RowResult::Invited))
    .bind(more.of(RowResult::AlreadyInvited))
    .bind(more.of(RowResult::Repeated))
    .bind(more.of(RowResult::Failed))
    .execute()
    .await?;
    Ok(())
}

/// The invitation of the last row that was invited: of all mails of the run, its own leaves last.
pub async fn find_last_invited(
    tx: &mut Transaction,
    tenant: TenantId,
    bulk: BulkInvitationId,
) -> Result<Option<InvitationId>> {
    let row: Option<(InvitationId,)> = tx
        .query(sql!(
            "SELECT invitation_id FROM bulk_invitation_row
             WHERE tenant_id = $1 AND bulk_id = $2 AND result = $3 ORDER BY position DESC LIMIT 1"
        ))
        .bind(tenant)
        .bind(bulk)
        .bind(RowResult::Invited)
        .fetch_optional()
        .await?;
    Ok(row.map(|(id,)| id))
}

/// Whether a row of another run that asked for the same has invited a guest who still has an invitation that is open or
/// was accepted; of everybody's runs, or only of those of one inviter. One that a restore holds waits for just that.
/// The invitation says that it was made, at once; the result of the row is written a little later.
pub async fn has_invited(
    tx: &mut Transaction,
    tenant: TenantId,
    bulk: BulkInvitationId,
    digest: &[u8],
    inviter: Option<Uuid>,
    now: Timestamp,
) -> Result<bool> {
    let mut query = tx
        .query(sql!(
            "SELECT r.position FROM bulk_invitation_row r
             JOIN invitation i ON i.tenant_id = r.tenant_id AND i.id = r.invitation_id
             JOIN user_account u ON u.tenant_id = i.tenant_id AND u.id = i.user_id
             JOIN invitation n ON n.tenant_id = i.tenant_id AND n.user_id = i.user_id
             WHERE r.tenant_id = $1 AND r.digest = $2 AND r.bulk_id <> $3
               AND u.deleted_at IS NULL AND n.revoked_at IS NULL AND n.held_at IS NULL
               AND (n.accepted_at IS NOT NULL OR n.expires_at IS NULL OR n.expires_at > $4)"
        ))
        .bind(tenant)
        .bind(digest.to_vec())
        .bind(bulk)
        .bind(now);
    if let Some(inviter) = inviter {
        query.push(" AND i.inviter_id = ").value(inviter);
    }
    query.push(" LIMIT 1");
    let row: Option<(i64,)> = query.fetch_optional().await?;
    Ok(row.is_some())
}

/// Takes the turn of an organisation to invite the people of lists, or keeps it; `false` while another run has it. One that is
/// held for longer than a turn is `longest` was taken before the clock was set back.
pub async fn take_turn(
    tx: &mut Transaction,
    tenant: TenantId,
    bulk: BulkInvitationId,
    now: Timestamp,
    (until, longest): (Timestamp, Timestamp),
) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "INSERT INTO bulk_invitation_turn (tenant_id, bulk_id, held_until) VALUES ($1, $2, $3)
             ON CONFLICT (tenant_id) DO UPDATE SET bulk_id = $2, held_until = $3
             WHERE bulk_invitation_turn.bulk_id = $2 OR bulk_invitation_turn.held_until <= $4
                OR bulk_invitation_turn.held_until > $5"
        ))
        .bind(tenant)
        .bind(bulk)
        .bind(until)
        .bind(now)
        .bind(longest)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Gives the turn to whoever asks next, unless somebody else has it already.
pub async fn give_turn_back(tx: &mut Transaction, tenant: TenantId, bulk: BulkInvitationId) -> Result<u64> {
    tx.query(sql!("DELETE FROM bulk_invitation_turn WHERE tenant_id = $1 AND bulk_id = $2"))
        .bind(tenant)
        .bind(bulk)
        .execute()
        .await
}

/// Removes at most `limit` rows of a run; which results they had.
pub async fn delete_rows(
    tx: &mut Transaction,
    tenant: TenantId,
    bulk: BulkInvitationId,
    limit: i64,
) -> Result<Vec<RowResult>> {
    let gone: Vec<(RowResult,)> = tx
        .query(sql!(
            "DELETE FROM bulk_invitation_row WHERE tenant_id = $1 AND bulk_id = $2 AND position IN (
                 SELECT r.position FROM bulk_invitation_row r WHERE r.tenant_id = $1 AND r.bulk_id = $2 LIMIT $3)
             RETURNING result"
        ))
        .bind(tenant)
        .bind(bulk)
        .bind(limit)
        .fetch_all()
        .await?;
    Ok(gone.into_iter().map(|(result,)| result).collect())
}

/// Removes a run that has no rows left.
pub async fn delete(tx: &mut Transaction, tenant: TenantId, bulk: BulkInvitationId) -> Result<u64> {
    tx.query(sql!("DELETE FROM bulk_invitation WHERE tenant_id = $1 AND id = $2"))
        .bind(tenant)
        .bind(bulk)
        .execute()
        .await
}

/// Runs that nobody waits for any more: broken off while they arrived, or ended long ago.
pub async fn list_stale(
    tx: &mut Transaction,
    broken_off: Timestamp,
    ended: Timestamp,
) -> Result<Vec<(TenantId, BulkInvitationId)>> {
    tx.query(sql_across!(
        "old runs of every tenant are purged",
        "SELECT tenant_id, id FROM bulk_invitation
         WHERE (state IN ('receiving', 'checked') AND created_at < $1)
            OR (state IN ('finished', 'stopped') AND finished_at < $2)
         LIMIT 20"
    ))
    .bind(broken_off)
    .bind(ended)
    .fetch_all()
    .await
}
