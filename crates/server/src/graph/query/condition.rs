//! A checked condition: only columns of the program, only bound values.

use super::property::Related;
use super::word::BOUNDARIES;
use database::{Query, Timestamp};
use uuid::Uuid;

/// The longest list that is filled up, in values.
const LONGEST: usize = 4096;

/// A condition on one row. It knows two outcomes only: where SQL would say NULL, it does not hold.
#[derive(Debug, Clone)]
pub enum Condition {
    /// All hold; of none it holds.
    And(Vec<Self>),
    /// One holds; of none it does not.
    Or(Vec<Self>),
    /// It does not hold.
    Not(Box<Self>),
    /// The column compares with the value.
    Compare {
        /// The column.
        column: &'static str,
        /// The SQL operator with blanks around it.
        operator: &'static str,
        /// The value.
        value: Value,
    },
    /// The column is true, or false. Written out instead of bound, so that partial indexes are found.
    Boolean {
        /// The column.
        column: &'static str,
        /// What it is.
        is: bool,
    },
    /// The column is one of the values.
    Among {
        /// The column.
        column: &'static str,
        /// The values, at least one.
        values: Vec<Value>,
    },
    /// The column has no value.
    Null(&'static str),
    /// The text matches a LIKE pattern with `\` as escape.
    Like {
        /// The column.
        column: &'static str,
        /// The pattern.
        pattern: String,
    },
    /// Some row of the related table meets the condition.
    Exists {
        /// The related table.
        related: &'static Related,
        /// The condition on its row.
        condition: Box<Self>,
    },
    /// Nothing matches.
    Never,
}

/// A value to bind.
#[derive(Debug, Clone)]
pub enum Value {
    /// Text in the form of its column.
    Text(String),
    /// An instant.
    Instant(Timestamp),
    /// A UUID.
    Id(Uuid),
    /// A number.
    Number(i64),
}

impl Value {
    pub(super) fn bind(self, query: &mut Query<'_>) {
        match self {
            Self::Text(text) => query.value(text),
            Self::Instant(instant) => query.value(instant),
            Self::Id(id) => query.value(id),
            Self::Number(number) => query.value(number),
        };
    }
}

impl Condition {
    /// It holds of every row.
    pub fn always() -> Self {
        Self::Not(Box::new(Self::Never))
    }

    /// The column equals this text.
    pub const fn equal(column: &'static str, text: String) -> Self {
        Self::Compare { column, operator: " = ", value: Value::Text(text) }
    }

    /// The column is one of these ids, of which there is one at least.
    pub fn one_of(column: &'static str, ids: impl IntoIterator<Item = Uuid>) -> Self {
        Self::Among { column, values: ids.into_iter().map(Value::Id).collect() }
    }

    /// The column begins with `prefix`. A range instead of a LIKE: both engines find it in an index.
    pub fn prefix(column: &'static str, prefix: &str) -> Self {
        let bound = |operator, text| Self::Compare { column, operator, value: Value::Text(text) };
        let mut bounds = vec![bound(" >= ", prefix.to_owned())];
        if let Some(end) = successor(prefix) {
            bounds.push(bound(" < ", end));
        }
        Self::And(bounds)
    }

    /// The text ends with `suffix`, where no column has it [`reversed`].
    pub fn suffix(column: &'static str, suffix: &str) -> Self {
        Self::Like { column, pattern: format!("%{}", escape(suffix)) }
    }

    /// Some word of the column begins with `word`, of those that [`super::words`] tells apart.
    pub fn word(column: &'static str, word: &str) -> Self {
        let inside = BOUNDARIES.map(|boundary| {
            let boundary = escape(boundary.encode_utf8(&mut [0; 4]));
            Self::Like { column, pattern: format!("%{boundary}{}%", escape(word)) }
        });
        Self::Or(std::iter::once(Self::prefix(column, word)).chain(inside).collect())
    }

    /// The column and the bounds of a condition that is a range of texts: from the first on, up to and without the second.
    pub fn range(&self) -> Option<(&'static str, &str, Option<&str>)> {
        let Self::And(bounds) = self else { return None };
        match bounds.as_slice() {
            [Self::Compare { column, operator: " >= ", value: Value::Text(from) }] => {
                Some((*column, from.as_str(), None))
            }
            [
                Self::Compare { column, operator: " >= ", value: Value::Text(from) },
                Self::Compare { column: other, operator: " < ", value: Value::Text(to) },
            ] if column == other => Some((*column, from.as_str(), Some(to.as_str()))),
            _ => None,
        }
    }

    /// Whether whoever meets this has a text in the column that lies in one range.
    pub fn leads_by(&self, column: &str) -> bool {
        match self {
            Self::And(parts) if self.range().is_none() => parts.iter().any(|part| part.leads_by(column)),
            _ => self.range().is_some_and(|(of, ..)| of == column),
        }
    }

