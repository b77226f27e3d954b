//! `policies/tokenLifetimePolicies` (Graph), and the relation of the same name of applications and service principals.

use super::operations::{self, NewPolicy, PolicyChange, check_may_give, check_may_read, check_may_write};
use super::{PolicyHolder, TokenLifetimePolicy};
use crate::Server;
use crate::graph::body::{Object, UnreadBody};
use crate::graph::query::{Expansion, Few, Found, Property, Resource, Selection};
use crate::graph::{Caller, Error, Reference, Segment, Segments, etag, resource};
use crate::platform::ids::TokenLifetimePolicyId;
use crate::web::Routes;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use axum::routing::get;
use futures_util::future::BoxFuture;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use uuid::Uuid;

const POLICIES: &str = "policies/tokenLifetimePolicies";
const DEFINITION: &str = "definition";

/// The sets in which a policy may be named; like every object of the directory it stands in `directoryObjects` as well.
const SETS: [&str; 2] = ["tokenLifetimePolicies", "directoryObjects"];

/// What may be selected of a policy, and what it is found by.
static POLICY: Resource = Resource {
    type_name: "tokenLifetimePolicy",
    id: "id",
    properties: &[
        Property::new("definition").by_default(),
        Property::new("deletedDateTime").by_default(),
        Property::new("description").by_default(),
        Property::new("displayName").by_default(),
        Property::new("id").by_default(),
        Property::new("isOrganizationDefault").by_default(),
    ],
};

/// The calls on policies. Those that give them to apps stand among the routes of the apps.
pub fn routes() -> Routes {
    Routes::new()
        .route("/v1.0/policies/tokenLifetimePolicies", get(list).post(create))
        .route("/v1.0/policies/tokenLifetimePolicies/{lifetime_policy}", get(one).patch(change).delete(delete))
}

async fn list(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    check_may_read(&caller)?;
    let few = Few::read(&POLICY, &uri, &headers)?;
    let policies = operations::list(&server, &caller).await?;
    few.answer(&server, caller.tenant, POLICIES, policies.iter().map(write).collect())
}

async fn one(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(id): Segment,
    uri: Uri,
) -> Result<Response, Error> {
    let policy = operations::get(&server, &caller, &id).await?;
    Ok(Selection::of_one(&POLICY, &uri)?.answer(&server, POLICIES, write(&policy)))
}

async fn create(State(server): State<Arc<Server>>, caller: Caller, mut body: Object) -> Result<Response, Error> {
    check_may_write(&caller)?;
    let required = |name| move || Error::invalid_property(name, "it is required");
    let new = NewPolicy {
        display_name: body.take("displayName")?.ok_or_else(required("displayName"))?,
        description: body.take("description")?,
        definition: definition(&mut body)?.ok_or_else(required(DEFINITION))?,
        is_default: body.take("isOrganizationDefault")?.unwrap_or_default(),
    };
    body.finish()?;
    let policy = operations::create(&server, &caller, new).await?;
    Ok(resource::created(&server, &format!("/v1.0/{POLICIES}"), &format!("{POLICIES}/$entity"), write(&policy)))
}

async fn change(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(id): Segment,
    headers: HeaderMap,
    mut body: Object,
) -> Result<Response, Error> {
    let policy = operations::get_to_write(&server, &caller, &id).await?;
    body.take_own_id(&policy.id)?;
    let expected = etag::if_match(&headers)?;
    let change = PolicyChange {
        display_name: body.take_not_null("displayName")?,
        description: body.take_change("description")?,
        definition: definition(&mut body)?,
        is_default: body.take_not_null("isOrganizationDefault")?,
        of_version: expected,
    };
    body.finish()?;
    operations::change(&server, &caller, &id, change).await.map_err(|error| etag::refusal(expected, error))?;
    Ok(resource::no_content())
}

