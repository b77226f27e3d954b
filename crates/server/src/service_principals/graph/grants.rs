//! Grants on the wire (Graph: oAuth2PermissionGrant).

use super::{Segments, is_count, wire};
use crate::Server;
use crate::changes::Kind;
use crate::graph::body::Object;
use crate::graph::delta::{IdForm, Source, Written};
use crate::graph::query::{Count, Listing, Selection};
use crate::graph::{Caller, Error, delta, etag, resource};
use crate::platform::ids::UserId;
use crate::service_principals::grants::{self, DelegatedGrant, GrantSide, NewGrant};
use crate::service_principals::operations::{self, Key};
use crate::service_principals::resource::GRANT;
use crate::users::{self, UserError};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use futures_util::future::BoxFuture;
use std::sync::Arc;

/// The collection of all grants, as contexts name it.
const SET: &str = "oauth2PermissionGrants";

/// `GET /oauth2PermissionGrants`
pub async fn list(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    respond(&server, &caller, GrantSide::All, &uri, &headers).await
}

/// A grant that is not seen, because an app or a person of it is deleted, is told as one that can be brought back.
static CHANGES: Source = Source {
    set: SET,
    kind: Kind::Grant,
    also: None,
    resource: &GRANT,
    ids: IdForm { write: DelegatedGrant::write_id, read: DelegatedGrant::read_id },
    read: read_changed,
    members: None,
};

fn read_changed<'a>(
    server: &'a Server,
    caller: &'a Caller,
    listing: &'a Listing,
) -> BoxFuture<'a, Result<Written, Error>> {
    Box::pin(async move {
        // What others granted is not there for them, and so neither are its changes.
        if !caller.sees_others() {
            return Err(Error::denied());
        }
        let page = grants::list(server, caller, GrantSide::All, listing).await?;
        let items = page.grants.iter().map(|grant| (grant.id.0, wire::grant(grant, &listing.selection))).collect();
        Ok(Written { items, more: page.next.is_some() })
    })
}

/// `GET /oauth2PermissionGrants/delta`
pub async fn delta(State(server): State<Arc<Server>>, caller: Caller, uri: Uri) -> Result<Response, Error> {
    delta::answer(&server, &caller, &CHANGES, &uri).await
}

/// `GET /servicePrincipals/{id}/oauth2PermissionGrants`: what this app may do for people.
pub async fn of_client(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    if !grants::may_read(&caller, GrantSide::All) {
        return Err(Error::denied());
    }
    let client = operations::find(&mut server.read().await?, caller.tenant, key).await?;
    respond(&server, &caller, GrantSide::Client(client.id), &uri, &headers).await
}

/// `GET /users/{id | userPrincipalName}/oauth2PermissionGrants`: what this person has granted.
pub async fn of_user(
    State(server): State<Arc<Server>>,
    caller: Caller,
    segments: Segments,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let side = side_of_user(&server, &caller, segments.get(0)).await?;
    respond(&server, &caller, side, &uri, &headers).await
}

/// `GET /me/oauth2PermissionGrants`
pub async fn own(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let person = caller.user().ok_or(UserError::NoPerson)?;
    respond(&server, &caller, GrantSide::User(person.id), &uri, &headers).await
}

/// Denied before absent, so that who may not look learns nothing about who is here.
async fn side_of_user(server: &Server, caller: &Caller, key: &str) -> Result<GrantSide, Error> {
    let mut tx = server.read().await?;
    let user = match key.parse::<UserId>() {
        Ok(id) => users::store::find(&mut tx, caller.tenant, id).await?,
        Err(_) => users::store::find_by_principal_name(&mut tx, caller.tenant, key).await?,
    };
    let nobody = GrantSide::User(UserId(uuid::Uuid::nil()));
    match user {
        Some(user) if grants::may_read(caller, GrantSide::User(user.id)) => Ok(GrantSide::User(user.id)),
        None if grants::may_read(caller, nobody) => Err(Error::not_found(key)),
        _ => Err(Error::denied()),
    }
}

