//! What can be done with several rows that are picked in a list. The lists stand in the features; what is asked and done after a
//! button was pressed is `portals::picked`.

use super::address::PageAddress;

/// Rows that are picked at most: those of one page of a list, several times over.
pub const MOST: usize = 100;

/// The boxes before the rows of a list, for a visitor who may use them.
#[derive(Debug, Clone)]
pub struct Picking {
    /// Whether every row of the page is picked to begin with.
    pub is_all: bool,
    /// The address of the same page with every row picked.
    pub all: String,
    /// The filters that lead back to the list.
    pub filter: String,
}

impl Picking {
    /// For a page of the list at `address`, which has the filters of the list and nothing else. `wanted` is what the address of the page
    /// says of `pick`; `page` says where in the list the page begins.
    pub fn of(address: &PageAddress, wanted: Option<&str>, page: impl FnOnce(&PageAddress) -> String) -> Self {
        let picking = address.clone().set("pick", Some("all"));
        Self { is_all: wanted == Some("all"), all: page(&picking), filter: address.query() }
    }
}

/// One thing to do with everything that was picked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BulkAction {
    /// Send invitations again, with new links.
    Resend,
    /// Withdraw invitations.
    Withdraw,
    /// End every session.
    SignOut,
    /// Let nobody in as these users.
    Block,
    /// Lift that.
    Unblock,
    /// Remove so that it can be brought back.
    Remove,
    /// Bring back what was removed.
    Restore,
    /// Remove for good what was removed.
    Purge,
    /// Take members out of a group.
    TakeOut,
    /// Put them into it again.
    PutIn,
    /// Take back who may use an app.
    Unassign,
    /// Give it again.
    Assign,
}

impl BulkAction {
    /// What stands beneath the list of users. Whoever was removed is not in the list.
    pub const USERS: [Self; 5] = [Self::Resend, Self::SignOut, Self::Block, Self::Unblock, Self::Remove];

    /// What stands beneath the lists of groups and of apps.
    pub const OBJECTS: [Self; 1] = [Self::Remove];

    /// What stands beneath the members of a group.
    pub const MEMBERS: [Self; 1] = [Self::TakeOut];

    /// What stands beneath the people and groups that may use an app.
    pub const ASSIGNMENTS: [Self; 1] = [Self::Unassign];

    /// What stands beneath the list of invitations.
    pub const INVITATIONS: [Self; 2] = [Self::Resend, Self::Withdraw];

    /// What stands beneath the lists of what was removed.
    pub const REMOVED: [Self; 2] = [Self::Restore, Self::Purge];

    /// Every action with its name in a form.
    pub const NAMES: [(Self, &'static str); 12] = [
        (Self::Resend, "resend"),
        (Self::Withdraw, "withdraw"),
        (Self::SignOut, "sign-out"),
        (Self::Block, "block"),
        (Self::Unblock, "unblock"),
        (Self::Remove, "remove"),
        (Self::Restore, "restore"),
        (Self::Purge, "purge"),
        (Self::TakeOut, "take-out"),
        (Self::PutIn, "put-in"),
        (Self::Unassign, "unassign"),
        (Self::Assign, "assign"),
    ];

    /// Reads the name of a form; `None` for one that no form of ours has.
    pub fn parse(name: &str) -> Option<Self> {
        Self::NAMES.into_iter().find(|(_, own)| *own == name).map(|(action, _)| action)
    }

    /// Its name in a form.
    pub fn name(self) -> &'static str {
        Self::NAMES.into_iter().find(|(action, _)| *action == self).map_or("", |(_, name)| name)
    }

    /// What stands on the button that leads to the question.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Resend => "Send invitation again…",
            Self::Withdraw => "Withdraw…",
            Self::SignOut => "Sign out…",
            Self::Block => "Block…",
            Self::Unblock => "Unblock…",
            Self::Remove => "Remove…",
            Self::Restore => "Bring back…",
            Self::Purge => "Remove for good…",
            Self::TakeOut => "Take out…",
            Self::PutIn => "Put in again…",
            Self::Unassign => "Take back…",
            Self::Assign => "Assign again…",
        }
    }

    /// What undoes it. A mail that was sent, a session or an invitation that was ended, and what is gone for good stay so.
    pub const fn undone_by(self) -> Option<Self> {
        match self {
            Self::Block => Some(Self::Unblock),
            Self::Unblock => Some(Self::Block),
            Self::Remove => Some(Self::Restore),
            Self::Restore => Some(Self::Remove),
            Self::TakeOut => Some(Self::PutIn),
            Self::PutIn => Some(Self::TakeOut),
            Self::Unassign => Some(Self::Assign),
            Self::Assign => Some(Self::Unassign),
            Self::Resend | Self::Withdraw | Self::SignOut | Self::Purge => None,
        }
    }

    /// Whether the button warns.
    pub const fn is_severe(self) -> bool {
        matches!(self, Self::Withdraw | Self::Block | Self::Remove | Self::Purge | Self::TakeOut | Self::Unassign)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::paging::Edge;

    #[test]
    fn picking_everything_stays_on_the_page() {
        let list = PageAddress::new("/users").set("kind", Some("guest"));
        let picks = Picking::of(&list, None, |list| list.beginning_at(Some(Edge::Before(7))));
        assert_eq!((picks.is_all, picks.all.as_str()), (false, "/users?kind=guest&pick=all&before=7"));
        assert_eq!(picks.filter, "kind=guest");
        let picks = Picking::of(&list, Some("all"), |list| list.beginning_at(None::<Edge<u8>>));
        assert_eq!((picks.is_all, picks.all.as_str()), (true, "/users?kind=guest&pick=all"));
    }

    #[test]
    fn every_name_is_read_again_and_no_other() {
        for (action, name) in BulkAction::NAMES {
            assert_eq!(BulkAction::parse(name), Some(action));
            assert_eq!(action.name(), name);
        }
        assert_eq!(BulkAction::parse("give-global-administrator"), None);
    }

    #[test]
    fn what_undoes_is_undone_by_what_it_undoes() {
        for (action, _) in BulkAction::NAMES {
            if let Some(other) = action.undone_by() {
                assert_eq!(other.undone_by(), Some(action));
            }
        }
    }
}
