//! The SQL of the list of users. Nothing here reads the whole directory: a count ends at [`MOST`], and everything else has its index.

use super::filter::Lead;
use crate::graph::query::{Condition, write_condition};
use crate::platform::Timestamp;
use crate::platform::ids::{TenantId, UserId};
use crate::users::store::columns;
use crate::users::{User, UserType};
use crate::web::numbers::{Counted, MOST};
use database::{Query, Result, Transaction, sql};

/// Where somebody stands in the order of names.
pub(super) type NamePlace = (String, UserId);

/// A part of the order of names.
#[derive(Debug, Clone, Default)]
pub(super) struct Span {
    /// Next to whom it begins.
    pub(super) place: Option<NamePlace>,
    /// The last one who is looked at.
    pub(super) end: Option<NamePlace>,
    /// Whether it goes backwards.
    pub(super) is_backwards: bool,
}

/// How many there are in the organisation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Totals {
    pub(super) members: Counted,
    pub(super) guests: Counted,
}

/// What a row says besides what stands in the user.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Beside {
    pub(super) id: UserId,
    /// The first who answers for them, a person before a group.
    pub(super) sponsor: Option<String>,
    pub(super) has_open_invitation: bool,
    /// When the last of their invitations ends that were neither accepted nor withdrawn; nothing where one never does.
    pub(super) invitation_ends_at: Option<Timestamp>,
}

/// When the invitation ends, or has ended, that somebody has not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum InvitationEnd {
    Never,
    At(Timestamp),
}

impl Beside {
    /// When their invitation ends, if they have one.
    pub(super) fn invitation_end(&self) -> Option<InvitationEnd> {
        match self.invitation_ends_at {
            Some(end) => Some(InvitationEnd::At(end)),
            None => self.has_open_invitation.then_some(InvitationEnd::Never),
        }
    }
}

impl Span {
    fn write(&self, query: &mut Query<'_>) {
        if let Some((name, user)) = &self.place {
            query.push(" AND (u.display_name_folded, u.id) ").push(if self.is_backwards { "< (" } else { "> (" });
            query.value(name.clone()).push(", ").value(*user).push(")");
        }
        if let Some((name, user)) = &self.end {
            let [of_name, of_both] = if self.is_backwards { [" >= ", " >= ("] } else { [" <= ", " <= ("] };
            // The name by itself bounds the index on both engines.
            query.push(" AND u.display_name_folded").push(of_name).value(name.clone());
            query.push(" AND (u.display_name_folded, u.id)").push(of_both);
            query.value(name.clone()).push(", ").value(*user).push(")");
        }
        query.push(if self.is_backwards {
            " ORDER BY u.display_name_folded DESC, u.id DESC LIMIT "
        } else {
            " ORDER BY u.display_name_folded, u.id LIMIT "
        });
    }
}

/// Users in the order of names who meet a condition.
pub(super) async fn list(
    tx: &mut Transaction,
    tenant: TenantId,
    condition: Option<&Condition>,
    span: &Span,
    limit: i64,
) -> Result<Vec<User>> {
    query_by_name(tx, tenant, condition, span, limit).fetch_all().await
}

/// The statement of [`list`].
pub(super) fn query_by_name<'t>(
    tx: &'t mut Transaction,
    tenant: TenantId,
    condition: Option<&Condition>,
    span: &Span,
    limit: i64,
) -> Query<'t> {
    let mut query = tx
        .query(sql!(concat!(
            "SELECT ",
            columns!(),
            " FROM user_account u WHERE u.tenant_id = $1 AND u.deleted_at IS NULL"
        )))
        .bind(tenant);
    write_condition(condition, &mut query);
    span.write(&mut query);
    query.value(limit);
    query
}

/// The last of so many users in the order of names from the beginning of a span on, whoever they are; nothing if there are fewer.
pub(super) async fn find_end(
    tx: &mut Transaction,
    tenant: TenantId,
    span: &Span,
    number: i64,
) -> Result<Option<NamePlace>> {
    let mut query = tx
        .query(sql!(
            "SELECT u.display_name_folded, u.id FROM user_account u WHERE u.tenant_id = $1 AND u.deleted_at IS NULL"
        ))
        .bind(tenant);
    span.write(&mut query);
    query.push("1 OFFSET ").value(number - 1);
    query.fetch_optional().await
}

