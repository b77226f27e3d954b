//! `$filter`: a boolean expression over the properties of one object.

pub(crate) mod parse;
mod print;
mod tree;

pub use tree::{ComparisonOperator, Expression, Lambda, StringFunction};
