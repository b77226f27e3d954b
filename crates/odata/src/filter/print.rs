//! Printing a `$filter` with no more parentheses than it needs.

use std::fmt;

use super::tree::{Expression, Lambda};
use crate::literal::quoted;

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::And(operands) => join(f, operands, " and "),
            Self::Or(operands) => join(f, operands, " or "),
            Self::Not(operand) => write!(f, "not ({operand})"),
            Self::Compare { path, operator, value } => write!(f, "{path} {} {value}", operator.as_str()),
            Self::Has { path, value } => write!(f, "{path} has {value}"),
            Self::In { path, values } => {
                let values: Vec<String> = values.iter().map(ToString::to_string).collect();
                write!(f, "{path} in ({})", values.join(","))
            }
            Self::Function { function, path, value } => write!(f, "{}({path},{})", function.as_str(), quoted(value)),
            Self::Count { collection, operator, value } => {
                write!(f, "{collection}/$count {} {value}", operator.as_str())
            }
            Self::Any { collection, lambda: None } => write!(f, "{collection}/any()"),
            Self::Any { collection, lambda: Some(lambda) } => write!(f, "{collection}/any({lambda})"),
            Self::All { collection, lambda } => write!(f, "{collection}/all({lambda})"),
        }
    }
}

impl fmt::Display for Lambda {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.variable, self.predicate)
    }
}

fn join(f: &mut fmt::Formatter<'_>, operands: &[Expression], connective: &str) -> fmt::Result {
    for (at, operand) in operands.iter().enumerate() {
        if at > 0 {
            f.write_str(connective)?;
        }
        if needs_parentheses(operand, connective) {
            write!(f, "({operand})")?;
        } else {
            write!(f, "{operand}")?;
        }
    }
    Ok(())
}

/// A connective inside its own kind keeps its parentheses, so that parsing yields the same tree and not a flatter one.
fn needs_parentheses(operand: &Expression, connective: &str) -> bool {
    match operand {
        Expression::Or(_) => true,
        Expression::And(_) => connective == " and ",
        _ => false,
    }
}