/// Those of these users who meet a condition, in the order of names.
pub(super) async fn list_among(
    tx: &mut Transaction,
    tenant: TenantId,
    (ids, condition): (&[UserId], Option<&Condition>),
    span: &Span,
    limit: i64,
) -> Result<Vec<User>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    query_among(tx, tenant, (ids, condition), span, limit).fetch_all().await
}

/// The users come from their ids: SQLite keeps the order of a CROSS JOIN, and would go through everybody by name otherwise.
macro_rules! among {
    ($columns:expr) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM user_account x CROSS JOIN user_account u
             WHERE x.tenant_id = $1 AND u.tenant_id = $1 AND u.id = x.id AND u.deleted_at IS NULL"
        )
    };
}

/// The statement of [`list_among`], for one user at least.
pub(super) fn query_among<'t>(
    tx: &'t mut Transaction,
    tenant: TenantId,
    (ids, condition): (&[UserId], Option<&Condition>),
    span: &Span,
    limit: i64,
) -> Query<'t> {
    let mut query = tx.query(sql!(among!(columns!()))).bind(tenant);
    write_condition(Some(&one_of("x.id", ids)), &mut query);
    write_condition(condition, &mut query);
    span.write(&mut query);
    query.value(limit);
    query
}

/// How many of these users meet a condition.
pub(super) async fn count_among(
    tx: &mut Transaction,
    tenant: TenantId,
    (ids, condition): (&[UserId], Option<&Condition>),
) -> Result<i64> {
    if ids.is_empty() {
        return Ok(0);
    }
    let mut query = tx.query(sql!(among!("COUNT(*)"))).bind(tenant);
    write_condition(Some(&one_of("x.id", ids)), &mut query);
    write_condition(condition, &mut query);
    query.fetch_value().await
}

/// Users whom a lead leads to, in no order, some twice; more than `limit` where it leads on.
pub(super) async fn list_led(
    tx: &mut Transaction,
    tenant: TenantId,
    lead: &Lead,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<UserId>> {
    query_led(tx, tenant, lead, now, limit).fetch_values().await
}

/// The statement of [`list_led`]. Where several ranges lead to them, each ends by itself.
pub(super) fn query_led<'t>(
    tx: &'t mut Transaction,
    tenant: TenantId,
    lead: &Lead,
    now: Timestamp,
    limit: i64,
) -> Query<'t> {
    let (word, end) = match lead {
        Lead::User(condition) => {
            let statement = sql!("SELECT u.id FROM user_account u WHERE u.tenant_id = $1 AND u.deleted_at IS NULL");
            let mut query = tx.query(statement).bind(tenant);
            write_condition(Some(condition), &mut query);
            query.push(" LIMIT ").value(limit + 1);
            return query;
        }
        Lead::Invitation => {
            return tx
                .query(sql!(
                    "SELECT o.user_id FROM (SELECT i.user_id FROM invitation i
                         WHERE i.tenant_id = $1 AND i.accepted_at IS NULL AND i.revoked_at IS NULL
                           AND i.expires_at > $2 LIMIT $3) o
                     UNION ALL
                     SELECT n.user_id FROM (SELECT i.user_id FROM invitation i
                         WHERE i.tenant_id = $1 AND i.accepted_at IS NULL AND i.revoked_at IS NULL
                           AND i.expires_at IS NULL LIMIT $3) n"
                ))
                .bind(tenant)
                .bind(now)
                .bind(limit + 1);
        }
        Lead::Word(word) | Lead::Beginning(word) => (word.clone(), format!("{word}{}", char::MAX)),
    };
    let statement = match lead {
        Lead::Beginning(_) => sql!(
            "SELECT a.id FROM (SELECT u.id FROM user_account u WHERE u.tenant_id = $1 AND u.deleted_at IS NULL
                 AND u.display_name_folded >= $2 AND u.display_name_folded < $3 LIMIT $4) a
             UNION ALL
             SELECT b.id FROM (SELECT u.id FROM user_account u WHERE u.tenant_id = $1 AND u.deleted_at IS NULL
                 AND u.mail_folded >= $2 AND u.mail_folded < $3 LIMIT $4) b
             UNION ALL
             SELECT c.id FROM (SELECT u.id FROM user_account u WHERE u.tenant_id = $1 AND u.deleted_at IS NULL
                 AND u.user_principal_name_folded >= $2 AND u.user_principal_name_folded < $3 LIMIT $4) c"
        ),
        _ => sql!(
            "SELECT a.user_id FROM (SELECT t.user_id FROM user_term t WHERE t.tenant_id = $1
                 AND t.property = 'nameWord' AND t.folded >= $2 AND t.folded < $3 LIMIT $4) a
             UNION ALL
             SELECT b.user_id FROM (SELECT t.user_id FROM user_term t WHERE t.tenant_id = $1
                 AND t.property = 'addressWord' AND t.folded >= $2 AND t.folded < $3 LIMIT $4) b"
        ),
    };
    tx.query(statement).bind(tenant).bind(word).bind(end).bind(limit + 1)
}

