//! What the pages say of an action.

use super::list::List;
use super::weigh::Sum;
use crate::portals::guest::{Action, counted};
use crate::web::picks::BulkAction;

/// What stands before and behind the number on the button that does it.
const fn phrase(action: BulkAction, list: List) -> (&'static str, &'static str) {
    match action {
        BulkAction::Resend if matches!(list, List::Users) => ("Send", " the invitation again"),
        BulkAction::Resend => ("Send", " again"),
        BulkAction::Withdraw => ("Withdraw", ""),
        BulkAction::SignOut => ("Sign", " out everywhere"),
        BulkAction::Block => ("Block", ""),
        BulkAction::Unblock => ("Unblock", ""),
        BulkAction::Remove => ("Remove", ""),
        BulkAction::Restore => ("Bring", " back"),
        BulkAction::Purge => ("Remove", " for good"),
        BulkAction::TakeOut => ("Take", " out"),
        BulkAction::PutIn => ("Put", " in again"),
        BulkAction::Unassign => ("Take", " back"),
        BulkAction::Assign => ("Give", " again"),
    }
}

/// What has happened to them.
const fn participle(action: BulkAction) -> &'static str {
    match action {
        BulkAction::Resend => "sent again",
        BulkAction::Withdraw => "withdrawn",
        BulkAction::SignOut => "signed out everywhere",
        BulkAction::Block => "blocked and signed out everywhere",
        BulkAction::Unblock => "unblocked",
        BulkAction::Remove => "removed",
        BulkAction::Restore => "brought back",
        BulkAction::Purge => "removed for good",
        BulkAction::TakeOut => "taken out",
        BulkAction::PutIn => "put in again",
        BulkAction::Unassign => "taken back",
        BulkAction::Assign => "given again",
    }
}

/// The question, or without its mark what the button says that does it.
pub(super) fn verb(action: BulkAction, list: List, number: usize) -> String {
    let (before, behind) = phrase(action, list);
    format!("{before} {}{behind}", list.counted(number))
}

/// What was done.
pub(super) fn done(action: BulkAction, list: List, number: usize) -> String {
    if action == BulkAction::Resend {
        return format!("{} on the way.", counted(number, "mail with a new link is", "mails with new links are"));
    }
    format!("{} {}.", were(list, number), participle(action))
}

/// What was not done.
pub(super) fn failed(action: BulkAction, list: List, number: usize) -> String {
    let word = match action {
        BulkAction::SignOut => "signed out",
        BulkAction::Block => "blocked",
        action => participle(action),
    };
    match (action, list) {
        (BulkAction::Resend, List::Users) => format!("{} no mail.", counted(number, "person gets", "people get")),
        _ => format!("{} not {word}.", were(list, number)),
    }
}

fn were(list: List, number: usize) -> String {
    format!("{} {}", list.counted(number), if number == 1 { "was" } else { "were" })
}

/// What follows, with numbers.
pub(super) fn consequences(action: BulkAction, list: List, sum: &Sum) -> String {
    match (action, list) {
        (BulkAction::Remove, List::Groups) => {
            let people = counted(sum.members, "member", "members");
            let apps = counted(sum.apps.len(), "app", "apps");
            format!(
                "{people} lose the way into {apps} that came by these groups. For 30 days all of it can be brought \
                 back."
            )
        }
        (BulkAction::Remove, List::Apps) => {
            let assigned = counted(sum.assigned, "assignment", "assignments");
            let secrets = counted(sum.secrets, "secret", "secrets");
            format!(
                "Nobody can sign in to them any more, {assigned} and {secrets} stop counting. For 30 days all of it can be \
                 brought back."
            )
        }
        (BulkAction::Remove, List::Principals) => {
            let assigned = counted(sum.assigned, "assignment", "assignments");
            format!(
                "Nobody can sign in to these apps any more, and {assigned} stop counting. Their registrations stay. For 30 \
                 days all of it can be brought back."
            )
        }
        (BulkAction::Restore, List::Groups) => "They are there again, with their members, owners and apps.".to_owned(),
        (BulkAction::Restore, List::Apps) => {
            "They are there again, with their secrets, owners and the people assigned to them.".to_owned()
        }
        (BulkAction::Restore, List::Principals) => {
            "They are there again, with their assignments, grants and secrets. Tokens of before stay void.".to_owned()
        }
        (BulkAction::Purge, _) => lost(list, sum),
        (BulkAction::Resend, List::Invitations) => {
            let open = counted(sum.invited, "invitation is", "invitations are");
            format!("{open} still open. Each gets one mail with a new link, and every link sent before stops working.")
        }
        (BulkAction::Withdraw, _) => {
            let open = counted(sum.invited, "invitation is", "invitations are");
            format!(
                "{open} still open. Their links stop working. The guests stay listed as invited, can open nothing, and are \
                 told nothing. A withdrawn invitation cannot be brought back, only a new one sent."
            )
        }
        (BulkAction::TakeOut, _) => {
            let apps = counted(sum.apps.len(), "app", "apps");
            format!("The way into {apps} that came by this group ends with it.")
        }
        (BulkAction::PutIn, _) => {
            let apps = counted(sum.apps.len(), "app", "apps");
            format!("They have the way into {apps} by this group again.")
        }
        (BulkAction::Unassign, _) => "Whoever has no other way into the app loses it.".to_owned(),
        (BulkAction::Assign, _) => "They have the way into the app again, in the roles they had.".to_owned(),
        (action, _) => for_people(action, sum),
    }
}

