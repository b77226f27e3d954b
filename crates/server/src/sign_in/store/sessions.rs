//! Sessions.

use crate::config::Retention;
use crate::platform::SecretHash;
use crate::platform::ids::{SessionId, TenantId, UserId};
use crate::platform::request::Request;
use crate::sign_in::session::{Method, Session};
use crate::users::{self, User};
use database::{Result, Timestamp, Transaction, sql, sql_across};

/// Adds one, with what is known about the request that opened it.
pub async fn insert(tx: &mut Transaction, session: &Session) -> Result<()> {
    let request = Request::current();
    tx.query(sql!(
        "INSERT INTO session (tenant_id, secret_hash, id, user_id, method, authenticated_at, created_at, expires_at,
                              client_address, user_agent)
         VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9)"
    ))
    .bind(session.tenant)
    .bind(session.form_key.clone())
    .bind(session.id)
    .bind(session.user)
    .bind(session.method)
    .bind(session.authenticated_at)
    .bind(session.expires_at)
    .bind(request.client_address.map(|address| address.to_string()))
    .bind(request.user_agent)
    .execute()
    .await?;
    Ok(())
}

/// A session under names that no column of a user has, and whose it is.
#[derive(sqlx::FromRow)]
struct Found {
    session_id: SessionId,
    method: Method,
    authenticated_at: Timestamp,
    expires_at: Timestamp,
    secret_hash: SecretHash,
    #[sqlx(flatten)]
    user: User,
}

/// The one behind a secret, if it goes on, and whose it is; deleted users have none.
pub async fn find_with_user(
    tx: &mut Transaction,
    tenant: TenantId,
    secret: &SecretHash,
    now: Timestamp,
) -> Result<Option<(Session, User)>> {
    let found: Option<Found> = tx
        .query(sql!(concat!(
            "SELECT s.id AS session_id, s.method, s.authenticated_at, s.expires_at, s.secret_hash, ",
            users::store::columns!(),
            " FROM session s JOIN user_account u ON u.tenant_id = s.tenant_id AND u.id = s.user_id
              WHERE s.tenant_id = $1 AND s.secret_hash = $2 AND s.ended_at IS NULL AND s.expires_at > $3
                AND u.deleted_at IS NULL"
        )))
        .bind(tenant)
        .bind(secret.clone())
        .bind(now)
        .fetch_optional()
        .await?;
    Ok(found.map(|Found { session_id, method, authenticated_at, expires_at, secret_hash, user }| {
        let session = Session {
            tenant,
            id: session_id,
            user: user.id,
            method,
            authenticated_at,
            expires_at,
            form_key: secret_hash,
        };
        (session, user)
    }))
}

/// The one with this id, unless it was ended.
pub async fn find_not_ended(tx: &mut Transaction, tenant: TenantId, id: SessionId) -> Result<Option<Session>> {
    tx.query(sql!(
        "SELECT tenant_id, id, user_id, method, authenticated_at, expires_at, secret_hash FROM session
         WHERE tenant_id = $1 AND id = $2 AND ended_at IS NULL"
    ))
    .bind(tenant)
    .bind(id)
    .fetch_optional()
    .await
}

/// Whether the one with this id goes on.
pub async fn is_open(tx: &mut Transaction, tenant: TenantId, id: SessionId, now: Timestamp) -> Result<bool> {
    let row: Option<(SessionId,)> = tx
        .query(sql!("SELECT id FROM session WHERE tenant_id = $1 AND id = $2 AND ended_at IS NULL AND expires_at > $3"))
        .bind(tenant)
        .bind(id)
        .bind(now)
        .fetch_optional()
        .await?;
    Ok(row.is_some())
}

/// Ends one; `false` if it had ended.
pub async fn end(tx: &mut Transaction, tenant: TenantId, secret: &SecretHash, now: Timestamp) -> Result<bool> {
    let rows = tx
        .query(sql!("UPDATE session SET ended_at = $3 WHERE tenant_id = $1 AND secret_hash = $2 AND ended_at IS NULL"))
        .bind(tenant)
        .bind(secret.clone())
        .bind(now)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Ends all of a user.
pub async fn end_all(tx: &mut Transaction, tenant: TenantId, user: UserId, now: Timestamp) -> Result<()> {
    tx.query(sql!("UPDATE session SET ended_at = $3 WHERE tenant_id = $1 AND user_id = $2 AND ended_at IS NULL"))
        .bind(tenant)
        .bind(user)
        .bind(now)
        .execute()
        .await?;
    Ok(())
}

/// Removes all of a user.
pub async fn delete_of_user(tx: &mut Transaction, tenant: TenantId, user: UserId) -> Result<()> {
    tx.query(sql!("DELETE FROM session WHERE tenant_id = $1 AND user_id = $2"))
        .bind(tenant)
        .bind(user)
        .execute()
        .await?;
    Ok(())
}

/// Removes a batch of those that ended by themselves before this instant. Those that apps still hold
/// something of stay: that they were ended must be known for as long.
pub async fn purge(tx: &mut Transaction, before: Timestamp) -> Result<u64> {
    tx.query(sql_across!(
        "old sessions of every tenant are purged",
        "DELETE FROM session WHERE (tenant_id, secret_hash) IN
             (SELECT s.tenant_id, s.secret_hash FROM session s WHERE s.expires_at < $1 AND NOT EXISTS
                  (SELECT 1 FROM token_grant g
                   WHERE g.tenant_id = s.tenant_id AND g.user_id = s.user_id AND g.session_id = s.id) LIMIT $2)"
    ))
    .bind(before)
    .bind(Retention::AT_ONCE)
    .execute()
    .await
}
