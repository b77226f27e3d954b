//! What goes with a guest who is purged.

use super::store;
use crate::outbox;
use crate::platform::ids::{TenantId, UserId};
use database::{Result, Transaction, sql};

/// Removes the invitations of a guest; mails that wait are not sent.
pub async fn forget_user(tx: &mut Transaction, tenant: TenantId, user: UserId) -> Result<()> {
    for mail in store::list_open_mails(tx, tenant, user).await? {
        outbox::withdraw(tx, tenant, mail).await?;
    }
    for statement in [
        sql!(
            "DELETE FROM dead_ticket WHERE tenant_id = $1 AND invitation_id IN
                 (SELECT i.id FROM invitation i WHERE i.tenant_id = $1 AND i.user_id = $2)"
        ),
        sql!("DELETE FROM invitation WHERE tenant_id = $1 AND user_id = $2"),
    ] {
        tx.query(statement).bind(tenant).bind(user).execute().await?;
    }
    Ok(())
}
