//! The list, and the question before a subscription is ended.

use super::{path, require_keeper};
use crate::Server;
use crate::changes::Kind;
use crate::graph::page::{read_skip_token, skip_token};
use crate::notifications::creator;
use crate::notifications::error::SubscriptionError;
use crate::notifications::listed::{Filter, Listed, Place};
use crate::notifications::operations;
use crate::notifications::subscription::{ChangeType, CreatorKind, LONGEST, Resource, Subscription};
use crate::platform::Timestamp;
use crate::platform::clock::rfc3339;
use crate::platform::ids::{SubscriptionId, TenantId};
use crate::web::address::{Chip, PageAddress};
use crate::web::dates;
use crate::web::pages::Problem;
use crate::web::paging::{Edge, Page};
use crate::web::portal::Refusal;
use crate::web::query::{Query, choice};
use crate::web::question::{ButtonForm, Question};
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// Rows of one page.
const PAGE: usize = 25;

/// What the tokens of pages are bound to.
const LIST: &str = "subscriptions";

/// Characters of what programs wrote that are shown: an address may be very long.
const SHOWN: usize = 100;

/// How far ahead an end is soon.
const SOON: Duration = Duration::from_hours(24);

/// How many days one lasts that was renewed.
const DAYS: u64 = LONGEST.as_secs() / (24 * 60 * 60);

const STATES: [(&str, &str); 2] = [("works", "Works"), ("failing", "Failing")];
const ABOUT: [(&str, &str); 2] = [("users", "Users"), ("groups", "Groups")];

/// What the address asks for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    state: Option<String>,
    about: Option<String>,
    after: Option<String>,
    before: Option<String>,
    ask: Option<String>,
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "notifications/pages/list.html")]
struct SubscriptionsPage {
    inside: Inside,
    done: Option<String>,
    /// What is asked before one is ended.
    question: Option<Question>,
    chips: Vec<Chip>,
    rows: Vec<Row>,
    previous: Option<String>,
    next: Option<String>,
    summary: String,
    /// The list without its filters.
    bare: String,
    /// The list with its filters, and without the question.
    here: String,
    is_filtered: bool,
}

struct Row {
    id: SubscriptionId,
    /// What is told of, in words.
    about: &'static str,
    /// The page of the one object that it is about.
    href: Option<String>,
    /// `resource`
    resource: String,
    /// `changeType`
    changes: String,
    address: String,
    /// The host of the address.
    host: String,
    lifecycle: Option<String>,
    app: String,
    app_href: Option<String>,
    /// For whom the app made it.
    person: Option<String>,
    shape: &'static str,
    word: &'static str,
    problem: Option<String>,
    is_asked: bool,
    ends: String,
    machine: String,
    ends_soon: bool,
    /// Where ending it is asked.
    ask: String,
}

/// `GET /portal/{tenant}/subscriptions`
pub async fn show(State(server): State<Arc<Server>>, visitor: Visitor, Query(wanted): Query<Wanted>) -> Response {
    let page = page(&server, &visitor, wanted).await;
    visitor.respond(&server, page)
}

async fn page(server: &Server, visitor: &Visitor, wanted: Wanted) -> Result<SubscriptionsPage, Refusal> {
    require_keeper(&visitor.caller)?;
    let (tenant, now, base) = (visitor.caller.tenant, server.clock.now(), visitor.base());
    let after = place(server, tenant, wanted.after.as_deref())?;
    let before = place(server, tenant, wanted.before.as_deref())?;
    let edge = Edge::of(after, before);
    let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let found = operations::list_all(server, &visitor.caller, filter(&wanted)?, edge, limit).await?;
    let found = Page::of(found, PAGE, edge.as_ref());
    let question = match wanted.ask.as_deref().and_then(|id| id.parse::<SubscriptionId>().ok()) {
        Some(id) => asked(server, visitor, id).await?,
        None => None,
    };
    let address =
        PageAddress::new(path(visitor)).set("state", wanted.state.as_deref()).set("about", wanted.about.as_deref());
    let token = |row: &Listed| skip_token(server, tenant, LIST, &Place::from(row));
    let mut chips = Chip::choices(&address, "State", "state", &STATES, wanted.state.as_deref());
    chips.extend(Chip::choices(&address, "About", "about", &ABOUT, wanted.about.as_deref()));
    let (_, last) = found.ends();
    Ok(SubscriptionsPage {
        inside: visitor.inside(server, Section::Subscriptions),
        done: wanted.done.as_deref().and_then(done),
        question,
        chips,
        previous: address.previous(&found, token),
        next: last.map(|last| address.at(Edge::After(token(last)))),
        summary: format!("{} shown.", found.rows.len()),
        bare: address.bare().to_owned(),
        here: address.to_string(),
        is_filtered: address.is_filtered(),
        rows: found.rows.into_iter().map(|listed| row(&base, &address, listed, now)).collect(),
    })
}

