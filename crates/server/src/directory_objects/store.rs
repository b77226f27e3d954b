//! Objects of one kind, from the edges of groups on. The edges come first, whose order SQLite keeps in a CROSS JOIN: by the
//! statement alone its planner would go through everybody the tenant has, in the order or by the text that is asked for.

use crate::changes::Kind;
use crate::graph::query::{Condition, write_condition};
use crate::groups::store::hangs_on;
use crate::groups::{self, Group, Relation};
use crate::platform::ids::{GroupId, TenantId};
use crate::service_principals::{self, ServicePrincipal};
use crate::users::{self, User};
use database::{Query, Result, Statement, Transaction, sql};
use uuid::Uuid;

macro_rules! users {
    ($columns:expr, $table:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM ",
            $table,
            " m CROSS JOIN user_account u
              WHERE m.tenant_id = $1 AND m.object_kind = 'User' AND u.tenant_id = $1 AND u.id = m.object_id
                AND u.deleted_at IS NULL"
        )
    };
}

macro_rules! groups {
    ($columns:expr, $table:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM ",
            $table,
            " m CROSS JOIN directory_group g
              WHERE m.tenant_id = $1 AND m.object_kind = 'Group' AND g.tenant_id = $1 AND g.id = m.object_id
                AND g.deleted_at IS NULL"
        )
    };
}

macro_rules! programs {
    ($columns:expr, $table:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM ",
            $table,
            " m CROSS JOIN service_principal s
              LEFT JOIN application a ON a.tenant_id = s.tenant_id AND a.app_id = s.app_id
              WHERE m.tenant_id = $1 AND m.object_kind = 'ServicePrincipal' AND s.tenant_id = $1 AND s.id = m.object_id
                AND s.deleted_at IS NULL AND a.deleted_at IS NULL"
        )
    };
}

/// The edges that are gone along.
#[derive(Debug, Clone, Copy)]
pub struct Edges<'a> {
    /// Members or owners.
    pub relation: Relation,
    /// Of these groups, at least one.
    pub groups: &'a [GroupId],
}

impl Edges<'_> {
    fn ask<'t>(
        self,
        tx: &'t mut Transaction,
        statement: &'static Statement,
        tenant: TenantId,
        condition: Option<&Condition>,
    ) -> Query<'t> {
        let mut query = tx.query(statement).bind(tenant);
        write_condition(Some(&hangs_on(self.groups)), &mut query);
        write_condition(condition, &mut query);
        query
    }
}

/// Whether there are more edges to objects of a kind than `number`, those to deleted ones included.
pub async fn are_more(
    tx: &mut Transaction,
    tenant: TenantId,
    kind: Kind,
    edges: Edges<'_>,
    number: u32,
) -> Result<bool> {
    let statement = match edges.relation {
        Relation::Members => sql!("SELECT m.object_id FROM group_member m WHERE m.tenant_id = $1"),
        Relation::Owners => sql!("SELECT m.object_id FROM group_owner m WHERE m.tenant_id = $1"),
    };
    let mut query = edges.ask(tx, statement, tenant, None);
    query.push(" AND m.object_kind = ").value(kind).push(" LIMIT 1 OFFSET ").value(i64::from(number));
    let found: Option<(Uuid,)> = query.fetch_optional().await?;
    Ok(found.is_some())
}

/// The users on the edges who meet a condition, in no order; one on several edges comes with each.
pub async fn list_users(
    tx: &mut Transaction,
    tenant: TenantId,
    edges: Edges<'_>,
    condition: Option<&Condition>,
) -> Result<Vec<User>> {
    let statement = match edges.relation {
        Relation::Members => sql!(users!(users::store::columns!(), "group_member")),
        Relation::Owners => sql!(users!(users::store::columns!(), "group_owner")),
    };
    edges.ask(tx, statement, tenant, condition).fetch_all().await
}

/// The groups that belong to groups and meet a condition, as [`list_users`]. No group answers for another.
pub async fn list_groups(
    tx: &mut Transaction,
    tenant: TenantId,
    edges: Edges<'_>,
    condition: Option<&Condition>,
) -> Result<Vec<Group>> {
    match edges.relation {
        Relation::Members => {
            let statement = sql!(groups!(groups::store::columns!(), "group_member"));
            edges.ask(tx, statement, tenant, condition).fetch_all().await
        }
        Relation::Owners => Ok(Vec::new()),
    }
}

/// The service principals on the edges that meet a condition, as [`list_users`].
pub async fn list_programs(
    tx: &mut Transaction,
    tenant: TenantId,
    edges: Edges<'_>,
    condition: Option<&Condition>,
) -> Result<Vec<ServicePrincipal>> {
    let statement = match edges.relation {
        Relation::Members => sql!(programs!(service_principals::store::columns!(), "group_member")),
        Relation::Owners => sql!(programs!(service_principals::store::columns!(), "group_owner")),
    };
    edges.ask(tx, statement, tenant, condition).fetch_all().await
}

/// How many objects of a kind on the edges meet a condition, each counted once.
pub async fn count(
    tx: &mut Transaction,
    tenant: TenantId,
    kind: Kind,
    edges: Edges<'_>,
    condition: Option<&Condition>,
) -> Result<i64> {
    let statement = match (kind, edges.relation) {
        (Kind::User, Relation::Members) => sql!(users!("COUNT(DISTINCT m.object_id)", "group_member")),
        (Kind::User, Relation::Owners) => sql!(users!("COUNT(DISTINCT m.object_id)", "group_owner")),
        (Kind::Group, Relation::Members) => sql!(groups!("COUNT(DISTINCT m.object_id)", "group_member")),
        (Kind::ServicePrincipal, Relation::Members) => sql!(programs!("COUNT(DISTINCT m.object_id)", "group_member")),
        (Kind::ServicePrincipal, Relation::Owners) => sql!(programs!("COUNT(DISTINCT m.object_id)", "group_owner")),
        (Kind::Group, Relation::Owners) | (Kind::Application | Kind::DirectoryRole | Kind::Grant, _) => return Ok(0),
    };
    edges.ask(tx, statement, tenant, condition).fetch_value().await
}
