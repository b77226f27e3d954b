//! How the portal narrows the list of users.

use super::resource::{DISPLAY_NAME, MAIL, PRINCIPAL_NAME};
use super::user::{ExternalUserState, UserType};
use crate::graph::query::{Condition, Value};

/// What is looked for; everybody by default.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// The beginning of a display name, an address or a `userPrincipalName`; any if empty.
    pub text: String,
    /// Members or guests only.
    pub user_type: Option<UserType>,
    /// Users in this state only.
    pub state: Option<State>,
}

/// The state of a user as the portal shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Invited, not accepted.
    Pending,
    /// Accepted.
    Accepted,
    /// May not sign in.
    Blocked,
}

impl Search {
    pub(super) fn condition(&self) -> Option<Condition> {
        let text = self.text.trim();
        let by_text =
            || Condition::Or([DISPLAY_NAME, MAIL, PRINCIPAL_NAME].map(|column| column.begins_with(text)).into());
        let conditions: Vec<Condition> = [
            (!text.is_empty()).then(by_text),
            self.user_type.map(|user_type| Condition::equal("u.user_type", user_type.as_str().to_owned())),
            self.state.map(State::condition),
        ]
        .into_iter()
        .flatten()
        .collect();
        if conditions.is_empty() { None } else { Some(Condition::And(conditions)) }
    }
}

impl State {
    fn condition(self) -> Condition {
        let external = |state: ExternalUserState| Condition::equal("u.external_user_state", state.as_str().to_owned());
        match self {
            Self::Pending => external(ExternalUserState::PendingAcceptance),
            Self::Accepted => external(ExternalUserState::Accepted),
            Self::Blocked => {
                Condition::Compare { column: "u.account_enabled", operator: " = ", value: Value::Boolean(false) }
            }
        }
    }
}
