//! The SQL of invitations.

use super::invitation::{Invitation, Invitee};
use crate::outbox;
use crate::platform::SecretHash;
use crate::platform::ids::{InvitationId, MailId, TenantId, UserId};
use database::{Query, Result, Timestamp, Transaction, sql};
use uuid::Uuid;

macro_rules! columns {
    () => {
        "i.tenant_id, i.id, i.user_id, i.address, i.ticket_hash, i.redirect_url, i.application_id, i.inviter_kind,
         i.inviter_id, i.inviter_name, i.inviter_address, i.message, i.language, i.carbon_copies, i.mail_id,
         i.created_at, i.expires_at, i.opened_at, i.accepted_at, i.revoked_at, i.held_at, i.version"
    };
}
pub(super) use columns;

/// Invitations with what stands beside them: their columns, and what leads to them, if anything does.
macro_rules! invitees {
    ($columns:expr, $lead:literal) => {
        concat!(
            "SELECT ",
            $columns,
            ", u.display_name AS guest_name, m.state AS mail_state, m.last_error AS mail_error,
                    b.created_at AS blocked_at
             FROM ",
            $lead,
            "invitation i
             JOIN user_account u ON u.tenant_id = i.tenant_id AND u.id = i.user_id
             LEFT JOIN mail m ON m.tenant_id = i.tenant_id AND m.id = i.mail_id
             LEFT JOIN invitation_block b ON b.tenant_id = i.tenant_id AND b.address_folded = LOWER(i.address)
             WHERE i.tenant_id = $1"
        )
    };
}
pub(super) use invitees;

/// Adds an invitation.
pub(super) async fn insert(tx: &mut Transaction, invitation: &Invitation) -> Result<()> {
    let invitation = invitation.clone();
    tx.query(sql!(
        "INSERT INTO invitation (tenant_id, id, user_id, address, ticket_hash, redirect_url, application_id,
             inviter_kind, inviter_id, inviter_name, inviter_address, message, language, carbon_copies, mail_id,
             created_at, expires_at, accepted_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, 1)"
    ))
    .bind(invitation.tenant_id)
    .bind(invitation.id)
    .bind(invitation.user_id)
    .bind(invitation.address)
    .bind(invitation.ticket_hash)
    .bind(invitation.redirect_url)
    .bind(invitation.application_id)
    .bind(invitation.inviter_kind)
    .bind(invitation.inviter_id)
    .bind(invitation.inviter_name)
    .bind(invitation.inviter_address)
    .bind(invitation.message)
    .bind(invitation.language)
    .bind(invitation.carbon_copies)
    .bind(invitation.mail_id)
    .bind(invitation.created_at)
    .bind(invitation.expires_at)
    .bind(invitation.accepted_at)
    .execute()
    .await?;
    Ok(())
}

/// The invitation with this id.
pub async fn find(tx: &mut Transaction, tenant: TenantId, id: InvitationId) -> Result<Option<Invitation>> {
    tx.query(sql!(concat!("SELECT ", columns!(), " FROM invitation i WHERE i.tenant_id = $1 AND i.id = $2")))
        .bind(tenant)
        .bind(id)
        .fetch_optional()
        .await
}

/// The invitation a link belongs to, in whatever state it is.
#[derive(Debug)]
pub enum FoundByTicket {
    /// It is the invitation's newest link.
    Newest(Invitation),
    /// A newer one has replaced it, or the invitation was withdrawn.
    Dead(Invitation),
}

#[derive(sqlx::FromRow)]
struct TicketRow {
    is_dead: i64,
    #[sqlx(flatten)]
    invitation: Invitation,
}

/// What a link belongs to, in one look, so that one that never was costs what a dead one does.
pub async fn find_by_ticket(
    tx: &mut Transaction,
    tenant: TenantId,
    ticket: &SecretHash,
) -> Result<Option<FoundByTicket>> {
    let found: Option<TicketRow> = tx
        .query(sql!(concat!(
            "SELECT CAST(0 AS BIGINT) AS is_dead, ",
            columns!(),
            " FROM invitation i WHERE i.tenant_id = $1 AND i.ticket_hash = $2
              UNION ALL SELECT CAST(1 AS BIGINT) AS is_dead, ",
            columns!(),
            " FROM dead_ticket d JOIN invitation i ON i.tenant_id = d.tenant_id AND i.id = d.invitation_id
              WHERE d.tenant_id = $1 AND d.ticket_hash = $2"
        )))
        .bind(tenant)
        .bind(ticket.clone())
        .fetch_optional()
        .await?;
    Ok(found.map(|TicketRow { is_dead, invitation }| match is_dead {
        0 => FoundByTicket::Newest(invitation),
        _ => FoundByTicket::Dead(invitation),
    }))
}

