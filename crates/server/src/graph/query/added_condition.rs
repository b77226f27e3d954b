//! Conditions on properties that an organisation added. Their values are rows of one table, found by the property and the value.

use super::added::{Added, AddedProperty, Addition};
use super::condition::{Condition, Value};
use super::filter::needs_advanced;
use crate::graph::Error;
use odata::{ComparisonOperator, Expression, Literal, Path, StringFunction};

impl Added {
    /// The condition that an expression about one of these properties is; `None` for one about anything else.
    pub(super) fn condition(&self, expression: &Expression, advanced: bool) -> Option<Result<Condition, Error>> {
        let property = self.find(subject(expression)?)?;
        Some(ConditionReader { addition: self.addition?, property, advanced }.read(expression))
    }
}

/// The property an expression is about, as a path from the object.
fn subject(expression: &Expression) -> Option<&str> {
    let path = match expression {
        Expression::Compare { path, .. }
        | Expression::In { path, .. }
        | Expression::Function { path, .. }
        | Expression::Has { path, .. } => path,
        Expression::Any { collection, .. }
        | Expression::All { collection, .. }
        | Expression::Count { collection, .. } => collection,
        Expression::And(_) | Expression::Or(_) | Expression::Not(_) => return None,
    };
    path.variable().is_none().then(|| path.property())
}

/// Reads conditions on one property.
struct ConditionReader<'a> {
    addition: &'static Addition,
    property: &'a AddedProperty,
    advanced: bool,
}

impl ConditionReader<'_> {
    /// What has no value differs from every value, and equals null.
    fn read(&self, expression: &Expression) -> Result<Condition, Error> {
        match expression {
            Expression::Any { lambda, .. } if self.property.is_collection => {
                let value = lambda.as_ref().map(|lambda| self.value(&lambda.predicate, Some(lambda.variable.as_str())));
                Ok(self.exists(value.transpose()?))
            }
            _ if self.property.is_collection => Err(self.unsupported(word(expression))),
            Expression::Compare { operator: ComparisonOperator::Equal, value: Literal::Null, .. } => Ok(self.absent()),
            Expression::Compare { operator: ComparisonOperator::NotEqual, path, value } => {
                needs_advanced(self.advanced, "ne")?;
                let (operator, path, value) = (ComparisonOperator::Equal, path.clone(), value.clone());
                let equal = self.read(&Expression::Compare { path, operator, value })?;
                Ok(Condition::Not(Box::new(equal)))
            }
            Expression::In { values, .. } if values.contains(&Literal::Null) => {
                let given: Vec<Literal> = values.iter().filter(|value| **value != Literal::Null).cloned().collect();
                let mut either = vec![self.absent()];
                if !given.is_empty() {
                    either.push(self.exists(Some(self.among(&given)?)));
                }
                Ok(Condition::Or(either))
            }
            _ => Ok(self.exists(Some(self.value(expression, None)?))),
        }
    }

    /// What one value must meet; inside a lambda, whose variable is the value, tests can be put together.
    fn value(&self, expression: &Expression, variable: Option<&str>) -> Result<Condition, Error> {
        let all = |operands: &[Expression]| {
            operands.iter().map(|operand| self.value(operand, variable)).collect::<Result<Vec<_>, _>>()
        };
        match expression {
            Expression::And(operands) if variable.is_some() => all(operands).map(Condition::And),
            Expression::Or(operands) if variable.is_some() => all(operands).map(Condition::Or),
            Expression::Compare { path, operator: ComparisonOperator::Equal, value } => {
                self.check(path, variable)?;
                Ok(Condition::equal(self.addition.text, self.compared(value)?))
            }
            Expression::In { path, values } => {
                self.check(path, variable)?;
                self.among(values)
            }
            Expression::Function { function: StringFunction::StartsWith, path, value } if self.property.is_text => {
                self.check(path, variable)?;
                let beginning = self.compared(&Literal::String(value.clone()))?;
                Ok(Condition::prefix(self.addition.text, &beginning))
            }
            _ => Err(self.unsupported(word(expression))),
        }
    }

    /// Inside a lambda only the value itself is asked about.
    fn check(&self, path: &Path, variable: Option<&str>) -> Result<(), Error> {
        let is_own = match variable {
            None => path.variable().is_none(),
            Some(variable) => path.variable() == Some(variable) && path.property().is_empty(),
        };
        if is_own {
            return Ok(());
        }
        let message = format!("Unsupported Query. '{path}' is not served inside a lambda.");
        Err(Error::unsupported_query(message).with_target(self.property.name.clone()))
    }

    fn among(&self, values: &[Literal]) -> Result<Condition, Error> {
        let values = values.iter().map(|value| self.compared(value).map(Value::Text)).collect::<Result<Vec<_>, _>>()?;
        Ok(Condition::Among { column: self.addition.text, values })
    }

    fn compared(&self, literal: &Literal) -> Result<String, Error> {
        let name = &self.property.name;
        let Some(compared) = self.property.compared else {
            let message = format!("Unsupported Query. Property '{name}' does not support filtering.");
            return Err(Error::unsupported_query(message).with_target(name.clone()));
        };
        compared(literal).ok_or_else(|| {
            let message = format!("Invalid filter clause: {literal} is not a value of property '{name}'.");
            Error::bad_request(message).with_target(name.clone())
        })
    }

    /// There is a value, and it meets the condition.
    fn exists(&self, value: Option<Condition>) -> Condition {
        let of_property =
            Condition::Compare { column: self.addition.property, operator: " = ", value: Value::Id(self.property.id) };
        let parts = std::iter::once(of_property).chain(value).collect();
        Condition::Exists { related: self.addition.values, condition: Box::new(Condition::And(parts)) }
    }

    fn absent(&self) -> Condition {
        Condition::Not(Box::new(self.exists(None)))
    }

    fn unsupported(&self, operator: &str) -> Error {
        let name = &self.property.name;
        let message = format!("Unsupported Query. Operator '{operator}' is not supported on property '{name}'.");
        Error::unsupported_query(message).with_target(name.clone())
    }
}

/// The operator of an expression.
fn word(expression: &Expression) -> &'static str {
    match expression {
        Expression::And(_) => "and",
        Expression::Or(_) => "or",
        Expression::Not(_) => "not",
        Expression::Compare { operator, .. } => operator.as_str(),
        Expression::Has { .. } => "has",
        Expression::In { .. } => "in",
        Expression::Function { function, .. } => function.as_str(),
        Expression::Count { .. } => "$count",
        Expression::Any { .. } => "any",
        Expression::All { .. } => "all",
    }
}