/// The same of users.
fn for_people(action: BulkAction, sum: &Sum) -> String {
    let apps = counted(sum.apps.len(), "app", "apps");
    let apps = if sum.has_more_apps { format!("at least {apps}") } else { apps };
    let browsers = counted(sum.sessions, "browser", "browsers");
    let also = match sum.sessions {
        0 => String::new(),
        _ => format!(" and are signed out of {browsers} within a minute"),
    };
    match action {
        BulkAction::Resend => {
            let invited = counted(sum.invited, "person has", "people have");
            format!(
                "{invited} yet to accept and get one mail each with a new link. Every link sent before stops working. Nobody \
                 else gets a mail."
            )
        }
        BulkAction::SignOut if sum.sessions == 0 => "They are signed in nowhere now, and can sign in again.".to_owned(),
        BulkAction::SignOut => format!("They are signed out of {browsers} within a minute, and can sign in again."),
        BulkAction::Block => format!(
            "They lose the way into {apps}{also}. The accounts, their roles and their access stay: unblocked, they have them \
             again."
        ),
        BulkAction::Unblock => format!("They can sign in again and have the way into {apps}."),
        BulkAction::Restore => "They are there again, with their roles, apps and sponsors.".to_owned(),
        _ => format!(
            "They lose the way into {apps}{also}, and are taken off the list of users with {}. For 30 days all of it can be \
             brought back.",
            counted(sum.roles, "role", "roles")
        ),
    }
}

/// What nobody can bring back.
fn lost(list: List, sum: &Sum) -> String {
    let what = match list {
        List::Groups => format!(
            "Who belongs to them ({}), their owners, and the access to apps that comes by them are lost.",
            counted(sum.members, "member", "members")
        ),
        List::Apps => format!(
            "Their registration and client ids, {}, certificates, roles, and who may use them are lost. An app that is made \
             anew has another client id, and has to be set up again.",
            counted(sum.secrets, "secret", "secrets")
        ),
        List::Principals => format!(
            "Who may use these apps, what they were granted, {} of their own, their groups and their roles are lost. The \
             registrations stay; a service principal that is added anew has nothing of this.",
            counted(sum.secrets, "secret", "secrets")
        ),
        _ => format!(
            "Their accounts with {}, how they sign in, their groups, their access to apps and their invitations are lost. \
             Whoever is invited again comes as somebody new.",
            counted(sum.roles, "role", "roles")
        ),
    };
    format!("{what} Nobody can bring this back. What the logs say of them stays.")
}

/// The call that does it for one of them.
pub(super) fn call(action: BulkAction, list: List) -> (&'static str, String) {
    const ASSIGNED: &str = "/v1.0/servicePrincipals/{servicePrincipal-id}/appRoleAssignedTo";
    let of_one = match action {
        BulkAction::Resend => Action::Resend,
        BulkAction::Withdraw => Action::Withdraw,
        BulkAction::SignOut => Action::SignOut,
        BulkAction::Block => Action::Block,
        BulkAction::Unblock => Action::Unblock,
        BulkAction::Remove => match list {
            List::Groups => return ("DELETE", "/v1.0/groups/{id}".to_owned()),
            List::Apps => return ("DELETE", "/v1.0/applications/{id}".to_owned()),
            List::Principals => return ("DELETE", "/v1.0/servicePrincipals/{id}".to_owned()),
            _ => Action::Remove,
        },
        BulkAction::Restore => return ("POST", "/v1.0/directory/deletedItems/{id}/restore".to_owned()),
        BulkAction::Purge => return ("DELETE", "/v1.0/directory/deletedItems/{id}".to_owned()),
        BulkAction::TakeOut => return ("DELETE", format!("/v1.0{}/members/{{id}}/$ref", list.path())),
        BulkAction::PutIn => {
            let reference = "{ \"@odata.id\": \"…/directoryObjects/{id}\" }";
            return ("POST", format!("/v1.0{}/members/$ref\n{reference}", list.path()));
        }
        BulkAction::Unassign => return ("DELETE", format!("{ASSIGNED}/{{id}}")),
        BulkAction::Assign => {
            let body = "{ \"principalId\": \"…\", \"resourceId\": \"…\", \"appRoleId\": \"…\" }";
            return ("POST", format!("{ASSIGNED}\n{body}"));
        }
    };
    of_one.call("{id}", "{id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_spoken_of_as_one() {
        assert_eq!(done(BulkAction::Remove, List::Users, 1), "1 person was removed.");
        assert_eq!(done(BulkAction::Remove, List::Groups, 2), "2 groups were removed.");
        assert_eq!(done(BulkAction::Resend, List::Users, 2), "2 mails with new links are on the way.");
        assert_eq!(failed(BulkAction::Block, List::Users, 1), "1 person was not blocked.");
        assert_eq!(failed(BulkAction::Resend, List::Invitations, 1), "1 invitation was not sent again.");
        assert_eq!(verb(BulkAction::Block, List::Users, 3), "Block 3 people");
        assert_eq!(verb(BulkAction::Restore, List::Apps, 1), "Bring 1 app back");
    }

    #[test]
    fn a_call_is_shown_for_everything_that_can_be_done() {
        for list in [List::Users, List::Groups, List::Apps, List::Principals, List::Invitations] {
            for (action, _) in BulkAction::NAMES.into_iter().filter(|(action, _)| list.takes(*action)) {
                assert!(call(action, list).1.contains("{id}"), "{action:?} {list:?}");
            }
        }
        assert!(consequences(BulkAction::Purge, List::Users, &Sum::default()).contains("Nobody can bring this back."));
    }
}
