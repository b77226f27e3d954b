//! How the portal narrows the list of users.

use super::resource::{DISPLAY_NAME, MAIL, PRINCIPAL_NAME};
use super::user::{ExternalUserState, UserType};
use crate::graph::query::Condition;

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
    /// Where the text may stand; one of these holds. Empty if any text will do.
    pub(super) fn places(&self) -> Vec<Condition> {
        match self.text.trim() {
            "" => Vec::new(),
            text => [DISPLAY_NAME, MAIL, PRINCIPAL_NAME].map(|column| column.begins_with(text)).into(),
        }
    }

    /// What else holds.
    pub(super) fn filters(&self) -> Vec<Condition> {
        let user_type = self.user_type.map(|it| Condition::equal("u.user_type", it.as_str().to_owned()));
        user_type.into_iter().chain(self.state.map(State::condition)).collect()
    }
}

impl State {
    fn condition(self) -> Condition {
        let external = |state: ExternalUserState| Condition::equal("u.external_user_state", state.as_str().to_owned());
        match self {
            Self::Pending => external(ExternalUserState::PendingAcceptance),
            Self::Accepted => external(ExternalUserState::Accepted),
            Self::Blocked => Condition::Boolean { column: "u.account_enabled", is: false },
        }
    }
}
