//! The SQL of role assignments.

use super::{Holder, Member, Program, RoleAssignment, RoleGroup};
use crate::changes::Kind;
use crate::graph::Role;
use crate::graph::query::{Condition, write_condition};
use crate::platform::ids::{GroupId, PrincipalId, RoleId, ServicePrincipalId, TenantId, UserId};
use database::{Result, Timestamp, Transaction, sql};
use uuid::Uuid;

macro_rules! columns {
    () => {
        "u.id, u.user_principal_name, u.display_name, u.given_name, u.surname, u.mail, u.job_title, u.mobile_phone,
         u.office_location, u.preferred_language, u.business_phones, u.user_type"
    };
}

macro_rules! program_columns {
    () => {
        "s.id, s.app_id, s.display_name, s.account_enabled, s.app_role_assignment_required"
    };
}

macro_rules! group_columns {
    () => {
        "g.id, g.display_name, g.description"
    };
}

/// Whether whoever holds a role by an assignment is there, by the alias `r`.
macro_rules! is_there {
    () => {
        "(r.principal_id IN (SELECT u.id FROM user_account u WHERE u.tenant_id = $1 AND u.id = r.principal_id
                             AND u.deleted_at IS NULL)
          OR r.principal_id IN (SELECT s.id FROM service_principal s WHERE s.tenant_id = $1 AND s.id = r.principal_id
                                AND s.deleted_at IS NULL)
          OR r.principal_id IN (SELECT g.id FROM directory_group g WHERE g.tenant_id = $1 AND g.id = r.principal_id
                                AND g.deleted_at IS NULL))"
    };
}

mod holders;

pub use holders::{Window, count_each, count_holders, list_holders, list_members};

/// Gives a role; `false` if it is held already.
pub async fn insert(
    tx: &mut Transaction,
    tenant: TenantId,
    principal: PrincipalId,
    role: Role,
    at: Timestamp,
) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "INSERT INTO directory_role_assignment (tenant_id, principal_id, role_id, created_at)
         VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING"
        ))
        .bind(tenant)
        .bind(principal)
        .bind(role.id())
        .bind(at)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// The roles a principal holds itself.
pub async fn list(tx: &mut Transaction, tenant: TenantId, principal: PrincipalId) -> Result<Vec<Role>> {
    let rows: Vec<(RoleId,)> = tx
        .query(sql!("SELECT role_id FROM directory_role_assignment WHERE tenant_id = $1 AND principal_id = $2"))
        .bind(tenant)
        .bind(principal)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().filter_map(|(id,)| Role::from_id(id)).collect())
}

macro_rules! by_groups {
    ($state:literal) => {
        concat!(
            "SELECT r.role_id FROM group_member m
             JOIN directory_group g ON g.tenant_id = m.tenant_id AND g.id = m.group_id AND g.is_assignable_to_role",
            $state,
            " JOIN directory_role_assignment r ON r.tenant_id = m.tenant_id AND r.principal_id = m.group_id
             WHERE m.tenant_id = $1 AND m.object_id = $2"
        )
    };
}

/// The roles that the groups of a user or a program hold; a group that is deleted gives none. Groups that hold roles hold no other
/// groups, so that the kind is not asked for: SQLite would go through every membership of the tenant.
pub async fn list_by_groups(tx: &mut Transaction, tenant: TenantId, principal: PrincipalId) -> Result<Vec<Role>> {
    let rows: Vec<(RoleId,)> =
        tx.query(sql!(by_groups!(" AND g.deleted_at IS NULL"))).bind(tenant).bind(principal).fetch_all().await?;
    Ok(rows.into_iter().filter_map(|(id,)| Role::from_id(id)).collect())
}

/// The same with those of deleted groups, which keep their roles until they are gone for good.
pub async fn list_by_groups_of_ever(
    tx: &mut Transaction,
    tenant: TenantId,
    principal: PrincipalId,
) -> Result<Vec<Role>> {
    let rows: Vec<(RoleId,)> = tx.query(sql!(by_groups!(""))).bind(tenant).bind(principal).fetch_all().await?;
    Ok(rows.into_iter().filter_map(|(id,)| Role::from_id(id)).collect())
}

/// Everybody who holds a role in a tenant, which, and the group that they are, if they are one.
pub async fn list_held(tx: &mut Transaction, tenant: TenantId) -> Result<Vec<(PrincipalId, RoleId, Option<GroupId>)>> {
    tx.query(sql!(
        "SELECT r.principal_id, r.role_id, g.id FROM directory_role_assignment r
         LEFT JOIN directory_group g ON g.tenant_id = r.tenant_id AND g.id = r.principal_id
         WHERE r.tenant_id = $1"
    ))
    .bind(tenant)
    .fetch_all()
    .await
}

/// Takes a role; `false` if it is not held.
pub async fn delete(tx: &mut Transaction, tenant: TenantId, principal: PrincipalId, role: Role) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "DELETE FROM directory_role_assignment WHERE tenant_id = $1 AND principal_id = $2 AND role_id = $3"
        ))
        .bind(tenant)
        .bind(principal)
        .bind(role.id())
        .execute()
        .await?;
    Ok(rows == 1)
}

