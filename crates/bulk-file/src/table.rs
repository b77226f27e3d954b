//! Comma-separated values (RFC 4180) below a row of headings.

use crate::error::{FileError, RowError};
use crate::formula;
use crate::heading::Heading;
use crate::lines::Lines;
use crate::quotes::{Lost, Quotes};
use crate::reader::Limits;
use crate::row::{Cells, Row};
use csv_core::ReadFieldResult;

/// Bytes that are taken out of the parser at a time.
const SCRATCH: usize = 512;

/// A table that is being read.
pub(crate) struct Table {
    separator: u8,
    parser: csv_core::Reader,
    quotes: Quotes,
    limits: Limits,
    heading: Option<Heading>,
    /// The headings, until their row is complete.
    headings: Vec<String>,
    record: Record,
}

/// The row that is being read.
#[derive(Debug, Default)]
struct Record {
    line: Option<u64>,
    /// The cell that is being read, cut at the limit.
    cell: Vec<u8>,
    /// Its position in the row.
    at: usize,
    is_blank: bool,
    cells: Cells,
    problem: Option<RowError>,
}

impl std::fmt::Debug for Table {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Table")
            .field("heading", &self.heading)
            .field("record", &self.record)
            .finish_non_exhaustive()
    }
}

impl Table {
    pub(crate) fn new(separator: u8, limits: Limits) -> Self {
        Self {
            separator,
            parser: parser(separator),
            quotes: Quotes::new(separator, limits.field),
            limits,
            heading: None,
            headings: Vec::new(),
            record: Record::begin(),
        }
    }

    pub(crate) fn feed(&mut self, mut bytes: &[u8], lines: &mut Lines, rows: &mut Vec<Row>) -> Result<(), FileError> {
        loop {
            let (read, lost) = self.quotes.follow(bytes, lines);
            let (within, rest) = bytes.split_at(read);
            self.parse(within, lines, rows)?;
            let Some(lost) = lost else { return Ok(()) };
            self.lose(lost, lines, rows)?;
            bytes = rest;
        }
    }

    /// Makes one wrong row of a cell that is never closed, and reads what follows its line. That is shorter than a cell
    /// may be, so nothing is given up within it, and this goes no deeper than once.
    fn lose(&mut self, lost: Lost, lines: &mut Lines, rows: &mut Vec<Row>) -> Result<(), FileError> {
        if self.heading.is_none() {
            return Err(FileError::NoAddressColumn);
        }
        self.parser = parser(self.separator);
        let record = std::mem::replace(&mut self.record, Record::begin());
        rows.push(Row::new(lost.line, record.cells, Some(RowError::OpenQuote)));
        *lines = lost.lines;
        self.feed(&lost.rest, lines, rows)
    }

    fn parse(&mut self, mut bytes: &[u8], lines: &mut Lines, rows: &mut Vec<Row>) -> Result<(), FileError> {
        loop {
            if self.record.line.is_none() {
                bytes = lines.skip_ends(bytes);
            }
            if bytes.is_empty() {
                return Ok(());
            }
            self.record.line.get_or_insert(lines.current());
            let (_, read) = self.step(bytes, rows)?;
            let (passed, rest) = bytes.split_at(read.min(bytes.len()));
            lines.pass(passed);
            bytes = rest;
        }
    }

    /// An empty piece tells the parser that nothing follows.
    pub(crate) fn finish(&mut self, lines: &mut Lines, rows: &mut Vec<Row>) -> Result<(), FileError> {
        while let Some(lost) = self.quotes.end(lines) {
            self.lose(lost, lines, rows)?;
        }
        if self.record.line.is_some() {
            self.record.line.get_or_insert(lines.current());
            while !self.step(&[], rows)?.0 {}
        }
        if self.heading.is_none() { Err(FileError::NoAddressColumn) } else { Ok(()) }
    }

    /// One step of the parser: whether the table is at its end, and how many bytes were read.
    fn step(&mut self, bytes: &[u8], rows: &mut Vec<Row>) -> Result<(bool, usize), FileError> {
        let mut scratch = [0; SCRATCH];
        let (result, read, written) = self.parser.read_field(bytes, &mut scratch);
        self.record.add(&scratch[..written], self.limits.field);
        match result {
            ReadFieldResult::InputEmpty | ReadFieldResult::OutputFull => {}
            ReadFieldResult::Field { record_end } => {
                self.end_cell();
                if record_end {
                    self.end_row(rows)?;
                }
            }
            ReadFieldResult::End => return Ok((true, read)),
        }
        Ok((false, read))
    }

    fn end_cell(&mut self) {
        let bytes = std::mem::take(&mut self.record.cell);
        let at = self.record.at;
        self.record.at += 1;
        if at >= self.limits.columns {
            self.record.fail(RowError::TooManyColumns);
            return;
        }
        let text = match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                // A character that the limit has cut in two is no mistake in the encoding.
                let is_cut = error.as_bytes().len() >= self.limits.field && error.utf8_error().error_len().is_none();
                if !is_cut {
                    self.record.fail(RowError::Encoding);
                }
                readable(error.as_bytes(), self.limits.field)
            }
        };
        self.record.is_blank &= text.trim().is_empty();
        match &self.heading {
            None => self.headings.push(text),
            Some(heading) => {
                if let Some(column) = heading.column(at) {
                    let text = if heading.is_ours { formula::original(&text).to_owned() } else { text };
                    *self.record.cells.get_mut(column) = text;
                }
            }
        }
    }

    fn end_row(&mut self, rows: &mut Vec<Row>) -> Result<(), FileError> {
        let record = std::mem::replace(&mut self.record, Record::begin());
        if self.heading.is_none() {
            let heading = Heading::read(&std::mem::take(&mut self.headings))?;
            self.heading = Some(heading);
        } else if !record.is_blank || record.problem.is_some() {
            rows.push(Row::new(record.line.unwrap_or_default(), record.cells, record.problem));
        }
        Ok(())
    }
}

impl Record {
    fn begin() -> Self {
        Self { is_blank: true, ..Self::default() }
    }

    fn add(&mut self, bytes: &[u8], limit: usize) {
        let room = limit - self.cell.len().min(limit);
        self.cell.extend_from_slice(&bytes[..bytes.len().min(room)]);
        if bytes.len() > room {
            self.fail(RowError::FieldTooLong);
        }
    }

    /// Of several things that are wrong the first is said.
    fn fail(&mut self, problem: RowError) {
        self.problem.get_or_insert(problem);
    }
}

/// A parser at the beginning of a row. On its first call it takes a mark of UTF-8 away, but only if all of the mark is in
/// that piece. The mark of the file is gone by then, so the first call gets a blank line, which is no row.
fn parser(separator: u8) -> csv_core::Reader {
    let mut parser = csv_core::ReaderBuilder::new().delimiter(separator).build();
    let _ = parser.read_field(b"\n", &mut [0]);
    parser
}

/// As much as can be shown of bytes that are no UTF-8, in no more bytes than those were allowed.
pub(crate) fn readable(bytes: &[u8], limit: usize) -> String {
    let mut text = String::from_utf8_lossy(bytes).into_owned();
    let mut end = limit.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    text
}
