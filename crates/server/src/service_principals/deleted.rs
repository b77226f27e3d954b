//! Service principals that were deleted by themselves, while their registration stayed: for thirty days they can be brought back with
//! everything that hung on them, then they are gone for good. They are for whom deleted registrations are for.

mod restore;

use super::operations::{place, target};
use super::resource::SERVICE_PRINCIPAL;
use super::{ServicePrincipal, ServicePrincipalError, deleted_store, purge, wire};
use crate::Server;
use crate::applications::deleted::may_read;
use crate::applications::operations::may_write;
use crate::audit::{Activity, Target};
use crate::deleted_items::store::Statements;
use crate::deleted_items::{self, Others, Recoverable, Written};
use crate::graph::body::Object;
use crate::graph::query::{Order, Place, Resource, Selection, Slice};
use crate::graph::{Caller, Error};
use crate::platform::ids::{ServicePrincipalId, TenantId};
use database::Transaction;
use futures_util::future::BoxFuture;
use uuid::Uuid;

/// Some deleted service principals, and where the next page begins.
pub async fn page(
    server: &Server,
    caller: &Caller,
    slice: &Slice,
) -> Result<(Vec<ServicePrincipal>, Option<Place>), ServicePrincipalError> {
    deleted_items::page::<ServicePrincipal>(server, caller, slice).await
}

/// Brings a service principal back with its secrets, owners, memberships, roles, and what was assigned and granted to it and at it.
/// Tokens of before stay void. `None` if there is no such deleted one.
///
/// # Errors
/// `Exists` if the app has got another service principal by now, `NoApplication` while its registration is deleted too.
pub async fn restore(
    server: &Server,
    caller: &Caller,
    id: ServicePrincipalId,
) -> Result<Option<ServicePrincipal>, ServicePrincipalError> {
    deleted_items::restore::<ServicePrincipal>(server, caller, id.0, ()).await
}

impl Recoverable for ServicePrincipal {
    type Error = ServicePrincipalError;
    type Wish = ();
    type Others = Others<ServicePrincipalId>;

    const SET: &'static str = "servicePrincipals";
    const RESOURCE: &'static Resource = &SERVICE_PRINCIPAL;
    const STATEMENTS: &'static Statements = &deleted_store::DELETED;
    const RESTORED: Activity = Activity::RestoreServicePrincipal;
    const PURGED: Activity = Activity::PurgeServicePrincipal;

    fn may_read(caller: &Caller) -> bool {
        may_read(caller)
    }

    fn may_change(caller: &Caller) -> bool {
        may_write(caller)
    }

    fn denied() -> ServicePrincipalError {
        ServicePrincipalError::Denied
    }

    fn failure(error: ServicePrincipalError) -> database::Error {
        match error {
            ServicePrincipalError::Storage(error) => error,
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
        server: &'a Server,
        _caller: &'a Caller,
        principals: &'a [Self],
        selection: &'a Selection,
    ) -> BoxFuture<'a, Result<Vec<Written>, Error>> {
        Box::pin(async move {
            let base = server.settings.public_address();
            let write = |principal| wire::without_secrets(base, principal, selection);
            Ok(principals.iter().map(write).collect())
        })
    }

    fn read_wish(body: Object) -> Result<(), Error> {
        body.finish()
    }

    fn bring_back<'a>(
        self,
        tx: &'a mut Transaction,
        server: &'a Server,
        _caller: &'a Caller,
        _wish: (),
    ) -> BoxFuture<'a, Result<Option<Self>, ServicePrincipalError>> {
        Box::pin(restore::bring_back(self, tx, server))
    }

    fn remove<'a>(
        &'a self,
        tx: &'a mut Transaction,
        server: &'a Server,
        _caller: &'a Caller,
        others: &'a Others<ServicePrincipalId>,
    ) -> BoxFuture<'a, Result<bool, ServicePrincipalError>> {
        Box::pin(async move { Ok(purge::retire(tx, server, self.tenant_id, self.id, others).await?) })
    }

    fn clear<'a>(
        tx: &'a mut Transaction,
        server: &'a Server,
        tenant: TenantId,
        id: Uuid,
        others: &'a Others<ServicePrincipalId>,
    ) -> BoxFuture<'a, database::Result<bool>> {
        Box::pin(purge::clear(tx, tenant, ServicePrincipalId(id), server.clock.now(), others))
    }
}
