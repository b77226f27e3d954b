//! The picture of a user (Graph: profilePhoto). It is kept as it came, beside the user and not in their row.

mod graph;
mod image;
mod operations;
mod store;

pub use graph::as_file;
pub(super) use graph::routes;
pub use image::{Image, ImageError, LARGEST};
pub use operations::{find, put, remove};

use crate::platform::ids::{TenantId, UserId};
use crate::web::seen;

/// A picture as it is stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Photo {
    /// The organisation.
    pub tenant_id: TenantId,
    /// Whose it is.
    pub user_id: UserId,
    /// `image/jpeg` or `image/png`, as its first bytes say.
    pub media_type: String,
    /// Width in pixels.
    pub width: i64,
    /// Height in pixels.
    pub height: i64,
    /// The file.
    pub content: Vec<u8>,
    /// Counts the changes.
    pub version: i64,
}

impl Photo {
    /// The mark by which a form says which picture it showed; an empty one where there is none. The version would not do: it counts
    /// anew where a picture was removed before.
    pub fn mark(photo: Option<&Self>) -> String {
        photo.map_or_else(String::new, |photo| seen::mark_of(&photo.content))
    }
}
