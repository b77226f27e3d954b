//! Whoever holds a role, page by page: each page is read from where the last one ended, by the role.

use crate::changes::Kind;
use crate::directory_roles::{Holder, Member, Program, RoleGroup};
use crate::graph::Role;
use crate::platform::ids::{RoleId, TenantId};
use database::{Record, Result, Statement, Transaction, sql};
use uuid::Uuid;

/// The order in which holders are listed: each kind by id.
const KINDS: [Kind; 3] = [Kind::User, Kind::ServicePrincipal, Kind::Group];

/// Which of the holders of a role: of one kind or of any, and behind one of them.
pub type Window = (Option<Kind>, Option<(Kind, Uuid)>);

/// Whoever holds a role: users by id, then programs by id, then groups by id, at most `limit`.
pub async fn list_holders(
    tx: &mut Transaction,
    tenant: TenantId,
    role: Role,
    (kind, after): Window,
    limit: u32,
) -> Result<Vec<Holder>> {
    let place = |of: Kind| KINDS.iter().position(|kind| *kind == of);
    let mut holders = Vec::new();
    for one in KINDS.into_iter().filter(|one| kind.is_none_or(|kind| kind == *one)) {
        let left = limit.saturating_sub(u32::try_from(holders.len()).unwrap_or(u32::MAX));
        if left == 0 || after.is_some_and(|(behind, _)| place(behind) > place(one)) {
            continue;
        }
        let behind = after.filter(|(behind, _)| *behind == one).map(|(_, id)| id);
        match one {
            Kind::User => {
                let users = list_members(tx, tenant, role, behind, left).await?;
                holders.extend(users.into_iter().map(|user| Holder::User(Box::new(user))));
            }
            Kind::ServicePrincipal => {
                let programs: Vec<Program> = list_kind(tx, PROGRAMS, (tenant, role), behind, left).await?;
                holders.extend(programs.into_iter().map(Holder::Program));
            }
            _ => {
                let groups: Vec<RoleGroup> = list_kind(tx, GROUPS, (tenant, role), behind, left).await?;
                holders.extend(groups.into_iter().map(Holder::Group));
            }
        }
    }
    Ok(holders)
}

/// How many hold a role, of one kind or of any.
pub async fn count_holders(tx: &mut Transaction, tenant: TenantId, role: Role, kind: Option<Kind>) -> Result<i64> {
    let mut count = 0;
    for one in KINDS.into_iter().filter(|one| kind.is_none_or(|kind| kind == *one)) {
        let statement = match one {
            Kind::User => sql!(
                "SELECT COUNT(*) FROM directory_role_assignment r CROSS JOIN user_account u
                 WHERE r.tenant_id = $1 AND r.role_id = $2
                   AND u.tenant_id = $1 AND u.id = r.principal_id AND u.deleted_at IS NULL"
            ),
            Kind::ServicePrincipal => sql!(
                "SELECT COUNT(*) FROM directory_role_assignment r CROSS JOIN service_principal s
                 WHERE r.tenant_id = $1 AND r.role_id = $2
                   AND s.tenant_id = $1 AND s.id = r.principal_id AND s.deleted_at IS NULL"
            ),
            _ => sql!(
                "SELECT COUNT(*) FROM directory_role_assignment r CROSS JOIN directory_group g
                 WHERE r.tenant_id = $1 AND r.role_id = $2
                   AND g.tenant_id = $1 AND g.id = r.principal_id AND g.deleted_at IS NULL"
            ),
        };
        let (number,): (i64,) = tx.query(statement).bind(tenant).bind(role.id()).fetch_one().await?;
        count += number;
    }
    Ok(count)
}

/// The count of one role, before and behind the place where its id stands.
macro_rules! held {
    (before) => {
        "SELECT c.role_id, COUNT(*) FROM (SELECT r.role_id FROM directory_role_assignment r
         WHERE r.tenant_id = $1 AND r.role_id = "
    };
    (behind) => {
        concat!(" AND ", is_there!(), " LIMIT $3) c GROUP BY c.role_id")
    };
}

/// How many hold each of these roles, at most `limit` of each; a role that nobody holds is left out.
pub async fn count_each(
    tx: &mut Transaction,
    tenant: TenantId,
    roles: &[Role],
    limit: i64,
) -> Result<Vec<(RoleId, i64)>> {
    let Some((first, others)) = roles.split_first() else { return Ok(Vec::new()) };
    let mut query =
        tx.query(sql!(concat!(held!(before), "$2", held!(behind)))).bind(tenant).bind(first.id()).bind(limit);
    for role in others {
        query.push(concat!(" UNION ALL ", held!(before))).value(role.id()).push(held!(behind));
    }
    query.fetch_all().await
}

/// The users who hold a role, by id from behind `after`, at most `limit`.
pub async fn list_members(
    tx: &mut Transaction,
    tenant: TenantId,
    role: Role,
    after: Option<Uuid>,
    limit: u32,
) -> Result<Vec<Member>> {
    list_kind(tx, MEMBERS, (tenant, role), after, limit).await
}

static MEMBERS: &Statement = sql!(concat!(
    "SELECT ",
    columns!(),
    " FROM directory_role_assignment r CROSS JOIN user_account u
     WHERE r.tenant_id = $1 AND r.role_id = $2 AND r.principal_id > $3
       AND u.tenant_id = $1 AND u.id = r.principal_id AND u.deleted_at IS NULL ORDER BY r.principal_id LIMIT $4"
));

static PROGRAMS: &Statement = sql!(concat!(
    "SELECT ",
    program_columns!(),
    " FROM directory_role_assignment r CROSS JOIN service_principal s
     WHERE r.tenant_id = $1 AND r.role_id = $2 AND r.principal_id > $3
       AND s.tenant_id = $1 AND s.id = r.principal_id AND s.deleted_at IS NULL ORDER BY r.principal_id LIMIT $4"
));

static GROUPS: &Statement = sql!(concat!(
    "SELECT ",
    group_columns!(),
    " FROM directory_role_assignment r CROSS JOIN directory_group g
     WHERE r.tenant_id = $1 AND r.role_id = $2 AND r.principal_id > $3
       AND g.tenant_id = $1 AND g.id = r.principal_id AND g.deleted_at IS NULL ORDER BY r.principal_id LIMIT $4"
));

/// The holders of one kind that one of the statements above finds: from behind `after`, at most `limit`.
async fn list_kind<R: Record>(
    tx: &mut Transaction,
    statement: &'static Statement,
    (tenant, role): (TenantId, Role),
    after: Option<Uuid>,
    limit: u32,
) -> Result<Vec<R>> {
    tx.query(statement)
        .bind(tenant)
        .bind(role.id())
        .bind(after.unwrap_or_default())
        .bind(i64::from(limit))
        .fetch_all()
        .await
}
