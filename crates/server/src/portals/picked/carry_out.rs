//! Doing it to one after the other.

use super::asked::Work;
use super::failure::{reason, refusal};
use super::list::List;
use super::pick::Pick;
use super::weigh::assignable;
use crate::applications;
use crate::deleted_items;
use crate::groups::change::Named;
use crate::groups::{self, Relation};
use crate::invitations;
use crate::platform::ids::{AppRoleId, ApplicationId, GroupId, InvitationId, PrincipalId, ServicePrincipalId, UserId};
use crate::portals::guest::{Action, Failure, known, perform};
use crate::service_principals::{self, NewAssignment, assign, assignment_store, unassign};
use crate::users;
use crate::users::deleted::Wish;
use crate::web::pages::Problem;
use crate::web::picks::BulkAction;
use axum::http::Uri;
use serde_json::Value;

/// Something to which it was not done, and why.
pub(super) struct Undone {
    pub(super) name: String,
    pub(super) reason: String,
}

/// What came of it.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) done: Vec<Pick>,
    pub(super) undone: Vec<Undone>,
}

/// What is said instead of a name that nobody could read.
const UNKNOWN: &str = "One of them";

/// Does it to each of them.
pub(super) async fn carry_out(work: &Work<'_>, action: BulkAction, picked: &[Pick]) -> Outcome {
    let mut outcome = Outcome::default();
    for pick in picked {
        let mut name = UNKNOWN.to_owned();
        match one(work, action, *pick, &mut name).await {
            Ok(()) => outcome.done.push(*pick),
            Err(failure) => outcome.undone.push(Undone { name, reason: reason(failure) }),
        }
    }
    outcome
}

async fn one(work: &Work<'_>, action: BulkAction, pick: Pick, name: &mut String) -> Result<(), Failure> {
    match (action, work.list) {
        (BulkAction::Restore, _) => restore(work, pick, name).await,
        (BulkAction::Purge, _) => purge(work, pick, name).await,
        (_, List::Users) => user(work, action, pick, name).await,
        (_, List::Groups) => {
            let id = GroupId(pick.object);
            if let Some(group) = groups::store::find(&mut work.server.read().await?, work.caller().tenant, id).await? {
                *name = group.display_name;
            }
            Ok(groups::operations::delete(work.server, work.caller(), &groups::operations::Key::Id(id), None).await?)
        }
        (_, List::Apps) => app(work, pick, name).await,
        (_, List::Principals) => principal(work, pick, name).await,
        (_, List::Invitations) => invitation(work, action, pick, name).await,
        (_, List::Members(group)) => member(work, action, (group, pick), name).await,
        (_, List::Assignments(_) | List::ForeignAssignments(_)) => assignment(work, action, pick, name).await,
    }
}

async fn restore(work: &Work<'_>, pick: Pick, name: &mut String) -> Result<(), Failure> {
    find_removed(work, pick, name).await?;
    let (server, caller, id) = (work.server, work.caller(), pick.object);
    let found = match work.list {
        List::Groups => groups::deleted::restore(server, caller, GroupId(id)).await?.is_some(),
        List::Apps => applications::deleted::restore(server, caller, ApplicationId(id)).await?.is_some(),
        List::Principals => {
            service_principals::deleted::restore(server, caller, ServicePrincipalId(id)).await?.is_some()
        }
        _ => users::deleted::restore(server, caller, UserId(id), Wish::default()).await?.is_some(),
    };
    if found { Ok(()) } else { Err(Problem::NotFound.into()) }
}

/// Looks for something that was removed and is of the kind of the list, and reads its name.
async fn find_removed(work: &Work<'_>, pick: Pick, name: &mut String) -> Result<(), Failure> {
    let (caller, uri) = (work.caller(), Uri::from_static("/"));
    let found = deleted_items::find_any(work.server, work.owners, caller, pick.object, &uri)
        .await
        .map_err(|error| refusal(&error))?;
    let object = found.filter(|object| work.is_of_kind(object)).ok_or(Problem::NotFound)?;
    if let Some(text) = object.get("displayName").and_then(Value::as_str) {
        text.clone_into(name);
    }
    Ok(())
}

/// Removes for good, but only what is of the kind of the list.
async fn purge(work: &Work<'_>, pick: Pick, name: &mut String) -> Result<(), Failure> {
    find_removed(work, pick, name).await?;
    let purged = deleted_items::purge_any(work.server, work.owners, work.caller(), pick.object)
        .await
        .map_err(|error| refusal(&error))?;
    purged.ok_or_else(|| Problem::NotFound.into())
}

