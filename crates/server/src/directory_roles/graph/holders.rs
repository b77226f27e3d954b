//! Whoever holds a role, as objects of the directory.

use crate::Server;
use crate::changes::Kind;
use crate::directory_roles::{Holder, Member, Program, RoleGroup, operations};
use crate::graph::query::{Few, Listing, Place, Property, Resource, Selection};
use crate::graph::{Caller, Error, Role, Segment};
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// What may be selected of a user who holds one.
static USER: Resource = Resource {
    type_name: "user",
    id: "u.id",
    properties: &[
        Property::new("businessPhones").by_default(),
        Property::new("displayName").by_default(),
        Property::new("givenName").by_default(),
        Property::new("id").by_default(),
        Property::new("jobTitle").by_default(),
        Property::new("mail").by_default(),
        Property::new("mobilePhone").by_default(),
        Property::new("officeLocation").by_default(),
        Property::new("preferredLanguage").by_default(),
        Property::new("surname").by_default(),
        Property::new("userPrincipalName").by_default(),
        Property::new("userType"),
    ],
};

/// What may be selected of a program.
static PROGRAM: Resource = Resource {
    type_name: "servicePrincipal",
    id: "s.id",
    properties: &[
        Property::new("accountEnabled").by_default(),
        Property::new("appDisplayName").by_default(),
        Property::new("appId").by_default(),
        Property::new("appRoleAssignmentRequired").by_default(),
        Property::new("displayName").by_default(),
        Property::new("id").by_default(),
        Property::new("servicePrincipalType").by_default(),
    ],
};

/// What may be selected where all kinds stand: the properties of any. One that a kind does not have is left out of it.
pub(super) static EITHER: Resource = Resource {
    type_name: "directoryObject",
    id: "id",
    properties: &[
        Property::new("accountEnabled").by_default(),
        Property::new("appDisplayName").by_default(),
        Property::new("appId").by_default(),
        Property::new("appRoleAssignmentRequired").by_default(),
        Property::new("businessPhones").by_default(),
        Property::new("description").by_default(),
        Property::new("displayName").by_default(),
        Property::new("givenName").by_default(),
        Property::new("id").by_default(),
        Property::new("jobTitle").by_default(),
        Property::new("mail").by_default(),
        Property::new("mobilePhone").by_default(),
        Property::new("officeLocation").by_default(),
        Property::new("preferredLanguage").by_default(),
        Property::new("servicePrincipalType").by_default(),
        Property::new("surname").by_default(),
        Property::new("userPrincipalName").by_default(),
        Property::new("userType"),
    ],
};

/// Holders that are filtered or put in order: they are of three tables, and read whole for it.
const FEW: u32 = if cfg!(test) { 4 } else { 1_000 };

/// What may be selected where only addresses are written: nothing.
static REFERENCE: Resource = Resource { type_name: "directoryObject", id: "id", properties: &[] };

/// `GET /directoryRoles/{id}/members`
pub async fn all(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(key): Segment,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    list(&server, &caller, &key, (&uri, &headers), (&EITHER, "directoryObjects", None)).await
}

/// `GET /directoryRoles/{id}/members/microsoft.graph.user`
pub async fn users(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(key): Segment,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    list(&server, &caller, &key, (&uri, &headers), (&USER, "users", Some(Kind::User))).await
}

/// `GET /directoryRoles/{id}/members/microsoft.graph.servicePrincipal`
pub async fn programs(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(key): Segment,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let kind = (&PROGRAM, "servicePrincipals", Some(Kind::ServicePrincipal));
    list(&server, &caller, &key, (&uri, &headers), kind).await
}

/// `GET /directoryRoles/{id}/members/$ref`
pub async fn references(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(key): Segment,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    operations::check_may_read(&caller)?;
    let role = operations::find(&caller, &key)?;
    let few = Few::read(&EITHER, &uri, &headers)?.in_their_order();
    if let Some(option) = few.narrowing() {
        let objects = whole(&server, &caller, (role, None), (&few, option)).await?;
        return few.answer_addresses(&server, caller.tenant, objects);
    }
    let listing = Listing::read(&server, caller.tenant, &REFERENCE, &uri, &headers)?;
    let (holders, end) = page(&server, &caller, (role, None), &listing).await?;
    let base = server.settings.public_address();
    let item = |holder: &Holder| {
        let address = format!("{base}/v1.0/directoryObjects/{}", holder.id());
        Map::from_iter([("@odata.id".to_owned(), json!(address))])
    };
    let items = holders.iter().map(item).collect();
    Ok(listing.answer(&server, caller.tenant, "directoryObjects", items, end))
}

