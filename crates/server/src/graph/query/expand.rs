//! `$expand`: related objects inside an answer (Graph: query parameters, "expand").
//!
//! A feature registers the relations whose data it owns; the handler of the object they start from need not know them.

use super::options::{self, Consistency};
use super::{Added, Resource, Selection};
use crate::Server;
use crate::graph::{Caller, Error};
use crate::platform::ids::TenantId;
use axum::http::{HeaderMap, Uri};
use futures_util::future::BoxFuture;
use odata::{Expand, ExpandItem, Levels};
use serde_json::{Map, Value};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// What was found for each object, in order.
pub type Found = HashMap<Uuid, Vec<Map<String, Value>>>;

/// Reads what is related to some objects, as it is written. Whoever may not see it is refused, or sees nothing there.
pub type Load = for<'a> fn(&'a Server, &'a Caller, &'a [Uuid], &'a Expansion) -> BoxFuture<'a, Result<Found, Error>>;

/// A relation that an answer can include. Registered with `inventory::submit!`.
#[derive(Debug)]
pub struct Relation {
    /// The type it starts from, without the namespace: `user`.
    pub of: &'static str,
    /// Its name on the wire.
    pub name: &'static str,
    /// What can be selected of the related objects.
    pub target: fn() -> &'static Resource,
    /// Whether it leads to many objects or to one.
    pub is_collection: bool,
    /// Whether it can be followed further, as from a manager to their manager.
    pub has_levels: bool,
    /// Reads it.
    pub load: Load,
}

inventory::collect!(Relation);

/// One relation that was asked for.
#[derive(Debug)]
pub struct Expansion {
    /// Which one.
    pub relation: &'static Relation,
    /// The properties of the related objects.
    pub selection: Selection,
    /// How far it is followed; one step without `$levels`.
    pub levels: u32,
}

/// The relations an answer includes.
#[derive(Debug, Default)]
pub struct Expansions(Vec<Expansion>);

impl Expansion {
    /// Related objects an answer includes of each collection, at most; there is no link to more.
    pub const LIMIT: usize = 20;

    /// The largest number of steps, which is also what `$levels=max` means.
    const LEVELS: u32 = 1_000;

    fn read(resource: &'static Resource, item: &ExpandItem) -> Result<Self, Error> {
        let name = item.path.property();
        let refused = |problem: &str| {
            Error::unsupported_query(format!("Unsupported Query. $expand of '{}' {problem}.", item.path))
                .with_target("$expand")
        };
        let relation = inventory::iter::<Relation>
            .into_iter()
            .find(|relation| relation.of == resource.type_name && relation.name.eq_ignore_ascii_case(name))
            .ok_or_else(|| refused("is not served"))?;
        let options = &item.options;
        let others = [
            options.filter.is_some(),
            options.expand.is_some(),
            options.order_by.is_some(),
            options.search.is_some(),
            options.top.is_some(),
            options.skip.is_some(),
            options.count.is_some(),
        ];
        if others.contains(&true) {
            return Err(refused("takes $select only, and $levels where it leads on"));
        }
        let levels = match options.levels {
            None => 1,
            Some(_) if !relation.has_levels => return Err(refused("has no $levels")),
            Some(Levels::Steps(0)) => return Err(refused("takes at least one level")),
            Some(Levels::Steps(steps)) => steps.min(Self::LEVELS),
            Some(Levels::Max) => Self::LEVELS,
        };
        let selection = Selection::read((relation.target)(), options.select.as_ref(), &Added::default())?;
        Ok(Self { relation, selection, levels })
    }
}

impl Expansions {
    /// Reads the options of a request for one object: `$select`, where it may name what the organisation added, and `$expand`.
    pub async fn of_one(
        server: &Server,
        tenant: TenantId,
        resource: &'static Resource,
        uri: &Uri,
        headers: &HeaderMap,
    ) -> Result<(Selection, Self), Error> {
        let options = options::parse_with_expand(uri)?;
        let added = Added::named(server, tenant, resource, &options).await?;
        let expansions = Self::read(resource, options.expand.as_ref(), Consistency::of(headers, &options))?;
        Ok((Selection::of_options(resource, &options, &added)?, expansions))
    }

    pub(super) fn read(
        resource: &'static Resource,
        expand: Option<&Expand>,
        consistency: Consistency,
    ) -> Result<Self, Error> {
        let Some(expand) = expand else { return Ok(Self::default()) };
        if consistency.advanced {
            let message = "Unsupported Query. $expand cannot be combined with an advanced query.";
            return Err(Error::unsupported_query(message).with_target("$expand"));
        }
        let mut expansions: Vec<Expansion> = Vec::new();
        for item in &expand.items {
            let expansion = Expansion::read(resource, item)?;
            if expansions.iter().any(|other| other.relation.name == expansion.relation.name) {
                let message = format!("Unsupported Query. $expand names '{}' twice.", item.path);
                return Err(Error::unsupported_query(message).with_target("$expand"));
            }
            expansions.push(expansion);
        }
        Ok(Self(expansions))
    }

    /// Puts the related objects into the answer. `items` are the objects with these `ids`, in the same order.
    pub async fn attach(
        &self,
        server: &Server,
        caller: &Caller,
        ids: &[Uuid],
        items: &mut [Map<String, Value>],
    ) -> Result<(), Error> {
        for expansion in &self.0 {
            let mut found = (expansion.relation.load)(server, caller, ids, expansion).await?;
            for (id, item) in ids.iter().zip(items.iter_mut()) {
                let related = found.remove(id).unwrap_or_default().into_iter().map(Value::Object);
                let value = if expansion.relation.is_collection {
                    related.take(Expansion::LIMIT).collect()
                } else {
                    related.take(1).next().unwrap_or(Value::Null)
                };
                item.insert(expansion.relation.name.to_owned(), value);
            }
        }
        Ok(())
    }

    /// The same for objects that name what they are related to, one each, by a property: `principal` by `principalId`. Relations
    /// are read by these ids. `whole` are the objects with every property, in the order of the `items`.
    pub async fn attach_named(
        &self,
        server: &Server,
        caller: &Caller,
        whole: &[Map<String, Value>],
        items: &mut [Map<String, Value>],
    ) -> Result<(), Error> {
        for expansion in &self.0 {
            let name = expansion.relation.name;
            let property = format!("{name}Id");
            let named = |object: &Map<String, Value>| object.get(&property)?.as_str()?.parse::<Uuid>().ok();
            let ids: BTreeSet<Uuid> = whole.iter().filter_map(named).collect();
            let ids: Vec<Uuid> = ids.into_iter().collect();
            let found = (expansion.relation.load)(server, caller, &ids, expansion).await?;
            for (object, item) in whole.iter().zip(items.iter_mut()) {
                let related = named(object).and_then(|id| found.get(&id)).and_then(|related| related.first());
                item.insert(name.to_owned(), related.cloned().map_or(Value::Null, Value::Object));
            }
        }
        Ok(())
    }
}