async fn user(work: &Work<'_>, action: BulkAction, pick: Pick, name: &mut String) -> Result<(), Failure> {
    let of_one = match action {
        BulkAction::Resend => Action::Resend,
        BulkAction::SignOut => Action::SignOut,
        BulkAction::Block => Action::Block,
        BulkAction::Unblock => Action::Unblock,
        BulkAction::Remove => Action::Remove,
        _ => return Err(Problem::BadRequest.into()),
    };
    let known = known(work.server, work.caller(), &pick.object.to_string()).await?;
    name.clone_from(&known.user.display_name);
    // Who was so before is not among those whom undoing it changes: somebody blocked long ago stays blocked.
    match (action, known.user.account_enabled) {
        (BulkAction::Block, false) => return Err(Failure::Sentence("They were blocked before.".to_owned())),
        (BulkAction::Unblock, true) => return Err(Failure::Sentence("They were not blocked.".to_owned())),
        _ => {}
    }
    perform(work.server, work.caller(), of_one, &known).await
}

async fn app(work: &Work<'_>, pick: Pick, name: &mut String) -> Result<(), Failure> {
    let id = ApplicationId(pick.object);
    let mut tx = work.server.write().await?;
    // Before anything is read: whoever saves at the same instant is seen, or sees this.
    if !applications::store::lock(&mut tx, work.caller().tenant, id).await? {
        return Err(Problem::NotFound.into());
    }
    let key = applications::Key::Id(id);
    let app = applications::operations::get_to_write(&mut tx, work.caller(), key).await?;
    *name = app.display_name;
    applications::operations::delete(&mut tx, work.server, work.caller(), key).await?;
    Ok(tx.commit().await?)
}

async fn principal(work: &Work<'_>, pick: Pick, name: &mut String) -> Result<(), Failure> {
    let key = service_principals::operations::Key::Id(ServicePrincipalId(pick.object));
    let mut tx = work.server.write().await?;
    let principal = service_principals::operations::find_to_write(&mut tx, work.caller(), key).await?;
    *name = principal.display_name;
    service_principals::operations::delete(&mut tx, work.server, work.caller(), key).await?;
    Ok(tx.commit().await?)
}

async fn invitation(work: &Work<'_>, action: BulkAction, pick: Pick, name: &mut String) -> Result<(), Failure> {
    let (server, caller, id) = (work.server, work.caller(), InvitationId(pick.object));
    *name = invitations::operations::get(server, caller, id).await?.invitation.address;
    if action == BulkAction::Withdraw {
        return Ok(invitations::operations::revoke(server, caller, id).await?);
    }
    Ok(invitations::operations::resend(server, caller, id).await?)
}

async fn member(
    work: &Work<'_>,
    action: BulkAction,
    (group, pick): (GroupId, Pick),
    name: &mut String,
) -> Result<(), Failure> {
    let (server, caller, id) = (work.server, work.caller(), pick.object);
    if let Some((_, found)) = groups::store::find_object(&mut server.read().await?, caller.tenant, id).await? {
        *name = found;
    }
    let key = groups::operations::Key::Id(group);
    if action == BulkAction::PutIn {
        let object = Named { set: "directoryObjects", id };
        return Ok(groups::operations::add(server, caller, &key, Relation::Members, object).await?);
    }
    Ok(groups::operations::remove(server, caller, &key, Relation::Members, id).await?)
}

async fn assignment(work: &Work<'_>, action: BulkAction, pick: Pick, name: &mut String) -> Result<(), Failure> {
    let (server, caller) = (work.server, work.caller());
    let (principal, role) = (PrincipalId(pick.object), AppRoleId(pick.role.ok_or(Problem::BadRequest)?));
    let mut tx = server.write().await?;
    if let Some((kind, found)) = groups::store::find_object(&mut tx, caller.tenant, pick.object).await? {
        *name = groups::shown_name(caller, (kind, pick.object), found);
    }
    let resource = assignable(&mut tx, work).await?.id;
    if action == BulkAction::Assign {
        assign(&mut tx, server, caller, NewAssignment { principal, resource, role }).await?;
    } else {
        let held = assignment_store::list_by_principal(&mut tx, caller.tenant, principal).await?;
        let found = held.into_iter().find(|held| held.resource_id == resource && held.app_role_id == role);
        let found = found.ok_or_else(|| Failure::Sentence("This was taken back already.".to_owned()))?;
        unassign(&mut tx, server, caller, &found).await?;
    }
    Ok(tx.commit().await?)
}
