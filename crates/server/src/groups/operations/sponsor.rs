//! Who is meant by what somebody writes as a sponsor.

use super::with_name;
use crate::graph::Reference;
use crate::platform::ids::TenantId;
use crate::users::operations::{NotOne, find_by_address};
use database::Transaction;

/// Somebody by their address or sign-in name, or else the one group that is called so.
///
/// # Errors
/// Why it is nobody's address, where no group or several are called so.
pub async fn sponsor_named(tx: &mut Transaction, tenant: TenantId, text: &str) -> Result<Reference, NotOne> {
    match find_by_address(tx, tenant, text).await {
        Ok(user) => Ok(Reference { set: "users", id: user.id.0 }),
        Err(NotOne::Storage(error)) => Err(error.into()),
        Err(error) => match with_name(tx, tenant, text).await?.as_slice() {
            [group] => Ok(Reference { set: "groups", id: group.id.0 }),
            _ => Err(error),
        },
    }
}
