//! The SQL of extensions.

use super::property::ExtensionProperty;
use super::value::Stored;
use crate::changes::Kind;
use crate::graph::query::{Condition, Listed, Value, write_condition};
use crate::platform::ids::{ApplicationId, ExtensionPropertyId, TenantId};
use database::{Result, Timestamp, Transaction, sql};
use uuid::Uuid;

/// Definitions that count: neither they nor their apps are deleted.
macro_rules! select {
    ($columns:expr, $condition:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM extension_property e JOIN application a ON a.tenant_id = e.tenant_id AND a.id = e.application_id
              WHERE e.tenant_id = $1 AND e.deleted_at IS NULL AND a.deleted_at IS NULL",
            $condition
        )
    };
}

macro_rules! columns {
    () => {
        "e.tenant_id, e.id, e.application_id, a.display_name AS app_display_name, e.name, e.data_type,
         e.is_multi_valued, e.target_objects"
    };
}

/// A value with whose and of what it is.
#[derive(Debug, sqlx::FromRow)]
pub struct Held {
    /// The object.
    pub object_id: Uuid,
    /// The property.
    pub property_id: ExtensionPropertyId,
    /// The value as it is kept.
    pub content: String,
}

/// Adds a definition. Its name must be new in the tenant.
pub async fn insert(tx: &mut Transaction, property: &ExtensionProperty) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO extension_property (tenant_id, id, application_id, name, data_type, is_multi_valued,
             target_objects)
         VALUES ($1, $2, $3, $4, $5, $6, $7)"
    ))
    .bind(property.tenant_id)
    .bind(property.id)
    .bind(property.application_id)
    .bind(property.name.clone())
    .bind(property.data_type)
    .bind(property.is_multi_valued)
    .bind(property.target_objects.clone())
    .execute()
    .await?;
    Ok(())
}

/// The definitions with these names; whoever has none is not among them.
pub async fn list_named(tx: &mut Transaction, tenant: TenantId, names: &[&str]) -> Result<Vec<ExtensionProperty>> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = tx.query(sql!(select!(columns!(), ""))).bind(tenant);
    let values = names.iter().map(|name| Value::Text((*name).to_owned())).collect();
    write_condition(Some(&Condition::Among { column: "e.name", values }), &mut query);
    query.fetch_all().await
}

/// The same with those whose app is deleted and may be brought back.
pub async fn list_named_of_ever(
    tx: &mut Transaction,
    tenant: TenantId,
    names: &[&str],
) -> Result<Vec<ExtensionProperty>> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = tx
        .query(sql!(concat!(
            "SELECT ",
            columns!(),
            " FROM extension_property e JOIN application a ON a.tenant_id = e.tenant_id AND a.id = e.application_id
              WHERE e.tenant_id = $1 AND e.deleted_at IS NULL"
        )))
        .bind(tenant);
    let values = names.iter().map(|name| Value::Text((*name).to_owned())).collect();
    write_condition(Some(&Condition::Among { column: "e.name", values }), &mut query);
    query.fetch_all().await
}

/// Every definition of a tenant, by name.
pub async fn list(tx: &mut Transaction, tenant: TenantId) -> Result<Vec<ExtensionProperty>> {
    tx.query(sql!(select!(columns!(), " ORDER BY e.name"))).bind(tenant).fetch_all().await
}

/// What reads those of an application (`$2`).
pub static OF_APPLICATION: Listed = Listed {
    list: sql!(select!(columns!(), " AND e.application_id = $2")),
    count: sql!(select!("COUNT(*)", " AND e.application_id = $2")),
};

/// Those of an application, by name.
pub async fn list_of(
    tx: &mut Transaction,
    tenant: TenantId,
    application: ApplicationId,
) -> Result<Vec<ExtensionProperty>> {
    tx.query(sql!(select!(columns!(), " AND e.application_id = $2 ORDER BY e.name")))
        .bind(tenant)
        .bind(application)
        .fetch_all()
        .await
}

/// Those of an application that were deleted and whose values may still be there, by name.
pub async fn list_hidden_of(
    tx: &mut Transaction,
    tenant: TenantId,
    application: ApplicationId,
) -> Result<Vec<ExtensionProperty>> {
    tx.query(sql!(concat!(
        "SELECT ",
        columns!(),
        " FROM extension_property e JOIN application a ON a.tenant_id = e.tenant_id AND a.id = e.application_id
          WHERE e.tenant_id = $1 AND e.application_id = $2 AND e.deleted_at IS NOT NULL ORDER BY e.name, e.id"
    )))
    .bind(tenant)
    .bind(application)
    .fetch_all()
    .await
}

/// One of an application.
pub async fn find(
    tx: &mut Transaction,
    tenant: TenantId,
    (application, id): (ApplicationId, ExtensionPropertyId),
) -> Result<Option<ExtensionProperty>> {
    tx.query(sql!(select!(columns!(), " AND e.application_id = $2 AND e.id = $3")))
        .bind(tenant)
        .bind(application)
        .bind(id)
        .fetch_optional()
        .await
}

