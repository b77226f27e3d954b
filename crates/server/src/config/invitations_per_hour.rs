//! How many invitation mails leave an organisation in an hour.

use serde::Deserialize;
use std::fmt;

/// `invitations_per_hour` of `[mail]`: invitation mails of one organisation in any hour. What goes beyond waits.
///
/// A process holds what is to leave against its own numbers and what every process let through, so all are given the same.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct InvitationsPerHour {
    /// All of them.
    pub organization: u32,
    /// Of these, the mails of lists and of people who do not administer users; three quarters unless something is said.
    pub yields: Option<u32>,
    /// Of those, the mails of one person who does not administer users; a quarter of all unless something is said.
    pub inviter: Option<u32>,
}

impl Default for InvitationsPerHour {
    fn default() -> Self {
        Self { organization: 2000, yields: None, inviter: None }
    }
}

impl InvitationsPerHour {
    /// As many as one process hands over to a relay that takes a tenth of a second, with room for everything else.
    const MOST: u32 = 100_000;
    /// Fewer have no quarter.
    const FEWEST: u32 = 4;
    /// The mails of one person have no numbers of their own: whenever another one is due, those of the hour are stepped over.
    const MOST_OF_ONE: u32 = 10_000;

    /// All of them.
    pub fn all(self) -> i64 {
        self.organization.into()
    }

    /// Those that leave room for others: the mails of lists and of people who do not administer users.
    pub fn yielding(self) -> i64 {
        self.yielding_mails().into()
    }

    /// Those of one person who does not administer users.
    pub fn of_one(self) -> i64 {
        self.inviter.unwrap_or((self.organization / 4).min(self.most_of_one())).into()
    }

    fn yielding_mails(self) -> u32 {
        self.yields.unwrap_or(self.organization / 4 * 3)
    }

    fn most_of_one(self) -> u32 {
        self.yielding_mails().min(Self::MOST_OF_ONE)
    }

    /// The setting that cannot be used, and why.
    pub(super) fn problem(self) -> Option<(&'static str, String)> {
        let given = [
            ("mail.invitations_per_hour.organization", Some(self.organization), Self::FEWEST, Self::MOST),
            ("mail.invitations_per_hour.yields", self.yields, 1, self.organization),
            ("mail.invitations_per_hour.inviter", self.inviter, 1, self.most_of_one()),
        ];
        let is_wrong =
            |value: Option<u32>, least: u32, most: u32| value.is_some_and(|value| !(least..=most).contains(&value));
        let (key, _, least, most) =
            given.into_iter().find(|(_, value, least, most)| is_wrong(*value, *least, *most))?;
        Some((key, format!("takes from {least} to {most} mails")))
    }
}

impl fmt::Display for InvitationsPerHour {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (all, yielding, of_one) = (self.all(), self.yielding(), self.of_one());
        write!(
            formatter,
            "At most {all} invitation mails leave an organisation in an hour, {yielding} of them of lists and of people who do \
             not administer users, {of_one} of one such person"
        )
    }
}
