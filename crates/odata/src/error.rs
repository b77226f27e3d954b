//! Why a query was refused.

use std::fmt;

use crate::limits::{MAX_DEPTH, MAX_NODES, MAX_OPTION_LENGTH, MAX_SELECT_ITEMS};
use crate::name::OptionName;

/// A query that cannot be served. Every case is the client's fault and belongs in a 400 answer.
///
/// Positions are byte offsets from zero. In the first three cases they count in the decoded value of the option that
/// stands in the query (an error inside `$expand=manager($select=..)` is reported for `$expand`); in the others they
/// count in the raw query string.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The text does not follow the grammar.
    #[error("{option}: expected {expected} at position {position}")]
    Syntax {
        /// The option that holds the text.
        option: OptionName,
        /// Where parsing stopped.
        position: usize,
        /// What would have been accepted there.
        expected: &'static str,
    },
    /// The text is `OData`, but not of the part that directory objects support.
    #[error("{option}: {construct} at position {position} is not supported")]
    Unsupported {
        /// The option that holds the text.
        option: OptionName,
        /// Where the construct begins.
        position: usize,
        /// The construct, for example a type cast.
        construct: &'static str,
    },
    /// The option is larger than this server accepts.
    #[error("{option}: more than {limit} at position {position}")]
    TooLarge {
        /// The option that holds the text.
        option: OptionName,
        /// Where the limit was passed.
        position: usize,
        /// The limit that was passed.
        limit: Limit,
    },
    /// A system query option stands twice in the query, with or without `$`.
    #[error("{option} is given more than once, again at position {position} of the query")]
    Duplicate {
        /// The repeated option.
        option: OptionName,
        /// Where the second one begins.
        position: usize,
    },
    /// A name begins with `$`, which is reserved for system query options, and is none of them.
    #[error("{name} at position {position} of the query is not a known query option")]
    UnknownOption {
        /// The name as the client wrote it, decoded and shortened.
        name: String,
        /// Where the name begins.
        position: usize,
    },
    /// A custom parameter is longer than [`MAX_OPTION_LENGTH`].
    #[error("{name}: more than {limit} at position {position} of the query", limit = Limit::Length)]
    ParameterTooLong {
        /// The name as the client wrote it, decoded and shortened.
        name: String,
        /// Where the name begins.
        position: usize,
    },
    /// A percent escape is broken, or the decoded bytes are not UTF-8 or hold U+0000.
    #[error("expected percent-encoded UTF-8 text without U+0000 at position {position} of the query")]
    Encoding {
        /// Where the offending name or value begins, or the exact place of a broken escape.
        position: usize,
    },
}

impl Error {
    /// The option or parameter at fault, as far as it is known.
    pub fn option(&self) -> Option<&str> {
        match self {
            Self::Syntax { option, .. }
            | Self::Unsupported { option, .. }
            | Self::TooLarge { option, .. }
            | Self::Duplicate { option, .. } => Some(option.as_str()),
            Self::UnknownOption { name, .. } | Self::ParameterTooLong { name, .. } => Some(name),
            Self::Encoding { .. } => None,
        }
    }
}

/// A bound that an option passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// [`MAX_OPTION_LENGTH`]
    Length,
    /// [`MAX_DEPTH`]
    Depth,
    /// [`MAX_NODES`]
    Nodes,
    /// [`MAX_SELECT_ITEMS`]
    SelectItems,
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length => write!(f, "{MAX_OPTION_LENGTH} bytes"),
            Self::Depth => write!(f, "{MAX_DEPTH} levels of nesting"),
            Self::Nodes => write!(f, "{MAX_NODES} terms"),
            Self::SelectItems => write!(f, "{MAX_SELECT_ITEMS} properties"),
        }
    }
}
