//! The comparisons that a `$filter` of the logs is made of.
//!
//! Comparisons are joined by `and`. Several values may be named of one property, once, by `in` or by `or` between equalities: the rows
//! of each are found by themselves, as if each had been asked for alone, and put together; where no index is read by the
//! property anyway, the values stay one list.

use crate::graph::Error;
use crate::platform::Timestamp;
use crate::platform::clock::parse_limit;
use odata::{ComparisonOperator, Expression, Literal, Path, StringFunction};
use std::borrow::Cow;
use std::collections::HashSet;
use std::slice;
use std::time::Duration;
use uuid::Uuid;

/// As many combinations of values a filter may ask for that are found one by one: each reads as many rows as the page has.
const MOST: usize = 15;

/// From one instant to the next.
const STEP: Duration = Duration::from_micros(1);

const TEXT: &str = "a text in single quotes";

/// A property that a log is filtered by.
#[derive(Debug)]
pub(super) struct Property {
    pub(super) name: &'static str,
    /// How it is compared, in the words of a refusal.
    operators: &'static str,
    /// Whether several values are one list in one statement. Without, each is found by itself.
    is_list: bool,
}

impl Property {
    /// One whose values are found one by one.
    pub(super) const fn new(name: &'static str, operators: &'static str) -> Self {
        Self { name, operators, is_list: false }
    }

    /// One whose values are a list, because no index is read by it.
    pub(super) const fn list(name: &'static str, operators: &'static str) -> Self {
        Self { name, operators, is_list: true }
    }
}

/// How a property is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    /// It is one of the values.
    Is,
    /// It begins with the value.
    BeginsWith,
    /// It compares otherwise with the value.
    Other(ComparisonOperator),
}

/// One comparison.
#[derive(Debug, Clone)]
pub(super) struct Condition<'f> {
    /// The property; of an item of a collection `collection/property`.
    pub(super) property: Cow<'f, str>,
    /// How it is compared.
    pub(super) operator: Operator,
    /// At least one value; more than one with [`Operator::Is`] alone.
    values: Vec<Cow<'f, Literal>>,
}

/// The items of a collection, as a lambda names them.
#[derive(Debug, Clone, Copy)]
struct Items<'f> {
    collection: &'f str,
    variable: &'f str,
}

/// The combinations of comparisons of a filter, one of which must hold: of each, all. Without a filter that is one without any.
pub(super) fn alternatives<'f>(
    filter: Option<&'f Expression>,
    properties: &[Property],
) -> Result<Vec<Vec<Condition<'f>>>, Error> {
    let mut alternatives: Vec<Vec<Condition<'f>>> = vec![Vec::new()];
    let mut valued = HashSet::new();
    for mut condition in conditions(filter)? {
        let is_meant = |property: &&Property| property.name.eq_ignore_ascii_case(&condition.property);
        let known = properties.iter().find(is_meant);
        if let Some(known) = known {
            condition.property = Cow::Borrowed(known.name);
        }
        // Both would have to hold. One property has one value, and a filter one place for it.
        if condition.has_values() && !valued.insert(condition.property.clone()) {
            return Err(condition.twice());
        }
        let choices = match known {
            None => return Err(condition.refused(properties)),
            Some(property) if property.is_list => vec![condition],
            Some(_) if alternatives.len() * condition.values.len() > MOST => return Err(condition.too_many()),
            Some(_) => condition.one_by_one(),
        };
        let with = |earlier: &Vec<Condition<'f>>| {
            let joined = |choice| [earlier.as_slice(), slice::from_ref(choice)].concat();
            choices.iter().map(joined).collect::<Vec<_>>()
        };
        alternatives = alternatives.iter().flat_map(with).collect();
    }
    Ok(alternatives)
}

/// The comparisons of a filter, all of which must hold.
fn conditions(filter: Option<&Expression>) -> Result<Vec<Condition<'_>>, Error> {
    match filter {
        None => Ok(Vec::new()),
        Some(Expression::And(parts)) => {
            let parts: Result<Vec<Vec<_>>, Error> = parts.iter().map(|part| conditions(Some(part))).collect();
            Ok(parts?.into_iter().flatten().collect())
        }
        Some(one) => Ok(vec![condition(one, None)?]),
    }
}

