//! The list of users as a file: exactly what its filters show, for spreadsheets.

use super::filter::{Edge, Filter};
use super::store::{self, Listed};
use crate::Server;
use crate::audit::{self, Activity, Outcome, Target};
use crate::graph::Caller;
use crate::platform::clock::rfc3339;
use crate::platform::ids::UserId;
use crate::web::download::{self, CSV};
use axum::response::Response;
use bulk_file::write_cells;
use database::Result;
use std::sync::Arc;

/// Rows that are read and written at once.
const PART: i64 = 500;
const COLUMNS: [&str; 8] =
    ["displayName", "mail", "userPrincipalName", "userType", "state", "sponsor", "lastSignInDateTime", "id"];

/// Where writing stands.
enum Progress {
    Beginning,
    Behind(UserId),
    End,
}

/// The file; `words` is the filter as it stands in the address, for the audit.
pub(super) async fn file(server: &Arc<Server>, caller: &Caller, filter: Filter, words: &str) -> Result<Response> {
    let target = Target { id: None, ..Target::new("Directory", caller.tenant.0, "users") };
    let details = [("format", "csv"), ("filter", words)];
    let mut tx = server.write().await?;
    audit::record(&mut tx, server, caller, Activity::ExportUsers, &Outcome::Success, &target, &details).await?;
    tx.commit().await?;
    let (server, tenant, filter) = (Arc::clone(server), caller.tenant, Arc::new(filter));
    Ok(download::file(CSV, "users.csv", Progress::Beginning, move |progress| {
        let (server, filter) = (Arc::clone(&server), Arc::clone(&filter));
        async move {
            let mut text = String::new();
            let edge = match progress {
                Progress::Beginning => {
                    // The mark by which spreadsheets know UTF-8.
                    text.push('\u{feff}');
                    write_cells(&mut text, COLUMNS.into_iter());
                    None
                }
                Progress::Behind(user) => Some(Edge::After(user)),
                Progress::End => return Ok(None),
            };
            let mut tx = server.read().await?;
            let users = store::list(&mut tx, tenant, &filter, edge, server.clock.now(), PART).await?;
            drop(tx);
            users.iter().for_each(|user| row(user, &mut text));
            Ok(Some((text, users.last().map_or(Progress::End, |last| Progress::Behind(last.id)))))
        }
    }))
}

fn row(user: &Listed, text: &mut String) {
    let (id, last) = (user.id.to_string(), user.last_sign_in_at.map(rfc3339).unwrap_or_default());
    let cells = [
        user.display_name.as_str(),
        user.mail.as_deref().unwrap_or_default(),
        &user.user_principal_name,
        user.user_type.as_str(),
        user.standing().word(),
        user.sponsor.as_deref().unwrap_or_default(),
        &last,
        &id,
    ];
    write_cells(text, cells.into_iter());
}