/// The holders that a resource describes: of a set, and of one kind or of any.
async fn list(
    server: &Server,
    caller: &Caller,
    key: &str,
    (uri, headers): (&Uri, &HeaderMap),
    (resource, set, kind): (&'static Resource, &str, Option<Kind>),
) -> Result<Response, Error> {
    operations::check_may_read(caller)?;
    let role = operations::find(caller, key)?;
    let few = Few::read(resource, uri, headers)?.in_their_order();
    if let Some(option) = few.narrowing() {
        let objects = whole(server, caller, (role, kind), (&few, option)).await?;
        return few.answer(server, caller.tenant, set, objects);
    }
    let listing = Listing::read(server, caller.tenant, resource, uri, headers)?;
    let (holders, end) = page(server, caller, (role, kind), &listing).await?;
    let items = holders.iter().map(|holder| write(holder, &listing.selection)).collect();
    Ok(listing.answer(server, caller.tenant, set, items, end))
}

/// All of them as they are filtered or ordered by this option.
///
/// # Errors
/// 400 that names the option where more hold the role than are read at once.
async fn whole(
    server: &Server,
    caller: &Caller,
    (role, kind): (Role, Option<Kind>),
    (few, option): (&Few, &'static str),
) -> Result<Vec<Map<String, Value>>, Error> {
    let holders = operations::holders(server, caller, role, (kind, None), FEW + 1).await?;
    if u32::try_from(holders.len()).is_ok_and(|found| found <= FEW) {
        let selection = few.whole();
        return Ok(holders.iter().map(|holder| write(holder, &selection)).collect());
    }
    let message = format!("Unsupported Query. {option} is served where a role has at most {FEW} members.");
    Err(Error::unsupported_query(message).with_target(option))
}

/// A page of them, how many there are in all if that was asked for, and where the next page begins if there is one.
async fn page(
    server: &Server,
    caller: &Caller,
    (role, kind): (Role, Option<Kind>),
    listing: &Listing,
) -> Result<(Vec<Holder>, (Option<i64>, Option<Place>)), Error> {
    let slice = &listing.slice;
    let after = slice.after.as_ref().and_then(|place| Some((Kind::parse(place.key.as_deref()?)?, place.id)));
    let found = operations::holders(server, caller, role, (kind, after), slice.size + 1).await?;
    let (holders, next) =
        slice.page(found, |last| Place { key: Some(last.kind().as_str().to_owned()), id: last.id().0 });
    let count = match listing.with_count {
        true => Some(operations::count_holders(server, caller, role, kind).await?),
        false => None,
    };
    Ok((holders, (count, next)))
}

/// One of them with its type, as far as it was selected.
pub(super) fn write(holder: &Holder, selection: &Selection) -> Map<String, Value> {
    let kind = match holder {
        Holder::User(_) => "#microsoft.graph.user",
        Holder::Program(_) => "#microsoft.graph.servicePrincipal",
        Holder::Group(_) => "#microsoft.graph.group",
    };
    let property = |name: &str| match holder {
        Holder::User(member) => of_user(member, name),
        Holder::Program(program) => of_program(program, name),
        Holder::Group(group) => of_group(group, name),
    };
    let kind = ("@odata.type".to_owned(), json!(kind));
    let names = selection.names().iter();
    std::iter::once(kind).chain(names.filter_map(|name| Some(((*name).to_owned(), property(name)?)))).collect()
}

fn of_user(member: &Member, name: &str) -> Option<Value> {
    Some(match name {
        "businessPhones" => json!(member.business_phones),
        "displayName" => json!(member.display_name),
        "givenName" => json!(member.given_name),
        "id" => json!(member.id),
        "jobTitle" => json!(member.job_title),
        "mail" => json!(member.mail),
        "mobilePhone" => json!(member.mobile_phone),
        "officeLocation" => json!(member.office_location),
        "preferredLanguage" => json!(member.preferred_language),
        "surname" => json!(member.surname),
        "userPrincipalName" => json!(member.user_principal_name),
        "userType" => json!(member.user_type),
        _ => return None,
    })
}

fn of_program(program: &Program, name: &str) -> Option<Value> {
    Some(match name {
        "accountEnabled" => json!(program.account_enabled),
        "appDisplayName" | "displayName" => json!(program.display_name),
        "appId" => json!(program.app_id),
        "appRoleAssignmentRequired" => json!(program.app_role_assignment_required),
        "id" => json!(program.id),
        "servicePrincipalType" => json!("Application"),
        _ => return None,
    })
}

fn of_group(group: &RoleGroup, name: &str) -> Option<Value> {
    Some(match name {
        "description" => json!(group.description),
        "displayName" => json!(group.display_name),
        "id" => json!(group.id),
        _ => return None,
    })
}
