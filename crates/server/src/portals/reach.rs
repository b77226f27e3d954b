//! Which apps a person reaches, and through what.

use crate::applications::{self, Application};
use crate::platform::ids::{ClientId, TenantId, UserId};
use crate::service_principals::{self, AppRoleAssignment, PrincipalType, ServicePrincipal, assignment_store, foreign};
use database::{Result, Transaction};
use std::collections::{BTreeSet, HashMap};

/// The tag of an app that is not shown among the apps of people.
const HIDDEN: &str = "HideApp";

/// An app somebody may open.
#[derive(Debug, Clone)]
pub(super) struct Reached {
    /// Its name.
    pub(super) name: String,
    /// The address of its logo, if it has one.
    pub(super) logo: Option<String>,
    /// What it says it is for.
    pub(super) description: Option<String>,
    /// The names of the roles they were given in it.
    pub(super) roles: Vec<String>,
    /// Whether it is open to everybody, and nobody had to let them in.
    pub(super) is_open: bool,
    /// Whether they were assigned themselves.
    pub(super) is_assigned: bool,
    /// The names of the groups through which they reach it.
    pub(super) groups: Vec<String>,
    /// Where it is opened; an app without a page is used by programs.
    pub(super) address: Option<String>,
    /// Whether the organisation does not want it among the apps of people (Microsoft Entra: the tag `HideApp`).
    pub(super) is_hidden: bool,
}

/// The apps of a user, by name: those they were assigned to, and those that are open to everybody and have a page.
pub(super) async fn of(tx: &mut Transaction, tenant: TenantId, user: UserId) -> Result<Vec<Reached>> {
    let given = assignment_store::list_reached(tx, tenant, user).await?;
    let registered = applications::store::list(tx, tenant).await?;
    let of_others = foreign::registrations(tx, tenant).await?;
    let registered: HashMap<ClientId, Application> =
        registered.into_iter().chain(of_others).map(|app| (app.app_id, app)).collect();
    let principals = service_principals::store::list(tx, tenant).await?;
    let reached = principals.iter().filter_map(|app| reached(app, registered.get(&app.app_id), &given));
    Ok(reached.collect())
}

fn reached(app: &ServicePrincipal, registered: Option<&Application>, given: &[AppRoleAssignment]) -> Option<Reached> {
    // One whose registration is gone, or is for another organisation alone by now, opens nothing.
    let is_closed = app.is_foreign() && registered.is_none();
    if app.is_directory_api() || !app.account_enabled || is_closed {
        return None;
    }
    let assignments: Vec<_> = given.iter().filter(|assignment| assignment.resource_id == app.id).collect();
    // The organisation that uses an app says where it is opened before its registration does.
    let address = registered.and_then(|registered| app.kept.login_url.clone().or_else(|| address(registered)));
    // What one person let in from another organisation is not recommended to everybody else.
    let is_open = !app.app_role_assignment_required && !app.is_foreign();
    if assignments.is_empty() && !(is_open && address.is_some()) {
        return None;
    }
    let told = app.kept.description.as_ref().filter(|text| !text.trim().is_empty());
    let declared = app.app_roles();
    let is_given = |id| assignments.iter().any(|assignment| assignment.app_role_id == id);
    Some(Reached {
        name: app.display_name.clone(),
        logo: app.logo_path(),
        description: told.cloned().or_else(|| registered.and_then(|app| app.description.clone())),
        roles: declared.into_iter().filter(|role| is_given(role.id)).map(|role| role.display_name).collect(),
        is_open: assignments.is_empty(),
        is_assigned: assignments.iter().any(|assignment| assignment.principal_type == PrincipalType::User),
        groups: groups(&assignments),
        address,
        is_hidden: app.tags().contains(&HIDDEN),
    })
}

/// The groups that were assigned, each once: a group may hold several roles.
fn groups(assignments: &[&AppRoleAssignment]) -> Vec<String> {
    let assigned = assignments.iter().filter(|assignment| assignment.principal_type == PrincipalType::Group);
    let names: BTreeSet<&str> = assigned.map(|assignment| assignment.principal_display_name.as_str()).collect();
    names.into_iter().map(str::to_owned).collect()
}

/// The home page of an app, or where its first redirect address belongs; only what a browser opens as a page.
fn address(app: &Application) -> Option<String> {
    let is_page = |address: &String| address.starts_with("https://") || address.starts_with("http://");
    app.home_page_url.clone().filter(is_page).or_else(|| {
        let redirects = app.web_redirect_uris.0.iter().chain(&app.spa_redirect_uris.0);
        let origin = |address: &String| Some(url::Url::parse(address).ok()?.origin().ascii_serialization());
        redirects.filter(|address| is_page(address)).find_map(origin)
    })
}