/// One comparison; of an item where a lambda stands around it.
fn condition<'f>(expression: &'f Expression, items: Option<Items<'f>>) -> Result<Condition<'f>, Error> {
    let of = |path, operator, values| Some(Condition { property: property(path, items)?, operator, values });
    let found = match expression {
        Expression::Compare { path, operator, value } => {
            let operator = match operator {
                ComparisonOperator::Equal => Operator::Is,
                other => Operator::Other(*other),
            };
            of(path, operator, vec![Cow::Borrowed(value)])
        }
        Expression::In { path, values } => of(path, Operator::Is, values.iter().map(Cow::Borrowed).collect()),
        Expression::Function { function: StringFunction::StartsWith, path, value } => {
            of(path, Operator::BeginsWith, vec![Cow::Owned(Literal::String(value.clone()))])
        }
        Expression::Any { collection, lambda: Some(lambda) } if items.is_none() => {
            let items = Items { collection: collection.property(), variable: &lambda.variable };
            return condition(&lambda.predicate, Some(items));
        }
        Expression::Or(parts) => either(parts, items),
        _ => None,
    };
    found.ok_or_else(|| {
        let message = format!(
            "Unsupported Query. The logs cannot be filtered by '{expression}'. Comparisons are joined by 'and'; 'or' stands \
             between values of one property that are asked for with 'eq' or 'in'."
        );
        Error::unsupported_query(message).with_target("$filter")
    })
}

/// Several values of one property; `None` for whatever else is joined by `or`.
fn either<'f>(parts: &'f [Expression], items: Option<Items<'f>>) -> Option<Condition<'f>> {
    let mut whole: Option<Condition<'f>> = None;
    for part in parts {
        let part = condition(part, items).ok().filter(|part| part.operator == Operator::Is)?;
        match &mut whole {
            None => whole = Some(part),
            Some(whole) if whole.property == part.property => whole.values.extend(part.values),
            Some(_) => return None,
        }
    }
    whole
}

/// The property at the end of a path; `None` if it begins anywhere but at the row, or at the item.
fn property<'f>(path: &'f Path, items: Option<Items<'f>>) -> Option<Cow<'f, str>> {
    match (items, path.variable()) {
        (None, None) => Some(path.property().into()),
        (Some(items), Some(variable)) if items.variable == variable => {
            Some(format!("{}/{}", items.collection, path.property()).into())
        }
        _ => None,
    }
}

