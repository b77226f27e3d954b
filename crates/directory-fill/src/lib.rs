//! A large directory, written past the product and as the product would have written it.
//!
//! The same seed gives the same guests, groups, apps and memberships on either engine. Rows go in many at a time, with the
//! columns and search rows that the product keeps beside what it was told; a test of the product compares them with rows
//! made through its API. What is not made: invitations, audit and sign-in rows, changes, and the words of groups and apps, which
//! the product makes of what was written by a version without them. The log of changes reads as if all of them were older than
//! it is kept.

mod app;
mod group;
mod guest;
mod place;
mod random;
mod write;

pub use app::App;
pub use group::{Group, Member};
pub use guest::{GIVEN_NAMES, Guest, State};
pub use place::{find_tenant, is_written};
pub use write::{write, write_guests};

use uuid::Uuid;

/// How much of everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Guests.
    pub guests: u32,
    /// Groups.
    pub groups: u32,
    /// Applications, each with its service principal.
    pub apps: u32,
    /// Members of all groups together.
    pub memberships: u32,
}

impl Size {
    /// The proportions of a large organisation: a group for 20 guests, an app for 200, five memberships for each guest.
    pub const fn of(guests: u32) -> Self {
        Self { guests, groups: guests.div_ceil(20), apps: guests.div_ceil(200), memberships: guests.saturating_mul(5) }
    }
}

/// A tenant's directory, as it is made: everything follows from the seed and a number.
#[derive(Debug, Clone)]
pub struct Directory {
    /// The tenant, which exists already.
    pub tenant: Uuid,
    /// Its initial domain, in which the names of guests end.
    pub domain: String,
    /// What everything follows from.
    pub seed: u64,
    /// How much there is.
    pub size: Size,
}

/// The group to which a tenth of all guests belong.
pub const LARGE_GROUP: u32 = 0;

/// The guest who belongs to the groups 1 to [`JOINED`].
pub const JOINER: u32 = 0;

/// How many groups [`JOINER`] belongs to.
pub const JOINED: u32 = 200;

/// Microseconds of 2025-01-01T00:00:00Z, when the first object was made.
const EPOCH: i64 = 1_735_689_600_000_000;

/// Microseconds between one object and the next.
const STEP: i64 = 1_000_000;

/// When an object with this number was made, in microseconds since 1970.
fn made_at(number: u32) -> i64 {
    EPOCH + i64::from(number) * STEP
}
