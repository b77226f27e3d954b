//! The pages that show several features.

mod users;
