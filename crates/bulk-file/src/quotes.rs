//! Quotation marks that are never closed.
//!
//! A cell in quotation marks may hold line ends, so a forgotten mark would swallow every row behind it. A cell that is
//! open for longer than a cell may be is given up instead: its line is one wrong row, and the lines after it are read as
//! if it had ended there.

use crate::lines::{Lines, is_end};

/// Follows the marks of a table byte by byte, as the parser does (RFC 4180: a mark opens a cell at its beginning only,
/// and two of them within are one that belongs to it).
#[derive(Debug)]
pub(crate) struct Quotes {
    separator: u8,
    limit: usize,
    place: Place,
    open: Option<Open>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    CellStart,
    Plain,
    Quoted,
    /// Behind a mark that closes the cell, unless another one follows.
    BehindMark,
}

/// A cell in quotation marks that is being read.
#[derive(Debug)]
struct Open {
    line: u64,
    length: usize,
    /// What follows the line it was opened in, and the count of lines there.
    rest: Option<(Lines, Vec<u8>)>,
}

/// A cell that was given up.
#[derive(Debug)]
pub(crate) struct Lost {
    /// The line it was opened in.
    pub(crate) line: u64,
    /// The count of lines behind that line.
    pub(crate) lines: Lines,
    /// What was taken for its text and is read again as rows.
    pub(crate) rest: Vec<u8>,
}

impl Quotes {
    pub(crate) const fn new(separator: u8, limit: usize) -> Self {
        Self { separator, limit, place: Place::CellStart, open: None }
    }

    /// Follows the bytes up to where a cell is given up: how many these are, and the cell.
    pub(crate) fn follow(&mut self, bytes: &[u8], lines: &Lines) -> (usize, Option<Lost>) {
        let mut lines = lines.clone();
        for (at, byte) in bytes.iter().copied().enumerate() {
            let line = lines.current();
            lines.pass(&[byte]);
            self.pass(byte, line, &lines);
            let is_lost = self.place == Place::Quoted
                && self.open.as_ref().is_some_and(|open| open.length > self.limit && open.rest.is_some());
            if is_lost {
                return (at + 1, self.give_up(&lines));
            }
        }
        (bytes.len(), None)
    }

    /// The cell that is still open where the file ends.
    pub(crate) fn end(&mut self, lines: &Lines) -> Option<Lost> {
        if self.place == Place::Quoted { self.give_up(lines) } else { None }
    }

    fn pass(&mut self, byte: u8, line: u64, behind: &Lines) {
        self.place = match (self.place, byte) {
            (Place::CellStart, b'"') => {
                self.open = Some(Open { line, length: 0, rest: None });
                Place::Quoted
            }
            (Place::Quoted, b'"') => Place::BehindMark,
            (Place::Quoted, _) | (Place::BehindMark, b'"') => Place::Quoted,
            _ => {
                self.open = None;
                if byte == self.separator || is_end(byte) { Place::CellStart } else { Place::Plain }
            }
        };
        let Some(open) = &mut self.open else { return };
        open.length += 1;
        match &mut open.rest {
            Some((_, rest)) => rest.push(byte),
            None if is_end(byte) => open.rest = Some((behind.clone(), Vec::new())),
            None => {}
        }
    }

    fn give_up(&mut self, lines: &Lines) -> Option<Lost> {
        let open = self.open.take()?;
        self.place = Place::CellStart;
        let (lines, rest) = open.rest.unwrap_or_else(|| (lines.clone(), Vec::new()));
        Some(Lost { line: open.line, lines, rest })
    }
}
