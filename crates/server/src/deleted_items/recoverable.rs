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

/// Removes what others keep of an object, in the transaction that removes it; the rows of the object itself are still there.
pub type Forget<T> = for<'a> fn(&'a mut Transaction, &'a Server, &'a T) -> BoxFuture<'a, database::Result<()>>;

/// What others keep of an object on which very many rows may hang, and how it goes.
#[derive(Debug, Clone, Copy)]
pub struct Others<I> {
    /// Removes what is few, in the transaction that decides; the row of the object is still there.
    pub few: for<'a> fn(&'a mut Transaction, TenantId, I, Timestamp) -> BoxFuture<'a, database::Result<()>>,
    /// Removes some of what may be many, of each kind at most [`crate::changes::aftermath::AT_ONCE`] rows; how many rows those were. It
    /// is called until few are left.
    pub many: for<'a> fn(&'a mut Transaction, TenantId, I, Timestamp) -> BoxFuture<'a, database::Result<u64>>,
}

/// An object that can be brought back for a while after it was deleted. A kind says here what is different about it; for how long,
/// who is asked first, in which transactions, and the row of the audit are the same for all of them.
pub trait Recoverable: Record + Sync + Sized {
    /// Why something about it is refused.
    type Error: From<database::Error> + Into<Error> + Send + 'static;
    /// How a conflict with what came in between is solved; `()` where there is nothing to choose.
    type Wish: Send + 'static;
    /// What others keep of it, and how it goes: [`Forget`] where that is few, or [`Others`].
    type Others: Sync + 'static;

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
        server: &'a Server,
        caller: &'a Caller,
        wish: Self::Wish,
    ) -> BoxFuture<'a, Result<Option<Self>, Self::Error>>;

    /// Removes it for good with what others keep of it, and notes the change. Where that may be too much for one transaction, marks it
    /// by [`GOING`](super::GOING), removes what is few and some of the rest, and leaves a job what remains.
    /// Refuses a caller who may not do this with this one. `false` if somebody else was faster.
    fn remove<'a>(
        &'a self,
        tx: &'a mut Transaction,
        server: &'a Server,
        caller: &'a Caller,
        others: &'a Self::Others,
    ) -> BoxFuture<'a, Result<bool, Self::Error>>;

    /// Removes some of what hangs on one that is going, and its row where nothing is left; whether more may be left. Only kinds that
    /// have [`Statements::lock_going`] are asked.
    fn clear<'a>(
        _tx: &'a mut Transaction,
        _server: &'a Server,
        _tenant: TenantId,
        _id: Uuid,
        _others: &'a Self::Others,
    ) -> BoxFuture<'a, database::Result<bool>> {
        Box::pin(async { Ok(false) })
    }
}