impl Condition<'_> {
    /// The same comparison with each of the values by itself.
    fn one_by_one(self) -> Vec<Self> {
        let Self { property, operator, values } = self;
        values.into_iter().map(|value| Self { property: property.clone(), operator, values: vec![value] }).collect()
    }

    /// Says how the property is compared, or by which ones of a log it is filtered.
    pub(super) fn refused(&self, properties: &[Property]) -> Error {
        let operator = match self.operator {
            Operator::Is => "eq",
            Operator::BeginsWith => "startsWith",
            Operator::Other(operator) => operator.as_str(),
        };
        let name = &self.property;
        let message = if let Some(known) = properties.iter().find(|property| property.name == *name) {
            let operators = known.operators;
            format!(
                "Unsupported Query. The property '{name}' cannot be filtered with '{operator}'. It takes {operators}."
            )
        } else {
            let names: Vec<&str> = properties.iter().map(|property| property.name).collect();
            let names = names.join(", ");
            format!("Unsupported Query. The log cannot be filtered by '{name}'. It is filtered by {names}.")
        };
        Error::unsupported_query(message).with_target(name.to_string())
    }

    /// Whether it says what the property is, or begins with.
    const fn has_values(&self) -> bool {
        !matches!(self.operator, Operator::Other(_))
    }

    fn twice(&self) -> Error {
        let message = format!(
            "Unsupported Query. The property '{}' is named twice. Name its values once, by 'in' or by 'or' between equalities.",
            self.property
        );
        Error::unsupported_query(message).with_target(self.property.to_string())
    }

    fn too_many(&self) -> Error {
        let message = format!(
            "Unsupported Query. With '{}' the filter asks for more than {MOST} values, or combinations of values, that are \
             looked for one by one. Ask for them in several requests.",
            self.property
        );
        Error::unsupported_query(message).with_target(self.property.to_string())
    }

    /// Says what the property is compared with.
    pub(super) fn mistyped(&self, expected: &str) -> Error {
        let message = format!("Invalid filter clause. The property '{}' is compared with {expected}.", self.property);
        Error::bad_request(message).with_target(self.property.to_string())
    }

    /// Whether the value is `null`.
    pub(super) fn is_null(&self) -> bool {
        self.values.iter().all(|value| **value == Literal::Null)
    }

    /// Whether the value is the number 0.
    pub(super) fn is_zero(&self) -> bool {
        self.values.iter().all(|value| **value == Literal::Integer(0))
    }

    /// A GUID, bare or in quotes, as clients write both.
    pub(super) fn id(&self) -> Result<Uuid, Error> {
        self.one(id, "a GUID")
    }

    /// A text.
    pub(super) fn text(&self) -> Result<String, Error> {
        self.one(text, TEXT)
    }

    /// Every text.
    pub(super) fn texts(&self) -> Result<Vec<String>, Error> {
        self.each(text, TEXT)
    }

    /// Every number.
    pub(super) fn numbers(&self) -> Result<Vec<i64>, Error> {
        self.each(number, "a whole number")
    }

    /// A member of an enumeration, in single quotes.
    pub(super) fn member(&self, members: &[&'static str]) -> Result<&'static str, Error> {
        let text = self.text()?;
        let member = members.iter().copied().find(|member| *member == text);
        member.ok_or_else(|| self.mistyped(&format!("one of {}", members.join(", "))))
    }

    /// `true` or `false`.
    pub(super) fn yes_or_no(&self) -> Result<bool, Error> {
        self.one(yes_or_no, "true or false")
    }

    /// Narrows a period. Instants are shown in whole seconds, so `le` and `eq` reach to the end of their second, and `gt` begins
    /// behind it.
    pub(super) fn limit(
        &self,
        since: &mut Option<Timestamp>,
        until: &mut Option<Timestamp>,
        properties: &[Property],
    ) -> Result<(), Error> {
        let at = self.one(instant, "an instant such as 2026-01-31T12:00:00Z, or a day")?;
        let end = Timestamp::from_microseconds(at.seconds().saturating_mul(1_000_000).saturating_add(999_999));
        let (first, last) = match self.operator {
            Operator::Is => (Some(at), Some(end)),
            Operator::Other(ComparisonOperator::GreaterOrEqual) => (Some(at), None),
            Operator::Other(ComparisonOperator::GreaterThan) => (Some(end.plus(STEP)), None),
            Operator::Other(ComparisonOperator::LessOrEqual) => (None, Some(end)),
            Operator::Other(ComparisonOperator::LessThan) => (None, Some(at.minus(STEP))),
            _ => return Err(self.refused(properties)),
        };
        *since = (*since).max(first);
        *until = [*until, last].into_iter().flatten().min();
        Ok(())
    }

    /// The value.
    fn one<T>(&self, read: fn(&Literal) -> Option<T>, expected: &str) -> Result<T, Error> {
        self.values.first().and_then(|value| read(value)).ok_or_else(|| self.mistyped(expected))
    }

    /// Every value.
    fn each<T>(&self, read: fn(&Literal) -> Option<T>, expected: &str) -> Result<Vec<T>, Error> {
        let values: Option<Vec<T>> = self.values.iter().map(|value| read(value)).collect();
        values.ok_or_else(|| self.mistyped(expected))
    }
}

fn id(value: &Literal) -> Option<Uuid> {
    match value {
        Literal::Guid(guid) => Some(Uuid::from_u128(guid.as_u128())),
        Literal::String(text) => text.parse().ok(),
        _ => None,
    }
}

fn text(value: &Literal) -> Option<String> {
    if let Literal::String(text) = value { Some(text.clone()) } else { None }
}

fn number(value: &Literal) -> Option<i64> {
    if let Literal::Integer(number) = value { Some(*number) } else { None }
}

fn yes_or_no(value: &Literal) -> Option<bool> {
    if let Literal::Boolean(value) = value { Some(*value) } else { None }
}

fn instant(value: &Literal) -> Option<Timestamp> {
    match value {
        Literal::DateTimeOffset(instant) => parse_limit(instant.as_str()),
        // A day stands for its beginning, as wherever else it is compared.
        Literal::Date(day) => parse_limit(&format!("{}T00:00:00Z", day.as_str())),
        _ => None,
    }
}
