//! The SQL of grants, codes, refresh tokens and statements of apps.

pub mod assertions;
pub mod behind;
pub mod codes;
pub mod grants;
pub mod purge;
pub mod refresh_tokens;
