//! Which properties an application adds to objects of the directory.

use super::belonging::count_belonging;
use super::{Key, audit, get, get_to_write, lock_to_write, may_read, target};
use crate::Server;
use crate::applications::{Application, ApplicationError, Invalid};
use crate::audit::Activity;
use crate::changes::{self, Change, Kind};
use crate::extensions::{self, ExtensionProperty, MOST, NewExtensionProperty};
use crate::graph::Caller;
use crate::platform::ids::ExtensionPropertyId;
use database::Transaction;
use serde_json::{Value, json};
use sqlx::types::Json;

/// Those of every application (Graph: getAvailableExtensionProperties), by name.
pub async fn available_extensions(
    tx: &mut Transaction,
    caller: &Caller,
) -> Result<Vec<ExtensionProperty>, ApplicationError> {
    if !may_read(caller) {
        return Err(ApplicationError::Denied);
    }
    Ok(extensions::store::list(tx, caller.tenant).await?)
}

/// One of an application the caller may see.
pub async fn get_extension(
    tx: &mut Transaction,
    caller: &Caller,
    (key, id): (Key, ExtensionPropertyId),
) -> Result<ExtensionProperty, ApplicationError> {
    let application = get(tx, caller, key).await?;
    find(tx, &application, id).await
}

async fn find(
    tx: &mut Transaction,
    application: &Application,
    id: ExtensionPropertyId,
) -> Result<ExtensionProperty, ApplicationError> {
    let found = extensions::store::find(tx, application.tenant_id, (application.id, id)).await?;
    found.ok_or(ApplicationError::NoObject(id.0))
}

/// Defines a further one (Graph: create extensionProperty), in the transaction of the caller.
///
/// # Errors
/// `Taken` if the application has one of this name, `Invalid` for a name or list that is not allowed, or one too many.
pub async fn add_extension(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    key: Key,
    new: NewExtensionProperty,
) -> Result<ExtensionProperty, ApplicationError> {
    // One after the other, so that neither the limit nor a name is passed by two at once.
    let application = lock_to_write(tx, caller, key).await?;
    new.check()?;
    let now = server.clock.now();
    let added = ExtensionProperty {
        tenant_id: application.tenant_id,
        id: ExtensionPropertyId(server.entropy.uuid(now)),
        application_id: application.id,
        app_display_name: application.display_name.clone(),
        name: new.full_name(application.app_id),
        data_type: new.data_type,
        is_multi_valued: new.is_multi_valued,
        target_objects: Json(new.target_objects),
    };
    let held = count_belonging::<ExtensionProperty>(tx, (caller.tenant, application.id), None).await?;
    if held >= i64::try_from(MOST).unwrap_or(i64::MAX) {
        let problem = format!("an application has at most {MOST} of them");
        return Err(Invalid { property: "extensionProperties", problem }.into());
    }
    if !extensions::store::list_named(tx, caller.tenant, &[added.name.as_str()]).await?.is_empty() {
        return Err(ApplicationError::Taken("name"));
    }
    extensions::store::insert(tx, &added).await?;
    changes::note(tx, caller.tenant, now, Change::set(Kind::Application, application.id.0)).await?;
    record(tx, server, caller, &application, (None, Some(&added))).await?;
    Ok(added)
}

/// Takes one away (Graph: delete extensionProperty), in the transaction of the caller. What objects have of it is not seen any
/// more, and is removed in the background.
pub async fn remove_extension(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    (key, id): (Key, ExtensionPropertyId),
) -> Result<(), ApplicationError> {
    let application = get_to_write(tx, caller, key).await?;
    let gone = find(tx, &application, id).await?;
    let now = server.clock.now();
    if !extensions::store::hide(tx, caller.tenant, id, now).await? {
        return Err(ApplicationError::NoObject(id.0));
    }
    changes::note(tx, caller.tenant, now, Change::set(Kind::Application, application.id.0)).await?;
    Ok(record(tx, server, caller, &application, (Some(&gone), None)).await?)
}

async fn record(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    application: &Application,
    (before, after): (Option<&ExtensionProperty>, Option<&ExtensionProperty>),
) -> database::Result<()> {
    let told = |property: Option<&ExtensionProperty>| {
        property.map_or(Value::Null, |property| {
            json!({
                "name": property.name, "dataType": property.data_type, "isMultiValued": property.is_multi_valued,
                "targetObjects": property.target_objects,
            })
        })
    };
    let named = target(application).change("ExtensionProperties", told(before), told(after));
    audit(tx, server, caller, Activity::UpdateApplication, named).await
}
