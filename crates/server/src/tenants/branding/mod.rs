//! How the pages and mails of a tenant look: accent colour, logos, texts (Graph: organizationalBranding).
//!
//! Owns `branding` and `branding_image`. There is one object for every reader, `0`, and further ones for languages, which say
//! only what is different.

mod graph;
mod image;
mod locale;
mod look;
mod operations;
mod pages;
mod properties;
mod resource;
mod store;
mod streams;
#[cfg(test)]
mod tests;

pub use image::ImageKind;
pub use locale::Locale;
pub use look::{Look, accent, brand};
pub use operations::{Absent, BrandingError, Changes, change, get, may_change, put_image, remove, remove_image};
pub use properties::names;

use crate::web::Routes;

/// The calls, and the files that pages fetch.
pub fn routes() -> Routes {
    Routes::new().merge(graph::routes()).merge(streams::routes()).merge(pages::routes())
}
