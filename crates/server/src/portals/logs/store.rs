//! The SQL of finding people by what a log is searched for.

use crate::platform::ids::{TenantId, UserId};
use database::{Result, Transaction, sql};

/// One place a text may begin in; each has its index, so that no search reads more than it finds.
const PLACES: [[&str; 2]; 5] = [
    [" AND deleted_at IS NULL", "display_name_folded"],
    [" AND deleted_at IS NULL", "mail_folded"],
    [" AND deleted_at IS NULL", "user_principal_name_folded"],
    [" AND deleted_at IS NOT NULL", "display_name_folded"],
    [" AND deleted_at IS NOT NULL", "mail_folded"],
];

/// People, removed ones too, whose name, address or sign-in name begins with a folded text; at most `limit` for each of
/// these.
pub(super) async fn find_people(tx: &mut Transaction, tenant: TenantId, text: &str, limit: i64) -> Result<Vec<UserId>> {
    let mut found: Vec<UserId> = Vec::new();
    for [standing, column] in PLACES {
        let mut query = tx.query(sql!("SELECT id FROM user_account WHERE tenant_id = $1")).bind(tenant);
        query.push(standing).push(" AND ").push(column).push(" >= ").value(text.to_owned());
        query.push(" AND ").push(column).push(" < ").value(format!("{text}{}", char::MAX));
        query.push(" ORDER BY ").push(column).push(", id LIMIT ").value(limit);
        let rows: Vec<(UserId,)> = query.fetch_all().await?;
        found.extend(rows.into_iter().map(|(id,)| id));
    }
    found.sort_unstable_by_key(|id| id.0);
    found.dedup();
    Ok(found)
}
