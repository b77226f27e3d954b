//! Literals in the form of the column they are compared with.

use super::Condition;
use super::condition::Value;
use super::property::{Column, Property, Related};
use crate::graph::Error;
use crate::platform::clock::parse_limit;
use database::Timestamp;
use odata::{ComparisonOperator, Literal};
use std::time::Duration;
use uuid::Uuid;

/// Instants are written by whole seconds, so they compare by whole seconds.
const SECOND: Duration = Duration::from_secs(1);

/// `property operator literal`. The property has a column that is not a collection.
pub(super) fn compare(
    property: &Property,
    operator: ComparisonOperator,
    literal: &Literal,
) -> Result<Condition, Error> {
    use ComparisonOperator::{Equal, NotEqual};
    let unsupported = || unsupported(property, operator.as_str());
    let column = property.column.ok_or_else(unsupported)?;
    if let Column::Elsewhere(related) = column
        && operator != NotEqual
    {
        let item = related.properties.first().ok_or_else(unsupported)?;
        return elsewhere(related, item, operator, literal).ok_or_else(unsupported)?;
    }
    match operator {
        NotEqual => Ok(Condition::Not(Box::new(compare(property, Equal, literal)?))),
        Equal if *literal == Literal::Null => Ok(Condition::Null(sql(column).ok_or_else(unsupported)?)),
        _ if *literal == Literal::Null => Err(unsupported()),
        _ => match column {
            Column::Instant(sql) => instant(sql, operator, read_instant(property, literal)?).ok_or_else(unsupported),
            Column::Text { sql, .. } => {
                let operator = ordering(operator).ok_or_else(unsupported)?;
                Ok(Condition::Compare { column: sql, operator, value: value(property, literal)? })
            }
            Column::Boolean(sql) if operator == Equal => match literal {
                Literal::Boolean(is) => Ok(Condition::Boolean { column: sql, is: *is }),
                _ => Err(wrong_type(property, literal)),
            },
            Column::Word { sql, .. } | Column::Id(sql) if operator == Equal => {
                Ok(Condition::Compare { column: sql, operator: " = ", value: value(property, literal)? })
            }
            _ => Err(unsupported()),
        },
    }
}

/// The same for a text in another table: it has no value where there is no row.
fn elsewhere(
    related: &'static Related,
    item: &Property,
    operator: ComparisonOperator,
    literal: &Literal,
) -> Option<Result<Condition, Error>> {
    if *literal != Literal::Null {
        let condition = compare(item, operator, literal);
        return Some(condition.map(|condition| Condition::Exists { related, condition: Box::new(condition) }));
    }
    (operator == ComparisonOperator::Equal).then(|| Ok(absent(related, item)))
}

fn absent(related: &'static Related, item: &Property) -> Condition {
    let any = item.column.map_or(Condition::Never, |column| column.begins_with(""));
    Condition::Not(Box::new(Condition::Exists { related, condition: Box::new(any) }))
}

/// `property in (..)`, where null may be one of the values.
pub(super) fn among(property: &Property, literals: &[Literal]) -> Result<Condition, Error> {
    let unsupported = || unsupported(property, "in");
    if let Some(Column::Elsewhere(related)) = property.column {
        let item = related.properties.first().ok_or_else(unsupported)?;
        return among_elsewhere(related, item, literals);
    }
    let column = property.column.and_then(sql).ok_or_else(unsupported)?;
    if matches!(property.column, Some(Column::Instant(_) | Column::Boolean(_))) {
        let each = literals.iter().map(|literal| compare(property, ComparisonOperator::Equal, literal));
        return each.collect::<Result<Vec<_>, _>>().map(Condition::Or);
    }
    let (nulls, others): (Vec<_>, Vec<_>) = literals.iter().partition(|literal| **literal == Literal::Null);
    let values = others.into_iter().map(|literal| value(property, literal)).collect::<Result<Vec<_>, _>>()?;
    let mut alternatives = Vec::new();
    if !values.is_empty() {
        alternatives.push(Condition::Among { column, values });
    }
    if !nulls.is_empty() {
        alternatives.push(Condition::Null(column));
    }
    Ok(Condition::Or(alternatives))
}

fn among_elsewhere(related: &'static Related, item: &Property, literals: &[Literal]) -> Result<Condition, Error> {
    let (nulls, others): (Vec<_>, Vec<_>) = literals.iter().cloned().partition(|literal| *literal == Literal::Null);
    let mut alternatives = Vec::new();
    if !others.is_empty() {
        let condition = Box::new(among(item, &others)?);
        alternatives.push(Condition::Exists { related, condition });
    }
    if !nulls.is_empty() {
        alternatives.push(absent(related, item));
    }
    Ok(Condition::Or(alternatives))
}

