//! Reading the logs. They say who did what when, so they are for administrators of users and above.

use super::entry::{ChangeEntry, ReadEntry, SignInEntry};
use super::filter::{ChangeFilter, Place, ReadFilter, Requests, SignInFilter};
use super::store;
use crate::Server;
use crate::graph::role::LOG_READERS;
use crate::graph::{Caller, Error, Permission};
use crate::platform::ids::EventId;
use std::cmp::Reverse;

/// Why a log is not read.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The caller may not.
    #[error("the logs are for administrators")]
    NotAllowed,
    /// The database.
    #[error(transparent)]
    Database(#[from] database::Error),
}

impl From<LogError> for Error {
    fn from(error: LogError) -> Self {
        match error {
            LogError::NotAllowed => Self::denied(),
            LogError::Database(error) => error.into(),
        }
    }
}

/// Whether the caller may read the logs: `AuditLog.Read.All`, and for a person a role that reads them.
pub fn may_read(caller: &Caller) -> bool {
    caller.may(&[Permission::AuditLogReadAll], LOG_READERS)
}

/// Sign-ins that any of the filters gives, the newest first: at most `limit`, from behind `after`.
pub async fn list_sign_ins(
    server: &Server,
    caller: &Caller,
    filters: &[SignInFilter],
    after: Option<Place>,
    limit: usize,
) -> Result<Vec<SignInEntry>, LogError> {
    require(caller)?;
    let mut tx = server.read().await?;
    let mut entries = Vec::new();
    let parts: Vec<SignInFilter> = filters.iter().flat_map(SignInFilter::parts).collect();
    for part in parts {
        entries.extend(store::list_sign_ins(&mut tx, caller.tenant, &part, after, bound(limit)).await?);
    }
    newest_first(&mut entries, limit, SignInEntry::place);
    Ok(entries)
}

/// One sign-in.
pub async fn get_sign_in(server: &Server, caller: &Caller, id: EventId) -> Result<Option<SignInEntry>, LogError> {
    require(caller)?;
    let mut tx = server.read().await?;
    Ok(store::find_sign_in(&mut tx, caller.tenant, id).await?)
}

/// Changes that any of the filters gives, the newest first: at most `limit`, from behind `after`.
pub async fn list_changes(
    server: &Server,
    caller: &Caller,
    filters: &[ChangeFilter],
    after: Option<Place>,
    limit: usize,
) -> Result<Vec<ChangeEntry>, LogError> {
    require(caller)?;
    let mut tx = server.read().await?;
    let mut entries = Vec::new();
    let parts: Vec<ChangeFilter> = filters.iter().flat_map(ChangeFilter::parts).collect();
    for part in parts {
        entries.extend(store::list_changes(&mut tx, caller.tenant, &part, after, bound(limit)).await?);
    }
    newest_first(&mut entries, limit, ChangeEntry::place);
    Ok(entries)
}

/// One change.
pub async fn get_change(server: &Server, caller: &Caller, id: EventId) -> Result<Option<ChangeEntry>, LogError> {
    require(caller)?;
    let mut tx = server.read().await?;
    Ok(store::find_change(&mut tx, caller.tenant, id).await?)
}

/// What guests read that any of the filters gives, the newest hour first: at most `limit`, from behind `after`.
pub async fn list_reads(
    server: &Server,
    caller: &Caller,
    filters: &[ReadFilter],
    after: Option<Place>,
    limit: usize,
) -> Result<Vec<ReadEntry>, LogError> {
    require(caller)?;
    let mut tx = server.read().await?;
    let mut entries = Vec::new();
    let parts: Vec<ReadFilter> = filters.iter().flat_map(ReadFilter::parts).collect();
    for part in parts {
        entries.extend(store::list_reads(&mut tx, caller.tenant, &part, after, bound(limit)).await?);
    }
    newest_first(&mut entries, limit, ReadEntry::place);
    Ok(entries)
}

/// Brings rows of several statements together: a row that several of them found stands once.
fn newest_first<T>(entries: &mut Vec<T>, limit: usize, place: impl Fn(&T) -> Place) {
    entries.sort_by_key(|entry| Reverse(place(entry).key()));
    entries.dedup_by_key(|entry| place(entry).key());
    entries.truncate(limit);
}

/// Which log knows a reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Log {
    /// The sign-in log; it is asked first, because references are mostly read out by people who were turned away.
    SignIns,
    /// The directory audit.
    Changes,
}

/// The log that holds rows of these requests.
pub async fn find(server: &Server, caller: &Caller, requests: Requests) -> Result<Option<Log>, LogError> {
    let requests = Some(requests);
    let filter = SignInFilter { requests, ..SignInFilter::default() };
    if !list_sign_ins(server, caller, &[filter], None, 1).await?.is_empty() {
        return Ok(Some(Log::SignIns));
    }
    let filter = ChangeFilter { requests, ..ChangeFilter::default() };
    let changes = list_changes(server, caller, &[filter], None, 1).await?;
    Ok((!changes.is_empty()).then_some(Log::Changes))
}

pub(super) fn require(caller: &Caller) -> Result<(), LogError> {
    if may_read(caller) { Ok(()) } else { Err(LogError::NotAllowed) }
}

fn bound(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
