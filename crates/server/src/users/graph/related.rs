//! Users in a relation to one (Graph: user, sponsors, sponsorOf, manager, directReports).

use super::read::{check_activity, own_key};
use super::wire;
use crate::Server;
use crate::graph::body::Sent;
use crate::graph::page::Page;
use crate::graph::query::{Expansion, Found as Attached, Listing, Place, Relation as Expandable, Selection};
use crate::graph::{Caller, Error, Reference, resource};
use crate::platform::clock::rfc3339;
use crate::platform::ids::UserId;
use crate::users::operations::{self, Key, Relation};
use crate::users::sponsors::SponsorGroup;
use crate::users::{Sight, USER, User, UserError, manager};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use futures_util::future::BoxFuture;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use uuid::Uuid;

/// `GET /users/{id}/sponsors`
pub async fn sponsors(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    key: Key,
) -> Result<Response, Error> {
    let selection = Selection::of_one(&USER, &uri)?;
    let (found, sight) = operations::related(&server, &caller, &key, Relation::Sponsors, None, 0).await?;
    check_activity(&selection, sight)?;
    let groups = operations::sponsoring_groups(&server, &caller, &key).await?;
    let people = found.iter().map(|user| write(user, &selection, sight));
    let items = people.chain(groups.iter().map(|group| write_group(group, &selection, sight))).collect();
    Ok(Page { context: selection.context("directoryObjects"), items, count: None, next: None }.respond(&server))
}

/// `GET /me/sponsors`
pub async fn own_sponsors(State(server): State<Arc<Server>>, caller: Caller, uri: Uri) -> Result<Response, Error> {
    let key = own_key(&caller)?;
    sponsors(State(server), caller, uri, key).await
}

/// `GET /users/{id}/sponsorOf`
pub async fn sponsor_of(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
    key: Key,
) -> Result<Response, Error> {
    page(&server, &caller, &uri, &headers, &key, Relation::SponsorOf).await
}

/// `GET /users/{id}/directReports`
pub async fn reports(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
    key: Key,
) -> Result<Response, Error> {
    page(&server, &caller, &uri, &headers, &key, Relation::DirectReports).await
}

/// `GET /me/directReports`
pub async fn own_reports(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let key = own_key(&caller)?;
    page(&server, &caller, &uri, &headers, &key, Relation::DirectReports).await
}

/// A page by id. Filters and orders of a relation are not served.
async fn page(
    server: &Server,
    caller: &Caller,
    uri: &Uri,
    headers: &HeaderMap,
    key: &Key,
    relation: Relation,
) -> Result<Response, Error> {
    let listing = Listing::read(server, caller.tenant, &USER, uri, headers)?;
    if let Some(name) = listing.names.first() {
        let message = format!("Unsupported Query. '{}' is not filtered or ordered by '{name}'.", relation.name());
        return Err(Error::unsupported_query(message).with_target(*name));
    }
    let (slice, selection) = (&listing.slice, &listing.selection);
    let after = slice.after.as_ref().map(|place| place.id);
    let limit = i64::from(slice.size) + 1;
    let (found, sight) = operations::related(server, caller, key, relation, after, limit).await?;
    check_activity(selection, sight)?;
    let (found, next) = slice.page(found, |last| Place { key: None, id: last.id.0 });
    let items = found.iter().map(|user| write(user, selection, sight)).collect();
    Ok(listing.answer(server, caller.tenant, "directoryObjects", items, (None, next)))
}

/// `GET /users/{id}/manager`
pub async fn manager(State(server): State<Arc<Server>>, caller: Caller, uri: Uri, key: Key) -> Result<Response, Error> {
    let selection = Selection::of_one(&USER, &uri)?;
    let (found, sight) = operations::related(&server, &caller, &key, Relation::Manager, None, 1).await?;
    check_activity(&selection, sight)?;
    let manager = found.first().ok_or_else(|| Error::not_found("manager"))?;
    let context = format!("{}/$entity", selection.context("directoryObjects"));
    Ok(resource::entity(&server, StatusCode::OK, &context, write(manager, &selection, sight)))
}

/// `GET /me/manager`
pub async fn own_manager(State(server): State<Arc<Server>>, caller: Caller, uri: Uri) -> Result<Response, Error> {
    let key = own_key(&caller)?;
    manager(State(server), caller, uri, key).await
}

/// `PUT /users/{id}/manager/$ref`
pub async fn set_manager(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    sent: Sent,
) -> Result<Response, Error> {
    if !operations::may_create(&caller) {
        return Err(Error::denied());
    }
    operations::check_may_change(&server, &caller, &key).await?;
    let Reference { set, id } = Reference::read(sent.object()?)?;
    if !["directoryObjects", "users"].contains(&set) {
        return Err(Error::invalid_property("@odata.id", "it is not the address of a user"));
    }
    manager::set(&server, &caller, &key, UserId(id)).await?;
    Ok(resource::no_content())
}

