//! Reading, setting and removing a logo.

use super::{Logo, picture, store};
use crate::Server;
use crate::applications::operations::{Key, get, get_to_write, set_logo};
use crate::applications::{Application, ApplicationError, elsewhere, store as registrations};
use crate::graph::Caller;
use crate::platform::ids::ClientId;
use crate::tenants;

/// The logo of an application the caller may see.
///
/// # Errors
/// `NotFound` also for an application without one.
pub(super) async fn find(server: &Server, caller: &Caller, key: Key) -> Result<Logo, ApplicationError> {
    let mut tx = server.read().await?;
    let application = get(&mut tx, caller, key).await?;
    store::find(&mut tx, application.tenant_id, application.id).await?.ok_or_else(missing)
}

/// Sets the logo of an application the caller may change. The one it has is no change. `shown` is the digest of the logo that the
/// caller has seen in its place, empty for none; absent for whoever overwrites whatever is there.
///
/// # Errors
/// `Invalid` for a file that is no logo; whoever may not change the application learns nothing of it. `Changed` if another logo is
/// there by now, or none any more.
pub async fn put(
    server: &Server,
    caller: &Caller,
    key: Key,
    content: Vec<u8>,
    shown: Option<&str>,
) -> Result<(), ApplicationError> {
    get_to_write(&mut server.read().await?, caller, key).await?;
    let logo = picture::read(content)?;
    let mut tx = server.write().await?;
    let before = get_to_write(&mut tx, caller, key).await?;
    check_shown(&before, shown)?;
    if before.kept.details.logo.as_deref() == Some(logo.digest.as_str()) {
        return Ok(());
    }
    set_logo(&mut tx, server, caller, &before, Some(logo.digest.clone())).await?;
    store::put(&mut tx, before.tenant_id, before.id, logo).await?;
    Ok(tx.commit().await?)
}

/// Removes the logo of an application the caller may change; `shown` is as for [`put`].
///
/// # Errors
/// `NotFound` also for an application without one, `Changed` as for [`put`].
pub async fn remove(server: &Server, caller: &Caller, key: Key, shown: Option<&str>) -> Result<(), ApplicationError> {
    let mut tx = server.write().await?;
    let before = get_to_write(&mut tx, caller, key).await?;
    check_shown(&before, shown)?;
    if before.kept.details.logo.is_none() {
        return Err(missing());
    }
    set_logo(&mut tx, server, caller, &before, None).await?;
    store::delete(&mut tx, before.tenant_id, before.id).await?;
    Ok(tx.commit().await?)
}

/// Refuses to write over a logo that the caller has not seen. Of two who saw the same the second is refused where the registration is
/// stored, because it has another version by then.
fn check_shown(application: &Application, shown: Option<&str>) -> Result<(), ApplicationError> {
    let stored = application.kept.details.logo.as_deref().unwrap_or_default();
    if shown.is_none_or(|shown| shown == stored) { Ok(()) } else { Err(ApplicationError::Changed) }
}

fn missing() -> ApplicationError {
    ApplicationError::NotFound("logo".to_owned())
}

/// The logo of an app as pages of an organisation show it: of one that is registered there, or of one of another organisation that is
/// for several. Pages show it before anybody has signed in, so that nobody is asked who they are.
pub(super) async fn find_shown(server: &Server, tenant: &str, client: &str) -> database::Result<Option<Logo>> {
    let Ok(client) = client.parse::<ClientId>() else { return Ok(None) };
    let mut tx = server.read().await?;
    let Some(tenant) = tenants::resolve(&mut tx, server, tenant).await? else { return Ok(None) };
    let application = match registrations::find_by_client(&mut tx, tenant.id, client).await? {
        None => elsewhere::find(&mut tx, client).await?,
        own => own,
    };
    match application {
        Some(application) => store::find(&mut tx, application.tenant_id, application.id).await,
        None => Ok(None),
    }
}
