//! `identityGovernance/appConsent/appConsentRequests` (Graph). The id of what was asked for an app is that of its service principal.

use crate::Server;
use crate::consent_requests::consent_request::ConsentRequest;
use crate::consent_requests::operations::{self, AppPage, RequestPage};
use crate::consent_requests::resource::{APP_REQUEST, USER_REQUEST};
use crate::consent_requests::store::AskedFor;
use crate::graph::query::{Listing, Selection};
use crate::graph::{Caller, Error, Segments, resource};
use crate::platform::clock::rfc3339;
use crate::users::{User, UserError};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use serde_json::{Map, Value, json};
use std::sync::Arc;

const SET: &str = "identityGovernance/appConsent/appConsentRequests";

/// `GET /identityGovernance/appConsent/appConsentRequests`
pub async fn list_apps(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let listing = Listing::read(&server, caller.tenant, &APP_REQUEST, &uri, &headers)?;
    let page = operations::list_apps(&server, &caller, &listing).await?;
    Ok(respond(&server, &caller, &listing, page))
}

/// `GET /identityGovernance/appConsent/appConsentRequests/filterByCurrentUser(on='reviewer')`: what the signed-in person is to
/// answer.
pub async fn of_reviewer(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    caller.user().ok_or(UserError::NoPerson)?;
    let listing = Listing::read(&server, caller.tenant, &APP_REQUEST, &uri, &headers)?;
    let page = operations::list_for_reviewer(&server, &caller, &listing).await?;
    Ok(respond(&server, &caller, &listing, page))
}

/// `GET /identityGovernance/appConsent/appConsentRequests/{id}`
pub async fn one_app(
    State(server): State<Arc<Server>>,
    caller: Caller,
    segments: Segments,
    uri: Uri,
) -> Result<Response, Error> {
    let selection = Selection::of_one(&APP_REQUEST, &uri)?;
    let (app, scopes) = operations::get_app(&server, &caller, segments.get(0)).await?;
    let context = format!("{}/$entity", selection.context(SET));
    Ok(resource::entity(&server, StatusCode::OK, &context, app_request(&app, &scopes, &selection)))
}

/// `GET /identityGovernance/appConsent/appConsentRequests/{id}/userConsentRequests`
pub async fn list(
    State(server): State<Arc<Server>>,
    caller: Caller,
    segments: Segments,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let listing = Listing::read(&server, caller.tenant, &USER_REQUEST, &uri, &headers)?;
    let page = operations::list(&server, &caller, segments.get(0), &listing).await?;
    Ok(respond_about_app(&server, &caller, segments.get(0), &listing, page))
}

/// `GET /identityGovernance/appConsent/appConsentRequests/{id}/userConsentRequests/filterByCurrentUser(on='reviewer')`: what the
/// signed-in person is to answer about one app. Whether there is such an app is looked at first, so that programs are refused one of
/// another organisation as everybody is.
pub async fn of_app_and_reviewer(
    State(server): State<Arc<Server>>,
    caller: Caller,
    segments: Segments,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let listing = Listing::read(&server, caller.tenant, &USER_REQUEST, &uri, &headers)?;
    let page = operations::list_of_app_for_reviewer(&server, &caller, segments.get(0), &listing).await?;
    caller.user().ok_or(UserError::NoPerson)?;
    Ok(respond_about_app(&server, &caller, segments.get(0), &listing, page))
}

fn respond_about_app(server: &Server, caller: &Caller, app: &str, listing: &Listing, page: RequestPage) -> Response {
    let RequestPage { requests, next, count } = page;
    let write = |(request, user): &(ConsentRequest, User)| user_request(request, user, &listing.selection);
    let items = requests.iter().map(write).collect();
    let set = format!("{SET}('{app}')/userConsentRequests");
    listing.answer(server, caller.tenant, &set, items, (count, next))
}

/// `GET /identityGovernance/appConsent/appConsentRequests/{id}/userConsentRequests/{id}`
pub async fn one(
    State(server): State<Arc<Server>>,
    caller: Caller,
    segments: Segments,
    uri: Uri,
) -> Result<Response, Error> {
    let selection = Selection::of_one(&USER_REQUEST, &uri)?;
    let (request, user) = operations::get(&server, &caller, segments.get(0), segments.get(1)).await?;
    let set = format!("{SET}('{}')/userConsentRequests", segments.get(0));
    let context = format!("{}/$entity", selection.context(&set));
    Ok(resource::entity(&server, StatusCode::OK, &context, user_request(&request, &user, &selection)))
}

fn respond(server: &Server, caller: &Caller, listing: &Listing, page: AppPage) -> Response {
    let AppPage { apps, next, count } = page;
    let items = apps.iter().map(|(app, scopes)| app_request(app, scopes, &listing.selection)).collect();
    listing.answer(server, caller.tenant, SET, items, (count, next))
}

fn app_request(app: &AskedFor, scopes: &[String], selection: &Selection) -> Map<String, Value> {
    let property = |name: &str| match name {
        "appDisplayName" => json!(app.display_name),
        "appId" => json!(app.app_id),
        "id" => json!(app.id),
        "pendingScopes" => scopes.iter().map(|scope| json!({ "displayName": scope })).collect(),
        _ => Value::Null,
    };
    selection.names().iter().map(|name| ((*name).to_owned(), property(name))).collect()
}

fn user_request(request: &ConsentRequest, user: &User, selection: &Selection) -> Map<String, Value> {
    let property = |name: &str| match name {
        // An approval has the id of its request.
        "approvalId" | "id" => json!(request.id),
        "completedDateTime" => json!(request.completed_at.map(rfc3339)),
        "createdBy" => json!({ "user": { "id": user.id, "displayName": user.display_name } }),
        "createdDateTime" => json!(rfc3339(request.created_at)),
        "reason" => json!(request.reason),
        "status" => json!(request.status),
        _ => Value::Null,
    };
    selection.names().iter().map(|name| ((*name).to_owned(), property(name))).collect()
}
