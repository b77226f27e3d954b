//! What `sqlx` has to know of an engine so that its derived traits read rows and bind values.

use super::nowhere::Nowhere;
use super::value::{Form, Value};
use sqlx::error::BoxDynError;
use sqlx::{ColumnIndex, Database, Encode, Type};
use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The engine.
#[derive(Debug)]
pub enum Sqlite {}

impl Database for Sqlite {
    type Connection = Nowhere;
    type TransactionManager = Nowhere;
    type Row = Row;
    type QueryResult = ();
    type Column = Column;
    type TypeInfo = Form;
    type Value = Value;
    type ValueRef<'r> = &'r Value;
    type Arguments = Arguments;
    type ArgumentBuffer = Vec<Value>;
    type Statement = Nowhere;
    const NAME: &'static str = "SQLite";
    const URL_SCHEMES: &'static [&'static str] = &[];
}

/// Bound values, in the order of their placeholders.
#[derive(Debug, Default)]
pub struct Arguments(Vec<Value>);

impl Arguments {
    pub(crate) fn values(&self) -> &[Value] {
        &self.0
    }

    /// Binds the next placeholder.
    pub(crate) fn bind<'t>(&mut self, value: impl Encode<'t, Sqlite> + Type<Sqlite>) -> crate::Result<&mut Self> {
        sqlx::Arguments::add(self, value).map_err(sqlx::Error::Encode)?;
        Ok(self)
    }
}

impl sqlx::Arguments for Arguments {
    type Database = Sqlite;

    fn reserve(&mut self, additional: usize, _size: usize) {
        self.0.reserve(additional);
    }

    fn add<'t, T: Encode<'t, Sqlite> + Type<Sqlite>>(&mut self, value: T) -> Result<(), BoxDynError> {
        let before = self.0.len();
        match value.encode(&mut self.0) {
            Ok(is_null) => {
                if is_null.is_null() {
                    self.0.push(Value::Null);
                }
                Ok(())
            }
            Err(error) => {
                self.0.truncate(before);
                Err(error)
            }
        }
    }

    fn len(&self) -> usize {
        self.0.len()
    }
}

/// A column of a result.
#[derive(Debug)]
pub struct Column {
    pub(super) ordinal: usize,
    pub(super) name: String,
}

impl sqlx::Column for Column {
    type Database = Sqlite;

    fn ordinal(&self) -> usize {
        self.ordinal
    }

    fn name(&self) -> &str {
        &self.name
    }

    /// The form of each value decides, not the column.
    fn type_info(&self) -> &Form {
        &Form::Null
    }
}

/// The row of a result that is shown, copied out of the engine. One takes all rows of a result, one after the other, so
/// that their texts share memory.
#[derive(Debug)]
pub struct Row {
    columns: Arc<[Column]>,
    values: Box<[Value]>,
    /// Where the next name is looked for first: entities read their columns in about the order of the statement.
    next: AtomicUsize,
}

impl Row {
    /// Before the first row: every value is NULL.
    pub(super) fn new(columns: Arc<[Column]>) -> Self {
        let values = columns.iter().map(|_| Value::Null).collect();
        Self { columns, values, next: AtomicUsize::new(0) }
    }

    /// Takes the values of the next row.
    pub(super) fn show(&mut self, row: &rusqlite::Row<'_>) -> rusqlite::Result<()> {
        for (at, value) in self.values.iter_mut().enumerate() {
            value.copy(row.get_ref(at)?).map_err(|error| rusqlite::Error::Utf8Error(at, error))?;
        }
        *self.next.get_mut() = 0;
        Ok(())
    }

    fn position(&self, name: &str) -> Option<usize> {
        let (before, after) = self.columns.split_at(self.next.load(Ordering::Relaxed).min(self.columns.len()));
        let found = after.iter().chain(before).find(|column| column.name == name)?.ordinal;
        self.next.store(found + 1, Ordering::Relaxed);
        Some(found)
    }
}

impl sqlx::Row for Row {
    type Database = Sqlite;

    fn columns(&self) -> &[Column] {
        &self.columns
    }

    fn try_get_raw<I: ColumnIndex<Self>>(&self, index: I) -> sqlx::Result<&Value> {
        Ok(&self.values[index.index(self)?])
    }
}

impl ColumnIndex<Row> for usize {
    fn index(&self, row: &Row) -> sqlx::Result<usize> {
        let len = row.values.len();
        if *self < len { Ok(*self) } else { Err(sqlx::Error::ColumnIndexOutOfBounds { len, index: *self }) }
    }
}

impl ColumnIndex<Row> for str {
    fn index(&self, row: &Row) -> sqlx::Result<usize> {
        row.position(self).ok_or_else(|| sqlx::Error::ColumnNotFound(self.to_owned()))
    }
}

impl sqlx::TypeInfo for Form {
    fn is_null(&self) -> bool {
        *self == Self::Null
    }

    fn name(&self) -> &str {
        match self {
            Self::Null => "NULL",
            Self::Integer => "INTEGER",
            Self::Real => "REAL",
            Self::Text => "TEXT",
            Self::Blob => "BLOB",
        }
    }
}

impl sqlx::Value for Value {
    type Database = Sqlite;

    fn as_ref(&self) -> &Value {
        self
    }

    fn type_info(&self) -> Cow<'_, Form> {
        Cow::Owned(self.form())
    }

    fn is_null(&self) -> bool {
        *self == Self::Null
    }
}

impl<'r> sqlx::ValueRef<'r> for &'r Value {
    type Database = Sqlite;

    fn to_owned(&self) -> Value {
        (*self).clone()
    }

    fn type_info(&self) -> Cow<'_, Form> {
        Cow::Owned(self.form())
    }

    fn is_null(&self) -> bool {
        **self == Value::Null
    }
}
