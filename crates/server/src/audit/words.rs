//! What the portal says for the names of the audit, in the words of its readers.

use super::plain::PLAIN;
use super::reads::Answered;

/// What was done, in plain words; a name without words of its own stays as it is.
pub fn plain(activity: &str) -> &str {
    PLAIN.iter().find(|(known, _)| *known == activity).map_or(activity, |(_, words)| words)
}

/// What the reason of a redemption begins with whose link opens no invitation.
pub const REJECTED: &str = "redeem.rejected: ";

/// What was tried, for a change that was refused: some of them have no plain word that says less than "done".
pub fn tried<'w>(activity: &'w str, reason: &str) -> &'w str {
    match activity {
        "Redeem external user invite" if reason.starts_with(REJECTED) => "Opened a link that opens no invitation",
        "Redeem external user invite" => "Opened the invitation of somebody else",
        "Use recovery link" => "Opened a link for somebody locked out that works no more",
        "Change user password" => "Tried to change their own password",
        other => plain(other),
    }
}

/// What an administrator can do about a change that was refused.
pub fn advice_on_change(activity: &str, reason: &str) -> &'static str {
    match activity {
        "Redeem external user invite" if reason.starts_with(REJECTED) => {
            "Nothing was changed. If a guest says that their link does not open, send the invitation again."
        }
        "Redeem external user invite" => {
            "Nothing was changed, and the link still works for its guest. If both addresses are the same person's, they sign out and open it again, or you invite the other address."
        }
        "Use recovery link" => "Nothing was changed. If the person is still locked out, make a new link on the server.",
        "Change user password" => {
            "Nothing was changed. If the person did not try it themselves, somebody else holds what an app was given: sign them out everywhere."
        }
        "Bulk invite users - stopped (bulk)" => {
            "Who was invited before stays invited. The page of the file says how far it came."
        }
        "Authorization code reuse detected" | "Refresh token reuse detected" => {
            "Signing in again lets the person in. If it happens again, look whether somebody else holds what the app was given."
        }
        _ => {
            "Nothing was changed. Whoever tried needs another role or permission, or the object stood in the way, as the reason says."
        }
    }
}

/// Why something was refused, as sentences: the log keeps a name for programs in front of some, and some without a full
/// stop.
pub fn reason(text: &str) -> String {
    let text = text.strip_prefix(REJECTED).unwrap_or(text).trim_end();
    let mut letters = text.chars();
    let Some(first) = letters.next() else { return String::new() };
    let end = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{}{}{end}", first.to_uppercase(), letters.as_str())
}

/// The kinds of change: the category in the log, and the word for it.
pub const CATEGORIES: [(&str, &str); 7] = [
    ("UserManagement", "People"),
    ("GroupManagement", "Groups"),
    ("ApplicationManagement", "Apps"),
    ("RoleManagement", "Administrators"),
    ("DirectoryManagement", "Organisation"),
    ("AuthorizationPolicy", "Rights"),
    ("Policy", "Settings"),
];

/// What guests read most: the kind in the log, and the word for it.
pub const READS: [(&str, &str); 6] = [
    ("me", "Themselves"),
    ("users", "People"),
    ("groups", "Groups"),
    ("servicePrincipals", "Apps"),
    ("invitations", "Invitations"),
    ("myApps", "My Apps"),
];

