//! `$expand`: related objects to include in the answer.

use std::fmt;
use std::str::FromStr;

use winnow::stream::Stream;

use crate::error::Error;
use crate::failure::Failure;
use crate::filter::{self, Expression};
use crate::name::OptionName;
use crate::orderby::{self, OrderBy};
use crate::path::{Path, property_path};
use crate::search::{self, Search};
use crate::select::{self, Select};
use crate::syntax::{
    Input, Parsed, accept, at_parenthesis, boolean, count_node, identifier, list, nested, number, parenthesised,
    parse_whole, position, spaces, symbol, word,
};

const OPTION: &str = "$levels, $select, $filter, $expand, $orderby, $search, $top, $skip or $count";

/// The navigation properties of a `$expand`, at least one.
///
/// `Display` prints canonical `OData` text, not percent-encoded, which parses to an equal tree.
#[derive(Debug, Clone, PartialEq)]
pub struct Expand {
    /// The properties with their options.
    pub items: Vec<ExpandItem>,
}

/// One navigation property to expand.
#[derive(Debug, Clone, PartialEq)]
pub struct ExpandItem {
    /// The navigation property.
    pub path: Path,
    /// What applies to the related objects.
    pub options: ExpandOptions,
}

/// The options in parentheses behind an expanded property; all absent when there are none.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ExpandOptions {
    /// `$levels`
    pub levels: Option<Levels>,
    /// `$select`
    pub select: Option<Select>,
    /// `$filter`
    pub filter: Option<Expression>,
    /// `$expand`
    pub expand: Option<Expand>,
    /// `$orderby`
    pub order_by: Option<OrderBy>,
    /// `$search`
    pub search: Option<Search>,
    /// `$top`
    pub top: Option<u32>,
    /// `$skip`
    pub skip: Option<u32>,
    /// `$count`
    pub count: Option<bool>,
}

/// How often a relation to the same type is followed, as from a manager to their manager.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Levels {
    /// `max`: as far as the server goes.
    Max,
    /// A number of steps.
    Steps(u32),
}

impl FromStr for Expand {
    type Err = Error;

    /// Parses the decoded value of `$expand`.
    fn from_str(text: &str) -> Result<Self, Error> {
        parse_whole(OptionName::Expand, text, "(, a comma or the end", expand)
    }
}

fn expand(input: &mut Input<'_>) -> Parsed<Expand> {
    list(input, item).map(|items| Expand { items })
}

fn item(input: &mut Input<'_>) -> Parsed<ExpandItem> {
    spaces(input)?;
    if input.peek_token() == Some('*') {
        return Err(Failure::unsupported(position(input), "expanding everything"));
    }
    count_node(input)?;
    let path = property_path(input)?;
    let mut options = ExpandOptions::default();
    if at_parenthesis(input)? {
        nested(input, |input| parenthesised(input, |input| read_options(input, &mut options)))?;
    }
    Ok(ExpandItem { path, options })
}

fn read_options(input: &mut Input<'_>, options: &mut ExpandOptions) -> Parsed<()> {
    read_option(input, options)?;
    while accept(input, ';')? {
        read_option(input, options)?;
    }
    Ok(())
}

fn read_option(input: &mut Input<'_>, options: &mut ExpandOptions) -> Parsed<()> {
    spaces(input)?;
    let start = position(input);
    accept(input, '$')?;
    let name = OptionName::find(identifier(input, OPTION)?);
    symbol(input, '=', "=")?;
    let first = match name {
        Some(OptionName::Levels) => fill(&mut options.levels, levels(input)?),
        Some(OptionName::Select) => fill(&mut options.select, select::select(input)?),
        Some(OptionName::Filter) => fill(&mut options.filter, filter::parse::expression(input)?),
        Some(OptionName::Expand) => fill(&mut options.expand, expand(input)?),
        Some(OptionName::OrderBy) => fill(&mut options.order_by, orderby::order_by(input)?),
        Some(OptionName::Search) => fill(&mut options.search, search::search(input)?),
        Some(OptionName::Top) => fill(&mut options.top, number(input)?),
        Some(OptionName::Skip) => fill(&mut options.skip, number(input)?),
        Some(OptionName::Count) => fill(&mut options.count, boolean(input)?),
        _ => return Err(Failure::expected(start, OPTION)),
    };
    if first { Ok(()) } else { Err(Failure::expected(start, "an option that is not given before")) }
}

/// Stores the value and tells whether the place was free.
fn fill<T>(slot: &mut Option<T>, value: T) -> bool {
    slot.replace(value).is_none()
}

fn levels(input: &mut Input<'_>) -> Parsed<Levels> {
    if word(input, "max")? {
        return Ok(Levels::Max);
    }
    number(input).map(Levels::Steps)
}

impl fmt::Display for Expand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let items: Vec<String> = self.items.iter().map(ToString::to_string).collect();
        f.write_str(&items.join(","))
    }
}

impl fmt::Display for ExpandItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.options == ExpandOptions::default() {
            return write!(f, "{}", self.path);
        }
        write!(f, "{}({})", self.path, self.options)
    }
}

impl fmt::Display for ExpandOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let options = [
            printed(OptionName::Levels, self.levels.as_ref()),
            printed(OptionName::Select, self.select.as_ref()),
            printed(OptionName::Filter, self.filter.as_ref()),
            printed(OptionName::Expand, self.expand.as_ref()),
            printed(OptionName::OrderBy, self.order_by.as_ref()),
            printed(OptionName::Search, self.search.as_ref()),
            printed(OptionName::Top, self.top.as_ref()),
            printed(OptionName::Skip, self.skip.as_ref()),
            printed(OptionName::Count, self.count.as_ref()),
        ];
        let present: Vec<String> = options.into_iter().flatten().collect();
        f.write_str(&present.join(";"))
    }
}

fn printed(name: OptionName, value: Option<&impl fmt::Display>) -> Option<String> {
    value.map(|value| format!("{name}={value}"))
}

impl fmt::Display for Levels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Max => f.write_str("max"),
            Self::Steps(steps) => write!(f, "{steps}"),
        }
    }
}