/// How many members and guests there are, each up to [`MOST`].
pub(super) async fn totals(tx: &mut Transaction, tenant: TenantId) -> Result<Totals> {
    let (members, guests): (i64, i64) = tx
        .query(sql!(
            "SELECT (SELECT COUNT(*) FROM (SELECT 1 FROM user_account u
                         WHERE u.tenant_id = $1 AND u.deleted_at IS NULL AND u.user_type = $2 LIMIT $3) m),
                    (SELECT COUNT(*) FROM (SELECT 1 FROM user_account u
                         WHERE u.tenant_id = $1 AND u.deleted_at IS NULL AND u.user_type = $4 LIMIT $3) g)"
        ))
        .bind(tenant)
        .bind(UserType::Member)
        .bind(MOST + 1)
        .bind(UserType::Guest)
        .fetch_one()
        .await?;
    Ok(Totals { members: Counted::up_to(MOST, members), guests: Counted::up_to(MOST, guests) })
}

/// The name a user is sorted by; also of a deleted one, so that a page whose edge was removed still has its place.
pub(super) async fn find_place(tx: &mut Transaction, tenant: TenantId, user: UserId) -> Result<Option<NamePlace>> {
    let row: Option<(String,)> = tx
        .query(sql!("SELECT display_name_folded FROM user_account WHERE tenant_id = $1 AND id = $2"))
        .bind(tenant)
        .bind(user)
        .fetch_optional()
        .await?;
    Ok(row.map(|(name,)| (name, user)))
}

/// What stands beside these users, in no order.
pub(super) async fn list_beside(
    tx: &mut Transaction,
    tenant: TenantId,
    users: &[User],
    now: Timestamp,
) -> Result<Vec<Beside>> {
    if users.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<UserId> = users.iter().map(|user| user.id).collect();
    let mut query = tx
        .query(sql!(
            "SELECT u.id,
                    COALESCE(
                        (SELECT p.display_name FROM user_sponsor s
                         JOIN user_account p ON p.tenant_id = s.tenant_id AND p.id = s.sponsor_id
                         WHERE s.tenant_id = $1 AND s.user_id = u.id AND p.deleted_at IS NULL
                         ORDER BY s.created_at, p.id LIMIT 1),
                        (SELECT g.display_name FROM user_sponsor_group s
                         JOIN directory_group g ON g.tenant_id = s.tenant_id AND g.id = s.group_id
                         WHERE s.tenant_id = $1 AND s.user_id = u.id AND g.deleted_at IS NULL
                         ORDER BY s.created_at, g.id LIMIT 1)) AS sponsor,
                    EXISTS (SELECT 1 FROM invitation i
                            WHERE i.tenant_id = $1 AND i.user_id = u.id AND i.accepted_at IS NULL
                              AND i.revoked_at IS NULL AND (i.expires_at IS NULL OR i.expires_at > $2))
                        AS has_open_invitation,
                    (SELECT CASE WHEN COUNT(*) = COUNT(e.expires_at) THEN MAX(e.expires_at) END FROM invitation e
                     WHERE e.tenant_id = $1 AND e.user_id = u.id AND e.accepted_at IS NULL
                       AND e.revoked_at IS NULL) AS invitation_ends_at
             FROM user_account u WHERE u.tenant_id = $1"
        ))
        .bind(tenant)
        .bind(now);
    write_condition(Some(&one_of("u.id", &ids)), &mut query);
    query.fetch_all().await
}

fn one_of(column: &'static str, ids: &[UserId]) -> Condition {
    Condition::one_of(column, ids.iter().map(|id| id.0))
}
