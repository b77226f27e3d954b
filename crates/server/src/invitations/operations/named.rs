//! What inviters name that a guest gets at once: groups and roles of apps, by name or id.

use crate::applications::{self, AppRole, MemberType};
use crate::graph::Caller;
use crate::groups;
use crate::platform::ids::{AppRoleId, ClientId, GroupId, ServicePrincipalId};
use crate::service_principals::{self, ServicePrincipal};
use crate::users::fold;
use database::{Result, Transaction};
use std::collections::HashSet;
use uuid::Uuid;

/// The group that is meant by its id or its whole name, or why there is none. Whoever is shown no names of groups finds none by it.
pub async fn group_named(
    tx: &mut Transaction,
    caller: &Caller,
    text: &str,
) -> Result<std::result::Result<GroupId, &'static str>> {
    if let Ok(id) = text.parse() {
        return Ok(Ok(id));
    }
    Ok(match groups::operations::known_with_name(tx, caller, text).await?.as_slice() {
        [only] => Ok(only.id),
        [] => Err("there is no group of this name"),
        _ => Err("several groups have this name; write the id of one"),
    })
}

/// The apps in which guests can be given a role at once by those who may give them: administrators in every app, owners in theirs.
pub async fn apps_with_roles(tx: &mut Transaction, caller: &Caller) -> Result<Vec<ServicePrincipal>> {
    let assignable = service_principals::assignable(tx, caller).await?;
    if assignable.is_empty() {
        return Ok(Vec::new());
    }
    let registered = applications::store::list(tx, caller.tenant).await?;
    let opened: HashSet<ClientId> = registered.iter().filter(|app| app.is_for_people()).map(|app| app.app_id).collect();
    let apps = service_principals::store::list(tx, caller.tenant).await?;
    let is_offered =
        |app: &ServicePrincipal| app.account_enabled && opened.contains(&app.app_id) && assignable.includes(app);
    Ok(apps.into_iter().filter(is_offered).collect())
}

/// The roles of an app that people can be given.
pub fn roles_for_people(app: &ServicePrincipal) -> impl Iterator<Item = AppRole> {
    app.app_roles().into_iter().filter(|role| role.is_usable_by(MemberType::User))
}

/// The role that is meant by the name or client id of its app, a colon, and its name or value, or why there is none. An app
/// that declares no roles for people stands alone. `apps` are those of [`apps_with_roles`].
pub fn role_named(
    caller: &Caller,
    apps: &[ServicePrincipal],
    text: &str,
) -> std::result::Result<(ServicePrincipalId, AppRoleId), &'static str> {
    let gives_all = service_principals::may_assign(caller);
    if apps.is_empty() && !gives_all {
        return Err("you may not give roles of apps");
    }
    let (found, role) = match (called(apps, text), text.rsplit_once(':')) {
        (found, Some((app, role))) if found.is_empty() => (called(apps, app.trim()), Some(fold(role.trim()))),
        (found, _) => (found, None),
    };
    let app = match found.as_slice() {
        [only] => *only,
        [] if gives_all => return Err("there is no app of this name that people can open"),
        [] => return Err("you look after no app of this name that people can open"),
        _ => return Err("several apps have this name; write the client id of one"),
    };
    let mut roles = roles_for_people(app).peekable();
    match role {
        None if roles.peek().is_none() => Ok((app.id, AppRole::DEFAULT)),
        None => Err("the app has roles; write the name of one behind a colon"),
        Some(wanted) => {
            let is_meant = |role: &AppRole| {
                fold(&role.display_name) == wanted || role.value.as_deref().is_some_and(|value| fold(value) == wanted)
            };
            let meant: Vec<AppRoleId> = roles.filter(is_meant).map(|role| role.id).collect();
            match meant.as_slice() {
                [only] => Ok((app.id, *only)),
                [] => Err("the app has no such role for people"),
                _ => Err("several roles of the app are called so"),
            }
        }
    }
}

/// The apps with this name, in any case, or this id.
fn called<'a>(apps: &'a [ServicePrincipal], text: &str) -> Vec<&'a ServicePrincipal> {
    let (name, id) = (fold(text), text.parse::<Uuid>().ok());
    let is_called = |app: &&ServicePrincipal| {
        fold(&app.display_name) == name || id.is_some_and(|id| id == app.app_id.0 || id == app.id.0)
    };
    apps.iter().filter(is_called).collect()
}
