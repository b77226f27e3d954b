//! One statement on its way to the engine.

use crate::transaction::{Connection, Transaction};
use crate::{Bind, Error, Record, Result, Statement, sqlite};
use sqlx::{Arguments as _, AssertSqlSafe, FromRow, Row as _, SqlSafeStr};
use sqlx_postgres::{PgArguments, PgRow};
use std::borrow::Cow;
use std::time::Instant;

/// The bound values, already in the engine's form.
pub(crate) enum Arguments {
    Sqlite(sqlite::Arguments),
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
    /// What stands in front of the text.
    prefix: &'static str,
    continuation: String,
    values: usize,
    arguments: Arguments,
    refused: Option<sqlx::error::BoxDynError>,
}

/// Runs a query on whichever engine the transaction is on: `$method` of sqlx and `$postgres` with what it answers, or
/// `$sqlite` with at most `$most` rows, each read by `$read`, and the number of changes.
macro_rules! on_engine {
    ($query:expr, $method:ident, $postgres:expr, $most:expr, $read:expr, $sqlite:expr) => {{
        let Query { transaction, statement, prefix, continuation, arguments, .. } = $query;
        let connection = transaction.connection().await?;
        let began = Instant::now();
        let outcome = match (connection, arguments) {
            (Connection::Postgres(connection), Arguments::Postgres(arguments)) => {
                let text = match whole(prefix, statement, &continuation) {
                    Cow::Borrowed(text) => text.into_sql_str(),
                    Cow::Owned(text) => AssertSqlSafe(text).into_sql_str(),
                };
                let answer = sqlx::query_with(text, arguments).$method(&mut *connection).await;
                answer.and_then($postgres).map_err(Error::from)
            }
            (connection, Arguments::Sqlite(arguments)) => {
                let text = whole(prefix, statement, &continuation);
                on_sqlite(connection, text, arguments, $most, $read).await.map($sqlite)
            }
            _ => unreachable!("the arguments were made for this transaction's engine"),
        };
        transaction.ended(outcome, began.elapsed())
    }};
}

fn whole(prefix: &str, statement: &Statement, continuation: &str) -> Cow<'static, str> {
    if prefix.is_empty() && continuation.is_empty() {
        statement.text.into()
    } else {
        [prefix, statement.text, continuation].concat().into()
    }
}

async fn on_sqlite<R: Send + 'static>(
    connection: Connection<'_>,
    text: Cow<'static, str>,
    arguments: sqlite::Arguments,
    most: usize,
    read: fn(&sqlite::Row) -> Result<R>,
) -> Result<sqlite::Answer<R>> {
    match connection {
        Connection::SqliteReaders(readers) => readers.run(text, arguments, most, read).await,
        Connection::Sqlite(connection) => connection.run(&text, &arguments, most, read),
        Connection::SqliteWriter(mut slot) => slot.as_mut().ok_or(Error::TooLong)?.run(&text, &arguments, most, read),
        Connection::Postgres(_) => unreachable!("the arguments were made for SQLite"),
    }
}

impl<'t> Query<'t> {
    pub(crate) fn new(transaction: &'t mut Transaction, statement: &'static Statement) -> Self {
        let arguments = transaction.arguments();
        Self { transaction, statement, prefix: "", continuation: String::new(), values: 0, arguments, refused: None }
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
        on_engine!(query, execute, |done| Ok(done.rows_affected()), usize::MAX, |_| Ok(()), |answer| answer.changed)
    }

    /// The first row, if there is one.
    pub async fn fetch_optional<R: Record>(self) -> Result<Option<R>> {
        let query = self.checked()?;
        let postgres = |row: Option<PgRow>| row.as_ref().map(R::from_row).transpose();
        on_engine!(query, fetch_optional, postgres, 1, read_row, |mut answer| answer.rows.pop())
    }

    /// The first row, which must exist: otherwise [`Error::NotFound`].
    pub async fn fetch_one<R: Record>(self) -> Result<R> {
        self.fetch_optional().await?.ok_or(Error::NotFound)
    }

    /// The one column of the first row, which must exist as with [`Query::fetch_one`]: a number that was counted, for example.
    pub async fn fetch_value<T>(self) -> Result<T>
    where
        (T,): Record,
    {
        let (value,): (T,) = self.fetch_one().await?;
        Ok(value)
    }

    /// The one column of every row.
    pub async fn fetch_values<T>(self) -> Result<Vec<T>>
    where
        (T,): Record,
    {
        let rows: Vec<(T,)> = self.fetch_all().await?;
        Ok(rows.into_iter().map(|(value,)| value).collect())
    }

    /// Every row.
    pub async fn fetch_all<R: Record>(self) -> Result<Vec<R>> {
        let query = self.checked()?;
        let postgres = |rows: Vec<PgRow>| rows.iter().map(R::from_row).collect();
        on_engine!(query, fetch_all, postgres, usize::MAX, read_row, |answer| answer.rows)
    }

    /// How the engine would run it, one step on each line: for tests that a statement is served by an index.
    pub async fn explain(mut self) -> Result<String> {
        self.prefix = match self.arguments {
            Arguments::Sqlite(_) => "EXPLAIN QUERY PLAN ",
            Arguments::Postgres(_) => "EXPLAIN ",
        };
        let steps: Vec<Step> = self.fetch_all().await?;
        let steps: Vec<String> = steps.into_iter().map(|step| step.0).collect();
        Ok(steps.join("\n"))
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
        tracing::trace!(statement = %self.statement.place(), continued = %self.continuation, "a statement runs");
        Ok(self)
    }
}

fn read_row<R: Record>(row: &sqlite::Row) -> Result<R> {
    Ok(R::from_row(row)?)
}

/// One step of a plan.
struct Step(String);

impl FromRow<'_, sqlite::Row> for Step {
    fn from_row(row: &sqlite::Row) -> sqlx::Result<Self> {
        row.try_get("detail").map(Self)
    }
}

impl FromRow<'_, PgRow> for Step {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        row.try_get(0).map(Self)
    }
}
