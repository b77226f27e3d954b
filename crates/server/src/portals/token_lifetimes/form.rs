//! The form of a policy, by which one is made and changed: what was typed, and what it asks for.

use crate::token_lifetimes::operations::{NewPolicy, PolicyChange};
use crate::token_lifetimes::{TokenLifetimePolicy, USUAL, definition_of, written};
use crate::web::complaint::Answers;
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
    /// The form of a policy that is still to be made.
    pub(super) fn empty() -> Self {
        Self { lifetime: written(USUAL), ..Self::default() }
    }

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

    /// The policy that it asks for.
    pub(super) fn new_policy(&self) -> NewPolicy {
        NewPolicy {
            display_name: self.name.clone(),
            description: self.described(),
            definition: definition_of(&self.lifetime),
            is_default: self.is_default,
        }
    }

    /// The change that it asks for, of a policy that still has this version. A definition whose time is the one in the form stays
    /// as it was written.
    pub(super) fn change(&self, stored: &TokenLifetimePolicy, of_version: i64) -> PolicyChange {
        let is_redefined = self.lifetime != written(stored.lifetime());
        PolicyChange {
            display_name: Some(self.name.clone()),
            description: Some(self.described()),
            definition: is_redefined.then(|| definition_of(&self.lifetime)),
            is_default: Some(self.is_default),
            of_version: Some(of_version),
        }
    }

    /// The description, if there is one.
    fn described(&self) -> Option<String> {
        Some(self.description.clone()).filter(|text| !text.is_empty())
    }

    /// The answers that differ from another form's: what is asked, and what stands here.
    pub(super) fn other_than(&self, other: &Self) -> Answers {
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
