//! Secrets of service principals: they prove the app in this tenant, as those of its registration do.

use super::{Key, audit, find_to_write, target};
use crate::Server;
use crate::applications::secret::{self, AddedSecret, NewSecret};
use crate::applications::{ApplicationError, Invalid, principal_secret_store, store};
use crate::audit::Activity;
use crate::graph::Caller;
use crate::platform::ids::KeyId;
use crate::service_principals::ServicePrincipalError;
use database::Transaction;

/// Adds a secret (Graph: servicePrincipal: addPassword), in the transaction of the caller.
///
/// # Errors
/// `ApplicationError::Invalid` also where the service principals of the app have as many as they may have together, and for the app
/// of another tenant.
pub async fn add_secret(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    key: Key,
    new: NewSecret,
) -> Result<AddedSecret, ServicePrincipalError> {
    let principal = find_to_write(tx, caller, key).await?;
    if principal.is_foreign() {
        // Whoever holds one could act as the app, whose owners would not know of it.
        let problem = "the app belongs to another organisation, which proves it by its own".to_owned();
        return Err(ApplicationError::from(Invalid { property: "passwordCredentials", problem }).into());
    }
    // All but the directory API, which is refused before, have a registration here.
    let application = principal.application_id.ok_or_else(|| ServicePrincipalError::NotFound(key.to_string()))?;
    let whose = (principal.tenant_id, application, Some(principal.id));
    let added = secret::make(server, whose, new).map_err(ApplicationError::from)?;
    secret::check_number(tx, (caller.tenant, application), true).await?;
    store::insert_secret(tx, &added.credential, server.clock.now()).await?;
    let named = target(&principal).change("KeyDescription", "", added.credential.id.to_string());
    audit(tx, server, caller, Activity::AddServicePrincipalCredentials, &named).await?;
    Ok(added)
}

/// Removes a secret (Graph: servicePrincipal: removePassword), in the transaction of the caller.
///
/// # Errors
/// `ApplicationError::NoSuchSecret` if it is none of this service principal; those of the registration are removed there.
pub async fn remove_secret(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    key: Key,
    secret: KeyId,
) -> Result<(), ServicePrincipalError> {
    let principal = find_to_write(tx, caller, key).await?;
    if !principal_secret_store::delete(tx, caller.tenant, principal.id, secret, server.clock.now()).await? {
        return Err(ApplicationError::NoSuchSecret.into());
    }
    let named = target(&principal).change("KeyDescription", secret.to_string(), "");
    Ok(audit(tx, server, caller, Activity::RemoveServicePrincipalCredentials, &named).await?)
}
