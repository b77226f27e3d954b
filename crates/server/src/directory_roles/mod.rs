//! Who holds which built-in directory role.

pub mod store;
