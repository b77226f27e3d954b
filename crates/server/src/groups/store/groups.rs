//! Groups themselves.

use crate::changes::{self, Change, Kind};
use crate::graph::query::{Condition, Slice, count_meeting};
use crate::groups::Group;
use crate::platform::ids::{GroupId, TenantId};
use crate::users::fold;
use crate::words::{self, Backlog};
use database::{Result, Timestamp, Transaction, sql};
use futures_util::future::BoxFuture;
use uuid::Uuid;

/// Adds a group; `false` if another one has its unique name.
pub async fn insert(tx: &mut Transaction, group: &Group) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "INSERT INTO directory_group (tenant_id, id, display_name, display_name_folded, description, description_folded,
                 mail_nickname, mail_nickname_folded, mail_enabled, security_enabled, group_type, visibility,
                 is_assignable_to_role, membership_rule, membership_rule_state, unique_name, unique_name_folded,
                 created_at, deleted_at, version, words_kept)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, TRUE)
             ON CONFLICT DO NOTHING"
        ))
        .bind(group.tenant_id)
        .bind(group.id)
        .bind(group.display_name.clone())
        .bind(fold(&group.display_name))
        .bind(group.description.clone())
        .bind(group.description.as_deref().map(fold))
        .bind(group.mail_nickname.clone())
        .bind(fold(&group.mail_nickname))
        .bind(group.mail_enabled)
        .bind(group.security_enabled)
        .bind(group.group_type)
        .bind(group.visibility)
        .bind(group.is_assignable_to_role)
        .bind(group.membership_rule.clone())
        .bind(group.membership_rule_state)
        .bind(group.unique_name.clone())
        .bind(group.unique_name.as_deref().map(fold))
        .bind(group.created_at)
        .bind(group.deleted_at)
        .bind(group.version)
        .execute()
        .await?;
    if rows == 1 {
        keep_words_of(tx, group).await?;
        changes::note(tx, group.tenant_id, group.created_at, Change::set(Kind::Group, group.id.0)).await?;
    }
    Ok(rows == 1)
}

/// Writes every changeable property back if nobody changed the group since it was read; `false` otherwise.
pub async fn update(tx: &mut Transaction, group: &Group, at: Timestamp) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "UPDATE directory_group
             SET display_name = $4, display_name_folded = $5, description = $6, description_folded = $7,
                 mail_nickname = $8, mail_nickname_folded = $9, group_type = $10, visibility = $11,
                 membership_rule = $12, membership_rule_state = $13, deleted_at = $14, words_kept = TRUE,
                 version = version + 1
             WHERE tenant_id = $1 AND id = $2 AND version = $3"
        ))
        .bind(group.tenant_id)
        .bind(group.id)
        .bind(group.version)
        .bind(group.display_name.clone())
        .bind(fold(&group.display_name))
        .bind(group.description.clone())
        .bind(group.description.as_deref().map(fold))
        .bind(group.mail_nickname.clone())
        .bind(fold(&group.mail_nickname))
        .bind(group.group_type)
        .bind(group.visibility)
        .bind(group.membership_rule.clone())
        .bind(group.membership_rule_state)
        .bind(group.deleted_at)
        .execute()
        .await?;
    if rows == 1 {
        keep_words_of(tx, group).await?;
        let change = Change::written(Kind::Group, group.id.0, group.deleted_at);
        changes::note(tx, group.tenant_id, at, change).await?;
    }
    Ok(rows == 1)
}

async fn keep_words_of(tx: &mut Transaction, group: &Group) -> Result<()> {
    keep_words(tx, group.tenant_id, group.id.0, (&group.display_name, group.description.as_deref())).await
}

/// Keeps the words that a group is found by: of its name, and of its description if it has one.
async fn keep_words(
    tx: &mut Transaction,
    tenant: TenantId,
    id: Uuid,
    (name, description): (&str, Option<&str>),
) -> Result<()> {
    let texts = [("displayName", name), ("description", description.unwrap_or_default())];
    words::keep(tx, tenant, (Kind::Group, id), &texts).await
}

inventory::submit! {
    Backlog {
        list: sql!("SELECT id FROM directory_group WHERE tenant_id = $1 AND NOT words_kept ORDER BY id LIMIT $2"),
        settle: settle_one,
    }
}

fn settle_one(tx: &mut Transaction, tenant: TenantId, id: Uuid) -> BoxFuture<'_, Result<()>> {
    Box::pin(settle(tx, tenant, id))
}

/// The deleted have words too: they are searched where they can be brought back.
async fn settle(tx: &mut Transaction, tenant: TenantId, id: Uuid) -> Result<()> {
    let texts: Option<(String, Option<String>)> = tx
        .query(sql!(
            "UPDATE directory_group SET words_kept = TRUE WHERE tenant_id = $1 AND id = $2 AND NOT words_kept
             RETURNING display_name, description"
        ))
        .bind(tenant)
        .bind(id)
        .fetch_optional()
        .await?;
    match texts {
        Some((name, description)) => keep_words(tx, tenant, id, (&name, description.as_deref())).await,
        None => Ok(()),
    }
}

/// The group with this id; deleted ones are not found.
pub async fn find(tx: &mut Transaction, tenant: TenantId, id: GroupId) -> Result<Option<Group>> {
    tx.query(sql!(concat!(
        "SELECT ",
        columns!(),
        " FROM directory_group g WHERE g.tenant_id = $1 AND g.id = $2 AND g.deleted_at IS NULL"
    )))
    .bind(tenant)
    .bind(id)
    .fetch_optional()
    .await
}

/// The group with this `uniqueName`, compared without case.
pub async fn find_by_unique_name(tx: &mut Transaction, tenant: TenantId, name: &str) -> Result<Option<Group>> {
    tx.query(sql!(concat!(
        "SELECT ",
        columns!(),
        " FROM directory_group g WHERE g.tenant_id = $1 AND g.unique_name_folded = $2 AND g.deleted_at IS NULL"
    )))
    .bind(tenant)
    .bind(fold(name))
    .fetch_optional()
    .await
}

/// Groups in an order; one more than the slice holds, if there is one.
pub async fn list(tx: &mut Transaction, tenant: TenantId, slice: &Slice) -> Result<Vec<Group>> {
    let mut query = tx
        .query(sql!(concat!(
            "SELECT ",
            columns!(),
            " FROM directory_group g WHERE g.tenant_id = $1 AND g.deleted_at IS NULL"
        )))
        .bind(tenant);
    slice.write(&mut query);
    query.fetch_all().await
}

/// How many groups meet a condition.
pub async fn count(tx: &mut Transaction, tenant: TenantId, condition: Option<&Condition>) -> Result<i64> {
    let query = tx
        .query(sql!("SELECT COUNT(*) FROM directory_group g WHERE g.tenant_id = $1 AND g.deleted_at IS NULL"))
        .bind(tenant);
    count_meeting(condition, query).await
}
