//! Looking at what was asked: programs and people by the API, reviewers on their page.

use super::ask::MOST_OPEN;
use crate::Server;
use crate::consent_requests::consent_request::{ConsentRequest, Status};
use crate::consent_requests::resource::REQUESTS;
use crate::consent_requests::store::{self, AskedFor};
use crate::consent_requests::{DecideError, is_reviewer, may_review};
use crate::graph::query::{Condition, Listing, Place, Slice};
use crate::graph::{Caller, Permission, permission};
use crate::platform::ids::{ClientId, ConsentRequestId, ServicePrincipalId};
use crate::service_principals::grants::{SIGN_IN, may_manage_by_role};
use crate::service_principals::{ServicePrincipal, store as principals};
use crate::users::{self, User};
use database::{Result, Transaction};
use std::collections::HashMap;

/// What lets a caller read requests (Graph: list appConsentRequests).
const READ: [Permission; 2] = [Permission::ConsentRequestReadAll, Permission::ConsentRequestReadWriteAll];

/// Apps of which the page shows that nobody is to ask for them.
const BLOCKED: i64 = 100;

/// Some apps that people asked for, each with the scopes that wait.
#[derive(Debug)]
pub struct AppPage {
    /// The apps in order.
    pub apps: Vec<(AskedFor, Vec<String>)>,
    /// Where the next page begins, if there is one.
    pub next: Option<Place>,
    /// How many there are in all, if it was asked for.
    pub count: Option<i64>,
}

/// Some requests for one app, each with who asked.
#[derive(Debug)]
pub struct RequestPage {
    /// The requests in order.
    pub requests: Vec<(ConsentRequest, User)>,
    /// Where the next page begins, if there is one.
    pub next: Option<Place>,
    /// How many there are in all, if it was asked for.
    pub count: Option<i64>,
}

/// What people ask for at one resource, together.
#[derive(Debug)]
pub struct Scopes {
    /// The resource.
    pub resource: ServicePrincipal,
    /// What is asked for, each word once.
    pub words: Vec<String>,
}

/// An app that people wait for.
#[derive(Debug)]
pub struct Pending {
    /// The app.
    pub client: ServicePrincipal,
    /// Who asked, and why.
    pub requests: Vec<(ConsentRequest, User)>,
    /// What they ask for; without resources that are gone.
    pub scopes: Vec<Scopes>,
    /// Whether nobody is to ask for it any more.
    pub is_blocked: bool,
}

/// Everything that reviewers see at once.
#[derive(Debug)]
pub struct Overview {
    /// Apps that people wait for, the one that was asked for first in front.
    pub pending: Vec<Pending>,
    /// Apps for which nobody is to ask.
    pub blocked: Vec<ServicePrincipal>,
}

/// Refuses whoever may not read requests by the API: programs need a permission, people besides that a role by which apps are let
/// in, or to be a reviewer.
async fn check_may_read(tx: &mut Transaction, caller: &Caller) -> std::result::Result<(), DecideError> {
    let is_let = caller.is_application() || may_manage_by_role(caller) || is_reviewer(tx, caller).await?;
    if caller.has_any(&READ) && is_let { Ok(()) } else { Err(DecideError::Denied) }
}

/// A page of the apps that people have asked for (Graph: list appConsentRequests).
pub async fn list_apps(
    server: &Server,
    caller: &Caller,
    listing: &Listing,
) -> std::result::Result<AppPage, DecideError> {
    let mut tx = server.read().await?;
    check_may_read(&mut tx, caller).await?;
    Ok(page_of_apps(&mut tx, caller, (&listing.slice, listing.with_count)).await?)
}

/// The same as far as a reviewer is to answer (Graph: appConsentRequest, filterByCurrentUser): nothing for who is none.
pub async fn list_for_reviewer(
    server: &Server,
    caller: &Caller,
    listing: &Listing,
) -> std::result::Result<AppPage, DecideError> {
    if !caller.has_any(&READ) {
        return Err(DecideError::Denied);
    }
    let mut tx = server.read().await?;
    if !is_reviewer(&mut tx, caller).await? {
        return Ok(AppPage { apps: Vec::new(), next: None, count: listing.with_count.then_some(0) });
    }
    let condition = Box::new(Condition::equal("r.status", Status::InProgress.as_str().to_owned()));
    let slice = listing.slice.within(Condition::Exists { related: &REQUESTS, condition });
    Ok(page_of_apps(&mut tx, caller, (&slice, listing.with_count)).await?)
}

