//! What somebody agrees to on a page: for themselves as far as the organisation lets people, for everybody as its
//! administrator.

use super::change::{insert, may_manage};
use super::grant::{DelegatedGrant, GrantError, LONGEST, added};
use super::store;
use crate::Server;
use crate::applications::{ExposedScope, ScopeKind};
use crate::audit::{self, Activity, Outcome, Target};
use crate::graph::Caller;
use crate::platform::ids::{ServicePrincipalId, TenantId};
use crate::service_principals::classifications::{self, Classified};
use crate::service_principals::{ServicePrincipal, ServicePrincipalError, foreign};
use crate::tenants::grant_policies::{self, Classification, Event};
use crate::tenants::{self, AssignedPolicy, ConsentPolicy, GrantPolicy};
use database::Transaction;

/// What belongs to signing somebody in (Microsoft identity platform: `OpenID` Connect scopes).
pub const SIGN_IN: [&str; 4] = ["openid", "profile", "email", "offline_access"];

/// For whom somebody agrees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum For {
    /// For themselves.
    Myself,
    /// For everybody of the tenant, guests included.
    Everybody,
}

/// What people of a tenant may agree to by themselves at one resource.
#[derive(Debug, Clone)]
struct UserConsent {
    tenant: TenantId,
    built_in: Vec<ConsentPolicy>,
    custom: Vec<GrantPolicy>,
    /// How its permissions are classified, where a policy asks for that.
    classified: Vec<Classified>,
}

impl UserConsent {
    /// Reads the policies that are assigned to people, and what they need to know of the resource.
    async fn read(tx: &mut Transaction, tenant: TenantId, resource: ServicePrincipalId) -> database::Result<Self> {
        let (mut built_in, mut custom) = (Vec::new(), Vec::new());
        let settings = tenants::store::get_settings(tx, tenant).await?;
        for assigned in settings.consent_policies.0 {
            match assigned {
                AssignedPolicy::BuiltIn(policy) => built_in.push(policy),
                AssignedPolicy::Custom(id) => custom.extend(grant_policies::store::find(tx, tenant, &id).await?),
            }
        }
        let asks = built_in.iter().any(|policy| *policy != ConsentPolicy::Legacy)
            || custom.iter().any(GrantPolicy::asks_for_classification);
        let classified = if asks { classifications::store::list(tx, tenant, resource).await? } else { Vec::new() };
        Ok(Self { tenant, built_in, custom, classified })
    }

    /// Whether some policy lets people agree that the app has this permission. What is not exposed nobody agrees to.
    fn lets(&self, client: &ServicePrincipal, scope: &ExposedScope, resource: &ServicePrincipal) -> bool {
        let known = self.classified.iter().find(|classified| classified.permission_id == scope.id);
        let classification = known.map(|classified| classified.classification);
        let event = Event {
            tenant: client.home(),
            client: client.app_id,
            resource: resource.app_id,
            permission: scope.id,
            classification,
            needs_administrator: scope.kind != ScopeKind::User,
        };
        let is_own = client.home() == self.tenant;
        let is_let = |policy: &ConsentPolicy| match policy {
            // Microsoft lets these for apps of the organisation itself and of publishers that it has verified, of which there are
            // none here. What it recommends is, for the former, what is of low risk.
            ConsentPolicy::Low | ConsentPolicy::Recommended => {
                is_own && scope.kind == ScopeKind::User && classification == Some(Classification::Low)
            }
            ConsentPolicy::Legacy => scope.kind == ScopeKind::User,
        };
        self.built_in.iter().any(is_let) || self.custom.iter().any(|policy| policy.lets(&event))
    }
}

