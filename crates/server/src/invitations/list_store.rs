//! The SQL of lists of invitations, the newest first.
//!
//! There may be a million, most of them accepted, or most of them sent a moment ago. So each filter is either met by most of what it is
//! looked for among, which an index holds by age, or leads to few, which are put in order.

use super::invitation::{Invitee, State};
use super::operations::{Filter, Place, SOON};
use super::store::{columns, invitees};
use crate::outbox;
use crate::platform::ids::TenantId;
use database::{Query, Result, Timestamp, Transaction, sql};
use std::cmp::Reverse;

/// So many are put in order. Tests have fewer.
const FEW: i64 = if cfg!(test) { 3 } else { 2_000 };

/// What leads to invitations in the states that no index holds by age.
#[derive(Debug, Clone, Copy)]
pub(super) enum Lead {
    /// Their mails, by the state of those.
    Mails(outbox::State),
    /// The end of their time, behind the first instant and not behind the second.
    Ends(Timestamp, Timestamp),
}

/// Invitations, the newest first, from behind a place.
pub(super) async fn list(
    tx: &mut Transaction,
    tenant: TenantId,
    filter: &Filter,
    after: Option<Place>,
    limit: i64,
    now: Timestamp,
) -> Result<Vec<Invitee>> {
    let lead = Lead::of(tx, tenant, filter, now).await?;
    let mut found: Vec<Invitee> = query(tx, tenant, (filter, lead), (after, limit), now).fetch_all().await?;
    if filter.state == Some(State::NotSent) && lead.is_some() {
        // No mail leads to those that were never mailed: an index of their own does.
        let filter = Filter { is_unmailed: true, ..*filter };
        let unmailed: Vec<Invitee> = query(tx, tenant, (&filter, None), (after, limit), now).fetch_all().await?;
        found.extend(unmailed);
        found.sort_unstable_by_key(|invitee| Reverse((invitee.invitation.created_at, invitee.invitation.id)));
        found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    }
    Ok(found)
}

/// The statement of [`list`].
pub(super) fn query<'t>(
    tx: &'t mut Transaction,
    tenant: TenantId,
    (filter, lead): (&Filter, Option<Lead>),
    (after, limit): (Option<Place>, i64),
    now: Timestamp,
) -> Query<'t> {
    let mut query = begin(tx, tenant, lead);
    if let Some(inviter) = filter.inviter {
        query.push(" AND i.inviter_id = ").value(inviter);
    }
    if let Some(user) = filter.guest {
        query.push(" AND i.user_id = ").value(user);
    }
    if let Some(state) = filter.state {
        push_state(&mut query, state, now);
    }
    if filter.is_unmailed {
        query.push(" AND i.mail_id IS NULL");
    }
    // An expression is looked up nowhere: SQLite would read all that end in time and put them in order.
    if filter.ends_soon {
        query.push(" AND i.accepted_at IS NULL AND i.revoked_at IS NULL AND i.expires_at + 0 > ").value(now);
        query.push(" AND i.expires_at + 0 <= ").value(now.plus(SOON));
    }
    if let Some(place) = after {
        query.push(" AND (i.created_at, i.id) < (").value(place.created_at);
        query.push(", ").value(place.id).push(")");
    }
    // A guest has few: SQLite would go through those of everybody by their age to have them sorted.
    query.push(if filter.guest.is_some() { " ORDER BY i.created_at + 0 DESC" } else { " ORDER BY i.created_at DESC" });
    query.push(", i.id DESC LIMIT ").value(limit);
    query
}

