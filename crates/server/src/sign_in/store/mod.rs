//! The SQL of signing in.

pub mod attempts;
pub mod continuations;
pub mod known_browsers;
pub mod recovery_links;
pub mod sessions;
