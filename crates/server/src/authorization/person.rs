//! The person a token speaks of, as they stand at this moment.

use super::client::Client;
use super::error::EndpointError;
use super::memberships::{self, Memberships};
use super::optional_claims::{self, Extras};
use super::told::Told;
use crate::Server;
use crate::audit::Target;
use crate::platform::ids::{ClientId, TenantId, UserId};
use crate::service_principals;
use crate::sign_in::session::{Method, Session};
use crate::users::{self, Identity, User};
use aws_lc_rs::hmac;
use database::Transaction;
use oauth::error::aadsts;

/// A person who is signed in and may use the app.
pub struct Person {
    /// The member or guest.
    pub user: User,
    /// How somebody from outside has proved who they are: by issuer `mail` and their address with a mailed code.
    pub outside: Option<Identity>,
    /// The session that the token comes from.
    pub session: Session,
    /// The values of their roles in the app.
    pub roles: Vec<String>,
    /// What the app may be told of them.
    pub told: Told,
    /// The groups and directory roles that the app is told.
    pub memberships: Memberships,
    /// What else ID tokens tell it.
    pub id_extras: Extras,
    /// What else access tokens tell it that it asks for itself.
    pub access_extras: Extras,
}

impl Person {
    /// Loads what tokens say, after everything that may have changed since the last one was looked at again.
    pub async fn admit(
        tx: &mut Transaction,
        server: &Server,
        client: &Client,
        (session, user, outside): (Session, User, Option<Identity>),
    ) -> Result<Self, EndpointError> {
        check(tx, client, &session, &user).await?;
        let roles = service_principals::roles_of(tx, user.tenant_id, user.id, &client.principal).await?;
        let told = Told::by(tx, server, client, &user).await?;
        let memberships = memberships::of(tx, server, (client, told), &user).await?;
        let (wanted, whose) = (&client.application.optional_claims.0, (&user, outside.as_ref(), told));
        let id_extras = optional_claims::of(tx, server, &wanted.id_token, whose).await?;
        let access_extras = optional_claims::of(tx, server, &wanted.access_token, whose).await?;
        Ok(Self { user, outside, session, roles, told, memberships, id_extras, access_extras })
    }

    /// `idp`: who vouches for a guest.
    pub fn identity_provider(&self) -> Option<String> {
        self.outside.as_ref().filter(|_| self.user.is_guest()).map(|identity| identity.issuer.clone())
    }

    /// `email`: an address apps may recognise the person by.
    pub fn email(&self) -> Option<&str> {
        email(&self.user, self.outside.as_ref())
    }

    /// How they proved who they are (RFC 8176). A mailed code is one factor, whatever it was asked for.
    pub fn methods(&self) -> Vec<String> {
        let words: &[&str] = match self.session.method {
            Method::Password => &["pwd"],
            Method::Passcode => &["otp", "email"],
        };
        words.iter().map(|&word| word.to_owned()).collect()
    }

    /// What they type to sign in: the proved address of somebody from outside, the principal name of a member.
    pub fn preferred_username(&self) -> &str {
        sign_in_name(&self.user, self.outside.as_ref())
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

/// Refuses a person who may not use the app.
pub async fn check(tx: &mut Transaction, client: &Client, session: &Session, user: &User) -> Result<(), EndpointError> {
    check_account(session, user)?;
    let app = &client.principal;
    let tenant = user.tenant_id;
    if app.app_role_assignment_required && !service_principals::is_assigned(tx, tenant, user.id, app.id).await? {
        return Err(aadsts::NOT_ASSIGNED.error().naming(&client.application.display_name).into());
    }
    Ok(())
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

/// The address that apps are told. Many of them take it for the account, so of people from outside it is the address
/// they have proved and never `mail`, which can be changed to anybody's.
pub fn email<'u>(user: &'u User, outside: Option<&'u Identity>) -> Option<&'u str> {
    if user.is_from_outside() { proved_address(outside) } else { user.mail.as_deref() }
}

/// The user of a grant as the audit names them; a deleted one by the id alone.
pub async fn target(tx: &mut Transaction, tenant: TenantId, user: UserId) -> database::Result<Target> {
    Ok(match users::store::find(tx, tenant, user).await? {
        Some(user) => Target::new("User", user.id.0, user.display_name).named(user.user_principal_name),
        None => Target::new("User", user.0, ""),
    })
}

/// What somebody types to sign in.
pub fn sign_in_name<'u>(user: &'u User, outside: Option<&'u Identity>) -> &'u str {
    proved_address(outside).unwrap_or(&user.user_principal_name)
}

fn proved_address(outside: Option<&Identity>) -> Option<&str> {
    outside.filter(|identity| identity.issuer == Identity::MAIL_ISSUER)?.issuer_assigned_id.as_deref()
}
