//! The person a token speaks of, as they stand at this moment.

use super::client::Client;
use super::error::EndpointError;
use crate::Server;
use crate::platform::ids::{ClientId, TenantId};
use crate::service_principals;
use crate::sign_in::session::{Method, Session};
use crate::users::{self, SignInType, User};
use aws_lc_rs::hmac;
use database::Transaction;
use oauth::error::aadsts;

/// A person who is signed in and may use the app.
pub struct Person {
    /// The member or guest.
    pub user: User,
    /// Who vouches for a guest: `mail` for somebody who signs in with a mailed code.
    pub identity_provider: Option<String>,
    /// The session that the token comes from.
    pub session: Session,
    /// The values of their roles in the app.
    pub roles: Vec<String>,
}

impl Person {
    /// Loads what tokens say, after everything that may have changed since the last one was looked at again.
    pub async fn admit(
        tx: &mut Transaction,
        client: &Client,
        session: Session,
        user: User,
    ) -> Result<Self, EndpointError> {
        check_account(&session, &user)?;
        let tenant = user.tenant_id;
        let app = &client.principal;
        if app.app_role_assignment_required && !service_principals::is_assigned(tx, tenant, user.id, app.id).await? {
            return Err(aadsts::NOT_ASSIGNED.error().naming(&client.application.display_name).into());
        }
        let roles = service_principals::roles_of(tx, tenant, user.id.into(), app).await?;
        let identity_provider = if user.is_guest() { provider_of(tx, &user).await? } else { None };
        Ok(Self { user, identity_provider, session, roles })
    }

    /// How they proved who they are (RFC 8176). A mailed code is one factor, whatever it was asked for.
    pub fn methods(&self) -> Vec<String> {
        let words: &[&str] = match self.session.method {
            Method::Password => &["pwd"],
            Method::Passcode => &["otp", "email"],
        };
        words.iter().map(|&word| word.to_owned()).collect()
    }

    /// What they type to sign in: the outside address of a guest, the principal name of a member.
    pub fn preferred_username(&self) -> &str {
        let address = self.user.mail.as_deref().filter(|_| self.user.is_guest());
        address.unwrap_or(&self.user.user_principal_name)
    }

    /// `sub`: another one for every app.
    pub fn subject_for(&self, server: &Server, app: ClientId) -> String {
        subject(server, self.user.tenant_id, app, &self.user)
    }
}

/// `sub` of a person for an app.
pub fn subject(server: &Server, tenant: TenantId, app: ClientId, user: &User) -> String {
    let secret = hmac::sign(&server.master_key.derive("pairwise subject"), b"secret");
    oauth::claims::pairwise_subject(secret.as_ref(), &tenant.to_string(), &app.to_string(), &user.id.to_string())
}

fn check_account(session: &Session, user: &User) -> Result<(), EndpointError> {
    if !user.account_enabled {
        return Err(aadsts::ACCOUNT_DISABLED.error().into());
    }
    if user.is_pending() {
        return Err(aadsts::GUEST_PENDING.error().into());
    }
    if session.authenticated_at < user.sessions_valid_from {
        return Err(aadsts::GRANT_REVOKED.error().into());
    }
    Ok(())
}

async fn provider_of(tx: &mut Transaction, user: &User) -> database::Result<Option<String>> {
    let identities = users::store::list_identities(tx, user.tenant_id, user.id).await?;
    let outside = identities.into_iter().find(|identity| identity.sign_in_type == SignInType::Federated);
    Ok(outside.map(|identity| identity.issuer))
}
