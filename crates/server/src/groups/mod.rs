//! Groups, who belongs to them and who answers for them.
//!
//! Owns `directory_group`, `group_member`, `group_owner`, `rule_evaluation`, `rule_follower`. Members may be users, service principals and other groups; what they
//! are is written by `directory_objects`, which knows every kind. Which apps a group is assigned to is `service_principals`.

pub mod change;
pub mod deleted;
mod error;
mod graph;
mod group;
mod membership;
pub mod operations;
mod pages;
pub mod resource;
mod rights;
pub mod store;
#[cfg(test)]
mod tests;

pub use error::GroupError;
pub use graph::{routes, wire};
pub use group::{Group, GroupType, Relation, RuleState, Visibility};
pub use resource::GROUP;
pub use rights::{count_owned, is_manager, looks_after, may_add_somewhere, may_read, may_read_name, shown_name};

use crate::web::Routes;

/// The pages of this feature, for behind the layer that knows who is signed in.
pub fn portal_routes() -> Routes {
    pages::routes()
}
