//! The SQL of groups.

macro_rules! columns {
    () => {
        "g.tenant_id, g.id, g.display_name, g.description, g.mail_nickname, g.mail_enabled, g.security_enabled, g.group_type,
         g.visibility, g.is_assignable_to_role, g.membership_rule, g.membership_rule_state, g.unique_name, g.created_at,
         g.deleted_at, g.version"
    };
}
pub(crate) use columns;

/// Every group an object belongs to: `$1` the tenant, `$2` the object. SQLite takes the tables of a CROSS JOIN in their order:
/// otherwise it would read all memberships of the tenant for each group that was reached.
macro_rules! above {
    () => {
        "WITH RECURSIVE above (id) AS (
             SELECT m.group_id FROM group_member m
             JOIN directory_group d ON d.tenant_id = m.tenant_id AND d.id = m.group_id AND d.deleted_at IS NULL
             WHERE m.tenant_id = $1 AND m.object_id = $2
             UNION
             SELECT m.group_id FROM above x CROSS JOIN group_member m
             JOIN directory_group d ON d.tenant_id = $1 AND d.id = m.group_id AND d.deleted_at IS NULL
             WHERE m.tenant_id = $1 AND m.object_id = x.id
         ) SELECT id FROM above"
    };
}

mod belonging;
mod deleted;
mod edges;
mod evaluation;
mod groups;
mod linked;
pub mod listed;
mod nesting;

pub use belonging::{Above, count_above, hangs_on, list_above};
pub use deleted::{DELETED, delete, delete_edges, retire};
pub use edges::{count_owners, delete_edge, find_object, forget_object, insert_edge, is_linked};
pub use evaluation::{
    Evaluation, begin_following, count_dynamic, delete_evaluation, find_evaluation, find_followed, find_pending,
    follow, list_belonging, list_following, list_rules, note_followed, request_evaluation, request_every_evaluation,
    update_evaluation,
};
pub use groups::{count, find, find_by_unique_name, insert, list, update};
pub use linked::{Linked, Window, count_linked, list_linked, list_members};
pub use nesting::{is_below, list_nested, list_transitive_above};