async fn respond(
    server: &Server,
    caller: &Caller,
    side: GrantSide,
    uri: &Uri,
    headers: &HeaderMap,
) -> Result<Response, Error> {
    if is_count(uri) {
        let count = Count::read(&GRANT, uri, headers)?;
        return Ok(resource::number(grants::count(server, caller, side, count.condition).await?));
    }
    let listing = Listing::read(server, caller.tenant, &GRANT, uri, headers)?;
    let page = grants::list(server, caller, side, &listing).await?;
    let items = page.grants.iter().map(|grant| wire::grant(grant, &listing.selection)).collect();
    let set = match side {
        GrantSide::All => SET.to_owned(),
        GrantSide::Client(id) => format!("servicePrincipals('{id}')/{SET}"),
        GrantSide::User(id) => format!("users('{id}')/{SET}"),
    };
    Ok(listing.answer(server, caller.tenant, &set, items, (page.count, page.next)))
}

/// `GET /oauth2PermissionGrants/{id}`
pub async fn one(
    State(server): State<Arc<Server>>,
    caller: Caller,
    segments: Segments,
    uri: Uri,
) -> Result<Response, Error> {
    let selection = Selection::of_one(&GRANT, &uri)?;
    let grant = grants::get(&mut server.read().await?, &caller, segments.get(0)).await?;
    let context = format!("{}/$entity", selection.context(SET));
    Ok(resource::entity(&server, StatusCode::OK, &context, wire::grant(&grant, &selection)))
}

/// `POST /oauth2PermissionGrants`
pub async fn create(State(server): State<Arc<Server>>, caller: Caller, body: Object) -> Result<Response, Error> {
    if !grants::may_manage(&caller) {
        return Err(Error::denied());
    }
    let new = read(body)?;
    let mut tx = server.write().await?;
    let grant = grants::create(&mut tx, &server, &caller, new).await?;
    tx.commit().await?;
    let body = wire::grant(&grant, &Selection::default_of(&GRANT));
    Ok(resource::created(&server, &format!("/v1.0/{SET}"), &format!("{SET}/$entity"), body))
}

fn read(mut body: Object) -> Result<NewGrant, Error> {
    let required = |name| move || Error::invalid_property(name, "it is required");
    // Once of Azure AD Graph; programs still send them, and nothing was ever done with them.
    for name in ["startTime", "expiryTime"] {
        body.take::<String>(name)?;
    }
    let new = NewGrant {
        client: body.take("clientId")?.ok_or_else(required("clientId"))?,
        resource: body.take("resourceId")?.ok_or_else(required("resourceId"))?,
        consent_type: body.take("consentType")?.ok_or_else(required("consentType"))?,
        principal: body.take("principalId")?,
        scope: body.take("scope")?.ok_or_else(required("scope"))?,
    };
    body.finish()?;
    Ok(new)
}

/// `PATCH /oauth2PermissionGrants/{id}`: its words, nothing else.
pub async fn change(
    State(server): State<Arc<Server>>,
    caller: Caller,
    segments: Segments,
    headers: HeaderMap,
    mut body: Object,
) -> Result<Response, Error> {
    if !grants::may_manage(&caller) {
        return Err(Error::denied());
    }
    etag::none(&headers)?;
    body.take_own_id(&segments.get(0).to_owned())?;
    let scope: Option<String> = body.take_not_null("scope")?;
    body.finish()?;
    let mut tx = server.write().await?;
    match scope {
        Some(scope) => grants::change(&mut tx, &server, &caller, segments.get(0), &scope).await?,
        None => grants::exists(&mut tx, &caller, segments.get(0)).await?,
    }
    tx.commit().await?;
    Ok(resource::no_content())
}

/// `DELETE /oauth2PermissionGrants/{id}`
pub async fn delete(
    State(server): State<Arc<Server>>,
    caller: Caller,
    segments: Segments,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let mut tx = server.write().await?;
    grants::delete(&mut tx, &server, &caller, segments.get(0)).await?;
    etag::none(&headers)?;
    tx.commit().await?;
    Ok(resource::no_content())
}
