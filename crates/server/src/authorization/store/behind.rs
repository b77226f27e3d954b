//! What a code or a token hangs on, in one look: the grant, the session it was given in, and who gave it.

use super::codes::Code;
use super::grants::{ClientKind, Grant};
use super::refresh_tokens::RefreshToken;
use crate::platform::ids::{ClientId, GrantId, SessionId, TenantId};
use crate::platform::{SecretHash, Timestamp};
use crate::sign_in::session::{Method, Session};
use crate::users::{self, Identity, SignInType, User};
use database::{Result, Transaction, sql};

/// A grant with what it hangs on.
pub struct Standing {
    /// The grant, revoked or not.
    pub grant: Grant,
    /// Whoever stands behind it.
    pub behind: Behind,
}

/// Whoever stands behind a grant, as far as they still do.
pub struct Behind {
    /// The session it was given in, unless that was ended. That its own time has run out does not matter: what an app may
    /// refresh outlasts the session, but not the sign-out.
    pub session: Option<Session>,
    /// The person, unless they were deleted.
    pub user: Option<User>,
    /// How somebody from outside has proved who they are; members have none.
    pub outside: Option<Identity>,
}

/// The grant, the session and the identity under names that no column of a user has, then the user.
macro_rules! columns {
    () => {
        concat!(
            "g.id AS grant_id, g.client_id, g.session_id, g.redirect_kind, g.scope, g.created_at AS granted_at, g.ends_at,
             g.revoked_at, s.method, s.authenticated_at, s.expires_at AS session_expires_at, s.secret_hash AS form_key,
             i.issuer, i.issuer_assigned_id, ",
            users::store::columns!()
        )
    };
}

/// What hangs on a grant. No user has two identities from elsewhere: a new one replaces the other.
macro_rules! joins {
    () => {
        " JOIN user_account u ON u.tenant_id = g.tenant_id AND u.id = g.user_id
          LEFT JOIN session s ON s.tenant_id = g.tenant_id AND s.id = g.session_id AND s.ended_at IS NULL
          LEFT JOIN user_identity i
              ON i.tenant_id = g.tenant_id AND i.user_id = g.user_id AND i.sign_in_type = 'federated'"
    };
}

#[derive(sqlx::FromRow)]
struct Found {
    grant_id: GrantId,
    client_id: ClientId,
    session_id: SessionId,
    redirect_kind: ClientKind,
    scope: String,
    granted_at: Timestamp,
    ends_at: Option<Timestamp>,
    revoked_at: Option<Timestamp>,
    method: Option<Method>,
    authenticated_at: Option<Timestamp>,
    session_expires_at: Option<Timestamp>,
    form_key: Option<SecretHash>,
    issuer: Option<String>,
    issuer_assigned_id: Option<String>,
    #[sqlx(flatten)]
    user: User,
}

#[derive(sqlx::FromRow)]
struct FoundCode {
    #[sqlx(flatten)]
    code: Code,
    #[sqlx(flatten)]
    found: Found,
}

#[derive(sqlx::FromRow)]
struct FoundToken {
    #[sqlx(flatten)]
    token: RefreshToken,
    #[sqlx(flatten)]
    found: Found,
}

impl From<Found> for Standing {
    fn from(found: Found) -> Self {
        let user = found.user;
        let session = match (found.method, found.authenticated_at, found.session_expires_at, found.form_key) {
            (Some(method), Some(authenticated_at), Some(expires_at), Some(form_key)) => Some(Session {
                tenant: user.tenant_id,
                id: found.session_id,
                user: user.id,
                method,
                authenticated_at,
                expires_at,
                form_key,
            }),
            _ => None,
        };
        let grant = Grant {
            tenant_id: user.tenant_id,
            id: found.grant_id,
            client_id: found.client_id,
            user_id: user.id,
            session_id: found.session_id,
            redirect_kind: found.redirect_kind,
            scope: found.scope,
            created_at: found.granted_at,
            ends_at: found.ends_at,
            revoked_at: found.revoked_at,
        };
        let issuer_assigned_id = found.issuer_assigned_id;
        let identity = |issuer| Identity { sign_in_type: SignInType::Federated, issuer, issuer_assigned_id };
        let outside = found.issuer.filter(|_| user.is_from_outside()).map(identity);
        let user = user.deleted_at.is_none().then_some(user);
        Self { grant, behind: Behind { session, user, outside } }
    }
}

/// The grant with this id.
pub async fn find(tx: &mut Transaction, tenant: TenantId, grant: GrantId) -> Result<Option<Standing>> {
    let found: Option<Found> = tx
        .query(sql!(concat!(
            "SELECT ",
            columns!(),
            " FROM token_grant g",
            joins!(),
            " WHERE g.tenant_id = $1 AND g.id = $2"
        )))
        .bind(tenant)
        .bind(grant)
        .fetch_optional()
        .await?;
    Ok(found.map(Standing::from))
}

/// The code of this app with this hash, used or not, and what it leads to. That of another app is as unknown as one that nobody
/// gave, and costs as much.
pub async fn find_code(
    tx: &mut Transaction,
    tenant: TenantId,
    hash: &SecretHash,
    client: ClientId,
) -> Result<Option<(Code, Standing)>> {
    let found: Option<FoundCode> = tx
        .query(sql!(concat!(
            "SELECT c.secret_hash, c.redirect_uri, c.code_challenge AS challenge, c.nonce, c.capabilities,
                    c.wants_client_info, c.issued_at, c.expires_at, c.used_at, ",
            columns!(),
            " FROM authorization_code c JOIN token_grant g ON g.tenant_id = c.tenant_id AND g.id = c.grant_id",
            joins!(),
            " WHERE c.tenant_id = $1 AND c.secret_hash = $2 AND g.client_id = $3"
        )))
        .bind(tenant)
        .bind(hash.clone())
        .bind(client)
        .fetch_optional()
        .await?;
    Ok(found.map(|FoundCode { code, found }| (code, found.into())))
}

/// The refresh token of this app with this hash, replaced or not, and what it hangs on; as [`find_code`].
pub async fn find_refresh_token(
    tx: &mut Transaction,
    tenant: TenantId,
    hash: &SecretHash,
    client: ClientId,
) -> Result<Option<(RefreshToken, Standing)>> {
    let found: Option<FoundToken> = tx
        .query(sql!(concat!(
            "SELECT r.secret_hash, r.issued_at, r.expires_at, r.replaced_at, ",
            columns!(),
            " FROM refresh_token r JOIN token_grant g ON g.tenant_id = r.tenant_id AND g.id = r.grant_id",
            joins!(),
            " WHERE r.tenant_id = $1 AND r.secret_hash = $2 AND g.client_id = $3"
        )))
        .bind(tenant)
        .bind(hash.clone())
        .bind(client)
        .fetch_optional()
        .await?;
    Ok(found.map(|FoundToken { token, found }| (token, found.into())))
}
