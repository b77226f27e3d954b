//! What may be asked of users, groups and registrations by properties of extensions.

use super::property::{ExtensionProperty, TargetObject};
use super::store;
use crate::Server;
use crate::graph::Error;
use crate::graph::query::{AddedProperty, Addition, Related, Values};
use crate::platform::ids::TenantId;
use database::Transaction;
use futures_util::future::BoxFuture;
use serde_json::{Map, Value};
use uuid::Uuid;

/// Values, by the alias `x`; the id of the object with its alias stands in front.
macro_rules! values {
    ($id:literal) => {
        Related::texts(concat!($id, " IN (SELECT x.object_id FROM extension_value x WHERE x.tenant_id = $1 AND "), &[])
    };
}

static OF_USERS: Related = values!("u.id");
static OF_GROUPS: Related = values!("g.id");
static OF_APPLICATIONS: Related = values!("a.id");

inventory::submit! {
    Addition {
        of: "user",
        values: &OF_USERS,
        property: "x.property_id",
        text: "x.compared",
        find: |server, tenant, names| find(server, tenant, names, TargetObject::User),
        read,
    }
}

inventory::submit! {
    Addition {
        of: "group",
        values: &OF_GROUPS,
        property: "x.property_id",
        text: "x.compared",
        find: |server, tenant, names| find(server, tenant, names, TargetObject::Group),
        read,
    }
}

inventory::submit! {
    Addition {
        of: "application",
        values: &OF_APPLICATIONS,
        property: "x.property_id",
        text: "x.compared",
        find: |server, tenant, names| find(server, tenant, names, TargetObject::Application),
        read,
    }
}

fn find<'a>(
    server: &'a Server,
    tenant: TenantId,
    names: &'a [&'a str],
    target: TargetObject,
) -> BoxFuture<'a, Result<Vec<AddedProperty>, Error>> {
    Box::pin(async move {
        let found = store::list_named(&mut server.read().await?, tenant, names).await?;
        Ok(found.into_iter().filter(|property| property.applies_to(target)).map(added).collect())
    })
}

fn added(property: ExtensionProperty) -> AddedProperty {
    AddedProperty {
        id: property.id.0,
        is_collection: property.is_multi_valued,
        is_text: property.data_type.is_text(),
        compared: property.data_type.compared(),
        write: property.data_type.writer(),
        name: property.name,
    }
}

fn read<'a>(
    server: &'a Server,
    tenant: TenantId,
    objects: &'a [Uuid],
    properties: &'a [AddedProperty],
) -> BoxFuture<'a, Result<Values, Error>> {
    Box::pin(async move { Ok(written(&mut server.read().await?, tenant, objects, properties).await?) })
}

async fn written(
    tx: &mut Transaction,
    tenant: TenantId,
    objects: &[Uuid],
    properties: &[AddedProperty],
) -> database::Result<Values> {
    let ids: Vec<Uuid> = properties.iter().map(|property| property.id).collect();
    let mut values = Values::new();
    for row in store::list_values(tx, tenant, objects, &ids).await? {
        let Some(property) = properties.iter().find(|property| property.id == row.property_id.0) else { continue };
        let (object, value) = (values.entry(row.object_id).or_default(), (property.write)(&row.content));
        if property.is_collection {
            let list = object.entry(property.name.clone()).or_insert_with(|| Value::Array(Vec::new()));
            if let Value::Array(items) = list {
                items.push(value);
            }
        } else {
            object.insert(property.name.clone(), value);
        }
    }
    Ok(values)
}

/// What one object has of the properties with these names, for tokens: by name, without those it has nothing of.
pub async fn values_of(
    tx: &mut Transaction,
    tenant: TenantId,
    (target, object): (TargetObject, Uuid),
    names: &[&str],
) -> database::Result<Map<String, Value>> {
    let found = store::list_named(tx, tenant, names).await?.into_iter();
    let properties: Vec<AddedProperty> = found.filter(|property| property.applies_to(target)).map(added).collect();
    Ok(written(tx, tenant, &[object], &properties).await?.remove(&object).unwrap_or_default())
}
