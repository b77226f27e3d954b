//! How a user stands, in the four words of the portal.

use crate::users::ExternalUserState;

/// How a user stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// May sign in.
    Active,
    /// Has an open invitation.
    Invited,
    /// Was invited, and no invitation is open any more.
    Lapsed,
    /// May not sign in, whatever else is true.
    Blocked,
}

impl Standing {
    /// Every standing with its name in the address of a page and its word.
    pub(super) const CHOICES: [(&'static str, &'static str); 4] =
        [("active", "Active"), ("invited", "Invited"), ("lapsed", "Invitation lapsed"), ("blocked", "Blocked")];

    pub(super) fn of(is_enabled: bool, state: Option<ExternalUserState>, has_open_invitation: bool) -> Self {
        match state {
            _ if !is_enabled => Self::Blocked,
            Some(ExternalUserState::PendingAcceptance) if has_open_invitation => Self::Invited,
            Some(ExternalUserState::PendingAcceptance) => Self::Lapsed,
            Some(ExternalUserState::Accepted) | None => Self::Active,
        }
    }

    pub(super) fn parse(name: &str) -> Option<Self> {
        let all = [Self::Active, Self::Invited, Self::Lapsed, Self::Blocked];
        all.into_iter().find(|standing| standing.choice().0 == name)
    }

    /// The word.
    pub(super) const fn word(self) -> &'static str {
        self.choice().1
    }

    /// The shape of the doorway before the word.
    pub(super) const fn shape(self) -> &'static str {
        match self {
            Self::Active => "in-s",
            Self::Invited => "wait",
            Self::Lapsed => "gone",
            Self::Blocked => "stop",
        }
    }

    const fn choice(self) -> (&'static str, &'static str) {
        Self::CHOICES[self as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocked_stands_before_everything_and_an_invitation_lapses() {
        let pending = Some(ExternalUserState::PendingAcceptance);
        assert_eq!(Standing::of(false, pending, true), Standing::Blocked);
        assert_eq!(Standing::of(true, pending, true), Standing::Invited);
        assert_eq!(Standing::of(true, pending, false), Standing::Lapsed);
        assert_eq!(Standing::of(true, Some(ExternalUserState::Accepted), false), Standing::Active);
        assert_eq!(Standing::of(true, None, false), Standing::Active);
        for (name, word) in Standing::CHOICES {
            assert_eq!(Standing::parse(name).map(Standing::word), Some(word));
        }
    }
}
