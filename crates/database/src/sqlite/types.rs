//! How the types of the program are kept: a `bool` as 0 or 1, a UUID as its sixteen bytes, JSON as text.

use super::driver::Sqlite;
use super::value::{Form, Value};
use serde::{Deserialize, Serialize};
use sqlx::encode::{Encode, IsNull};
use sqlx::error::BoxDynError;
use sqlx::types::{Json, Uuid};
use sqlx::{Decode, Type};

type Encoded = Result<IsNull, BoxDynError>;

#[expect(clippy::unnecessary_wraps, reason = "what every implementation of `Encode` answers")]
fn put(buffer: &mut Vec<Value>, value: Value) -> Encoded {
    buffer.push(value);
    Ok(IsNull::No)
}

/// A column cannot hold another form than the one it was declared with (STRICT tables); expressions can.
fn unexpected(value: &Value) -> BoxDynError {
    format!("a value of the form {} stands here", value.form()).into()
}

fn integer(value: &Value) -> Result<i64, BoxDynError> {
    if let Value::Integer(number) = value { Ok(*number) } else { Err(unexpected(value)) }
}

fn text(value: &Value) -> Result<&str, BoxDynError> {
    if let Value::Text(text) = value { Ok(text) } else { Err(unexpected(value)) }
}

sqlx_core::impl_encode_for_option!(Sqlite);

impl Type<Sqlite> for i64 {
    fn type_info() -> Form {
        Form::Integer
    }
}

impl Encode<'_, Sqlite> for i64 {
    fn encode_by_ref(&self, buffer: &mut Vec<Value>) -> Encoded {
        put(buffer, Value::Integer(*self))
    }
}

impl Decode<'_, Sqlite> for i64 {
    fn decode(value: &Value) -> Result<Self, BoxDynError> {
        integer(value)
    }
}

impl Type<Sqlite> for bool {
    fn type_info() -> Form {
        Form::Integer
    }
}

impl Encode<'_, Sqlite> for bool {
    fn encode_by_ref(&self, buffer: &mut Vec<Value>) -> Encoded {
        put(buffer, Value::Integer((*self).into()))
    }
}

impl Decode<'_, Sqlite> for bool {
    fn decode(value: &Value) -> Result<Self, BoxDynError> {
        integer(value).map(|number| number != 0)
    }
}

impl Type<Sqlite> for f64 {
    fn type_info() -> Form {
        Form::Real
    }
}

impl Encode<'_, Sqlite> for f64 {
    fn encode_by_ref(&self, buffer: &mut Vec<Value>) -> Encoded {
        put(buffer, Value::Real(*self))
    }
}

impl Decode<'_, Sqlite> for f64 {
    fn decode(value: &Value) -> Result<Self, BoxDynError> {
        if let Value::Real(number) = value { Ok(*number) } else { Err(unexpected(value)) }
    }
}

impl Type<Sqlite> for str {
    fn type_info() -> Form {
        Form::Text
    }
}

impl Encode<'_, Sqlite> for &str {
    fn encode_by_ref(&self, buffer: &mut Vec<Value>) -> Encoded {
        put(buffer, Value::Text((*self).to_owned()))
    }
}

impl<'r> Decode<'r, Sqlite> for &'r str {
    fn decode(value: &'r Value) -> Result<Self, BoxDynError> {
        text(value)
    }
}

impl Type<Sqlite> for String {
    fn type_info() -> Form {
        Form::Text
    }
}

impl Encode<'_, Sqlite> for String {
    fn encode(self, buffer: &mut Vec<Value>) -> Encoded {
        put(buffer, Value::Text(self))
    }

    fn encode_by_ref(&self, buffer: &mut Vec<Value>) -> Encoded {
        put(buffer, Value::Text(self.clone()))
    }
}

impl Decode<'_, Sqlite> for String {
    fn decode(value: &Value) -> Result<Self, BoxDynError> {
        text(value).map(str::to_owned)
    }
}

impl Type<Sqlite> for [u8] {
    fn type_info() -> Form {
        Form::Blob
    }
}

impl Encode<'_, Sqlite> for &[u8] {
    fn encode_by_ref(&self, buffer: &mut Vec<Value>) -> Encoded {
        put(buffer, Value::bytes(self))
    }
}

impl Type<Sqlite> for Vec<u8> {
    fn type_info() -> Form {
        Form::Blob
    }
}

impl Encode<'_, Sqlite> for Vec<u8> {
    fn encode(self, buffer: &mut Vec<Value>) -> Encoded {
        put(buffer, Value::Blob(self))
    }

    fn encode_by_ref(&self, buffer: &mut Vec<Value>) -> Encoded {
        put(buffer, Value::bytes(self))
    }
}

impl Decode<'_, Sqlite> for Vec<u8> {
    fn decode(value: &Value) -> Result<Self, BoxDynError> {
        match value {
            Value::Id(bytes) => Ok(bytes.to_vec()),
            Value::Blob(bytes) => Ok(bytes.clone()),
            _ => Err(unexpected(value)),
        }
    }
}

impl Type<Sqlite> for Uuid {
    fn type_info() -> Form {
        Form::Blob
    }
}

impl Encode<'_, Sqlite> for Uuid {
    fn encode_by_ref(&self, buffer: &mut Vec<Value>) -> Encoded {
        put(buffer, Value::Id(*self.as_bytes()))
    }
}

impl Decode<'_, Sqlite> for Uuid {
    fn decode(value: &Value) -> Result<Self, BoxDynError> {
        if let Value::Id(bytes) = value { Ok(Self::from_bytes(*bytes)) } else { Err(unexpected(value)) }
    }
}

impl<T> Type<Sqlite> for Json<T> {
    fn type_info() -> Form {
        Form::Text
    }
}

impl<T: Serialize> Encode<'_, Sqlite> for Json<T> {
    fn encode_by_ref(&self, buffer: &mut Vec<Value>) -> Encoded {
        put(buffer, Value::Text(serde_json::to_string(&self.0)?))
    }
}

impl<'r, T: Deserialize<'r> + 'r> Decode<'r, Sqlite> for Json<T> {
    fn decode(value: &'r Value) -> Result<Self, BoxDynError> {
        Ok(Self(serde_json::from_str(text(value)?)?))
    }
}
