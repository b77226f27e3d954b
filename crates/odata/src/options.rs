//! The query string as a whole.

use std::str::FromStr;

use crate::error::Error;
use crate::expand::Expand;
use crate::filter::Expression;
use crate::limits::MAX_OPTION_LENGTH;
use crate::name::OptionName;
use crate::orderby::OrderBy;
use crate::percent;
use crate::search::Search;
use crate::select::Select;
use crate::syntax::{boolean, check_length, number, parse_whole};

/// Longest part of an unknown name that an error repeats, in characters.
const NAME_EXCERPT: usize = 64;

/// The query options of one request. An absent option is `None`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct QueryOptions {
    /// `$filter`
    pub filter: Option<Expression>,
    /// `$select`
    pub select: Option<Select>,
    /// `$orderby`
    pub order_by: Option<OrderBy>,
    /// `$expand`
    pub expand: Option<Expand>,
    /// `$search`
    pub search: Option<Search>,
    /// `$top`, not yet compared with the largest page the resource allows.
    pub top: Option<u32>,
    /// `$skip`
    pub skip: Option<u32>,
    /// `$count`
    pub count: Option<bool>,
    /// `$skiptoken`, opaque and not empty.
    pub skip_token: Option<String>,
    /// `$deltatoken`, opaque and not empty.
    pub delta_token: Option<String>,
    /// `$format`, as written and not empty.
    pub format: Option<String>,
    /// Names and values of the other parameters in the order of the query, repetitions included.
    pub custom: Vec<(String, String)>,
}

impl QueryOptions {
    /// Parses a raw query string, without the leading `?` and still percent-encoded.
    ///
    /// System query options are recognised with and without `$` and in any letter case. Names that are none of them
    /// go to [`custom`](Self::custom), unless they begin with `$`.
    ///
    /// # Errors
    /// See [`Error`]; the first fault from the left is reported.
    pub fn parse(raw_query: &str) -> Result<Self, Error> {
        let mut options = Self::default();
        let mut position = 0;
        for pair in raw_query.split('&') {
            if !pair.is_empty() {
                options.read_pair(pair, position)?;
            }
            position += pair.len() + 1;
        }
        Ok(options)
    }

    fn read_pair(&mut self, pair: &str, position: usize) -> Result<(), Error> {
        let (raw_name, raw_value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = percent::decode(raw_name, position)?;
        let value = percent::decode(raw_value, position + raw_name.len() + 1)?;
        match OptionName::find(&name) {
            Some(option) if option != OptionName::Levels => self.set(option, &value, position),
            _ if name.starts_with('$') => Err(Error::UnknownOption { name: excerpt(&name), position }),
            _ => self.add_custom(name, value, position),
        }
    }

    fn set(&mut self, option: OptionName, value: &str, position: usize) -> Result<(), Error> {
        let first = match option {
            OptionName::Filter => fill(&mut self.filter, value)?,
            OptionName::Select => fill(&mut self.select, value)?,
            OptionName::OrderBy => fill(&mut self.order_by, value)?,
            OptionName::Expand => fill(&mut self.expand, value)?,
            OptionName::Search => fill(&mut self.search, value)?,
            OptionName::Top => self.top.replace(whole_number(option, value)?).is_none(),
            OptionName::Skip => self.skip.replace(whole_number(option, value)?).is_none(),
            OptionName::Count => {
                let count = parse_whole(option, value, "the end", boolean)?;
                self.count.replace(count).is_none()
            }
            OptionName::SkipToken => self.skip_token.replace(opaque(option, value)?).is_none(),
            OptionName::DeltaToken => self.delta_token.replace(opaque(option, value)?).is_none(),
            OptionName::Format => self.format.replace(opaque(option, value)?).is_none(),
            OptionName::Levels => false,
        };
        if first { Ok(()) } else { Err(Error::Duplicate { option, position }) }
    }

    fn add_custom(&mut self, name: String, value: String, position: usize) -> Result<(), Error> {
        if name.len() > MAX_OPTION_LENGTH || value.len() > MAX_OPTION_LENGTH {
            return Err(Error::ParameterTooLong { name: excerpt(&name), position });
        }
        self.custom.push((name, value));
        Ok(())
    }
}

/// Parses and stores the value and tells whether the place was free.
fn fill<T: FromStr<Err = Error>>(slot: &mut Option<T>, value: &str) -> Result<bool, Error> {
    Ok(slot.replace(value.parse()?).is_none())
}

fn whole_number(option: OptionName, value: &str) -> Result<u32, Error> {
    parse_whole(option, value, "the end", number)
}

fn opaque(option: OptionName, value: &str) -> Result<String, Error> {
    check_length(option, value)?;
    if value.is_empty() {
        return Err(Error::Syntax { option, position: 0, expected: "a value" });
    }
    Ok(value.to_owned())
}

fn excerpt(name: &str) -> String {
    name.chars().take(NAME_EXCERPT).collect()
}
