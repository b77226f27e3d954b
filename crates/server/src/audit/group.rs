//! Rows of the sign-in log that are written together: those of programs and of refreshed tokens.
//!
//! A program may get thousands of tokens a second, and a transaction for each row would be most of the work. A crash
//! loses at most [`INTERVAL`] of these rows; nothing else depends on them.

use super::repeats::Repeats;
use super::sign_in::{Row, SignIn, insert_all};
use crate::Server;
use crate::platform::ids::{EventId, TenantId};
use database::Result;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long a row waits for others.
pub const INTERVAL: Duration = Duration::from_millis(500);

/// Rows in one transaction.
const TOGETHER: usize = 200;

/// Rows that may wait while the database is away; later ones are dropped.
const MOST: usize = 20_000;

/// The rows that wait in this process.
#[derive(Debug, Default)]
pub struct Group {
    waiting: Mutex<Vec<Row>>,
    repeats: Mutex<Repeats>,
    /// Held by whoever writes, so that nobody believes that rows are written which somebody else has in hand.
    writing: tokio::sync::Mutex<()>,
}

/// Writes a sign-in within about [`INTERVAL`].
pub fn record_soon(server: &Arc<Server>, tenant: TenantId, sign_in: SignIn) {
    push(server, Row::new(server, tenant, sign_in));
}

/// The same as a row with this id, for whoever keeps it elsewhere too.
pub fn record_soon_as(server: &Arc<Server>, tenant: TenantId, id: EventId, sign_in: SignIn) {
    let mut row = Row::new(server, tenant, sign_in);
    row.id = id;
    push(server, row);
}

fn push(server: &Arc<Server>, row: Row) {
    let row = row.counted(&mut server.sign_ins.repeats.lock().unwrap_or_else(PoisonError::into_inner));
    let mut waiting = server.sign_ins.waiting.lock().unwrap_or_else(PoisonError::into_inner);
    if waiting.len() >= MOST {
        tracing::error!("a row of the sign-in log was dropped, because too many wait for the database");
        return;
    }
    let is_first = waiting.is_empty();
    waiting.push(row);
    drop(waiting);
    if is_first {
        let server = Arc::clone(server);
        tokio::spawn(async move { write_until_done(&server).await });
    }
}

async fn write_until_done(server: &Server) {
    loop {
        tokio::time::sleep(INTERVAL).await;
        match flush(server).await {
            Ok(()) => return,
            Err(failure) => tracing::error!(%failure, "the sign-in log could not be written and is tried again"),
        }
    }
}

/// Writes what waits; also called before the process ends.
pub async fn flush(server: &Server) -> Result<()> {
    let _writing = server.sign_ins.writing.lock().await;
    let mut rows = std::mem::take(&mut *server.sign_ins.waiting.lock().unwrap_or_else(PoisonError::into_inner));
    let mut written = 0;
    for together in rows.chunks(TOGETHER) {
        if let Err(failure) = write(server, together).await {
            let mut waiting = server.sign_ins.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            waiting.splice(0..0, rows.drain(written..));
            return Err(failure);
        }
        written += together.len();
    }
    Ok(())
}

async fn write(server: &Server, rows: &[Row]) -> Result<()> {
    let mut tx = server.write().await?;
    insert_all(&mut tx, rows.to_vec()).await?;
    tx.commit().await
}
