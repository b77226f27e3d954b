//! Deleted applications: for thirty days they can be brought back with everything that hung on them; then they are gone for
//! good, and their service principals with them.

use super::graph::name_publisher;
use super::operations::{READ, ROLES, may_write, place, target};
use super::resource::APPLICATION;
use super::{Application, ApplicationError, deleted_store, store, wire};
use crate::Server;
use crate::audit::{Activity, Target};
use crate::changes::{self, Change, Kind, What};
use crate::deleted_items::store::Statements;
use crate::deleted_items::{self, Forget, Recoverable, Written};
use crate::graph::body::Object;
use crate::graph::query::{Order, Place, Resource, Selection, Slice};
use crate::graph::{Caller, Error, Role};
use crate::platform::ids::ApplicationId;
use database::Transaction;
use futures_util::future::BoxFuture;

/// Whether deleted applications are there for the caller: for those who change every application, and for programs that read
/// them.
pub fn may_read(caller: &Caller) -> bool {
    let is_manager = caller.holds_any(&ROLES) || caller.holds_any(&[Role::GlobalAdministrator]);
    may_write(caller) || (caller.has_any(&READ) && (caller.is_application() || is_manager))
}

/// Some deleted applications, and where the next page begins.
pub async fn page(
    server: &Server,
    caller: &Caller,
    slice: &Slice,
) -> Result<(Vec<Application>, Option<Place>), ApplicationError> {
    deleted_items::page::<Application>(server, caller, slice).await
}

/// Brings an application back with its secrets, owners, service principal, and what was assigned and granted there. `None` if
/// there is no such deleted application.
pub async fn restore(
    server: &Server,
    caller: &Caller,
    id: ApplicationId,
) -> Result<Option<Application>, ApplicationError> {
    deleted_items::restore::<Application>(server, caller, id.0, ()).await
}

impl Recoverable for Application {
    type Error = ApplicationError;
    type Wish = ();
    type Others = Forget<Self>;

    const SET: &'static str = "applications";
    const RESOURCE: &'static Resource = &APPLICATION;
    const STATEMENTS: &'static Statements = &deleted_store::DELETED;
    const RESTORED: Activity = Activity::RestoreApplication;
    const PURGED: Activity = Activity::PurgeApplication;

    fn may_read(caller: &Caller) -> bool {
        may_read(caller)
    }

    fn may_change(caller: &Caller) -> bool {
        may_write(caller)
    }

    fn denied() -> ApplicationError {
        ApplicationError::Denied
    }

    fn failure(error: ApplicationError) -> database::Error {
        match error {
            ApplicationError::Storage(error) => error,
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
        caller: &'a Caller,
        applications: &'a [Self],
        selection: &'a Selection,
    ) -> BoxFuture<'a, Result<Vec<Written>, Error>> {
        Box::pin(async move {
            let base = server.settings.public_address();
            let write = |application| wire::without_credentials(base, application, selection);
            let mut written: Vec<Written> = applications.iter().map(write).collect();
            name_publisher(server, caller.tenant, selection, &mut written).await?;
            Ok(written)
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
    ) -> BoxFuture<'a, Result<Option<Self>, ApplicationError>> {
        Box::pin(async move { bring_back(self, tx, server).await.map(Some) })
    }

    fn remove<'a>(
        &'a self,
        tx: &'a mut Transaction,
        server: &'a Server,
        _caller: &'a Caller,
        forget: &'a Forget<Self>,
    ) -> BoxFuture<'a, Result<bool, ApplicationError>> {
        Box::pin(async move {
            forget(tx, server, self).await?;
            deleted_store::delete(tx, self, server.clock.now()).await?;
            Ok(true)
        })
    }
}

async fn bring_back(
    mut application: Application,
    tx: &mut Transaction,
    server: &Server,
) -> Result<Application, ApplicationError> {
    let (tenant, at) = (application.tenant_id, server.clock.now());
    application.deleted_at = None;
    if !store::update(tx, &application, at).await? {
        return Err(ApplicationError::Changed);
    }
    for principal in deleted_store::list_principals(tx, tenant, application.app_id).await? {
        changes::note(tx, tenant, at, Change::set(Kind::ServicePrincipal, principal.0)).await?;
        changes::note_grants_of_app(tx, server, tenant, principal, What::Set).await?;
    }
    application.version += 1;
    Ok(application)
}
