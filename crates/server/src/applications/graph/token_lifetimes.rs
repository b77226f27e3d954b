//! `tokenLifetimePolicies` of applications: how long tokens that are for the app are good.

use crate::applications::Application;
use crate::applications::operations::{self, Key};
use crate::audit::Target;
use crate::changes::Kind;
use crate::graph::{Caller, Error};
use crate::token_lifetimes::{Object, PolicyHolder};
use database::Transaction;
use futures_util::future::BoxFuture;

impl PolicyHolder for Application {
    type Key = Key;

    const SET: &'static str = "applications";

    fn find_to_write<'a>(tx: &'a mut Transaction, caller: &'a Caller, key: Key) -> BoxFuture<'a, Result<Self, Error>> {
        Box::pin(async move { Ok(operations::get_to_write(tx, caller, key).await?) })
    }

    fn object(&self) -> Object {
        (Kind::Application, self.id.0)
    }

    fn target(&self) -> Target {
        operations::target(self)
    }
}
