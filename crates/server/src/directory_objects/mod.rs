//! Objects of every kind: any one by its id, and what hangs on what.
//!
//! Owns no table. Groups keep who belongs to them and who answers for them as ids; what these objects are is known to their
//! own features, which stand above this one, and is put together here, where the statements are that lead from an edge to its
//! object.

mod directory_object;
mod graph;
mod operations;
mod selection;
mod store;
#[cfg(test)]
mod tests;
mod told;

pub use graph::routes;
