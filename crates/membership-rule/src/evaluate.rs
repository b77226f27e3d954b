//! Whether a person meets a rule.

use crate::property::{Property, Subject, Value};
use crate::rule::{Expression, Item, Test, fold};

pub(crate) fn holds(expression: &Expression, subject: &impl Subject) -> bool {
    match expression {
        Expression::And(parts) => parts.iter().all(|part| holds(part, subject)),
        Expression::Or(parts) => parts.iter().any(|part| holds(part, subject)),
        Expression::Not(part) => !holds(part, subject),
        Expression::Test(property, test) => meets(test, subject.value(*property)),
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

fn item_holds(item: &Item, text: &str) -> bool {
    match item {
        Item::And(parts) => parts.iter().all(|part| item_holds(part, text)),
        Item::Or(parts) => parts.iter().any(|part| item_holds(part, text)),
        Item::Not(part) => !item_holds(part, text),
        Item::Test(test) => meets(test, Value::Text(Some(text))),
    }
}

/// A text that is not there equals nothing, begins with nothing and holds nothing.
fn meets(test: &Test, value: Value<'_>) -> bool {
    let text = match value {
        Value::Text(text) => text,
        Value::Boolean(is) => return matches!(test, Test::True(wanted) if *wanted == is),
        Value::Texts(_) => None,
    };
    let check = |wanted: bool, test: &dyn Fn(&str) -> bool| text.is_some_and(|text| test(&fold(text))) == wanted;
    match test {
        Test::Present(wanted) => text.is_some_and(|text| !text.is_empty()) == *wanted,
        Test::True(_) => false,
        Test::Equals(other, wanted) => check(*wanted, &|text| text == other),
        Test::Among(others, wanted) => check(*wanted, &|text| others.iter().any(|other| text == other)),
        Test::StartsWith(start, wanted) => check(*wanted, &|text| text.starts_with(start.as_str())),
        Test::Contains(part, wanted) => check(*wanted, &|text| text.contains(part.as_str())),
        Test::Matches(pattern, wanted) => text.is_some_and(|text| pattern.is_match(text)) == *wanted,
    }
}
