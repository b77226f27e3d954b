//! What goes with a guest who is purged, and links that lead nowhere any more.

use super::store;
use crate::Server;
use crate::outbox;
use crate::platform::SecretHash;
use crate::platform::ids::{TenantId, UserId};
use database::{Result, Timestamp, Transaction, sql, sql_across};
use std::time::Duration;

/// How long a dead link is known as one of ours after nobody can be sent a fresh mail for it. From then on it is one that
/// was never sent, and its page is the same.
const DEAD: Duration = Duration::from_hours(90 * 24);

/// Dead links that one transaction removes, one by one.
const AT_ONCE: usize = 200;

/// Removes dead links of guests who have had no open invitation for long; how many those were. As long as a guest has one,
/// every dead link of theirs leads to a fresh mail.
pub async fn purge(server: &Server) -> Result<u64> {
    let before = server.clock.now().minus(DEAD);
    let mut rows = 0;
    loop {
        // Looked for outside of the transaction that removes them, because those that stay are read for that as well.
        let mut tx = server.read().await?;
        let dead = list_forgotten(&mut tx, before).await?;
        drop(tx);
        let mut tx = server.write().await?;
        for (tenant, ticket) in &dead {
            rows += forget(&mut tx, *tenant, ticket).await?;
        }
        tx.commit().await?;
        if dead.len() < AT_ONCE {
            return Ok(rows);
        }
    }
}

async fn list_forgotten(tx: &mut Transaction, before: Timestamp) -> Result<Vec<(TenantId, SecretHash)>> {
    tx.query(sql_across!(
        "old tickets of every tenant are purged",
        "SELECT d.tenant_id, d.ticket_hash FROM dead_ticket d
         JOIN invitation i ON i.tenant_id = d.tenant_id AND i.id = d.invitation_id
         WHERE d.created_at < $1 AND NOT EXISTS
             (SELECT 1 FROM invitation o WHERE o.tenant_id = i.tenant_id AND o.user_id = i.user_id
              AND o.accepted_at IS NULL AND o.revoked_at IS NULL AND (o.expires_at IS NULL OR o.expires_at >= $1))
         LIMIT $2"
    ))
    .bind(before)
    .bind(i64::try_from(AT_ONCE).unwrap_or(i64::MAX))
    .fetch_all()
    .await
}

async fn forget(tx: &mut Transaction, tenant: TenantId, ticket: &SecretHash) -> Result<u64> {
    tx.query(sql!("DELETE FROM dead_ticket WHERE tenant_id = $1 AND ticket_hash = $2"))
        .bind(tenant)
        .bind(ticket.clone())
        .execute()
        .await
}

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
