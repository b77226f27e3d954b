//! Which users are listed.

use crate::platform::ids::UserId;
use crate::portals::standing::Standing;
use crate::users::UserType;

/// What is looked for. What is absent does not limit.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter {
    /// The beginning of a name, of a word in it, of an address or of its domain; folded.
    pub(super) text: Option<String>,
    /// Members or guests.
    pub(super) kind: Option<UserType>,
    /// How they stand.
    pub(super) standing: Option<Standing>,
    /// The domain of their address; folded.
    pub(super) domain: Option<String>,
}

/// Where a page begins: next to a user, in the order of names.
#[derive(Debug, Clone, Copy)]
pub(super) enum Edge {
    /// Behind this user.
    After(UserId),
    /// Before this user.
    Before(UserId),
}
