//! `$search`: words that some word of a property begins with.

use super::Condition;
use super::property::{Column, Resource};
use crate::graph::Error;
use odata::Search;

/// Reads a search. `names` collects the properties it looks at.
pub(super) fn read(
    resource: &'static Resource,
    search: &Search,
    names: &mut Vec<&'static str>,
) -> Result<Condition, Error> {
    match search {
        Search::And(operands) => read_all(resource, operands, names).map(Condition::And),
        Search::Or(operands) => read_all(resource, operands, names).map(Condition::Or),
        Search::Not(operand) => Ok(Condition::Not(Box::new(read(resource, operand, names)?))),
        Search::Clause { property, text } => {
            let property = resource.property(property.property())?;
            names.push(property.name);
            match property.column {
                Some(Column::Text { sql, fold, .. }) if property.is_searchable => {
                    let words = fold(text);
                    Ok(Condition::And(words.split_whitespace().map(|word| Condition::word(sql, word)).collect()))
                }
                _ => {
                    let message = format!("Unsupported Query. Property '{}' does not support $search.", property.name);
                    Err(Error::unsupported_query(message).with_target(property.name))
                }
            }
        }
    }
}

fn read_all(
    resource: &'static Resource,
    operands: &[Search],
    names: &mut Vec<&'static str>,
) -> Result<Vec<Condition>, Error> {
    operands.iter().map(|operand| read(resource, operand, names)).collect()
}
