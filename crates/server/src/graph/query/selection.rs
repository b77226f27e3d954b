//! `$select`: which properties an answer carries.

use super::property::Written;
use super::{Resource, options};
use crate::graph::Error;
use axum::http::Uri;
use odata::{QueryOptions, Select, SelectItem};

/// The properties of an answer.
#[derive(Debug, Clone)]
pub struct Selection {
    names: Vec<&'static str>,
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
        Self { names: names.collect(), asked: false }
    }

    /// Reads the options of a request for one object: `$select`, and none that only makes sense for a collection.
    pub fn of_one(resource: &'static Resource, uri: &Uri) -> Result<Self, Error> {
        Self::of_options(resource, &options::parse(uri)?)
    }

    pub(super) fn of_options(resource: &'static Resource, options: &QueryOptions) -> Result<Self, Error> {
        let of_collections = [
            ("$filter", options.filter.is_some()),
            ("$search", options.search.is_some()),
            ("$orderby", options.order_by.is_some()),
            ("$top", options.top.is_some()),
            ("$skiptoken", options.skip_token.is_some()),
        ];
        match of_collections.into_iter().find(|(_, given)| *given) {
            None => Self::read(resource, options.select.as_ref()),
            Some((name, _)) => {
                let message = format!("Unsupported Query. {name} applies to collections only.");
                Err(Error::unsupported_query(message).with_target(name))
            }
        }
    }

    /// Reads `$select`; without it, what an answer carries when nothing is asked for.
    pub fn read(resource: &'static Resource, select: Option<&Select>) -> Result<Self, Error> {
        let Some(select) = select else { return Ok(Self::default_of(resource)) };
        let mut names = Vec::new();
        for item in &select.items {
            match item {
                SelectItem::All => {
                    let all = resource
                        .properties
                        .iter()
                        .filter(|property| !matches!(property.written, Written::ByName | Written::Never));
                    names.extend(all.map(|property| property.name));
                }
                SelectItem::Property(path) => names.push(resource.selectable(path.property())?.name),
            }
        }
        names.sort_unstable();
        names.dedup();
        Ok(Self { names, asked: true })
    }

    /// The part of it that objects of this type have; what the type carries by itself when nothing was asked for.
    #[must_use]
    pub fn within(&self, resource: &'static Resource) -> Self {
        if !self.asked {
            return Self::default_of(resource);
        }
        let is_known = |name: &&'static str| resource.properties.iter().any(|property| property.name == *name);
        Self { names: self.names.iter().copied().filter(is_known).collect(), asked: true }
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
        if self.asked { format!("{set}({})", self.names.join(",")) } else { set.to_owned() }
    }
}
