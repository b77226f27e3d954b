//! Files as a spreadsheet reads them.

/// Names that a spreadsheet would run.
pub const FORMULAS: [&str; 6] = ["=HYPERLINK(\"http://x\")", "+1", "-1", "@SUM(1)", "\t=1", "\r=1"];

/// Whether a spreadsheet would run a cell instead of showing it.
pub fn runs(cell: &str) -> bool {
    cell.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// The cells of a file as a reader of RFC 4180 finds them.
pub fn cells(file: &str) -> Vec<Vec<String>> {
    let mut rows = vec![vec![String::new()]];
    let mut characters = file.trim_start_matches('\u{feff}').chars().peekable();
    let mut is_quoted = false;
    while let Some(character) = characters.next() {
        let row = rows.last_mut().expect("a row");
        match (is_quoted, character) {
            (true, '"') if characters.peek() == Some(&'"') => {
                characters.next();
                row.last_mut().expect("a cell").push('"');
            }
            (_, '"') => is_quoted = !is_quoted,
            (false, ',') => row.push(String::new()),
            (false, '\r') => {}
            (false, '\n') => rows.push(vec![String::new()]),
            _ => row.last_mut().expect("a cell").push(character),
        }
    }
    rows.pop();
    rows
}
