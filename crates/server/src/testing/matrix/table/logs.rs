//! What happened, who is told of it, and calls that hold others.

use super::enough::{READ_LOGS, READ_SPONSORS};
use super::{EVERYBODY, GLOBAL, LOGS, Row, person_only, row};
use crate::graph::Permission;

/// Who may call what.
pub const API: &[Row] = &[
    row("GET /v1.0/auditLogs/signIns", LOGS, READ_LOGS),
    row("GET /v1.0/auditLogs/signIns/{id}", LOGS, READ_LOGS),
    row("GET /v1.0/auditLogs/directoryAudits", LOGS, READ_LOGS),
    row("GET /v1.0/auditLogs/directoryAudits/{id}", LOGS, READ_LOGS),
    row("GET /vestibule/v1/auditLogs/directoryReads", LOGS, READ_LOGS),
    row("GET /vestibule/v1/auditLogs/directoryReads/{format}", LOGS, READ_LOGS),
    row("GET /vestibule/v1/auditLogs/signIns/{format}", LOGS, READ_LOGS),
    row("GET /vestibule/v1/auditLogs/directoryAudits/{format}", LOGS, READ_LOGS),
    row("GET /v1.0/subscriptions", EVERYBODY, Permission::ALL),
    row("POST /v1.0/subscriptions", EVERYBODY, Permission::ALL),
    person_only("GET /v1.0/subscriptions/{subscription}", GLOBAL, READ_SPONSORS),
    person_only("PATCH /v1.0/subscriptions/{subscription}", GLOBAL, READ_SPONSORS),
    person_only("DELETE /v1.0/subscriptions/{subscription}", GLOBAL, READ_SPONSORS),
    person_only("POST /v1.0/subscriptions/{subscription}/reauthorize", GLOBAL, READ_SPONSORS),
    person_only("GET /vestibule/v1/subscriptions/{subscription}", GLOBAL, READ_SPONSORS),
    row("POST /v1.0/$batch", EVERYBODY, Permission::ALL),
    row("POST /beta/$batch", EVERYBODY, Permission::ALL),
];
