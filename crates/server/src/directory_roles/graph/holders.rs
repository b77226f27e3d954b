//! Whoever holds a role, as objects of the directory.

use crate::Server;
use crate::directory_roles::{Holder, Member, Program, RoleGroup, operations};
use crate::graph::query::{Few, Property, Resource, Selection};
use crate::graph::{Caller, Error, Segment};
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

/// `GET /directoryRoles/{id}/members`
pub async fn all(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(key): Segment,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    list(&server, &caller, &key, (&uri, &headers), (&EITHER, "directoryObjects")).await
}

/// `GET /directoryRoles/{id}/members/microsoft.graph.user`
pub async fn users(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(key): Segment,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    list(&server, &caller, &key, (&uri, &headers), (&USER, "users")).await
}

/// `GET /directoryRoles/{id}/members/microsoft.graph.servicePrincipal`
pub async fn programs(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(key): Segment,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    list(&server, &caller, &key, (&uri, &headers), (&PROGRAM, "servicePrincipals")).await
}

/// `GET /directoryRoles/{id}/members/$ref`
pub async fn references(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(key): Segment,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let (few, holders) = asked(&server, &caller, &key, (&uri, &headers), &EITHER).await?;
    few.answer_addresses(&server, caller.tenant, holders)
}

/// The holders of the kind that a resource describes.
async fn list(
    server: &Server,
    caller: &Caller,
    key: &str,
    options: (&Uri, &HeaderMap),
    (kind, set): (&'static Resource, &str),
) -> Result<Response, Error> {
    let (few, holders) = asked(server, caller, key, options, kind).await?;
    few.answer(server, caller.tenant, set, holders)
}

/// What is asked, and about whom.
async fn asked(
    server: &Server,
    caller: &Caller,
    key: &str,
    (uri, headers): (&Uri, &HeaderMap),
    kind: &'static Resource,
) -> Result<(Few, Vec<Map<String, Value>>), Error> {
    operations::check_may_read(caller)?;
    let role = operations::find(caller, key)?;
    let few = Few::read(kind, uri, headers)?.in_their_order();
    let holders = operations::holders(server, caller, role).await?;
    let is_wanted = |holder: &&Holder| match kind.type_name {
        "user" => matches!(holder, Holder::User(_)),
        "servicePrincipal" => matches!(holder, Holder::Program(_)),
        _ => true,
    };
    let whole = few.whole();
    let objects = holders.iter().filter(is_wanted).map(|holder| write(holder, &whole)).collect();
    Ok((few, objects))
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
