//! What an app may do at the directory API: by itself, and on behalf of whoever signs in.

use super::trouble::Trouble;
use crate::Server;
use crate::graph::{Permission, permission};
use crate::platform::ids::ClientId;
use crate::service_principals::{
    ServicePrincipal, assignment_store, grant_delegated, grant_permissions, grants as granted, store, unassign,
};
use crate::web::fields::Fields;
use crate::web::pages::Problem;
use crate::web::visitor::Visitor;
use database::Transaction;

/// A permission that can be ticked.
pub struct Choice {
    /// Its name.
    pub name: &'static str,
    /// Whether the app has it.
    pub is_given: bool,
}

/// The permissions a program can hold by itself.
pub fn permission_choices(held: &[Permission]) -> Vec<Choice> {
    choices(|permission| permission.role_id().is_some(), held)
}

/// The permissions that can be granted for everybody. `User.Read` needs no grant.
pub fn scope_choices(held: &[Permission]) -> Vec<Choice> {
    choices(|permission| permission.scope_id().is_some() && permission != Permission::UserRead, held)
}

fn choices(is_served: impl Fn(Permission) -> bool, held: &[Permission]) -> Vec<Choice> {
    let served = Permission::ALL.iter().copied().filter(|permission| is_served(*permission));
    served.map(|permission| Choice { name: permission.name(), is_given: held.contains(&permission) }).collect()
}

/// What was ticked; refused at a field where the page offers no such box.
fn ticked(fields: &Fields, offered: &[Choice], field: &'static str) -> Result<Vec<Permission>, Trouble> {
    let unknown =
        |name: &str| Trouble::at(field, format!("There is no permission “{}” to give here.", shortened(name)));
    let mut ticked = Vec::new();
    for name in fields.all("permission") {
        let is_offered = offered.iter().any(|choice| choice.name == name);
        ticked.push(Permission::from_name(name).filter(|_| is_offered).ok_or_else(|| unknown(name))?);
    }
    Ok(ticked)
}

/// As much of a name that nobody knows as a sentence can hold.
fn shortened(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(60).collect()
}

/// Gives the ticked permissions and takes the others back.
pub async fn set_permissions(
    tx: &mut Transaction,
    server: &Server,
    visitor: &Visitor,
    principal: &ServicePrincipal,
    fields: &Fields,
) -> Result<(), Trouble> {
    let (caller, wanted) = (&visitor.caller, ticked(fields, &permission_choices(&[]), "permission")?);
    let api = store::find_by_client(tx, caller.tenant, ClientId(permission::RESOURCE)).await?;
    let given = assignment_store::list_by_principal(tx, caller.tenant, principal.id.into()).await?;
    for assignment in given.iter().filter(|given| api.as_ref().is_some_and(|api| api.id == given.resource_id)) {
        let held = Permission::from_role_id(assignment.app_role_id.0);
        if !held.is_some_and(|held| wanted.contains(&held)) {
            unassign(tx, server, caller, assignment).await?;
        }
    }
    Ok(grant_permissions(tx, server, caller, principal, &wanted).await?)
}

/// Takes a grant of the app back.
pub async fn take_back(
    tx: &mut Transaction,
    server: &Server,
    visitor: &Visitor,
    principal: &ServicePrincipal,
    fields: &Fields,
) -> Result<(), Trouble> {
    let id = fields.get("grant");
    let found = granted::get(tx, &visitor.caller, id).await?;
    if found.client_id != principal.id {
        return Err(Problem::NotFound.into());
    }
    Ok(granted::delete(tx, server, &visitor.caller, id).await?)
}

/// Grants the ticked permissions on behalf of everybody, and no others.
pub async fn set_delegated(
    tx: &mut Transaction,
    server: &Server,
    visitor: &Visitor,
    principal: &ServicePrincipal,
    fields: &Fields,
) -> Result<(), Trouble> {
    let wanted = ticked(fields, &scope_choices(&[]), "scope")?;
    Ok(grant_delegated(tx, server, &visitor.caller, principal, &wanted).await?)
}