/// What guests read less often, or are refused.
const RARE_READS: [(&str, &str); 35] = [
    ("applications", "Registrations of apps"),
    ("apps", "Pages of apps"),
    ("auditLogs", "Logs"),
    ("bulkInvitations", "Files of people to invite"),
    ("changes", "Log of changes"),
    ("collaborationSettings", "Settings for guests"),
    ("consent-requests", "App requests"),
    ("consent-rules", "Rules of what people may let apps do"),
    ("directory", "Removed people, groups and apps"),
    ("directoryObjects", "Objects of any kind"),
    ("directoryRoleTemplates", "List of roles"),
    ("directoryRoles", "Who holds a role"),
    ("domains", "Domains"),
    ("guestsWithoutSponsor", "Guests without a sponsor"),
    ("health", "Health of the server"),
    ("identityGovernance", "What people asked for apps"),
    ("jobs", "Jobs"),
    ("leave", "What leaving the organisation would end"),
    ("mail", "Mail"),
    ("mails", "List of mails"),
    ("oauth2PermissionGrants", "What apps may do for people"),
    ("organization", "The organisation"),
    ("organizations", "List of organisations"),
    ("overview", "Overview"),
    ("permissions", "What apps may do for them"),
    ("policies", "Policies"),
    ("reads", "Log of reads by guests"),
    ("requests", "Everything of one request"),
    ("roleManagement", "Assignments of roles"),
    ("low-risk", "Permissions of low risk"),
    ("roles", "Roles"),
    ("settings", "Settings"),
    ("sign-ins", "Log of sign-ins"),
    ("subscriptions", "Who is told of changes"),
    ("{*rest}", "A page that is not there"),
];

/// The word for what a guest read; one without a word stays as it is.
pub fn kind_of_read(kind: &str) -> &str {
    READS.iter().chain(&RARE_READS).find(|(known, _)| *known == kind).map_or(kind, |(_, word)| word)
}

/// The word for how a read was answered.
pub const fn answer(answered: Answered) -> &'static str {
    match answered {
        Answered::Served => "Answered",
        Answered::Refused => "Refused",
        Answered::NotFound => "Nothing there",
    }
}

/// How a read can be answered: the result in the log, and the word for it.
pub const ANSWERS: [(&str, &str); 3] =
    [with_word(Answered::Served), with_word(Answered::Refused), with_word(Answered::NotFound)];

const fn with_word(answered: Answered) -> (&'static str, &'static str) {
    (answered.as_str(), answer(answered))
}

/// The word for a category; one without a word stays as it is.
pub fn category(category: &str) -> &str {
    CATEGORIES.iter().find(|(known, _)| *known == category).map_or(category, |(_, word)| word)
}

/// How a sign-in came about: whether a person stood at a page, and if not, who asked.
pub fn kind_of_sign_in(is_interactive: bool, is_program: bool, method: Option<&str>) -> &'static str {
    match (is_interactive, is_program, method) {
        (true, ..) => "A person at a page",
        (_, true, _) => "A program by itself",
        (.., Some("session")) => "An app in a browser that was signed in already, without a page",
        _ => "An app by itself, for a person",
    }
}

/// How somebody proved who they are.
pub fn method(method: &str) -> &str {
    match method {
        "password" => "Password",
        "passcode" => "Code by mail",
        "session" => "Was signed in already",
        "secret" => "Secret of the app",
        "certificate" => "Certificate of the app",
        "federated" => "Token of an issuer elsewhere",
        other => other,
    }
}

/// The same at the end of a sentence.
pub fn by_means_of(method: &str) -> &'static str {
    match method {
        "password" => " by password",
        "passcode" => " by a code sent by mail",
        "session" => " because they were signed in already",
        "secret" => " by a secret",
        "certificate" => " by a certificate",
        "federated" => " by a token of an issuer elsewhere",
        _ => "",
    }
}

