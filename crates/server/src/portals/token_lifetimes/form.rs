//! The form of a policy: what was typed.

use crate::token_lifetimes::{TokenLifetimePolicy, written};
use crate::web::fields::Fields;

/// What was typed, or stands there before anybody did.
#[derive(Debug, Clone, Default)]
pub(super) struct PolicyForm {
    /// `displayName`
    pub(super) name: String,
    /// `description`
    pub(super) description: String,
    /// The time, as definitions have it.
    pub(super) lifetime: String,
    /// `isOrganizationDefault`
    pub(super) is_default: bool,
}

impl PolicyForm {
    /// The form that was sent.
    pub(super) fn read(fields: &Fields) -> Self {
        Self {
            name: fields.get("displayName").to_owned(),
            description: fields.get("description").to_owned(),
            lifetime: fields.get("lifetime").to_owned(),
            is_default: fields.is_ticked("isOrganizationDefault"),
        }
    }

    /// The form of a policy as it is stored.
    pub(super) fn of(policy: &TokenLifetimePolicy) -> Self {
        Self {
            name: policy.display_name.clone(),
            description: policy.description.clone().unwrap_or_default(),
            lifetime: written(policy.lifetime()),
            is_default: policy.is_default,
        }
    }

    /// The description, if there is one.
    pub(super) fn described(&self) -> Option<String> {
        Some(self.description.clone()).filter(|text| !text.is_empty())
    }

    /// The answers that differ from another form's: what is asked, and what stands here.
    pub(super) fn other_than(&self, other: &Self) -> Vec<(&'static str, String)> {
        let word = |is: bool| if is { "yes" } else { "no" }.to_owned();
        [
            ("Name", self.name.clone(), other.name.clone()),
            ("What it is for", self.description.clone(), other.description.clone()),
            ("Tokens are good for", self.lifetime.clone(), other.lifetime.clone()),
            ("It holds for whatever has no policy", word(self.is_default), word(other.is_default)),
        ]
        .into_iter()
        .filter(|(_, own, other)| own != other)
        .map(|(name, own, _)| (name, own))
        .collect()
    }
}
