//! The tree of a `$filter`.

use crate::literal::Literal;
use crate::path::Path;

/// A boolean expression. In each variant the names from the client are [`Path`]s and the values are separate.
///
/// `Display` prints canonical `OData` text, not percent-encoded, which parses to an equal tree.
#[derive(Debug, Clone, PartialEq)]
pub enum Expression {
    /// All operands hold. At least two operands.
    And(Vec<Expression>),
    /// One operand holds. At least two operands.
    Or(Vec<Expression>),
    /// The operand does not hold.
    Not(Box<Expression>),
    /// `path operator value`
    Compare {
        /// The property.
        path: Path,
        /// How to compare.
        operator: ComparisonOperator,
        /// What to compare with.
        value: Literal,
    },
    /// `path has value`: a flags enumeration contains the member.
    Has {
        /// The property.
        path: Path,
        /// The flags to look for.
        value: Literal,
    },
    /// `path in (value, ..)`
    In {
        /// The property.
        path: Path,
        /// The accepted values, at least one.
        values: Vec<Literal>,
    },
    /// `function(path,'value')`
    Function {
        /// Which test of a text property.
        function: StringFunction,
        /// The property.
        path: Path,
        /// The text to look for.
        value: String,
    },
    /// `collection/$count operator value`
    Count {
        /// The collection whose items are counted.
        collection: Path,
        /// How to compare.
        operator: ComparisonOperator,
        /// The number to compare with.
        value: u32,
    },
    /// `collection/any(..)`: some item satisfies the lambda; without a lambda, the collection is not empty.
    Any {
        /// The collection.
        collection: Path,
        /// The test of one item.
        lambda: Option<Lambda>,
    },
    /// `collection/all(..)`: every item satisfies the lambda.
    All {
        /// The collection.
        collection: Path,
        /// The test of one item.
        lambda: Lambda,
    },
}

/// The test of one item of a collection. Paths that start from the item carry `variable`; others start from the
/// object outside, or from the variable of an outer lambda.
#[derive(Debug, Clone, PartialEq)]
pub struct Lambda {
    /// The range variable, different from those of the lambdas around it.
    pub variable: String,
    /// What has to hold.
    pub predicate: Box<Expression>,
}

/// A comparison of one property with one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ComparisonOperator {
    /// `eq`
    Equal,
    /// `ne`
    NotEqual,
    /// `gt`
    GreaterThan,
    /// `ge`
    GreaterOrEqual,
    /// `lt`
    LessThan,
    /// `le`
    LessOrEqual,
}

impl ComparisonOperator {
    /// Every operator.
    pub const ALL: [Self; 6] =
        [Self::Equal, Self::NotEqual, Self::GreaterThan, Self::GreaterOrEqual, Self::LessThan, Self::LessOrEqual];

    /// The `OData` keyword.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "eq",
            Self::NotEqual => "ne",
            Self::GreaterThan => "gt",
            Self::GreaterOrEqual => "ge",
            Self::LessThan => "lt",
            Self::LessOrEqual => "le",
        }
    }
}

/// A boolean function over a text property.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StringFunction {
    /// `startsWith`
    StartsWith,
    /// `endsWith`
    EndsWith,
    /// `contains`
    Contains,
}

impl StringFunction {
    /// Every function.
    pub const ALL: [Self; 3] = [Self::StartsWith, Self::EndsWith, Self::Contains];

    /// The name as Graph documents it; any letter case is accepted on input.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::StartsWith => "startsWith",
            Self::EndsWith => "endsWith",
            Self::Contains => "contains",
        }
    }
}
