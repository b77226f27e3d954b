//! Groups that somebody names in a form.

use crate::graph::query::{Condition, Order, Slice};
use crate::groups::{GROUP, Group, store};
use crate::platform::ids::TenantId;
use crate::users::fold;
use database::{Result, Transaction};

/// The groups with this whole name, compared without case; two, if there are several.
pub async fn find_by_name(tx: &mut Transaction, tenant: TenantId, name: &str) -> Result<Vec<Group>> {
    let condition = Some(Condition::equal("g.display_name_folded", fold(name)));
    let slice = Slice { condition, order: Order::by_id(&GROUP), after: None, size: 1 };
    store::list(tx, tenant, &slice).await
}
