//! Counting what would follow.

use super::asked::Work;
use super::failure::refusal;
use super::list::List;
use super::pick::Pick;
use crate::applications::operations::may_write_owned;
use crate::applications::{self, AppRole, Application, principal_secret_store};
use crate::groups::store::Window;
use crate::groups::{self, Relation};
use crate::invitations::{self, InviteError};
use crate::platform::ids::{AppRoleId, ApplicationId, GroupId, InvitationId, PrincipalId, ServicePrincipalId, UserId};
use crate::portals::guest::known;
use crate::service_principals::assignment_reading::Side;
use crate::service_principals::operations::{Key, find_to_write};
use crate::service_principals::{self, ServicePrincipal, ServicePrincipalError, assignment_store};
use crate::web::names::plain_name;
use crate::web::pages::Problem;
use crate::web::picks::BulkAction;
use crate::web::portal::Refusal;
use crate::{deleted_items, directory_roles};
use axum::http::Uri;
use database::Transaction;
use serde_json::Value;
use std::collections::BTreeSet;

/// Something that was picked and is there.
pub(super) struct Item {
    pub(super) pick: Pick,
    pub(super) name: String,
    pub(super) detail: String,
}

/// What the consequences are counted in, added up over what was picked.
#[derive(Debug, Default)]
pub(super) struct Sum {
    /// Invitations that have yet to be accepted.
    pub(super) invited: usize,
    /// The names of the apps that are reached.
    pub(super) apps: BTreeSet<String>,
    /// Whether somebody reaches more than are named.
    pub(super) has_more_apps: bool,
    /// Browsers that are signed in.
    pub(super) sessions: usize,
    /// Roles that are held.
    pub(super) roles: usize,
    /// Members of the groups.
    pub(super) members: usize,
    /// Secrets of the apps.
    pub(super) secrets: usize,
    /// Who was given the apps.
    pub(super) assigned: usize,
}

/// What was picked, and what it would mean. Whatever is not there any more, or is not for the visitor, is left out.
pub(super) async fn weigh(work: &Work<'_>, action: BulkAction, picked: &[Pick]) -> Result<(Vec<Item>, Sum), Refusal> {
    let (mut items, mut sum) = (Vec::new(), Sum::default());
    for pick in picked {
        let found = match (action, work.list) {
            (BulkAction::Restore | BulkAction::Purge, _) => removed(work, *pick, &mut sum).await?,
            (_, List::Users) => user(work, *pick, &mut sum).await?,
            (_, List::Groups) => group(work, *pick, &mut sum).await?,
            (_, List::Apps) => app(work, *pick, &mut sum).await?,
            (_, List::Principals) => principal(work, *pick, &mut sum).await?,
            (_, List::Invitations) => invitation(work, *pick, &mut sum).await?,
            (_, List::Members(group)) => member(work, group, *pick, &mut sum).await?,
            (_, List::Assignments(_) | List::ForeignAssignments(_)) => assignment(work, *pick).await?,
        };
        items.extend(found);
    }
    Ok((items, sum))
}

async fn user(work: &Work<'_>, pick: Pick, sum: &mut Sum) -> Result<Option<Item>, Refusal> {
    let known = match known(work.server, work.caller(), &pick.object.to_string()).await {
        Ok(known) => known,
        Err(refusal) if refusal.problem() == Problem::NotFound => return Ok(None),
        Err(refusal) => return Err(refusal),
    };
    sum.invited += usize::from(known.user.is_pending());
    sum.sessions += known.sessions;
    sum.roles += known.roles.len();
    sum.has_more_apps |= known.reached.next.is_some();
    sum.apps.extend(known.reached.apps.into_iter().map(|app| app.name));
    let user = known.user;
    let detail = user.mail.unwrap_or(user.user_principal_name);
    Ok(Some(Item { pick, name: user.display_name, detail }))
}

