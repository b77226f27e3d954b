//! Properties that an organisation adds to a type, beside those of its table (Graph: directory extensions).
//!
//! What they are called is data of the tenant, so no table can hold them. They are looked up when a request names one, by the
//! feature that owns them; a request that names none asks nobody.

use super::Resource;
use super::filter::subjects;
use super::property::Related;
use crate::Server;
use crate::graph::Error;
use crate::platform::ids::TenantId;
use futures_util::future::BoxFuture;
use odata::{Literal, QueryOptions, SelectItem};
use serde_json::{Map, Value};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// What the names of such properties begin with. It stands for all of them where it is asked what a caller may see.
pub const PREFIX: &str = "extension_";

/// The form in which a value is compared; `None` for what is no value of the property.
pub type Compared = fn(&Literal) -> Option<String>;

/// One of them, as a tenant has it.
#[derive(Debug, Clone)]
pub struct AddedProperty {
    /// Its definition, by which its values are found.
    pub id: Uuid,
    /// The name on the wire.
    pub name: String,
    /// Whether it has several values; these are reached by `any`.
    pub is_collection: bool,
    /// Whether its values are texts, which have beginnings.
    pub is_text: bool,
    /// How its values compare; without one it can only be read.
    pub compared: Option<Compared>,
    /// Writes a value from the form in which it is kept.
    pub write: fn(&str) -> Value,
}

/// Finds those of these names that a tenant has for the type.
pub type Find = for<'a> fn(&'a Server, TenantId, &'a [&'a str]) -> BoxFuture<'a, Result<Vec<AddedProperty>, Error>>;

/// What objects have of some properties, as it is written. One that has nothing is not among them.
pub type Values = HashMap<Uuid, Map<String, Value>>;

/// Reads what these objects have of these properties.
pub type Read =
    for<'a> fn(&'a Server, TenantId, &'a [Uuid], &'a [AddedProperty]) -> BoxFuture<'a, Result<Values, Error>>;

/// Where the added properties of a type are kept. Registered with `inventory::submit!`.
#[derive(Debug)]
pub struct Addition {
    /// The type, without the namespace: `user`.
    pub of: &'static str,
    /// The rows of their values.
    pub values: &'static Related,
    /// The column of such a row with the id of the definition.
    pub property: &'static str,
    /// The column with the form in which the value is compared.
    pub text: &'static str,
    /// Finds properties.
    pub find: Find,
    /// Reads values.
    pub read: Read,
}

inventory::collect!(Addition);

/// Those that a request names.
#[derive(Debug, Clone, Default)]
pub struct Added {
    pub(super) addition: Option<&'static Addition>,
    properties: Vec<AddedProperty>,
}

impl Added {
    /// Looks up what `$select` and `$filter` name. Names that the tenant does not have are left to whoever refuses them.
    pub(in crate::graph) async fn named(
        server: &Server,
        tenant: TenantId,
        resource: &'static Resource,
        options: &QueryOptions,
    ) -> Result<Self, Error> {
        let names: Vec<&str> = names(options).into_iter().collect();
        if names.is_empty() {
            return Ok(Self::default());
        }
        let addition = inventory::iter::<Addition>.into_iter().find(|addition| addition.of == resource.type_name);
        let Some(addition) = addition else { return Ok(Self::default()) };
        let properties = (addition.find)(server, tenant, &names).await?;
        Ok(Self { addition: Some(addition), properties })
    }

    /// The property of this name.
    pub(super) fn find(&self, name: &str) -> Option<&AddedProperty> {
        self.properties.iter().find(|property| property.name == name)
    }

    /// Those of these names.
    pub(super) fn only(&self, names: &BTreeSet<&str>) -> Self {
        let properties = self.properties.iter().filter(|property| names.contains(property.name.as_str()));
        Self { addition: self.addition, properties: properties.cloned().collect() }
    }

    /// What they are called.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.properties.iter().map(|property| property.name.as_str())
    }

    /// Puts the values into an answer. `items` are the objects with these `ids`, in the same order.
    pub(super) async fn attach(
        &self,
        server: &Server,
        tenant: TenantId,
        ids: &[Uuid],
        items: &mut [Map<String, Value>],
    ) -> Result<(), Error> {
        let Some(addition) = self.addition.filter(|_| !self.properties.is_empty() && !ids.is_empty()) else {
            return Ok(());
        };
        let mut found = (addition.read)(server, tenant, ids, &self.properties).await?;
        for (id, item) in ids.iter().zip(items.iter_mut()) {
            item.extend(found.remove(id).unwrap_or_default());
        }
        Ok(())
    }
}

/// The names of added properties in a request.
fn names(options: &QueryOptions) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    for item in options.select.iter().flat_map(|select| &select.items) {
        if let SelectItem::Property(path) = item {
            take(path.property(), &mut names);
        }
    }
    if let Some(filter) = &options.filter {
        for path in subjects(filter) {
            take(path.property(), &mut names);
        }
    }
    names
}

fn take<'o>(name: &'o str, names: &mut BTreeSet<&'o str>) {
    if name.starts_with(PREFIX) {
        names.insert(name);
    }
}

#[cfg(test)]
impl Added {
    /// Some properties, without a request behind them.
    pub(super) fn of(addition: &'static Addition, properties: Vec<AddedProperty>) -> Self {
        Self { addition: Some(addition), properties }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_names_of_added_properties_are_looked_up() {
        let of = |text: &str| {
            let options = QueryOptions::parse(text).expect("options");
            names(&options).into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        assert!(of("$select=id,displayName&$filter=displayName eq 'extension_a'").is_empty());
        assert_eq!(of("$select=id,extension_b,extension_a"), ["extension_a", "extension_b"]);
        let filter =
            "$filter=startsWith(extension_a,'x') or not (extension_b in ('y') and extension_c/any(c:c eq 'z'))";
        assert_eq!(of(filter), ["extension_a", "extension_b", "extension_c"]);
    }
}
