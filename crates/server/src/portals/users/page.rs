//! The page.

use super::export;
use super::filter::{Edge, Filter};
use super::store::{self, Listed, Totals};
use crate::Server;
use crate::audit::operations::Log;
use crate::audit::{self, Requests};
use crate::invitations;
use crate::platform::Timestamp;
use crate::platform::ids::UserId;
use crate::portals::require_role;
use crate::portals::standing::Standing;
use crate::users::{UserType, fold};
use crate::web::address::{Chip, PageAddress};
use crate::web::pages::Problem;
use crate::web::picks::Picking;
use crate::web::portal::Refusal;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use crate::web::{answer, dates, names};
use askama::Template;
use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;
use std::sync::Arc;

/// Rows of one page.
const PAGE: usize = 25;

const KINDS: [(&str, &str); 2] = [("guest", "Guests"), ("member", "Members")];

pub(in crate::portals) fn routes() -> Router<Arc<Server>> {
    Router::new().route("/portal/{tenant}/users", get(show)).route("/portal/{tenant}/users/as/csv", get(download))
}

#[derive(Deserialize)]
struct Wanted {
    q: Option<String>,
    kind: Option<String>,
    state: Option<String>,
    domain: Option<String>,
    after: Option<UserId>,
    before: Option<UserId>,
    done: Option<String>,
    pick: Option<String>,
}

#[derive(Template)]
#[template(path = "portals/users/list.html")]
struct UsersPage {
    inside: Inside,
    totals: Totals,
    is_removed: bool,
    q: String,
    others: Vec<(String, String)>,
    chips: Vec<Chip>,
    rows: Vec<Row>,
    previous: Option<String>,
    next: Option<String>,
    summary: String,
    file: String,
    bare: String,
    is_filtered: bool,
    invite_href: Option<String>,
    create_href: Option<String>,
    removed_href: Option<String>,
    call: String,
    /// For whom users can be picked, to do something with all of them.
    picks: Option<Picking>,
}

struct Row {
    id: UserId,
    href: String,
    initials: String,
    is_guest: bool,
    name: String,
    address: String,
    home: String,
    home_initial: String,
    home_href: Option<String>,
    standing: Standing,
    sponsor: String,
    last: Option<String>,
}

