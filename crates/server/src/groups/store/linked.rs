//! What hangs on a group, in the order of its key: by kind, then by id. Deleted objects are passed over.

use crate::changes::Kind;
use crate::graph::query::{Condition, Place, write_condition};
use crate::groups::Relation;
use crate::platform::ids::{GroupId, TenantId};
use crate::users::UserType;
use database::{Query, Result, Transaction, sql};
use uuid::Uuid;

/// One object that hangs on a group.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Linked {
    /// What it is.
    pub kind: Kind,
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub display_name: String,
    /// The `userPrincipalName` of a user.
    pub principal_name: Option<String>,
    /// Whether a user is a member or a guest.
    pub user_type: Option<UserType>,
}

impl Linked {
    /// Where a page that ends with this object ended.
    pub fn place(&self) -> Place {
        Place { key: Some(self.kind.as_str().to_owned()), id: self.id }
    }
}

/// Which of them.
#[derive(Debug, Clone)]
pub struct Window<'a> {
    /// Of this kind only.
    pub kind: Option<Kind>,
    /// Those that meet this condition, by the columns of [`crate::groups::resource::LINKED`].
    pub condition: Option<&'a Condition>,
    /// Behind this one.
    pub after: Option<&'a Place>,
}

macro_rules! select {
    ($columns:literal, $table:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM ",
            $table,
            " m
              LEFT JOIN user_account u
                  ON u.tenant_id = m.tenant_id AND u.id = m.object_id AND m.object_kind = 'User' AND u.deleted_at IS NULL
              LEFT JOIN directory_group g
                  ON g.tenant_id = m.tenant_id AND g.id = m.object_id AND m.object_kind = 'Group' AND g.deleted_at IS NULL
              LEFT JOIN service_principal s ON s.tenant_id = m.tenant_id AND s.id = m.object_id
                  AND m.object_kind = 'ServicePrincipal' AND s.deleted_at IS NULL
              LEFT JOIN application a ON a.tenant_id = s.tenant_id AND a.app_id = s.app_id
              WHERE m.tenant_id = $1 AND a.deleted_at IS NULL
                AND (u.id IS NOT NULL OR g.id IS NOT NULL OR s.id IS NOT NULL)"
        )
    };
}

macro_rules! objects {
    ($table:literal) => {
        concat!(
            select!(
                "m.object_kind AS kind, m.object_id AS id,
                 COALESCE(u.display_name, g.display_name, a.display_name, s.display_name) AS display_name,
                 u.user_principal_name AS principal_name, u.user_type",
                $table
            ),
            " AND m.group_id = $2"
        )
    };
}

/// What hangs directly on a group, at most `limit`.
pub async fn list_linked(
    tx: &mut Transaction,
    tenant: TenantId,
    (relation, group): (Relation, GroupId),
    window: &Window<'_>,
    limit: u32,
) -> Result<Vec<Linked>> {
    let statement = match relation {
        Relation::Members => sql!(objects!("group_member")),
        Relation::Owners => sql!(objects!("group_owner")),
    };
    let mut query = tx.query(statement).bind(tenant).bind(group);
    window.write(&mut query);
    query.push(" ORDER BY m.object_kind, m.object_id LIMIT ").value(i64::from(limit));
    query.fetch_all().await
}

/// Who belongs directly to a group, deleted objects too, by kind and id, from behind one of them; at most `limit`.
pub async fn list_members(
    tx: &mut Transaction,
    tenant: TenantId,
    group: GroupId,
    behind: Option<(Kind, Uuid)>,
    limit: u32,
) -> Result<Vec<(Kind, Uuid)>> {
    let mut query = tx
        .query(sql!("SELECT m.object_kind, m.object_id FROM group_member m WHERE m.tenant_id = $1 AND m.group_id = $2"))
        .bind(tenant)
        .bind(group);
    if let Some((kind, id)) = behind {
        query.push(" AND (m.object_kind, m.object_id) > (").value(kind).push(", ").value(id).push(")");
    }
    query.push(" ORDER BY m.object_kind, m.object_id LIMIT ").value(i64::from(limit));
    query.fetch_all().await
}

/// How many objects hang on these groups, each counted once.
pub async fn count_linked(
    tx: &mut Transaction,
    tenant: TenantId,
    relation: Relation,
    groups: &[GroupId],
    window: &Window<'_>,
) -> Result<i64> {
    let statement = match relation {
        Relation::Members => sql!(select!("COUNT(DISTINCT m.object_id)", "group_member")),
        Relation::Owners => sql!(select!("COUNT(DISTINCT m.object_id)", "group_owner")),
    };
    let mut query = tx.query(statement).bind(tenant);
    write_condition(Some(&super::belonging::hangs_on(groups)), &mut query);
    window.write(&mut query);
    query.fetch_value().await
}

impl Window<'_> {
    fn write(&self, query: &mut Query<'_>) {
        if let Some(kind) = self.kind {
            query.push(" AND m.object_kind = ").value(kind);
        }
        write_condition(self.condition, query);
        let Some(Place { key, id }) = self.after else { return };
        match (self.kind, key) {
            (None, Some(kind)) => {
                query.push(" AND (m.object_kind, m.object_id) > (").value(kind.clone()).push(", ").value(*id).push(")");
            }
            _ => {
                query.push(" AND m.object_id > ").value(*id);
            }
        }
    }
}
