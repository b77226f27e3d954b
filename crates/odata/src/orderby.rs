//! `$orderby`: the sort keys.

use std::fmt;
use std::str::FromStr;

use crate::error::Error;
use crate::name::OptionName;
use crate::path::{Path, property_path};
use crate::syntax::{Input, Parsed, count_node, list, parse_whole, word};

/// The sort keys of a `$orderby`, the most significant first, at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderBy {
    /// The keys.
    pub items: Vec<OrderItem>,
}

/// One sort key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderItem {
    /// The property to sort by.
    pub path: Path,
    /// Which end comes first.
    pub direction: Direction,
}

/// The direction of a sort key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// `asc`, also when nothing is said
    Ascending,
    /// `desc`
    Descending,
}

impl FromStr for OrderBy {
    type Err = Error;

    /// Parses the decoded value of `$orderby`.
    fn from_str(text: &str) -> Result<Self, Error> {
        parse_whole(OptionName::OrderBy, text, "asc, desc, a comma or the end", order_by)
    }
}

pub(crate) fn order_by(input: &mut Input<'_>) -> Parsed<OrderBy> {
    list(input, item).map(|items| OrderBy { items })
}

fn item(input: &mut Input<'_>) -> Parsed<OrderItem> {
    count_node(input)?;
    let path = property_path(input)?;
    let descending = word(input, "desc")?;
    if !descending {
        word(input, "asc")?;
    }
    let direction = if descending { Direction::Descending } else { Direction::Ascending };
    Ok(OrderItem { path, direction })
}

impl fmt::Display for OrderBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let items: Vec<String> = self.items.iter().map(ToString::to_string).collect();
        f.write_str(&items.join(","))
    }
}

impl fmt::Display for OrderItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.direction {
            Direction::Ascending => write!(f, "{}", self.path),
            Direction::Descending => write!(f, "{} desc", self.path),
        }
    }
}
