//! The list of apps as a file: exactly what its filters show, for spreadsheets.

use super::list::{ASSIGNMENTS, Known, Wanted, address, filter, require_some};
use crate::Server;
use crate::audit::{self, Activity, Outcome, Target};
use crate::platform::clock::rfc3339;
use crate::platform::ids::{ServicePrincipalId, TenantId};
use crate::service_principals::list_store::{self, Beside, Filter, Listed};
use crate::web::download;
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
const COLUMNS: [&str; 11] = [
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
];

/// `GET /portal/{tenant}/apps/as/csv`
pub async fn download(State(server): State<Arc<Server>>, visitor: Visitor, Query(wanted): Query<Wanted>) -> Response {
    match file(&server, &visitor, &wanted).await {
        Ok(response) => response,
        Err(refusal) => visitor.refuse(&server, refusal),
    }
}

async fn file(server: &Arc<Server>, visitor: &Visitor, wanted: &Wanted) -> std::result::Result<Response, Refusal> {
    let caller = &visitor.caller;
    let mut tx = server.read().await?;
    let owner = require_some(&mut tx, caller).await?;
    drop(tx);
    let filter = Arc::new(filter(wanted, owner, server.clock.now())?);
    let words = address("", wanted).query();
    let target = Target { id: None, ..Target::new("Directory", caller.tenant.0, "apps") };
    let details = [("format", "csv"), ("filter", words.as_str())];
    let mut tx = server.write().await?;
    audit::record(&mut tx, server, caller, Activity::ExportApps, &Outcome::Success, &target, &details).await?;
    tx.commit().await?;
    let (server, tenant) = (Arc::clone(server), caller.tenant);
    Ok(download::table("apps.csv", &COLUMNS, move |behind| {
        let (server, filter) = (Arc::clone(&server), Arc::clone(&filter));
        async move { part(&server, tenant, &filter, behind).await }
    }))
}

/// Some of the rows, and the app that the last of them is.
async fn part(
    server: &Server,
    tenant: TenantId,
    filter: &Filter,
    behind: Option<ServicePrincipalId>,
) -> Result<(String, Option<ServicePrincipalId>)> {
    let mut tx = server.read().await?;
    let apps = list_store::list(&mut tx, tenant, filter, behind.map(Edge::After), PART).await?;
    let known = Known::read(&mut tx, server, tenant, &apps, ASSIGNMENTS + 1).await?;
    drop(tx);
    let mut text = String::new();
    for app in &apps {
        write(app, &known, &mut text);
    }
    Ok((text, apps.last().map(|app| app.id)))
}

fn write(app: &Listed, known: &Known, text: &mut String) {
    let word = |is: bool| if is { "true" } else { "false" };
    let (beside, publisher) = (known.beside(app), known.publisher(app));
    let (assigned, assignments) = beside.map_or((0, 0), |beside| (beside.assigned, beside.assignments));
    let assigned = counted(assigned, assignments);
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
fn counted(assigned: i64, assignments: i64) -> String {
    if assignments > ASSIGNMENTS { format!("at least {}", grouped(assigned)) } else { assigned.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_beyond_the_limit_is_said_as_on_the_page() {
        assert_eq!(counted(1_000, 1_000), "1000");
        assert_eq!(counted(1_001, 1_001), "at least 1,001");
        assert_eq!(counted(600, 1_001), "at least 600", "some of them have several roles");
    }
}
