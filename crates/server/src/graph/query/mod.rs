//! Query options on directory objects: from the parsed tree over an allow list of properties to SQL.
//!
//! A resource is described once by a static table of [`Property`]. What a caller writes is looked up there, so that no
//! name from outside reaches a statement, and every value is bound. Properties that a table does not hold are refused
//! by name, unless the organisation added one ([`Added`]). The text is the same for both engines: comparisons of text run on
//! folded columns, a prefix is a range.
//!
//! Rules: Graph, "advanced query capabilities on directory objects".

mod added;
mod added_condition;
mod blank;
mod condition;
mod expand;
mod few;
mod filter;
mod listing;
mod options;
mod order;
mod property;
mod search;
mod selection;
mod slice;
#[cfg(test)]
mod tests;
mod value;
mod word;
mod writer;

pub use added::{Added, AddedProperty, Addition, Compared, PREFIX, Values};
pub use blank::unshown;
pub use condition::{Condition, Value, reversed};
pub use expand::{Expansion, Expansions, Found, Relation};
pub use few::Few;
pub use listing::{Count, Listing};
pub use options::check_plain;
pub use order::{Order, Place};
pub use property::{Column, Property, Related, Resource, Written};
pub use selection::Selection;
pub use slice::{Listed, Slice, count_meeting, write_condition};
pub use word::{beginning, folded, parts, words};
pub use writer::{Writer, WrittenById};
