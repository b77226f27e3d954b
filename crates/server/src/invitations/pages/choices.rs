//! What the form offers to choose from: apps to land in, and roles in apps.

use crate::Server;
use crate::applications::{self, AppRole, MemberType};
use crate::groups::operations::Key;
use crate::groups::{self, GroupError};
use crate::platform::ids::{AppRoleId, ClientId, GroupId, ServicePrincipalId};
use crate::service_principals::{self, ServicePrincipal};
use crate::web::portal::Refusal;
use crate::web::visitor::Visitor;
use database::Transaction;
use std::collections::HashSet;

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
    if !service_principals::may_assign(&visitor.caller) {
        return Ok(Vec::new());
    }
    let mut tx = server.read().await?;
    let tenant = visitor.caller.tenant;
    let registered = applications::store::list(&mut tx, tenant).await?;
    let opened: HashSet<ClientId> = registered.iter().filter(|app| app.is_for_people()).map(|app| app.app_id).collect();
    let apps = service_principals::store::list(&mut tx, tenant).await?;
    let offered = |app: &&ServicePrincipal| app.account_enabled && opened.contains(&app.app_id);
    Ok(apps.iter().filter(offered).flat_map(roles_in).collect())
}

/// The roles of one app; access without a role where it declares none for people.
fn roles_in(app: &ServicePrincipal) -> Vec<Role> {
    let choice =
        |id: AppRoleId, name: String| Role { value: format!("{}/{id}", app.id), app: app.display_name.clone(), name };
    let declared = app.app_roles().into_iter().filter(|role| role.is_usable_by(MemberType::User));
    let roles: Vec<Role> = declared.map(|role| choice(role.id, role.display_name)).collect();
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

/// The group that is meant by its id or its whole name, or why there is none. One that the inviter may not know of is not there.
pub(super) async fn group(
    tx: &mut Transaction,
    visitor: &Visitor,
    text: &str,
) -> Result<Result<GroupId, &'static str>, Refusal> {
    if let Ok(id) = text.parse() {
        return Ok(Ok(id));
    }
    let caller = &visitor.caller;
    let mut found = Vec::new();
    for group in groups::operations::with_name(tx, caller.tenant, text).await? {
        match groups::operations::see(tx, caller, &Key::Id(group.id)).await {
            Ok(_) => found.push(group.id),
            Err(GroupError::Storage(error)) => return Err(error.into()),
            Err(_) => {}
        }
    }
    Ok(match found.as_slice() {
        [only] => Ok(*only),
        [] => Err("there is no group of this name"),
        _ => Err("several groups have this name; write the id of one"),
    })
}

/// Reads what [`roles`] offered.
pub(super) fn parse_role(value: &str) -> Option<(ServicePrincipalId, AppRoleId)> {
    let (app, role) = value.split_once('/')?;
    Some((app.parse().ok()?, role.parse().ok()?))
}