/// `DELETE /users/{id}/manager/$ref`
pub async fn remove_manager(State(server): State<Arc<Server>>, caller: Caller, key: Key) -> Result<Response, Error> {
    manager::remove(&server, &caller, &key).await?;
    Ok(resource::no_content())
}

fn write(user: &User, selection: &Selection, sight: Sight) -> Map<String, Value> {
    let mut object = wire::user(user, &[], selection, sight);
    object.insert("@odata.type".to_owned(), "#microsoft.graph.user".into());
    object
}

/// A group among people: of what was selected, what a group has too.
fn write_group(group: &SponsorGroup, selection: &Selection, sight: Sight) -> Map<String, Value> {
    let property = |name: &str| match name {
        "createdDateTime" => Some(json!(rfc3339(group.created_at))),
        "deletedDateTime" | "mail" => Some(Value::Null),
        "displayName" => Some(json!(group.display_name)),
        "id" => Some(json!(group.id)),
        "mailNickname" => Some(json!(group.mail_nickname)),
        _ => None,
    };
    let shown = selection.names().iter().filter(|name| sight.shows(name));
    let mut object: Map<String, Value> = shown.filter_map(|name| Some(((*name).to_owned(), property(name)?))).collect();
    object.insert("@odata.type".to_owned(), "#microsoft.graph.group".into());
    object
}

macro_rules! expanded {
    ($($name:literal, $is_collection:literal, $has_levels:literal, $load:ident;)+) => {
        $(inventory::submit! {
            Expandable {
                of: "user",
                name: $name,
                target: || &USER,
                is_collection: $is_collection,
                has_levels: $has_levels,
                load: $load,
            }
        })+
    };
}

expanded! {
    "sponsors", true, false, load_sponsors;
    "directReports", true, false, load_reports;
    "manager", false, true, load_managers;
}

/// Levels that are followed at most; nobody has a longer chain of managers.
const LEVELS: u32 = 100;

type Loading<'a> = BoxFuture<'a, Result<Attached, Error>>;

fn load_sponsors<'a>(server: &'a Server, caller: &'a Caller, ids: &'a [Uuid], with: &'a Expansion) -> Loading<'a> {
    Box::pin(load(server, caller, ids, with, Relation::Sponsors))
}

fn load_reports<'a>(server: &'a Server, caller: &'a Caller, ids: &'a [Uuid], with: &'a Expansion) -> Loading<'a> {
    Box::pin(load(server, caller, ids, with, Relation::DirectReports))
}

async fn load(
    server: &Server,
    caller: &Caller,
    ids: &[Uuid],
    with: &Expansion,
    relation: Relation,
) -> Result<Attached, Error> {
    let mut attached = Attached::new();
    let limit = i64::try_from(Expansion::LIMIT).unwrap_or(i64::MAX);
    for id in ids {
        let key = Key::Id(UserId(*id));
        let (found, sight) = operations::related(server, caller, &key, relation, None, limit).await?;
        check_activity(&with.selection, sight)?;
        let mut written: Vec<_> = found.iter().map(|user| write(user, &with.selection, sight)).collect();
        if relation == Relation::Sponsors {
            let groups = operations::sponsoring_groups(server, caller, &key).await?;
            written.extend(groups.iter().map(|group| write_group(group, &with.selection, sight)));
        }
        attached.insert(*id, written);
    }
    Ok(attached)
}

fn load_managers<'a>(server: &'a Server, caller: &'a Caller, ids: &'a [Uuid], with: &'a Expansion) -> Loading<'a> {
    Box::pin(async move {
        // A chain for each user of a page would be read step by step, however long.
        if ids.len() > 1 && with.levels > 1 {
            let message = "Unsupported Query. '$levels' beyond 1 is served for one user at a time.";
            return Err(Error::unsupported_query(message).with_target("$expand"));
        }
        let mut attached = Attached::new();
        for id in ids {
            attached.insert(*id, chain(server, caller, *id, with).await?.into_iter().collect());
        }
        Ok(attached)
    })
}

/// The manager of a user with their manager inside, as far up as was asked for. Whoever may see their own manager alone sees
/// one level.
async fn chain(
    server: &Server,
    caller: &Caller,
    id: Uuid,
    with: &Expansion,
) -> Result<Option<Map<String, Value>>, Error> {
    let (mut at, mut managers) = (UserId(id), Vec::new());
    for level in 0..with.levels.min(LEVELS) {
        let (found, sight) = match operations::related(server, caller, &Key::Id(at), Relation::Manager, None, 1).await {
            Err(UserError::Denied | UserError::NotFound(_)) if level > 0 => break,
            found => found?,
        };
        check_activity(&with.selection, sight)?;
        let Some(manager) = found.first() else { break };
        managers.push(write(manager, &with.selection, sight));
        at = manager.id;
    }
    let nest = |above: Option<Map<String, Value>>, mut manager: Map<String, Value>| {
        if let Some(above) = above {
            manager.insert("manager".to_owned(), Value::Object(above));
        }
        Some(manager)
    };
    Ok(managers.into_iter().rev().fold(None, nest))
}
