//! What is different between the kinds of objects that can be brought back.

use super::Written;
use super::store::Statements;
use crate::Server;
use crate::audit::{Activity, Target};
use crate::graph::body::Object;
use crate::graph::query::{Order, Place, Resource, Selection};
use crate::graph::{Caller, Error};
use crate::platform::ids::TenantId;
use database::{Record, Timestamp, Transaction};
use futures_util::future::BoxFuture;
use uuid::Uuid;

/// Removes what others keep of an object; the rows of the object itself are still there.
pub type Forget<T> = for<'a> fn(&'a mut Transaction, &'a T, Timestamp) -> BoxFuture<'a, database::Result<()>>;

/// An object that can be brought back for a while after it was deleted. A kind says here what is different about it; for how long,
/// who is asked first, in which transaction, and the row of the audit are the same for all of them.
pub trait Recoverable: Record + Sync + Sized {
    /// Why something about it is refused.
    type Error: From<database::Error> + Into<Error> + Send + 'static;
    /// How a conflict with what came in between is solved; `()` where there is nothing to choose.
    type Wish: Send + 'static;

    /// The set of the kind, as contexts name it.
    const SET: &'static str;
    /// What may be asked of it.
    const RESOURCE: &'static Resource;
    /// What reads its table.
    const STATEMENTS: &'static Statements;
    /// What the audit tells when one was brought back.
    const RESTORED: Activity;
    /// What the audit tells when one was removed for good.
    const PURGED: Activity;

    /// Whether the caller may see deleted objects of this kind.
    fn may_read(caller: &Caller) -> bool;

    /// Whether the caller may bring them back and purge them: all, or some of them.
    fn may_change(caller: &Caller) -> bool;

    /// The refusal of a caller who may not.
    fn denied() -> Self::Error;

    /// What a refusal comes to where the server itself is the caller: a failure, or that somebody was faster.
    fn failure(error: Self::Error) -> database::Error;

    /// Refuses whoever may not find objects by these properties. Who sees deleted objects sees all of them, unless the kind says
    /// otherwise.
    fn check_names(_caller: &Caller, _names: &[&'static str]) -> Result<(), Self::Error> {
        Ok(())
    }

    /// Where it stands in an order.
    fn place(&self, order: &Order) -> Place;

    /// What it is in the audit.
    fn target(&self) -> Target;

    /// These objects as they are written to the caller, who may see them; without their type.
    fn write<'a>(
        server: &'a Server,
        caller: &'a Caller,
        objects: &'a [Self],
        selection: &'a Selection,
    ) -> BoxFuture<'a, Result<Vec<Written>, Error>>;

    /// Reads the body of a request to bring one back.
    fn read_wish(body: Object) -> Result<Self::Wish, Error>;

    /// Writes it as one that is not deleted, with what follows from that, and notes the change. Refuses a caller who may not do
    /// this with this one. `None` if somebody else was faster.
    fn bring_back<'a>(
        self,
        tx: &'a mut Transaction,
        caller: &'a Caller,
        wish: Self::Wish,
        at: Timestamp,
    ) -> BoxFuture<'a, Result<Option<Self>, Self::Error>>;

    /// Removes it for good with what others keep of it, and notes the change. Refuses a caller who may not do this with this one.
    fn remove<'a>(
        &'a self,
        tx: &'a mut Transaction,
        caller: &'a Caller,
        forget: Forget<Self>,
        at: Timestamp,
    ) -> BoxFuture<'a, Result<(), Self::Error>>;

    /// Removes in transactions of its own what was too much for one, where there can be so much; the object is found nowhere any
    /// more. Does nothing the second time.
    fn finish(_server: &Server, _tenant: TenantId, _id: Uuid) -> BoxFuture<'_, database::Result<()>> {
        Box::pin(async { Ok(()) })
    }
}