    /// Whether whoever meets this has one of the named values in the column, or one in a range with both ends: an index of the
    /// column leads to them.
    pub(super) fn bounds(&self, column: &str) -> bool {
        match self {
            Self::And(parts) => match self.range() {
                Some((of, _, to)) => of == column && to.is_some(),
                None => parts.iter().any(|part| part.bounds(column)),
            },
            Self::Or(parts) => parts.iter().all(|part| part.bounds(column)),
            Self::Compare { column: of, operator, .. } => *of == column && *operator == " = ",
            Self::Among { column: of, .. } => *of == column,
            _ => false,
        }
    }

    /// How many of its related tables it looks through because no index leads to what is asked for.
    pub(super) fn looks(&self) -> usize {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().map(Self::looks).sum(),
            Self::Not(part) => part.looks(),
            Self::Exists { related, condition } => usize::from(related.is_looked_through(condition, false)),
            _ => 0,
        }
    }

    /// Continues the statement with this condition, in parentheses.
    pub fn write(self, query: &mut Query<'_>) {
        match self {
            // Nothing to hold holds, and one of nothing does not.
            Self::And(operands) if operands.is_empty() => {
                query.push("(1 = 1)");
            }
            Self::Or(operands) if operands.is_empty() => Self::Never.write(query),
            Self::And(operands) => join(query, operands, " AND "),
            Self::Or(operands) => join(query, operands, " OR "),
            Self::Not(operand) => {
                query.push("((");
                operand.write(query);
                query.push(") IS NOT TRUE)");
            }
            Self::Compare { column, operator, value } => {
                query.push("(").push(column).push(operator);
                value.bind(query);
                query.push(")");
            }
            Self::Boolean { column, is } => {
                query.push(if is { "(" } else { "(NOT " }).push(column).push(")");
            }
            Self::Among { column, values } => among(query, column, values),
            Self::Null(column) => {
                query.push("(").push(column).push(" IS NULL)");
            }
            Self::Like { column, pattern } => {
                query.push("(").push(column).push(" LIKE ").value(pattern).push(" ESCAPE '\\')");
            }
            Self::Exists { related, condition } => {
                query.push(related.subquery);
                condition.write(query);
                query.push(")");
            }
            Self::Never => {
                query.push("(1 = 0)");
            }
        }
    }
}

fn join(query: &mut Query<'_>, operands: Vec<Condition>, connective: &'static str) {
    query.push("(");
    for (at, operand) in operands.into_iter().enumerate() {
        if at > 0 {
            query.push(connective);
        }
        operand.write(query);
    }
    query.push(")");
}

/// The list is filled up with its last value, which changes nothing: an engine plans and keeps a statement for each number of values.
fn among(query: &mut Query<'_>, column: &'static str, mut values: Vec<Value>) {
    if let Some(last) = values.last().cloned() {
        values.resize(filled(values.len()), last);
    }
    query.push("(").push(column).push(" IN (");
    for (at, value) in values.into_iter().enumerate() {
        if at > 0 {
            query.push(", ");
        }
        value.bind(query);
    }
    query.push("))");
}

/// How many values a list of so many is filled up to: the next power of two. What is longer than any list that people page through
/// stays as it is: an engine takes only so many values.
const fn filled(values: usize) -> usize {
    if values <= LONGEST { values.next_power_of_two() } else { values }
}

/// The first text behind all that begin with `prefix`, in the order of code points, which is the order of UTF-8 bytes
/// and of both engines. `None` if there is no end.
fn successor(prefix: &str) -> Option<String> {
    let mut text = prefix.to_owned();
    while let Some(last) = text.pop() {
        let next = match last {
            // Between these two lie the surrogates, which are no characters.
            '\u{d7ff}' => Some('\u{e000}'),
            _ => char::from_u32(u32::from(last) + 1),
        };
        if let Some(next) = next {
            text.push(next);
            return Some(text);
        }
    }
    None
}

/// The text backwards, in which its end is a beginning.
pub fn reversed(text: &str) -> String {
    text.chars().rev().collect()
}

/// Makes the wildcards of LIKE stand for themselves.
fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_prefix_is_the_next_character_in_its_last_place() {
        assert_eq!(successor("ab"), Some("ac".to_owned()));
        assert_eq!(successor("a\u{10ffff}"), Some("b".to_owned()));
        assert_eq!(successor("\u{d7ff}"), Some("\u{e000}".to_owned()));
        assert_eq!(successor(""), None);
    }

    #[test]
    fn lists_have_few_lengths() {
        let lengths: std::collections::BTreeSet<_> = (1..=2_000).map(filled).collect();
        assert_eq!(lengths.len(), 12, "{lengths:?}");
        assert_eq!([1, 2, 3, 2_000, LONGEST, LONGEST + 1].map(filled), [1, 2, 4, 2_048, LONGEST, LONGEST + 1]);
    }

    #[test]
    fn a_prefix_is_a_range() {
        assert_eq!(Condition::prefix("c", "ab").range(), Some(("c", "ab", Some("ac"))));
        assert_eq!(Condition::prefix("c", "").range(), Some(("c", "", None)));
        assert_eq!(Condition::equal("c", "ab".to_owned()).range(), None);
    }

    #[test]
    fn wildcards_are_escaped() {
        assert_eq!(escape(r"100%_\"), r"100\%\_\\");
    }
}
