//! The file of what failed: to be read by people in a spreadsheet, mended, and fed to [`Reader`](crate::Reader) again.

use crate::formula;
use crate::heading::{PLAIN, PROBLEM};
use crate::row::Row;

/// What a file begins with: the mark by which spreadsheets know UTF-8, and the headings.
pub fn write_heading(out: &mut String) {
    out.push('\u{feff}');
    let headings = ["line", PROBLEM].into_iter().chain(PLAIN);
    write_cells(out, headings);
}

/// One row with what was wrong with it, every cell quoted and safe from being run as a formula.
pub fn write_row(out: &mut String, row: &Row, problem: &str) {
    let (line, cells) = (row.line.to_string(), &row.cells);
    let all = [
        &line,
        problem,
        &cells.email,
        &cells.display_name,
        &cells.redirect_url,
        &cells.send_mail,
        &cells.message,
        &cells.language,
        &cells.groups,
        &cells.app_roles,
    ];
    write_cells(out, all.into_iter());
}

/// One row of any table for a spreadsheet: every cell quoted (RFC 4180), and one that would be run as a formula with an
/// apostrophe in front, so that it is shown as text.
pub fn write_cells<'c>(out: &mut String, cells: impl Iterator<Item = &'c str>) {
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            out.push(',');
        }
        out.push('"');
        out.push_str(&formula::safe(cell).replace('"', "\"\""));
        out.push('"');
    }
    out.push_str("\r\n");
}
