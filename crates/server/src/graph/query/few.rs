//! Collections that are small enough to be read whole, such as the roles of a tenant: the options of large ones, looked up in the
//! same table of properties and evaluated over the objects as they are written.

use super::filter::subjects;
use super::listing::Next;
use super::options::{self, Consistency};
use super::{Added, Expansions, Resource, Selection};
use crate::Server;
use crate::graph::page::{Page, read_skip_token, skip_token};
use crate::graph::{Caller, Error};
use crate::platform::ids::TenantId;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use odata::{ComparisonOperator, Direction, Expression, Literal, Path, QueryOptions, StringFunction};
use serde_json::{Map, Value};
use uuid::Uuid;

type Object = Map<String, Value>;

/// A request for such a collection.
#[derive(Debug)]
pub struct Few {
    resource: &'static Resource,
    options: QueryOptions,
    consistency: Consistency,
    selection: Selection,
    expansions: Expansions,
    next: Next,
    /// Whether the objects come in an order of their own, which stays where none is asked for.
    has_order: bool,
    /// Objects on a page without `$top`.
    page: u32,
}

impl Few {
    /// Reads the options of a request.
    ///
    /// # Errors
    /// 400 that names the option or property which is not valid or not served.
    pub fn read(resource: &'static Resource, uri: &Uri, headers: &HeaderMap) -> Result<Self, Error> {
        Self::of_options(resource, uri, options::parse(uri)?, headers)
    }

    /// The same for a collection whose objects can include what they are related to; for [`Few::answer_expanded`].
    pub fn with_expand(resource: &'static Resource, uri: &Uri, headers: &HeaderMap) -> Result<Self, Error> {
        Self::of_options(resource, uri, options::parse_with_expand(uri)?, headers)
    }

    fn of_options(
        resource: &'static Resource,
        uri: &Uri,
        options: QueryOptions,
        headers: &HeaderMap,
    ) -> Result<Self, Error> {
        if options.search.is_some() {
            return Err(
                Error::unsupported_query("Unsupported Query. $search is not served here.").with_target("$search")
            );
        }
        let consistency = Consistency::of(headers, &options);
        let selection = Selection::read(resource, options.select.as_ref(), &Added::default())?;
        let expansions = Expansions::read(resource, options.expand.as_ref(), consistency)?;
        let next = Next::new(uri, &options);
        let page = options::PAGE;
        Ok(Self { resource, options, consistency, selection, expansions, next, has_order: false, page })
    }

    /// The same for objects that come in an order of their own, and not by id, where none is asked for.
    #[must_use]
    pub fn in_their_order(mut self) -> Self {
        self.has_order = true;
        self
    }

    /// The same for a collection that Graph does not page: without `$top` it comes whole, as far as the longest page holds it.
    #[must_use]
    pub fn unpaged(mut self) -> Self {
        self.page = options::LONGEST;
        self
    }

