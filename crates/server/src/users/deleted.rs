//! Deleted users: for thirty days they can be brought back with everything that hung on them; then they are gone for good.

mod purge;
mod restore;

pub use restore::Wish;

use super::graph::{check_activity, wire};
use super::operations::{check_names, place, target};
use super::rights::Deed;
use super::{Sight, USER, User, UserError, deleted_store, store};
use crate::Server;
use crate::audit::{Activity, Target};
use crate::deleted_items::store::Statements;
use crate::deleted_items::{self, Others, Recoverable, Written};
use crate::graph::body::Object;
use crate::graph::query::{Order, Place, Resource, Selection, Slice};
use crate::graph::{Caller, Error, Role};
use crate::platform::ids::{TenantId, UserId};
use database::Transaction;
use futures_util::future::BoxFuture;
use std::collections::HashMap;
use uuid::Uuid;

/// The roles that see deleted users.
const READERS: [Role; 2] = [Role::GlobalAdministrator, Role::UserAdministrator];

/// Some deleted users, and where the next page begins.
pub async fn page(server: &Server, caller: &Caller, slice: &Slice) -> Result<(Vec<User>, Option<Place>), UserError> {
    deleted_items::page::<User>(server, caller, slice).await
}

/// Brings a user back with what hung on them: roles, apps, sponsors. Sessions stay ended. `None` if there is no such deleted
/// user.
///
/// # Errors
/// `Taken` if somebody has the name, an address or an identity of the user by now.
pub async fn restore(server: &Server, caller: &Caller, id: UserId, wish: Wish) -> Result<Option<User>, UserError> {
    deleted_items::restore::<User>(server, caller, id.0, wish).await
}

/// Whoever may bring users back without reading them sees what everybody does.
fn sight(caller: &Caller) -> Sight {
    Sight::of_all(caller).unwrap_or(Sight::PUBLIC)
}

impl Recoverable for User {
    type Error = UserError;
    type Wish = Wish;
    type Others = Others<UserId>;

    const SET: &'static str = "users";
    const RESOURCE: &'static Resource = &USER;
    const STATEMENTS: &'static Statements = &deleted_store::DELETED;
    const RESTORED: Activity = Activity::RestoreUser;
    const PURGED: Activity = Activity::PurgeUser;

    /// Deleted users are for those who administer users; what is enough to bring one back is enough to look.
    fn may_read(caller: &Caller) -> bool {
        let sees = Sight::of_all(caller).is_ok_and(|sight| sight.shows("deletedDateTime"));
        Self::may_change(caller) || (sees && (caller.is_application() || caller.holds_any(&READERS)))
    }

    fn may_change(caller: &Caller) -> bool {
        Deed::Delete.is_allowed(caller)
    }

    fn denied() -> UserError {
        UserError::Denied
    }

    fn failure(error: UserError) -> database::Error {
        match error {
            UserError::Storage(error) => error,
            other => database::Error::Conflict(other.to_string()),
        }
    }

    fn check_names(caller: &Caller, names: &[&'static str]) -> Result<(), UserError> {
        check_names(sight(caller), names)
    }

    fn place(&self, order: &Order) -> Place {
        place(order, self)
    }

    fn target(&self) -> Target {
        target(self)
    }

    fn write<'a>(
        server: &'a Server,
        caller: &'a Caller,
        users: &'a [Self],
        selection: &'a Selection,
    ) -> BoxFuture<'a, Result<Vec<Written>, Error>> {
        Box::pin(async move {
            let sight = sight(caller);
            check_activity(selection, sight)?;
            let identities = if selection.has("identities") {
                let ids: Vec<UserId> = users.iter().map(|user| user.id).collect();
                store::list_identities_of(&mut server.read().await?, caller.tenant, &ids).await?
            } else {
                HashMap::new()
            };
            let none = Vec::new();
            let write = |user: &User| wire::user(user, identities.get(&user.id).unwrap_or(&none), selection, sight);
            Ok(users.iter().map(write).collect())
        })
    }

    fn read_wish(body: Object) -> Result<Wish, Error> {
        Wish::read(body)
    }

    fn bring_back<'a>(
        self,
        tx: &'a mut Transaction,
        server: &'a Server,
        caller: &'a Caller,
        wish: Wish,
    ) -> BoxFuture<'a, Result<Option<Self>, UserError>> {
        Box::pin(async move { restore::bring_back(self, tx, server, caller, wish).await.map(Some) })
    }

    fn remove<'a>(
        &'a self,
        tx: &'a mut Transaction,
        server: &'a Server,
        caller: &'a Caller,
        others: &'a Others<UserId>,
    ) -> BoxFuture<'a, Result<bool, UserError>> {
        Box::pin(async move { purge::remove(self, tx, server, caller, others).await.map(|()| true) })
    }

    fn clear<'a>(
        tx: &'a mut Transaction,
        server: &'a Server,
        tenant: TenantId,
        id: Uuid,
        others: &'a Others<UserId>,
    ) -> BoxFuture<'a, database::Result<bool>> {
        Box::pin(purge::clear(tx, tenant, UserId(id), server.clock.now(), others))
    }
}
