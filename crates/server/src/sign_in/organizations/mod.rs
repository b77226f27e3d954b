//! All organisations of a person on this server.
//!
//! Who is the same person elsewhere follows from what the session at hand has proved, and from nothing else: a code that came
//! to a mailbox proves the mailbox, and whoever accepted with that very mailbox elsewhere is the same person there. A password
//! proves an account of its own organisation, so its person is shown that organisation. An address that stands on an account,
//! and an invitation that nobody has accepted, prove nothing.

mod graph;
mod store;
#[cfg(test)]
mod tests;

pub use graph::routes;

use super::session::{Method, Session};
use crate::Server;
use crate::audit::{self, Activity, Outcome, Target};
use crate::graph::{Caller, caller};
use crate::platform::ids::{ClientId, TenantId};
use crate::service_principals;
use crate::tenants::{self, Tenant};
use crate::users::{self, ExternalUserState, Identity, SignInType, User};
use database::{Result, Timestamp, Transaction};

/// Organisations on a page.
const PAGE: usize = 20;

/// An organisation that somebody belongs to: all that is told of it at others.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Organization {
    /// Its id, for the place of a page; it is not told.
    pub id: TenantId,
    /// Its name, as it calls itself.
    pub name: String,
    /// The domain in the address of its My Apps, where the sign-in is.
    pub initial_domain: String,
    /// The domain it is known by, if it chose one; see [`Organization::domain`].
    pub default_domain: Option<String>,
    /// Whether the person is a guest there, who can leave by themselves where the organisation lets its guests. It is not told.
    pub is_guest: bool,
}

/// A page of the list.
#[derive(Debug)]
pub struct Page {
    /// The mailbox that the person has proved, by which they are known elsewhere; none after a password.
    pub mailbox: Option<String>,
    /// Whether the person lets the apps of the organisation at hand read the list.
    pub tells_apps: bool,
    /// At most 20, in the order of their ids, which says nothing about them.
    pub organizations: Vec<Organization>,
    /// Behind which of them the next page begins, if there is one.
    pub next: Option<TenantId>,
}

impl Organization {
    /// The proved domain that tells it from another one of the same name.
    pub fn domain(&self) -> &str {
        self.default_domain.as_deref().unwrap_or(&self.initial_domain)
    }

    /// The path of its My Apps, which leads to its sign-in whoever is not signed in there.
    pub fn door(&self) -> String {
        format!("/myapps/{}", self.initial_domain)
    }

    /// The one that this user belongs to.
    fn of(tenant: &Tenant, user: &User) -> Self {
        Self {
            id: tenant.id,
            name: tenant.name.clone(),
            initial_domain: tenant.initial_domain.clone(),
            default_domain: tenant.default_domain.clone(),
            is_guest: user.is_external_guest(),
        }
    }
}

/// Who somebody is beyond the organisation at hand.
struct Standing {
    user: User,
    /// What their session has proved.
    identity: Option<Identity>,
}

/// The organisations of the caller, behind one of them. A program has none. An app of the organisation at hand is told that
/// organisation alone unless the person lets it know more: its administrators read what the app reads. What they said was about the
/// apps that are registered there; one of another organisation is told no more.
pub async fn list(tx: &mut Transaction, server: &Server, caller: &Caller, after: Option<TenantId>) -> Result<Page> {
    let none = Page { mailbox: None, tells_apps: false, organizations: Vec::new(), next: None };
    let Some(person) = caller.user() else { return Ok(none) };
    let found = standing(tx, server, caller.tenant, person).await?;
    let Some(Standing { user, identity }) = found else { return Ok(none) };
    let tells_apps = user.profile.0.tells_organizations;
    let mailbox = identity.as_ref().and_then(|proved| proved.issuer_assigned_id.clone());
    let page = Page { mailbox, tells_apps, ..none };
    let is_told = match &person.delegated {
        None => true,
        Some(app) => tells_apps && !is_of_another(tx, caller.tenant, app.client).await?,
    };
    let Some(identity) = identity.filter(|_| is_told) else {
        let own = tenants::find(tx, server, caller.tenant).await?.filter(|_| after.is_none());
        return Ok(Page { organizations: own.iter().map(|tenant| Organization::of(tenant, &user)).collect(), ..page });
    };
    let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let mut organizations = store::list(tx, &identity, after, limit).await?;
    let has_more = organizations.len() > PAGE;
    organizations.truncate(PAGE);
    let next = organizations.last().filter(|_| has_more).map(|last| last.id);
    organizations.dedup_by_key(|organization| organization.id);
    Ok(Page { organizations, next, ..page })
}

