//! Rules common to all of the API that speaks Microsoft Graph v1.0 on the wire.

pub mod alternate_key;
pub mod batch;
pub mod body;
pub mod caller;
pub mod delta;
pub mod error;
pub mod etag;
pub mod page;
pub mod permission;
mod preference;
pub mod query;
mod reference;
pub mod resource;
pub mod role;
mod segment;
#[cfg(test)]
mod tests;
pub mod throttle;
mod unambiguous;
pub mod unserved;

pub use caller::{Actor, Application, Caller, Level, User};
pub use error::Error;
pub use permission::Permission;
pub use preference::Preference;
pub use reference::Reference;
pub use role::Role;
pub use segment::{Segment, Segments};