async fn group(work: &Work<'_>, pick: Pick, sum: &mut Sum) -> Result<Option<Item>, Refusal> {
    let (tenant, id) = (work.caller().tenant, GroupId(pick.object));
    let mut tx = work.server.read().await?;
    let Some(group) = groups::store::find(&mut tx, tenant, id).await? else { return Ok(None) };
    count_members(&mut tx, work, id, sum).await?;
    count_apps(&mut tx, work, id.into(), sum).await?;
    Ok(Some(Item { pick, name: group.display_name, detail: group.description.unwrap_or_default() }))
}

async fn count_members(tx: &mut Transaction, work: &Work<'_>, group: GroupId, sum: &mut Sum) -> database::Result<()> {
    let (tenant, window) = (work.caller().tenant, Window { kind: None, condition: None, after: None });
    let members = groups::store::count_linked(tx, tenant, Relation::Members, &[group], &window).await?;
    sum.members += usize::try_from(members).unwrap_or(0);
    Ok(())
}

/// The apps that were given to somebody.
async fn count_apps(
    tx: &mut Transaction,
    work: &Work<'_>,
    principal: PrincipalId,
    sum: &mut Sum,
) -> database::Result<()> {
    let given = assignment_store::list_by_principal(tx, work.caller().tenant, principal).await?;
    sum.apps.extend(given.into_iter().map(|assignment| assignment.resource_display_name));
    Ok(())
}

async fn app(work: &Work<'_>, pick: Pick, sum: &mut Sum) -> Result<Option<Item>, Refusal> {
    let (caller, id) = (work.caller(), ApplicationId(pick.object));
    let mut tx = work.server.read().await?;
    let Some((app, principal)) = find_app(&mut tx, work, id).await? else { return Ok(None) };
    if !may_write_owned(&mut tx, caller, id.into()).await? {
        return Ok(None);
    }
    sum.secrets += applications::store::list_secrets(&mut tx, caller.tenant, id).await?.len();
    if let Some(principal) = principal {
        let assigned = assignment_store::count(&mut tx, caller.tenant, Side::Resource(principal.id), None).await?;
        sum.assigned += usize::try_from(assigned).unwrap_or(0);
    }
    Ok(Some(Item { pick, name: app.display_name, detail: app.home_page_url.unwrap_or_default() }))
}

async fn principal(work: &Work<'_>, pick: Pick, sum: &mut Sum) -> Result<Option<Item>, Refusal> {
    let (tenant, id) = (work.caller().tenant, ServicePrincipalId(pick.object));
    let mut tx = work.server.read().await?;
    let principal = match find_to_write(&mut tx, work.caller(), Key::Id(id)).await {
        Ok(principal) => principal,
        Err(ServicePrincipalError::Storage(error)) => return Err(error.into()),
        Err(ServicePrincipalError::Denied) => return Err(Problem::NotAllowed.into()),
        Err(_) => return Ok(None),
    };
    let assigned = assignment_store::count(&mut tx, tenant, Side::Resource(id), None).await?;
    sum.assigned += usize::try_from(assigned).unwrap_or(0);
    Ok(Some(Item { pick, name: principal.display_name, detail: principal.app_id.to_string() }))
}

/// An app as it is registered, and as it stands here.
async fn find_app(
    tx: &mut Transaction,
    work: &Work<'_>,
    id: ApplicationId,
) -> database::Result<Option<(Application, Option<ServicePrincipal>)>> {
    let tenant = work.caller().tenant;
    let Some(app) = applications::store::find(tx, tenant, id).await? else { return Ok(None) };
    let principal = service_principals::store::find_by_client(tx, tenant, app.app_id).await?;
    Ok(Some((app, principal)))
}

