//! Files and pasted lists of people to invite, read piece by piece from bytes nobody has checked.
//!
//! Two forms are told apart by their first line. A *table* is comma-separated values (RFC 4180; a semicolon or a tab is
//! taken for the comma where the first line has more of them) whose first row names the columns, either plainly
//! (`email,displayName`) or as Entra's template for bulk invitations does (`Email address to invite [inviteeEmail]
//! Required`, below a line `version:..`). A *list* is what people paste: addresses separated by line ends, commas or
//! semicolons, each with or without a name (`Sam Rivera <sam@fabrikam.example>`).
//!
//! ```
//! use bulk_file::{Limits, Reader};
//!
//! let (mut reader, mut rows) = (Reader::new(Limits::default()), Vec::new());
//! reader.feed(b"email,displayName\r\nsam@fabri", &mut rows)?;
//! reader.feed(b"kam.example,Sam Rivera\r\n", &mut rows)?;
//! reader.finish(&mut rows)?;
//! assert_eq!(rows[0].line, 2);
//! assert_eq!(rows[0].cells.email, "sam@fabrikam.example");
//! # Ok::<(), bulk_file::FileError>(())
//! ```
//!
//! The input is hostile by assumption: nothing here panics, and however large the input is, no more of it is held than
//! one row of [`Limits`] and the rows of the piece that was fed last. A row that is wrong is handed out with what is
//! wrong with it; only what makes the whole file meaningless ends the reading.

mod error;
mod formula;
mod heading;
mod lines;
mod list;
mod quotes;
mod reader;
mod row;
mod table;
mod write;

pub use error::{FileError, RowError};
pub use reader::{Limits, Reader};
pub use row::{Cells, Row};
pub use write::{write_cells, write_heading, write_row};
