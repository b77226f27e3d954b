//! What groups, registrations and service principals are searched by: the words of their names and descriptions, one row for
//! each; and beside them what apps are filtered by that has several values, such as their addresses.
//!
//! Owns `object_word`. Whoever writes an object keeps its words here, in the same transaction. The words of users stand with
//! what else users are found by.

mod searched;
mod settle;
mod sought;
mod store;
#[cfg(test)]
mod tests;
mod way;

pub use searched::{Searched, narrow};
pub use settle::{Backlog, settle};
pub use sought::{Hit, Sought};
pub use store::{forget, keep, keep_with};
pub use way::{Named, Way};

/// Finds objects by the words or values of a property, up to where the test of one follows, for
/// [`crate::graph::query::Related`].
macro_rules! subquery {
    ($id:literal, $kind:literal, $property:literal) => {
        concat!(
            $id,
            " IN (SELECT t.object_id FROM object_word t WHERE t.tenant_id = $1 AND t.object_kind = '",
            $kind,
            "' AND t.property = '",
            $property,
            "' AND "
        )
    };
}
pub(crate) use subquery;