async fn delete(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(id): Segment,
    headers: HeaderMap,
) -> Result<Response, Error> {
    operations::get_to_write(&server, &caller, &id).await?;
    let expected = etag::if_match(&headers)?;
    operations::delete(&server, &caller, &id, expected).await.map_err(|error| etag::refusal(expected, error))?;
    Ok(resource::no_content())
}

/// The one text of a definition; nothing where a body holds none.
fn definition(body: &mut Object) -> Result<Option<String>, Error> {
    let Some(texts) = body.take_not_null::<Vec<String>>(DEFINITION)? else { return Ok(None) };
    match <[String; 1]>::try_from(texts) {
        Ok([text]) => Ok(Some(text)),
        Err(_) => Err(Error::invalid_property(DEFINITION, "it holds exactly one text")),
    }
}

/// The whole policy as Graph has it.
fn write(policy: &TokenLifetimePolicy) -> Map<String, Value> {
    let properties = [
        (DEFINITION, json!([policy.definition])),
        ("deletedDateTime", Value::Null),
        ("description", json!(policy.description)),
        ("displayName", json!(policy.display_name)),
        ("id", json!(policy.id)),
        ("isOrganizationDefault", json!(policy.is_default)),
    ];
    let written = properties.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    etag::tagged(policy.version, written)
}

/// `GET /{set}/{id}/tokenLifetimePolicies`, one or none. It is for those who may change the object, as Graph has it.
pub async fn list_held<T: PolicyHolder>(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: T::Key,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let mut tx = server.read().await?;
    let object = T::find_to_read(&mut tx, &caller, key).await?.object();
    let held = operations::held(&mut tx, &caller, object).await?;
    drop(tx);
    let few = Few::read(&POLICY, &uri, &headers)?;
    let set = format!("{}('{}')/tokenLifetimePolicies", T::SET, object.1);
    few.answer(&server, caller.tenant, &set, held.iter().map(write).collect())
}

/// What can be selected of a policy inside an answer about what has it.
pub fn expanded() -> &'static Resource {
    &POLICY
}

/// `$expand=tokenLifetimePolicies`: the policies inside an answer about objects of a kind.
///
/// # Errors
/// 403 where the caller may not change one of the objects, as at its own address.
pub fn expand_held<'a, T: PolicyHolder>(
    server: &'a Server,
    caller: &'a Caller,
    ids: &'a [Uuid],
    with: &'a Expansion,
) -> BoxFuture<'a, Result<Found, Error>> {
    Box::pin(async move {
        let mut tx = server.read().await?;
        if !T::may_write_each(&mut tx, caller, ids).await? {
            return Err(Error::denied());
        }
        let held = operations::held_by(&mut tx, caller, T::KIND, ids).await?;
        Ok(held.iter().map(|(object, policy)| (*object, vec![with.selection.shown(write(policy))])).collect())
    })
}

/// `POST /{set}/{id}/tokenLifetimePolicies/$ref`. The body is read when it is known that the caller may.
pub async fn give<T: PolicyHolder>(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: T::Key,
    body: UnreadBody,
) -> Result<Response, Error> {
    T::find_to_write(&mut server.read().await?, &caller, key).await?;
    check_may_give(&caller)?;
    let policy = TokenLifetimePolicyId(Reference::read_in(body.object()?, &SETS)?.id);
    let mut tx = server.write().await?;
    let holder = T::find_to_write(&mut tx, &caller, key).await?;
    let about = (holder.object(), holder.target());
    operations::give(&mut tx, &server, &caller, about, policy).await?;
    tx.commit().await?;
    Ok(resource::no_content())
}

/// `DELETE /{set}/{id}/tokenLifetimePolicies/{id}/$ref`
pub async fn take<T: PolicyHolder>(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: T::Key,
    segments: Segments,
) -> Result<Response, Error> {
    let mut tx = server.write().await?;
    let holder = T::find_to_write(&mut tx, &caller, key).await?;
    let about = (holder.object(), holder.target());
    operations::take(&mut tx, &server, &caller, about, segments.get(1)).await?;
    tx.commit().await?;
    Ok(resource::no_content())
}