    /// The option that decides which objects are answered or in which order; nothing where they come as they are.
    pub fn narrowing(&self) -> Option<&'static str> {
        let order = self.options.order_by.as_ref().map(|_| "$orderby");
        self.options.filter.as_ref().map(|_| "$filter").or(order)
    }

    /// The properties that decide which objects are answered and in which order. Whoever may not read one of them may not ask by it
    /// either. What the type does not have is refused where the objects are looked at.
    pub fn names(&self) -> Vec<&'static str> {
        let filtered = self.options.filter.iter().flat_map(subjects);
        let ordered = self.options.order_by.iter().flat_map(|order| &order.items).map(|item| &item.path);
        let known = |path: &Path| self.resource.property(path.property()).ok().map(|property| property.name);
        filtered.chain(ordered).filter_map(known).collect()
    }

    /// What is answered of the objects.
    pub const fn selection(&self) -> &Selection {
        &self.selection
    }

    /// What the objects are to be written with: they are asked by more than is answered of them.
    #[must_use]
    pub fn whole(&self) -> Selection {
        self.selection.with_all(self.resource)
    }

    /// The same of objects of another type, for [`Few::answer_by_type`]: with what they carry by themselves where nothing was
    /// asked for.
    #[must_use]
    pub fn whole_of(&self, resource: &'static Resource) -> Selection {
        self.selection.within(resource).with_all(self.resource)
    }

    /// The answer: of these objects, each written with every property, those that were asked for. `set` stands in the context.
    ///
    /// # Errors
    /// 400 for a filter or an order that the properties do not have, and for a token of another query.
    pub fn answer(self, server: &Server, tenant: TenantId, set: &str, objects: Vec<Object>) -> Result<Response, Error> {
        let (page, _) = self.pick(server, tenant, set, objects)?;
        Ok(page.respond(server))
    }

    /// The same for objects of several types: without `$select` each is answered with what its own type carries by itself.
    /// `type_of` finds the table of an object's type.
    pub fn answer_by_type(
        self,
        server: &Server,
        tenant: TenantId,
        set: &str,
        objects: Vec<Object>,
        type_of: impl Fn(&Object) -> &'static Resource,
    ) -> Result<Response, Error> {
        let (page, whole) = self.pick(server, tenant, set, objects)?;
        let shown = |object: Object| self.selection.within(type_of(&object)).shown(object);
        let items = whole.into_iter().map(shown).collect();
        Ok(Page { items, ..page }.respond(server))
    }

    /// The same with the address of each object in its place (`OData` JSON format 4.01, section 14). Addresses have no properties
    /// to be selected.
    pub fn answer_addresses(self, server: &Server, tenant: TenantId, objects: Vec<Object>) -> Result<Response, Error> {
        if self.options.select.is_some() {
            let message = "Unsupported Query. $select is not served here.";
            return Err(Error::unsupported_query(message).with_target("$select"));
        }
        let (page, whole) = self.pick(server, tenant, "directoryObjects", objects)?;
        let base = server.settings.public_address();
        let address = |object: &Object| {
            let id = object.get("id")?.as_str()?;
            Some(Object::from_iter([("@odata.id".to_owned(), format!("{base}/v1.0/directoryObjects/{id}").into())]))
        };
        let items = whole.iter().filter_map(address).collect();
        // An answer without properties has none in its context.
        Ok(Page { context: "directoryObjects".to_owned(), items, ..page }.respond(server))
    }

    /// The same with what the objects are related to, as far as it was asked for; see [`Expansions::attach_named`].
    pub async fn answer_expanded(
        self,
        server: &Server,
        caller: &Caller,
        set: &str,
        objects: Vec<Object>,
    ) -> Result<Response, Error> {
        let (mut page, whole) = self.pick(server, caller.tenant, set, objects)?;
        self.expansions.attach_named(server, caller, &whole, &mut page.items).await?;
        Ok(page.respond(server))
    }

    /// The same for objects that others are related to, which are read by their ids; see [`Expansions::attach`].
    pub async fn answer_related(
        self,
        server: &Server,
        caller: &Caller,
        set: &str,
        objects: Vec<Object>,
    ) -> Result<Response, Error> {
        let (mut page, whole) = self.pick(server, caller.tenant, set, objects)?;
        let ids: Vec<Uuid> = whole.iter().filter_map(|object| object.get("id")?.as_str()?.parse().ok()).collect();
        self.expansions.attach(server, caller, &ids, &mut page.items).await?;
        Ok(page.respond(server))
    }

    /// The page, and its objects with every property.
    fn pick(
        &self,
        server: &Server,
        tenant: TenantId,
        set: &str,
        mut objects: Vec<Object>,
    ) -> Result<(Page, Vec<Object>), Error> {
        if let Some(filter) = &self.options.filter {
            // A mistake is told even where there is nothing to look at.
            self.holds(filter, &Object::new())?;
            let mut found = Vec::new();
            for object in objects {
                if self.holds(filter, &object)? {
                    found.push(object);
                }
            }
            objects = found;
        }
        self.sort(&mut objects)?;
        let count = i64::try_from(objects.len()).ok().filter(|_| self.consistency.advanced);
        let size = usize::try_from(options::size(&self.options, self.page)?).unwrap_or(usize::MAX);
        let token = self.options.skip_token.as_deref();
        let begin: usize = match token {
            Some(token) => read_skip_token(server, tenant, &self.next.binding, token)?,
            None => 0,
        };
        let end = begin.saturating_add(size).min(objects.len());
        let next = (end < objects.len()).then(|| {
            let separator = if self.next.link.contains('?') { '&' } else { '?' };
            format!("{}{separator}$skiptoken={}", self.next.link, skip_token(server, tenant, &self.next.binding, &end))
        });
        let whole = objects.get(begin..end).unwrap_or_default().to_vec();
        let items = whole.iter().map(|object| self.selection.shown(object.clone())).collect();
        let count = count.filter(|_| token.is_none());
        Ok((Page { context: self.selection.context(set), items, count, next }, whole))
    }

    /// By what was asked for, and by id or in their own order.
    fn sort(&self, objects: &mut [Object]) -> Result<(), Error> {
        if !self.has_order {
            objects.sort_by_key(|object| text(object, "id"));
        }
        let items = self.options.order_by.as_ref().map_or(&[][..], |order| &order.items);
        for item in items.iter().rev() {
            let name = self.written(&item.path, "$orderby")?;
            if objects.iter().any(|object| matches!(value(object, name), Some(Value::Array(_) | Value::Object(_)))) {
                return Err(unsupported_property(name, "$orderby"));
            }
            objects.sort_by(|one, other| {
                let order = text(one, name).cmp(&text(other, name));
                if item.direction == Direction::Descending { order.reverse() } else { order }
            });
        }
        Ok(())
    }

    /// The property that a filter names.
    fn property(&self, path: &Path) -> Result<&'static str, Error> {
        self.written(path, "filtering")
    }

    /// The property with this name, which is asked by: for filtering or for `$orderby`. It is looked up in the objects as they are
    /// written [whole](Few::whole); by what does not stand there, everybody would be found to have none.
    fn written(&self, path: &Path, asked: &str) -> Result<&'static str, Error> {
        let name = self.resource.property(path.property())?.name;
        // A part of a property stands inside of it.
        let outer = name.split('/').next().unwrap_or(name);
        if self.resource.property(outer).is_ok_and(|outer| outer.written.is_in_all()) {
            return Ok(name);
        }
        Err(unsupported_property(name, asked))
    }

    fn holds(&self, filter: &Expression, object: &Object) -> Result<bool, Error> {
        match filter {
            Expression::And(operands) => self.count(operands, object).map(|held| held == operands.len()),
            Expression::Or(operands) => self.count(operands, object).map(|held| held > 0),
            Expression::Not(operand) => {
                self.advanced("not").and_then(|()| self.holds(operand, object)).map(|held| !held)
            }
            Expression::Compare { path, operator, value } => {
                let name = self.property(path)?;
                let is_equal = equals(name, self::value(object, name), value);
                match operator {
                    ComparisonOperator::Equal => is_equal,
                    ComparisonOperator::NotEqual => self.advanced("ne").and(is_equal).map(|held| !held),
                    _ => Err(unsupported(name, operator.as_str())),
                }
            }
            Expression::In { path, values } => {
                let name = self.property(path)?;
                let held = value(object, name);
                values.iter().try_fold(false, |is_one, value| Ok(equals(name, held, value)? || is_one))
            }
            Expression::Function { function: StringFunction::StartsWith, path, value } => {
                let name = self.property(path)?;
                match self::value(object, name) {
                    Some(Value::String(text)) => Ok(text.to_lowercase().starts_with(&value.to_lowercase())),
                    Some(Value::Null) | None => Ok(false),
                    Some(_) => Err(unsupported(name, "startsWith")),
                }
            }
            Expression::Function { function, path, .. } => Err(unsupported(self.property(path)?, function.as_str())),
            Expression::Has { path, .. } => Err(unsupported(self.property(path)?, "has")),
            Expression::Count { collection, .. } => Err(unsupported(self.property(collection)?, "$count")),
            Expression::Any { collection, .. } => Err(unsupported(self.property(collection)?, "any")),
            Expression::All { collection, .. } => Err(unsupported(self.property(collection)?, "all")),
        }
    }

    /// How many of the operands hold; each is read, so that a mistake in any of them is told.
    fn count(&self, operands: &[Expression], object: &Object) -> Result<usize, Error> {
        operands.iter().try_fold(0, |held, operand| Ok(held + usize::from(self.holds(operand, object)?)))
    }

    fn advanced(&self, operator: &str) -> Result<(), Error> {
        if self.consistency.advanced {
            return Ok(());
        }
        Err(Error::unsupported_query(format!(
            "Operator '{operator}' is not supported because the 'ConsistencyLevel:eventual' header is missing, \
             or '$count=true' is."
        )))
    }
}

