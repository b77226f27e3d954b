//! Roles as Graph has them now: definitions, and assignments of them (Graph: unifiedRoleDefinition, unifiedRoleAssignment).

use super::roles::respond;
use crate::Server;
use crate::directory_roles::definition::actions;
use crate::directory_roles::{RoleAssignment, RoleError, operations};
use crate::graph::body::Object;
use crate::graph::query::{Expansions, Few, Property, Resource};
use crate::graph::{Caller, Error, Role, Segment, etag, resource};
use crate::platform::ids::{PrincipalId, RoleId, TenantId};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use serde_json::{Map, Value, json};
use std::sync::Arc;

const DEFINITIONS: &str = "roleManagement/directory/roleDefinitions";
const ASSIGNMENTS: &str = "roleManagement/directory/roleAssignments";
/// The scope of every role here: the whole tenant.
const WHOLE: &str = "/";

/// What may be selected of a definition.
pub(super) static DEFINITION: Resource = Resource {
    type_name: "unifiedRoleDefinition",
    id: "id",
    properties: &[
        Property::new("description").by_default(),
        Property::new("displayName").by_default(),
        Property::new("id").by_default(),
        Property::new("isBuiltIn").by_default(),
        Property::new("isEnabled").by_default(),
        Property::new("resourceScopes").by_default(),
        Property::new("rolePermissions").by_default(),
        Property::new("templateId").by_default(),
        Property::new("version").by_default(),
    ],
};

/// What may be selected of an assignment.
static ASSIGNMENT: Resource = Resource {
    type_name: "unifiedRoleAssignment",
    id: "id",
    properties: &[
        Property::new("appScopeId"),
        Property::new("condition"),
        Property::new("directoryScopeId").by_default(),
        Property::new("id").by_default(),
        Property::new("principalId").by_default(),
        Property::new("principalOrganizationId"),
        Property::new("roleDefinitionId").by_default(),
    ],
};

/// `GET /roleManagement/directory/roleDefinitions`
pub async fn definitions(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    operations::check_may_read(&caller)?;
    let few = Few::read(&DEFINITION, &uri, &headers)?;
    let definitions = Role::ALL.iter().map(|role| write_definition(*role)).collect();
    few.answer(&server, caller.tenant, DEFINITIONS, definitions)
}

/// `GET /roleManagement/directory/roleDefinitions/{id}`
pub async fn definition(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(key): Segment,
    uri: Uri,
) -> Result<Response, Error> {
    operations::check_may_read(&caller)?;
    let role = role(&key).ok_or(RoleError::NotFound(key))?;
    respond(&server, &DEFINITION, DEFINITIONS, &uri, write_definition(role))
}

/// `GET /roleManagement/directory/roleAssignments`
pub async fn assignments(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    operations::check_may_read(&caller)?;
    let few = Few::with_expand(&ASSIGNMENT, &uri, &headers)?;
    let held = operations::assignments(&server, &caller).await?;
    let assignments = held.into_iter().map(|assignment| write_assignment(caller.tenant, assignment)).collect();
    few.answer_expanded(&server, &caller, ASSIGNMENTS, assignments).await
}

/// `GET /roleManagement/directory/roleAssignments/{id}`
pub async fn assignment(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(id): Segment,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let assignment = operations::find_assignment(&server, &caller, &id).await?;
    let asked = Expansions::of_one(&server, caller.tenant, &ASSIGNMENT, &uri, &headers).await?;
    let (selection, expansions) = asked;
    let whole = write_assignment(caller.tenant, assignment);
    let mut written = [whole.clone()];
    written[0].retain(|name, _| selection.has(name));
    expansions.attach_named(&server, &caller, &[whole], &mut written).await?;
    let context = format!("{}/$entity", selection.context(ASSIGNMENTS));
    let [written] = written;
    Ok(resource::entity(&server, StatusCode::OK, &context, written))
}

