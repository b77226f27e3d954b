//! `/myapps/{tenant}`: the apps a person may open, and the organisations this browser is signed in to.

mod leave;
mod organizations;
mod permissions;

use super::overview;
use super::reach::{self, Reach, Reached, Which};
use crate::Server;
use crate::applications::owner_store;
use crate::consent_requests::is_reviewer;
use crate::groups;
use crate::platform::ids::{ServicePrincipalId, TenantId, UserId};
use crate::sign_in::session;
use crate::tenants;
use crate::translations::Words;
use crate::web::address::PageAddress;
use crate::web::pages::Problem;
use crate::web::paging::Edge;
use crate::web::portal::Refusal;
use crate::web::query::Query;
use crate::web::reader::Reader;
use crate::web::shell::{Hall, HallDoor};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use database::Transaction;
use serde::Deserialize;
use std::sync::Arc;

/// Apps of one page. Tests have fewer.
const PAGE: usize = if cfg!(test) { 5 } else { 50 };

/// What the address asks for.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Wanted {
    /// The app behind which the page begins.
    after: Option<ServicePrincipalId>,
}

pub(super) fn routes() -> Router<Arc<Server>> {
    Router::new()
        .route("/myapps/{tenant}", get(show))
        .route("/myapps/{tenant}/", get(show))
        .route("/myapps/{tenant}/permissions", get(permissions::show).post(permissions::take_back))
        .route("/myapps/{tenant}/organizations", get(organizations::show).post(organizations::tell))
        .route("/myapps/{tenant}/leave", get(leave::show).post(leave::take))
}

#[derive(Template)]
#[template(path = "portals/my_apps/my_apps.html")]
struct MyAppsPage {
    hall: Hall,
    organization: String,
    apps: Vec<Reached>,
    /// The first page of them, unless it is this one.
    first: Option<String>,
    next: Option<String>,
    /// The page of what apps may do for the person.
    permissions: String,
    /// The apps the person answers for, if there are any.
    owned: Option<String>,
    /// What is said of apps that soon have no secret, and where they are given another one, for whoever may do it.
    secrets: Option<(String, String)>,
    /// The groups the person answers for, if there are any.
    groups: Option<String>,
    /// What people ask about apps, for whoever answers.
    requests: Option<String>,
    portal: Option<String>,
}

async fn show(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    reader: Reader,
    headers: HeaderMap,
    Query(wanted): Query<Wanted>,
) -> Response {
    visitor.respond(&server, page(&server, &visitor, (&reader, &headers), wanted.after).await)
}

async fn page(
    server: &Server,
    visitor: &Visitor,
    (reader, headers): (&Reader, &HeaderMap),
    after: Option<ServicePrincipalId>,
) -> Result<MyAppsPage, Refusal> {
    let user = visitor.caller.user().ok_or(Problem::NotAllowed)?;
    let mut tx = server.read().await?;
    let hall = hall(&mut tx, server, visitor, reader, headers).await?;
    let opened = opened(&mut tx, visitor.caller.tenant, user.id, after).await?;
    let count = owner_store::count_owned(&mut tx, visitor.caller.tenant, user.id.into(), None);
    let answers = count.await? > 0;
    let ending = overview::ending(&mut tx, &visitor.caller, server.clock.now()).await?;
    let keeps = groups::count_owned(&mut tx, &visitor.caller).await? > 0;
    let reviews = is_reviewer(&mut tx, &visitor.caller).await?;
    let number = counted(ending.len());
    let list = PageAddress::new(format!("/myapps/{}", visitor.tenant_domain));
    let told = hall.words.counted("hall-secrets", "count", number);
    Ok(MyAppsPage {
        secrets: (number > 0).then(|| (told, overview::way(&ending, &visitor.base()))),
        hall,
        permissions: format!("/myapps/{}/permissions", visitor.tenant_domain),
        organization: visitor.tenant_name.clone(),
        owned: answers.then(|| format!("{}/apps", visitor.base())),
        groups: keeps.then(|| format!("{}/groups", visitor.base())),
        requests: reviews.then(|| format!("{}/consent-requests", visitor.base())),
        apps: opened.apps,
        first: after.map(|_| list.to_string()),
        next: opened.next.map(|last| list.at(Edge::After(last))),
        portal: super::require_role(&visitor.caller).is_ok().then(|| visitor.base()),
    })
}

/// The apps that somebody opens from My Apps, a page of them.
async fn opened(
    tx: &mut Transaction,
    tenant: TenantId,
    user: UserId,
    after: Option<ServicePrincipalId>,
) -> database::Result<Reach> {
    reach::of(tx, tenant, user, Which::Opened, (after, PAGE)).await
}

/// So many apps, in words: those of one text for all of them, or of another one where there are more than stand on a page.
fn number_of(words: Words, opened: &Reach, (all, more): (&str, &str)) -> String {
    words.counted(if opened.next.is_some() { more } else { all }, "count", counted(opened.apps.len()))
}

/// A number as sentences take it.
fn counted<N>(number: N) -> u32
where
    u32: TryFrom<N>,
{
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// What stands around a page of My Apps.
async fn hall(
    tx: &mut Transaction,
    server: &Server,
    visitor: &Visitor,
    reader: &Reader,
    headers: &HeaderMap,
) -> Result<Hall, Refusal> {
    let user = visitor.caller.user().ok_or(Problem::NotAllowed)?;
    let settings = tenants::store::get_settings(tx, visitor.caller.tenant).await?;
    let words = Words(reader.language(None, Some(&settings.notification_language)));
    Ok(Hall {
        words,
        person: user.display_name.clone(),
        greeting: words.t2("hall-greeting", "person", &user.display_name, "organization", &visitor.tenant_name),
        organizations: doors(tx, server, visitor.caller.tenant, headers, words).await?,
        all_organizations: format!("/myapps/{}/organizations", visitor.tenant_domain),
        csrf: visitor.form_value(server),
        sign_out_action: format!("/{}/sign-out", visitor.tenant_domain),
    })
}

/// The organisations this browser is signed in to, the one at hand first.
async fn doors(
    tx: &mut Transaction,
    server: &Server,
    here: TenantId,
    headers: &HeaderMap,
    words: Words,
) -> Result<Vec<HallDoor>, Refusal> {
    let mut doors = Vec::new();
    for (session, user) in session::all(tx, server, headers).await? {
        let Some(tenant) = tenants::store::find(tx, session.tenant).await? else { continue };
        let opened = opened(tx, tenant.id, user.id, None).await?;
        doors.push(HallDoor {
            name: tenant.name,
            href: format!("/myapps/{}", tenant.initial_domain),
            detail: number_of(words, &opened, ("hall-apps", "hall-more-apps")),
            is_current: tenant.id == here,
        });
    }
    doors.sort_by(|one, other| other.is_current.cmp(&one.is_current).then_with(|| one.name.cmp(&other.name)));
    Ok(doors)
}
