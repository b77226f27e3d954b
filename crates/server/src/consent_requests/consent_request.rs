//! What somebody asked for.

use crate::platform::ids::{ConsentRequestId, ServicePrincipalId, TenantId, UserId};
use database::Timestamp;
use std::time::Duration;

/// Characters of a reason at most.
pub const LONGEST_REASON: usize = 500;

/// How long before it lapses reviewers are told of a request again; of one that is open for less than twice as long, when half
/// of its time is over.
const REMINDER: Duration = Duration::from_hours(24);

database::text_enum! {
    /// How far a request is (Graph: userConsentRequest, status).
    pub enum Status {
        /// Nobody has answered yet.
        InProgress = "InProgress",
        /// Somebody has answered.
        Completed = "Completed",
        /// Nobody has answered in time.
        Expired = "Expired",
    }
}

database::text_enum! {
    /// What was answered.
    pub enum Verdict {
        /// The app may, for everybody.
        Approve = "Approve",
        /// It may not.
        Deny = "Deny",
    }
}

/// One person asks for one app, at one resource.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ConsentRequest {
    /// The tenant.
    pub tenant_id: TenantId,
    /// The id.
    pub id: ConsentRequestId,
    /// The app.
    pub client_id: ServicePrincipalId,
    /// Where it wants to act.
    pub resource_id: ServicePrincipalId,
    /// Who asked.
    pub user_id: UserId,
    /// What the app wants: words between single blanks, as the resource spells them.
    pub scope: String,
    /// Why, in the words of who asked.
    pub reason: String,
    /// The language of who asked, for the mail with the answer.
    pub language: String,
    /// How far it is.
    pub status: Status,
    /// What was answered.
    pub verdict: Option<Verdict>,
    /// When it was asked.
    pub created_at: Timestamp,
    /// When reviewers are told again.
    pub remind_at: Timestamp,
    /// When it lapses.
    pub expires_at: Timestamp,
    /// When reviewers were told.
    pub told_at: Option<Timestamp>,
    /// When they were told again.
    pub reminded_at: Option<Timestamp>,
    /// When it was answered, or lapsed.
    pub completed_at: Option<Timestamp>,
}

impl ConsentRequest {
    /// What the app wants, word by word.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.scope.split_ascii_whitespace()
    }
}

/// When reviewers are told again of a request that is asked now and stays open for so long.
pub fn remind_at(now: Timestamp, duration: Duration) -> Timestamp {
    now.plus(duration.saturating_sub(REMINDER.min(duration / 2)))
}

/// A reason as it is stored: without blanks around it. Nothing if it is empty or too long.
pub fn reason(text: &str) -> Option<String> {
    let text = text.trim();
    let length = text.chars().count();
    (1..=LONGEST_REASON).contains(&length).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_says_something_and_is_not_a_book() {
        assert_eq!(reason("  for the audit \n"), Some("for the audit".to_owned()));
        assert_eq!(reason(" \n "), None);
        assert!(reason(&"ä".repeat(LONGEST_REASON)).is_some());
        assert_eq!(reason(&"ä".repeat(LONGEST_REASON + 1)), None);
    }

    #[test]
    fn reviewers_are_told_again_a_day_before_the_end() {
        let (now, day) = (Timestamp::from_microseconds(0), Duration::from_hours(24));
        assert_eq!(remind_at(now, day * 30), now.plus(day * 29));
        assert_eq!(remind_at(now, day), now.plus(day / 2));
    }
}
