//! The form of the policy: what was typed, and the change it asks for.

use crate::consent_requests::operations::PolicyChange;
use crate::consent_requests::{Policy, Reviewer};
use crate::web::complaint::Answers;
use crate::web::fields::Fields;
use std::num::ParseIntError;

/// Days that stand in the form before anybody has decided.
const SUGGESTED_DAYS: i64 = 30;

/// A field, and what is wrong with it as a sentence.
pub(super) type Mistake = (&'static str, String);

/// What was typed. Fields have the names of the properties in the API, so that an error finds its field.
#[derive(Debug, Clone, Default)]
pub(super) struct PolicyForm {
    /// The version of the policy that the page showed.
    pub(super) seen: String,
    /// `isEnabled`
    pub(super) is_enabled: bool,
    /// `notifyReviewers`
    pub(super) notifies_reviewers: bool,
    /// `remindersEnabled`
    pub(super) has_reminders: bool,
    /// `requestDurationInDays`
    pub(super) days: String,
    /// The queries of the reviewers that stay.
    pub(super) kept: Vec<String>,
    /// The slug of a role whose holders answer from now on, or nothing.
    pub(super) role: String,
    /// People and groups that answer from now on, one on each line.
    pub(super) added: String,
}

impl PolicyForm {
    /// The form as it shows this policy. Before anybody has decided, the form suggests what most would choose; nothing of it
    /// holds until it is saved.
    pub(super) fn of(policy: &Policy) -> Self {
        let is_new = policy.version == 0;
        let days = if is_new { SUGGESTED_DAYS } else { policy.duration_days };
        Self {
            seen: policy.version.to_string(),
            is_enabled: policy.is_enabled,
            notifies_reviewers: is_new || policy.notifies_reviewers,
            has_reminders: is_new || policy.has_reminders,
            days: days.to_string(),
            kept: policy.reviewers.0.clone(),
            ..Self::default()
        }
    }

    /// The form that was sent.
    pub(super) fn read(fields: &Fields) -> Self {
        Self {
            seen: fields.get("seen").to_owned(),
            is_enabled: fields.is_ticked("isEnabled"),
            notifies_reviewers: fields.is_ticked("notifyReviewers"),
            has_reminders: fields.is_ticked("remindersEnabled"),
            days: fields.get("requestDurationInDays").to_owned(),
            kept: fields.all("reviewer").into_iter().map(str::to_owned).collect(),
            role: fields.get("role").to_owned(),
            added: fields.get("added").to_owned(),
        }
    }

    /// The names and addresses in the field, one for each line that holds something.
    pub(super) fn lines(&self) -> impl Iterator<Item = &str> {
        self.added.lines().map(str::trim).filter(|line| !line.is_empty())
    }

    /// The change it asks for, with those who were found by what was typed.
    pub(super) fn change(&self, added: &[Reviewer]) -> Result<PolicyChange, Mistake> {
        let wrong = |_: ParseIntError| ("requestDurationInDays", "Write a whole number of days.".to_owned());
        let days: i64 = self.days.parse().map_err(wrong)?;
        Ok(PolicyChange {
            is_enabled: self.is_enabled,
            notifies_reviewers: self.notifies_reviewers,
            has_reminders: self.has_reminders,
            duration_days: days,
            reviewers: together(&self.kept, added),
            // No policy has a version below 0.
            of_version: Some(self.seen.parse().unwrap_or(-1)),
        })
    }

    /// The answers that differ from another form's, without those about reviewers: what is asked, and what stands here.
    pub(super) fn other_than(&self, other: &Self) -> Answers {
        let answers = |form: &Self| {
            [
                ("People may ask", yes(form.is_enabled)),
                ("A request stays open for (days)", form.days.clone()),
                ("Reviewers are told of new requests", yes(form.notifies_reviewers)),
                ("Reviewers are told again", yes(form.has_reminders)),
            ]
        };
        answers(self).into_iter().zip(answers(other)).filter(|(own, other)| own != other).map(|(own, _)| own).collect()
    }
}

/// The queries of those who stay and those who come, each of them once.
fn together(kept: &[String], added: &[Reviewer]) -> Vec<String> {
    let mut known: Vec<Option<Reviewer>> = kept.iter().map(|query| Reviewer::parse(query)).collect();
    let mut queries = kept.to_vec();
    for reviewer in added {
        if !known.contains(&Some(*reviewer)) {
            known.push(Some(*reviewer));
            queries.push(reviewer.query());
        }
    }
    queries
}

fn yes(is: bool) -> String {
    if is { "yes" } else { "no" }.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Role;
    use crate::platform::ids::UserId;
    use uuid::Uuid;

    #[test]
    fn the_form_of_a_policy_asks_for_that_policy() {
        let mut policy = Policy { is_enabled: true, duration_days: 7, version: 3, ..Policy::default() };
        policy.reviewers.0 = vec![Reviewer::Role(Role::GlobalAdministrator).query()];
        let change = PolicyForm::of(&policy).change(&[]).expect("a change");
        assert_eq!((change.is_enabled, change.notifies_reviewers, change.has_reminders), (true, false, false));
        assert_eq!((change.duration_days, change.of_version), (7, Some(3)));
        assert_eq!(change.reviewers, policy.reviewers.0);
    }

    #[test]
    fn before_anybody_decided_the_form_suggests_mails_and_thirty_days() {
        let form = PolicyForm::of(&Policy::default());
        assert_eq!((form.is_enabled, form.notifies_reviewers, form.has_reminders), (false, true, true));
        assert_eq!(form.days, "30");
    }

    #[test]
    fn nobody_is_named_twice_however_they_were_written() {
        let (one, other) = (UserId(Uuid::from_u128(1)), UserId(Uuid::from_u128(2)));
        let kept = [format!("/v1.0/users/{one}")];
        let named = [Reviewer::User(one), Reviewer::User(other), Reviewer::User(other)];
        assert_eq!(together(&kept, &named), [kept[0].clone(), format!("/users/{other}")]);
    }

    #[test]
    fn days_that_are_no_number_are_named_and_a_form_without_a_version_fits_none() {
        let form = PolicyForm::of(&Policy::default());
        let wrong = PolicyForm { days: "a while".to_owned(), ..form.clone() };
        assert_eq!(wrong.change(&[]).expect_err("a mistake").0, "requestDurationInDays");
        let unmarked = PolicyForm { seen: String::new(), ..form };
        assert_eq!(unmarked.change(&[]).expect("a change").of_version, Some(-1));
    }
}
