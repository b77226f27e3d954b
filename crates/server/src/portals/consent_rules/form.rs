//! The form of a rule, by which one is made and renamed: what was typed, and what it asks for.

use crate::tenants::grant_policies::GrantPolicy;
use crate::tenants::grant_policies::operations::{NewPolicy, PolicyChange};
use crate::web::complaint::Answers;
use crate::web::fields::Fields;

/// What was typed, or stands there before anybody did.
#[derive(Debug, Clone, Default)]
pub(super) struct RuleForm {
    /// `displayName`
    pub(super) name: String,
    /// `id`; nothing where a rule has one, which stays.
    pub(super) id: Option<String>,
    /// `description`
    pub(super) description: String,
}

impl RuleForm {
    /// The form of a rule that is still to be made.
    pub(super) fn empty() -> Self {
        Self { id: Some(String::new()), ..Self::default() }
    }

    /// The form that was sent to make a rule.
    pub(super) fn read_new(fields: &Fields) -> Self {
        Self { id: Some(fields.get("id").to_owned()), ..Self::read(fields) }
    }

    /// The form that was sent to rename one.
    pub(super) fn read(fields: &Fields) -> Self {
        let text = |name| fields.get(name).to_owned();
        Self { name: text("displayName"), id: None, description: text("description") }
    }

    /// The form of a rule as it is stored.
    pub(super) fn of(rule: &GrantPolicy) -> Self {
        let description = rule.description.clone().unwrap_or_default();
        Self { name: rule.display_name.clone(), id: None, description }
    }

    /// The rule that it asks for.
    pub(super) fn new_rule(&self) -> NewPolicy {
        NewPolicy {
            id: self.id.clone().unwrap_or_default(),
            display_name: self.name.clone(),
            description: self.described(),
        }
    }

    /// The change that it asks for, of a rule that still has this version.
    pub(super) fn change(&self, of_version: i64) -> PolicyChange {
        PolicyChange {
            display_name: Some(self.name.clone()),
            description: Some(self.described()),
            of_version: Some(of_version),
        }
    }

    /// The description, if there is one.
    fn described(&self) -> Option<String> {
        Some(self.description.clone()).filter(|text| !text.is_empty())
    }

    /// The answers that differ from another form's: what is asked, and what stands here.
    pub(super) fn other_than(&self, other: &Self) -> Answers {
        let answers = [("Name", &self.name, &other.name), ("What it is for", &self.description, &other.description)];
        let differing = answers.into_iter().filter(|(_, own, other)| own != other);
        differing.map(|(name, own, _)| (name, own.clone())).collect()
    }
}
