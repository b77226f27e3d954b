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
}

impl Statement {
    /// Used by [`crate::sql!`].
    #[doc(hidden)]
    pub const fn new(text: &'static str, file: &'static str, line: u32, across: Option<&'static str>) -> Self {
        Self { text, file, line, across, placeholders: highest_placeholder(text) }
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

#[cfg(test)]
mod tests {
    use super::highest_placeholder;

    #[test]
    fn the_highest_placeholder_counts_each_number_once() {
        assert_eq!(highest_placeholder("SELECT 1"), 0);
        assert_eq!(highest_placeholder("a = $2 AND b = $1 OR c = $2"), 2);
        assert_eq!(highest_placeholder("$1,$12,$3"), 12);
    }
}
