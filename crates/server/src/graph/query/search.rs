//! `$search`: words that some word of a property begins with.

use super::property::{Column, Property, Resource};
use super::{Condition, Related, beginning, words};
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
                    let text = fold(text);
                    Ok(Condition::And(text.split_whitespace().map(|word| by_word(property, sql, word)).collect()))
                }
                _ => {
                    let message = format!("Unsupported Query. Property '{}' does not support $search.", property.name);
                    Err(Error::unsupported_query(message).with_target(property.name))
                }
            }
        }
    }
}

/// Some word of the text begins with `word`. Words that are kept one by one say who comes into question; boundaries inside
/// `word` are beyond them, and a word that begins with one is not among them. What begins inside of words shows in no text and is
/// found by its rows alone.
fn by_word(property: &Property, column: &'static str, word: &str) -> Condition {
    let exact = Condition::word(column, word);
    let exact = match property.parts.and_then(|parts| kept(parts, word)) {
        Some(inside) => Condition::Or(vec![exact, inside]),
        None => exact,
    };
    let first = words(word).next().filter(|first| word.starts_with(*first));
    match property.words.zip(first).and_then(|(related, first)| kept(related, first)) {
        Some(lead) => Condition::And(vec![lead, exact]),
        None => exact,
    }
}

/// Some text that is kept one by one begins with `word`.
fn kept(related: &'static Related, word: &str) -> Option<Condition> {
    let Some(Column::Text { sql, .. }) = related.properties.first()?.column else { return None };
    let condition = Box::new(Condition::prefix(sql, beginning(word)));
    Some(Condition::Exists { related, condition })
}

fn read_all(
    resource: &'static Resource,
    operands: &[Search],
    names: &mut Vec<&'static str>,
) -> Result<Vec<Condition>, Error> {
    operands.iter().map(|operand| read(resource, operand, names)).collect()
}
