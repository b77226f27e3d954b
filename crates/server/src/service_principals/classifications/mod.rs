//! How much risk an organisation sees in what an app exposes to be asked of people (Graph: delegatedPermissionClassification). Owns
//! `permission_classification`.
//!
//! What follows from it is decided by [`super::grants::may_consent`].

mod classification;
pub mod operations;
pub mod store;

pub use classification::{Classified, ClassifyError};
