//! `tokenLifetimePolicies` of service principals: how long tokens that are for the app are good in this organisation, whatever its
//! registration says.

use crate::audit::Target;
use crate::changes::Kind;
use crate::graph::{Caller, Error};
use crate::service_principals::ServicePrincipal;
use crate::service_principals::operations::{self, Key};
use crate::token_lifetimes::{Object, PolicyHolder};
use database::Transaction;
use futures_util::future::BoxFuture;

impl PolicyHolder for ServicePrincipal {
    type Key = Key;

    const SET: &'static str = "servicePrincipals";

    fn find_to_write<'a>(tx: &'a mut Transaction, caller: &'a Caller, key: Key) -> BoxFuture<'a, Result<Self, Error>> {
        Box::pin(async move { Ok(operations::find_to_write(tx, caller, key).await?) })
    }

    /// That of the directory API is there too.
    fn find_to_read<'a>(tx: &'a mut Transaction, caller: &'a Caller, key: Key) -> BoxFuture<'a, Result<Self, Error>> {
        Box::pin(async move { Ok(operations::find_managed(tx, caller, key).await?) })
    }

    fn object(&self) -> Object {
        (Kind::ServicePrincipal, self.id.0)
    }

    fn target(&self) -> Target {
        operations::target(self)
    }
}
