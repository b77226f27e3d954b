//! A pasted list of addresses, as mail programs write recipients (RFC 5322 section 3.4, without comments and groups).

use crate::error::RowError;
use crate::lines::{Lines, is_end};
use crate::row::{Cells, Row};
use crate::table::readable;

/// A list that is being read. A line end ends an entry whatever is open in it, so that a forgotten quotation mark spoils
/// one line and not the rest.
#[derive(Debug)]
pub(crate) struct List {
    limit: usize,
    entry: Vec<u8>,
    line: Option<u64>,
    is_too_long: bool,
    in_quotes: bool,
    in_angles: bool,
}

impl List {
    pub(crate) const fn new(limit: usize) -> Self {
        Self { limit, entry: Vec::new(), line: None, is_too_long: false, in_quotes: false, in_angles: false }
    }

    pub(crate) fn feed(&mut self, bytes: &[u8], lines: &mut Lines, rows: &mut Vec<Row>) {
        for byte in bytes.iter().copied() {
            let is_open = self.in_quotes || self.in_angles;
            if is_end(byte) || (!is_open && matches!(byte, b',' | b';' | b'\t')) {
                self.finish(rows);
            } else {
                self.take(byte, lines.current());
            }
            lines.pass(&[byte]);
        }
    }

    fn take(&mut self, byte: u8, line: u64) {
        match byte {
            b'"' if !self.in_angles => self.in_quotes = !self.in_quotes,
            b'<' if !self.in_quotes => self.in_angles = true,
            b'>' if !self.in_quotes => self.in_angles = false,
            _ => {}
        }
        if self.line.is_none() && byte == b' ' {
            return;
        }
        self.line.get_or_insert(line);
        if self.entry.len() < self.limit {
            self.entry.push(byte);
        } else {
            self.is_too_long = true;
        }
    }

    pub(crate) fn finish(&mut self, rows: &mut Vec<Row>) {
        let list = std::mem::replace(self, Self::new(self.limit));
        let Some(line) = list.line else { return };
        let too_long = list.is_too_long.then_some(RowError::FieldTooLong);
        let (text, problem) = match String::from_utf8(list.entry) {
            Ok(text) => (text, too_long),
            Err(error) => (readable(error.as_bytes(), self.limit), too_long.or(Some(RowError::Encoding))),
        };
        rows.push(Row::new(line, cells(text.trim()), problem));
    }
}

/// `Name <address>`, `"Name" <address>` or the address alone.
fn cells(entry: &str) -> Cells {
    let pair = entry.strip_suffix('>').and_then(|entry| entry.rsplit_once('<'));
    let (name, address) = pair.unwrap_or(("", entry));
    let address = address.trim();
    Cells {
        email: address.strip_prefix("mailto:").unwrap_or(address).to_owned(),
        display_name: unquoted(name.trim()),
        ..Cells::default()
    }
}

fn unquoted(name: &str) -> String {
    match name.strip_prefix('"').and_then(|name| name.strip_suffix('"')) {
        Some(inner) => inner.replace("\\\"", "\"").replace("\\\\", "\\"),
        None => name.to_owned(),
    }
}
