//! Why a text is no rule.

/// What is wrong with a text, and where: `at` counts characters from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The rule is longer than [`crate::LONGEST`].
    #[error("the rule has more than {} characters", crate::LONGEST)]
    TooLong,
    /// Parentheses or negations stand in one another too deeply.
    #[error("the rule is nested too deeply")]
    TooDeep,
    /// Something else should stand here.
    #[error("at character {at}: {expected} should stand here")]
    Expected {
        /// Where.
        at: usize,
        /// What should stand there.
        expected: &'static str,
    },
    /// A text that was opened is not closed.
    #[error("at character {at}: the text that begins here does not end")]
    Open {
        /// Where it begins.
        at: usize,
    },
    /// There is no property of this name.
    #[error("at character {at}: there is no property {name:?}")]
    Property {
        /// Where.
        at: usize,
        /// The name.
        name: String,
    },
    /// The operator does not fit the property or the value.
    #[error("at character {at}: {problem}")]
    Unfit {
        /// Where.
        at: usize,
        /// Why not.
        problem: &'static str,
    },
    /// The pattern of `-match` is none, or larger than patterns may be.
    #[error("at character {at}: the pattern cannot be used: {problem}")]
    Pattern {
        /// Where.
        at: usize,
        /// Why not.
        problem: String,
    },
}
