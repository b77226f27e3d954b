//! What an organisation lets people consent to, in its own words (Graph: permissionGrantPolicy). Owns `permission_grant_policy`.
//!
//! What a permission and an app are is not known here: the policies are obeyed, and written, by `service_principals`.

mod grant_policy;
pub mod operations;
pub mod store;

pub use grant_policy::{
    AssignedPolicy, Classification, ConditionSet, Event, GrantPolicy, LONGEST_ID, MOST_ENTRIES, MOST_POLICIES,
    MOST_SETS, PermissionType, Side,
};
