//! The rule language of dynamic groups: `(user.userType -eq "Guest") -and (user.mail -match "@partner\.com$")`.
//!
//! A rule is text from outside: it is read with limits on its length and depth, its expressions are matched in time linear in
//! the text, and evaluating it is a function of the rule and one person's properties that reads nothing else.
//!
//! The language is that of Entra, "dynamic membership rules for groups": operators with or without their hyphen and in any
//! case, texts compared without case, `-not` before `-and` before `-or`. Properties that apps added to people are texts:
//! `user.extension_b7d8e648520f41d3b9c0fdeb91768a0a_costCenter -eq "4711"`.

mod error;
mod evaluate;
mod parse;
mod property;
mod rule;
mod token;

pub use error::Error;
pub use parse::extensions;
pub use property::{Kind, Property, Subject, Value};
pub use rule::Rule;

/// The greatest length of a rule in characters.
pub const LONGEST: usize = 3072;