async fn page_of_apps(tx: &mut Transaction, caller: &Caller, (slice, with_count): (&Slice, bool)) -> Result<AppPage> {
    let tenant = caller.tenant;
    let is_by_name = slice.order.property().is_some();
    let found = store::list_apps(tx, tenant, slice).await?;
    let (found, next) =
        slice.page(found, |last| Place { key: is_by_name.then(|| last.display_name_folded.clone()), id: last.id.0 });
    let count = if with_count { Some(store::count_apps(tx, tenant, slice.condition.as_ref()).await?) } else { None };
    let mut apps = Vec::with_capacity(found.len());
    for app in found {
        let waiting = store::list_open(tx, tenant, app.id, MOST_OPEN).await?;
        apps.push((app, together(&waiting)));
    }
    Ok(AppPage { apps, next, count })
}

/// The words of several requests, each once.
fn together(requests: &[ConsentRequest]) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in requests.iter().flat_map(ConsentRequest::words) {
        if !words.iter().any(|known| known == word) {
            words.push(word.to_owned());
        }
    }
    words
}

/// One app that people have asked for (Graph: get appConsentRequest).
pub async fn get_app(
    server: &Server,
    caller: &Caller,
    id: &str,
) -> std::result::Result<(AskedFor, Vec<String>), DecideError> {
    let mut tx = server.read().await?;
    check_may_read(&mut tx, caller).await?;
    let found = find_app(&mut tx, caller, id).await?;
    let waiting = store::list_open(&mut tx, caller.tenant, found.id, MOST_OPEN).await?;
    Ok((found, together(&waiting)))
}

/// A page of the requests for one app (Graph: list userConsentRequests).
pub async fn list(
    server: &Server,
    caller: &Caller,
    id: &str,
    listing: &Listing,
) -> std::result::Result<RequestPage, DecideError> {
    let mut tx = server.read().await?;
    check_may_read(&mut tx, caller).await?;
    let app = find_app(&mut tx, caller, id).await?.id;
    Ok(page_of_requests(&mut tx, caller, app, (&listing.slice, listing.with_count)).await?)
}

/// The same as far as a reviewer is to answer (Graph: userConsentRequest, filterByCurrentUser): nothing for who is none and reads
/// requests by a role.
pub async fn list_of_app_for_reviewer(
    server: &Server,
    caller: &Caller,
    id: &str,
    listing: &Listing,
) -> std::result::Result<RequestPage, DecideError> {
    let mut tx = server.read().await?;
    check_may_read(&mut tx, caller).await?;
    let app = find_app(&mut tx, caller, id).await?.id;
    if !is_reviewer(&mut tx, caller).await? {
        return Ok(RequestPage { requests: Vec::new(), next: None, count: listing.with_count.then_some(0) });
    }
    let slice = listing.slice.within(Condition::equal("r.status", Status::InProgress.as_str().to_owned()));
    Ok(page_of_requests(&mut tx, caller, app, (&slice, listing.with_count)).await?)
}

async fn page_of_requests(
    tx: &mut Transaction,
    caller: &Caller,
    app: ServicePrincipalId,
    (slice, with_count): (&Slice, bool),
) -> Result<RequestPage> {
    let found = store::list_slice(tx, caller.tenant, app, slice).await?;
    let (found, next) = slice.page(found, |last| Place { key: None, id: last.id.0 });
    let count =
        if with_count { Some(store::count(tx, caller.tenant, app, slice.condition.as_ref()).await?) } else { None };
    Ok(RequestPage { requests: with_people(tx, caller, found).await?, next, count })
}

/// One request for an app (Graph: get userConsentRequest).
pub async fn get(
    server: &Server,
    caller: &Caller,
    app: &str,
    id: &str,
) -> std::result::Result<(ConsentRequest, User), DecideError> {
    let mut tx = server.read().await?;
    check_may_read(&mut tx, caller).await?;
    let missing = || DecideError::NotFound(id.to_owned());
    let app = find_app(&mut tx, caller, app).await?.id;
    let id: ConsentRequestId = id.parse().map_err(|_| missing())?;
    let found = store::find(&mut tx, caller.tenant, app, id).await?.ok_or_else(missing)?;
    with_people(&mut tx, caller, vec![found]).await?.pop().ok_or_else(missing)
}

async fn find_app(tx: &mut Transaction, caller: &Caller, id: &str) -> std::result::Result<AskedFor, DecideError> {
    let missing = || DecideError::NotFound(id.to_owned());
    let app: ServicePrincipalId = id.parse().map_err(|_| missing())?;
    store::find_app(tx, caller.tenant, app).await?.ok_or_else(missing)
}

/// The requests with who asked; those of people who are gone are left out.
async fn with_people(
    tx: &mut Transaction,
    caller: &Caller,
    requests: Vec<ConsentRequest>,
) -> Result<Vec<(ConsentRequest, User)>> {
    let mut found = Vec::with_capacity(requests.len());
    for request in requests {
        if let Some(user) = users::store::find(tx, caller.tenant, request.user_id).await? {
            found.push((request, user));
        }
    }
    Ok(found)
}

