//! Adding and removing secrets.

use super::{Key, audit, get_to_write, target};
use crate::Server;
use crate::applications::secret::{self, AddedSecret, NewSecret};
use crate::applications::{ApplicationError, store};
use crate::audit::Activity;
use crate::graph::Caller;
use crate::platform::ids::KeyId;
use database::Transaction;

/// Adds a secret (Graph: application: addPassword).
///
/// # Errors
/// `Invalid` also where the application has as many as it may have.
pub async fn add_secret(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    key: Key,
    new: NewSecret,
) -> Result<AddedSecret, ApplicationError> {
    let application = get_to_write(tx, caller, key).await?;
    let added = secret::make(server, (application.tenant_id, application.id, None), new)?;
    secret::check_number(tx, (caller.tenant, application.id), false).await?;
    store::insert_secret(tx, &added.credential, server.clock.now()).await?;
    let named = target(&application).change("KeyDescription", "", added.credential.id.to_string());
    audit(tx, server, caller, Activity::ManageCredentials, named).await?;
    Ok(added)
}

/// Removes a secret (Graph: application: removePassword).
pub async fn remove_secret(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    key: Key,
    secret: KeyId,
) -> Result<(), ApplicationError> {
    let application = get_to_write(tx, caller, key).await?;
    if !store::delete_secret(tx, caller.tenant, application.id, secret, server.clock.now()).await? {
        return Err(ApplicationError::NoSuchSecret);
    }
    let named = target(&application).change("KeyDescription", secret.to_string(), "");
    Ok(audit(tx, server, caller, Activity::ManageCredentials, named).await?)
}