/// The newest invitation of a guest that is neither accepted nor withdrawn; its time may be over. The order is an expression,
/// because SQLite would read the invitations of the tenant by their age to have it sorted.
pub async fn find_newest_of_user(tx: &mut Transaction, tenant: TenantId, user: UserId) -> Result<Option<Invitation>> {
    tx.query(sql!(concat!(
        "SELECT ",
        columns!(),
        " FROM invitation i
         WHERE i.tenant_id = $1 AND i.user_id = $2 AND i.accepted_at IS NULL AND i.revoked_at IS NULL
         ORDER BY i.created_at + 0 DESC, i.id DESC LIMIT 1"
    )))
    .bind(tenant)
    .bind(user)
    .fetch_optional()
    .await
}

/// Notes that the link was opened, the first time it is.
pub async fn mark_opened(tx: &mut Transaction, tenant: TenantId, id: InvitationId, at: Timestamp) -> Result<()> {
    tx.query(sql!("UPDATE invitation SET opened_at = $3 WHERE tenant_id = $1 AND id = $2 AND opened_at IS NULL"))
        .bind(tenant)
        .bind(id)
        .bind(at)
        .execute()
        .await?;
    Ok(())
}

/// Notes that the guest has accepted, if the invitation is still open and not held; `false` otherwise. Every other one that was
/// not withdrawn counts as accepted with it: its link leads to the sign-in.
pub async fn mark_accepted(tx: &mut Transaction, tenant: TenantId, id: InvitationId, at: Timestamp) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "UPDATE invitation SET accepted_at = $3, held_at = NULL, version = version + 1
             WHERE tenant_id = $1 AND accepted_at IS NULL AND revoked_at IS NULL AND user_id = (
                 SELECT this.user_id FROM invitation this
                 WHERE this.tenant_id = $1 AND this.id = $2 AND this.accepted_at IS NULL AND this.revoked_at IS NULL
                   AND this.held_at IS NULL AND (this.expires_at IS NULL OR this.expires_at > $3))"
        ))
        .bind(tenant)
        .bind(id)
        .bind(at)
        .execute()
        .await?;
    Ok(rows > 0)
}

/// Kills the links of a guest's invitations that are revoked, and of the one that is renewed; they lead to the page that
/// offers a fresh mail. A ticket is asked for by its length: for `IS NOT NULL` SQLite goes through the tickets of the whole
/// tenant instead of the guest's few invitations.
pub(super) async fn bury_tickets(
    tx: &mut Transaction,
    tenant: TenantId,
    user: UserId,
    renewed: Option<InvitationId>,
    at: Timestamp,
) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO dead_ticket (tenant_id, ticket_hash, invitation_id, created_at)
         SELECT i.tenant_id, i.ticket_hash, i.id, $3 FROM invitation i
         WHERE i.tenant_id = $1 AND i.user_id = $2 AND LENGTH(i.ticket_hash) > 0 AND i.accepted_at IS NULL
           AND (i.revoked_at IS NOT NULL OR i.id = $4)"
    ))
    .bind(tenant)
    .bind(user)
    .bind(at)
    .bind(renewed)
    .execute()
    .await?;
    tx.query(sql!(
        "UPDATE invitation SET ticket_hash = NULL
         WHERE tenant_id = $1 AND user_id = $2 AND LENGTH(ticket_hash) > 0 AND accepted_at IS NULL
           AND (revoked_at IS NOT NULL OR id = $3)"
    ))
    .bind(tenant)
    .bind(user)
    .bind(renewed)
    .execute()
    .await?;
    Ok(())
}

/// Which open invitations of a guest are withdrawn.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Older {
    /// Not this one.
    pub(super) but: Option<InvitationId>,
    /// Only those this user or program made.
    pub(super) inviter: Option<Uuid>,
    /// Not those whose mail still waits: they are newer than what was sent.
    pub(super) spare_waiting: bool,
}