async fn invitation(work: &Work<'_>, pick: Pick, sum: &mut Sum) -> Result<Option<Item>, Refusal> {
    match invitations::operations::get(work.server, work.caller(), InvitationId(pick.object)).await {
        Ok(invitee) => {
            sum.invited += usize::from(invitee.invitation.is_open(work.server.clock.now()));
            let name = plain_name(&invitee.guest_name);
            Ok(Some(Item { pick, name, detail: invitee.invitation.address }))
        }
        Err(InviteError::NotFound(_)) => Ok(None),
        Err(InviteError::Database(error)) => Err(error.into()),
        Err(_) => Err(Problem::NotAllowed.into()),
    }
}

async fn member(work: &Work<'_>, group: GroupId, pick: Pick, sum: &mut Sum) -> Result<Option<Item>, Refusal> {
    let tenant = work.caller().tenant;
    let mut tx = work.server.read().await?;
    if groups::store::find(&mut tx, tenant, group).await?.is_none() {
        return Err(Problem::NotFound.into());
    }
    count_apps(&mut tx, work, group.into(), sum).await?;
    let found = groups::store::find_object(&mut tx, tenant, pick.object).await?;
    Ok(found.map(|(kind, name)| Item { pick, name, detail: kind.as_str().to_owned() }))
}

/// The app whose users are listed, as it stands here.
pub(super) async fn assignable(tx: &mut Transaction, work: &Work<'_>) -> Result<ServicePrincipal, Refusal> {
    let found = match work.list {
        List::Assignments(app) => find_app(tx, work, app).await?.and_then(|(_, principal)| principal),
        List::ForeignAssignments(app) => {
            let found = service_principals::store::find(tx, work.caller().tenant, app).await?;
            found.filter(ServicePrincipal::is_foreign)
        }
        _ => None,
    };
    found.ok_or_else(|| Problem::NotFound.into())
}

async fn assignment(work: &Work<'_>, pick: Pick) -> Result<Option<Item>, Refusal> {
    let mut tx = work.server.read().await?;
    let app = assignable(&mut tx, work).await?;
    let found = groups::store::find_object(&mut tx, work.caller().tenant, pick.object).await?;
    let role = AppRoleId(pick.role.unwrap_or_default());
    let detail = AppRole::name_of(&app.app_roles(), role);
    // A box says an id, and not that its name may be read.
    let shown = |(kind, name)| groups::shown_name(work.caller(), (kind, pick.object), name);
    Ok(found.map(|found| Item { pick, name: shown(found), detail }))
}

/// Something that was removed, of the kind of the list.
async fn removed(work: &Work<'_>, pick: Pick, sum: &mut Sum) -> Result<Option<Item>, Refusal> {
    let (caller, uri) = (work.caller(), Uri::from_static("/"));
    let found = deleted_items::find_any(work.server, work.owners, caller, pick.object, &uri)
        .await
        .map_err(|error| refusal(&error))?;
    let Some(object) = found.filter(|object| work.is_of_kind(object)) else { return Ok(None) };
    let text = |name: &str| object.get(name).and_then(Value::as_str).map(str::to_owned);
    let mut tx = work.server.read().await?;
    match work.list {
        List::Groups => count_members(&mut tx, work, GroupId(pick.object), sum).await?,
        List::Apps => {
            let id = ApplicationId(pick.object);
            sum.secrets += applications::store::list_secrets(&mut tx, caller.tenant, id).await?.len();
        }
        List::Principals => {
            let ids = [ServicePrincipalId(pick.object)];
            sum.secrets += principal_secret_store::list_of(&mut tx, caller.tenant, &ids).await?.len();
        }
        _ => {
            let roles = directory_roles::store::list(&mut tx, caller.tenant, UserId(pick.object).into()).await?;
            sum.roles += roles.len();
        }
    }
    let name = text("displayName").unwrap_or_else(|| pick.to_string());
    let detail = text("mail").or_else(|| text("userPrincipalName")).or_else(|| text("description"));
    let detail = detail.or_else(|| text("appId").filter(|_| work.list == List::Principals));
    Ok(Some(Item { pick, name, detail: detail.unwrap_or_default() }))
}
