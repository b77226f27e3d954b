//! Bytes in, rows out.

use crate::error::FileError;
use crate::lines::{Lines, is_end};
use crate::list::List;
use crate::row::Row;
use crate::table::Table;

/// What a file may hold.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Rows, those that are wrong included.
    pub rows: usize,
    /// Bytes of one cell, or of one entry of a list.
    pub field: usize,
    /// Cells of a row.
    pub columns: usize,
    /// Bytes in all.
    pub file: u64,
}

impl Default for Limits {
    /// A million rows of 256 bytes; cells of 8 KiB, which is more than the longest message; 64 columns.
    fn default() -> Self {
        Self { rows: 1_000_000, field: 8 * 1024, columns: 64, file: 256 * 1024 * 1024 }
    }
}

/// The first line is looked for in that many bytes.
const FIRST_LINE: usize = 16 * 1024;
const UTF_8_MARK: &[u8] = b"\xef\xbb\xbf";
const UTF_16_MARKS: [&[u8]; 2] = [b"\xff\xfe", b"\xfe\xff"];

/// How files begin that people choose by mistake: archives, and with them newer spreadsheets; documents; older spreadsheets;
/// pictures.
const MAGIC: [&[u8]; 5] = [b"PK\x03\x04", b"%PDF-", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"\xff\xd8\xff"];

/// Reads one file. After an error it reads nothing more.
#[derive(Debug)]
pub struct Reader {
    limits: Limits,
    lines: Lines,
    seen: u64,
    given: usize,
    /// Whether the mark of the encoding was looked for; it counts at the very beginning only.
    is_begun: bool,
    form: Form,
}

#[derive(Debug)]
enum Form {
    /// Not known yet: what came before the end of the first line.
    Unknown(Vec<u8>),
    Table(Box<Table>),
    List(List),
    Refused(FileError),
}

impl Reader {
    /// A reader at the beginning of a file.
    pub const fn new(limits: Limits) -> Self {
        Self { limits, lines: Lines::new(), seen: 0, given: 0, is_begun: false, form: Form::Unknown(Vec::new()) }
    }

    /// Reads the next piece and puts the rows that end in it behind `rows`.
    pub fn feed(&mut self, bytes: &[u8], rows: &mut Vec<Row>) -> Result<(), FileError> {
        let room = usize::try_from(self.limits.file - self.seen).unwrap_or(usize::MAX);
        let (within, beyond) = bytes.split_at(bytes.len().min(room));
        self.seen += u64::try_from(within.len()).unwrap_or(u64::MAX);
        let before = rows.len();
        let read = self.read(within, rows);
        self.count(read, before, rows)?;
        if beyond.is_empty() { Ok(()) } else { self.refuse(FileError::TooLarge(self.limits.file)) }
    }

    /// Reads what the end of the file ends.
    pub fn finish(mut self, rows: &mut Vec<Row>) -> Result<(), FileError> {
        let before = rows.len();
        let read = self.end(rows);
        self.count(read, before, rows)
    }

    fn read(&mut self, bytes: &[u8], rows: &mut Vec<Row>) -> Result<(), FileError> {
        match &mut self.form {
            Form::Refused(error) => Err(error.clone()),
            Form::Table(table) => table.feed(bytes, &mut self.lines, rows),
            Form::List(list) => {
                list.feed(bytes, &mut self.lines, rows);
                Ok(())
            }
            Form::Unknown(held) => {
                held.extend_from_slice(bytes);
                let held = std::mem::take(held);
                self.begin(held, false, rows)
            }
        }
    }

    fn end(&mut self, rows: &mut Vec<Row>) -> Result<(), FileError> {
        if let Form::Unknown(held) = &mut self.form {
            let held = std::mem::take(held);
            self.begin(held, true, rows)?;
        }
        match &mut self.form {
            Form::Refused(error) => Err(error.clone()),
            Form::Table(table) => table.finish(&mut self.lines, rows),
            Form::List(list) => {
                list.finish(rows);
                Ok(())
            }
            // Nothing but blank lines.
            Form::Unknown(_) => Err(FileError::NoAddressColumn),
        }
    }

    /// Finds the form by the first line that says something, once that is there.
    fn begin(&mut self, held: Vec<u8>, is_all: bool, rows: &mut Vec<Row>) -> Result<(), FileError> {
        let mut rest = held.as_slice();
        if !self.is_begun {
            if rest.len() < UTF_8_MARK.len() && !is_all {
                self.form = Form::Unknown(held);
                return Ok(());
            }
            self.is_begun = true;
            rest = behind_mark(rest)?;
        }
        loop {
            rest = self.lines.skip_ends(rest);
            let window = &rest[..rest.len().min(FIRST_LINE)];
            let end = window.iter().position(|byte| is_end(*byte));
            let Some(line) = end.map(|end| &window[..end]).or((is_all || window.len() == FIRST_LINE).then_some(window))
            else {
                self.form = Form::Unknown(rest.to_vec());
                return Ok(());
            };
            if line.is_empty() {
                return Ok(());
            }
            if line.contains(&0) || MAGIC.iter().any(|magic| line.starts_with(magic)) {
                return Err(FileError::NoText);
            }
            if is_passed_over(line) {
                self.lines.pass(line);
                rest = &rest[line.len()..];
                continue;
            }
            self.form = form(line, self.limits);
            return self.read(rest, rows);
        }
    }

    fn count(&mut self, read: Result<(), FileError>, before: usize, rows: &mut Vec<Row>) -> Result<(), FileError> {
        let room = self.limits.rows - self.given;
        if rows.len() - before > room {
            rows.truncate(before + room);
            self.given = self.limits.rows;
            return self.refuse(FileError::TooManyRows(self.limits.rows));
        }
        self.given += rows.len() - before;
        read.or_else(|error| self.refuse(error))
    }

    fn refuse(&mut self, error: FileError) -> Result<(), FileError> {
        self.form = Form::Refused(error.clone());
        Err(error)
    }
}

/// What follows the mark of UTF-8, if there is one.
fn behind_mark(bytes: &[u8]) -> Result<&[u8], FileError> {
    if UTF_16_MARKS.iter().any(|mark| bytes.starts_with(mark)) {
        return Err(FileError::Encoding);
    }
    Ok(bytes.strip_prefix(UTF_8_MARK).unwrap_or(bytes))
}

/// Blank lines, and the line with which Entra's template begins.
fn is_passed_over(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    line.is_empty() || line.get(..8).is_some_and(|start| start.eq_ignore_ascii_case(b"version:"))
}

/// Only a list has an address in its first line: no heading has an `@`.
fn form(line: &[u8], limits: Limits) -> Form {
    if line.contains(&b'@') {
        return Form::List(List::new(limits.field));
    }
    let count = |separator: u8| line.split(|byte| *byte == separator).count();
    // Of equals the last one is taken.
    let separator = [b'\t', b';', b','].into_iter().max_by_key(|separator| count(*separator)).unwrap_or(b',');
    Form::Table(Box::new(Table::new(separator, limits)))
}
