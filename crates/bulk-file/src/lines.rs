//! Counting lines whichever way they end: CR LF, LF or CR, mixed in one file.

/// Where reading stands.
#[derive(Debug, Clone)]
pub(crate) struct Lines {
    line: u64,
    after_cr: bool,
}

impl Lines {
    pub(crate) const fn new() -> Self {
        Self { line: 1, after_cr: false }
    }

    /// The line the next byte stands in, counted from 1.
    pub(crate) const fn current(&self) -> u64 {
        self.line
    }

    pub(crate) fn pass(&mut self, bytes: &[u8]) {
        for byte in bytes {
            let is_end = *byte == b'\r' || (*byte == b'\n' && !self.after_cr);
            self.line += u64::from(is_end);
            self.after_cr = *byte == b'\r';
        }
    }

    /// Passes the line ends in front of `bytes`; what follows them.
    pub(crate) fn skip_ends<'b>(&mut self, bytes: &'b [u8]) -> &'b [u8] {
        let ends = bytes.iter().take_while(|byte| is_end(**byte)).count();
        let (ends, rest) = bytes.split_at(ends);
        self.pass(ends);
        rest
    }
}

pub(crate) const fn is_end(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}
