//! Users in a relation to one (Graph: user, sponsors, sponsorOf, manager, directReports).

use super::read::{check_activity, own_key};
use super::wire;
use crate::Server;
use crate::graph::body::UnreadBody;
use crate::graph::query::{
    Expansion, Few, Found as Attached, Listing, Relation as Expandable, Resource, Selection, Writer,
};
use crate::graph::{Caller, Error, Reference, resource};
use crate::platform::clock::rfc3339;
use crate::platform::ids::UserId;
use crate::users::operations::{self, Key, Page, Relation};
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
    headers: HeaderMap,
    key: Key,
) -> Result<Response, Error> {
    let few = Few::read(&USER, &uri, &headers)?.in_their_order();
    let sponsors = sponsors_of(&server, &caller, &key, &few).await?;
    few.answer_by_type(&server, caller.tenant, "directoryObjects", sponsors, type_of)
}

/// Everybody who answers for a user, as they are asked about: people, the first one first, then groups.
pub async fn sponsors_of(
    server: &Server,
    caller: &Caller,
    key: &Key,
    few: &Few,
) -> Result<Vec<Map<String, Value>>, Error> {
    let with_identities = few.selection().has("identities");
    let found = operations::related(server, caller, key, Relation::Sponsors, (0, with_identities)).await?;
    operations::check_names(found.sight, &few.names())?;
    check_activity(few.selection(), found.sight)?;
    let groups = operations::sponsoring_groups(server, caller, key).await?;
    let whole = few.whole();
    let mut sponsors: Vec<_> = found.users.iter().map(|user| write(user, &found, &whole)).collect();
    let whole = few.whole_of(table_of(GROUP));
    sponsors.extend(write_groups(server, caller, &groups, (&whole, found.sight)).await?);
    Ok(sponsors)
}

/// `GET /me/sponsors`
pub async fn own_sponsors(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let key = own_key(&caller)?;
    sponsors(State(server), caller, uri, headers, key).await
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

async fn page(
    server: &Server,
    caller: &Caller,
    uri: &Uri,
    headers: &HeaderMap,
    key: &Key,
    relation: Relation,
) -> Result<Response, Error> {
    let listing = Listing::read(server, caller.tenant, &USER, uri, headers)?;
    let page = operations::list_related(server, caller, key, relation, &listing).await?;
    check_activity(&listing.selection, page.sight)?;
    let items = page.users.iter().map(|user| write(user, &page, &listing.selection)).collect();
    Ok(listing.answer(server, caller.tenant, "directoryObjects", items, (page.count, page.next)))
}

/// `GET /users/{id}/manager`
pub async fn manager(State(server): State<Arc<Server>>, caller: Caller, uri: Uri, key: Key) -> Result<Response, Error> {
    let selection = Selection::of_one(&USER, &uri)?;
    let with_identities = selection.has("identities");
    let found = operations::related(&server, &caller, &key, Relation::Manager, (1, with_identities)).await?;
    check_activity(&selection, found.sight)?;
    let manager = found.users.first().ok_or_else(|| Error::not_found("manager"))?;
    let context = format!("{}/$entity", selection.context("directoryObjects"));
    Ok(resource::entity(&server, StatusCode::OK, &context, write(manager, &found, &selection)))
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
    sent: UnreadBody,
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

/// One of the users of a page.
fn write(user: &User, page: &Page, selection: &Selection) -> Map<String, Value> {
    let identities = page.identities.get(&user.id).map(Vec::as_slice).unwrap_or_default();
    let mut object = wire::user(user, identities, selection, page.sight);
    object.insert("@odata.type".to_owned(), "#microsoft.graph.user".into());
    object
}

/// The type of a group, without the namespace.
const GROUP: &str = "group";

/// The table of a type: that of people, unless another feature owns it.
fn table_of(type_name: &str) -> &'static Resource {
    Writer::of(type_name).map_or(&USER, |writer| writer.resource)
}

/// The table of the type that a sponsor says it has.
fn type_of(sponsor: &Map<String, Value>) -> &'static Resource {
    let type_name = sponsor.get("@odata.type").and_then(Value::as_str);
    table_of(type_name.and_then(|name| name.strip_prefix("#microsoft.graph.")).unwrap_or_default())
}

/// Groups among people, as they are written to the caller by the feature that owns them. Whoever may not read groups sees of those
/// that answer for somebody what they see of people.
async fn write_groups(
    server: &Server,
    caller: &Caller,
    groups: &[SponsorGroup],
    (selection, sight): (&Selection, Sight),
) -> Result<Vec<Map<String, Value>>, Error> {
    let Some(writer) = Writer::of(GROUP) else { return Ok(Vec::new()) };
    let ids: Vec<Uuid> = groups.iter().map(|group| group.id.0).collect();
    let mut written = writer.every(server, caller, &ids, selection).await?;
    let write = |group: &SponsorGroup| {
        let mut object = written.remove(&group.id.0).unwrap_or_default();
        for (name, value) in [
            ("createdDateTime", json!(rfc3339(group.created_at))),
            ("displayName", json!(group.display_name)),
            ("id", json!(group.id)),
            ("mailNickname", json!(group.mail_nickname)),
        ] {
            if let Some(place) = object.get_mut(name).filter(|_| sight.shows(name)) {
                *place = value;
            }
        }
        object
    };
    Ok(groups.iter().map(write).collect())
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
        let asked = (limit, with.selection.has("identities"));
        let found = operations::related(server, caller, &key, relation, asked).await?;
        check_activity(&with.selection, found.sight)?;
        let mut written: Vec<_> = found.users.iter().map(|user| write(user, &found, &with.selection)).collect();
        if relation == Relation::Sponsors {
            let groups = operations::sponsoring_groups(server, caller, &key).await?;
            written.extend(write_groups(server, caller, &groups, (&with.selection, found.sight)).await?);
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
        let asked = (1, with.selection.has("identities"));
        let found = match operations::related(server, caller, &Key::Id(at), Relation::Manager, asked).await {
            Err(UserError::Denied | UserError::NotFound(_)) if level > 0 => break,
            found => found?,
        };
        check_activity(&with.selection, found.sight)?;
        let Some(manager) = found.users.first() else { break };
        managers.push(write(manager, &found, &with.selection));
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
