//! The list of apps.

use super::require_administrator;
use crate::Server;
use crate::applications;
use crate::service_principals::{assignment_store, store};
use crate::web::dates;
use crate::web::portal::Refusal;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use std::collections::HashMap;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "service_principals/pages/list.html")]
struct ListPage {
    inside: Inside,
    new_href: String,
    rows: Vec<Row>,
}

struct Row {
    name: String,
    home: String,
    href: String,
    who: String,
    is_on: bool,
    secret: Option<String>,
    secret_has_ended: bool,
}

/// `GET /portal/{tenant}/apps`
pub async fn show(State(server): State<Arc<Server>>, visitor: Visitor) -> Response {
    let page = page(&server, &visitor).await;
    visitor.respond(&server, page)
}

async fn page(server: &Server, visitor: &Visitor) -> Result<ListPage, Refusal> {
    require_administrator(&visitor.caller)?;
    let tenant = visitor.caller.tenant;
    let mut tx = server.read().await?;
    let ends: HashMap<_, _> = applications::store::list_last_ends(&mut tx, tenant).await?.into_iter().collect();
    let counts: HashMap<_, _> = assignment_store::count_by_resource(&mut tx, tenant).await?.into_iter().collect();
    let principals = store::list(&mut tx, tenant).await?;
    drop(tx);
    let base = format!("{}/apps", visitor.base());
    let rows = principals
        .into_iter()
        .filter_map(|principal| {
            let application = principal.application_id?;
            let assigned = counts.get(&principal.id).copied().unwrap_or(0);
            let end = ends.get(&application).copied();
            Some(Row {
                name: principal.display_name,
                home: principal.home_page_url.unwrap_or_default(),
                href: format!("{base}/{application}"),
                who: who(principal.app_role_assignment_required, assigned),
                is_on: principal.account_enabled,
                secret: end.map(dates::day),
                secret_has_ended: end.is_some_and(|end| end <= server.clock.now()),
            })
        })
        .collect();
    Ok(ListPage { inside: visitor.inside(server, Section::Apps), new_href: format!("{base}/new"), rows })
}

fn who(is_required: bool, assigned: i64) -> String {
    match (is_required, assigned) {
        (false, 0) => "Everybody here".to_owned(),
        (false, count) => format!("Everybody here, {count} with a role"),
        (true, 0) => "Nobody yet".to_owned(),
        (true, count) => format!("{count} assigned"),
    }
}
