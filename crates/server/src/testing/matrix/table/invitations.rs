//! Invitations, alone and many at once, their mail, and the jobs behind them.

use super::enough::{CHANGE_USERS, INVITE};
use super::{EVERYBODY, Row, USERS, row};

/// Who may call what.
pub const API: &[Row] = &[
    row("POST /v1.0/invitations", EVERYBODY, INVITE),
    row("POST /beta/invitations", EVERYBODY, INVITE),
    row("GET /vestibule/v1/invitations", EVERYBODY, INVITE),
    row("POST /vestibule/v1/invitations/resendHeld", EVERYBODY, INVITE),
    row("GET /vestibule/v1/invitations/{id}", USERS, CHANGE_USERS),
    row("POST /vestibule/v1/invitations/{id}/resend", USERS, CHANGE_USERS),
    row("POST /vestibule/v1/invitations/{id}/revoke", USERS, CHANGE_USERS),
    row("GET /vestibule/v1/bulkInvitations", EVERYBODY, INVITE),
    row("POST /vestibule/v1/bulkInvitations", EVERYBODY, INVITE),
    row("GET /vestibule/v1/bulkInvitations/{id}", USERS, CHANGE_USERS),
    row("GET /vestibule/v1/bulkInvitations/{id}/rows", USERS, CHANGE_USERS),
    row("GET /vestibule/v1/bulkInvitations/{id}/failures", USERS, CHANGE_USERS),
    row("POST /vestibule/v1/bulkInvitations/{id}/start", USERS, CHANGE_USERS),
    row("POST /vestibule/v1/bulkInvitations/{id}/stop", USERS, CHANGE_USERS),
    row("GET /vestibule/v1/mails", USERS, CHANGE_USERS),
    row("POST /vestibule/v1/mails/{id}/retry", USERS, CHANGE_USERS),
    row("GET /vestibule/v1/jobs", USERS, CHANGE_USERS),
    row("POST /vestibule/v1/jobs/retryFailed", USERS, CHANGE_USERS),
    row("POST /vestibule/v1/jobs/{id}/retry", USERS, CHANGE_USERS),
    row("GET /vestibule/v1/health", USERS, CHANGE_USERS),
];
