//! `$select`: the properties that the answer carries.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Limit};
use crate::failure::Failure;
use crate::limits::MAX_SELECT_ITEMS;
use crate::name::OptionName;
use crate::path::{Path, property_path};
use crate::syntax::{Input, Parsed, accept, list, parse_whole, position};

/// The list of a `$select`, in the client's order, at least one and at most [`MAX_SELECT_ITEMS`] items; repetitions
/// are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Select {
    /// The items.
    pub items: Vec<SelectItem>,
}

/// One item of a `$select`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SelectItem {
    /// `*`: every declared property.
    All,
    /// One property.
    Property(Path),
}

impl FromStr for Select {
    type Err = Error;

    /// Parses the decoded value of `$select`.
    fn from_str(text: &str) -> Result<Self, Error> {
        parse_whole(OptionName::Select, text, "a comma or the end", select)
    }
}

pub(crate) fn select(input: &mut Input<'_>) -> Parsed<Select> {
    let mut count = 0;
    let items = list(input, |input| {
        if count == MAX_SELECT_ITEMS {
            return Err(Failure::too_large(position(input), Limit::SelectItems));
        }
        count += 1;
        item(input)
    })?;
    Ok(Select { items })
}

fn item(input: &mut Input<'_>) -> Parsed<SelectItem> {
    if accept(input, '*')? {
        return Ok(SelectItem::All);
    }
    property_path(input).map(SelectItem::Property)
}

impl fmt::Display for Select {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let items: Vec<String> = self.items.iter().map(ToString::to_string).collect();
        f.write_str(&items.join(","))
    }
}

impl fmt::Display for SelectItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("*"),
            Self::Property(path) => write!(f, "{path}"),
        }
    }
}
