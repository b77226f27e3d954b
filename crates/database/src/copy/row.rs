//! Rows on their way: out of one engine, into the other.

use super::schema::{Kind, Table};
use super::summary::Value;
use crate::query::Arguments;
use crate::transaction::{Connection, Transaction};
use crate::{Engine, Error, Result};
use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use sqlx::{AssertSqlSafe, ColumnIndex, Decode, Row, SqlSafeStr as _, Type};

/// Every row of a table, one after the other.
pub(super) async fn read<'t>(tx: &'t mut Transaction, table: &Table) -> Result<BoxStream<'t, Result<Vec<Value>>>> {
    let text = AssertSqlSafe(select(table, tx.engine())).into_sql_str();
    let kinds: Vec<Kind> = table.columns.iter().map(|(_, kind)| *kind).collect();
    Ok(match tx.connection().await? {
        Connection::Sqlite(connection) => {
            sqlx::query(text).fetch(&mut *connection).map(move |row| decode(&row?, &kinds)).boxed()
        }
        Connection::Postgres(connection) => {
            sqlx::query(text).fetch(&mut *connection).map(move |row| decode(&row?, &kinds)).boxed()
        }
        Connection::SqliteWriter(_) => return Err(super::not_alone()),
    })
}

/// Adds rows.
pub(super) async fn write(tx: &mut Transaction, table: &Table, rows: Vec<Vec<Value>>) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let text = AssertSqlSafe(insert(table, rows.len(), tx.engine())).into_sql_str();
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
            sqlx::query_with(text, arguments).execute(&mut *connection).await?;
        }
        (Connection::Postgres(connection), Arguments::Postgres(arguments)) => {
            sqlx::query_with(text, arguments).execute(&mut *connection).await?;
        }
        _ => return Err(super::not_alone()),
    }
    Ok(())
}

fn select(table: &Table, engine: Engine) -> String {
    let columns: Vec<String> = table.columns.iter().map(|(name, kind)| outgoing(name, *kind, engine)).collect();
    format!("SELECT {} FROM {}", columns.join(", "), table.name)
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

/// PostgreSQL orders the keys of an object and writes spaces, so the same text is made of the same value here.
fn canonical(text: &str) -> Result<String> {
    let value: serde_json::Value =
        serde_json::from_str(text).map_err(|error| Error::Copy(format!("a JSON column holds no JSON: {error}")))?;
    Ok(value.to_string())
}
