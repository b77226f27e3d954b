//! The list of apps as a file: exactly what its filters show, for spreadsheets.

use super::list::{ASSIGNMENTS, KnownApps, Wanted, address, filter, require_some};
use crate::Server;
use crate::audit::Activity;
use crate::platform::clock::rfc3339;
use crate::platform::ids::ServicePrincipalId;
use crate::service_principals::list_store::{self, Beside, Filter, Listed};
use crate::web::export::{Export, Source};
use crate::web::numbers::grouped;
use crate::web::paging::Edge;
use crate::web::portal::Refusal;
use crate::web::query::Query;
use crate::web::visitor::Visitor;
use axum::extract::State;
use axum::response::Response;
use bulk_file::write_cells;
use database::Result;
use std::sync::Arc;

/// Rows that are read and written at once: one statement counts the assignments of all of them.
const PART: i64 = 100;

static EXPORT: Export = Export {
    name: "apps",
    activity: Activity::ExportApps,
    columns: &[
        "displayName",
        "publisher",
        "publisherDomain",
        "accountEnabled",
        "appRoleAssignmentRequired",
        "assigned",
        "secretEndDateTime",
        "homepage",
        "appId",
        "applicationId",
        "id",
    ],
};

/// `GET /portal/{tenant}/apps/as/csv`
pub async fn download(State(server): State<Arc<Server>>, visitor: Visitor, Query(wanted): Query<Wanted>) -> Response {
    visitor.respond_with(&server, file(&server, &visitor, &wanted).await)
}

async fn file(server: &Arc<Server>, visitor: &Visitor, wanted: &Wanted) -> std::result::Result<Response, Refusal> {
    let mut tx = server.read().await?;
    let owner = require_some(&mut tx, &visitor.caller).await?;
    drop(tx);
    let words = address("", wanted).query();
    let filter = filter(wanted, owner, server.clock.now())?;
    Ok(EXPORT.file(server, &visitor.caller, (&words, filter), part).await?)
}

/// Some of the rows, and the app that the last of them is.
async fn part(
    source: Arc<Source<Filter>>,
    behind: Option<ServicePrincipalId>,
) -> Result<(String, Option<ServicePrincipalId>)> {
    let Source { server, tenant, listing } = source.as_ref();
    let mut tx = server.read().await?;
    let apps = list_store::list(&mut tx, *tenant, listing, behind.map(Edge::After), PART).await?;
    let known = KnownApps::read(&mut tx, server, *tenant, &apps, ASSIGNMENTS + 1).await?;
    drop(tx);
    let mut text = String::new();
    for app in &apps {
        write(app, &known, &mut text);
    }
    Ok((text, apps.last().map(|app| app.id)))
}

fn write(app: &Listed, known: &KnownApps, text: &mut String) {
    let word = |is: bool| if is { "true" } else { "false" };
    let (beside, publisher) = (known.beside(app), known.publisher(app));
    let (assigned, assignments) = beside.map_or((0, 0), |beside| (beside.assigned, beside.assignments));
    let assigned = assigned_cell(assigned, assignments);
    let end = beside.and_then(Beside::ends_at).map(rfc3339).unwrap_or_default();
    let application = app.application_id.map(|id| id.to_string()).unwrap_or_default();
    let (client, id) = (app.app_id.to_string(), app.id.to_string());
    let cells = [
        app.display_name.as_str(),
        publisher.map_or("", |publisher| publisher.name.as_str()),
        publisher.and_then(|publisher| publisher.domain.as_deref()).unwrap_or_default(),
        word(app.account_enabled),
        word(app.app_role_assignment_required),
        &assigned,
        &end,
        app.home_page_url.as_deref().unwrap_or_default(),
        &client,
        &application,
        &id,
    ];
    write_cells(text, cells.into_iter());
}

/// How many were assigned. Beyond the limit it is known of some alone, as on the page.
fn assigned_cell(assigned: i64, assignments: i64) -> String {
    if assignments > ASSIGNMENTS { format!("at least {}", grouped(assigned)) } else { assigned.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_beyond_the_limit_is_said_as_on_the_page() {
        assert_eq!(assigned_cell(1_000, 1_000), "1000");
        assert_eq!(assigned_cell(1_001, 1_001), "at least 1,001");
        assert_eq!(assigned_cell(600, 1_001), "at least 600", "some of them have several roles");
    }
}
