//! The options of one request, before and after they are looked up.

use super::{Added, Condition, Order, Resource, filter, search};
use crate::graph::Error;
use axum::http::{HeaderMap, Uri};
use odata::QueryOptions;
use std::ops::RangeInclusive;

/// Objects on a page without `$top`.
pub(super) const PAGE: u32 = 100;

/// Objects on the longest page.
pub(super) const LONGEST: u32 = 999;

/// What `$top` may say.
const TOP: RangeInclusive<u32> = 1..=LONGEST;

/// How much a caller agrees to with `ConsistencyLevel: eventual`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Consistency {
    /// The header is there: enough for `$search` and `/$count`.
    pub eventual: bool,
    /// The header and `$count=true`: an advanced query.
    pub advanced: bool,
}

impl Consistency {
    pub(super) fn of(headers: &HeaderMap, options: &QueryOptions) -> Self {
        let level = headers.get("consistencylevel").and_then(|value| value.to_str().ok());
        let asked = level.is_some_and(|level| level.trim().eq_ignore_ascii_case("eventual"));
        // The pages behind the first are what the first was, whatever headers follow them.
        let eventual = asked || options.skip_token.is_some();
        Self { eventual, advanced: eventual && options.count == Some(true) }
    }
}

/// Parses the query of a request and refuses the options that are not served for every collection.
pub(super) fn parse(uri: &Uri) -> Result<QueryOptions, Error> {
    let options = parse_with_expand(uri)?;
    match options.expand.as_ref().and_then(|expand| expand.items.first()) {
        None => Ok(options),
        Some(item) => {
            let problem = format!("Unsupported Query. $expand of '{}' is not served.", item.path);
            Err(Error::unsupported_query(problem).with_target("$expand"))
        }
    }
}

/// The same where `$expand` is served.
pub(super) fn parse_with_expand(uri: &Uri) -> Result<QueryOptions, Error> {
    let options = QueryOptions::parse(uri.query().unwrap_or_default())?;
    match unserved(&options) {
        None => Ok(options),
        Some((option, problem)) => Err(Error::unsupported_query(problem).with_target(option)),
    }
}

/// Refuses every option, by name, where an answer has no properties that could be asked for: an address, a file.
///
/// # Errors
/// 400 that names the option.
pub fn check_plain(uri: &Uri) -> Result<(), Error> {
    let options = parse(uri)?;
    let given = [
        ("$select", options.select.is_some()),
        ("$filter", options.filter.is_some()),
        ("$search", options.search.is_some()),
        ("$orderby", options.order_by.is_some()),
        ("$top", options.top.is_some()),
        ("$count", options.count == Some(true)),
        ("$skiptoken", options.skip_token.is_some()),
    ];
    match given.into_iter().find(|(_, is_given)| *is_given) {
        None => Ok(()),
        Some((option, _)) => {
            let message = format!("Unsupported Query. {option} is not served here.");
            Err(Error::unsupported_query(message).with_target(option))
        }
    }
}

fn unserved(options: &QueryOptions) -> Option<(&'static str, String)> {
    if options.skip.is_some() {
        return Some(("$skip", "'$skip' is not supported; follow '@odata.nextLink'.".to_owned()));
    }
    if options.delta_token.is_some() {
        return Some(("$deltatoken", "Unsupported Query. $deltatoken belongs to delta queries.".to_owned()));
    }
    match options.format.as_deref() {
        None | Some("json" | "application/json") => None,
        Some(_) => Some(("$format", "Unsupported Query. Answers are written as JSON.".to_owned())),
    }
}

/// What `$filter` and `$search` ask for, and by which properties.
pub(super) fn condition(
    resource: &'static Resource,
    options: &QueryOptions,
    consistency: Consistency,
    added: &Added,
) -> Result<(Option<Condition>, Vec<&'static str>), Error> {
    let (mut names, mut conditions) = (Vec::new(), Vec::new());
    if let Some(expression) = &options.filter {
        conditions.push(filter::Reader::new(resource, consistency.advanced, added, &mut names).read(expression)?);
    }
    if let Some(text) = &options.search {
        if !consistency.eventual {
            return Err(Error::unsupported_query(
                "Request with $search query parameter only works through MSGraph with a special request header: \
                 'ConsistencyLevel: eventual'",
            ));
        }
        conditions.push(search::read(resource, text, &mut names)?);
    }
    let condition = if conditions.is_empty() { None } else { Some(Condition::And(conditions)) };
    Ok((condition, names))
}

pub(super) fn order(
    resource: &'static Resource,
    options: &QueryOptions,
    consistency: Consistency,
    are_deleted: bool,
) -> Result<Order, Error> {
    let Some(order_by) = &options.order_by else { return Ok(Order::by_id(resource)) };
    if options.filter.is_some() && !consistency.advanced {
        let message = "Unsupported Query. $orderby together with $filter needs the header 'ConsistencyLevel: eventual' \
                       and '$count=true'.";
        return Err(Error::unsupported_query(message).with_target("$orderby"));
    }
    let read = if are_deleted { Order::read_of_deleted } else { Order::read };
    read(resource, order_by, consistency.advanced)
}

/// Objects on a page: what `$top` says, or else so many.
pub(super) fn size(options: &QueryOptions, otherwise: u32) -> Result<u32, Error> {
    let size = options.top.unwrap_or(otherwise);
    if TOP.contains(&size) {
        return Ok(size);
    }
    let message = format!("Invalid page size specified: '{size}'. $top goes from {} to {}.", TOP.start(), TOP.end());
    Err(Error::unsupported_query(message).with_target("$top"))
}
