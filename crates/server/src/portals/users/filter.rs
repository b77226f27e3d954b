//! Which users are listed.

use crate::graph::query::{Condition, Related, Value, reversed};
use crate::platform::Timestamp;
use crate::portals::standing::Standing;
use crate::users::{ExternalUserState, Typed, UserType};

/// What is looked for. What is absent does not limit.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter {
    /// What was typed into the search.
    pub(super) typed: Option<Typed>,
    /// Members or guests.
    pub(super) kind: Option<UserType>,
    /// How they stand.
    pub(super) standing: Option<Standing>,
    /// The domain of their address; folded.
    pub(super) domain: Option<String>,
}

/// What an index leads to whoever meets a filter by.
#[derive(Debug, Clone)]
pub(super) enum Lead {
    /// A condition on the user.
    User(Condition),
    /// Their open invitation.
    Invitation,
    /// A word of their name or of an address, which begins so.
    Word(String),
    /// Their name or an address, which begins so.
    Beginning(String),
}

/// Open invitations of a user.
static OPEN_INVITATION: Related = Related {
    type_name: "invitation",
    subquery: "EXISTS (SELECT 1 FROM invitation i WHERE i.tenant_id = $1 AND i.user_id = u.id AND i.accepted_at IS NULL
                       AND i.revoked_at IS NULL AND ",
    properties: &[],
};

impl Filter {
    /// What holds of whoever is listed, besides what was typed.
    pub(super) fn condition(&self, now: Timestamp) -> Option<Condition> {
        let kind = self.kind.map(|kind| on_the_way(of_kind(kind)));
        let domain = self.domain.as_deref().map(|domain| on_the_way(on_domain(domain)));
        let standing = self.standing.map(|standing| stands(standing, now));
        let conditions: Vec<Condition> = [kind, domain, standing].into_iter().flatten().collect();
        (!conditions.is_empty()).then_some(Condition::And(conditions))
    }

    /// The same with what was typed.
    pub(super) fn whole(&self, now: Timestamp) -> Option<Condition> {
        let typed = self.typed.as_ref().map(Typed::exact);
        let conditions: Vec<Condition> = [self.condition(now), typed].into_iter().flatten().collect();
        (!conditions.is_empty()).then_some(Condition::And(conditions))
    }

    /// Each leads to everybody who is listed, and to others; those that few meet come first.
    pub(super) fn leads(&self) -> Vec<Lead> {
        let domain = self.domain.as_deref().map(|domain| Lead::User(on_domain(domain)));
        let standing = match self.standing {
            Some(Standing::Invited) => Some(Lead::Invitation),
            Some(Standing::Lapsed) => Some(Lead::User(is_pending())),
            // The blocked stand in an index of their own, in the order of names.
            Some(Standing::Blocked | Standing::Active) | None => None,
        };
        let kind = self.kind.map(|kind| Lead::User(of_kind(kind)));
        [domain, standing].into_iter().flatten().chain(self.typed.iter().flat_map(typed)).chain(kind).collect()
    }

    /// Whether the users that are gone through by name are those who are listed, nearly all of them.
    pub(super) fn is_met_by_name(&self) -> bool {
        let is_blocked = self.standing == Some(Standing::Blocked);
        self.domain.is_none() && self.kind.is_none() && (self.standing.is_none() || is_blocked)
    }
}

fn typed(typed: &Typed) -> Vec<Lead> {
    match typed.words() {
        [] => vec![Lead::Beginning(typed.text().to_owned())],
        words => words.iter().cloned().map(Lead::Word).collect(),
    }
}

fn of_kind(kind: UserType) -> Condition {
    Condition::equal("u.user_type", kind.as_str().to_owned())
}

/// An address backwards begins with its domain.
fn on_domain(domain: &str) -> Condition {
    Condition::prefix("u.mail_reversed", &reversed(&format!("@{domain}")))
}

fn is_pending() -> Condition {
    Condition::equal("u.external_user_state", ExternalUserState::PendingAcceptance.as_str().to_owned())
}

fn stands(standing: Standing, now: Timestamp) -> Condition {
    let is_enabled = Condition::Boolean { column: "u.account_enabled", is: standing != Standing::Blocked };
    let pending = || on_the_way(is_pending());
    let open = || Condition::Exists { related: &OPEN_INVITATION, condition: Box::new(is_open(now)) };
    match standing {
        Standing::Blocked => is_enabled,
        Standing::Active => Condition::And(vec![is_enabled, not(is_pending())]),
        Standing::Invited => Condition::And(vec![is_enabled, pending(), open()]),
        Standing::Lapsed => Condition::And(vec![is_enabled, pending(), not(open())]),
    }
}

/// The same, written so that no index leads by it: whoever comes in order is not to be collected by something else and sorted,
/// which the planner of SQLite would do, who knows nothing of how many there are.
fn on_the_way(condition: Condition) -> Condition {
    not(not(condition))
}

fn not(condition: Condition) -> Condition {
    Condition::Not(Box::new(condition))
}

/// Of an invitation, by the alias `i`: its link works.
fn is_open(now: Timestamp) -> Condition {
    let column = "i.expires_at";
    let later = Condition::Compare { column, operator: " > ", value: Value::Instant(now) };
    Condition::Or(vec![Condition::Null(column), later])
}
