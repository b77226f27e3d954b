//! `owners/$ref` of service principals.

use crate::applications::Owned;
use crate::applications::owners::HasOwners;
use crate::graph::{Caller, Error};
use crate::service_principals::ServicePrincipal;
use crate::service_principals::operations::{self, Key};
use database::Transaction;
use futures_util::future::BoxFuture;

impl HasOwners for ServicePrincipal {
    type Key = Key;

    fn find_to_write<'a>(tx: &'a mut Transaction, caller: &'a Caller, key: Key) -> BoxFuture<'a, Result<Self, Error>> {
        Box::pin(async move { Ok(operations::find_to_write(tx, caller, key).await?) })
    }

    fn owned(&self) -> (Owned, &str) {
        (self.id.into(), &self.display_name)
    }
}
