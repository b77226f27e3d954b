//! A request for a page of a collection, or for the number of its objects.

use super::options::{self, Consistency};
use super::{Added, Condition, Expansions, Order, Place, Resource, Selection, Slice};
use crate::Server;
use crate::graph::Error;
use crate::graph::page::{Page, read_skip_token, skip_token};
use crate::platform::ids::TenantId;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use odata::QueryOptions;
use serde_json::{Map, Value};

/// A page of a collection.
#[derive(Debug)]
pub struct Listing {
    /// The properties of the answer.
    pub selection: Selection,
    /// The objects.
    pub slice: Slice,
    /// Whether the answer carries `@odata.count`: asked for, and the first page.
    pub with_count: bool,
    /// The properties that decide which objects are found and in which order. Whoever may not read one of them may not
    /// ask by it either.
    pub names: Vec<&'static str>,
    next: Next,
    asked: Asked,
}

/// The options as they were asked, for another type to be looked up in.
#[derive(Debug)]
struct Asked {
    options: QueryOptions,
    consistency: Consistency,
}

/// What a link to the next page is made of.
#[derive(Debug)]
pub(super) struct Next {
    /// Path and options as the caller wrote them, without `$skiptoken`.
    pub(super) link: String,
    /// What the token is bound to: everything that decides which objects follow in which order.
    pub(super) binding: String,
}

/// The number of objects in a collection (`/$count`).
#[derive(Debug)]
pub struct Count {
    /// Which objects.
    pub condition: Option<Condition>,
    /// The properties the condition looks at.
    pub names: Vec<&'static str>,
}

impl Listing {
    /// Reads the options of a request.
    ///
    /// # Errors
    /// 400 that names the option or property which is not valid or not served.
    pub fn read(
        server: &Server,
        tenant: TenantId,
        resource: &'static Resource,
        uri: &Uri,
        headers: &HeaderMap,
    ) -> Result<Self, Error> {
        Self::of_options(server, tenant, resource, uri, (options::parse(uri)?, &Added::default(), false), headers)
    }

    /// The same for deleted objects, which are also sorted by when they were deleted.
    ///
    /// # Errors
    /// As [`Listing::read`].
    pub fn of_deleted(
        server: &Server,
        tenant: TenantId,
        resource: &'static Resource,
        uri: &Uri,
        headers: &HeaderMap,
    ) -> Result<Self, Error> {
        Self::of_options(server, tenant, resource, uri, (options::parse(uri)?, &Added::default(), true), headers)
    }

    /// The same for a collection whose objects can include what they are related to, and where properties that the organisation
    /// added can be named too.
    pub async fn with_expand(
        server: &Server,
        tenant: TenantId,
        resource: &'static Resource,
        uri: &Uri,
        headers: &HeaderMap,
    ) -> Result<(Self, Expansions), Error> {
        let options = options::parse_with_expand(uri)?;
        let added = Added::named(server, tenant, resource, &options).await?;
        let expansions = Expansions::read(resource, options.expand.as_ref(), Consistency::of(headers, &options))?;
        Ok((Self::of_options(server, tenant, resource, uri, (options, &added, false), headers)?, expansions))
    }

    /// The same for a collection that Graph does not page: without `$top` it comes whole, as far as the longest page holds it.
    #[must_use]
    pub fn unpaged(mut self) -> Self {
        if self.asked.options.top.is_none() {
            self.slice.size = options::LONGEST;
        }
        self
    }

    /// Some objects with some properties, without a request behind it.
    pub fn plain(selection: Selection, slice: Slice) -> Self {
        let next = Next { link: String::new(), binding: String::new() };
        let consistency = Consistency { eventual: false, advanced: false };
        let asked = Asked { options: QueryOptions::default(), consistency };
        Self { selection, slice, with_count: false, names: Vec::new(), next, asked }
    }

    /// The same question about objects of another type: which of them, and in which order; by `name` where none is asked for.
    ///
    /// # Errors
    /// As [`Listing::read`].
    pub fn slice_of(&self, resource: &'static Resource, name: &str) -> Result<Slice, Error> {
        let Asked { options, consistency } = &self.asked;
        let (condition, _) = options::condition(resource, options, *consistency, &Added::default())?;
        let order = if self.slice.order.is_asked() {
            options::order(resource, options, *consistency, false)?
        } else {
            Order::by(resource, name)
        };
        Ok(Slice { condition, order, ..self.slice.clone() })
    }

