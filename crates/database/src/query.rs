//! One statement on its way to the engine.

use crate::transaction::{Connection, Transaction};
use crate::{Bind, Error, Record, Result, Statement};
use sqlx::postgres::PgArguments;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments as _, AssertSqlSafe, SqlSafeStr};

/// The bound values, already in the engine's form.
pub(crate) enum Arguments {
    Sqlite(SqliteArguments),
    Postgres(PgArguments),
}

impl Arguments {
    pub(crate) fn add<T: Bind>(&mut self, value: T) -> Result<(), sqlx::error::BoxDynError> {
        match self {
            Self::Sqlite(arguments) => arguments.add(value),
            Self::Postgres(arguments) => arguments.add(value),
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Sqlite(arguments) => arguments.len(),
            Self::Postgres(arguments) => arguments.len(),
        }
    }
}

/// A statement with its values. A registered statement may be continued: [`Query::push`] takes text that is part of the
/// program, [`Query::value`] binds everything else, so no value can become SQL.
#[must_use = "a query does nothing until it is executed or fetched"]
pub struct Query<'t> {
    transaction: &'t mut Transaction,
    statement: &'static Statement,
    continuation: String,
    values: usize,
    arguments: Arguments,
    refused: Option<sqlx::error::BoxDynError>,
}

/// Runs the query on whichever connection the transaction holds; `$method` is a fetch function of sqlx.
macro_rules! on_engine {
    ($query:expr, $method:ident, $map:expr) => {{
        let Query { transaction, statement, continuation, arguments, .. } = $query;
        let text = if continuation.is_empty() {
            statement.text.into_sql_str()
        } else {
            AssertSqlSafe([statement.text, &continuation].concat()).into_sql_str()
        };
        let mut connection = transaction.connection().await?;
        let outcome = match (&mut connection, arguments) {
            (Connection::Sqlite(connection), Arguments::Sqlite(arguments)) => {
                sqlx::query_with(text, arguments).$method(&mut **connection).await.and_then($map)
            }
            (Connection::SqliteWriter(slot), Arguments::Sqlite(arguments)) => {
                let connection = slot.as_mut().ok_or(Error::TooLong)?;
                sqlx::query_with(text, arguments).$method(connection).await.and_then($map)
            }
            (Connection::Postgres(connection), Arguments::Postgres(arguments)) => {
                sqlx::query_with(text, arguments).$method(&mut **connection).await.and_then($map)
            }
            _ => unreachable!("the arguments were made for this transaction's engine"),
        };
        drop(connection);
        outcome.map_err(|error| transaction.fail(error.into()))
    }};
}

impl<'t> Query<'t> {
    pub(crate) fn new(transaction: &'t mut Transaction, statement: &'static Statement) -> Self {
        let arguments = transaction.arguments();
        Self { transaction, statement, continuation: String::new(), values: 0, arguments, refused: None }
    }

    /// Binds the next placeholder of the registered text.
    pub fn bind(mut self, value: impl Bind) -> Self {
        self.add(value);
        self
    }

    /// Continues the text.
    pub fn push(&mut self, text: &'static str) -> &mut Self {
        self.continuation.push_str(text);
        self
    }

    /// Continues the text with a placeholder and binds it.
    pub fn value(&mut self, value: impl Bind) -> &mut Self {
        self.add(value);
        self.values += 1;
        self.continuation.push('$');
        self.continuation.push_str(&self.arguments.len().to_string());
        self
    }

    fn add(&mut self, value: impl Bind) {
        if let Err(error) = self.arguments.add(value) {
            self.refused.get_or_insert(error);
        }
    }

    /// Runs the statement; how many rows it changed.
    pub async fn execute(self) -> Result<u64> {
        let query = self.checked()?;
        on_engine!(query, execute, |done| Ok(done.rows_affected()))
    }

    /// The first row, if there is one.
    pub async fn fetch_optional<R: Record>(self) -> Result<Option<R>> {
        let query = self.checked()?;
        on_engine!(query, fetch_optional, |row| row.as_ref().map(R::from_row).transpose())
    }

    /// The first row, which must exist: otherwise [`Error::NotFound`].
    pub async fn fetch_one<R: Record>(self) -> Result<R> {
        self.fetch_optional().await?.ok_or(Error::NotFound)
    }

    /// Every row.
    pub async fn fetch_all<R: Record>(self) -> Result<Vec<R>> {
        let query = self.checked()?;
        on_engine!(query, fetch_all, |rows| rows.iter().map(R::from_row).collect())
    }

    /// Refuses a value that could not be encoded and a wrong number of binds, which SQLite would read as NULL.
    fn checked(mut self) -> Result<Self> {
        if let Some(error) = self.refused.take() {
            return Err(Error::Driver(sqlx::Error::Encode(error)));
        }
        let bound = self.arguments.len() - self.values;
        if bound != self.statement.placeholders {
            let place = self.statement.place();
            return Err(Error::Binds { place, placeholders: self.statement.placeholders, bound });
        }
        tracing::trace!(statement = %self.statement.place(), "a statement runs");
        Ok(self)
    }
}
