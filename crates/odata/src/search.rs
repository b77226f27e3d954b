//! `$search`: free-text clauses in the form Graph uses on directory objects.

use std::fmt;
use std::str::FromStr;

use winnow::stream::Stream;

use crate::error::Error;
use crate::failure::Failure;
use crate::name::OptionName;
use crate::path::{Path, property_path};
use crate::syntax::{
    Input, Parsed, at_parenthesis, chain, count_node, nested, parenthesised, parse_whole, position, spaces, symbol,
    until, word,
};

const CLAUSE: &str = "a quoted clause \"property:text\", NOT or (";

/// A search expression. Unlike plain `OData`, every clause is quoted and names its property, as Graph asks for
/// directory objects. Clauses side by side without a connective mean AND (`OData` 4.01 URL Conventions, section 5.1.7).
///
/// `Display` prints canonical text, not percent-encoded, which parses to an equal tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Search {
    /// All operands match. At least two operands.
    And(Vec<Search>),
    /// One operand matches. At least two operands.
    Or(Vec<Search>),
    /// The operand does not match.
    Not(Box<Search>),
    /// `"property:text"`
    Clause {
        /// The property to look at.
        property: Path,
        /// The text to look for, not yet split into tokens; never blank.
        text: String,
    },
}

impl FromStr for Search {
    type Err = Error;

    /// Parses the decoded value of `$search`.
    fn from_str(text: &str) -> Result<Self, Error> {
        parse_whole(OptionName::Search, text, "AND, OR, or the end", search)
    }
}

/// `OR` binds weakest, then `AND`, then `NOT`.
pub(crate) fn search(input: &mut Input<'_>) -> Parsed<Search> {
    chain(input, conjunction, |input| word(input, "OR"), Search::Or)
}

fn conjunction(input: &mut Input<'_>) -> Parsed<Search> {
    chain(input, term, connective, Search::And)
}

fn connective(input: &mut Input<'_>) -> Parsed<bool> {
    if word(input, "AND")? {
        return Ok(true);
    }
    let start = input.checkpoint();
    spaces(input)?;
    let implied = matches!(input.peek_token(), Some('"' | '(')) || word(input, "NOT")?;
    input.reset(&start);
    Ok(implied)
}

fn term(input: &mut Input<'_>) -> Parsed<Search> {
    if word(input, "NOT")? {
        count_node(input)?;
        return nested(input, negated).map(|operand| Search::Not(Box::new(operand)));
    }
    if at_parenthesis(input)? {
        return nested(input, |input| parenthesised(input, search));
    }
    clause(input)
}

fn negated(input: &mut Input<'_>) -> Parsed<Search> {
    if at_parenthesis(input)? {
        return parenthesised(input, search);
    }
    term(input)
}

fn clause(input: &mut Input<'_>) -> Parsed<Search> {
    symbol(input, '"', CLAUSE)?;
    count_node(input)?;
    let property = property_path(input)?;
    symbol(input, ':', "a colon between property and text")?;
    let start = position(input);
    let text = quoted_text(input)?;
    if text.trim().is_empty() {
        return Err(Failure::expected(start, "text to search for"));
    }
    Ok(Search::Clause { property, text })
}

/// The rest of a clause and its closing quote; `\"` and `\\` stand for the second character.
fn quoted_text(input: &mut Input<'_>) -> Parsed<String> {
    let mut text = String::new();
    loop {
        text.push_str(until(input, &['"', '\\', '\0'])?);
        let at = position(input);
        match (input.next_token(), input.peek_token()) {
            (Some('"'), _) => return Ok(text),
            (Some('\\'), Some(escaped @ ('"' | '\\'))) => {
                input.next_token();
                text.push(escaped);
            }
            (Some('\\'), _) => return Err(Failure::expected(at, "\\\" or \\\\")),
            _ => return Err(Failure::expected(at, "a closing double quote")),
        }
    }
}

impl fmt::Display for Search {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::And(operands) => join(f, operands, " AND "),
            Self::Or(operands) => join(f, operands, " OR "),
            Self::Not(operand) => write!(f, "NOT ({operand})"),
            Self::Clause { property, text } => {
                let text = text.replace('\\', "\\\\").replace('"', "\\\"");
                write!(f, "\"{property}:{text}\"")
            }
        }
    }
}

fn join(f: &mut fmt::Formatter<'_>, operands: &[Search], connective: &str) -> fmt::Result {
    for (at, operand) in operands.iter().enumerate() {
        if at > 0 {
            f.write_str(connective)?;
        }
        match operand {
            Search::Or(_) => write!(f, "({operand})")?,
            Search::And(_) if connective == " AND " => write!(f, "({operand})")?,
            _ => write!(f, "{operand}")?,
        }
    }
    Ok(())
}