/// Withdraws open invitations of a guest; for each its mail.
pub(super) async fn revoke_open(
    tx: &mut Transaction,
    tenant: TenantId,
    user: UserId,
    older: Older,
    at: Timestamp,
) -> Result<Vec<Option<MailId>>> {
    let rows: Vec<(Option<MailId>,)> = query_revoke(tx, tenant, user, older, at).fetch_all().await?;
    Ok(rows.into_iter().map(|(mail,)| mail).collect())
}

/// The statement of [`revoke_open`].
pub(super) fn query_revoke(
    tx: &mut Transaction,
    tenant: TenantId,
    user: UserId,
    older: Older,
    at: Timestamp,
) -> Query<'_> {
    let mut query = tx
        .query(sql!(
            "UPDATE invitation SET revoked_at = $3, version = version + 1
             WHERE tenant_id = $1 AND user_id = $2 AND accepted_at IS NULL AND revoked_at IS NULL"
        ))
        .bind(tenant)
        .bind(user)
        .bind(at);
    if let Some(id) = older.but {
        query.push(" AND id <> ").value(id);
    }
    if let Some(inviter) = older.inviter {
        // What is said so is looked up nowhere: the guest has few, and whoever sends lists has made a million.
        query.push(" AND (inviter_id = ").value(inviter).push(") IS TRUE");
    }
    if older.spare_waiting {
        query.push(" AND NOT EXISTS (SELECT 1 FROM mail m WHERE m.tenant_id = invitation.tenant_id");
        query.push(" AND m.id = invitation.mail_id AND m.state = ").value(outbox::State::Queued).push(")");
    }
    query.push(" RETURNING mail_id");
    query
}

/// The mails of the open invitations of a guest.
pub(super) async fn list_open_mails(tx: &mut Transaction, tenant: TenantId, user: UserId) -> Result<Vec<MailId>> {
    tx.query(sql!(
        "SELECT mail_id FROM invitation
         WHERE tenant_id = $1 AND user_id = $2 AND accepted_at IS NULL AND revoked_at IS NULL
           AND mail_id IS NOT NULL"
    ))
    .bind(tenant)
    .bind(user)
    .fetch_values()
    .await
}

/// The queued mails of those of these invitations that are still open, where no relay has seen them yet.
pub(super) async fn list_waiting_mails(
    tx: &mut Transaction,
    tenant: TenantId,
    invitations: &[InvitationId],
) -> Result<Vec<(InvitationId, MailId)>> {
    let mut query = tx
        .query(sql!(
            "SELECT i.id, m.id FROM invitation i JOIN mail m ON m.tenant_id = i.tenant_id AND m.id = i.mail_id
             WHERE i.tenant_id = $1 AND i.accepted_at IS NULL AND i.revoked_at IS NULL AND m.last_error IS NULL
               AND m.state = $2"
        ))
        .bind(tenant)
        .bind(outbox::State::Queued);
    for (at, id) in invitations.iter().enumerate() {
        query.push(if at == 0 { " AND i.id IN (" } else { ", " }).value(*id);
    }
    query.push(")");
    query.fetch_all().await
}

/// What a fresh link changes.
pub(super) struct Renewal {
    pub(super) ticket: SecretHash,
    pub(super) mail: Option<MailId>,
    pub(super) expires_at: Option<Timestamp>,
}

/// Gives an invitation a fresh link if nobody changed it since it was read; `false` otherwise. A restore holds it no longer.
pub(super) async fn renew(tx: &mut Transaction, invitation: &Invitation, renewal: Renewal) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "UPDATE invitation
             SET ticket_hash = $4, mail_id = $5, expires_at = $6, opened_at = NULL, held_at = NULL, version = version + 1
             WHERE tenant_id = $1 AND id = $2 AND version = $3 AND accepted_at IS NULL AND revoked_at IS NULL"
        ))
        .bind(invitation.tenant_id)
        .bind(invitation.id)
        .bind(invitation.version)
        .bind(renewal.ticket)
        .bind(renewal.mail)
        .bind(renewal.expires_at)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// The invitation with what stands beside it.
pub(super) async fn find_invitee(tx: &mut Transaction, tenant: TenantId, id: InvitationId) -> Result<Option<Invitee>> {
    tx.query(sql!(concat!(invitees!(columns!(), ""), " AND i.id = $2"))).bind(tenant).bind(id).fetch_optional().await
}
