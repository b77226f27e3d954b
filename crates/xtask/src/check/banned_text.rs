//! Texts that undo a promise of the house: transactions begun by hand, unescaped HTML, inline styles, and examples that
//! look as if they were run.

use super::Violation;
use crate::source::{File, Rust, line_of, words};

/// Words that open or close a transaction when an SQL statement starts with them.
const TRANSACTION_WORDS: &[&str] = &["BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE"];

/// Checks our Rust sources and templates.
pub fn check(files: &[File]) -> Vec<Violation> {
    files.iter().flat_map(check_file).collect()
}

fn check_file(file: &File) -> Vec<Violation> {
    if !file.path.starts_with("crates/") || file.path.starts_with("crates/xtask/") {
        Vec::new()
    } else if file.has_extension("rs") && !file.path.starts_with("crates/database/") {
        let mut violations = transactions_by_hand(file);
        if file.path.starts_with("crates/server/") {
            violations.extend(examples(file));
        }
        violations
    } else if file.has_extension("html") {
        templates(file)
    } else {
        Vec::new()
    }
}

/// A transaction begun as text is not rolled back when its task is cancelled; only `database` begins one.
fn transactions_by_hand(file: &File) -> Vec<Violation> {
    Rust::parse(&file.text)
        .literals
        .iter()
        .filter(|(_, text)| text.split(';').any(controls_a_transaction))
        .map(|(at, _)| {
            Violation::at_line(
                file,
                line_of(&file.text, *at),
                "a transaction by hand; begin and commit through the database crate",
            )
        })
        .collect()
}

fn controls_a_transaction(statement: &str) -> bool {
    let first = statement.split_whitespace().next().unwrap_or_default();
    TRANSACTION_WORDS.contains(&first)
}

/// The manifest of the server switches its doc tests off: an example in its documentation would never be compiled.
fn examples(file: &File) -> Vec<Violation> {
    let (mut violations, mut is_inside) = (Vec::new(), false);
    for (index, line) in file.text.lines().enumerate() {
        let line = line.trim_start();
        let Some(words) = line.strip_prefix("///").or_else(|| line.strip_prefix("//!")) else {
            is_inside = false;
            continue;
        };
        let Some(language) = words.trim().strip_prefix("```") else { continue };
        if !is_inside && is_rust(language) {
            violations.push(Violation::at_line(file, index + 1, "an example that nothing runs; write a test"));
        }
        is_inside = !is_inside;
    }
    violations
}

/// Whether rustdoc takes a block of code with these words for Rust to be compiled.
fn is_rust(language: &str) -> bool {
    let mut words = language.split([',', ' ']);
    language.is_empty() || words.any(|word| matches!(word, "rust" | "should_panic" | "no_run" | "compile_fail"))
}

fn templates(file: &File) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut ban = |at: usize, message: &str| {
        violations.push(Violation::at_line(file, line_of(&file.text, at), message));
    };
    for at in words(&file.text, "safe") {
        if file.text[..at].trim_end().ends_with('|') {
            ban(at, "the filter `safe` switches escaping off");
        }
    }
    for at in words(&file.text, "autoescape") {
        ban(at, "escaping is not switched off");
    }
    if !is_mail(&file.path) {
        for at in words(&file.text, "style") {
            if file.text[at + "style".len()..].trim_start().starts_with('=') && is_attribute(&file.text, at) {
                ban(at, "the content security policy forbids inline styles; write a class");
            }
        }
    }
    violations
}

/// An attribute follows white space; `data-style=` and `?style=` do not.
fn is_attribute(text: &str, at: usize) -> bool {
    text[..at].ends_with(|before: char| before.is_whitespace() || before == '"' || before == '\'')
}

/// Mail programs know no stylesheet, so mails carry their style inline.
fn is_mail(path: &str) -> bool {
    path.split('/').any(|part| part == "mail" || part == "mails" || part == "mail.html" || part.ends_with("_mail.html"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> usize {
        check(&[File { path: path.to_owned(), text: text.to_owned() }]).len()
    }

    #[test]
    fn transactions_begin_in_the_database_crate_only() {
        let bad = "query(\"BEGIN IMMEDIATE\"); query(\"DELETE FROM x; COMMIT\")";
        assert_eq!(found("crates/server/src/users/store.rs", bad), 2);
        assert_eq!(found("crates/database/src/transaction.rs", bad), 0);
    }

    #[test]
    fn other_beginnings_are_none() {
        let good = "// BEGIN\nlet x = \"-----BEGIN CERTIFICATE-----\"; begin(\"Begin here\");";
        assert_eq!(found("crates/server/src/users/store.rs", good), 0);
    }

    #[test]
    fn examples_stand_where_they_are_run() {
        let text = "/// ```\n/// f();\n/// ```\nfn f() {}\n    //! ```rust\n    //! g();\n    //! ```\n\
            /// ```text\n/// no code\n/// ```\n";
        assert_eq!(found("crates/server/src/users/mod.rs", text), 2);
        assert_eq!(found("crates/odata/src/lib.rs", text), 0);
    }

    #[test]
    fn escaping_stays_on() {
        let path = "crates/server/src/users/pages/list.html";
        assert_eq!(found(path, "{{ name|safe }}{{ name | safe }}"), 2);
        assert_eq!(found(path, "{% autoescape false %}"), 1);
        assert_eq!(found(path, "{{ name }} is safe"), 0);
    }

    #[test]
    fn styles_are_classes_except_in_mail() {
        let text = "<p style=\"color:red\"><p data-style=x><a href=\"?style=x\"><style>";
        assert_eq!(found("crates/server/src/users/pages/list.html", text), 1);
        assert_eq!(found("crates/server/src/invitations/mail/invitation.html", text), 0);
        assert_eq!(found("crates/server/src/invitations/mail.html", text), 0);
    }
}
