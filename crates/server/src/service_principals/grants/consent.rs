//! What somebody agrees to on a page: for themselves as far as the organisation lets people, for everybody as its
//! administrator.

use super::change::{insert, may_manage};
use super::grant::{DelegatedGrant, GrantError, added};
use super::store;
use crate::Server;
use crate::applications::ScopeKind;
use crate::audit::{self, Activity, Outcome, Target};
use crate::graph::Caller;
use crate::service_principals::ServicePrincipal;
use crate::tenants::{self, ConsentPolicy};
use database::Transaction;

/// What tells no more than who somebody is (Entra: permissions classified as low impact).
pub const LOW: [&str; 5] = ["openid", "profile", "email", "offline_access", "User.Read"];

/// For whom somebody agrees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum For {
    /// For themselves.
    Myself,
    /// For everybody of the tenant, guests included.
    Everybody,
}

/// Whether the caller may agree that an app does this for them; to nothing new they may.
pub fn may_consent(caller: &Caller, policies: &[ConsentPolicy], resource: &ServicePrincipal, words: &[&str]) -> bool {
    may_manage(caller) || words.is_empty() || policies.iter().any(|policy| is_open_to_people(*policy, resource, words))
}

fn is_open_to_people(policy: ConsentPolicy, resource: &ServicePrincipal, words: &[&str]) -> bool {
    match policy {
        // What Microsoft recommends is, for the apps of the organisation itself, what is of low impact.
        ConsentPolicy::Low | ConsentPolicy::Recommended => {
            resource.is_directory_api() && words.iter().all(|word| LOW.contains(word))
        }
        ConsentPolicy::Legacy => {
            let exposed = resource.exposed_scopes();
            let is_open = |word: &&str| {
                exposed.iter().any(|scope| scope.value == **word && scope.is_enabled && scope.kind == ScopeKind::User)
            };
            words.iter().all(is_open)
        }
    }
}

/// Adds what was agreed to what the app may do, in the caller's transaction. What it may already is left alone.
///
/// # Errors
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
    let policies = tenants::store::get_settings(tx, caller.tenant).await?.consent_policies.0;
    let may = match whom {
        For::Everybody => may_manage(caller),
        For::Myself => may_consent(caller, &policies, resource, words),
    };
    if !may {
        return Err(GrantError::Denied);
    }
    let principal = (whom == For::Myself).then_some(person.id);
    let before = store::find_between(tx, caller.tenant, client.id, resource.id, principal).await?;
    let held = before.as_ref().map_or("", |grant| &grant.scope).to_owned();
    let wanted = words.join(" ");
    let new = added(&held, &wanted);
    if new.is_empty() {
        return Ok(());
    }
    let after = held.split_ascii_whitespace().chain(new).collect::<Vec<_>>().join(" ");
    let grant = match before {
        None => insert(tx, server, (client, resource), principal, after.clone()).await?.ok_or(GrantError::Exists)?,
        Some(grant) if store::update(tx, &grant, &after, server.clock.now()).await? => grant,
        Some(_) => return Err(database::Error::Conflict("the grant was changed meanwhile".to_owned()).into()),
    };
    Ok(record(tx, server, caller, &grant, (&held, &after)).await?)
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
