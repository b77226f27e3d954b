//! One value on its way in or out.

use rusqlite::ToSql;
use rusqlite::types::{ToSqlOutput, ValueRef};
use std::fmt;

/// A value in one of the forms SQLite has. Sixteen bytes, an id as a rule, need no memory of their own.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Null,
    Integer(i64),
    Real(f64),
    Text(String),
    Id([u8; 16]),
    Blob(Vec<u8>),
}

/// What form a value or column has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Null,
    Integer,
    Real,
    Text,
    Blob,
}

impl Value {
    pub(super) fn form(&self) -> Form {
        match self {
            Self::Null => Form::Null,
            Self::Integer(_) => Form::Integer,
            Self::Real(_) => Form::Real,
            Self::Text(_) => Form::Text,
            Self::Id(_) | Self::Blob(_) => Form::Blob,
        }
    }

    /// Bytes become [`Value::Id`] when they are as many as an id has.
    pub(super) fn bytes(bytes: &[u8]) -> Self {
        bytes.try_into().map_or_else(|_| Self::Blob(bytes.to_vec()), Self::Id)
    }

    /// Becomes a copy of what a row shows, in the memory it has if that is text; text that is not UTF-8 is refused.
    pub(super) fn copy(&mut self, shown: ValueRef<'_>) -> Result<(), std::str::Utf8Error> {
        if let (Self::Text(held), ValueRef::Text(text)) = (&mut *self, shown) {
            held.clear();
            held.push_str(std::str::from_utf8(text)?);
            return Ok(());
        }
        *self = match shown {
            ValueRef::Null => Self::Null,
            ValueRef::Integer(number) => Self::Integer(number),
            ValueRef::Real(number) => Self::Real(number),
            ValueRef::Text(text) => Self::Text(std::str::from_utf8(text)?.to_owned()),
            ValueRef::Blob(bytes) => Self::bytes(bytes),
        };
        Ok(())
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Real(number) => ValueRef::Real(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Id(bytes) => ValueRef::Blob(bytes),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl fmt::Display for Form {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Null => "NULL",
            Self::Integer => "INTEGER",
            Self::Real => "REAL",
            Self::Text => "TEXT",
            Self::Blob => "BLOB",
        })
    }
}