fn equals(name: &'static str, value: Option<&Value>, literal: &Literal) -> Result<bool, Error> {
    match (value.unwrap_or(&Value::Null), literal) {
        (Value::Null, literal) => Ok(*literal == Literal::Null),
        (Value::String(_) | Value::Bool(_) | Value::Number(_), Literal::Null) => Ok(false),
        (Value::String(text), Literal::String(wanted)) => Ok(text.to_lowercase() == wanted.to_lowercase()),
        (Value::String(text), Literal::Guid(wanted)) => Ok(text.parse() == Ok(Uuid::from_u128(wanted.as_u128()))),
        (Value::Bool(is), Literal::Boolean(wanted)) => Ok(is == wanted),
        (Value::Number(number), Literal::Integer(wanted)) => Ok(number.as_i64() == Some(*wanted)),
        (Value::Array(_) | Value::Object(_), _) => Err(unsupported(name, "eq")),
        _ => {
            let message = format!("Invalid filter clause: {literal} is not a value of property '{name}'.");
            Err(Error::bad_request(message).with_target(name))
        }
    }
}

fn unsupported(name: &'static str, operator: &str) -> Error {
    let message = format!("Unsupported Query. Operator '{operator}' is not supported on property '{name}'.");
    Error::unsupported_query(message).with_target(name)
}

fn unsupported_property(name: &'static str, asked: &str) -> Error {
    let message = format!("Unsupported Query. Property '{name}' does not support {asked}.");
    Error::unsupported_query(message).with_target(name)
}

/// The value of a property; that of a part of another one (`onPremisesExtensionAttributes/extensionAttribute1`) stands inside of it.
fn value<'o>(object: &'o Object, name: &str) -> Option<&'o Value> {
    let mut parts = name.split('/');
    let whole = object.get(parts.next()?)?;
    parts.try_fold(whole, |value, part| value.get(part))
}

/// The value as text, for an order in which letter case does not matter.
fn text(object: &Object, name: &str) -> (Option<String>, String) {
    match value(object, name) {
        Some(Value::String(text)) => (Some(text.to_lowercase()), text.clone()),
        Some(Value::Bool(is)) => (Some(is.to_string()), String::new()),
        // As many digits for each, so that texts compare as numbers do; none here is below zero.
        Some(Value::Number(number)) => (Some(format!("{:020}", number.as_u64().unwrap_or_default())), String::new()),
        _ => (None, String::new()),
    }
}
