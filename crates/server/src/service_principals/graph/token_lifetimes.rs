//! `tokenLifetimePolicies` of service principals: how long tokens that are for the app are good in this organisation, whatever its
//! registration says.

use crate::applications::operations::may_write_each;
use crate::audit::Target;
use crate::changes::Kind;
use crate::graph::query::Relation;
use crate::graph::{Caller, Error};
use crate::service_principals::ServicePrincipal;
use crate::service_principals::operations::{self, Key};
use crate::token_lifetimes::{Object, PolicyHolder, expand_held, expanded};
use database::Transaction;
use futures_util::future::BoxFuture;
use uuid::Uuid;

inventory::submit! {
    Relation {
        of: "servicePrincipal",
        name: "tokenLifetimePolicies",
        target: expanded,
        is_collection: true,
        has_levels: false,
        load: expand_held::<ServicePrincipal>,
    }
}

impl PolicyHolder for ServicePrincipal {
    type Key = Key;

    const SET: &'static str = "servicePrincipals";

    const KIND: Kind = Kind::ServicePrincipal;

    fn find_to_write<'a>(tx: &'a mut Transaction, caller: &'a Caller, key: Key) -> BoxFuture<'a, Result<Self, Error>> {
        Box::pin(async move { Ok(operations::find_to_write(tx, caller, key).await?) })
    }

    /// That of the directory API is there too.
    fn find_to_read<'a>(tx: &'a mut Transaction, caller: &'a Caller, key: Key) -> BoxFuture<'a, Result<Self, Error>> {
        Box::pin(async move { Ok(operations::find_managed(tx, caller, key).await?) })
    }

    fn may_write_each<'a>(
        tx: &'a mut Transaction,
        caller: &'a Caller,
        ids: &'a [Uuid],
    ) -> BoxFuture<'a, Result<bool, Error>> {
        Box::pin(async move { Ok(may_write_each(tx, caller, Self::KIND, ids).await?) })
    }

    fn object(&self) -> Object {
        (Self::KIND, self.id.0)
    }

    fn target(&self) -> Target {
        operations::target(self)
    }
}
