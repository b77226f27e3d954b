//! What the page says for the states of the features.

use super::action::Action;
use crate::invitations::State;
use crate::users::{Identity, SignInType, User};

/// How far an invitation has come.
pub(super) const fn invitation(state: State) -> &'static str {
    match state {
        State::NotSent => "No mail was sent. Whoever invited has the link.",
        State::Queued => "The mail waits to be sent.",
        State::HandedToRelay => "The mail was sent and the link not opened yet.",
        State::RefusedByRelay => "The mail was refused.",
        State::Opened => "The link was opened.",
        State::Accepted => "Accepted.",
        State::HeldByRestore => {
            "Held, because the server was restored from a backup and it may have been withdrawn since. It counts again once it is sent again."
        }
        State::Expired => "Lapsed.",
        State::Revoked => "Withdrawn.",
    }
}

/// How somebody signs in, one sentence for each way.
pub(super) fn ways_to_sign_in(user: &User, identities: &[Identity]) -> Vec<String> {
    let mut ways = Vec::new();
    if user.password_hash.is_some() {
        ways.push("A password of this organisation.".to_owned());
    }
    let outside = identities.iter().filter(|identity| identity.sign_in_type == SignInType::Federated);
    ways.extend(outside.map(|identity| match (identity.issuer.as_str(), &identity.issuer_assigned_id) {
        (Identity::MAIL_ISSUER, Some(address)) => format!("A code by mail to {address}."),
        (Identity::MAIL_ISSUER, None) => "A code by mail.".to_owned(),
        (issuer, _) => format!("The sign-in of {issuer}."),
    }));
    if ways.is_empty() {
        ways.push(
            if user.is_pending() { "Nothing yet, until the invitation is accepted." } else { "Nothing." }.to_owned(),
        );
    }
    ways
}

/// "1 app", "12 apps".
pub(in crate::portals) fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// What was done, for the page after it.
pub(super) fn done(name: &str) -> Option<&'static str> {
    match name {
        "created" => Some("The member was added."),
        "edited" => Some("What you changed was stored."),
        "unchanged" => Some("Nothing was changed: the form said what is stored."),
        "restored" => Some("Brought back, with roles, apps and sponsors."),
        "password" => Some("The password was set, and they are signed out everywhere."),
        "convert" => Some("A mail with a link is on its way. Until it is accepted, nobody gets in."),
        "reset" => Some("A mail with a new link is on its way. Until it is accepted, nobody gets in."),
        name => Action::parse(name).map(Action::done),
    }
}
