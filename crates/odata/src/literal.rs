//! Literal values (`OData` ABNF, primitiveLiteral).

use std::fmt;

use winnow::ascii::digit1;
use winnow::combinator::{alt, eof, opt};
use winnow::error::EmptyError;
use winnow::prelude::*;
use winnow::stream::{AsChar, Stream};
use winnow::token::{one_of, take_while};

use crate::date::{Date, DateTimeOffset};
use crate::failure::Failure;
use crate::syntax::{Input, Parsed, position, spaces, symbol, until};

const EXPECTED: &str = "a value: 'text', a number, true, false, null, a GUID or a date";
const EXPECTED_TEXT: &str = "text in single quotes";

/// A value to compare with. Translators bind it as a parameter.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean(bool),
    /// A whole number of up to 64 bits.
    Integer(i64),
    /// A number with a fraction or an exponent; always finite.
    Decimal(f64),
    /// Text in single quotes, unescaped. Never holds U+0000.
    String(String),
    /// A GUID without quotes.
    Guid(Guid),
    /// An instant.
    DateTimeOffset(DateTimeOffset),
    /// A calendar day.
    Date(Date),
    /// A member of an enumeration with its qualified type, as `microsoft.graph.riskLevel'high'`.
    Enumeration {
        /// The dotted type name.
        type_name: String,
        /// What stands between the quotes.
        member: String,
    },
}

/// A GUID, printed in lower case with hyphens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Guid(u128);

impl Guid {
    /// The GUID with these bits, most significant first.
    pub fn from_u128(bits: u128) -> Self {
        Self(bits)
    }

    /// The bits of the GUID, most significant first.
    pub fn as_u128(self) -> u128 {
        self.0
    }

    fn parse(text: &str) -> Option<Self> {
        let hyphens = [8, 13, 18, 23];
        let shaped = text.len() == 36
            && text
                .bytes()
                .enumerate()
                .all(|(at, byte)| if hyphens.contains(&at) { byte == b'-' } else { byte.is_ascii_hexdigit() });
        if !shaped {
            return None;
        }
        u128::from_str_radix(&text.replace('-', ""), 16).ok().map(Self)
    }
}

/// Any literal, after optional blanks.
pub(crate) fn literal(input: &mut Input<'_>) -> Parsed<Literal> {
    spaces(input)?;
    if input.peek_token() == Some('\'') {
        return text(input).map(Literal::String);
    }
    let start = position(input);
    let bare = bare(input)?;
    if input.peek_token() == Some('\'') {
        return enumeration(input, start, bare);
    }
    read_bare(bare).ok_or_else(|| Failure::expected(start, EXPECTED))
}

/// Text in single quotes, where two quotes stand for one.
pub(crate) fn text(input: &mut Input<'_>) -> Parsed<String> {
    symbol(input, '\'', EXPECTED_TEXT)?;
    let mut value = String::new();
    loop {
        value.push_str(until(input, &['\'', '\0'])?);
        if input.peek_token() != Some('\'') {
            return Err(Failure::expected(position(input), "a closing single quote"));
        }
        input.next_token();
        if input.peek_token() != Some('\'') {
            return Ok(value);
        }
        input.next_token();
        value.push('\'');
    }
}

fn bare<'a>(input: &mut Input<'a>) -> Parsed<&'a str> {
    take_while(1.., (AsChar::is_alphanum, '_', '.', ':', '+', '-')).context(EXPECTED).parse_next(input)
}

fn enumeration(input: &mut Input<'_>, start: usize, type_name: &str) -> Parsed<Literal> {
    let identifier = |name: &str| {
        name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    if !type_name.contains('.') || !type_name.split('.').all(identifier) {
        return Err(Failure::unsupported(start, "a literal with a type prefix"));
    }
    Ok(Literal::Enumeration { type_name: type_name.to_owned(), member: text(input)? })
}

fn read_bare(text: &str) -> Option<Literal> {
    match text.to_ascii_lowercase().as_str() {
        "null" => return Some(Literal::Null),
        "true" => return Some(Literal::Boolean(true)),
        "false" => return Some(Literal::Boolean(false)),
        _ => {}
    }
    numeric
        .parse(text)
        .ok()
        .or_else(|| Guid::parse(text).map(Literal::Guid))
        .or_else(|| DateTimeOffset::parse(text).map(Literal::DateTimeOffset))
        .or_else(|| Date::parse(text).map(Literal::Date))
}

fn numeric(input: &mut &str) -> Result<Literal, EmptyError> {
    let exponent = (one_of(['e', 'E']), opt(one_of(['+', '-'])), digit1);
    let integer = (opt('-'), digit1, eof).take().verify_map(|text: &str| text.parse().ok().map(Literal::Integer));
    let decimal = (opt('-'), digit1, opt(('.', digit1)), opt(exponent), eof)
        .take()
        // Digits alone are an integer that does not fit; rounding it silently would compare with another number.
        .verify(|text: &str| text.contains(['.', 'e', 'E']))
        .verify_map(|text: &str| text.parse().ok().filter(|number: &f64| number.is_finite()))
        .map(Literal::Decimal);
    alt((integer, decimal)).parse_next(input)
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Boolean(value) => write!(f, "{value}"),
            Self::Integer(value) => write!(f, "{value}"),
            // `Debug` keeps the fraction or exponent that tells a decimal from an integer.
            Self::Decimal(value) => write!(f, "{value:?}"),
            Self::String(value) => f.write_str(&quoted(value)),
            Self::Guid(value) => write!(f, "{value}"),
            Self::DateTimeOffset(value) => write!(f, "{value}"),
            Self::Date(value) => write!(f, "{value}"),
            Self::Enumeration { type_name, member } => write!(f, "{type_name}{}", quoted(member)),
        }
    }
}

impl fmt::Display for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hex = format!("{:032x}", self.0);
        let groups = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
        f.write_str(&groups.join("-"))
    }
}

/// Text as an `OData` string literal.
pub(crate) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
