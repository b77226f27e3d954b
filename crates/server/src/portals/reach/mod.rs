//! Which apps a person reaches, and through what; so many at a time, because an organisation may have thousands that are open to
//! everybody.

pub(super) mod store;

use crate::applications::resource::APPLICATION;
use crate::applications::{self, Application};
use crate::graph::query::Slice;
use crate::platform::ids::{ClientId, ServicePrincipalId, TenantId, UserId};
use crate::service_principals::{
    self, AppRoleAssignment, PrincipalType, SERVICE_PRINCIPAL, ServicePrincipal, assignment_store, foreign,
};
use crate::web::numbers::Counted;
use database::{Result, Transaction};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

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

/// Which of the apps somebody reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// All of them.
    All,
    /// Those that have a page and are not hidden.
    Opened,
}

/// Some of the apps somebody reaches, by name.
#[derive(Debug, Default)]
pub(super) struct Reach {
    /// The apps.
    pub(super) apps: Vec<Reached>,
    /// The app behind which they go on, if there are more.
    pub(super) next: Option<ServicePrincipalId>,
}

impl Reach {
    /// How many there are from here on.
    pub(super) fn counted(&self) -> Counted {
        let number = i64::try_from(self.apps.len()).unwrap_or(i64::MAX);
        Counted::up_to(number, number.saturating_add(i64::from(self.next.is_some())))
    }
}

/// The apps of a user, by name: those they were assigned to, and those that are open to everybody and have a page. At most `size` from
/// behind one of them.
pub(super) async fn of(
    tx: &mut Transaction,
    tenant: TenantId,
    user: UserId,
    which: Which,
    (after, size): (Option<ServicePrincipalId>, usize),
) -> Result<Reach> {
    let mut places = store::list(tx, tenant, user, which, (after, size.saturating_add(1))).await?;
    let has_more = places.len() > size;
    places.truncate(size);
    let ids: Vec<ServicePrincipalId> = places.into_iter().map(|(_, id)| id).collect();
    let Some(last) = ids.last().copied() else { return Ok(Reach::default()) };
    let given = assignment_store::list_reached(tx, tenant, user, &ids).await?;
    let uuids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let slice = Slice::of_ids(&SERVICE_PRINCIPAL, &uuids);
    let principals = service_principals::store::list_slice(tx, tenant, &slice).await?;
    let registered = registrations(tx, tenant, &principals).await?;
    let principals: HashMap<ServicePrincipalId, &ServicePrincipal> =
        principals.iter().map(|app| (app.id, app)).collect();
    let in_order = ids.iter().filter_map(|id| principals.get(id));
    let mut apps: Vec<Reached> = in_order.filter_map(|app| reached(app, registered.get(&app.app_id), &given)).collect();
    if which == Which::Opened {
        apps.retain(|app| app.address.is_some() && !app.is_hidden);
    }
    Ok(Reach { apps, next: has_more.then_some(last) })
}

/// The registrations of these apps, here or in other tenants, as far as they may be used.
async fn registrations(
    tx: &mut Transaction,
    tenant: TenantId,
    apps: &[ServicePrincipal],
) -> Result<HashMap<ClientId, Application>> {
    let own: Vec<Uuid> = apps.iter().filter_map(|app| app.application_id).map(|id| id.0).collect();
    let of_others: Vec<ServicePrincipalId> = apps.iter().filter(|app| app.is_foreign()).map(|app| app.id).collect();
    let mut found = Vec::new();
    if !own.is_empty() {
        let slice = Slice::of_ids(&APPLICATION, &own);
        found.extend(applications::store::list_slice(tx, tenant, &slice).await?);
    }
    if !of_others.is_empty() {
        found.extend(foreign::registrations_of(tx, tenant, &of_others).await?);
    }
    Ok(found.into_iter().map(|app| (app.app_id, app)).collect())
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
