//! Rows on their way: out of one engine, into the other.

use super::schema::{Kind, Table};
use super::summary::Value;
use crate::query::Arguments;
use crate::transaction::{Connection, Transaction};
use crate::{Engine, Error, Result, sqlite};
use futures_util::stream::{self, BoxStream, Stream, StreamExt as _, TryStreamExt as _};
use sqlx::{AssertSqlSafe, ColumnIndex, Decode, Row, SqlSafeStr as _, Type};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Rows that are taken out of SQLite together.
const CHUNK: i64 = 500;

/// Every row of a table, one after the other.
pub(super) async fn read<'t>(tx: &'t mut Transaction, table: &Table) -> Result<BoxStream<'t, Result<Vec<Value>>>> {
    let text = select(table, tx.engine());
    let kinds: Vec<Kind> = table.columns.iter().map(|(_, kind)| *kind).collect();
    Ok(match tx.connection().await? {
        Connection::Sqlite(connection) => in_chunks(connection, text, kinds).boxed(),
        Connection::Postgres(connection) => {
            let rows = sqlx::query(AssertSqlSafe(text).into_sql_str()).fetch(&mut *connection);
            rows.map(move |row| decode(&row?, &kinds)).boxed()
        }
        Connection::SqliteReaders(_) | Connection::SqliteWriter(_) => return Err(super::not_alone()),
    })
}

/// A chunk of rows at a time, in the order in which SQLite numbers them.
fn in_chunks(
    connection: &mut sqlite::Connection,
    text: String,
    kinds: Vec<Kind>,
) -> impl Stream<Item = Result<Vec<Value>>> + Send + '_ {
    let shared = Arc::new((text, kinds));
    let chunks = stream::try_unfold((connection, i64::MIN), move |(connection, after)| {
        let shared = Arc::clone(&shared);
        async move {
            // Others have their turn between two chunks.
            tokio::task::yield_now().await;
            let read = chunk(connection, &shared.0, &shared.1, after);
            read.map(|found| found.map(|(rows, last)| (stream::iter(rows), (connection, last))))
        }
    });
    chunks.try_flatten()
}

type Rows = Vec<Result<Vec<Value>>>;

/// The rows behind a number, and the number of the last one.
fn chunk(connection: &mut sqlite::Connection, text: &str, kinds: &[Kind], after: i64) -> Result<Option<(Rows, i64)>> {
    let mut range = sqlite::Arguments::default();
    range.bind(after)?.bind(CHUNK)?;
    let read = |row: &sqlite::Row| Ok((decode(row, kinds), row.try_get::<i64, _>(kinds.len())?));
    let (rows, numbers): (Rows, Vec<i64>) = connection.run(text, &range, usize::MAX, read)?.rows.into_iter().unzip();
    Ok(numbers.last().map(|last| (rows, *last)))
}

/// Adds rows.
pub(super) async fn write(tx: &mut Transaction, table: &Table, rows: Vec<Vec<Value>>) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let text = insert(table, rows.len(), tx.engine());
    let mut arguments = tx.arguments();
    for value in rows.into_iter().flatten() {
        let added = match value {
            Value::Integer(value) => arguments.add(value),
            Value::Text(value) => arguments.add(value),
            Value::Bytes(value) => arguments.add(value),
        };
        added.map_err(|error| Error::Driver(sqlx::Error::Encode(error)))?;
    }
    match (tx.connection().await?, arguments) {
        (Connection::Sqlite(connection), Arguments::Sqlite(arguments)) => {
            connection.execute(&text, &arguments)?;
        }
        (Connection::Postgres(connection), Arguments::Postgres(arguments)) => {
            let text = AssertSqlSafe(text).into_sql_str();
            sqlx::query_with(text, arguments).execute(&mut *connection).await?;
        }
        _ => return Err(super::not_alone()),
    }
    Ok(())
}

