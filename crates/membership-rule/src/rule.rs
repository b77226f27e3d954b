//! What a rule is once it is read.

use crate::property::{Property, Subject};
use crate::{Error, evaluate, parse};
use regex::Regex;
use std::str::FromStr;

/// A rule that was read.
#[derive(Debug, Clone)]
pub struct Rule(pub(crate) Expression);

impl Rule {
    /// Whether a person meets the rule.
    pub fn holds(&self, subject: &impl Subject) -> bool {
        evaluate::holds(&self.0, subject)
    }
}

impl FromStr for Rule {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        parse::rule(text).map(Self)
    }
}

/// A condition on a person.
#[derive(Debug, Clone)]
pub(crate) enum Expression {
    /// All hold.
    And(Vec<Self>),
    /// One holds.
    Or(Vec<Self>),
    /// It does not hold.
    Not(Box<Self>),
    /// The property meets a test.
    Test(Property, Test),
    /// The property of this name, which an app added, meets a test.
    Extension(String, Test),
    /// Some text of the property meets the condition.
    Any(Property, Item),
    /// Every text of the property meets the condition.
    All(Property, Item),
}

/// A condition on one text of several, `_`.
#[derive(Debug, Clone)]
pub(crate) enum Item {
    /// All hold.
    And(Vec<Self>),
    /// One holds.
    Or(Vec<Self>),
    /// It does not hold.
    Not(Box<Self>),
    /// The text meets a test.
    Test(Test),
}

/// What is tested; a `bool` says what the outcome must be.
#[derive(Debug, Clone)]
pub(crate) enum Test {
    /// It is there at all.
    Present(bool),
    /// It is true.
    True(bool),
    /// It equals the text, which is folded.
    Equals(String, bool),
    /// It is one of the texts, which are folded.
    Among(Vec<String>, bool),
    /// It begins with the text, which is folded.
    StartsWith(String, bool),
    /// It holds the text, which is folded.
    Contains(String, bool),
    /// It matches the pattern somewhere.
    Matches(Regex, bool),
}

/// A text as it is compared: each character in lower case.
pub(crate) fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}
