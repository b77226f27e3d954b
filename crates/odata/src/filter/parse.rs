//! The grammar of `$filter` (`OData` 4.01 URL Conventions, section 5.1.1; ABNF boolCommonExpr).

use std::str::FromStr;

use winnow::stream::Stream;

use super::tree::{ComparisonOperator, Expression, Lambda, StringFunction};
use crate::error::Error;
use crate::failure::Failure;
use crate::literal::{Literal, literal, text};
use crate::name::OptionName;
use crate::path::{Path, segment};
use crate::syntax::{
    Input, Parsed, accept, at_parenthesis, chain, count_node, identifier, list, nested, number, parenthesised,
    parse_whole, position, spaces, symbol, word,
};

const OPERATOR: &str = "eq, ne, gt, ge, lt, le, has or in";
const COUNT_OPERATOR: &str = "eq, ne, gt, ge, lt or le";

impl FromStr for Expression {
    type Err = Error;

    /// Parses the decoded value of `$filter`.
    fn from_str(text: &str) -> Result<Self, Error> {
        parse_whole(OptionName::Filter, text, "and, or, or the end", expression)
    }
}

/// `or` binds weakest, then `and`, then `not`.
pub(crate) fn expression(input: &mut Input<'_>) -> Parsed<Expression> {
    chain(input, conjunction, |input| word(input, "or"), Expression::Or)
}

fn conjunction(input: &mut Input<'_>) -> Parsed<Expression> {
    chain(input, term, |input| word(input, "and"), Expression::And)
}

fn term(input: &mut Input<'_>) -> Parsed<Expression> {
    if word(input, "not")? {
        count_node(input)?;
        return nested(input, negated).map(|operand| Expression::Not(Box::new(operand)));
    }
    if at_parenthesis(input)? {
        return nested(input, |input| parenthesised(input, expression));
    }
    predicate(input)
}

/// What `not` applies to. By the letter of `OData` `not a eq 'b'` would negate `a`; Graph clients mean the comparison,
/// and no property stands alone here, so the reading is unambiguous.
fn negated(input: &mut Input<'_>) -> Parsed<Expression> {
    if at_parenthesis(input)? {
        return parenthesised(input, expression);
    }
    term(input)
}

fn predicate(input: &mut Input<'_>) -> Parsed<Expression> {
    spaces(input)?;
    count_node(input)?;
    let start = position(input);
    let first = segment(input)?;
    if input.peek_token() == Some('(') {
        return string_function(input, first, start);
    }
    let mut segments = vec![first];
    while accept(input, '/')? {
        if accept(input, '$')? {
            return count(input, resolve(input, &segments));
        }
        let start = position(input);
        let next = segment(input)?;
        if input.peek_token() == Some('(') {
            let collection = collection(input, &segments, start)?;
            return quantifier(input, collection, next, start);
        }
        segments.push(next);
    }
    let path = resolve(input, &segments);
    comparison(input, path)
}

/// Separates the range variable, if the path starts with one that is in scope, from the property.
fn resolve(input: &Input<'_>, segments: &[&str]) -> Path {
    match segments {
        [first, rest @ ..] if input.state.variables.contains(first) => Path::within(*first, rest.join("/")),
        _ => Path::new(segments.join("/")),
    }
}

fn comparison(input: &mut Input<'_>, path: Path) -> Parsed<Expression> {
    if word(input, "in")? {
        let values = parenthesised(input, |input| list(input, counted_literal))?;
        return Ok(Expression::In { path, values });
    }
    if word(input, "has")? {
        let value = literal(input)?;
        return Ok(Expression::Has { path, value });
    }
    let operator = comparison_operator(input, OPERATOR)?;
    let value = literal(input)?;
    Ok(Expression::Compare { path, operator, value })
}

fn counted_literal(input: &mut Input<'_>) -> Parsed<Literal> {
    count_node(input)?;
    literal(input)
}

fn comparison_operator(input: &mut Input<'_>, expected: &'static str) -> Parsed<ComparisonOperator> {
    for operator in ComparisonOperator::ALL {
        if word(input, operator.as_str())? {
            return Ok(operator);
        }
    }
    spaces(input)?;
    Err(Failure::expected(position(input), expected))
}

/// `$count operator number`, the `$` already taken.
fn count(input: &mut Input<'_>, collection: Path) -> Parsed<Expression> {
    let start = position(input);
    if collection.property().is_empty() || !word(input, "count")? {
        return Err(Failure::unsupported(start, "this segment"));
    }
    let operator = comparison_operator(input, COUNT_OPERATOR)?;
    let value = number(input)?;
    Ok(Expression::Count { collection, operator, value })
}

fn string_function(input: &mut Input<'_>, name: &str, start: usize) -> Parsed<Expression> {
    let function = StringFunction::ALL
        .into_iter()
        .find(|function| function.as_str().eq_ignore_ascii_case(name))
        .ok_or_else(|| Failure::unsupported(start, unsupported_function(name)))?;
    parenthesised(input, |input| {
        let path = argument(input)?;
        symbol(input, ',', "a comma")?;
        let value = text(input)?;
        Ok(Expression::Function { function, path, value })
    })
}

fn unsupported_function(name: &str) -> &'static str {
    match name.to_ascii_lowercase().as_str() {
        "isof" | "cast" => "a type test or cast",
        _ => "a function other than startsWith, endsWith and contains",
    }
}

/// The property that a function looks at.
fn argument(input: &mut Input<'_>) -> Parsed<Path> {
    let mut segments = Vec::new();
    loop {
        spaces(input)?;
        let start = position(input);
        segments.push(segment(input)?);
        if input.peek_token() == Some('(') {
            return Err(Failure::unsupported(start, "a function inside a function"));
        }
        if !accept(input, '/')? {
            return Ok(resolve(input, &segments));
        }
    }
}

/// The collection of a lambda: a range variable alone is one item, not a collection.
fn collection(input: &Input<'_>, segments: &[&str], start: usize) -> Parsed<Path> {
    let path = resolve(input, segments);
    if path.property().is_empty() {
        return Err(Failure::expected(start, "a property name"));
    }
    Ok(path)
}

/// `any(..)` or `all(..)`, the name already taken.
fn quantifier(input: &mut Input<'_>, collection: Path, name: &str, start: usize) -> Parsed<Expression> {
    match name.to_ascii_lowercase().as_str() {
        "any" => {
            let lambda = nested(input, |input| parenthesised(input, optional_lambda))?;
            Ok(Expression::Any { collection, lambda })
        }
        "all" => {
            let lambda = nested(input, |input| parenthesised(input, lambda))?;
            Ok(Expression::All { collection, lambda })
        }
        _ => Err(Failure::unsupported(start, "a function other than any and all here")),
    }
}

fn optional_lambda(input: &mut Input<'_>) -> Parsed<Option<Lambda>> {
    spaces(input)?;
    if input.peek_token() == Some(')') {
        return Ok(None);
    }
    lambda(input).map(Some)
}

fn lambda(input: &mut Input<'_>) -> Parsed<Lambda> {
    spaces(input)?;
    let start = position(input);
    let variable = identifier(input, "a range variable")?;
    if input.state.variables.contains(&variable) {
        return Err(Failure::expected(start, "a range variable that no lambda around this one uses"));
    }
    symbol(input, ':', "a colon after the range variable")?;
    input.state.variables.push(variable);
    let predicate = expression(input)?;
    input.state.variables.pop();
    Ok(Lambda { variable: variable.to_owned(), predicate: Box::new(predicate) })
}
