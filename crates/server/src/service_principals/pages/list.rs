//! The list of apps.

use crate::Server;
use crate::applications::operations::{may_register, may_write};
use crate::applications::owner_store;
use crate::applications::secret::WARNED_BEFORE;
use crate::graph::Caller;
use crate::platform::Timestamp;
use crate::platform::ids::{ApplicationId, ServicePrincipalId, TenantId, UserId};
use crate::service_principals::foreign;
use crate::service_principals::list_store::{self, Beside, Filter, Listed, Ownerless};
use crate::web::address::{Chip, PageAddress};
use crate::web::api_call::ListCall;
use crate::web::dates;
use crate::web::numbers::{capitalized, grouped};
use crate::web::pages::{Problem, Publisher};
use crate::web::paging::{Edge, Page};
use crate::web::picks::Picking;
use crate::web::portal::Refusal;
use crate::web::query::{Query, choice};
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use crate::words::Sought;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use database::Transaction;
use serde::Deserialize;
use serde_json::json;
use std::collections::HashMap;
use std::sync::Arc;

/// Rows of one page.
const PAGE: usize = 25;

/// Where counting the assignments of an app ends.
pub const ASSIGNMENTS: i64 = 1_000;

const KINDS: [(&str, &str); 2] = [("ours", "Of this organisation"), ("foreign", "Of other organisations")];
const STATES: [(&str, &str); 2] = [("on", "On"), ("off", "Off")];
const OWNERS: [(&str, &str); 2] = [("none", "No owner"), ("left", "Owner has left")];
const SECRETS: [(&str, &str); 1] = [("soon", "Secret ends soon")];

static CALL: ListCall = ListCall { path: "/v1.0/servicePrincipals", searched: &["displayName"], top: None };

/// What the address asks for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    q: Option<String>,
    kind: Option<String>,
    state: Option<String>,
    owner: Option<String>,
    secret: Option<String>,
    after: Option<ServicePrincipalId>,
    before: Option<ServicePrincipalId>,
    pick: Option<String>,
}

#[derive(Template)]
#[template(path = "service_principals/pages/list.html")]
struct ListPage {
    inside: Inside,
    /// For those who may register apps.
    new_href: Option<String>,
    /// For those who may bring apps back.
    removed_href: Option<String>,
    q: String,
    others: Vec<(String, String)>,
    chips: Vec<Chip>,
    bare: String,
    file: String,
    is_filtered: bool,
    rows: Vec<Row>,
    previous: Option<String>,
    next: Option<String>,
    summary: String,
    /// What is said of the apps on the page that soon have no secret any more, if there are any.
    ending: Option<String>,
    /// The call that switches an app of another organisation off, where the page has one.
    switching_off: Option<String>,
    /// The call that gives the same apps, if there is one.
    call: Option<String>,
    /// For the apps that are registered here, if the page has any. Every one that is listed is one the visitor may remove.
    picks: Option<Picking>,
    /// How many of them the page has.
    pickable: usize,
}

struct Row {
    /// The registration, which is what is picked.
    pick: Option<ApplicationId>,
    name: String,
    home: String,
    href: String,
    /// Of an app of another organisation.
    publisher: Option<Publisher>,
    who: String,
    is_on: bool,
    secret: Option<String>,
    secret_ends_soon: bool,
}

/// `GET /portal/{tenant}/apps`
pub async fn show(State(server): State<Arc<Server>>, visitor: Visitor, Query(wanted): Query<Wanted>) -> Response {
    let page = page(&server, &visitor, wanted).await;
    visitor.respond(&server, page)
}

