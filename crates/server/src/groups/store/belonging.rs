//! The groups an object hangs on.

use crate::graph::query::{Condition, Slice, count_meeting};
use crate::groups::Group;
use crate::platform::ids::{GroupId, PrincipalId, TenantId};
use database::{Result, Transaction, sql};

/// On which side of an object its groups are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Above {
    /// Those it belongs to.
    Direct,
    /// Those it belongs to, directly or through other groups.
    Transitive,
    /// Those it answers for.
    Owned,
}

/// The ids come first, whose order SQLite keeps in a CROSS JOIN: by the statement alone its planner would go through all groups
/// in the order that is asked for.
macro_rules! select {
    ($columns:expr, $ids:expr) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM (",
            $ids,
            ") e CROSS JOIN directory_group g WHERE g.tenant_id = $1 AND g.id = e.id AND g.deleted_at IS NULL"
        )
    };
}

macro_rules! direct {
    ($table:literal) => {
        concat!("SELECT m.group_id AS id FROM ", $table, " m WHERE m.tenant_id = $1 AND m.object_id = $2")
    };
}

/// The groups of an object in an order; one more than the slice holds, if there is one.
pub async fn list_above(
    tx: &mut Transaction,
    tenant: TenantId,
    (above, object): (Above, PrincipalId),
    slice: &Slice,
) -> Result<Vec<Group>> {
    let statement = match above {
        Above::Direct => sql!(select!(columns!(), direct!("group_member"))),
        Above::Transitive => sql!(select!(columns!(), above!())),
        Above::Owned => sql!(select!(columns!(), direct!("group_owner"))),
    };
    let mut query = tx.query(statement).bind(tenant).bind(object);
    slice.write(&mut query);
    query.fetch_all().await
}

/// How many groups of an object meet a condition.
pub async fn count_above(
    tx: &mut Transaction,
    tenant: TenantId,
    (above, object): (Above, PrincipalId),
    condition: Option<&Condition>,
) -> Result<i64> {
    let statement = match above {
        Above::Direct => sql!(select!("COUNT(*)", direct!("group_member"))),
        Above::Transitive => sql!(select!("COUNT(*)", above!())),
        Above::Owned => sql!(select!("COUNT(*)", direct!("group_owner"))),
    };
    count_meeting(condition, tx.query(statement).bind(tenant).bind(object)).await
}

/// The edge hangs on one of these groups.
pub fn hangs_on(groups: &[GroupId]) -> Condition {
    Condition::one_of("m.group_id", groups.iter().map(|group| group.0))
}
