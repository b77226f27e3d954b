//! `tokenLifetimePolicies` of applications: how long tokens that are for the app are good.

use crate::applications::Application;
use crate::applications::operations::{self, Key};
use crate::audit::Target;
use crate::changes::Kind;
use crate::graph::query::Relation;
use crate::graph::{Caller, Error};
use crate::token_lifetimes::{Object, PolicyHolder, expand_held, expanded};
use database::Transaction;
use futures_util::future::BoxFuture;
use uuid::Uuid;

inventory::submit! {
    Relation {
        of: "application",
        name: "tokenLifetimePolicies",
        target: expanded,
        is_collection: true,
        has_levels: false,
        load: expand_held::<Application>,
    }
}

impl PolicyHolder for Application {
    type Key = Key;

    const SET: &'static str = "applications";

    const KIND: Kind = Kind::Application;

    fn find_to_write<'a>(tx: &'a mut Transaction, caller: &'a Caller, key: Key) -> BoxFuture<'a, Result<Self, Error>> {
        Box::pin(async move { Ok(operations::get_to_write(tx, caller, key).await?) })
    }

    fn may_write_each<'a>(
        tx: &'a mut Transaction,
        caller: &'a Caller,
        ids: &'a [Uuid],
    ) -> BoxFuture<'a, Result<bool, Error>> {
        Box::pin(async move { Ok(operations::may_write_each(tx, caller, Self::KIND, ids).await?) })
    }

    fn object(&self) -> Object {
        (Self::KIND, self.id.0)
    }

    fn target(&self) -> Target {
        operations::target(self)
    }
}