/// `POST /roleManagement/directory/roleAssignments`
pub async fn assign(State(server): State<Arc<Server>>, caller: Caller, body: Object) -> Result<Response, Error> {
    if !operations::may_change(&caller) {
        return Err(Error::denied());
    }
    let RoleAssignment { principal, role } = read(body)?;
    operations::give(&server, &caller, role, principal).await.map_err(|error| match error {
        RoleError::NotFound(id) => {
            let problem = format!("there is no user, program or group for roles {id}");
            Error::invalid_property("principalId", problem)
        }
        RoleError::Held => {
            let message =
                "A conflicting object with one or more of the specified property values is present in the directory.";
            Error::bad_request(message)
        }
        RoleError::Guest(_) => Error::from(error).with_target("principalId"),
        other => other.into(),
    })?;
    let made = write_assignment(caller.tenant, RoleAssignment { principal, role });
    let set = format!("/v1.0/{ASSIGNMENTS}");
    Ok(resource::created(&server, &set, &format!("{ASSIGNMENTS}/$entity"), shown(made)))
}

/// `DELETE /roleManagement/directory/roleAssignments/{id}`
pub async fn unassign(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(id): Segment,
    headers: HeaderMap,
) -> Result<Response, Error> {
    if !operations::may_change(&caller) {
        return Err(Error::denied());
    }
    etag::none(&headers)?;
    operations::take_assignment(&server, &caller, &id).await?;
    Ok(resource::no_content())
}

fn read(mut body: Object) -> Result<RoleAssignment, Error> {
    const ROLE: &str = "roleDefinitionId";
    const PRINCIPAL: &str = "principalId";
    const SCOPE: &str = "directoryScopeId";
    let required = |name| Error::invalid_property(name, "it is required");
    let key: String = body.take(ROLE)?.ok_or_else(|| required(ROLE))?;
    let role = role(&key).ok_or_else(|| Error::invalid_property(ROLE, format!("there is no role {key}")))?;
    let principal: PrincipalId = body.take(PRINCIPAL)?.ok_or_else(|| required(PRINCIPAL))?;
    let scope: String = body.take(SCOPE)?.ok_or_else(|| required(SCOPE))?;
    if scope != WHOLE {
        return Err(Error::invalid_property(SCOPE, "roles are held for the whole organization: \"/\""));
    }
    body.finish()?;
    Ok(RoleAssignment { principal, role })
}

fn role(id: &str) -> Option<Role> {
    Role::from_id(RoleId(id.parse().ok()?))
}

pub(super) fn write_definition(role: Role) -> Map<String, Value> {
    let permissions = json!([{ "allowedResourceActions": actions(role), "condition": null }]);
    named([
        ("description", json!(role.description())),
        ("displayName", json!(role.name())),
        ("id", json!(role.id())),
        ("isBuiltIn", json!(true)),
        ("isEnabled", json!(true)),
        ("resourceScopes", json!([WHOLE])),
        ("rolePermissions", permissions),
        ("templateId", json!(role.id())),
        ("version", json!("1")),
    ])
}

fn write_assignment(tenant: TenantId, assignment: RoleAssignment) -> Map<String, Value> {
    named([
        ("appScopeId", Value::Null),
        ("condition", Value::Null),
        ("directoryScopeId", json!(WHOLE)),
        ("id", json!(assignment.id())),
        ("principalId", json!(assignment.principal)),
        ("principalOrganizationId", json!(tenant)),
        ("roleDefinitionId", json!(assignment.role.id())),
    ])
}

/// What is written of an assignment when nothing is selected.
fn shown(mut assignment: Map<String, Value>) -> Map<String, Value> {
    assignment.retain(|name, _| ["directoryScopeId", "id", "principalId", "roleDefinitionId"].contains(&name.as_str()));
    assignment
}

fn named<const N: usize>(properties: [(&str, Value); N]) -> Map<String, Value> {
    properties.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
