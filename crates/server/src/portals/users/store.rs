//! The SQL of the list of users.

use super::filter::{Edge, Filter};
use crate::platform::Timestamp;
use crate::platform::ids::{TenantId, UserId};
use crate::portals::standing::Standing;
use crate::users::{ExternalUserState, UserType};
use database::{Query, Result, Transaction, sql};

/// A user as the list shows them.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Listed {
    pub(super) id: UserId,
    pub(super) display_name: String,
    pub(super) mail: Option<String>,
    pub(super) user_principal_name: String,
    pub(super) user_type: UserType,
    external_user_state: Option<ExternalUserState>,
    account_enabled: bool,
    pub(super) last_sign_in_at: Option<Timestamp>,
    pub(super) sponsor: Option<String>,
    has_open_invitation: bool,
}

impl Listed {
    pub(super) fn standing(&self) -> Standing {
        Standing::of(self.account_enabled, self.external_user_state, self.has_open_invitation)
    }
}

/// How many there are in the organisation.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub(super) struct Totals {
    pub(super) members: i64,
    pub(super) guests: i64,
}

/// Users by name, at most `limit`, from `edge` on. Before an edge they come in reverse.
pub(super) async fn list(
    tx: &mut Transaction,
    tenant: TenantId,
    filter: &Filter,
    edge: Option<Edge>,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<Listed>> {
    let place = match edge {
        Some(Edge::After(user) | Edge::Before(user)) => find_name(tx, tenant, user).await?.map(|name| (name, user)),
        None => None,
    };
    let is_reverse = matches!(edge, Some(Edge::Before(_)));
    let mut query = tx
        .query(sql!(
            "SELECT u.id, u.display_name, u.mail, u.user_principal_name, u.user_type, u.external_user_state,
                    u.account_enabled, u.last_sign_in_at,
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
                        AS has_open_invitation
             FROM user_account u WHERE u.tenant_id = $1 AND u.deleted_at IS NULL"
        ))
        .bind(tenant)
        .bind(now);
    push_filter(&mut query, filter, now);
    if let Some((name, user)) = place {
        query.push(" AND (u.display_name_folded, u.id) ").push(if is_reverse { "< (" } else { "> (" });
        query.value(name).push(", ").value(user).push(")");
    }
    query.push(if is_reverse {
        " ORDER BY u.display_name_folded DESC, u.id DESC LIMIT "
    } else {
        " ORDER BY u.display_name_folded, u.id LIMIT "
    });
    query.value(limit);
    query.fetch_all().await
}

/// How many users match.
pub(super) async fn count(tx: &mut Transaction, tenant: TenantId, filter: &Filter, now: Timestamp) -> Result<i64> {
    let mut query = tx
        .query(sql!("SELECT COUNT(*) FROM user_account u WHERE u.tenant_id = $1 AND u.deleted_at IS NULL"))
        .bind(tenant);
    push_filter(&mut query, filter, now);
    let (count,): (i64,) = query.fetch_one().await?;
    Ok(count)
}

/// How many members and guests there are.
pub(super) async fn totals(tx: &mut Transaction, tenant: TenantId) -> Result<Totals> {
    tx.query(sql!(
        "SELECT COALESCE(SUM(CASE WHEN user_type = $2 THEN 1 ELSE 0 END), 0) AS members,
                COALESCE(SUM(CASE WHEN user_type = $3 THEN 1 ELSE 0 END), 0) AS guests
         FROM user_account WHERE tenant_id = $1 AND deleted_at IS NULL"
    ))
    .bind(tenant)
    .bind(UserType::Member)
    .bind(UserType::Guest)
    .fetch_one()
    .await
}

/// The name a user is sorted by; also of a deleted one, so that a page whose edge was removed still has its place.
async fn find_name(tx: &mut Transaction, tenant: TenantId, user: UserId) -> Result<Option<String>> {
    let row: Option<(String,)> = tx
        .query(sql!("SELECT display_name_folded FROM user_account WHERE tenant_id = $1 AND id = $2"))
        .bind(tenant)
        .bind(user)
        .fetch_optional()
        .await?;
    Ok(row.map(|(name,)| name))
}

fn push_filter(query: &mut Query<'_>, filter: &Filter, now: Timestamp) {
    if let Some(text) = &filter.text {
        push_text(query, text);
    }
    if let Some(kind) = filter.kind {
        query.push(" AND u.user_type = ").value(kind);
    }
    if let Some(domain) = &filter.domain {
        query.push(" AND u.mail_folded LIKE ").value(format!("%@{}", literally(domain))).push(r" ESCAPE '\'");
    }
    if let Some(standing) = filter.standing {
        push_standing(query, standing, now);
    }
}

fn push_text(query: &mut Query<'_>, text: &str) {
    query.push(" AND (");
    for column in ["u.display_name_folded", "u.mail_folded", "u.user_principal_name_folded"] {
        // A prefix is a range, so that the index of each column serves it.
        query.push(column).push(" >= ").value(text.to_owned()).push(" AND ").push(column).push(" < ");
        query.value(format!("{text}{}", char::MAX)).push(" OR ");
    }
    let text = literally(text);
    query.push("u.display_name_folded LIKE ").value(format!("% {text}%")).push(r" ESCAPE '\' OR u.mail_folded LIKE ");
    query.value(format!("%@{}%", text.trim_start_matches('@'))).push(r" ESCAPE '\')");
}

fn push_standing(query: &mut Query<'_>, standing: Standing, now: Timestamp) {
    let pending = ExternalUserState::PendingAcceptance;
    query.push(if standing == Standing::Blocked { " AND NOT u.account_enabled" } else { " AND u.account_enabled" });
    match standing {
        Standing::Blocked => return,
        Standing::Active => {
            query.push(" AND (u.external_user_state IS NULL OR u.external_user_state <> ").value(pending).push(")");
            return;
        }
        Standing::Invited => query.push(" AND EXISTS"),
        Standing::Lapsed => query.push(" AND NOT EXISTS"),
    };
    query.push(
        " (SELECT 1 FROM invitation i WHERE i.tenant_id = $1 AND i.user_id = u.id AND i.accepted_at IS NULL
           AND i.revoked_at IS NULL AND (i.expires_at IS NULL OR i.expires_at > ",
    );
    query.value(now).push(")) AND u.external_user_state = ").value(pending);
}

/// A text in which LIKE finds no pattern.
fn literally(text: &str) -> String {
    text.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_")
}