/// Whether the caller may agree that an app does this for them; to nothing new they may, where the app is in already. An app of
/// another organisation that somebody removed comes back by an administrator alone.
pub async fn may_consent(
    tx: &mut Transaction,
    caller: &Caller,
    (client, resource): (&ServicePrincipal, &ServicePrincipal),
    words: &[&str],
) -> database::Result<bool> {
    if may_manage(caller) {
        return Ok(true);
    }
    if words.is_empty() {
        return Ok(client.is_admitted());
    }
    if !client.is_admitted() && foreign::was_removed(tx, caller.tenant, client.app_id).await? {
        return Ok(false);
    }
    let policies = UserConsent::read(tx, caller.tenant, resource.id).await?;
    let exposed = resource.exposed_scopes();
    let is_let = |word: &&str| {
        let scope = exposed.iter().find(|scope| scope.value == **word && scope.is_enabled);
        scope.is_some_and(|scope| policies.lets(client, scope, resource))
    };
    Ok(words.iter().all(is_let))
}

/// Adds what was agreed to what the app may do, in the caller's transaction. What it may already is left alone. The app of another
/// tenant comes in with the first consent.
///
/// # Errors
/// A conflict of the database if the app was let in, or is offered no longer, since it was shown.
/// `Denied` for whoever may not agree to one of the words, and for a program: nobody agrees for a person.
pub async fn consent(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    (client, resource): (&ServicePrincipal, &ServicePrincipal),
    words: &[&str],
    whom: For,
) -> Result<(), GrantError> {
    let person = caller.user().ok_or(GrantError::Denied)?;
    let may = match whom {
        For::Everybody => may_manage(caller),
        For::Myself => may_consent(tx, caller, (client, resource), words).await?,
    };
    if !may {
        return Err(GrantError::Denied);
    }
    let (client, resource) = &admitted(tx, server, caller, (client, resource)).await?;
    let principal = (whom == For::Myself).then_some(person.id);
    let before = store::find_between(tx, caller.tenant, client.id, resource.id, principal).await?;
    let held = before.as_ref().map_or("", |grant| &grant.scope).to_owned();
    let wanted = words.join(" ");
    let new = added(&held, &wanted);
    if new.is_empty() {
        return Ok(());
    }
    let after = held.split_ascii_whitespace().chain(new).collect::<Vec<_>>().join(" ");
    if after.len() > LONGEST {
        return Err(GrantError::Invalid("scope", format!("it would be longer than {LONGEST} characters")));
    }
    let grant = match before {
        None => insert(tx, server, (client, resource), principal, after.clone()).await?.ok_or(GrantError::Exists)?,
        Some(grant) if store::update(tx, &grant, &after, server.clock.now()).await? => grant,
        Some(_) => return Err(database::Error::Conflict("the grant was changed meanwhile".to_owned()).into()),
    };
    Ok(record(tx, server, caller, &grant, (&held, &after)).await?)
}

/// Both as they stand in the tenant, after an app that is only offered was let in. One that asks for itself is both.
pub async fn admitted(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    (client, resource): (&ServicePrincipal, &ServicePrincipal),
) -> Result<(ServicePrincipal, ServicePrincipal), GrantError> {
    if client.is_admitted() {
        return Ok((client.clone(), resource.clone()));
    }
    let admitted = match foreign::admit(tx, server, caller, client.app_id).await {
        Ok(admitted) => admitted,
        Err(ServicePrincipalError::Storage(error)) => return Err(error.into()),
        Err(other) => return Err(database::Error::Conflict(other.to_string()).into()),
    };
    let resource = if resource.app_id == admitted.app_id { admitted.clone() } else { resource.clone() };
    Ok((admitted, resource))
}

async fn record(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    grant: &DelegatedGrant,
    (before, after): (&str, &str),
) -> database::Result<()> {
    let target = Target::new("ServicePrincipal", grant.client_id.0, grant.client_display_name.clone()).change(
        "ConsentAction.Permissions",
        before,
        after,
    );
    let is_for_everybody = if grant.principal_id.is_none() { "True" } else { "False" };
    let details = [
        ("ConsentContext.IsAdminConsent", is_for_everybody),
        ("ConsentContext.OnBehalfOfAll", is_for_everybody),
        ("ConsentContext.Resource", grant.resource_display_name.as_str()),
    ];
    audit::record(tx, server, caller, Activity::ConsentToApplication, &Outcome::Success, &target, &details).await
}
