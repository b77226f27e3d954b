//! What a user has given an app: one code exchange and the refresh tokens that follow.

use crate::platform::Timestamp;
use crate::platform::ids::{ClientId, GrantId, SessionId, TenantId, UserId};
use database::{Result, Transaction, sql};

database::text_enum! {
    /// What runs at the client's end (RFC 8252, RFC 9700): decides how it authenticates and how long it may refresh.
    pub enum ClientKind {
        /// A server with a secret.
        Web = "web",
        /// A script in a browser.
        SinglePage = "spa",
        /// A program on the person's device.
        Public = "public",
    }
}

database::text_enum! {
    /// Why a grant ended before its time.
    pub enum RevokedReason {
        /// A code was presented twice (RFC 6749 section 4.1.2).
        CodeReuse = "codeReuse",
        /// A refresh token was presented twice (RFC 9700 section 4.14.2).
        RefreshTokenReuse = "refreshTokenReuse",
        /// The app gave it back (RFC 7009).
        GivenBack = "givenBack",
        /// The database was restored from a backup.
        Restored = "restored",
    }
}

/// A grant.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Grant {
    /// The tenant.
    pub tenant_id: TenantId,
    /// Its id.
    pub id: GrantId,
    /// The app.
    pub client_id: ClientId,
    /// The person.
    pub user_id: UserId,
    /// The session it was given in; when that is ended, so is the grant.
    pub session_id: SessionId,
    /// What runs at the client's end.
    pub redirect_kind: ClientKind,
    /// The scopes as they were asked for.
    pub scope: String,
    /// When it was given.
    pub created_at: Timestamp,
    /// The end that no refreshing moves, where there is one.
    pub ends_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

/// Adds a grant.
pub async fn insert(tx: &mut Transaction, grant: &Grant) -> Result<()> {
    let grant = grant.clone();
    tx.query(sql!(
        "INSERT INTO token_grant (tenant_id, id, client_id, user_id, session_id, redirect_kind, scope, created_at, ends_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
    ))
    .bind(grant.tenant_id)
    .bind(grant.id)
    .bind(grant.client_id)
    .bind(grant.user_id)
    .bind(grant.session_id)
    .bind(grant.redirect_kind)
    .bind(grant.scope)
    .bind(grant.created_at)
    .bind(grant.ends_at)
    .execute()
    .await?;
    Ok(())
}

/// The grant with this id.
pub async fn find(tx: &mut Transaction, tenant: TenantId, id: GrantId) -> Result<Option<Grant>> {
    tx.query(sql!(
        "SELECT tenant_id, id, client_id, user_id, session_id, redirect_kind, scope, created_at, ends_at, revoked_at
         FROM token_grant WHERE tenant_id = $1 AND id = $2"
    ))
    .bind(tenant)
    .bind(id)
    .fetch_optional()
    .await
}

/// Ends a grant; `false` if it had ended.
pub async fn revoke(
    tx: &mut Transaction,
    tenant: TenantId,
    id: GrantId,
    reason: RevokedReason,
    at: Timestamp,
) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "UPDATE token_grant SET revoked_at = $3, revoked_reason = $4
             WHERE tenant_id = $1 AND id = $2 AND revoked_at IS NULL"
        ))
        .bind(tenant)
        .bind(id)
        .bind(at)
        .bind(reason)
        .execute()
        .await?;
    Ok(rows == 1)
}