/// Hides a definition and frees its name; its values go in the background. `false` if somebody else was faster.
pub async fn hide(tx: &mut Transaction, tenant: TenantId, id: ExtensionPropertyId, at: Timestamp) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "UPDATE extension_property SET deleted_at = $3 WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL"
        ))
        .bind(tenant)
        .bind(id)
        .bind(at)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Hides what an application that is purged defined.
pub async fn forget_application(
    tx: &mut Transaction,
    tenant: TenantId,
    application: ApplicationId,
    at: Timestamp,
) -> Result<()> {
    tx.query(sql!(
        "UPDATE extension_property SET deleted_at = $3
         WHERE tenant_id = $1 AND application_id = $2 AND deleted_at IS NULL"
    ))
    .bind(tenant)
    .bind(application)
    .bind(at)
    .execute()
    .await?;
    Ok(())
}

/// The definitions of a tenant that were deleted and whose values may still be there.
pub async fn list_hidden(tx: &mut Transaction, tenant: TenantId) -> Result<Vec<ExtensionPropertyId>> {
    tx.query(sql!("SELECT id FROM extension_property WHERE tenant_id = $1 AND deleted_at IS NOT NULL ORDER BY id"))
        .bind(tenant)
        .fetch_values()
        .await
}

/// Removes a hidden definition, of which there are no values any more.
pub async fn delete(tx: &mut Transaction, tenant: TenantId, id: ExtensionPropertyId) -> Result<()> {
    tx.query(sql!("DELETE FROM extension_property WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NOT NULL"))
        .bind(tenant)
        .bind(id)
        .execute()
        .await?;
    Ok(())
}

/// What objects have of some properties: object by object, and of a property in the order in which it was given.
pub async fn list_values(
    tx: &mut Transaction,
    tenant: TenantId,
    objects: &[Uuid],
    properties: &[Uuid],
) -> Result<Vec<Held>> {
    if objects.is_empty() || properties.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = tx
        .query(sql!("SELECT x.object_id, x.property_id, x.content FROM extension_value x WHERE x.tenant_id = $1"))
        .bind(tenant);
    for (column, ids) in [("x.object_id", objects), ("x.property_id", properties)] {
        write_condition(Some(&Condition::one_of(column, ids.iter().copied())), &mut query);
    }
    query.push(" ORDER BY x.object_id, x.property_id, x.place");
    query.fetch_all().await
}

/// Objects that have values of a property, each with its kind, by up to so many values.
pub async fn list_holders(
    tx: &mut Transaction,
    tenant: TenantId,
    property: ExtensionPropertyId,
    limit: i64,
) -> Result<Vec<(Kind, Uuid)>> {
    tx.query(sql!(
        "SELECT x.object_kind, x.object_id FROM extension_value x
         WHERE x.tenant_id = $1 AND x.property_id = $2 LIMIT $3"
    ))
    .bind(tenant)
    .bind(property)
    .bind(limit)
    .fetch_all()
    .await
}

/// How many values of extensions an object has, hidden ones aside.
pub async fn count_values(tx: &mut Transaction, tenant: TenantId, object: Uuid) -> Result<i64> {
    tx.query(sql!(
        "SELECT COUNT(*) FROM extension_value x
             JOIN extension_property e ON e.tenant_id = x.tenant_id AND e.id = x.property_id
         WHERE x.tenant_id = $1 AND x.object_id = $2 AND e.deleted_at IS NULL"
    ))
    .bind(tenant)
    .bind(object)
    .fetch_value()
    .await
}

/// Gives an object a value of a property, at a place among those of the same property.
pub async fn insert_value(
    tx: &mut Transaction,
    tenant: TenantId,
    (kind, object): (Kind, Uuid),
    (property, place): (ExtensionPropertyId, i64),
    value: &Stored,
) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO extension_value (tenant_id, object_id, property_id, place, object_kind, content, compared)
         VALUES ($1, $2, $3, $4, $5, $6, $7)"
    ))
    .bind(tenant)
    .bind(object)
    .bind(property)
    .bind(place)
    .bind(kind)
    .bind(value.content.clone())
    .bind(value.compared.clone())
    .execute()
    .await?;
    Ok(())
}

/// Takes from an object what it has of a property.
pub async fn delete_values(
    tx: &mut Transaction,
    tenant: TenantId,
    object: Uuid,
    property: ExtensionPropertyId,
) -> Result<()> {
    tx.query(sql!("DELETE FROM extension_value WHERE tenant_id = $1 AND object_id = $2 AND property_id = $3"))
        .bind(tenant)
        .bind(object)
        .bind(property)
        .execute()
        .await?;
    Ok(())
}

/// Removes the values of an object that is purged.
pub async fn forget_object(tx: &mut Transaction, tenant: TenantId, object: Uuid) -> Result<()> {
    tx.query(sql!("DELETE FROM extension_value WHERE tenant_id = $1 AND object_id = $2"))
        .bind(tenant)
        .bind(object)
        .execute()
        .await?;
    Ok(())
}
