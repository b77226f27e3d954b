//! What the rules of groups look at.

use super::store;
use crate::platform::ids::TenantId;
use database::{Result, Transaction};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// Names that are looked up in one statement.
const AT_ONCE: usize = 500;

/// What users have of properties, by user and name. Whoever has none of them is not among them.
pub type Texts = HashMap<Uuid, HashMap<String, String>>;

/// What these users have of the properties with these names. Where their app is deleted they have it as long as it may be brought
/// back: nobody is told when that happens.
pub async fn texts_of_users(
    tx: &mut Transaction,
    tenant: TenantId,
    users: &[Uuid],
    names: &BTreeSet<String>,
) -> Result<Texts> {
    let mut texts = Texts::new();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    for some in names.chunks(AT_ONCE) {
        let found = store::list_named_of_ever(tx, tenant, some).await?;
        let found = found.into_iter().filter(|property| property.is_text_of_users());
        let found: HashMap<Uuid, String> = found.map(|property| (property.id.0, property.name)).collect();
        let ids: Vec<Uuid> = found.keys().copied().collect();
        for held in store::list_values(tx, tenant, users, &ids).await? {
            if let Some(name) = found.get(&held.property_id.0) {
                texts.entry(held.object_id).or_default().insert(name.clone(), held.content);
            }
        }
    }
    Ok(texts)
}

/// The first of these names that is not of a property which users have as one text.
pub async fn find_no_text<'n>(
    tx: &mut Transaction,
    tenant: TenantId,
    names: &'n BTreeSet<String>,
) -> Result<Option<&'n str>> {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let found = store::list_named(tx, tenant, &names).await?;
    let is_known = |name: &str| found.iter().any(|property| property.name == name && property.is_text_of_users());
    Ok(names.into_iter().find(|name| !is_known(name)))
}
