//! What `sqlx` wants of every engine and this one has not: connections, their options, prepared statements.
//!
//! There is no value of [`Nowhere`], so nothing here can ever run, and the compiler knows it.

use super::driver::{Arguments, Column, Sqlite};
use super::value::Form;
use sqlx::{Either, SqlStr};
use sqlx_core::transaction::{Transaction, TransactionManager};
use std::str::FromStr;
use std::time::Duration;

/// Stands for what does not exist.
#[derive(Debug, Clone)]
pub enum Nowhere {}

impl FromStr for Nowhere {
    type Err = sqlx::Error;

    fn from_str(_: &str) -> sqlx::Result<Self> {
        Err(sqlx::Error::Configuration("SQLite is opened by its file, not by an address".into()))
    }
}

impl sqlx::ConnectOptions for Nowhere {
    type Connection = Self;

    fn from_url(url: &sqlx_core::Url) -> sqlx::Result<Self> {
        url.as_str().parse()
    }

    async fn connect(&self) -> sqlx::Result<Self> {
        match *self {}
    }

    fn log_statements(self, _: log::LevelFilter) -> Self {
        match self {}
    }

    fn log_slow_statements(self, _: log::LevelFilter, _: Duration) -> Self {
        match self {}
    }
}

impl sqlx::Connection for Nowhere {
    type Database = Sqlite;
    type Options = Self;

    async fn close(self) -> sqlx::Result<()> {
        match self {}
    }

    async fn close_hard(self) -> sqlx::Result<()> {
        match self {}
    }

    async fn ping(&mut self) -> sqlx::Result<()> {
        match *self {}
    }

    async fn begin(&mut self) -> sqlx::Result<Transaction<'_, Sqlite>> {
        match *self {}
    }

    fn shrink_buffers(&mut self) {
        match *self {}
    }

    async fn flush(&mut self) -> sqlx::Result<()> {
        match *self {}
    }

    fn should_flush(&self) -> bool {
        match *self {}
    }
}

impl TransactionManager for Nowhere {
    type Database = Sqlite;

    async fn begin(connection: &mut Self, _: Option<SqlStr>) -> sqlx::Result<()> {
        match *connection {}
    }

    async fn commit(connection: &mut Self) -> sqlx::Result<()> {
        match *connection {}
    }

    async fn rollback(connection: &mut Self) -> sqlx::Result<()> {
        match *connection {}
    }

    fn start_rollback(connection: &mut Self) {
        match *connection {}
    }

    fn get_transaction_depth(connection: &Self) -> usize {
        match *connection {}
    }
}

impl sqlx::Statement for Nowhere {
    type Database = Sqlite;

    fn into_sql(self) -> SqlStr {
        match self {}
    }

    fn sql(&self) -> &SqlStr {
        match *self {}
    }

    fn parameters(&self) -> Option<Either<&[Form], usize>> {
        match *self {}
    }

    fn columns(&self) -> &[Column] {
        match *self {}
    }

    sqlx_core::impl_statement_query!(Arguments);
}

sqlx_core::impl_column_index_for_statement!(Nowhere);
sqlx_core::impl_into_arguments_for_arguments!(Arguments);
