//! The SQL of what somebody reaches: which apps, in the order of their names.
//!
//! Those that are open to everybody are read along an index that holds no others. Those that somebody was let into are found by their
//! assignments and by their groups, and put in order.

use super::Which;
use crate::platform::ids::{ServicePrincipalId, TenantId, UserId};
use database::{Query, Result, Transaction, sql};
use uuid::Uuid;

/// An app, by the name it is sorted by.
pub(super) type Place = (String, ServicePrincipalId);

/// Whether an app is opened anywhere, by the aliases `s` and `a`: on a page, or where it takes people back to.
macro_rules! has_page {
    () => {
        "(a.home_page_url IS NOT NULL OR a.web_redirect_uris <> '[]' OR a.spa_redirect_uris <> '[]'
          OR s.home_page_url IS NOT NULL OR s.redirect_uris <> '[]' OR (s.kept ->> 'loginUrl') IS NOT NULL)"
    };
}

/// The tags of an app, as a text of JSON: those of its registration, and those of this organisation.
macro_rules! tags {
    () => {
        "(COALESCE(CAST(COALESCE(a.kept, s.app_kept) -> 'details' -> 'tags' AS TEXT), '')
          || COALESCE(CAST(s.kept -> 'tags' AS TEXT), ''))"
    };
}

/// Whether none of them hides the app. The engines do not agree on the case of letters in a LIKE.
macro_rules! is_shown {
    () => {
        concat!(" AND REPLACE(", tags!(), ", '\"HideApp\"', '') = ", tags!())
    };
}

/// Apps of a user from behind one that may have been removed, by name; at most `limit`.
pub(super) async fn list(
    tx: &mut Transaction,
    tenant: TenantId,
    user: UserId,
    which: Which,
    (after, limit): (Option<ServicePrincipalId>, usize),
) -> Result<Vec<Place>> {
    let behind = match after {
        Some(id) => find_name(tx, tenant, id).await?.map(|name| (name, id)),
        None => None,
    };
    // Behind the empty name are all.
    let behind = behind.unwrap_or_else(|| (String::new(), ServicePrincipalId(Uuid::nil())));
    let most = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut found: Vec<Place> = open(tx, tenant, which, (&behind, most)).fetch_all().await?;
    let given: Vec<Place> = given(tx, (tenant, user), which, (&behind, most)).fetch_all().await?;
    found.extend(given);
    found.sort_unstable();
    found.dedup();
    found.truncate(limit);
    Ok(found)
}

/// The name by which an app is sorted; also of a removed one.
async fn find_name(tx: &mut Transaction, tenant: TenantId, id: ServicePrincipalId) -> Result<Option<String>> {
    let found: Option<(String,)> = tx
        .query(sql!("SELECT display_name_folded FROM service_principal WHERE tenant_id = $1 AND id = $2"))
        .bind(tenant)
        .bind(id)
        .fetch_optional()
        .await?;
    Ok(found.map(|(name,)| name))
}

/// Those that are open to everybody and have a page. SQLite keeps the order of a CROSS JOIN: what leads comes first.
pub(in crate::portals) fn open<'t>(
    tx: &'t mut Transaction,
    tenant: TenantId,
    which: Which,
    (behind, limit): (&Place, i64),
) -> Query<'t> {
    let mut query = tx
        .query(sql!(concat!(
            "SELECT s.display_name_folded, s.id FROM service_principal s CROSS JOIN application a
             WHERE s.tenant_id = $1 AND s.deleted_at IS NULL AND s.account_enabled
               AND NOT s.app_role_assignment_required AND s.home_tenant_id IS NULL
               AND a.tenant_id = $1 AND a.app_id = s.app_id AND a.deleted_at IS NULL AND ",
            has_page!()
        )))
        .bind(tenant);
    if which == Which::Opened {
        query.push(is_shown!());
    }
    go_on(&mut query, behind, limit);
    query
}

/// Those that a user was assigned to, or a group to which they belong directly. They lead: by what can be assigned, SQLite would go
/// through all assignments of the tenant.
pub(in crate::portals) fn given<'t>(
    tx: &'t mut Transaction,
    (tenant, user): (TenantId, UserId),
    which: Which,
    (behind, limit): (&Place, i64),
) -> Query<'t> {
    let mut query = tx
        .query(sql!(
            "SELECT DISTINCT s.display_name_folded, s.id
             FROM (SELECT m.group_id AS id FROM group_member m
                   JOIN directory_group g ON g.tenant_id = m.tenant_id AND g.id = m.group_id AND g.deleted_at IS NULL
                   WHERE m.tenant_id = $1 AND m.object_id = $2
                   UNION ALL SELECT y.id FROM user_account y
                   WHERE y.tenant_id = $1 AND y.id = $2 AND y.deleted_at IS NULL) e
             CROSS JOIN app_role_assignment r CROSS JOIN service_principal s
             LEFT JOIN application a ON a.tenant_id = s.tenant_id AND a.app_id = s.app_id
             WHERE r.tenant_id = $1 AND r.principal_id = e.id
               AND s.tenant_id = $1 AND s.id = r.resource_id AND s.deleted_at IS NULL AND a.deleted_at IS NULL
               AND s.account_enabled"
        ))
        .bind(tenant)
        .bind(user);
    if which == Which::Opened {
        query.push(concat!(" AND ", has_page!(), is_shown!()));
    }
    go_on(&mut query, behind, limit);
    query
}

fn go_on(query: &mut Query<'_>, behind: &Place, limit: i64) {
    let (name, id) = behind;
    query.push(" AND (s.display_name_folded, s.id) > (").value(name.clone());
    query.push(", ").value(*id);
    query.push(") ORDER BY s.display_name_folded, s.id LIMIT ").value(limit);
}
