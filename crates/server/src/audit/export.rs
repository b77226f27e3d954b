//! A log as a file: exactly the rows that a filter gives, in bounded memory.
//!
//! The rows are read page by page from behind the last one, so that no transaction stays open while a client takes its
//! time. Whoever may read the log may take it, and the log says that they did.

use super::directory::{Activity, Outcome, Target};
use super::entry::{ChangeEntry, ReadEntry, SignInEntry};
use super::filter::{ChangeFilter, Place, ReadFilter, SignInFilter};
use super::graph;
use super::operations::{self, LogError};
use super::rows::record;
use crate::Server;
use crate::graph::Caller;
use crate::platform::clock::rfc3339;
use crate::web::download::{self, CSV, JSON_LINES};
use axum::response::Response;
use bulk_file::write_cells;
use serde_json::{Map, Value};
use std::sync::Arc;

/// Rows that are read and written at once.
const PART: usize = 500;

/// Which log, and which of its rows: those that any of the filters gives.
#[derive(Debug, Clone)]
pub enum ExportedLog {
    /// The sign-in log.
    SignIns(Vec<SignInFilter>),
    /// The directory audit.
    Changes(Vec<ChangeFilter>),
    /// What guests read.
    Reads(Vec<ReadFilter>),
}

impl From<SignInFilter> for ExportedLog {
    fn from(filter: SignInFilter) -> Self {
        Self::SignIns(vec![filter])
    }
}

impl From<ChangeFilter> for ExportedLog {
    fn from(filter: ChangeFilter) -> Self {
        Self::Changes(vec![filter])
    }
}

impl From<ReadFilter> for ExportedLog {
    fn from(filter: ReadFilter) -> Self {
        Self::Reads(vec![filter])
    }
}

/// The form of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For spreadsheets: every cell quoted, and what would be a formula with an apostrophe in front.
    Csv,
    /// For programs: one object of the API on each line, with every text as it is.
    JsonLines,
}

impl Format {
    /// The form by the ending of a file's name.
    pub fn of(ending: &str) -> Option<Self> {
        match ending {
            "csv" => Some(Self::Csv),
            "jsonl" => Some(Self::JsonLines),
            _ => None,
        }
    }

    /// The ending of a file's name.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::JsonLines => "jsonl",
        }
    }

    const fn kind(self) -> &'static str {
        match self {
            Self::Csv => CSV,
            Self::JsonLines => JSON_LINES,
        }
    }
}

impl ExportedLog {
    const fn name(&self) -> &'static str {
        match self {
            Self::SignIns(_) => "sign-ins",
            Self::Changes(_) => "changes",
            Self::Reads(_) => "reads",
        }
    }
}

/// The file. `words` is the filter as the caller wrote it, for the audit.
pub async fn export(
    server: &Arc<Server>,
    caller: &Caller,
    log: ExportedLog,
    format: Format,
    words: &str,
) -> Result<Response, LogError> {
    operations::require(caller)?;
    let mut tx = server.write().await?;
    let mut target = Target::new("Log", caller.tenant.0, log.name());
    target.id = None;
    let details = [("format", format.ending()), ("filter", words)];
    record(&mut tx, server, caller, Activity::ExportLog, &Outcome::Success, &target, &details).await?;
    tx.commit().await?;
    let name = format!("{}.{}", log.name(), format.ending());
    let (server, caller) = (Arc::clone(server), caller.clone());
    let source = Arc::new(Source { server, caller, log, format });
    Ok(download::file(format.kind(), &name, source.heading(), move |after| {
        let source = Arc::clone(&source);
        async move { source.part(after).await }
    }))
}

struct Source {
    server: Arc<Server>,
    caller: Caller,
    log: ExportedLog,
    format: Format,
}

impl Source {
    /// The next rows, and where they end, if there were any.
    async fn part(&self, after: Option<Place>) -> database::Result<(String, Option<Place>)> {
        let mut text = String::new();
        let last = self.rows(after, &mut text).await.map_err(|error| match error {
            LogError::Database(error) => error,
            LogError::NotAllowed => database::Error::NotFound,
        })?;
        Ok((text, last))
    }

    /// What stands above the rows: the columns, where the file has any.
    fn heading(&self) -> String {
        match (self.format, &self.log) {
            (Format::JsonLines, _) => String::new(),
            (Format::Csv, ExportedLog::SignIns(_)) => download::heading(&SIGN_IN_COLUMNS),
            (Format::Csv, ExportedLog::Changes(_)) => download::heading(&CHANGE_COLUMNS),
            (Format::Csv, ExportedLog::Reads(_)) => download::heading(&READ_COLUMNS),
        }
    }

