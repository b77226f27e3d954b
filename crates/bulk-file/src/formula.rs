//! Cells that a spreadsheet would run instead of showing.

/// Whether a spreadsheet takes a cell for a formula by its first character, or by the one a separator in it would make
/// the first (OWASP, CSV injection; the full-width forms are taken for the same by some programs).
fn begins_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'])
}

/// With an apostrophe in front of what would be a formula, so that it is shown as text. A cell that looks as if it had
/// been made safe already gets one more, so that [`original`] finds the way back.
pub(crate) fn safe(text: &str) -> String {
    if begins_formula(text.trim_start_matches('\'')) { format!("'{text}") } else { text.to_owned() }
}

/// What [`safe`] was given.
pub(crate) fn original(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if begins_formula(rest.trim_start_matches('\'')) => rest,
        _ => text,
    }
}
