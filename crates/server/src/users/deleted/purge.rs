//! Removing a user for good.

use super::Deed;
use crate::changes::{self, Change, Kind};
use crate::deleted_items::Forget;
use crate::graph::Caller;
use crate::users::{User, UserError, deleted_store, rights};
use database::{Timestamp, Transaction};

pub(super) async fn remove(
    user: &User,
    tx: &mut Transaction,
    caller: &Caller,
    forget: Forget<User>,
    at: Timestamp,
) -> Result<(), UserError> {
    rights::check_deed(tx, caller, user, Deed::Delete).await?;
    forget(tx, user, at).await?;
    deleted_store::delete(tx, user).await?;
    Ok(changes::note(tx, user.tenant_id, at, Change::purged(Kind::User, user.id.0)).await?)
}
