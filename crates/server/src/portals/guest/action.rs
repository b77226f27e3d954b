//! What can be done with a user, and the words of the question before it.

use super::words::counted;
use crate::graph::Role;
use crate::web::numbers::Counted;

/// One thing to do, on a page of its own that says what follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::portals) enum Action {
    /// Send the invitation again, with a new link.
    Resend,
    /// Withdraw the invitation.
    Withdraw,
    /// Let nobody in as this user.
    Block,
    /// Lift that.
    Unblock,
    /// End every session.
    SignOut,
    /// Remove the user.
    Remove,
    /// Give a directory role.
    Give(Role),
    /// Take it.
    Take(Role),
}

/// What the consequences of an action are counted in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counts {
    /// Apps the user reaches.
    pub(super) apps: Counted,
    /// Browsers the user is signed in with.
    pub(super) sessions: usize,
}

impl Action {
    /// Every action without a role, with its place in the address of its page.
    const NAMES: [(Self, &'static str); 6] = [
        (Self::Resend, "resend"),
        (Self::Withdraw, "withdraw"),
        (Self::Block, "block"),
        (Self::Unblock, "unblock"),
        (Self::SignOut, "sign-out"),
        (Self::Remove, "remove"),
    ];

    pub(super) fn parse(name: &str) -> Option<Self> {
        if let Some(role) = name.strip_prefix("give-") {
            return Role::from_slug(role).map(Self::Give);
        }
        if let Some(role) = name.strip_prefix("take-") {
            return Role::from_slug(role).map(Self::Take);
        }
        Self::NAMES.into_iter().find(|(_, own)| *own == name).map(|(action, _)| action)
    }

    pub(super) fn name(self) -> String {
        match self {
            Self::Give(role) => format!("give-{}", role.slug()),
            Self::Take(role) => format!("take-{}", role.slug()),
            _ => Self::NAMES.into_iter().find(|(action, _)| *action == self).map_or("", |(_, name)| name).to_owned(),
        }
    }

    /// What stands on the button that leads to the question.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Resend => "Send invitation again…",
            Self::Withdraw => "Withdraw invitation…",
            Self::Block => "Block…",
            Self::Unblock => "Unblock…",
            Self::SignOut => "Sign out everywhere…",
            Self::Remove => "Remove…",
            Self::Give(_) => "Give…",
            Self::Take(_) => "Take…",
        }
    }

    /// The question.
    pub(super) fn question(self, name: &str) -> String {
        match self {
            Self::Resend => format!("Send {name} the invitation again?"),
            Self::Withdraw => format!("Withdraw the invitation of {name}?"),
            Self::Block => format!("Block {name}?"),
            Self::Unblock => format!("Unblock {name}?"),
            Self::SignOut => format!("Sign {name} out everywhere?"),
            Self::Remove => format!("Remove {name}?"),
            Self::Give(role) => format!("Give {name} the role {}?", role.name()),
            Self::Take(role) => format!("Take the role {} from {name}?", role.name()),
        }
    }

    /// What follows, with numbers.
    pub(super) fn consequences(self, name: &str, counts: Counts) -> String {
        let apps = counts.apps.of("app", "apps");
        let browsers = counted(counts.sessions, "browser", "browsers");
        let also = match counts.sessions {
            0 => String::new(),
            _ => format!(" and is signed out of {browsers} within a minute"),
        };
        match self {
            Self::Resend => format!("{name} gets one mail with a new link. Every link sent before stops working."),
            Self::Withdraw => {
                format!("The link stops working, and {name} cannot accept any more. {name} stays in the list of users.")
            }
            Self::Block => format!(
                "{name} loses the way into {apps}{also}. The account, its roles and its access stay: unblocked, {name} has \
                 them again."
            ),
            Self::Remove => format!(
                "{name} loses the way into {apps}{also}, and is taken off the list of users with every role. For 30 days \
                 all of it can be brought back from the list of removed people."
            ),
            Self::Unblock => format!("{name} can sign in again and has the way into {apps}."),
            Self::SignOut if counts.sessions == 0 => format!("{name} is signed in nowhere now, and can sign in again."),
            Self::SignOut => format!("{name} is signed out of {browsers} within a minute, and can sign in again."),
            Self::Give(role) => format!("From the next page on: {}", role.description()),
            Self::Take(role) => {
                format!(
                    "From the next page on, {name} may not do any more what the role allows: {}",
                    role.description()
                )
            }
        }
    }

    /// The button that does it.
    pub(super) fn verb(self, name: &str) -> String {
        match self {
            Self::Resend => "Send one mail".to_owned(),
            Self::Withdraw => "Withdraw 1 invitation".to_owned(),
            Self::Block => format!("Block {name}"),
            Self::Unblock => format!("Unblock {name}"),
            Self::SignOut => "Sign out everywhere".to_owned(),
            Self::Remove => "Remove 1 user".to_owned(),
            Self::Give(_) => "Give 1 role".to_owned(),
            Self::Take(_) => "Take 1 role".to_owned(),
        }
    }

    /// Whether the button warns.
    pub(super) const fn is_severe(self) -> bool {
        matches!(self, Self::Withdraw | Self::Block | Self::Remove | Self::Take(_))
    }

    /// What was done, for the page after it.
    pub(super) const fn done(self) -> &'static str {
        match self {
            Self::Resend => "A mail with a new link is on its way.",
            Self::Withdraw => "The invitation was withdrawn.",
            Self::Block => "Blocked, and signed out everywhere.",
            Self::Unblock => "Not blocked any more.",
            Self::SignOut => "Signed out everywhere.",
            Self::Remove => "Removed.",
            Self::Give(_) => "The role was given.",
            Self::Take(_) => "The role was taken.",
        }
    }

    /// The call that does the same, for a user with this id.
    pub(in crate::portals) fn call(
        self,
        user: impl std::fmt::Display,
        invitation: impl std::fmt::Display,
    ) -> (&'static str, String) {
        match self {
            Self::Resend => ("POST", format!("/vestibule/v1/invitations/{invitation}/resend")),
            Self::Withdraw => ("POST", format!("/vestibule/v1/invitations/{invitation}/revoke")),
            Self::Block => ("PATCH", format!("/v1.0/users/{user}\n{{ \"accountEnabled\": false }}")),
            Self::Unblock => ("PATCH", format!("/v1.0/users/{user}\n{{ \"accountEnabled\": true }}")),
            Self::SignOut => ("POST", format!("/v1.0/users/{user}/revokeSignInSessions")),
            Self::Remove => ("DELETE", format!("/v1.0/users/{user}")),
            Self::Give(role) => {
                ("POST", format!("{}/$ref\n{{ \"@odata.id\": \"…/directoryObjects/{user}\" }}", members(role)))
            }
            Self::Take(role) => ("DELETE", format!("{}/{user}/$ref", members(role))),
        }
    }
}

fn members(role: Role) -> String {
    format!("/v1.0/directoryRoles(roleTemplateId='{}')/members", role.id())
}
