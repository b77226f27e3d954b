//! Deleted groups: for thirty days they can be brought back with everything that hung on them; then they are gone for good.

mod purge;
mod restore;

use super::graph::wire;
use super::operations::{place, target};
use super::{GROUP, Group, GroupError, rights, store};
use crate::Server;
use crate::audit::{Activity, Target};
use crate::deleted_items::store::Statements;
use crate::deleted_items::{self, Forget, Recoverable, Written};
use crate::graph::body::Object;
use crate::graph::query::{Order, Place, Resource, Selection, Slice};
use crate::graph::{Caller, Error};
use crate::platform::ids::{GroupId, TenantId};
use database::Transaction;
use futures_util::future::BoxFuture;
use uuid::Uuid;

/// Some deleted groups, and where the next page begins.
pub async fn page(server: &Server, caller: &Caller, slice: &Slice) -> Result<(Vec<Group>, Option<Place>), GroupError> {
    deleted_items::page::<Group>(server, caller, slice).await
}

/// Brings a group back with its members, owners and apps. Nobody decided by its rule meanwhile, so everybody is looked at anew.
/// `None` if there is no such deleted group.
pub async fn restore(server: &Server, caller: &Caller, id: GroupId) -> Result<Option<Group>, GroupError> {
    deleted_items::restore::<Group>(server, caller, id.0, ()).await
}

impl Recoverable for Group {
    type Error = GroupError;
    type Wish = ();
    type Others = Forget<Self>;

    const SET: &'static str = "groups";
    const RESOURCE: &'static Resource = &GROUP;
    const STATEMENTS: &'static Statements = &store::DELETED;
    const RESTORED: Activity = Activity::RestoreGroup;
    const PURGED: Activity = Activity::PurgeGroup;

    fn may_read(caller: &Caller) -> bool {
        rights::may_read_deleted(caller)
    }

    fn may_change(caller: &Caller) -> bool {
        rights::may_change_deleted(caller)
    }

    fn denied() -> GroupError {
        GroupError::Denied
    }

    fn failure(error: GroupError) -> database::Error {
        match error {
            GroupError::Storage(error) => error,
            other => database::Error::Conflict(other.to_string()),
        }
    }

    fn place(&self, order: &Order) -> Place {
        place(order, self)
    }

    fn target(&self) -> Target {
        target(self)
    }

    fn write<'a>(
        _server: &'a Server,
        _caller: &'a Caller,
        groups: &'a [Self],
        selection: &'a Selection,
    ) -> BoxFuture<'a, Result<Vec<Written>, Error>> {
        Box::pin(async move { Ok(groups.iter().map(|group| wire::group(group, selection)).collect()) })
    }

    fn read_wish(body: Object) -> Result<(), Error> {
        body.finish()
    }

    fn bring_back<'a>(
        self,
        tx: &'a mut Transaction,
        server: &'a Server,
        caller: &'a Caller,
        _wish: (),
    ) -> BoxFuture<'a, Result<Option<Self>, GroupError>> {
        Box::pin(async move { restore::bring_back(self, tx, server, caller).await.map(Some) })
    }

    fn remove<'a>(
        &'a self,
        tx: &'a mut Transaction,
        server: &'a Server,
        caller: &'a Caller,
        forget: &'a Forget<Self>,
    ) -> BoxFuture<'a, Result<bool, GroupError>> {
        Box::pin(async move { purge::remove(self, tx, server, caller, *forget).await.map(|()| true) })
    }

    fn clear<'a>(
        tx: &'a mut Transaction,
        server: &'a Server,
        tenant: TenantId,
        id: Uuid,
        _forget: &'a Forget<Self>,
    ) -> BoxFuture<'a, database::Result<bool>> {
        Box::pin(purge::clear(tx, tenant, GroupId(id), server.clock.now()))
    }
}
