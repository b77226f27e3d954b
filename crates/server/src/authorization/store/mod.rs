//! The SQL of grants, codes and refresh tokens.

pub mod codes;
pub mod grants;
pub mod purge;
pub mod refresh_tokens;
