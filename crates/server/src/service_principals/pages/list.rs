//! The list of apps.

use crate::Server;
use crate::applications::operations::{may_register, may_write};
use crate::applications::secret::WARNED_BEFORE;
use crate::applications::{self, owner_store};
use crate::graph::Caller;
use crate::platform::ids::{ApplicationId, ServicePrincipalId};
use crate::service_principals::{assignment_store, foreign, store};
use crate::web::address::PageAddress;
use crate::web::dates;
use crate::web::pages::{Problem, Publisher};
use crate::web::picks::Picking;
use crate::web::portal::Refusal;
use crate::web::query::Query;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use database::Transaction;
use serde::Deserialize;
use serde_json::json;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use uuid::Uuid;

#[derive(Template)]
#[template(path = "service_principals/pages/list.html")]
struct ListPage {
    inside: Inside,
    /// For those who may register apps.
    new_href: Option<String>,
    /// For those who may bring apps back.
    removed_href: Option<String>,
    rows: Vec<Row>,
    /// Apps of other organisations: all of them, or those the visitor answers for.
    foreign: Vec<ForeignRow>,
    /// How many of the apps soon have no secret any more.
    ending: usize,
    /// Every app that is listed is one the visitor may remove.
    picks: Picking,
}

/// What the address asks for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    pick: Option<String>,
}

impl ListPage {
    /// The call that switches an app of another organisation off: the first one.
    fn switching_off(&self) -> String {
        let first = self.foreign.first().map(|app| app.id.to_string()).unwrap_or_default();
        format!("/v1.0/servicePrincipals/{first}\n{}", json!({ "accountEnabled": false }))
    }
}

struct Row {
    id: ApplicationId,
    name: String,
    home: String,
    href: String,
    who: String,
    is_on: bool,
    secret: Option<String>,
    secret_ends_soon: bool,
}

/// An app of another organisation that was let in here.
struct ForeignRow {
    id: ServicePrincipalId,
    name: String,
    href: String,
    publisher: Publisher,
    is_on: bool,
    who: String,
}

/// `GET /portal/{tenant}/apps`
pub async fn show(State(server): State<Arc<Server>>, visitor: Visitor, Query(wanted): Query<Wanted>) -> Response {
    let page = page(&server, &visitor, &wanted).await;
    visitor.respond(&server, page)
}

async fn page(server: &Server, visitor: &Visitor, wanted: &Wanted) -> Result<ListPage, Refusal> {
    let tenant = visitor.caller.tenant;
    let mut tx = server.read().await?;
    let owned = owned(&mut tx, &visitor.caller).await?;
    let may_register = may_register(&visitor.caller);
    if owned.as_ref().is_some_and(HashSet::is_empty) && !may_register {
        return Err(Problem::NotAllowed.into());
    }
    let ends: HashMap<_, _> = applications::store::list_last_ends(&mut tx, tenant).await?.into_iter().collect();
    let counts: HashMap<_, _> = assignment_store::count_by_resource(&mut tx, tenant).await?.into_iter().collect();
    let principals = store::list(&mut tx, tenant).await?;
    let is_shown = |id: Uuid| owned.as_ref().is_none_or(|owned| owned.contains(&id));
    let base = format!("{}/apps", visitor.base());
    let mut of_others = Vec::new();
    for principal in principals.iter().filter(|principal| principal.is_foreign() && is_shown(principal.id.0)) {
        of_others.push(ForeignRow {
            id: principal.id,
            name: principal.display_name.clone(),
            href: format!("{base}/foreign/{}", principal.id),
            publisher: foreign::publisher(&mut tx, server, principal).await?,
            is_on: principal.account_enabled,
            who: who(principal.app_role_assignment_required, counts.get(&principal.id).copied().unwrap_or(0)),
        });
    }
    drop(tx);
    let now = server.clock.now();
    let rows: Vec<Row> = principals
        .into_iter()
        .filter_map(|principal| {
            let application = principal.application_id.filter(|application| is_shown(application.0))?;
            let assigned = counts.get(&principal.id).copied().unwrap_or(0);
            let end = ends.get(&application).copied();
            Some(Row {
                id: application,
                name: principal.display_name,
                home: principal.home_page_url.unwrap_or_default(),
                href: format!("{base}/{application}"),
                who: who(principal.app_role_assignment_required, assigned),
                is_on: principal.account_enabled,
                secret: end.map(dates::day),
                secret_ends_soon: end.is_some_and(|end| end < now.plus(WARNED_BEFORE)),
            })
        })
        .collect();
    let new_href = may_register.then(|| format!("{base}/new"));
    let removed_href = may_write(&visitor.caller).then(|| format!("{base}/removed"));
    let picks = Picking::of(&PageAddress::new(base), None::<ApplicationId>, wanted.pick.as_deref());
    let ending = rows.iter().filter(|row| row.secret_ends_soon).count();
    let inside = visitor.inside(server, Section::Apps);
    Ok(ListPage { inside, new_href, removed_href, rows, foreign: of_others, ending, picks })
}

impl ListPage {
    /// What is said of the apps that soon have no secret any more.
    fn told(&self) -> String {
        match self.ending {
            1 => "1 app has no secret beyond 30 days.".to_owned(),
            count => format!("{count} apps have no secret beyond 30 days."),
        }
    }
}

/// The registrations and service principals the visitor answers for, if they see no others here.
async fn owned(tx: &mut Transaction, caller: &Caller) -> database::Result<Option<HashSet<Uuid>>> {
    /// No more are shown.
    const MOST: u32 = 1000;
    let Some(person) = caller.user().filter(|_| !may_write(caller)) else { return Ok(None) };
    let owned = owner_store::list_owned(tx, caller.tenant, person.id.into(), (None, None), MOST).await?;
    Ok(Some(owned.into_iter().map(|(_, id)| id).collect()))
}

fn who(is_required: bool, assigned: i64) -> String {
    match (is_required, assigned) {
        (false, 0) => "Everybody here".to_owned(),
        (false, count) => format!("Everybody here, {count} with a role"),
        (true, 0) => "Nobody yet".to_owned(),
        (true, count) => format!("{count} assigned"),
    }
}
