//! Giving objects values.

use super::property::{ExtensionProperty, MOST, TargetObject};
use super::value::Stored;
use super::{ExtensionError, store};
use crate::Server;
use crate::changes::Kind;
use crate::graph::Error;
use crate::graph::body::Object;
use crate::graph::query::PREFIX;
use crate::platform::ids::TenantId;
use database::Transaction;
use serde_json::{Map, Value};
use uuid::Uuid;

/// What the audit calls the properties of extensions, with the names that apps gave within.
const AUDITED: &str = "extensionProperties";

/// A property with its old and new value, for the audit.
pub type Difference = (&'static str, Value, Value);

/// New values of one property, already checked; without any, an object has it no longer.
#[derive(Debug, Clone)]
pub struct ValueChange {
    property: ExtensionProperty,
    values: Vec<Stored>,
}

/// Takes the properties of extensions out of a body that makes or changes an object of this kind. Names the tenant does not have
/// for it stay there, to be refused with everything else that is not understood.
///
/// # Errors
/// 400 that names the property whose value is of another type, or too long.
pub async fn take(
    server: &Server,
    tenant: TenantId,
    target: TargetObject,
    body: &mut Object,
) -> Result<Vec<ValueChange>, Error> {
    let is_added = |name: &&String| name.starts_with(PREFIX) && !name.contains('@');
    let names: Vec<String> = body.0.keys().filter(is_added).cloned().collect();
    if names.is_empty() {
        return Ok(Vec::new());
    }
    if names.len() > MOST {
        return Err(Error::bad_request(format!("An object has at most {MOST} values of extensions.")));
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let found = store::list_named(&mut server.read().await?, tenant, &names).await?;
    let mut changes = Vec::new();
    for property in found.into_iter().filter(|property| property.applies_to(target)) {
        let sent = body.0.remove(&property.name).unwrap_or(Value::Null);
        let values = read(&property, &sent).map_err(|problem| refused(&property.name, &problem))?;
        changes.push(ValueChange { property, values });
    }
    Ok(changes)
}

/// Null, an empty text and an empty list remove a property.
fn read(property: &ExtensionProperty, sent: &Value) -> Result<Vec<Stored>, String> {
    match sent {
        Value::Null => Ok(Vec::new()),
        Value::String(text) if text.is_empty() && !property.is_multi_valued => Ok(Vec::new()),
        Value::Array(items) if property.is_multi_valued => {
            items.iter().map(|item| property.data_type.read(item)).collect()
        }
        _ if property.is_multi_valued => Err("it is a list".to_owned()),
        value => Ok(vec![property.data_type.read(value)?]),
    }
}

fn refused(name: &str, problem: &str) -> Error {
    let message = format!("Invalid value specified for property '{name}': {problem}");
    Error::bad_request(message).with_target(name.to_owned())
}

/// Gives an object these values, in the transaction that makes or changes it; what differs, or nothing if nothing does. That the
/// object changed is noted by whoever writes the object.
///
/// # Errors
/// `Invalid` if it would hold too many.
pub async fn put(
    tx: &mut Transaction,
    tenant: TenantId,
    (kind, id): (Kind, Uuid),
    changes: &[ValueChange],
) -> Result<Option<Difference>, ExtensionError> {
    if changes.is_empty() {
        return Ok(None);
    }
    let properties: Vec<Uuid> = changes.iter().map(|change| change.property.id.0).collect();
    let held = store::list_values(tx, tenant, &[id], &properties).await?;
    let (mut old, mut new) = (Map::new(), Map::new());
    for ValueChange { property, values } in changes {
        let of_property = held.iter().filter(|held| held.property_id == property.id);
        let before: Vec<&str> = of_property.map(|held| held.content.as_str()).collect();
        let after: Vec<&str> = values.iter().map(|value| value.content.as_str()).collect();
        if before == after {
            continue;
        }
        store::delete_values(tx, tenant, id, property.id).await?;
        for (place, value) in (0..).zip(values) {
            store::insert_value(tx, tenant, (kind, id), (property.id, place), value).await?;
        }
        old.insert(property.name.clone(), written(property, &before));
        new.insert(property.name.clone(), written(property, &after));
    }
    if new.is_empty() {
        return Ok(None);
    }
    if store::count_values(tx, tenant, id).await? > i64::try_from(MOST).unwrap_or(i64::MAX) {
        let problem = format!("an object has at most {MOST} values of extensions");
        return Err(ExtensionError::Invalid { property: AUDITED, problem });
    }
    Ok(Some((AUDITED, Value::Object(old), Value::Object(new))))
}

fn written(property: &ExtensionProperty, contents: &[&str]) -> Value {
    let write = property.data_type.writer();
    match contents {
        [] => Value::Null,
        [only] if !property.is_multi_valued => write(only),
        several => several.iter().map(|content| write(content)).collect(),
    }
}
