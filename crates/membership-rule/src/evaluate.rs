//! Whether a person meets a rule.

use crate::property::{Property, Subject, Value};
use crate::rule::{Expression, Item, Test, fold};

pub(crate) fn holds(expression: &Expression, subject: &impl Subject) -> bool {
    match expression {
        Expression::And(parts) => parts.iter().all(|part| holds(part, subject)),
        Expression::Or(parts) => parts.iter().any(|part| holds(part, subject)),
        Expression::Not(part) => !holds(part, subject),
        Expression::Test(property, test) => meets(test, subject.value(*property)),
        Expression::Extension(name, test) => meets(test, Value::Text(subject.extension(name))),
        Expression::Any(property, item) => texts(*property, subject).iter().any(|text| item_holds(item, text)),
        Expression::All(property, item) => texts(*property, subject).iter().all(|text| item_holds(item, text)),
    }
}

fn texts(property: Property, subject: &impl Subject) -> &[String] {
    match subject.value(property) {
        Value::Texts(texts) => texts,
        Value::Text(_) | Value::Boolean(_) => &[],
    }
}

fn item_holds(item: &Item, said: &str) -> bool {
    match item {
        Item::And(parts) => parts.iter().all(|part| item_holds(part, said)),
        Item::Or(parts) => parts.iter().any(|part| item_holds(part, said)),
        Item::Not(part) => !item_holds(part, said),
        Item::Test(test) => meets(test, Value::Text(Some(said))),
    }
}

/// A text that is not there equals nothing, begins with nothing and holds nothing.
fn meets(test: &Test, value: Value<'_>) -> bool {
    let said = match value {
        Value::Text(said) => said,
        Value::Boolean(is) => return matches!(test, Test::True(wanted) if *wanted == is),
        Value::Texts(_) => None,
    };
    let check = |wanted: bool, test: &dyn Fn(&str) -> bool| said.is_some_and(|said| test(&fold(said))) == wanted;
    match test {
        Test::Present(wanted) => said.is_some_and(|said| !said.is_empty()) == *wanted,
        Test::True(_) => false,
        Test::Equals(other, wanted) => check(*wanted, &|said| said == other),
        Test::Among(others, wanted) => check(*wanted, &|said| others.iter().any(|other| said == other)),
        Test::StartsWith(start, wanted) => check(*wanted, &|said| said.starts_with(start.as_str())),
        Test::Contains(part, wanted) => check(*wanted, &|said| said.contains(part.as_str())),
        Test::Matches(pattern, wanted) => said.is_some_and(|said| pattern.is_match(said)) == *wanted,
    }
}
