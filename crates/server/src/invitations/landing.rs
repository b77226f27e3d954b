//! Where an invitation may lead (`inviteRedirectUrl`): the rule of the crate `landing_address`, which strangers' bytes are tried
//! on, with the ids of our apps.

use crate::platform::ids::ApplicationId;

pub use landing_address::LandingError;

/// What the tenant allows.
pub type Ground = landing_address::Ground<ApplicationId>;

/// Where an app of the tenant lives.
pub type AppAddresses = landing_address::AppAddresses<ApplicationId>;

/// An address that an invitation may lead to.
pub type Landing = landing_address::Landing<ApplicationId>;

/// Checks an address against what the tenant allows.
pub fn check(text: &str, ground: &Ground) -> Result<Landing, LandingError> {
    landing_address::check(text, ground)
}
