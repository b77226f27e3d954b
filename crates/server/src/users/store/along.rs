//! Users in the order of an index that leads to them.

use super::columns;
use crate::graph::query::{Condition, Place, write_condition};
use crate::platform::ids::TenantId;
use crate::users::User;
use crate::users::access_path::{AccessPath, Index};
use database::{Query, Result, Transaction, sql};

/// A user with the text they were found by.
#[derive(sqlx::FromRow)]
struct Found {
    found_by: String,
    #[sqlx(flatten)]
    user: User,
}

/// Users whom a path leads to and who meet the condition, behind a place, at most `limit`, each with the text they were found
/// by: in the order of these texts, then of ids. Somebody with several such words comes with each of them.
pub async fn list_along(
    tx: &mut Transaction,
    tenant: TenantId,
    (path, condition): (&AccessPath, Option<&Condition>),
    after: Option<&Place>,
    limit: u32,
) -> Result<Vec<(String, User)>> {
    let query = query_along(tx, tenant, (path, condition), after, limit);
    if let Index::Words(_) = path.index {
        let found: Vec<Found> = query.fetch_all().await?;
        return Ok(found.into_iter().map(|found| (found.found_by, found.user)).collect());
    }
    let found: Vec<User> = query.fetch_all().await?;
    Ok(found.into_iter().map(|user| (path.first(&user).unwrap_or_default(), user)).collect())
}

/// The statement of [`list_along`].
pub fn query_along<'t>(
    tx: &'t mut Transaction,
    tenant: TenantId,
    (path, condition): (&AccessPath, Option<&Condition>),
    after: Option<&Place>,
    limit: u32,
) -> Query<'t> {
    let (mut query, text, id) = match path.index {
        Index::Column(column) => {
            let statement = sql!(concat!(
                "SELECT ",
                columns!(),
                " FROM user_account u WHERE u.tenant_id = $1 AND u.deleted_at IS NULL"
            ));
            (tx.query(statement).bind(tenant), column.sql, "u.id")
        }
        Index::Words(kind) => {
            // The words come first, in their order: SQLite keeps the order of a CROSS JOIN.
            let statement = sql!(concat!(
                "SELECT t.folded AS found_by, ",
                columns!(),
                " FROM user_term t CROSS JOIN user_account u
                  WHERE t.tenant_id = $1 AND t.property = $2 AND u.tenant_id = $1 AND u.id = t.user_id
                    AND u.deleted_at IS NULL"
            ));
            (tx.query(statement).bind(tenant).bind(kind.to_owned()), "t.folded", "t.user_id")
        }
    };
    // A page in the middle begins where the last one ended, not where the range does.
    let key = after.and_then(|place| place.key.as_ref()).filter(|key| **key > path.from);
    query.push(" AND ").push(text).push(" >= ").value(key.unwrap_or(&path.from).clone());
    if let Some(to) = &path.to {
        query.push(" AND ").push(text).push(" < ").value(to.clone());
    }
    if let Some(Place { key: Some(key), id: last }) = after {
        query.push(" AND (").push(text).push(", ").push(id).push(") > (").value(key.clone());
        query.push(", ").value(*last).push(")");
    }
    write_condition(condition, &mut query);
    query.push(" ORDER BY ").push(text).push(", ").push(id).push(" LIMIT ").value(i64::from(limit));
    query
}
