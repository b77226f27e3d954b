//! The SQL of signing in.

pub mod attempts;
pub mod continuations;
pub mod known_browsers;
pub mod sessions;