fn select(table: &Table, engine: Engine) -> String {
    let columns: Vec<String> = table.columns.iter().map(|(name, kind)| outgoing(name, *kind, engine)).collect();
    let columns = columns.join(", ");
    match engine {
        Engine::Sqlite => {
            format!("SELECT {columns}, rowid FROM {} WHERE rowid > $1 ORDER BY rowid LIMIT $2", table.name)
        }
        Engine::Postgres => format!("SELECT {columns} FROM {}", table.name),
    }
}

/// A column in one of the three forms that both engines have: integer, text, bytes.
fn outgoing(name: &str, kind: Kind, engine: Engine) -> String {
    match (engine, kind) {
        (Engine::Postgres, Kind::Uuid) => format!("uuid_send({name})"),
        (Engine::Postgres, Kind::Json) => format!("{name}::text"),
        (Engine::Postgres, Kind::Boolean) => format!("{name}::int::bigint"),
        _ => name.to_owned(),
    }
}

fn insert(table: &Table, rows: usize, engine: Engine) -> String {
    let names: Vec<&str> = table.columns.iter().map(|(name, _)| name.as_str()).collect();
    let mut text = format!("INSERT INTO {} ({}) VALUES ", table.name, names.join(", "));
    let mut number = 0;
    for row in 0..rows {
        let places = table.columns.iter().map(|(_, kind)| {
            number += 1;
            incoming(number, *kind, engine)
        });
        let places: Vec<String> = places.collect();
        text.push_str(if row == 0 { "(" } else { ", (" });
        text.push_str(&places.join(", "));
        text.push(')');
    }
    text
}

fn incoming(number: usize, kind: Kind, engine: Engine) -> String {
    match (engine, kind) {
        (Engine::Sqlite, _) => format!("${number}"),
        (Engine::Postgres, Kind::Integer) => format!("${number}::bigint"),
        (Engine::Postgres, Kind::Boolean) => format!("(${number}::bigint <> 0)"),
        (Engine::Postgres, Kind::Text) => format!("${number}::text"),
        (Engine::Postgres, Kind::Json) => format!("${number}::text::jsonb"),
        (Engine::Postgres, Kind::Uuid) => format!("encode(${number}::bytea, 'hex')::uuid"),
        (Engine::Postgres, Kind::Bytes) => format!("${number}::bytea"),
    }
}

fn decode<R: Row>(row: &R, kinds: &[Kind]) -> Result<Vec<Value>>
where
    usize: ColumnIndex<R>,
    for<'r> i64: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> String: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> Vec<u8>: Decode<'r, R::Database> + Type<R::Database>,
{
    let value = |(at, kind): (usize, &Kind)| {
        Ok(match kind {
            Kind::Integer | Kind::Boolean => Value::Integer(row.try_get(at)?),
            Kind::Text => Value::Text(row.try_get(at)?),
            Kind::Json => Value::Text(row.try_get::<Option<String>, _>(at)?.map(|text| canonical(&text)).transpose()?),
            Kind::Uuid | Kind::Bytes => Value::Bytes(row.try_get(at)?),
        })
    };
    kinds.iter().enumerate().map(value).collect()
}

/// PostgreSQL orders the keys of an object and writes spaces, so the same text is made of the same value here, also where a
/// crate of the same build makes `serde_json` keep the order of keys.
fn canonical(text: &str) -> Result<String> {
    let value: serde_json::Value =
        serde_json::from_str(text).map_err(|error| Error::Copy(format!("a JSON column holds no JSON: {error}")))?;
    Ok(sorted(value).to_string())
}

fn sorted(value: serde_json::Value) -> serde_json::Value {
    match value {
        serde_json::Value::Object(members) => {
            let members: BTreeMap<_, _> = members.into_iter().map(|(key, value)| (key, sorted(value))).collect();
            members.into_iter().collect()
        }
        serde_json::Value::Array(items) => items.into_iter().map(sorted).collect(),
        plain => plain,
    }
}