/// SQLite keeps the order of a CROSS JOIN: what leads comes first.
fn begin(tx: &mut Transaction, tenant: TenantId, lead: Option<Lead>) -> Query<'_> {
    match lead {
        None => tx.query(sql!(invitees!(columns!(), ""))).bind(tenant),
        Some(Lead::Mails(state)) => tx
            .query(sql!(concat!(
                invitees!(columns!(), "mail w CROSS JOIN "),
                " AND w.tenant_id = $1 AND w.state = $2 AND i.id = w.invitation_id AND i.mail_id = w.id"
            )))
            .bind(tenant)
            .bind(state),
        Some(Lead::Ends(after, until)) => tx
            .query(sql!(concat!(
                invitees!(columns!(), "invitation e CROSS JOIN "),
                " AND e.tenant_id = $1 AND e.accepted_at IS NULL AND e.revoked_at IS NULL
                  AND e.expires_at > $2 AND e.expires_at <= $3 AND i.id = e.id"
            )))
            .bind(tenant)
            .bind(after)
            .bind(until),
    }
}

impl Lead {
    /// What leads to the invitations that are asked for, if it leads to few. Those of one inviter or guest are found by them.
    async fn of(tx: &mut Transaction, tenant: TenantId, filter: &Filter, now: Timestamp) -> Result<Option<Self>> {
        if filter.inviter.is_some() || filter.guest.is_some() {
            return Ok(None);
        }
        let lead = match filter.state {
            Some(State::Queued) => Self::Mails(outbox::State::Queued),
            Some(State::RefusedByRelay) => Self::Mails(outbox::State::RefusedByRelay),
            // Taken back, or too late. The newest mail of an invitation that is open is not purged.
            Some(State::NotSent) => Self::Mails(outbox::State::Expired),
            Some(State::Expired) => Self::Ends(Timestamp::from_microseconds(i64::MIN), now),
            None if filter.ends_soon => Self::Ends(now, now.plus(SOON)),
            _ => return Ok(None),
        };
        Ok((lead.count(tx, tenant).await? <= FEW).then_some(lead))
    }

    /// To how many it leads, counted up to one more than [`FEW`].
    async fn count(self, tx: &mut Transaction, tenant: TenantId) -> Result<i64> {
        let query = match self {
            Self::Mails(state) => tx
                .query(sql!(
                    "SELECT COUNT(*) FROM (SELECT 1 FROM mail m WHERE m.tenant_id = $1 AND m.state = $2 LIMIT $3) counted"
                ))
                .bind(tenant)
                .bind(state),
            Self::Ends(after, until) => tx
                .query(sql!(
                    "SELECT COUNT(*) FROM (SELECT 1 FROM invitation i
                     WHERE i.tenant_id = $1 AND i.accepted_at IS NULL AND i.revoked_at IS NULL
                       AND i.expires_at > $2 AND i.expires_at <= $3 LIMIT $4) counted"
                ))
                .bind(tenant)
                .bind(after)
                .bind(until),
        };
        let (count,): (i64,) = query.bind(FEW + 1).fetch_one().await?;
        Ok(count)
    }
}

/// The same order of questions as [`crate::invitations::Invitation::state`].
fn push_state(query: &mut Query<'_>, state: State, now: Timestamp) {
    if state == State::Revoked {
        query.push(" AND i.revoked_at IS NOT NULL");
        return;
    }
    query.push(" AND i.revoked_at IS NULL");
    if state == State::Accepted {
        query.push(" AND i.accepted_at IS NOT NULL");
        return;
    }
    query.push(" AND i.accepted_at IS NULL");
    if state == State::HeldByRestore {
        query.push(" AND i.held_at IS NOT NULL");
        return;
    }
    query.push(" AND i.held_at IS NULL");
    if state == State::Expired {
        query.push(" AND i.expires_at + 0 <= ").value(now);
        return;
    }
    query.push(" AND (i.expires_at IS NULL OR i.expires_at > ").value(now).push(")");
    if state == State::Opened {
        query.push(" AND i.opened_at IS NOT NULL");
        return;
    }
    query.push(" AND i.opened_at IS NULL AND ");
    match state {
        State::Queued => query.push("m.state = ").value(outbox::State::Queued),
        State::HandedToRelay => query.push("m.state = ").value(outbox::State::HandedToRelay),
        State::RefusedByRelay => query.push("m.state = ").value(outbox::State::RefusedByRelay),
        _ => query.push("(m.state IS NULL OR m.state = ").value(outbox::State::Expired).push(")"),
    };
}
