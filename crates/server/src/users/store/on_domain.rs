//! Users by the domain of a name or an address.

use super::columns;
use crate::platform::ids::{TenantId, UserId};
use crate::users::User;
use crate::users::terms::ADDRESS_DOMAIN;
use database::{Query, Result, Transaction, sql};

/// Users whose name to sign in with, mail address or further address is on this domain, which is in A-label form: by id, behind
/// one of them, at most `limit`. It costs what is shown, also where everybody is on the domain or nobody.
pub async fn list_on_domain(
    tx: &mut Transaction,
    tenant: TenantId,
    domain: &str,
    after: Option<UserId>,
    limit: u32,
) -> Result<Vec<User>> {
    query_on_domain(tx, tenant, domain, after, limit).fetch_all().await
}

/// How many they are in all.
pub async fn count_on_domain(tx: &mut Transaction, tenant: TenantId, domain: &str) -> Result<i64> {
    tx.query(sql!(
        "SELECT COUNT(*) FROM user_term t CROSS JOIN user_account u
         WHERE t.tenant_id = $1 AND t.property = $2 AND t.folded = $3 AND u.tenant_id = $1 AND u.id = t.user_id
           AND u.deleted_at IS NULL"
    ))
    .bind(tenant)
    .bind(ADDRESS_DOMAIN.to_owned())
    .bind(domain.to_owned())
    .fetch_value()
    .await
}

/// The statement of [`list_on_domain`].
pub fn query_on_domain<'t>(
    tx: &'t mut Transaction,
    tenant: TenantId,
    domain: &str,
    after: Option<UserId>,
    limit: u32,
) -> Query<'t> {
    // The rows of the domain come first, in their order: SQLite keeps the order of a CROSS JOIN.
    let statement = sql!(concat!(
        "SELECT ",
        columns!(),
        " FROM user_term t CROSS JOIN user_account u
          WHERE t.tenant_id = $1 AND t.property = $2 AND t.folded = $3 AND u.tenant_id = $1 AND u.id = t.user_id
            AND u.deleted_at IS NULL"
    ));
    let mut query = tx.query(statement).bind(tenant).bind(ADDRESS_DOMAIN.to_owned()).bind(domain.to_owned());
    if let Some(after) = after {
        query.push(" AND t.user_id > ").value(after);
    }
    query.push(" ORDER BY t.user_id LIMIT ").value(i64::from(limit));
    query
}