/// What an administrator can do about a sign-in that was refused with this number behind `AADSTS`.
pub fn advice(code: i64) -> &'static str {
    match code {
        50126 => {
            "Let the person try again, and mind capitals. If they have forgotten the password, set a new one on their page."
        }
        50055 => "The person was led to the page that sets a new password. They sign in with that one.",
        50034 | 51004 => "Nobody here has this name. Look for a slip in the address, or invite the person.",
        50053 | 50196 => {
            "Too many attempts: it opens by itself after a while. If it was not the person, set a new password on their page."
        }
        50057 => "The account is blocked. Unblock it on the person's page if they shall come in.",
        50014 => "The guest has not accepted the invitation yet. Send it again from the list of invitations.",
        50020 => {
            "They were signed in and opened somebody else's invitation. If both addresses are theirs, they sign out and open it again, or you invite the other address."
        }
        90072 => "This person is no guest here. Invite them with the address they sign in with.",
        50105 => "Give the person access on the page of the app, or open the app to everybody.",
        65001 | 90094 => {
            "The app asks for a permission nobody has granted. Grant it on the page of the app, if it shall have it."
        }
        65004 => "The person cancelled. Nothing is wrong; they can begin again.",
        50058 | 16000 => {
            "The app asked without showing a page, and somebody had to do something. Apps go on with a page by themselves."
        }
        50011 => {
            "The app sent an address that is not registered. Add it on the page of the app, exactly as the app sends it."
        }
        700_016 => "No app with this id is registered here. Compare the id in the app's settings with its page.",
        7_000_112 => "The app is switched off. Switch it on again on its page if it shall be used.",
        700_027 => {
            "What the app signed to prove itself is not good. Compare the certificate on its page with the one the app uses."
        }
        700_211..=700_213 => {
            "The app showed a token that none of its federated credentials names. Compare issuer, subject and audience, letter by letter."
        }
        50166 => {
            "The issuer whose token the app showed did not tell its keys. Look whether its address can be reached from this server."
        }
        700_024 => {
            "The clock of the app is off, or what it signed came from another address before. Look at its clock, and by which addresses it goes out."
        }
        7_000_215 => "The app sent a wrong secret. Make a new one on its page and put it into the app's settings.",
        7_000_222 => {
            "The secret of the app has expired. Make a new one on its page and put it into the app's settings."
        }
        7_000_216 | 7_000_218 | 700_025 | 70002 => {
            "The app proves itself in another way than it is registered for. Look at its kind and its secrets."
        }
        50194 => "The app belongs to one organization. Use the address of that organization in the app's settings.",
        70000 | 70008 | 54005 | 501_481 | 50173 | 700_082 | 700_084 => {
            "The app holds a code or token that is no longer good. Signing in again gives it a new one."
        }
        130_501 => {
            "Guests are not let in by codes. Switch them on in the settings, or let the person be a member with a password."
        }
        53003 | 50076 | 50078 | 50079 | 70043 => {
            "A policy asks for more. Look at what it needs, and whether it shall hold for this person."
        }
        500_212 | 500_213 => {
            "One of the two organizations does not let this person cross over. Look at the settings for that organization."
        }
        90002 => "The app asks for an organization that does not exist. Look at the address in its settings.",
        90033 => "Something was wrong on our side. Look into the server's own log with the correlation id.",
        _ => "Pass the number and the correlation id on to whoever looks after the app.",
    }
}

#[cfg(test)]
mod tests {
    use super::super::Activity;
    use super::*;

    #[test]
    fn everything_the_audit_can_write_has_plain_words() {
        for activity in Activity::ALL {
            let name = activity.name();
            assert_ne!(plain(name), name);
            let kind = activity.category();
            assert_ne!(category(kind), kind, "{name}");
        }
        let names: std::collections::BTreeSet<_> = PLAIN.iter().map(|(name, _)| name).collect();
        assert_eq!(names.len(), PLAIN.len(), "a name stands there twice");
    }

    #[test]
    fn reads_can_be_narrowed_to_every_answer() {
        let results: Vec<_> = ANSWERS.iter().map(|(result, _)| Answered::parse(result)).collect();
        assert_eq!(results, Answered::ALL.iter().copied().map(Some).collect::<Vec<_>>());
    }

    #[test]
    fn reasons_are_sentences_without_names_for_programs() {
        for (written, read) in [
            ("redeem.rejected: the link was never sent from here.", "The link was never sent from here."),
            ("The user is blocked", "The user is blocked."),
            (
                "The user is blocked. More of this hour are not listed.",
                "The user is blocked. More of this hour are not listed.",
            ),
            ("", ""),
        ] {
            assert_eq!(reason(written), read);
        }
    }
}
