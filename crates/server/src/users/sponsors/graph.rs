//! Sponsors on the wire: `sponsors/$ref` and `sponsorOf` (Graph: user), and beyond Graph the guests without one.

use super::{Guests, Unsponsored};
use crate::Server;
use crate::graph::body::{Object, UnreadBody};
use crate::graph::page::{Page, read_skip_token, skip_token};
use crate::graph::resource::{self, object};
use crate::graph::{Caller, Error, Reference};
use crate::platform::clock::rfc3339;
use crate::platform::ids::{PrincipalId, UserId};
use crate::users::operations::{self, Key};
use crate::web::Routes;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use axum::routing::{delete, get, post};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use uuid::Uuid;

const PATH: &str = "/vestibule/v1/guestsWithoutSponsor";
/// Guests on a page unless `$top` says otherwise, and the most it may say.
const PAGE: usize = 100;
const LONGEST_PAGE: usize = 999;
/// Guests named in one call at most.
const NAMED: usize = 1000;

pub fn routes() -> Routes {
    Routes::new()
        .route("/v1.0/users/{user}/sponsors/$ref", post(add).delete(remove_named))
        .route("/v1.0/users/{user}/sponsors/{sponsor}/$ref", delete(remove))
        .route(PATH, get(list))
        .route("/vestibule/v1/guestsWithoutSponsor/assign", post(assign))
}

/// `POST /users/{id}/sponsors/$ref`
async fn add(State(server): State<Arc<Server>>, caller: Caller, key: Key, sent: UnreadBody) -> Result<Response, Error> {
    if !operations::may_create(&caller) {
        return Err(Error::denied());
    }
    // A user of another organisation is not there, whatever was sent.
    operations::check_may_change(&server, &caller, &key).await?;
    let sponsor = sponsor(Reference::read(sent.object()?)?)?;
    super::add(&server, &caller, &key, sponsor).await?;
    Ok(resource::no_content())
}

/// `DELETE /users/{id}/sponsors/{id}/$ref`
async fn remove(
    State(server): State<Arc<Server>>,
    caller: Caller,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Result<Response, Error> {
    if !operations::may_create(&caller) {
        return Err(Error::denied());
    }
    let Path((user, sponsor)) = path.map_err(|rejection| Error::not_found("").caused_by(rejection))?;
    let sponsor = sponsor.parse().map_err(|_| Error::not_found(&sponsor))?;
    super::remove(&server, &caller, &Key::parse(&user), sponsor).await?;
    Ok(resource::no_content())
}

/// `DELETE /users/{id}/sponsors/$ref?@id={address}`
async fn remove_named(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    uri: Uri,
) -> Result<Response, Error> {
    if !operations::may_create(&caller) {
        return Err(Error::denied());
    }
    operations::check_may_change(&server, &caller, &key).await?;
    let sponsor = sponsor(Reference::read_option(&uri)?)?;
    super::remove(&server, &caller, &key, sponsor.id).await?;
    Ok(resource::no_content())
}

/// Refuses an address of what can answer for nobody.
fn sponsor(named: Reference) -> Result<Reference, Error> {
    match named.set {
        "directoryObjects" | "users" | "groups" => Ok(named),
        _ => Err(Error::invalid_property("@odata.id", "it is not the address of a user or group")),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {
    #[serde(rename = "formerSponsor")]
    former: Option<PrincipalId>,
    #[serde(rename = "$top")]
    top: Option<usize>,
    #[serde(rename = "$skiptoken")]
    skip_token: Option<String>,
}

async fn list(
    State(server): State<Arc<Server>>,
    caller: Caller,
    options: Result<Query<Options>, QueryRejection>,
) -> Result<Response, Error> {
    if !operations::may_create(&caller) {
        return Err(Error::denied());
    }
    let Query(options) = options.map_err(|rejection| Error::misread_query(&rejection))?;
    let top = options.top.unwrap_or(PAGE);
    if !(1..=LONGEST_PAGE).contains(&top) {
        return Err(Error::unsupported_query("$top must be between 1 and 999.").with_target("$top"));
    }
    let query = query(options.former, options.top);
    let token = options.skip_token.as_deref();
    let after: Option<Uuid> = token.map(|token| read_skip_token(&server, caller.tenant, &query, token)).transpose()?;
    let limit = i64::try_from(top + 1).unwrap_or(i64::MAX);
    let mut guests = super::list_unsponsored(&server, &caller, options.former, after, limit).await?;
    let more = guests.len() > top;
    guests.truncate(top);
    let next = guests.last().filter(|_| more).map(|last| {
        let joint = if query.contains('?') { '&' } else { '?' };
        format!("{query}{joint}$skiptoken={}", skip_token(&server, caller.tenant, &query, &last.user_id.0))
    });
    let items = guests.iter().map(wire).collect();
    Ok(Page { context: "guestsWithoutSponsor".to_owned(), items, count: None, next }.respond(&server))
}

/// Path and options of the list without its place, which a skip token is bound to.
fn query(former: Option<PrincipalId>, top: Option<usize>) -> String {
    let former = former.map(|id| format!("formerSponsor={id}"));
    let top = top.map(|top| format!("$top={top}"));
    let options: Vec<String> = [former, top].into_iter().flatten().collect();
    if options.is_empty() { PATH.to_owned() } else { format!("{PATH}?{}", options.join("&")) }
}

fn wire(guest: &Unsponsored) -> Map<String, Value> {
    object(json!({
        "user": { "id": guest.user_id, "displayName": guest.display_name, "mail": guest.mail },
        "formerSponsor": { "id": guest.former_sponsor_id, "displayName": guest.former_sponsor_name },
        "sinceDateTime": rfc3339(guest.since),
    }))
}

/// `{ "sponsor": "{id}", "users": ["{id}"] }`, or `"formerSponsor": "{id}"` instead of the users.
async fn assign(State(server): State<Arc<Server>>, caller: Caller, sent: UnreadBody) -> Result<Response, Error> {
    if !operations::may_create(&caller) {
        return Err(Error::denied());
    }
    let (sponsor, guests) = read(sent.object()?)?;
    let assigned = super::assign(&server, &caller, sponsor, &guests).await?;
    let mut body = Map::new();
    body.insert("assigned".to_owned(), json!(assigned.guests));
    Ok(resource::entity(&server, StatusCode::OK, "guestsWithoutSponsor/assign", body))
}

fn read(mut body: Object) -> Result<(Reference, Guests), Error> {
    let id: Option<Uuid> = body.take("sponsor")?;
    let id = id.ok_or_else(|| Error::invalid_property("sponsor", "it is required"))?;
    let sponsor = Reference { set: "directoryObjects", id };
    let named: Option<Vec<UserId>> = body.take("users")?;
    let former: Option<PrincipalId> = body.take("formerSponsor")?;
    body.finish()?;
    match (named, former) {
        (Some(named), None) if named.len() <= NAMED => Ok((sponsor, Guests::Named(named))),
        (Some(_), None) => Err(Error::invalid_property("users", format!("at most {NAMED} are named in one call"))),
        (None, Some(former)) => Ok((sponsor, Guests::LeftBy(former))),
        _ => Err(Error::invalid_property("users", "name either the users or the former sponsor")),
    }
}