/// The place that the address of a page names.
fn place(server: &Server, tenant: TenantId, token: Option<&str>) -> Result<Option<Place>, Problem> {
    let read = token.map(|token| read_skip_token(server, tenant, LIST, token));
    read.transpose().map_err(|_| Problem::BadRequest)
}

fn filter(wanted: &Wanted) -> Result<Filter, Problem> {
    Ok(Filter {
        is_failing: choice(wanted.state.as_deref(), &[("failing", true), ("works", false)])?,
        kind: choice(wanted.about.as_deref(), &[("users", Kind::User), ("groups", Kind::Group)])?,
    })
}

fn done(name: &str) -> Option<String> {
    match name {
        "renewed" => Some(format!("The subscription lasts {DAYS} days from now, as long as one can.")),
        "ended" => Some("The subscription was ended. Nothing is told by it any more.".to_owned()),
        _ => None,
    }
}

/// What is asked before a subscription is ended; nothing if it has ended meanwhile.
async fn asked(server: &Server, visitor: &Visitor, id: SubscriptionId) -> Result<Option<Question>, Refusal> {
    let subscription = match operations::get(server, &visitor.caller, id).await {
        Ok(subscription) => subscription,
        Err(SubscriptionError::NotFound(_)) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let receiver = format!("Whoever answers at {} is told nothing from then on.", host(&subscription));
    let is_told = subscription.lifecycle_url.is_some() && !creator::is(&visitor.caller, &subscription);
    let lifecycle = is_told.then(|| "Its lifecycle address is told that it was ended.".to_owned());
    let last = "It cannot be brought back: whoever wants to be told again subscribes anew.".to_owned();
    Ok(Some(Question {
        text: format!("End the subscription to {}?", told_of(subscription.about()).to_lowercase()),
        consequences: [Some(receiver), lifecycle, Some(last)].into_iter().flatten().collect(),
        yes: ButtonForm {
            action: format!("{}/{id}/end", path(visitor)),
            fields: Vec::new(),
            verb: "End it".to_owned(),
        },
        is_severe: true,
    }))
}

/// What is told of, in words.
const fn told_of(about: Resource) -> &'static str {
    match (about.kind, about.object, about.members) {
        (Kind::Group, Some(_), true) => "Members of one group",
        (Kind::Group, Some(_), false) => "One group",
        (Kind::Group, None, _) => "Every group",
        (_, Some(_), _) => "One user",
        (_, None, _) => "Every user",
    }
}

fn row(base: &str, address: &PageAddress, listed: Listed, now: Timestamp) -> Row {
    let (app, app_href) = whose(base, &listed);
    let Listed { subscription, person_name, .. } = listed;
    let about = subscription.about();
    let set = if about.kind == Kind::Group { "groups" } else { "users" };
    let types: Vec<&str> = subscription.change_types.iter().map(|one: &ChangeType| one.as_str()).collect();
    let is_of_person = subscription.creator_kind == CreatorKind::User;
    let (shape, word) = if subscription.last_error.is_some() { ("stop", "Failing") } else { ("in-s", "Works") };
    Row {
        id: subscription.id,
        about: told_of(about),
        href: about.object.map(|object| format!("{base}/{set}/{object}")),
        resource: cut(&subscription.resource),
        changes: types.join(", "),
        address: cut(&subscription.notification_url),
        host: host(&subscription),
        lifecycle: subscription.lifecycle_url.as_deref().map(cut),
        app,
        app_href,
        person: is_of_person.then(|| person_name.unwrap_or_else(|| "somebody who has left".to_owned())),
        shape,
        word,
        problem: subscription.last_error.as_deref().map(cut),
        is_asked: subscription.is_asked,
        ends: dates::recent(subscription.expires_at, now),
        machine: rfc3339(subscription.expires_at),
        ends_soon: subscription.expires_at <= now.plus(SOON),
        ask: address.with("ask", subscription.id),
    }
}

/// The app that made a subscription, and its page.
fn whose(base: &str, listed: &Listed) -> (String, Option<String>) {
    let href = match (listed.registration_id, listed.principal_id) {
        (Some(registration), _) => Some(format!("{base}/apps/{registration}")),
        (None, Some(principal)) => Some(format!("{base}/apps/foreign/{principal}")),
        (None, None) => None,
    };
    let name = match (&listed.app_name, listed.subscription.application_id) {
        (Some(name), _) => name.clone(),
        (None, Some(_)) => "An app that is gone".to_owned(),
        (None, None) => "No app".to_owned(),
    };
    (name, href)
}

/// Who answers at the address of a subscription.
fn host(subscription: &Subscription) -> String {
    let address = Url::parse(&subscription.notification_url).ok();
    address.and_then(|url| url.host_str().map(cut)).unwrap_or_default()
}

/// The beginning of a long text.
fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
