//! What can be done with several users, and its words.

use crate::portals::guest::{Action, counted};

/// One thing to do with everybody who was picked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::portals) enum Deed {
    /// Send the invitation again, with a new link.
    Resend,
    /// End every session.
    SignOut,
    /// Let nobody in as these users.
    Block,
    /// Lift that.
    Unblock,
    /// Remove the users.
    Remove,
    /// Bring them back.
    Restore,
}

/// What the consequences are counted in.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sum {
    /// Who was picked and is there.
    pub(super) people: usize,
    /// Those who have yet to accept an invitation.
    pub(super) invited: usize,
    /// Different apps they reach.
    pub(super) apps: usize,
    /// Browsers they are signed in with.
    pub(super) sessions: usize,
    /// Roles they hold, added up.
    pub(super) roles: usize,
}

impl Deed {
    /// What stands beneath the list, in this order. Whoever was removed is not in the list.
    pub(in crate::portals) const OFFERED: [Self; 5] =
        [Self::Resend, Self::SignOut, Self::Block, Self::Unblock, Self::Remove];

    const NAMES: [(Self, &'static str); 6] = [
        (Self::Resend, "resend"),
        (Self::SignOut, "sign-out"),
        (Self::Block, "block"),
        (Self::Unblock, "unblock"),
        (Self::Remove, "remove"),
        (Self::Restore, "restore"),
    ];

    pub(super) fn parse(name: &str) -> Option<Self> {
        Self::NAMES.into_iter().find(|(_, own)| *own == name).map(|(deed, _)| deed)
    }

    /// Its name in a form.
    pub(in crate::portals) fn name(self) -> &'static str {
        Self::NAMES.into_iter().find(|(deed, _)| *deed == self).map_or("", |(_, name)| name)
    }

    /// The same for one user; bringing back is no action on the page of one.
    pub(super) const fn action(self) -> Option<Action> {
        match self {
            Self::Resend => Some(Action::Resend),
            Self::SignOut => Some(Action::SignOut),
            Self::Block => Some(Action::Block),
            Self::Unblock => Some(Action::Unblock),
            Self::Remove => Some(Action::Remove),
            Self::Restore => None,
        }
    }

    /// What undoes it. A mail that was sent and a session that was ended stay so.
    pub(super) const fn undone_by(self) -> Option<Self> {
        match self {
            Self::Block => Some(Self::Unblock),
            Self::Unblock => Some(Self::Block),
            Self::Remove => Some(Self::Restore),
            Self::Restore => Some(Self::Remove),
            Self::Resend | Self::SignOut => None,
        }
    }

    /// Whether the button warns.
    pub(super) const fn is_severe(self) -> bool {
        matches!(self, Self::Block | Self::Remove)
    }

    /// What stands on the button that leads to the question.
    pub(in crate::portals) const fn label(self) -> &'static str {
        match self {
            Self::Resend => "Send invitation again…",
            Self::SignOut => "Sign out…",
            Self::Block => "Block…",
            Self::Unblock => "Unblock…",
            Self::Remove => "Remove…",
            Self::Restore => "Bring back…",
        }
    }

    /// The question, or without its mark what the button says that does it.
    pub(super) fn verb(self, people: usize) -> String {
        let people = counted(people, "person", "people");
        match self {
            Self::Resend => format!("Send {people} the invitation again"),
            Self::SignOut => format!("Sign {people} out everywhere"),
            Self::Block => format!("Block {people}"),
            Self::Unblock => format!("Unblock {people}"),
            Self::Remove => format!("Remove {people}"),
            Self::Restore => format!("Bring {people} back"),
        }
    }

    /// What follows, with numbers.
    pub(super) fn consequences(self, sum: Sum) -> String {
        let apps = counted(sum.apps, "app", "apps");
        let browsers = counted(sum.sessions, "browser", "browsers");
        let also = match sum.sessions {
            0 => String::new(),
            _ => format!(" and are signed out of {browsers} within a minute"),
        };
        match self {
            Self::Resend => {
                let invited = counted(sum.invited, "person has", "people have");
                format!(
                    "{invited} yet to accept and get one mail each with a new link. Every link sent before stops working. \
                     Nobody else gets a mail."
                )
            }
            Self::SignOut if sum.sessions == 0 => "They are signed in nowhere now, and can sign in again.".to_owned(),
            Self::SignOut => format!("They are signed out of {browsers} within a minute, and can sign in again."),
            Self::Block => format!(
                "They lose the way into {apps}{also}. The accounts, their roles and their access stay: unblocked, they have \
                 them again."
            ),
            Self::Unblock => format!("They can sign in again and have the way into {apps}."),
            Self::Remove => format!(
                "They lose the way into {apps}{also}, and are taken off the list of users with {}. For 30 days all of it \
                 can be brought back.",
                counted(sum.roles, "role", "roles")
            ),
            Self::Restore => "They are there again, with their roles, apps and sponsors.".to_owned(),
        }
    }

    /// What was done.
    pub(super) fn done(self, people: usize) -> String {
        let was = counted(people, "person was", "people were");
        match self {
            Self::Resend => {
                format!("{} on the way.", counted(people, "mail with a new link is", "mails with new links are"))
            }
            Self::SignOut => format!("{was} signed out everywhere."),
            Self::Block => format!("{was} blocked and signed out everywhere."),
            Self::Unblock => format!("{was} unblocked."),
            Self::Remove => format!("{was} removed."),
            Self::Restore => format!("{was} brought back."),
        }
    }

    /// What was not done.
    pub(super) fn failed(self, people: usize) -> String {
        let was = counted(people, "person was", "people were");
        match self {
            Self::Resend => format!("{} no mail.", counted(people, "person gets", "people get")),
            Self::SignOut => format!("{was} not signed out."),
            Self::Block => format!("{was} not blocked."),
            Self::Unblock => format!("{was} not unblocked."),
            Self::Remove => format!("{was} not removed."),
            Self::Restore => format!("{was} not brought back."),
        }
    }

    /// The call that does it for one of them.
    pub(super) fn call(self) -> (&'static str, String) {
        match self.action() {
            Some(action) => action.call("{id}", "{id}"),
            None => ("POST", "/v1.0/directory/deletedItems/{id}/restore".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_again_and_no_other() {
        for (deed, name) in Deed::NAMES {
            assert_eq!(Deed::parse(name), Some(deed));
            assert_eq!(deed.name(), name);
        }
        assert_eq!(Deed::parse("give-global-administrator"), None);
    }

    #[test]
    fn what_undoes_is_undone_by_what_it_undoes() {
        for (deed, _) in Deed::NAMES {
            if let Some(other) = deed.undone_by() {
                assert_eq!(other.undone_by(), Some(deed));
            }
        }
    }

    #[test]
    fn one_is_spoken_of_as_one() {
        assert_eq!(Deed::Remove.done(1), "1 person was removed.");
        assert_eq!(Deed::Resend.done(2), "2 mails with new links are on the way.");
        assert_eq!(Deed::Block.verb(3), "Block 3 people");
    }
}
