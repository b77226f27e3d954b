//! What a delta query asks for.

use super::Source;
use crate::Server;
use crate::graph::Error;
use crate::graph::query::{Added, Listing, Selection, Slice};
use crate::platform::ids::TenantId;
use axum::http::Uri;
use odata::{ComparisonOperator, Expression, Literal, QueryOptions, SelectItem};
use uuid::Uuid;

/// Ids a filter may name (Graph: delta query, query parameters).
const IDS: usize = 50;

/// One request.
pub(super) struct Query {
    /// The properties of an object.
    pub(super) selection: Selection,
    /// Whether members are told too.
    pub(super) with_members: bool,
    /// The objects asked for; all without a filter.
    pub(super) ids: Option<Vec<Uuid>>,
    /// Path and options as the caller wrote them, without a token.
    pub(super) link: String,
    /// What the token is bound to.
    pub(super) binding: String,
}

impl Query {
    pub(super) async fn read(
        server: &Server,
        tenant: TenantId,
        source: &Source,
        uri: &Uri,
        options: &QueryOptions,
    ) -> Result<Self, Error> {
        let added = Added::named(server, tenant, source.resource, options).await?;
        let mut select = options.select.clone();
        let mut with_members = source.members.is_some();
        if let (Some(select), true) = (&mut select, with_members) {
            let is_members = |item: &SelectItem| match item {
                SelectItem::Property(path) => path.property().eq_ignore_ascii_case("members"),
                SelectItem::All => false,
            };
            with_members = select.items.iter().any(is_members);
            select.items.retain(|item| !is_members(item));
        }
        let is_token = |pair: &str| {
            QueryOptions::parse(pair).is_ok_and(|one| one.skip_token.is_some() || one.delta_token.is_some())
        };
        let pairs = uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty() && !is_token(pair));
        let kept = pairs.collect::<Vec<_>>().join("&");
        let link = if kept.is_empty() { uri.path().to_owned() } else { format!("{}?{kept}", uri.path()) };
        let texts =
            [options.select.as_ref().map(ToString::to_string), options.filter.as_ref().map(ToString::to_string)];
        let binding = format!("{}\0{}", uri.path(), texts.map(Option::unwrap_or_default).join("\0"));
        let ids = options.filter.as_ref().map(|filter| ids(source, filter)).transpose()?;
        let selection = Selection::read(source.resource, select.as_ref(), &added)?;
        Ok(Self { selection, with_members, ids, link, binding })
    }

    /// Whether this object is asked for.
    pub(super) fn is_asked(&self, id: Uuid) -> bool {
        self.ids.as_ref().is_none_or(|ids| ids.contains(&id))
    }

    /// These objects with the properties asked for.
    pub(super) fn listing(&self, slice: Slice) -> Listing {
        Listing::plain(self.selection.clone(), slice)
    }

    /// Path and query with a token.
    pub(super) fn link(&self, option: &str, token: &str) -> String {
        let separator = if self.link.contains('?') { '&' } else { '?' };
        format!("{}{separator}${option}={token}", self.link)
    }
}

/// Refuses the options that delta queries do not have.
pub(super) fn check(options: &QueryOptions) -> Result<(), Error> {
    let refused = [
        ("$top", options.top.is_some()),
        ("$skip", options.skip.is_some()),
        ("$orderby", options.order_by.is_some()),
        ("$expand", options.expand.is_some()),
        ("$search", options.search.is_some()),
        ("$count", options.count == Some(true)),
    ];
    match refused.into_iter().find(|(_, given)| *given) {
        None => Ok(()),
        Some((option, _)) => {
            let message = format!("Unsupported Query. {option} is not supported by delta queries.");
            Err(Error::unsupported_query(message).with_target(option))
        }
    }
}

/// The ids of `id eq '..' or id eq '..'`, the one filter delta queries have.
fn ids(source: &Source, filter: &Expression) -> Result<Vec<Uuid>, Error> {
    let refused = || {
        let message =
            format!("Unsupported Query. Delta queries are filtered by up to {IDS} ids: id eq '..' or id eq '..'.");
        Error::unsupported_query(message).with_target("$filter")
    };
    let operands = match filter {
        Expression::Or(operands) => operands.as_slice(),
        single => std::slice::from_ref(single),
    };
    let id = |operand: &Expression| match operand {
        Expression::Compare { path, operator: ComparisonOperator::Equal, value }
            if path.property().eq_ignore_ascii_case("id") =>
        {
            match value {
                Literal::String(text) => (source.ids.read)(text),
                Literal::Guid(id) => (source.ids.read)(&Uuid::from_u128(id.as_u128()).to_string()),
                _ => None,
            }
        }
        _ => None,
    };
    let ids: Option<Vec<Uuid>> = operands.iter().map(id).collect();
    ids.filter(|ids| ids.len() <= IDS).ok_or_else(refused)
}