    /// Writes the next rows; where they end, if there were any.
    async fn rows(&self, after: Option<Place>, text: &mut String) -> Result<Option<Place>, LogError> {
        let (server, caller) = (&self.server, &self.caller);
        let last = match &self.log {
            ExportedLog::SignIns(filters) => {
                let entries = operations::list_sign_ins(server, caller, filters, after, PART).await?;
                self.write(&entries, text, sign_in_cells, |entry| graph::sign_in(caller.tenant, entry));
                entries.last().map(SignInEntry::place)
            }
            ExportedLog::Changes(filters) => {
                let entries = operations::list_changes(server, caller, filters, after, PART).await?;
                self.write(&entries, text, change_cells, graph::change);
                entries.last().map(ChangeEntry::place)
            }
            ExportedLog::Reads(filters) => {
                let entries = operations::list_reads(server, caller, filters, after, PART).await?;
                self.write(&entries, text, read_cells, graph::read);
                entries.last().map(ReadEntry::place)
            }
        };
        Ok(last)
    }

    /// Writes rows in the form of the file: their cells, or the objects of the API.
    fn write<E>(
        &self,
        entries: &[E],
        text: &mut String,
        cells: fn(&E, &mut String),
        object: impl Fn(&E) -> Map<String, Value>,
    ) {
        for entry in entries {
            match self.format {
                Format::Csv => cells(entry, text),
                Format::JsonLines => line(object(entry), text),
            }
        }
    }
}

fn line(object: Map<String, Value>, text: &mut String) {
    text.push_str(&Value::Object(object).to_string());
    text.push('\n');
}

/// The columns of the sign-in log, named as in the API where it has them.
const SIGN_IN_COLUMNS: [&str; 18] = [
    "createdDateTime",
    "userDisplayName",
    "userPrincipalName",
    "userId",
    "homeDomain",
    "homeTenantId",
    "appDisplayName",
    "appId",
    "resourceDisplayName",
    "isInteractive",
    "method",
    "errorCode",
    "failureReason",
    "attempts",
    "ipAddress",
    "userAgent",
    "correlationId",
    "id",
];

fn sign_in_cells(entry: &SignInEntry, text: &mut String) {
    let shown = |cell: &Option<String>| cell.clone().unwrap_or_default();
    let cells = [
        rfc3339(entry.at),
        shown(&entry.user_display_name),
        shown(&entry.user_principal_name),
        written(entry.user_id),
        shown(&entry.home_domain),
        written(entry.home_tenant_id),
        shown(&entry.app_display_name),
        written(entry.app_id),
        shown(&entry.resource_display_name),
        entry.is_interactive.to_string(),
        shown(&entry.method),
        entry.error_code.to_string(),
        shown(&entry.failure_reason),
        entry.attempts.to_string(),
        shown(&entry.client_address),
        shown(&entry.user_agent),
        entry.correlation_id.to_string(),
        entry.id.to_string(),
    ];
    write_cells(text, cells.iter().map(String::as_str));
}

/// The columns of the directory audit.
const CHANGE_COLUMNS: [&str; 15] = [
    "activityDateTime",
    "activityDisplayName",
    "category",
    "operationType",
    "result",
    "resultReason",
    "initiatedBy",
    "initiatedById",
    "homeDomain",
    "homeTenantId",
    "target",
    "modifiedProperties",
    "additionalDetails",
    "correlationId",
    "id",
];

fn change_cells(entry: &ChangeEntry, text: &mut String) {
    let changed = entry.changed_properties().into_iter().map(|[name, old, new]| format!("{name}: {old} → {new}"));
    let details = entry.pairs().into_iter().map(|(key, value)| format!("{key}: {value}"));
    let cells = [
        rfc3339(entry.at),
        entry.activity.clone(),
        entry.category.clone(),
        entry.operation.clone(),
        entry.result.clone(),
        entry.reason.clone().unwrap_or_default(),
        entry.initiator_name().to_owned(),
        written(entry.initiator_id),
        entry.home_domain().to_owned(),
        entry.home_tenant().to_owned(),
        entry.target_name().to_owned(),
        changed.collect::<Vec<_>>().join("; "),
        details.collect::<Vec<_>>().join("; "),
        entry.correlation_id.to_string(),
        entry.id.to_string(),
    ];
    write_cells(text, cells.iter().map(String::as_str));
}

/// The columns of what guests read.
const READ_COLUMNS: [&str; 17] = [
    "hourDateTime",
    "userDisplayName",
    "userPrincipalName",
    "userId",
    "homeDomain",
    "homeTenantId",
    "appId",
    "kind",
    "route",
    "result",
    "reads",
    "firstDateTime",
    "lastDateTime",
    "lastObjectId",
    "ipAddress",
    "correlationId",
    "id",
];

fn read_cells(entry: &ReadEntry, text: &mut String) {
    let cells = [
        rfc3339(entry.at),
        entry.user_display_name.clone(),
        entry.user_principal_name.clone(),
        entry.user_id.to_string(),
        entry.home_domain.clone().unwrap_or_default(),
        written(entry.home_tenant_id),
        written(entry.app_id),
        entry.kind.clone(),
        entry.route.clone(),
        entry.answered.to_string(),
        entry.reads.to_string(),
        rfc3339(entry.first_at),
        rfc3339(entry.last_at),
        written(entry.object_id),
        entry.client_address.clone().unwrap_or_default(),
        entry.correlation_id.to_string(),
        entry.id.to_string(),
    ];
    write_cells(text, cells.iter().map(String::as_str));
}

fn written(id: Option<impl ToString>) -> String {
    id.map(|id| id.to_string()).unwrap_or_default()
}
