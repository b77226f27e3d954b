//! What the form offers to choose from: apps to land in, and roles in apps.

use crate::Server;
use crate::applications::{self, AppRole};
use crate::groups::{self, GroupError};
use crate::invitations::operations;
use crate::platform::ids::{AppRoleId, GroupId, ServicePrincipalId};
use crate::service_principals::ServicePrincipal;
use crate::web::portal::Refusal;
use crate::web::visitor::Visitor;

/// An app the invitation can lead to.
pub struct App {
    /// Its client id.
    pub client: String,
    /// Its name.
    pub name: String,
    /// Where guests land: its home page.
    pub address: String,
}

/// A role the guest can get at once.
pub(super) struct Role {
    /// What the form sends: the app and the role in it.
    pub(super) value: String,
    pub(super) app: String,
    pub(super) name: String,
}

/// The apps that have a page of their own, by name.
pub async fn apps(server: &Server, visitor: &Visitor) -> Result<Vec<App>, Refusal> {
    let mut tx = server.read().await?;
    let apps = applications::store::list(&mut tx, visitor.caller.tenant).await?;
    let with_page = apps.into_iter().filter_map(|app| {
        Some(App { client: app.app_id.to_string(), name: app.display_name, address: app.home_page_url? })
    });
    Ok(with_page.collect())
}

/// Every role a person can be given in an app that people can open, for those who may give them; nothing for everybody else.
pub(super) async fn roles(server: &Server, visitor: &Visitor) -> Result<Vec<Role>, Refusal> {
    let mut tx = server.read().await?;
    let apps = operations::apps_with_roles(&mut tx, &visitor.caller).await?;
    Ok(apps.iter().flat_map(roles_in).collect())
}

/// The roles of one app; access without a role where it declares none for people.
fn roles_in(app: &ServicePrincipal) -> Vec<Role> {
    let choice =
        |id: AppRoleId, name: String| Role { value: format!("{}/{id}", app.id), app: app.display_name.clone(), name };
    let roles: Vec<Role> = operations::roles_for_people(app).map(|role| choice(role.id, role.display_name)).collect();
    if roles.is_empty() { vec![choice(AppRole::DEFAULT, "Default access".to_owned())] } else { roles }
}

/// Whether there are groups into which the inviter may put the guest.
pub(super) async fn takes_groups(server: &Server, visitor: &Visitor) -> Result<bool, Refusal> {
    let mut tx = server.read().await?;
    match groups::may_add_somewhere(&mut tx, &visitor.caller).await {
        Ok(may) => Ok(may),
        Err(GroupError::Storage(error)) => Err(error.into()),
        Err(_) => Ok(false),
    }
}

/// A group as the form names it: by its name, or by its id where others are called so. Nothing for one that the visitor does
/// not find.
pub(super) async fn group(server: &Server, visitor: &Visitor, id: GroupId) -> Result<String, Refusal> {
    let mut tx = server.read().await?;
    let group = match groups::operations::see(&mut tx, &visitor.caller, &groups::operations::Key::Id(id)).await {
        Ok((group, groups::operations::Sight::Whole)) => group,
        Ok((_, groups::operations::Sight::Id)) => return Ok(id.to_string()),
        Err(GroupError::Storage(error)) => return Err(error.into()),
        Err(_) => return Ok(String::new()),
    };
    let named = operations::group_named(&mut tx, &visitor.caller, &group.display_name).await?;
    Ok(if named == Ok(id) { group.display_name } else { id.to_string() })
}

/// Reads what [`roles`] offered.
pub(super) fn parse_role(value: &str) -> Option<(ServicePrincipalId, AppRoleId)> {
    let (app, role) = value.split_once('/')?;
    Some((app.parse().ok()?, role.parse().ok()?))
}