async fn show(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Response {
    let Ok(Query(wanted)) = wanted else { return visitor.refuse(&server, Problem::BadRequest.into()) };
    match log_of_reference(&server, &visitor, wanted.q.as_deref()).await {
        Ok(Some(place)) => answer::see_other(&place),
        Ok(None) => visitor.respond(&server, page(&server, &visitor, wanted).await),
        Err(refusal) => visitor.refuse(&server, refusal),
    }
}

/// What the list shows, as a file.
async fn download(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Response {
    let Ok(Query(wanted)) = wanted else { return visitor.refuse(&server, Problem::BadRequest.into()) };
    match file(&server, &visitor, &wanted).await {
        Ok(response) => response,
        Err(refusal) => visitor.refuse(&server, refusal),
    }
}

async fn file(server: &Arc<Server>, visitor: &Visitor, wanted: &Wanted) -> Result<Response, Refusal> {
    require_role(&visitor.caller)?;
    let address = address(&visitor.base(), wanted).to_string();
    let words = address.split_once('?').map_or("", |(_, query)| query);
    Ok(export::file(server, &visitor.caller, filter(wanted)?, words).await?)
}

/// The page with its filters.
fn address(base: &str, wanted: &Wanted) -> PageAddress {
    PageAddress::new(format!("{base}/users"))
        .set("q", wanted.q.as_deref().filter(|q| !q.trim().is_empty()))
        .set("kind", wanted.kind.as_deref())
        .set("state", wanted.state.as_deref())
        .set("domain", wanted.domain.as_deref())
}

/// Where a reference leads: to the log that holds it. A name that only looks like one is searched for as a name.
async fn log_of_reference(server: &Server, visitor: &Visitor, text: Option<&str>) -> Result<Option<String>, Refusal> {
    let Some(requests) = text.and_then(Requests::of_reference) else { return Ok(None) };
    if !audit::operations::may_read(&visitor.caller) {
        return Ok(None);
    }
    let log = match audit::operations::find(server, &visitor.caller, requests).await? {
        None => return Ok(None),
        Some(Log::SignIns) => "sign-ins",
        Some(Log::Changes) => "changes",
    };
    Ok(Some(format!("{}/{log}?q={}", visitor.base(), requests.first.reference())))
}

async fn page(server: &Server, visitor: &Visitor, wanted: Wanted) -> Result<UsersPage, Refusal> {
    require_role(&visitor.caller)?;
    let filter = filter(&wanted)?;
    let edge = wanted.after.map(Edge::After).or(wanted.before.map(Edge::Before));
    let now = server.clock.now();
    let tenant = visitor.caller.tenant;
    let mut tx = server.read().await?;
    let mut users = store::list(&mut tx, tenant, &filter, edge, now, limit()).await?;
    let matching = store::count(&mut tx, tenant, &filter, now).await?;
    let totals = store::totals(&mut tx, tenant).await?;
    drop(tx);
    let may_invite = invitations::operations::may_invite(server, &visitor.caller).await?;
    let has_more = users.len() > PAGE;
    users.truncate(PAGE);
    let is_reverse = matches!(edge, Some(Edge::Before(_)));
    if is_reverse {
        users.reverse();
    }
    let base = visitor.base();
    let address = address(&base, &wanted);
    let (has_before, has_after) = if is_reverse { (has_more, true) } else { (edge.is_some(), has_more) };
    Ok(UsersPage {
        inside: visitor.inside(server, Section::Users),
        totals,
        is_removed: wanted.done.as_deref() == Some("removed"),
        others: address.others("q"),
        chips: chips(&address, &wanted),
        previous: users.first().filter(|_| has_before).map(|user| address.with("before", user.id)),
        next: users.last().filter(|_| has_after).map(|user| address.with("after", user.id)),
        summary: summary(&users, matching),
        file: address.to_string().replacen("/users", "/users/as/csv", 1),
        bare: address.bare().to_owned(),
        is_filtered: address.is_filtered(),
        invite_href: may_invite.then(|| format!("{base}/invitations/new")),
        create_href: visitor.caller.may_administer_users().then(|| format!("{base}/users/new")),
        removed_href: visitor.caller.may_administer_users().then(|| format!("{base}/users/removed")),
        call: call(&filter),
        picks: visitor.caller.may_administer_users().then(|| Picking {
            is_all: wanted.pick.as_deref() == Some("all"),
            all: pick_all(&address, edge),
            filter: address.query(),
        }),
        rows: users.into_iter().map(|user| row(visitor, &address, user, now)).collect(),
        q: wanted.q.unwrap_or_default(),
    })
}

/// The same page with everybody picked.
fn pick_all(address: &PageAddress, edge: Option<Edge>) -> String {
    let address = address.clone().set("pick", Some("all"));
    match edge {
        None => address.to_string(),
        Some(Edge::After(user)) => address.with("after", user),
        Some(Edge::Before(user)) => address.with("before", user),
    }
}

fn limit() -> i64 {
    i64::try_from(PAGE + 1).unwrap_or(i64::MAX)
}

fn filter(wanted: &Wanted) -> Result<Filter, Refusal> {
    let folded = |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(fold);
    Ok(Filter {
        text: folded(&wanted.q),
        kind: match wanted.kind.as_deref() {
            None => None,
            Some("guest") => Some(UserType::Guest),
            Some("member") => Some(UserType::Member),
            Some(_) => return Err(Problem::BadRequest.into()),
        },
        standing: match wanted.state.as_deref() {
            None => None,
            Some(name) => Some(Standing::parse(name).ok_or(Problem::BadRequest)?),
        },
        domain: folded(&wanted.domain),
    })
}

fn chips(address: &PageAddress, wanted: &Wanted) -> Vec<Chip> {
    let mut chips = Vec::new();
    chips.extend(wanted.domain.as_ref().map(|domain| Chip::set(address, "Home organisation", "domain", domain)));
    chips.extend(Chip::choices(address, "Kind", "kind", &KINDS, wanted.kind.as_deref()));
    chips.extend(Chip::choices(address, "State", "state", &Standing::CHOICES, wanted.state.as_deref()));
    chips
}

fn summary(users: &[Listed], matching: i64) -> String {
    match (users.first(), users.last()) {
        (Some(first), Some(last)) if users.len() > 1 => {
            let (first, last) = (&first.display_name, &last.display_name);
            format!("{} shown, {first} to {last}. {matching} match.", users.len())
        }
        _ => format!("{} shown. {matching} match.", users.len()),
    }
}

fn row(visitor: &Visitor, address: &PageAddress, user: Listed, now: Timestamp) -> Row {
    let is_guest = user.user_type == UserType::Guest;
    let standing = user.standing();
    let mail = user.mail.unwrap_or_else(|| user.user_principal_name.clone());
    let domain = mail.rsplit_once('@').map(|(_, domain)| domain.to_ascii_lowercase()).filter(|_| is_guest);
    let home = domain.clone().unwrap_or_else(|| visitor.tenant_name.clone());
    Row {
        id: user.id,
        href: format!("{}/users/{}", visitor.base(), user.id),
        initials: names::initials(&user.display_name),
        is_guest,
        name: user.display_name,
        address: mail,
        home_initial: names::initial(&home),
        home,
        home_href: domain.map(|domain| address.with("domain", domain)),
        standing,
        sponsor: user.sponsor.unwrap_or_else(|| if is_guest { "Nobody" } else { "" }.to_owned()),
        last: user.last_sign_in_at.map(|at| dates::recent(at, now)),
    }
}

/// The call that gives the same users, as far as the API can say it.
fn call(filter: &Filter) -> String {
    let mut conditions = Vec::new();
    conditions.extend(filter.kind.map(|kind| format!("userType eq '{kind}'")));
    conditions.extend(
        match filter.standing {
            Some(Standing::Blocked) => Some("accountEnabled eq false"),
            Some(Standing::Invited | Standing::Lapsed) => Some("externalUserState eq 'PendingAcceptance'"),
            Some(Standing::Active) => Some("accountEnabled eq true"),
            None => None,
        }
        .map(str::to_owned),
    );
    conditions.extend(filter.domain.as_ref().map(|domain| format!("endsWith(mail,'@{}')", domain.replace('\'', "''"))));
    conditions
        .extend(filter.text.as_ref().map(|text| format!("startsWith(displayName,'{}')", text.replace('\'', "''"))));
    let filter = if conditions.is_empty() { String::new() } else { format!("$filter={}&", conditions.join(" and ")) };
    format!("/v1.0/users?{filter}$orderby=displayName&$top={PAGE}&$count=true\nConsistencyLevel: eventual")
}
