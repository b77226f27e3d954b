//! What is different between the kinds of objects that can have a policy.

use super::Object;
use crate::audit::Target;
use crate::changes::Kind;
use crate::graph::{Caller, Error};
use database::Transaction;
use futures_util::future::BoxFuture;
use uuid::Uuid;

/// An object that can have a policy: a registration or a service principal. A kind says here how one is found and what it is
/// called; who may give policies at all, and how they are given and taken, is the same for both.
pub trait PolicyHolder: Send + Sized + 'static {
    /// How a request names one.
    type Key: Copy + Send + 'static;

    /// The set of the kind, as contexts name it.
    const SET: &'static str;

    /// The kind among everything that can have a policy.
    const KIND: Kind;

    /// The one under this key, for a caller who may change it.
    ///
    /// # Errors
    /// What the kind refuses: denial comes before absence.
    fn find_to_write<'a>(
        tx: &'a mut Transaction,
        caller: &'a Caller,
        key: Self::Key,
    ) -> BoxFuture<'a, Result<Self, Error>>;

    /// The same where it is not to be changed, only looked at.
    fn find_to_read<'a>(
        tx: &'a mut Transaction,
        caller: &'a Caller,
        key: Self::Key,
    ) -> BoxFuture<'a, Result<Self, Error>> {
        Self::find_to_write(tx, caller, key)
    }

    /// Whether the caller may change each of those with these object ids, which they may see.
    fn may_write_each<'a>(
        tx: &'a mut Transaction,
        caller: &'a Caller,
        ids: &'a [Uuid],
    ) -> BoxFuture<'a, Result<bool, Error>>;

    /// What it is among everything that can have a policy.
    fn object(&self) -> Object;

    /// What it is in the audit.
    fn target(&self) -> Target;
}
