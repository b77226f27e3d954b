//! The deleted objects of one kind, for whoever does not know the kind.

use super::{Outcome, Recoverable, Written, operations};
use crate::Server;
use crate::graph::body::Object;
use crate::graph::query::Selection;
use crate::graph::{Caller, Error};
use axum::http::Uri;
use database::Timestamp;
use futures_util::future::BoxFuture;
use std::slice::from_ref;
use uuid::Uuid;

/// Who owns deleted objects of one kind. Every function decides about rights by itself.
pub trait Owner: Sync {
    /// Whether the caller may see deleted objects of this kind.
    fn may_read(&self, caller: &Caller) -> bool;

    /// Whether the caller may bring them back and purge them.
    fn may_change(&self, caller: &Caller) -> bool;

    /// One of them, with the query of the request.
    fn find<'a>(&'a self, server: &'a Server, caller: &'a Caller, id: Uuid, uri: &'a Uri) -> Outcome<'a, Written>;

    /// Brings one back. The body may say how a conflict is solved.
    fn restore<'a>(&'a self, server: &'a Server, caller: &'a Caller, id: Uuid, body: Object) -> Outcome<'a, Written>;

    /// Removes one for good.
    fn purge<'a>(&'a self, server: &'a Server, caller: &'a Caller, id: Uuid) -> Outcome<'a, ()>;

    /// Removes for good what was deleted before an instant, in every tenant; how many objects that were.
    fn purge_old<'a>(&'a self, server: &'a Server, before: Timestamp) -> BoxFuture<'a, database::Result<u64>>;
}

/// Those who own deleted objects.
pub type Owners = &'static [&'static dyn Owner];

/// The deleted objects of one kind, and how others forget them.
pub struct Kept<T: Recoverable> {
    others: &'static T::Others,
}

impl<T: Recoverable> Kept<T> {
    /// The kind, and what removes all that others keep of one of its objects.
    pub const fn new(others: &'static T::Others) -> Self {
        Self { others }
    }
}

impl<T: Recoverable> Owner for Kept<T> {
    fn may_read(&self, caller: &Caller) -> bool {
        T::may_read(caller)
    }

    fn may_change(&self, caller: &Caller) -> bool {
        T::may_change(caller)
    }

    fn find<'a>(&'a self, server: &'a Server, caller: &'a Caller, id: Uuid, uri: &'a Uri) -> Outcome<'a, Written> {
        Box::pin(async move {
            let found = operations::find::<T>(server, caller, id).await.map_err(refused::<T>)?;
            let Some(object) = found else { return Ok(None) };
            // An object of another kind has properties of its own to select.
            write(server, caller, &object, &Selection::of_one(T::RESOURCE, uri)?).await
        })
    }

    fn restore<'a>(&'a self, server: &'a Server, caller: &'a Caller, id: Uuid, body: Object) -> Outcome<'a, Written> {
        Box::pin(async move {
            // What the body of another kind may say is not known here.
            if operations::find::<T>(server, caller, id).await.map_err(refused::<T>)?.is_none() {
                return Ok(None);
            }
            let wish = T::read_wish(body)?;
            let restored = operations::restore::<T>(server, caller, id, wish).await.map_err(refused::<T>)?;
            let Some(object) = restored else { return Ok(None) };
            write(server, caller, &object, &Selection::default_of(T::RESOURCE)).await
        })
    }

    fn purge<'a>(&'a self, server: &'a Server, caller: &'a Caller, id: Uuid) -> Outcome<'a, ()> {
        Box::pin(async move {
            let is_purged = operations::purge::<T>(server, caller, id, self.others).await.map_err(refused::<T>)?;
            Ok(is_purged.then_some(()))
        })
    }

    fn purge_old<'a>(&'a self, server: &'a Server, before: Timestamp) -> BoxFuture<'a, database::Result<u64>> {
        Box::pin(operations::purge_old::<T>(server, before, self.others))
    }
}

/// One object with its type: several kinds stand in this collection.
async fn write<T: Recoverable>(
    server: &Server,
    caller: &Caller,
    object: &T,
    selection: &Selection,
) -> Result<Option<Written>, Error> {
    let written = T::write(server, caller, from_ref(object), selection).await?;
    Ok(written.into_iter().next().map(|mut object| {
        object.insert("@odata.type".to_owned(), format!("#microsoft.graph.{}", T::RESOURCE.type_name).into());
        object
    }))
}

/// A refusal of the kind, as the API says it.
pub(super) fn refused<T: Recoverable>(error: T::Error) -> Error {
    error.into()
}
