//! The pages of the portal: sending a file, looking at what would happen, watching it happen.

mod send;
mod show;

use super::bulk_invitation::{RowResult, State};
use super::error::BulkError;
use crate::Server;
use crate::invitations::{InviteError, refusal as invitation_refusal};
use crate::web::pages::Problem;
use crate::web::portal::Refusal;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use std::sync::Arc;

/// The pages; they stand behind the layer that knows who is signed in. A file has limits of its own.
pub fn routes() -> Router<Arc<Server>> {
    Router::new()
        .route("/portal/{tenant}/invitations/bulk", get(send::page).post(send::receive))
        .layer(DefaultBodyLimit::disable())
        .route("/portal/{tenant}/invitations/bulk/{id}", get(show::page))
        .route("/portal/{tenant}/invitations/bulk/{id}/failures", get(show::failures))
        .route("/portal/{tenant}/invitations/bulk/{id}/start", post(show::start))
        .route("/portal/{tenant}/invitations/bulk/{id}/stop", post(show::stop))
}

/// What a page says when an operation refuses.
fn refusal(error: BulkError) -> Refusal {
    match error {
        BulkError::Invite(error) => invitation_refusal(error),
        BulkError::NotFound(_) => Problem::NotFound.into(),
        BulkError::Database(error) => error.into(),
        BulkError::File(_) | BulkError::Empty | BulkError::Both | BulkError::BrokenOff | BulkError::WrongState => {
            Problem::BadRequest.into()
        }
    }
}

/// The shape and word of a run.
const fn shown(state: State) -> (&'static str, &'static str) {
    match state {
        State::Receiving => ("wait", "Arriving"),
        State::Checking => ("wait", "Being checked"),
        State::Checked => ("wait", "To be reviewed"),
        State::Running => ("wait", "Inviting"),
        State::Finished => ("in-s", "Finished"),
        State::Stopped => ("stop", "Stopped"),
    }
}

/// The shape and word of a row in a run that has come so far.
const fn shown_row(result: RowResult, state: State) -> (&'static str, &'static str) {
    match result {
        RowResult::Ready if matches!(state, State::Stopped) => ("gone", "Left out"),
        RowResult::Unchecked => ("gone", "Not checked yet"),
        RowResult::Ready => ("wait", "To be invited"),
        RowResult::Invited => ("in-s", "Invited"),
        RowResult::AlreadyInvited => ("gone", "Invited before"),
        RowResult::Repeated => ("gone", "Repeated"),
        RowResult::Failed => ("stop", "Cannot be invited"),
    }
}

/// The refusal of a caller who may not invite, before a page is shown.
fn may_not(error: InviteError) -> Refusal {
    invitation_refusal(error)
}

/// "1 row", "240 rows".
fn rows(count: i64) -> String {
    if count == 1 { "1 row".to_owned() } else { format!("{count} rows") }
}

/// A reason as a sentence of a page: reasons stand in the middle of a sentence elsewhere.
fn sentence(reason: &str) -> String {
    let (first, rest) = reason.split_at(reason.chars().next().map_or(0, char::len_utf8));
    let end = if reason.ends_with('.') { "" } else { "." };
    format!("{}{rest}{end}", first.to_uppercase())
}
