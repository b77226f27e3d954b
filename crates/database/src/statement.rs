//! Statements that know where they were written.

/// One SQL text, and where it stands in the source.
#[derive(Debug)]
pub struct Statement {
    /// The text, with `$1` placeholders.
    pub text: &'static str,
    /// The source file.
    pub file: &'static str,
    /// The line in it.
    pub line: u32,
    /// Why the statement names no tenant; `None` for a statement that does.
    pub across: Option<&'static str>,
    /// The highest `$n` in the text.
    pub placeholders: usize,
    /// The table it writes to; `None` for one that reads.
    pub writes: Option<&'static str>,
}

impl Statement {
    /// Used by [`crate::sql!`].
    #[doc(hidden)]
    pub const fn new(text: &'static str, file: &'static str, line: u32, across: Option<&'static str>) -> Self {
        Self { text, file, line, across, placeholders: highest_placeholder(text), writes: written_table(text) }
    }

    /// File and line, for messages.
    pub fn place(&self) -> String {
        format!("{}:{}", self.file, self.line)
    }
}

/// An entry of the registry.
#[doc(hidden)]
pub struct Registered(pub &'static Statement);

inventory::collect!(Registered);

/// Every statement in the program, in no particular order.
pub fn registered() -> impl Iterator<Item = &'static Statement> {
    inventory::iter::<Registered>.into_iter().map(|entry| entry.0)
}

/// Writes a statement that belongs to one tenant: an INSERT binds `$1` to `tenant_id`, every other statement compares
/// the `tenant_id` of each of its tables with `$1`, directly or by join. A test reads the registry and holds it to that.
#[macro_export]
macro_rules! sql {
    ($text:expr) => {
        $crate::sql!(@register $text, None)
    };
    (@register $text:expr, $across:expr) => {{
        static STATEMENT: $crate::Statement = $crate::Statement::new($text, file!(), line!(), $across);
        $crate::private::inventory::submit! { $crate::Registered(&STATEMENT) }
        &STATEMENT
    }};
}

/// Writes a statement that must look across tenants, with the reason.
#[macro_export]
macro_rules! sql_across {
    ($reason:literal, $text:expr) => {
        $crate::sql!(@register $text, Some($reason))
    };
}

/// The highest `$n` in a text. Quoted text is not skipped: a literal with a dollar sign and a digit is bound instead.
const fn highest_placeholder(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut highest, mut at) = (0, 0);
    while at < bytes.len() {
        if bytes[at] != b'$' {
            at += 1;
            continue;
        }
        let (mut number, mut digit) = (0usize, at + 1);
        while digit < bytes.len() && bytes[digit].is_ascii_digit() {
            number = number * 10 + (bytes[digit] - b'0') as usize;
            digit += 1;
        }
        if number > highest {
            highest = number;
        }
        at = digit;
    }
    highest
}

/// The table of an INSERT, UPDATE or DELETE: the word after the words it begins with. An update that sets a column to
/// itself only locks, and changes nothing.
const fn written_table(text: &'static str) -> Option<&'static str> {
    let starts: [&[u8]; 3] = [b"INSERT INTO ", b"UPDATE ", b"DELETE FROM "];
    let bytes = text.as_bytes();
    let mut which = 0;
    while which < starts.len() {
        let start = starts[which];
        if begins_with(bytes, start) {
            let (mut end, rest) = (0, bytes.split_at(start.len()).1);
            while end < rest.len() && (rest[end] == b'_' || rest[end].is_ascii_alphanumeric()) {
                end += 1;
            }
            return match std::str::from_utf8(rest.split_at(end).0) {
                Ok(table) if !only_locks(rest.split_at(end).1) => Some(table),
                _ => None,
            };
        }
        which += 1;
    }
    None
}

/// Whether the rest of an update is ` SET a = a WHERE ..`.
const fn only_locks(rest: &[u8]) -> bool {
    const SET: &[u8] = b" SET ";
    if !begins_with(rest, SET) {
        return false;
    }
    let rest = rest.split_at(SET.len()).1;
    let mut end = 0;
    while end < rest.len() && rest[end] != b' ' {
        end += 1;
    }
    let (column, rest) = rest.split_at(end);
    if !begins_with(rest, b" = ") {
        return false;
    }
    let rest = rest.split_at(3).1;
    begins_with(rest, column) && begins_with(rest.split_at(column.len()).1, b" WHERE ")
}

const fn begins_with(bytes: &[u8], start: &[u8]) -> bool {
    let mut at = 0;
    while at < start.len() {
        if at >= bytes.len() || bytes[at] != start[at] {
            return false;
        }
        at += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::{highest_placeholder, written_table};

    #[test]
    fn a_statement_knows_the_table_it_writes_to() {
        assert_eq!(written_table("INSERT INTO left_side (id) VALUES ($1)"), Some("left_side"));
        assert_eq!(written_table("UPDATE tenant\n SET name = $2"), Some("tenant"));
        assert_eq!(written_table("DELETE FROM session WHERE tenant_id = $1"), Some("session"));
        assert_eq!(written_table("SELECT a FROM session"), None);
        assert_eq!(written_table("UPDATE tenant SET version = version WHERE id = $1"), None);
        assert_eq!(written_table("UPDATE tenant SET version = version + 1 WHERE id = $1"), Some("tenant"));
    }

    #[test]
    fn the_highest_placeholder_counts_each_number_once() {
        assert_eq!(highest_placeholder("SELECT 1"), 0);
        assert_eq!(highest_placeholder("a = $2 AND b = $1 OR c = $2"), 2);
        assert_eq!(highest_placeholder("$1,$12,$3"), 12);
    }
}
