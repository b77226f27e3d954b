//! Failure inside a grammar, before it is known which option it belongs to.

use winnow::error::{AddContext, ParserError};
use winnow::stream::Stream;

use crate::error::{Error, Limit};
use crate::name::OptionName;
use crate::syntax::{Input, position};

/// Where and why parsing stopped; becomes an [`Error`] once the option's name is known.
#[derive(Debug)]
pub(crate) struct Failure {
    position: usize,
    reason: Reason,
}

#[derive(Debug)]
enum Reason {
    /// A token did not match and nobody has said yet what it should have been.
    Unmatched,
    Expected(&'static str),
    Unsupported(&'static str),
    TooLarge(Limit),
}

impl Failure {
    pub(crate) fn expected(position: usize, expected: &'static str) -> Self {
        Self { position, reason: Reason::Expected(expected) }
    }

    pub(crate) fn unsupported(position: usize, construct: &'static str) -> Self {
        Self { position, reason: Reason::Unsupported(construct) }
    }

    pub(crate) fn too_large(position: usize, limit: Limit) -> Self {
        Self { position, reason: Reason::TooLarge(limit) }
    }

    /// Adds the name of the option that was parsed.
    pub(crate) fn into_error(self, option: OptionName) -> Error {
        let position = self.position;
        match self.reason {
            Reason::Unmatched => Error::Syntax { option, position, expected: "other text" },
            Reason::Expected(expected) => Error::Syntax { option, position, expected },
            Reason::Unsupported(construct) => Error::Unsupported { option, position, construct },
            Reason::TooLarge(limit) => Error::TooLarge { option, position, limit },
        }
    }
}

impl<'a> ParserError<Input<'a>> for Failure {
    type Inner = Self;

    fn from_input(input: &Input<'a>) -> Self {
        Self { position: position(input), reason: Reason::Unmatched }
    }

    fn is_backtrack(&self) -> bool {
        matches!(self.reason, Reason::Unmatched | Reason::Expected(_))
    }

    fn into_inner(self) -> Result<Self, Self> {
        Ok(self)
    }
}

impl<'a> AddContext<Input<'a>, &'static str> for Failure {
    fn add_context(
        mut self,
        _input: &Input<'a>,
        _start: &<Input<'a> as Stream>::Checkpoint,
        expected: &'static str,
    ) -> Self {
        if matches!(self.reason, Reason::Unmatched) {
            self.reason = Reason::Expected(expected);
        }
        self
    }
}
