//! The page.

use super::export;
use super::filter::Filter;
use super::find::{Found, Reading, Start, find};
use super::row::{Listed, rows};
use super::store::{self, InvitationEnd, Totals};
use crate::Server;
use crate::audit::operations::Log;
use crate::audit::{self, Requests};
use crate::invitations;
use crate::invitations::operations::SOON;
use crate::platform::Timestamp;
use crate::platform::ids::UserId;
use crate::portals::require_role;
use crate::portals::standing::Standing;
use crate::users::{Typed, UserType, fold};
use crate::web::address::{Chip, PageAddress};
use crate::web::api_call::ListCall;
use crate::web::numbers::{Counted, capitalized};
use crate::web::pages::Problem;
use crate::web::picks::Picking;
use crate::web::portal::Refusal;
use crate::web::query::{Query, choice};
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use crate::web::{answer, dates, names};
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;
use std::sync::Arc;

const KINDS: [(&str, &str); 2] = [("guest", "Guests"), ("member", "Members")];

static CALL: ListCall =
    ListCall { path: "/v1.0/users", searched: &["displayName", "mail"], top: Some(Reading::Page.size()) };

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
    /// The word by which whoever stands at `after` was found.
    behind: Option<String>,
    done: Option<String>,
    pick: Option<String>,
}

#[derive(Template)]
#[template(path = "portals/users/list.html")]
struct UsersPage {
    inside: Inside,
    totals: String,
    is_removed: bool,
    q: String,
    others: Vec<(String, String)>,
    chips: Vec<Chip>,
    rows: Vec<Row>,
    previous: Option<String>,
    next: Option<String>,
    summary: String,
    /// Whether looking for people ended before the page was full.
    is_cut: bool,
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
    /// When the invitation ends that they have not accepted.
    ends: Option<String>,
    ends_soon: bool,
}

async fn show(State(server): State<Arc<Server>>, visitor: Visitor, Query(wanted): Query<Wanted>) -> Response {
    match log_of_reference(&server, &visitor, wanted.q.as_deref()).await {
        Ok(Some(place)) => answer::see_other(&place),
        Ok(None) => visitor.respond(&server, page(&server, &visitor, wanted).await),
        Err(refusal) => visitor.refuse(&server, refusal),
    }
}

/// What the list shows, as a file.
async fn download(State(server): State<Arc<Server>>, visitor: Visitor, Query(wanted): Query<Wanted>) -> Response {
    visitor.respond_with(&server, file(&server, &visitor, &wanted).await)
}

async fn file(server: &Arc<Server>, visitor: &Visitor, wanted: &Wanted) -> Result<Response, Refusal> {
    require_role(&visitor.caller)?;
    let words = address(&visitor.base(), wanted).query();
    Ok(export::file(server, visitor, (filter(wanted)?, &words)).await?)
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
    let start = Start::of(wanted.after, wanted.before, wanted.behind.clone());
    let now = server.clock.now();
    let tenant = visitor.caller.tenant;
    let mut tx = server.read().await?;
    let totals = store::totals(&mut tx, tenant).await?;
    let mut found = find(&mut tx, tenant, &filter, (&start, Reading::Page), now).await?;
    found.matching = found.matching.or(matching(&filter, totals));
    let listed = rows(&mut tx, tenant, std::mem::take(&mut found.users), now).await?;
    drop(tx);
    let may_invite = invitations::operations::may_invite(server, &visitor.caller).await?;
    let base = visitor.base();
    let address = address(&base, &wanted);
    let place = |start: &Start| beginning_at(&address, start);
    Ok(UsersPage {
        inside: visitor.inside(server, Section::Users),
        totals: said(totals),
        is_removed: wanted.done.as_deref() == Some("removed"),
        others: address.others("q"),
        chips: chips(&address, &wanted),
        previous: found.previous.as_ref().map(place),
        next: found.next.as_ref().map(place),
        summary: summary(&listed, &found),
        is_cut: found.is_cut,
        file: address.below("as/csv").to_string(),
        bare: address.bare().to_owned(),
        is_filtered: address.is_filtered(),
        invite_href: may_invite.then(|| format!("{base}/invitations/new")),
        create_href: visitor.caller.may_administer_users().then(|| format!("{base}/users/new")),
        removed_href: visitor.caller.may_administer_users().then(|| format!("{base}/users/removed")),
        call: call(&filter, wanted.q.as_deref()),
        picks: visitor
            .caller
            .may_administer_users()
            .then(|| Picking::of(&address, wanted.pick.as_deref(), |list| beginning_at(list, &start))),
        rows: listed.into_iter().map(|listed| row(visitor, &address, listed, now)).collect(),
        q: wanted.q.unwrap_or_default(),
    })
}

/// The address of the page that begins there.
fn beginning_at(address: &PageAddress, start: &Start) -> String {
    match start {
        Start::First => address.to_string(),
        Start::Edge(edge) => address.at(*edge),
        Start::Behind(word, user) => address.clone().set("behind", Some(word)).set("after", Some(user)).to_string(),
    }
}

/// "2 guests and 1 member can be found here."
fn said(totals: Totals) -> String {
    let (guests, members) = (totals.guests.of("guest", "guests"), totals.members.of("member", "members"));
    capitalized(&format!("{guests} and {members} can be found here."))
}

/// How many match a filter that says no more than whether they are members or guests.
fn matching(filter: &Filter, totals: Totals) -> Option<Counted> {
    let is_plain = filter.typed.is_none() && filter.standing.is_none() && filter.domain.is_none();
    is_plain.then(|| match filter.kind {
        None => totals.members.and(totals.guests),
        Some(UserType::Member) => totals.members,
        Some(UserType::Guest) => totals.guests,
    })
}

fn filter(wanted: &Wanted) -> Result<Filter, Refusal> {
    let folded = |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(fold);
    Ok(Filter {
        typed: wanted.q.as_deref().and_then(Typed::of),
        kind: choice(wanted.kind.as_deref(), &[("guest", UserType::Guest), ("member", UserType::Member)])?,
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

fn summary(listed: &[Listed], found: &Found) -> String {
    let matching =
        found.matching.map_or_else(String::new, |count| format!(" {} match.", capitalized(&count.to_string())));
    match (listed.first(), listed.last()) {
        (Some(first), Some(last)) if listed.len() > 1 => {
            let (first, last) = (&first.user.display_name, &last.user.display_name);
            format!("{} shown, {first} to {last}.{matching}", listed.len())
        }
        _ => format!("{} shown.{matching}", listed.len()),
    }
}

fn row(visitor: &Visitor, address: &PageAddress, listed: Listed, now: Timestamp) -> Row {
    let (is_guest, domain) = (listed.is_guest(), listed.home());
    let home = domain.clone().unwrap_or_else(|| visitor.tenant_name.clone());
    let mail = listed.address().to_owned();
    let Listed { user, standing, sponsor, invitation_end } = listed;
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
        sponsor: sponsor.unwrap_or_else(|| if is_guest { "Nobody" } else { "" }.to_owned()),
        last: user.last_sign_in_at.map(|at| dates::recent(at, now)),
        ends: invitation_end.map(|end| match end {
            InvitationEnd::Never => "Never".to_owned(),
            InvitationEnd::At(end) => dates::day(end),
        }),
        ends_soon: matches!(invitation_end, Some(InvitationEnd::At(end)) if end > now && end <= now.plus(SOON)),
    }
}

/// The call that gives the same users, as far as the API can say it.
fn call(filter: &Filter, text: Option<&str>) -> String {
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
    CALL.of(&conditions, text)
}