async fn page(server: &Server, visitor: &Visitor, wanted: Wanted) -> Result<ListPage, Refusal> {
    let tenant = visitor.caller.tenant;
    let now = server.clock.now();
    let mut tx = server.read().await?;
    let owner = require_some(&mut tx, &visitor.caller).await?;
    let filter = filter(&wanted, owner, now)?;
    let edge = Edge::of(wanted.after, wanted.before);
    let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let apps = Page::of(list_store::list(&mut tx, tenant, &filter, edge, limit).await?, PAGE, edge.as_ref());
    let known = KnownApps::read(&mut tx, server, tenant, &apps.rows, ASSIGNMENTS + 1).await?;
    drop(tx);
    let base = format!("{}/apps", visitor.base());
    let address = address(&base, &wanted);
    let rows: Vec<Row> = apps.rows.iter().map(|app| row(&base, &known, app, now)).collect();
    let ending = rows.iter().filter(|row| row.secret_ends_soon).count();
    let pickable = rows.iter().filter(|row| row.pick.is_some()).count();
    let (_, last) = apps.ends();
    Ok(ListPage {
        inside: visitor.inside(server, Section::Apps),
        new_href: may_register(&visitor.caller).then(|| format!("{base}/new")),
        removed_href: may_write(&visitor.caller).then(|| format!("{base}/removed")),
        others: address.others("q"),
        chips: chips(&address, &wanted),
        file: address.below("as/csv").to_string(),
        is_filtered: address.is_filtered(),
        previous: address.previous(&apps, |app| app.id),
        next: last.map(|last| address.at(Edge::After(last.id))),
        summary: summary(&apps),
        ending: (ending > 0).then(|| told(ending, &apps)),
        switching_off: apps.rows.iter().find(|app| app.home_tenant_id.is_some()).map(switching_off),
        call: call(tenant, &filter, wanted.q.as_deref()),
        picks: (pickable > 0).then(|| Picking::of(&address, wanted.pick.as_deref(), |list| list.beginning_at(edge))),
        pickable,
        rows,
        q: wanted.q.unwrap_or_default(),
        bare: base,
    })
}

/// The list with its filters.
pub fn address(base: &str, wanted: &Wanted) -> PageAddress {
    PageAddress::new(base)
        .set("q", wanted.q.as_deref().filter(|q| !q.trim().is_empty()))
        .set("kind", wanted.kind.as_deref())
        .set("state", wanted.state.as_deref())
        .set("owner", wanted.owner.as_deref())
        .set("secret", wanted.secret.as_deref())
}

/// Which apps the address asks for, among those of an owner if there is one.
pub fn filter(wanted: &Wanted, owner: Option<UserId>, now: Timestamp) -> Result<Filter, Refusal> {
    Ok(Filter {
        owner,
        sought: wanted.q.as_deref().filter(|q| !q.trim().is_empty()).map(Sought::of),
        is_foreign: choice(wanted.kind.as_deref(), &[("ours", false), ("foreign", true)])?,
        is_on: choice(wanted.state.as_deref(), &[("on", true), ("off", false)])?,
        ownerless: choice(wanted.owner.as_deref(), &[("none", Ownerless::Ever), ("left", Ownerless::Left)])?,
        ends_before: choice(wanted.secret.as_deref(), &[("soon", now.plus(WARNED_BEFORE))])?,
    })
}

/// Whose apps are listed: all of them for whoever changes every app, those they answer for for others. Who answers for none and may
/// register none has nothing to do here.
pub async fn require_some(tx: &mut Transaction, caller: &Caller) -> Result<Option<UserId>, Refusal> {
    let Some(person) = caller.user().filter(|_| !may_write(caller)) else { return Ok(None) };
    if !may_register(caller) {
        let owned = owner_store::list_owned(tx, caller.tenant, person.id.into(), (None, None), 1).await?;
        if owned.is_empty() {
            return Err(Problem::NotAllowed.into());
        }
    }
    Ok(Some(person.id))
}

/// What is known of the apps of a page besides what stands in them.
pub struct KnownApps {
    beside: HashMap<ServicePrincipalId, Beside>,
    publishers: HashMap<TenantId, Publisher>,
}

impl KnownApps {
    /// Reads it. At most `limit` assignments of each app are counted.
    pub async fn read(
        tx: &mut Transaction,
        server: &Server,
        tenant: TenantId,
        apps: &[Listed],
        limit: i64,
    ) -> database::Result<Self> {
        let beside = list_store::list_beside(tx, tenant, apps, limit).await?;
        let homes: Vec<TenantId> = apps.iter().filter_map(|app| app.home_tenant_id).collect();
        let publishers = foreign::publishers(tx, server, tenant, &homes).await?;
        Ok(Self { beside: beside.into_iter().map(|beside| (beside.id, beside)).collect(), publishers })
    }

    /// Assignments and secrets.
    pub fn beside(&self, app: &Listed) -> Option<&Beside> {
        self.beside.get(&app.id)
    }

