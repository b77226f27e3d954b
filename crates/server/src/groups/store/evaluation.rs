//! How far the rules of dynamic groups were evaluated.

use crate::graph::query::{Condition, write_condition};
use crate::groups::RuleState;
use crate::groups::group::GroupType;
use crate::platform::ids::{GroupId, TenantId, UserId};
use database::{Result, Timestamp, Transaction, sql, sql_across};

/// How far the rule of one group was evaluated.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Evaluation {
    /// The group.
    pub group_id: GroupId,
    /// Whether users are left that were not looked at since the rule was set.
    pub is_pending: bool,
    /// The last user of those who were.
    pub behind: Option<UserId>,
    /// When the last evaluation ended.
    pub evaluated_at: Option<Timestamp>,
    /// Why it failed.
    pub error: Option<String>,
}

/// The evaluation of a group; none for one without a rule.
pub async fn find_evaluation(tx: &mut Transaction, tenant: TenantId, group: GroupId) -> Result<Option<Evaluation>> {
    tx.query(sql!(
        "SELECT group_id, is_pending, behind, evaluated_at, error FROM rule_evaluation
         WHERE tenant_id = $1 AND group_id = $2"
    ))
    .bind(tenant)
    .bind(group)
    .fetch_optional()
    .await
}

/// Some evaluation that is not at its end.
pub async fn find_pending(tx: &mut Transaction, tenant: TenantId) -> Result<Option<Evaluation>> {
    tx.query(sql!(
        "SELECT group_id, is_pending, behind, evaluated_at, error FROM rule_evaluation
         WHERE tenant_id = $1 AND is_pending ORDER BY group_id LIMIT 1"
    ))
    .bind(tenant)
    .fetch_optional()
    .await
}

/// Lets the rule of a group be evaluated for everybody, from the beginning.
pub async fn request_evaluation(tx: &mut Transaction, tenant: TenantId, group: GroupId) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO rule_evaluation (tenant_id, group_id, is_pending, behind) VALUES ($1, $2, TRUE, NULL)
         ON CONFLICT (tenant_id, group_id) DO UPDATE SET is_pending = TRUE, behind = NULL, error = NULL"
    ))
    .bind(tenant)
    .bind(group)
    .execute()
    .await?;
    Ok(())
}

/// The same for every group of a tenant.
pub async fn request_every_evaluation(tx: &mut Transaction, tenant: TenantId) -> Result<()> {
    tx.query(sql!("UPDATE rule_evaluation SET is_pending = TRUE, behind = NULL, error = NULL WHERE tenant_id = $1"))
        .bind(tenant)
        .execute()
        .await?;
    Ok(())
}

/// Writes down how far an evaluation came.
pub async fn update_evaluation(tx: &mut Transaction, tenant: TenantId, evaluation: &Evaluation) -> Result<()> {
    tx.query(sql!(
        "UPDATE rule_evaluation SET is_pending = $3, behind = $4, evaluated_at = $5, error = $6
         WHERE tenant_id = $1 AND group_id = $2"
    ))
    .bind(tenant)
    .bind(evaluation.group_id)
    .bind(evaluation.is_pending)
    .bind(evaluation.behind)
    .bind(evaluation.evaluated_at)
    .bind(evaluation.error.clone())
    .execute()
    .await?;
    Ok(())
}

/// Notes that what changed was followed by every rule that is not to be evaluated anyway.
pub async fn note_followed(tx: &mut Transaction, tenant: TenantId, at: Timestamp) -> Result<()> {
    tx.query(sql!(
        "UPDATE rule_evaluation SET evaluated_at = $2 WHERE tenant_id = $1 AND NOT is_pending AND error IS NULL"
    ))
    .bind(tenant)
    .bind(at)
    .execute()
    .await?;
    Ok(())
}

/// Forgets the evaluation of a group that has no rule any more.
pub async fn delete_evaluation(tx: &mut Transaction, tenant: TenantId, group: GroupId) -> Result<()> {
    tx.query(sql!("DELETE FROM rule_evaluation WHERE tenant_id = $1 AND group_id = $2"))
        .bind(tenant)
        .bind(group)
        .execute()
        .await?;
    Ok(())
}

/// The tenants that have rules to follow.
pub async fn list_following(tx: &mut Transaction) -> Result<Vec<TenantId>> {
    tx.query(sql_across!("the rules of every tenant follow what changes", "SELECT f.tenant_id FROM rule_follower f"))
        .fetch_values()
        .await
}

/// Begins to follow what changes behind this number, if the tenant does not yet; in any case nobody follows until the
/// transaction has ended.
pub async fn begin_following(tx: &mut Transaction, tenant: TenantId, number: i64) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO rule_follower (tenant_id, number) VALUES ($1, $2)
         ON CONFLICT (tenant_id) DO UPDATE SET number = rule_follower.number"
    ))
    .bind(tenant)
    .bind(number)
    .execute()
    .await?;
    Ok(())
}

/// Up to which change the rules have followed.
pub async fn find_followed(tx: &mut Transaction, tenant: TenantId) -> Result<Option<i64>> {
    let found: Option<(i64,)> =
        tx.query(sql!("SELECT number FROM rule_follower WHERE tenant_id = $1")).bind(tenant).fetch_optional().await?;
    Ok(found.map(|(number,)| number))
}

/// Moves on from one number to another; `false` if somebody else did. Whoever comes second waits until the first has ended, so
/// the rules of a tenant are evaluated by one process at a time.
pub async fn follow(tx: &mut Transaction, tenant: TenantId, from: i64, to: i64) -> Result<bool> {
    let rows = tx
        .query(sql!("UPDATE rule_follower SET number = $3 WHERE tenant_id = $1 AND number = $2"))
        .bind(tenant)
        .bind(from)
        .bind(to)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// The rules of a tenant that are on, with their groups.
pub async fn list_rules(tx: &mut Transaction, tenant: TenantId) -> Result<Vec<(GroupId, String)>> {
    tx.query(sql!(
        "SELECT g.id, g.membership_rule FROM directory_group g
         WHERE g.tenant_id = $1 AND g.deleted_at IS NULL AND g.group_type IS NOT NULL AND g.group_type = $2
           AND g.membership_rule_state = $3 AND g.membership_rule IS NOT NULL ORDER BY g.id"
    ))
    .bind(tenant)
    .bind(GroupType::DynamicMembership)
    .bind(RuleState::On)
    .fetch_all()
    .await
}

/// How many groups of a tenant have a rule, paused ones too.
pub async fn count_dynamic(tx: &mut Transaction, tenant: TenantId) -> Result<i64> {
    tx.query(sql!(
        "SELECT COUNT(*) FROM directory_group g
         WHERE g.tenant_id = $1 AND g.deleted_at IS NULL AND g.group_type IS NOT NULL AND g.group_type = $2"
    ))
    .bind(tenant)
    .bind(GroupType::DynamicMembership)
    .fetch_value()
    .await
}

/// Which of these users belong directly to which of these groups.
pub async fn list_belonging(
    tx: &mut Transaction,
    tenant: TenantId,
    groups: &[GroupId],
    users: &[UserId],
) -> Result<Vec<(GroupId, UserId)>> {
    if groups.is_empty() || users.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = tx
        .query(sql!(
            "SELECT m.group_id, m.object_id FROM group_member m WHERE m.tenant_id = $1 AND m.object_kind = 'User'"
        ))
        .bind(tenant);
    write_condition(Some(&super::hangs_on(groups)), &mut query);
    write_condition(Some(&Condition::one_of("m.object_id", users.iter().map(|user| user.0))), &mut query);
    query.fetch_all().await
}
