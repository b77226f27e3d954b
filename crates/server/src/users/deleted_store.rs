//! The SQL of deleted users.

use super::store::columns;
use super::{User, terms};
use crate::deleted_items::store::{Statements, select_deleted, select_old};
use database::{Result, Transaction, sql};

/// What reads them.
pub static DELETED: Statements = Statements {
    find: sql!(concat!(select_deleted!(columns!(), "user_account u", "u"), " AND u.id = $3")),
    list: sql!(select_deleted!(columns!(), "user_account u", "u")),
    count: sql!(select_deleted!("COUNT(*)", "user_account u", "u")),
    list_old: sql!(select_old!("user_account")),
};

/// Removes the rows of a deleted user themselves.
pub async fn delete(tx: &mut Transaction, user: &User) -> Result<()> {
    terms::delete(tx, user).await?;
    for statement in [
        sql!("DELETE FROM user_identity WHERE tenant_id = $1 AND user_id = $2"),
        sql!("DELETE FROM user_sponsor WHERE tenant_id = $1 AND user_id = $2"),
        sql!("DELETE FROM user_sponsor WHERE tenant_id = $1 AND sponsor_id = $2"),
        sql!("DELETE FROM unsponsored_guest WHERE tenant_id = $1 AND user_id = $2"),
        sql!("DELETE FROM user_manager WHERE tenant_id = $1 AND user_id = $2"),
        sql!("DELETE FROM user_manager WHERE tenant_id = $1 AND manager_id = $2"),
        sql!("DELETE FROM user_photo WHERE tenant_id = $1 AND user_id = $2"),
        sql!("DELETE FROM user_account WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NOT NULL"),
    ] {
        tx.query(statement).bind(user.tenant_id).bind(user.id).execute().await?;
    }
    Ok(())
}