    fn of_options(
        server: &Server,
        tenant: TenantId,
        resource: &'static Resource,
        uri: &Uri,
        (options, added, are_deleted): (QueryOptions, &Added, bool),
        headers: &HeaderMap,
    ) -> Result<Self, Error> {
        let consistency = Consistency::of(headers, &options);
        let next = Next::new(uri, &options);
        let token = options.skip_token.as_deref();
        let after: Option<Place> =
            token.map(|token| read_skip_token(server, tenant, &next.binding, token)).transpose()?;
        let (condition, mut names) = options::condition(resource, &options, consistency, added)?;
        let order = options::order(resource, &options, consistency, are_deleted)?;
        names.extend(order.names());
        Ok(Self {
            selection: Selection::read(resource, options.select.as_ref(), added)?,
            with_count: consistency.advanced && after.is_none(),
            slice: Slice { condition, order, after, size: options::size(&options, options::PAGE)? },
            names,
            next,
            asked: Asked { options, consistency },
        })
    }

    /// The answer: these objects of a set as they are written, how many there are in all if that was asked for, and a link to
    /// those behind a place if there are more.
    pub fn answer(
        &self,
        server: &Server,
        tenant: TenantId,
        set: &str,
        items: Vec<Map<String, Value>>,
        (count, next): (Option<i64>, Option<Place>),
    ) -> Response {
        let next = next.map(|place| self.next_link(server, tenant, &place));
        Page { context: self.selection.context(set), items, count, next }.respond(server)
    }

    /// Path and query of the page behind `place`.
    fn next_link(&self, server: &Server, tenant: TenantId, place: &Place) -> String {
        let token = skip_token(server, tenant, &self.next.binding, place);
        let separator = if self.next.link.contains('?') { '&' } else { '?' };
        format!("{}{separator}$skiptoken={token}", self.next.link)
    }
}

impl Next {
    pub(super) fn new(uri: &Uri, options: &QueryOptions) -> Self {
        let is_token = |pair: &str| QueryOptions::parse(pair).is_ok_and(|options| options.skip_token.is_some());
        let pairs = uri.query().unwrap_or_default().split('&');
        let query: Vec<&str> = pairs.filter(|pair| !pair.is_empty() && !is_token(pair)).collect();
        let link = if query.is_empty() { uri.path().to_owned() } else { format!("{}?{}", uri.path(), query.join("&")) };
        let filter = options.filter.as_ref().map(ToString::to_string);
        let search = options.search.as_ref().map(ToString::to_string);
        let order = options.order_by.as_ref().map(ToString::to_string);
        let parts = [Some(uri.path().to_owned()), filter, search, order].map(Option::unwrap_or_default);
        // U+0000 cannot stand in an option, so no two queries share a binding.
        Self { link, binding: parts.join("\0") }
    }
}

impl Count {
    /// Reads the options of a request for `/$count`, which needs `ConsistencyLevel: eventual` and nothing more.
    pub fn read(resource: &'static Resource, uri: &Uri, headers: &HeaderMap) -> Result<Self, Error> {
        Self::of_options(resource, &options::parse(uri)?, headers, &Added::default())
    }

    /// The same where properties that the organisation added can be named too.
    pub async fn with_added(
        server: &Server,
        tenant: TenantId,
        resource: &'static Resource,
        uri: &Uri,
        headers: &HeaderMap,
    ) -> Result<Self, Error> {
        let options = options::parse(uri)?;
        let added = Added::named(server, tenant, resource, &options).await?;
        Self::of_options(resource, &options, headers, &added)
    }

    fn of_options(
        resource: &'static Resource,
        options: &QueryOptions,
        headers: &HeaderMap,
        added: &Added,
    ) -> Result<Self, Error> {
        if !Consistency::of(headers, options).eventual {
            return Err(Error::bad_request("$count is not currently supported."));
        }
        let consistency = Consistency { eventual: true, advanced: true };
        let (condition, names) = options::condition(resource, options, consistency, added)?;
        Ok(Self { condition, names })
    }
}
