//! `owners/$ref` of applications and of service principals.

use super::Segments;
use crate::Server;
use crate::applications::operations::{self, Key};
use crate::applications::{Application, Owned};
use crate::graph::body::UnreadBody;
use crate::graph::{Caller, Error, Reference, resource};
use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use database::Transaction;
use futures_util::future::BoxFuture;
use std::sync::Arc;
use uuid::Uuid;

/// A kind of objects whose owners a request adds and removes.
pub trait HasOwners: Send + Sync + Sized + 'static {
    /// How a request names one.
    type Key: Copy + Send + 'static;

    /// The one under this key, for a caller who may change it.
    ///
    /// # Errors
    /// What the kind refuses: denial comes before absence.
    fn find_to_write<'a>(
        tx: &'a mut Transaction,
        caller: &'a Caller,
        key: Self::Key,
    ) -> BoxFuture<'a, Result<Self, Error>>;

    /// What it is among everything that has owners, and the name that is shown beside a change of them.
    fn owned(&self) -> (Owned, &str);
}

impl HasOwners for Application {
    type Key = Key;

    fn find_to_write<'a>(tx: &'a mut Transaction, caller: &'a Caller, key: Key) -> BoxFuture<'a, Result<Self, Error>> {
        Box::pin(async move { Ok(operations::get_to_write(tx, caller, key).await?) })
    }

    fn owned(&self) -> (Owned, &str) {
        (self.id.into(), &self.display_name)
    }
}

/// `POST /{set}/{id}/owners/$ref`. The body is read when it is known that the caller may change the object.
pub async fn add<T: HasOwners>(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: T::Key,
    body: UnreadBody,
) -> Result<Response, Error> {
    T::find_to_write(&mut server.read().await?, &caller, key).await?;
    let owner = Reference::read(body.object()?)?;
    let mut tx = server.write().await?;
    let object = T::find_to_write(&mut tx, &caller, key).await?;
    operations::add_owner(&mut tx, &server, &caller, object.owned(), owner).await?;
    tx.commit().await?;
    Ok(resource::no_content())
}

/// `DELETE /{set}/{id}/owners/{id}/$ref`
pub async fn remove<T: HasOwners>(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: T::Key,
    segments: Segments,
) -> Result<Response, Error> {
    let owner = segments.get(1);
    take_away::<T>(&server, &caller, key, || owner.parse().map_err(|_| Error::not_found(owner))).await
}

/// `DELETE /{set}/{id}/owners/$ref?@id={address}`
pub async fn remove_named<T: HasOwners>(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: T::Key,
    uri: Uri,
) -> Result<Response, Error> {
    take_away::<T>(&server, &caller, key, || Ok(Reference::read_option(&uri)?.id)).await
}

/// Which owner is meant is read when it is known that the caller may change the object.
async fn take_away<T: HasOwners>(
    server: &Server,
    caller: &Caller,
    key: T::Key,
    owner: impl FnOnce() -> Result<Uuid, Error> + Send,
) -> Result<Response, Error> {
    let mut tx = server.write().await?;
    let object = T::find_to_write(&mut tx, caller, key).await?;
    operations::remove_owner(&mut tx, server, caller, object.owned(), owner()?).await?;
    tx.commit().await?;
    Ok(resource::no_content())
}
