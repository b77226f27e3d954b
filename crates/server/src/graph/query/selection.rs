//! `$select`: which properties an answer carries.

use super::blank::SECRETS;
use super::property::Written;
use super::{Added, Resource, options, unshown};
use crate::Server;
use crate::graph::{Error, resource};
use crate::platform::ids::TenantId;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use odata::{QueryOptions, Select, SelectItem};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

/// The properties of an answer.
#[derive(Debug, Clone)]
pub struct Selection {
    names: Vec<&'static str>,
    /// Those that the organisation added.
    added: Added,
    /// Whether the caller asked for them.
    asked: bool,
}

impl Selection {
    /// What an answer carries when nothing is asked for.
    pub fn default_of(resource: &'static Resource) -> Self {
        let names = resource
            .properties
            .iter()
            .filter(|property| property.written == Written::ByDefault)
            .map(|property| property.name);
        Self { names: names.collect(), added: Added::default(), asked: false }
    }

    /// Reads the options of a request for one object: `$select`, and none that only makes sense for a collection.
    pub fn of_one(resource: &'static Resource, uri: &Uri) -> Result<Self, Error> {
        Self::of_options(resource, &options::parse(uri)?, &Added::default())
    }

    pub(super) fn of_options(
        resource: &'static Resource,
        options: &QueryOptions,
        added: &Added,
    ) -> Result<Self, Error> {
        let of_collections = [
            ("$filter", options.filter.is_some()),
            ("$search", options.search.is_some()),
            ("$orderby", options.order_by.is_some()),
            ("$top", options.top.is_some()),
            ("$count", options.count == Some(true)),
            ("$skiptoken", options.skip_token.is_some()),
        ];
        match of_collections.into_iter().find(|(_, given)| *given) {
            None => Self::read(resource, options.select.as_ref(), added),
            Some((name, _)) => {
                let message = format!("Unsupported Query. {name} applies to collections only.");
                Err(Error::unsupported_query(message).with_target(name))
            }
        }
    }

    /// Reads `$select`; without it, what an answer carries when nothing is asked for. What the organisation `added` is only
    /// written when it is named.
    pub fn read(resource: &'static Resource, select: Option<&Select>, added: &Added) -> Result<Self, Error> {
        let Some(select) = select else { return Ok(Self::default_of(resource)) };
        let (mut names, mut further) = (Vec::new(), BTreeSet::new());
        for item in &select.items {
            match item {
                SelectItem::All => {
                    let all = resource.properties.iter().filter(|property| property.written.is_in_all());
                    names.extend(all.map(|property| property.name));
                }
                SelectItem::Property(path) if added.find(path.property()).is_some() => {
                    further.insert(path.property());
                }
                SelectItem::Property(path) => names.push(resource.selectable(path.property())?.name),
            }
        }
        names.sort_unstable();
        names.dedup();
        Ok(Self { names, added: added.only(&further), asked: true })
    }

    /// The part of it that objects of this type have; what the type carries by itself when nothing was asked for.
    #[must_use]
    pub fn within(&self, resource: &'static Resource) -> Self {
        if !self.asked {
            return Self::default_of(resource);
        }
        let is_known = |name: &&'static str| resource.properties.iter().any(|property| property.name == *name);
        let names = self.names.iter().copied().filter(is_known).collect();
        Self { names, added: Added::default(), asked: true }
    }

    /// Everything else as well that `$select` need not name for itself.
    #[must_use]
    pub(super) fn with_all(&self, resource: &'static Resource) -> Self {
        let all = resource.properties.iter().filter(|property| property.written.is_in_all());
        let all = all.map(|property| property.name);
        let mut names: Vec<&'static str> = self.names.iter().copied().chain(all).collect();
        names.sort_unstable();
        names.dedup();
        Self { names, added: self.added.clone(), asked: true }
    }

    /// Whether the answer carries this property.
    pub fn has(&self, name: &str) -> bool {
        self.names.contains(&name)
    }

    /// Whether the caller asked for this property by `$select`.
    pub fn is_asked_for(&self, name: &str) -> bool {
        self.asked && self.has(name)
    }

    /// The names, without repetitions.
    pub fn names(&self) -> &[&'static str] {
        &self.names
    }

    /// The context of a collection or entity: `users(displayName,id)`.
    pub fn context(&self, set: &str) -> String {
        if !self.asked {
            return set.to_owned();
        }
        let mut names: Vec<&str> = self.names.clone();
        names.extend(self.added.names());
        names.sort_unstable();
        format!("{set}({})", names.join(","))
    }

    /// Of an object that is written `whole`, what was asked for, and its annotations (`@odata.type`).
    #[must_use]
    pub fn shown(&self, mut whole: Map<String, Value>) -> Map<String, Value> {
        whole.retain(|name, _| self.has(name) || name.starts_with('@'));
        whole
    }

    /// An object of which the caller may know nothing but its id: every property stands there, without its value.
    pub fn hidden(&self, id: Uuid) -> Map<String, Value> {
        let value = |name: &str| if name == "id" { json!(id) } else { unshown(name) };
        let names = self.names.iter().filter(|name| !SECRETS.contains(name));
        names.map(|&name| (name.to_owned(), value(name))).collect()
    }

    /// The answer with one object of a set, [`Selection::shown`].
    pub fn answer(&self, server: &Server, set: &str, whole: Map<String, Value>) -> Response {
        let context = format!("{}/$entity", self.context(set));
        resource::entity(server, StatusCode::OK, &context, self.shown(whole))
    }

    /// Puts the properties that the organisation added into the answer, as far as they were asked for. `items` are the objects
    /// with these `ids`, in the same order. Whether the caller may see them is for the caller of this function to know.
    pub async fn attach_added(
        &self,
        server: &Server,
        tenant: TenantId,
        ids: &[Uuid],
        items: &mut [Map<String, Value>],
    ) -> Result<(), Error> {
        self.added.attach(server, tenant, ids, items).await
    }
}
