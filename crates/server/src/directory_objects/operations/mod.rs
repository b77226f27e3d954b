//! What can be asked about objects of every kind.

mod above;
mod app_owners;
mod applied;
mod by_id;
mod delete;
mod holders;
mod identities;
mod linked;
mod narrowed;
mod owners;
mod references;
mod subject;
mod within;

pub use above::{Above, check_within, count_above, list_above, memberships};
pub use app_owners::{Wanted, count_owners, list_owners};
pub use applied::{check_may_list_applied, list_applied};
pub use by_id::{find, find_all};
pub use delete::delete;
pub use holders::{Held, check_holders_asked, list_holders, show_holders};
pub use identities::{Identities, identities};
pub use linked::{Depth, Linked, count_linked, find_linked, list_linked};
pub use owners::{count_owned, list_owned};
pub use references::list_references;
pub use subject::{Subject, Who};
pub use within::{above_one, linked_to, owners_of};

use super::directory_object::{DirectoryObject, View};
use crate::applications::{self, resource::APPLICATION};
use crate::changes::Kind;
use crate::graph::Error;
use crate::graph::query::{Place, Resource, Slice};
use crate::groups::{self, GROUP};
use crate::platform::ids::TenantId;
use crate::service_principals::{self, SERVICE_PRINCIPAL};
use crate::users::{self, USER};
use database::Transaction;
use std::collections::HashMap;
use uuid::Uuid;

/// Some objects.
#[derive(Debug, Default)]
pub struct Page {
    /// The objects in order.
    pub objects: Vec<DirectoryObject>,
    /// Where the next page begins, if there is one.
    pub next: Option<Place>,
}

/// The objects under these ids, in this order; those that are gone are left out.
async fn load(
    tx: &mut Transaction,
    tenant: TenantId,
    view: View,
    objects: &[(Kind, Uuid)],
) -> database::Result<Vec<DirectoryObject>> {
    let mut found: HashMap<Uuid, DirectoryObject> = HashMap::new();
    let ids = |kind: Kind| objects.iter().filter(move |(of, _)| *of == kind).map(|(_, id)| *id);
    if let Some(sight) = view.users
        && let Some(slice) = slice_of(&USER, ids(Kind::User))
    {
        let users = users::store::list(tx, tenant, &slice).await?;
        found.extend(users.into_iter().map(|user| (user.id.0, DirectoryObject::User(Box::new(user), sight))));
    }
    if view.groups
        && let Some(slice) = slice_of(&GROUP, ids(Kind::Group))
    {
        let groups = groups::store::list(tx, tenant, &slice).await?;
        found.extend(groups.into_iter().map(|group| (group.id.0, DirectoryObject::Group(Box::new(group)))));
    }
    if view.programs
        && let Some(slice) = slice_of(&SERVICE_PRINCIPAL, ids(Kind::ServicePrincipal))
    {
        let programs = service_principals::store::list_slice(tx, tenant, &slice).await?;
        let programs = programs.into_iter().map(|program| (program.id.0, Box::new(program)));
        found.extend(programs.map(|(id, program)| (id, DirectoryObject::ServicePrincipal(program))));
    }
    if view.programs
        && let Some(slice) = slice_of(&APPLICATION, ids(Kind::Application))
    {
        let apps = applications::store::list_slice(tx, tenant, &slice).await?;
        found.extend(apps.into_iter().map(|app| (app.id.0, DirectoryObject::Application(Box::new(app)))));
    }
    let hides = |kind: Kind| match kind {
        Kind::User => view.users.is_none(),
        Kind::Group => !view.groups,
        Kind::ServicePrincipal | Kind::Application | Kind::Grant => !view.programs,
        Kind::DirectoryRole => !view.roles,
    };
    let take = |(kind, id): &(Kind, Uuid)| {
        if hides(*kind) { Some(DirectoryObject::Hidden(*kind, *id)) } else { found.remove(id) }
    };
    Ok(objects.iter().filter_map(take).collect())
}

/// The rows with these ids; nothing if there are none.
fn slice_of(resource: &'static Resource, ids: impl Iterator<Item = Uuid>) -> Option<Slice> {
    let ids: Vec<Uuid> = ids.collect();
    (!ids.is_empty()).then(|| Slice::of_ids(resource, &ids))
}

/// Refuses to be asked by what the caller may not read.
fn check_names(view: View, kind: Option<Kind>, names: &[&str]) -> Result<(), Error> {
    if view.shows(kind, names) { Ok(()) } else { Err(Error::denied()) }
}
