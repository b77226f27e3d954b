//! What a property of an extension can hold: as it is sent and written, as it is kept, and as it is sought.

use super::property::DataType;
use crate::graph::query::Compared;
use crate::platform::clock::{parse_rfc3339, rfc3339};
use crate::web::names;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use odata::Literal;
use serde_json::Value;

/// Longest text in characters, and most bytes of a binary value (Graph: extensionProperty, dataType).
const LONGEST: usize = 256;

/// One value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// As it is kept.
    pub content: String,
    /// As it is sought.
    pub compared: String,
}

impl Stored {
    /// One that is sought as it is kept.
    fn plain(content: String) -> Self {
        Self { compared: content.clone(), content }
    }
}

impl DataType {
    /// A value as it was sent; what is wrong with one that is none.
    pub(super) fn read(self, value: &Value) -> Result<Stored, String> {
        match (self, value) {
            (Self::String, Value::String(text)) => read_text(text),
            (Self::Binary, Value::String(text)) => read_bytes(text),
            (Self::DateTime, Value::String(text)) => {
                let at = parse_rfc3339(text).ok_or_else(|| "it is not a date and time (RFC 3339)".to_owned())?;
                Ok(Stored::plain(rfc3339(at)))
            }
            (Self::Boolean, Value::Bool(is)) => Ok(Stored::plain(is.to_string())),
            (Self::Integer, Value::Number(number)) => {
                let number = number.as_i64().and_then(|number| i32::try_from(number).ok());
                let number = number.ok_or_else(|| "it is not a whole number of 32 bits".to_owned())?;
                Ok(Stored::plain(number.to_string()))
            }
            (Self::LargeInteger, Value::Number(number)) => {
                let number = number.as_i64().ok_or_else(|| "it is not a whole number of 64 bits".to_owned())?;
                Ok(Stored::plain(number.to_string()))
            }
            _ => Err(format!("it is not of the data type {self}")),
        }
    }

    /// Whether its values are texts, which have beginnings.
    pub(super) const fn is_text(self) -> bool {
        matches!(self, Self::String)
    }

    /// How a value that is kept is written.
    pub(super) const fn writer(self) -> fn(&str) -> Value {
        match self {
            Self::Boolean => |content| Value::Bool(content == "true"),
            Self::Integer | Self::LargeInteger => {
                |content| content.parse::<i64>().map_or(Value::Null, |number| Value::Number(number.into()))
            }
            Self::Binary | Self::DateTime | Self::String => |content| Value::String(content.to_owned()),
        }
    }

    /// How a value in a filter is sought; bytes are not.
    pub(super) const fn compared(self) -> Option<Compared> {
        Some(match self {
            Self::Binary => return None,
            Self::Boolean => boolean,
            Self::DateTime => instant,
            Self::Integer | Self::LargeInteger => number,
            Self::String => text,
        })
    }
}

/// Texts are compared without case, in the form that those of users are.
fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

/// Texts stand in tokens, mails and logs: nothing in them is hidden.
fn read_text(text: &str) -> Result<Stored, String> {
    if text.chars().count() > LONGEST {
        return Err(format!("it may have at most {LONGEST} characters"));
    }
    if names::holds_hidden(text) {
        return Err("it may not hold control or hidden characters".to_owned());
    }
    Ok(Stored { content: text.to_owned(), compared: fold(text) })
}

fn read_bytes(text: &str) -> Result<Stored, String> {
    let bytes = STANDARD.decode(text).map_err(|_| "it is not in Base64".to_owned())?;
    if bytes.len() > LONGEST {
        return Err(format!("it may have at most {LONGEST} bytes"));
    }
    Ok(Stored { content: STANDARD.encode(bytes), compared: String::new() })
}

fn boolean(literal: &Literal) -> Option<String> {
    match literal {
        Literal::Boolean(is) => Some(is.to_string()),
        _ => None,
    }
}

fn number(literal: &Literal) -> Option<String> {
    match literal {
        Literal::Integer(number) => Some(number.to_string()),
        _ => None,
    }
}

fn text(literal: &Literal) -> Option<String> {
    match literal {
        Literal::String(text) => Some(fold(text)),
        _ => None,
    }
}

/// One between two seconds equals no value that is kept.
fn instant(literal: &Literal) -> Option<String> {
    let text = match literal {
        Literal::DateTimeOffset(instant) => instant.as_str().to_owned(),
        Literal::Date(day) => format!("{}T00:00:00Z", day.as_str()),
        _ => return None,
    };
    let at = parse_rfc3339(&text)?;
    let is_whole = at.microseconds() % 1_000_000 == 0;
    Some(if is_whole { rfc3339(at) } else { text })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_of_their_type_and_come_back_as_they_were_sent() {
        for (data_type, sent, compared) in [
            (DataType::String, json!("Straße 1"), "straße 1"),
            (DataType::Boolean, json!(true), "true"),
            (DataType::Integer, json!(-2_147_483_648_i64), "-2147483648"),
            (DataType::LargeInteger, json!(i64::MAX), "9223372036854775807"),
            (DataType::DateTime, json!("2026-11-23T09:00:00Z"), "2026-11-23T09:00:00Z"),
            (DataType::Binary, json!("AAEC"), ""),
        ] {
            let stored = data_type.read(&sent).expect("a value");
            assert_eq!(stored.compared, compared);
            assert_eq!((data_type.writer())(&stored.content), sent);
        }
        let elsewhere = DataType::DateTime.read(&json!("2026-11-23T10:00:00.5+01:00")).expect("an instant");
        assert_eq!(elsewhere.content, "2026-11-23T09:00:00Z");
    }

    #[test]
    fn what_is_of_another_type_or_too_long_is_refused() {
        for (data_type, wrong) in [
            (DataType::String, json!(4)),
            (DataType::String, json!("a".repeat(257))),
            (DataType::String, json!("a\u{202e}b")),
            (DataType::Boolean, json!("true")),
            (DataType::Integer, json!(2_147_483_648_i64)),
            (DataType::Integer, json!(1.5)),
            (DataType::LargeInteger, json!(u64::MAX)),
            (DataType::LargeInteger, json!("1")),
            (DataType::DateTime, json!("yesterday")),
            (DataType::Binary, json!("!")),
            (DataType::Binary, json!(STANDARD.encode([0; 257]))),
            (DataType::String, json!(["a"])),
            (DataType::String, json!(null)),
        ] {
            assert!(data_type.read(&wrong).is_err(), "{data_type}: {wrong}");
        }
        assert!(DataType::String.read(&json!("ä".repeat(256))).is_ok());
    }

    #[test]
    fn literals_take_the_form_of_the_values() {
        let sought = |data_type: DataType, literal: &Literal| data_type.compared().and_then(|form| form(literal));
        assert_eq!(sought(DataType::String, &Literal::String("ABC".to_owned())), Some("abc".to_owned()));
        assert_eq!(sought(DataType::Integer, &Literal::Integer(7)), Some("7".to_owned()));
        assert_eq!(sought(DataType::Boolean, &Literal::Boolean(false)), Some("false".to_owned()));
        assert_eq!(sought(DataType::Boolean, &Literal::String("false".to_owned())), None);
        assert_eq!(sought(DataType::Binary, &Literal::String("AA==".to_owned())), None);
    }
}