/// The answer to an operator the property does not have.
pub(super) fn unsupported(property: &Property, operator: &str) -> Error {
    let message = format!("Unsupported Query. Operator '{operator}' is not supported on property '{}'.", property.name);
    Error::unsupported_query(message).with_target(property.name)
}

/// The column of a property that has one value.
const fn sql(column: Column) -> Option<&'static str> {
    match column {
        Column::Text { sql, .. }
        | Column::Word { sql, .. }
        | Column::Boolean(sql)
        | Column::Instant(sql)
        | Column::Id(sql) => Some(sql),
        Column::Related(_) | Column::Elsewhere(_) | Column::Counted(_) => None,
    }
}

fn value(property: &Property, literal: &Literal) -> Result<Value, Error> {
    match (property.column, literal) {
        (Some(Column::Text { fold, .. }), Literal::String(text)) => Ok(Value::Text(fold(text))),
        (Some(Column::Word { words, .. }), Literal::String(text)) => {
            let known = words.iter().find(|word| word.eq_ignore_ascii_case(text));
            Ok(Value::Text(known.map_or_else(|| text.clone(), |word| (*word).to_owned())))
        }
        (Some(Column::Id(_)), Literal::Guid(id)) => Ok(Value::Id(Uuid::from_u128(id.as_u128()))),
        (Some(Column::Id(_)), Literal::String(text)) => {
            text.parse().map(Value::Id).map_err(|_| wrong_type(property, literal))
        }
        _ => Err(wrong_type(property, literal)),
    }
}

fn wrong_type(property: &Property, literal: &Literal) -> Error {
    let message = format!("Invalid filter clause: {literal} is not a value of property '{}'.", property.name);
    Error::bad_request(message).with_target(property.name)
}

fn read_instant(property: &Property, literal: &Literal) -> Result<Timestamp, Error> {
    let text = match literal {
        Literal::DateTimeOffset(instant) => instant.as_str().to_owned(),
        Literal::Date(day) => format!("{}T00:00:00Z", day.as_str()),
        _ => return Err(wrong_type(property, literal)),
    };
    parse_limit(&text).ok_or_else(|| wrong_type(property, literal))
}

/// Compares the whole seconds of a column with an instant; `None` for an operator instants do not have.
fn instant(column: &'static str, operator: ComparisonOperator, at: Timestamp) -> Option<Condition> {
    let bound = |operator, at| Condition::Compare { column, operator, value: Value::Instant(at) };
    let floor = Timestamp::from_microseconds(at.seconds().saturating_mul(1_000_000));
    let ceiling = if floor == at { at } else { floor.plus(SECOND) };
    Some(match operator {
        ComparisonOperator::GreaterOrEqual => bound(" >= ", ceiling),
        ComparisonOperator::GreaterThan => bound(" >= ", floor.plus(SECOND)),
        ComparisonOperator::LessOrEqual => bound(" < ", floor.plus(SECOND)),
        ComparisonOperator::LessThan => bound(" < ", ceiling),
        ComparisonOperator::Equal if floor == at => {
            Condition::And(vec![bound(" >= ", at), bound(" < ", at.plus(SECOND))])
        }
        ComparisonOperator::Equal => Condition::Never,
        ComparisonOperator::NotEqual => return None,
    })
}

/// The operators on numbers.
pub(super) const fn sign(operator: ComparisonOperator) -> &'static str {
    match operator {
        ComparisonOperator::Equal => " = ",
        ComparisonOperator::NotEqual => " <> ",
        ComparisonOperator::GreaterThan => " > ",
        ComparisonOperator::GreaterOrEqual => " >= ",
        ComparisonOperator::LessThan => " < ",
        ComparisonOperator::LessOrEqual => " <= ",
    }
}

/// The operators on text; Graph has no strict ones on directory objects.
const fn ordering(operator: ComparisonOperator) -> Option<&'static str> {
    match operator {
        ComparisonOperator::Equal => Some(" = "),
        ComparisonOperator::GreaterOrEqual => Some(" >= "),
        ComparisonOperator::LessOrEqual => Some(" <= "),
        ComparisonOperator::NotEqual | ComparisonOperator::GreaterThan | ComparisonOperator::LessThan => None,
    }
}