/// Everything that waits, and what nobody is to ask for, for the page of reviewers.
pub async fn overview(server: &Server, caller: &Caller) -> std::result::Result<Overview, DecideError> {
    let mut tx = server.read().await?;
    if !may_review(&mut tx, caller).await? {
        return Err(DecideError::Denied);
    }
    let mut order: Vec<ServicePrincipalId> = Vec::new();
    let mut by_app: HashMap<ServicePrincipalId, Vec<ConsentRequest>> = HashMap::new();
    for request in store::list_all_open(&mut tx, caller.tenant, MOST_OPEN).await? {
        if !order.contains(&request.client_id) {
            order.push(request.client_id);
        }
        by_app.entry(request.client_id).or_default().push(request);
    }
    let mut pending = Vec::new();
    for app in order {
        let requests = by_app.remove(&app).unwrap_or_default();
        if let Some(client) = principals::find(&mut tx, caller.tenant, app).await? {
            pending.push(complete(&mut tx, caller, client, requests).await?);
        }
    }
    let mut blocked = Vec::new();
    for app in store::list_blocked(&mut tx, caller.tenant, BLOCKED).await? {
        blocked.extend(principals::find(&mut tx, caller.tenant, app).await?);
    }
    Ok(Overview { pending, blocked })
}

/// One app that people wait for, or that nobody is to ask for.
pub async fn pending(
    server: &Server,
    caller: &Caller,
    app: ServicePrincipalId,
) -> std::result::Result<Pending, DecideError> {
    let mut tx = server.read().await?;
    if !may_review(&mut tx, caller).await? {
        return Err(DecideError::Denied);
    }
    let missing = || DecideError::NotFound(app.to_string());
    let client = principals::find(&mut tx, caller.tenant, app).await?.ok_or_else(missing)?;
    let requests = store::list_open(&mut tx, caller.tenant, app, MOST_OPEN).await?;
    let pending = complete(&mut tx, caller, client, requests).await?;
    if pending.requests.is_empty() && !pending.is_blocked {
        return Err(missing());
    }
    Ok(pending)
}

async fn complete(
    tx: &mut Transaction,
    caller: &Caller,
    client: ServicePrincipal,
    requests: Vec<ConsentRequest>,
) -> Result<Pending> {
    let scopes = scopes(tx, caller, &client, &requests).await?;
    let is_blocked = store::is_blocked(tx, caller.tenant, client.id).await?;
    Ok(Pending { client, scopes, is_blocked, requests: with_people(tx, caller, requests).await? })
}

/// What requests for an app ask for, by resource, as far as the resource still exposes it. With what the app of another tenant wants of
/// other apps goes all that belongs to a sign-in: requests keep the words of one resource, and it learns who signs in all the same.
pub(super) async fn scopes(
    tx: &mut Transaction,
    caller: &Caller,
    client: &ServicePrincipal,
    requests: &[ConsentRequest],
) -> Result<Vec<Scopes>> {
    let mut found: Vec<Scopes> = Vec::new();
    for request in requests {
        if found.iter().any(|scopes| scopes.resource.id == request.resource_id) {
            continue;
        }
        let Some(resource) = principals::find(tx, caller.tenant, request.resource_id).await? else { continue };
        let of_resource: Vec<ConsentRequest> =
            requests.iter().filter(|other| other.resource_id == resource.id).cloned().collect();
        let exposed = resource.exposed_scopes();
        let mut words = together(&of_resource);
        words.retain(|word| exposed.iter().any(|scope| scope.is_enabled && scope.value == *word));
        if !words.is_empty() {
            found.push(Scopes { resource, words });
        }
    }
    if client.is_foreign() && found.iter().any(|scopes| !scopes.resource.is_directory_api()) {
        add_sign_in(tx, caller, &mut found).await?;
    }
    Ok(found)
}

/// Adds what belongs to a sign-in to what is asked for at the directory API.
async fn add_sign_in(tx: &mut Transaction, caller: &Caller, found: &mut Vec<Scopes>) -> Result<()> {
    if !found.iter().any(|scopes| scopes.resource.is_directory_api()) {
        let api = principals::find_by_client(tx, caller.tenant, ClientId(permission::RESOURCE)).await?;
        found.extend(api.map(|resource| Scopes { resource, words: Vec::new() }));
    }
    for scopes in found.iter_mut().filter(|scopes| scopes.resource.is_directory_api()) {
        let further = SIGN_IN.iter().filter(|word| !scopes.words.iter().any(|known| known == *word));
        let further: Vec<String> = further.map(|word| (*word).to_owned()).collect();
        scopes.words.extend(further);
    }
    Ok(())
}