    /// Whose the app is, if it is of another organisation.
    pub fn publisher(&self, app: &Listed) -> Option<&Publisher> {
        self.publishers.get(&app.home_tenant_id?)
    }
}

fn chips(address: &PageAddress, wanted: &Wanted) -> Vec<Chip> {
    let mut chips = Chip::choices(address, "Whose it is", "kind", &KINDS, wanted.kind.as_deref());
    chips.extend(Chip::choices(address, "State", "state", &STATES, wanted.state.as_deref()));
    chips.extend(Chip::choices(address, "Owner", "owner", &OWNERS, wanted.owner.as_deref()));
    chips.extend(Chip::choices(address, "Secret", "secret", &SECRETS, wanted.secret.as_deref()));
    chips
}

fn summary(apps: &Page<Listed>) -> String {
    let shown = apps.rows.len();
    match (apps.rows.first(), apps.rows.last()) {
        (Some(first), Some(last)) if shown > 1 => {
            format!("{shown} shown, {} to {}.", first.display_name, last.display_name)
        }
        _ => format!("{shown} shown."),
    }
}

/// What is said of the apps that soon have no secret any more. How many there are on other pages is not counted.
fn told(ending: usize, apps: &Page<Listed>) -> String {
    let place = if apps.has_before || apps.has_after { " on this page" } else { "" };
    match ending {
        1 => format!("1 app{place} has no secret beyond 30 days."),
        count => format!("{count} apps{place} have no secret beyond 30 days."),
    }
}

fn switching_off(app: &Listed) -> String {
    format!("/v1.0/servicePrincipals/{}\n{}", app.id, json!({ "accountEnabled": false }))
}

fn row(base: &str, known: &KnownApps, app: &Listed, now: Timestamp) -> Row {
    let beside = known.beside(app);
    let end = beside.and_then(Beside::ends_at);
    Row {
        pick: app.application_id,
        name: app.display_name.clone(),
        home: app.home_page_url.clone().unwrap_or_default(),
        href: match app.application_id {
            Some(application) => format!("{base}/{application}"),
            None => format!("{base}/foreign/{}", app.id),
        },
        publisher: known.publisher(app).cloned(),
        who: who(app.app_role_assignment_required, beside),
        is_on: app.account_enabled,
        secret: end.map(dates::day),
        secret_ends_soon: end.is_some_and(|end| end < now.plus(WARNED_BEFORE)),
    }
}

fn who(is_required: bool, beside: Option<&Beside>) -> String {
    let (assigned, assignments) = beside.map_or((0, 0), |beside| (beside.assigned, beside.assignments));
    let number = grouped(assigned);
    let number = if assignments > ASSIGNMENTS { format!("at least {number}") } else { number };
    match (is_required, assigned) {
        (false, 0) => "Everybody here".to_owned(),
        (false, _) => format!("Everybody here, {number} with a role"),
        (true, 0) => "Nobody yet".to_owned(),
        (true, _) => capitalized(&format!("{number} assigned")),
    }
}

/// The call that gives the same apps. There is none for those of one owner, nor for those whose secret ends soon. Whoever answers for
/// an app that is registered here may do so for its registration, which is another object of the API.
fn call(tenant: TenantId, filter: &Filter, text: Option<&str>) -> Option<String> {
    let is_said = match filter.ownerless {
        None => true,
        Some(Ownerless::Ever) => filter.is_foreign == Some(true),
        Some(Ownerless::Left) => false,
    };
    if !is_said || filter.owner.is_some() || filter.ends_before.is_some() {
        return None;
    }
    let mut conditions = Vec::new();
    match filter.is_foreign {
        Some(false) => conditions.push(format!("appOwnerOrganizationId eq {tenant}")),
        // The directory itself is of no organisation.
        Some(true) => {
            conditions.push(format!("appOwnerOrganizationId ne {tenant} and appOwnerOrganizationId ne null"));
        }
        None => {}
    }
    if let Some(is_on) = filter.is_on {
        conditions.push(format!("accountEnabled eq {is_on}"));
    }
    if filter.ownerless.is_some() {
        conditions.push("owners/$count eq 0".to_owned());
    }
    Some(CALL.of(&conditions, text))
}
