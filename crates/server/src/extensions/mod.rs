//! Properties that apps add to users, groups and registrations (Graph: directory extensions), and what objects have of them.
//!
//! Owns `extension_property` and `extension_value`. Who may define a property is decided by `applications`, whose call it is; who
//! may read and write a value, by the feature that owns the object.

mod change;
mod error;
mod property;
mod purge;
mod query;
mod ruled;
pub mod store;
#[cfg(test)]
mod tests;
mod value;

pub use change::{Difference, ValueChange, put, take};
pub use error::ExtensionError;
pub use property::{DataType, ExtensionProperty, MOST, NewExtensionProperty, TargetObject, chosen_part};
pub use purge::purge;
pub use query::values_of;
pub use ruled::{Texts, find_no_text, texts_of_users};
