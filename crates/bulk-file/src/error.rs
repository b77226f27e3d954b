//! What can be wrong with a row, and with a file.

/// What is wrong with one row. The others are read all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RowError {
    /// There is no address in it.
    #[error("there is no e-mail address in this row")]
    NoAddress,
    /// A cell is longer than [`Limits::field`](crate::Limits::field); it was cut there.
    #[error("a cell of this row is too long")]
    FieldTooLong,
    /// A quotation mark that is not closed within the longest cell, or before the end of the file. The row stands for the
    /// line of the mark; reading goes on with the next line.
    #[error("a quotation mark that is opened in this line is never closed")]
    OpenQuote,
    /// More cells than [`Limits::columns`](crate::Limits::columns).
    #[error("this row has too many columns")]
    TooManyColumns,
    /// Bytes that are no UTF-8.
    #[error("this row is not written in UTF-8: save the file as “CSV UTF-8” and try again")]
    Encoding,
    /// Whether to send a mail is neither true nor false.
    #[error("whether to send a mail must be “true” or “false”")]
    SendMail,
}

/// What is wrong with a whole file. Nothing of it should be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// The first line neither names a column of addresses nor holds an address.
    #[error("the first line must name the columns, one of them “email”, or hold an address")]
    NoAddressColumn,
    /// Two columns are headed as the one of addresses: what the file means is not known.
    #[error("the columns “{first}” and “{second}” both name the address: leave one of them")]
    TwoAddressColumns {
        /// The heading of the first, as it stands there, cut after 40 characters.
        first: String,
        /// The heading of the second.
        second: String,
    },
    /// Not a text at all: a spreadsheet, a document, an archive, a picture.
    #[error("this is no CSV file: save the table as “CSV UTF-8”, or paste the addresses")]
    NoText,
    /// UTF-16, as some programs write it.
    #[error("the file is not written in UTF-8: save it as “CSV UTF-8” and try again")]
    Encoding,
    /// More rows than [`Limits::rows`](crate::Limits::rows).
    #[error("the file has more than {0} rows")]
    TooManyRows(usize),
    /// More bytes than [`Limits::file`](crate::Limits::file).
    #[error("the file is larger than {0} bytes")]
    TooLarge(u64),
}