/// Whether an app was registered by another organisation, whose administrators read what it reads.
async fn is_of_another(tx: &mut Transaction, tenant: TenantId, client: ClientId) -> Result<bool> {
    let app = service_principals::store::find_by_client(tx, tenant, client).await?;
    Ok(app.is_some_and(|app| app.is_foreign()))
}

/// Lets the apps of the organisation at hand read the list from now on, or no longer, in the caller's transaction; `false` for
/// whoever may not. Only somebody who has proved a mailbox in this session lets them: whoever sets passwords here must not.
pub async fn tell_apps(tx: &mut Transaction, server: &Server, caller: &Caller, tells: bool) -> Result<bool> {
    let Some(person) = caller.user().filter(|person| person.delegated.is_none()) else { return Ok(false) };
    let found = standing(tx, server, caller.tenant, person).await?;
    let Some(Standing { user: before, identity }) = found else { return Ok(false) };
    if tells && identity.is_none() {
        return Ok(false);
    }
    let told = before.profile.0.tells_organizations;
    if told == tells {
        return Ok(true);
    }
    let mut user = before;
    user.profile.0.tells_organizations = tells;
    if !users::store::update(tx, &user, server.clock.now()).await? {
        return Err(database::Error::Conflict("the user was changed in between".to_owned()));
    }
    let target = Target::new("User", user.id.0, user.display_name.clone())
        .named(user.user_principal_name.clone())
        .change("TellsOrganizations", told, tells);
    audit::record(tx, server, caller, Activity::UpdateUser, &Outcome::Success, &target, &[]).await?;
    Ok(true)
}

/// The person as they are now, with what their session has proved; none if they are gone.
async fn standing(
    tx: &mut Transaction,
    server: &Server,
    tenant: TenantId,
    person: &caller::User,
) -> Result<Option<Standing>> {
    let Some(user) = users::store::find(tx, tenant, person.id).await? else { return Ok(None) };
    let session = match person.session {
        Some(id) => super::session::find_not_ended(tx, tenant, id).await?,
        None => None,
    };
    let identity = match session {
        Some(session) if has_proved_a_mailbox(&session, &user, server.clock.now()) => {
            let identities = users::store::list_identities(tx, tenant, user.id).await?;
            identities.into_iter().find(is_mailbox)
        }
        _ => None,
    };
    Ok(Some(Standing { user, identity }))
}

/// Whether the session was begun by a code, goes on, and nothing that voids sessions has happened to its user since. An
/// identity from elsewhere is only ever replaced after all sessions were voided, so the mailbox on the account is the one the
/// code came to. What an app may refresh outlasts the session, and proves no more: the mailbox may be somebody else's by then.
fn has_proved_a_mailbox(session: &Session, user: &User, now: Timestamp) -> bool {
    session.user == user.id
        && session.method == Method::Passcode
        && session.expires_at > now
        && session.authenticated_at >= user.sessions_valid_from
        && user.account_enabled
        && user.external_user_state == Some(ExternalUserState::Accepted)
}

fn is_mailbox(identity: &Identity) -> bool {
    identity.sign_in_type == SignInType::Federated
        && identity.issuer == Identity::MAIL_ISSUER
        && identity.issuer_assigned_id.is_some()
}
