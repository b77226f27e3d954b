//! Property paths.

use std::fmt;

use winnow::stream::Stream;

use crate::failure::Failure;
use crate::syntax::{Input, Parsed, accept, identifier, position, spaces};

/// The way to a property, as `displayName`, `employeeOrgData/division` or, inside a lambda, `i/issuer`.
///
/// It comes from the client: look it up in an allow list, never put it in a statement.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Path {
    variable: Option<String>,
    property: String,
}

impl Path {
    /// A path from the object that the query is about, segments separated by `/`.
    pub fn new(property: impl Into<String>) -> Self {
        Self { variable: None, property: property.into() }
    }

    /// A path from the range variable of an enclosing lambda; an empty `property` means the item itself.
    pub fn within(variable: impl Into<String>, property: impl Into<String>) -> Self {
        Self { variable: Some(variable.into()), property: property.into() }
    }

    /// The range variable that the path starts from, if it does.
    pub fn variable(&self) -> Option<&str> {
        self.variable.as_deref()
    }

    /// The segments joined with `/`, without the range variable, as the client spelled them. Graph finds a property
    /// by its name in any letter case.
    pub fn property(&self) -> &str {
        &self.property
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.variable, self.property.as_str()) {
            (None, property) => f.write_str(property),
            (Some(variable), "") => f.write_str(variable),
            (Some(variable), property) => write!(f, "{variable}/{property}"),
        }
    }
}

/// A path where no range variable can be in scope.
pub(crate) fn property_path(input: &mut Input<'_>) -> Parsed<Path> {
    let mut property = segment(input)?.to_owned();
    while accept(input, '/')? {
        if input.peek_token() == Some('$') {
            return Err(Failure::unsupported(position(input), "a $count, $ref or $value segment"));
        }
        property.push('/');
        property.push_str(segment(input)?);
    }
    Ok(Path::new(property))
}

/// One segment of a path. Dots only occur in qualified type names, so they announce a cast.
pub(crate) fn segment<'a>(input: &mut Input<'a>) -> Parsed<&'a str> {
    spaces(input)?;
    let start = position(input);
    let name = identifier(input, "a property name")?;
    match input.peek_token() {
        Some('.') => Err(Failure::unsupported(start, "a type cast")),
        _ => Ok(name),
    }
}
