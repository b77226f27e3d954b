//! Whether people may ask, and who answers (Graph: adminConsentRequestPolicy, accessReviewReviewerScope).

use crate::graph::Role;
use crate::platform::ids::{GroupId, RoleId, UserId};
use sqlx::types::Json;
use std::time::Duration;

/// Days a request stays open at most (Entra: configure the admin consent workflow).
pub const MOST_DAYS: i64 = 60;
/// Reviewers a policy names at most, each a person, a group or a role.
pub const MOST_REVIEWERS: usize = 50;

const DAY: Duration = Duration::from_hours(24);

/// The policy of one tenant.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Policy {
    /// `isEnabled`: whether people may ask.
    pub is_enabled: bool,
    /// `notifyReviewers`: whether reviewers are told by mail.
    pub notifies_reviewers: bool,
    /// `remindersEnabled`: whether they are told again before a request lapses.
    pub has_reminders: bool,
    /// `requestDurationInDays`; 0 where nobody has decided yet.
    pub duration_days: i64,
    /// `reviewers`, as they were written.
    pub reviewers: Json<Vec<String>>,
    /// `version`: counts the changes.
    pub version: i64,
}

/// Somebody who answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reviewer {
    /// One person.
    User(UserId),
    /// Whoever belongs to a group, directly or through other groups.
    Group(GroupId),
    /// Whoever holds a directory role.
    Role(Role),
}

impl Default for Policy {
    /// What holds before anybody decides.
    fn default() -> Self {
        Self {
            is_enabled: false,
            notifies_reviewers: false,
            has_reminders: false,
            duration_days: 0,
            reviewers: Json(Vec::new()),
            version: 0,
        }
    }
}

impl Policy {
    /// How long a request stays open.
    pub fn duration(&self) -> Duration {
        let days = u32::try_from(self.duration_days.clamp(1, MOST_DAYS)).unwrap_or(1);
        DAY * days
    }

    /// Who answers.
    pub fn reviewers(&self) -> Vec<Reviewer> {
        self.reviewers.0.iter().filter_map(|query| Reviewer::parse(query)).collect()
    }
}

impl Reviewer {
    /// Reads a query as Graph has them: `/users/{id}`, `/groups/{id}/transitiveMembers` and
    /// `/roleManagement/directory/roleAssignments?$filter=roleDefinitionId eq '{id}'`, with or without the version in front and a
    /// cast to users behind. `None` for any other.
    pub fn parse(query: &str) -> Option<Self> {
        let path = query.trim_start_matches("./").trim_start_matches('/');
        let path = path.strip_prefix("v1.0/").or_else(|| path.strip_prefix("beta/")).unwrap_or(path);
        if let Some(id) = path.strip_prefix("users/") {
            return id.parse().ok().map(Self::User);
        }
        if let Some(rest) = path.strip_prefix("groups/") {
            let (id, members) = rest.split_once('/')?;
            let is_known = ["transitiveMembers", "transitiveMembers/microsoft.graph.user"].contains(&members);
            return id.parse().ok().filter(|_| is_known).map(Self::Group);
        }
        let filter = path.strip_prefix("roleManagement/directory/roleAssignments?$filter=roleDefinitionId eq ")?;
        let id: RoleId = filter.strip_prefix('\'')?.strip_suffix('\'')?.parse().ok()?;
        Role::from_id(id).map(Self::Role)
    }

    /// The query that names them, which [`Reviewer::parse`] reads again.
    pub fn query(self) -> String {
        match self {
            Self::User(id) => format!("/users/{id}"),
            Self::Group(id) => format!("/groups/{id}/transitiveMembers"),
            Self::Role(role) => {
                format!("/roleManagement/directory/roleAssignments?$filter=roleDefinitionId eq '{}'", role.id())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn reviewers_are_read_as_graph_writes_them() {
        let id = "62e90394-69f5-4237-9190-012177145e10";
        let plain: Uuid = id.parse().expect("an id");
        for path in ["/users/", "/v1.0/users/", "./users/", "users/", "/beta/users/"] {
            assert_eq!(Reviewer::parse(&format!("{path}{id}")), Some(Reviewer::User(UserId(plain))), "{path}");
        }
        for end in ["transitiveMembers", "transitiveMembers/microsoft.graph.user"] {
            assert_eq!(Reviewer::parse(&format!("/groups/{id}/{end}")), Some(Reviewer::Group(GroupId(plain))), "{end}");
        }
        let of_role = format!("/beta/roleManagement/directory/roleAssignments?$filter=roleDefinitionId eq '{id}'");
        assert_eq!(Reviewer::parse(&of_role), Some(Reviewer::Role(Role::GlobalAdministrator)));
        let unknown = of_role.replace(id, "00000000-0000-0000-0000-000000000001");
        for other in [
            "",
            "/users/somebody",
            "/users",
            &format!("/users/{id}/manager"),
            &format!("/groups/{id}"),
            &format!("/groups/{id}/owners"),
            &unknown,
            "/me",
        ] {
            assert_eq!(Reviewer::parse(other), None, "{other}");
        }
    }

    #[test]
    fn a_query_names_the_reviewer_it_was_written_for() {
        let id = Uuid::from_u128(7);
        let roles = Role::ALL.iter().map(|role| Reviewer::Role(*role));
        for reviewer in roles.chain([Reviewer::User(UserId(id)), Reviewer::Group(GroupId(id))]) {
            assert_eq!(Reviewer::parse(&reviewer.query()), Some(reviewer));
        }
    }

    #[test]
    fn a_request_stays_open_for_a_day_at_least() {
        assert_eq!(Policy::default().duration(), DAY);
        assert_eq!(Policy { duration_days: 30, ..Policy::default() }.duration(), DAY * 30);
    }
}
