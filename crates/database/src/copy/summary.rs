//! What a table holds, in two numbers.

use aws_lc_rs::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};

/// A value in one of the forms that both engines have; `None` is NULL.
pub(super) enum Value {
    Integer(Option<i64>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
}

/// How many rows a table has, and a checksum of them that does not depend on their order: it finds damage and slips of
/// a copy, and is no defence against forgery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// The table.
    pub table: String,
    /// Its rows.
    pub rows: u64,
    /// The sum of the rows' SHA-256, cut to 128 bits, in hexadecimal.
    pub checksum: String,
}

/// A summary while rows come in.
#[derive(Default)]
pub(super) struct Sum {
    rows: u64,
    checksum: u128,
}

impl Sum {
    pub(super) fn add(&mut self, row: &[Value]) {
        let mut context = Context::new(&SHA256);
        for value in row {
            match value {
                Value::Integer(Some(value)) => field(&mut context, b'i', &value.to_be_bytes()),
                Value::Text(Some(value)) => field(&mut context, b't', value.as_bytes()),
                Value::Bytes(Some(value)) => field(&mut context, b'b', value),
                Value::Integer(None) | Value::Text(None) | Value::Bytes(None) => context.update(b"0"),
            }
        }
        let digest = context.finish();
        let start = digest.as_ref().first_chunk().map_or(0, |bytes| u128::from_be_bytes(*bytes));
        self.checksum = self.checksum.wrapping_add(start);
        self.rows += 1;
    }

    pub(super) fn of(self, table: &str) -> Summary {
        Summary { table: table.to_owned(), rows: self.rows, checksum: format!("{:032x}", self.checksum) }
    }
}

/// The length stands in front, so that no two rows of different fields read the same.
fn field(context: &mut Context, kind: u8, bytes: &[u8]) {
    context.update(&[kind]);
    context.update(&(bytes.len() as u64).to_be_bytes());
    context.update(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(rows: &[[&str; 2]]) -> Summary {
        let mut sum = Sum::default();
        for row in rows {
            sum.add(&row.map(|text| Value::Text(Some(text.to_owned()))));
        }
        sum.of("t")
    }

    #[test]
    fn order_does_not_matter_and_everything_else_does() {
        let whole = sum(&[["a", "b"], ["c", "d"]]);
        assert_eq!(whole, sum(&[["c", "d"], ["a", "b"]]));
        for other in [&[["a", "b"], ["c", "e"]][..], &[["a", "b"]], &[["ab", ""], ["c", "d"]]] {
            assert_ne!(whole.checksum, sum(other).checksum);
        }
        let mut empty = Sum::default();
        empty.add(&[Value::Text(None)]);
        let mut blank = Sum::default();
        blank.add(&[Value::Text(Some(String::new()))]);
        assert_ne!(empty.of("t"), blank.of("t"));
    }
}