/// The user, program or group for roles with this id; deleted ones are not found.
pub async fn find_holder(tx: &mut Transaction, tenant: TenantId, id: PrincipalId) -> Result<Option<Holder>> {
    if let Some(user) = find_member(tx, tenant, UserId(id.0)).await? {
        return Ok(Some(Holder::User(Box::new(user))));
    }
    let program = tx
        .query(sql!(concat!(
            "SELECT ",
            program_columns!(),
            " FROM service_principal s WHERE s.tenant_id = $1 AND s.id = $2 AND s.deleted_at IS NULL"
        )))
        .bind(tenant)
        .bind(id)
        .fetch_optional()
        .await?;
    if let Some(program) = program {
        return Ok(Some(Holder::Program(program)));
    }
    let group = tx
        .query(sql!(concat!(
            "SELECT ",
            group_columns!(),
            " FROM directory_group g
             WHERE g.tenant_id = $1 AND g.id = $2 AND g.deleted_at IS NULL AND g.is_assignable_to_role"
        )))
        .bind(tenant)
        .bind(id)
        .fetch_optional()
        .await?;
    Ok(group.map(Holder::Group))
}

async fn find_member(tx: &mut Transaction, tenant: TenantId, user: UserId) -> Result<Option<Member>> {
    tx.query(sql!(concat!(
        "SELECT ",
        columns!(),
        " FROM user_account u WHERE u.tenant_id = $1 AND u.id = $2 AND u.deleted_at IS NULL"
    )))
    .bind(tenant)
    .bind(user)
    .fetch_optional()
    .await
}

/// The users, programs and groups for roles among these; deleted ones are not found.
pub async fn list_holders_by_id(tx: &mut Transaction, tenant: TenantId, ids: &[PrincipalId]) -> Result<Vec<Holder>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let among = |column| Condition::one_of(column, ids.iter().map(|id| id.0));
    let mut query = tx
        .query(sql!(concat!(
            "SELECT ",
            columns!(),
            " FROM user_account u WHERE u.tenant_id = $1 AND u.deleted_at IS NULL"
        )))
        .bind(tenant);
    write_condition(Some(&among("u.id")), &mut query);
    let users: Vec<Member> = query.fetch_all().await?;
    let mut query = tx
        .query(sql!(concat!(
            "SELECT ",
            program_columns!(),
            " FROM service_principal s WHERE s.tenant_id = $1 AND s.deleted_at IS NULL"
        )))
        .bind(tenant);
    write_condition(Some(&among("s.id")), &mut query);
    let programs: Vec<Program> = query.fetch_all().await?;
    let mut query = tx
        .query(sql!(concat!(
            "SELECT ",
            group_columns!(),
            " FROM directory_group g WHERE g.tenant_id = $1 AND g.deleted_at IS NULL AND g.is_assignable_to_role"
        )))
        .bind(tenant);
    write_condition(Some(&among("g.id")), &mut query);
    let groups: Vec<RoleGroup> = query.fetch_all().await?;
    Ok(together(users, programs, groups))
}

fn together(users: Vec<Member>, programs: Vec<Program>, groups: Vec<RoleGroup>) -> Vec<Holder> {
    users
        .into_iter()
        .map(|user| Holder::User(Box::new(user)))
        .chain(programs.into_iter().map(Holder::Program))
        .chain(groups.into_iter().map(Holder::Group))
        .collect()
}

/// Which roles are held in a tenant, by principals that are there.
pub async fn list_assignments(tx: &mut Transaction, tenant: TenantId) -> Result<Vec<RoleAssignment>> {
    let rows: Vec<(PrincipalId, RoleId)> = tx
        .query(sql!(concat!(
            "SELECT r.principal_id, r.role_id FROM directory_role_assignment r WHERE r.tenant_id = $1 AND ",
            is_there!()
        )))
        .bind(tenant)
        .fetch_all()
        .await?;
    let assignment = |(principal, role)| Some(RoleAssignment { principal, role: Role::from_id(role)? });
    Ok(rows.into_iter().filter_map(assignment).collect())
}

/// Whoever holds a role, with what they are, by id from behind `after`, at most `limit`. Who is deleted and can be brought back is
/// among them, as with the members of a group.
pub async fn list_edges(
    tx: &mut Transaction,
    tenant: TenantId,
    role: Role,
    after: Option<Uuid>,
    limit: u32,
) -> Result<Vec<(Kind, Uuid)>> {
    let rows: Vec<(PrincipalId, Option<ServicePrincipalId>, Option<GroupId>)> = tx
        .query(sql!(
            "SELECT r.principal_id, s.id, g.id FROM directory_role_assignment r
             LEFT JOIN service_principal s ON s.tenant_id = r.tenant_id AND s.id = r.principal_id
             LEFT JOIN directory_group g ON g.tenant_id = r.tenant_id AND g.id = r.principal_id
             WHERE r.tenant_id = $1 AND r.role_id = $2 AND r.principal_id > $3 ORDER BY r.principal_id LIMIT $4"
        ))
        .bind(tenant)
        .bind(role.id())
        .bind(after.unwrap_or_default())
        .bind(i64::from(limit))
        .fetch_all()
        .await?;
    let kind = |program: Option<ServicePrincipalId>, group: Option<GroupId>| match (program, group) {
        (Some(_), _) => Kind::ServicePrincipal,
        (None, Some(_)) => Kind::Group,
        (None, None) => Kind::User,
    };
    Ok(rows.into_iter().map(|(id, program, group)| (kind(program, group), id.0)).collect())
}

/// Takes all roles of a principal; which those were.
pub async fn delete_all(tx: &mut Transaction, tenant: TenantId, principal: PrincipalId) -> Result<Vec<Role>> {
    let rows: Vec<(RoleId,)> = tx
        .query(sql!(
            "DELETE FROM directory_role_assignment WHERE tenant_id = $1 AND principal_id = $2 RETURNING role_id"
        ))
        .bind(tenant)
        .bind(principal)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().filter_map(|(id,)| Role::from_id(id)).collect())
}
