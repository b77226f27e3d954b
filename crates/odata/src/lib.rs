//! Parser for the `OData` 4 system query options in the form Microsoft Graph accepts them on directory objects.
//!
//! [`QueryOptions::parse`] takes the raw query string of a request and yields typed trees. Every tree keeps property
//! names ([`Path`]) apart from values ([`Literal`], or a plain `String` where only text is allowed), so that a
//! translator can check each path against an allow list and bind each value as a statement parameter.
//!
//! ```
//! use odata::{Expression, QueryOptions, StringFunction};
//!
//! let options = QueryOptions::parse("$filter=endsWith(mail,'%40partner.example')&$count=true")?;
//! if let Some(Expression::Function { function, path, value }) = options.filter {
//!     assert_eq!(function, StringFunction::EndsWith);
//!     assert_eq!(path.property(), "mail");
//!     assert_eq!(value, "@partner.example");
//! }
//! # Ok::<(), odata::Error>(())
//! ```
//!
//! The input is hostile by assumption: nothing here panics, recursion stops at [`MAX_DEPTH`], and the size of what a
//! caller gets back is bounded by the other constants of this crate.
//!
//! Whether a property exists, is filterable, or needs `ConsistencyLevel: eventual` is not known here; the caller
//! decides that on the tree.
//!
//! Source of the grammar: `OData` 4.01 URL Conventions, section 5, and its ABNF.

mod date;
mod error;
mod expand;
mod failure;
mod filter;
mod limits;
mod literal;
mod name;
mod options;
mod orderby;
mod path;
mod percent;
mod search;
mod select;
mod syntax;

pub use date::{Date, DateTimeOffset};
pub use error::{Error, Limit};
pub use expand::{Expand, ExpandItem, ExpandOptions, Levels};
pub use filter::{ComparisonOperator, Expression, Lambda, StringFunction};
pub use limits::{MAX_DEPTH, MAX_NODES, MAX_OPTION_LENGTH, MAX_SELECT_ITEMS};
pub use literal::{Guid, Literal};
pub use name::OptionName;
pub use options::QueryOptions;
pub use orderby::{Direction, OrderBy, OrderItem};
pub use path::Path;
pub use search::Search;
pub use select::{Select, SelectItem};
