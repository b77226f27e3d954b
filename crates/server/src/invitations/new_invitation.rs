//! What an inviter asks for, checked as far as it can be without the directory.

use super::error::InviteError;
use crate::graph::Reference;
use crate::platform::ids::{AppRoleId, GroupId, InvitationId, ServicePrincipalId, UserId};
use crate::tenants::CollaborationSettings;
use crate::users::{Address, Change, UserType};
use crate::web::names;

/// The longest message, in characters. Graph publishes no limit; this is four screens of a phone.
pub const MESSAGE_LIMIT: usize = 2000;
/// The longest display name, in characters (Graph: user.displayName).
const NAME_LIMIT: usize = 256;
/// The longest language tag, in bytes.
const LANGUAGE_LIMIT: usize = 35;
/// Sponsors at most (Graph: invitation.invitedUserSponsors).
const SPONSORS: usize = 5;
/// Groups and roles of apps that one invitation gives at most, counted together. Entra's form takes as many.
pub const ASSIGNMENTS: usize = 20;
/// The property that names groups, an extension of ours.
pub const GROUPS: &str = "groups";

/// An invitation as it is asked for (Graph: invitation).
#[derive(Debug, Clone)]
pub struct NewInvitation {
    /// The id it will have, for whoever must be able to ask for the same invitation again without making a second one.
    pub id: Option<InvitationId>,
    /// `invitedUserEmailAddress`
    pub address: String,
    /// `inviteRedirectUrl`
    pub redirect_url: String,
    /// `invitedUserDisplayName`
    pub display_name: Option<String>,
    /// `invitedUserType`
    pub user_type: UserType,
    /// `sendInvitationMessage`
    pub send_mail: bool,
    /// `invitedUserMessageInfo.customizedMessageBody`
    pub message: Option<String>,
    /// `invitedUserMessageInfo.messageLanguage`
    pub language: Option<String>,
    /// The addresses of `invitedUserMessageInfo.ccRecipients`
    pub cc: Vec<String>,
    /// `invitedUserSponsors`, people and groups; `None` makes the inviting person the sponsor.
    pub sponsors: Option<Vec<Reference>>,
    /// `invitedUser`: somebody who is here already, to be converted or to prove themselves anew.
    pub invited_user: Option<UserId>,
    /// `resetRedemption`
    pub reset_redemption: bool,
    /// The version of `invited_user` that the inviter has seen, whatever it is by `None`. Graph's call has no such thing; the form of
    /// the portal does.
    pub of_version: Option<i64>,
    /// What else is known about the person. Graph's call takes none of it (its `invitedUser` takes only an id); the form
    /// of the portal does, from those who may change users.
    pub profile: Vec<Change>,
    /// The roles of apps the guest gets at once, from those who may assign them.
    pub assignments: Vec<(ServicePrincipalId, AppRoleId)>,
    /// The groups the guest belongs to at once, from those who may put people into them.
    pub groups: Vec<GroupId>,
}

impl NewInvitation {
    /// Somebody by address, led to an address, with Graph's defaults for everything else.
    pub fn new(address: impl Into<String>, redirect_url: impl Into<String>) -> Self {
        Self {
            id: None,
            address: address.into(),
            redirect_url: redirect_url.into(),
            display_name: None,
            user_type: UserType::Guest,
            send_mail: false,
            message: None,
            language: None,
            cc: Vec::new(),
            sponsors: None,
            invited_user: None,
            reset_redemption: false,
            of_version: None,
            profile: Vec::new(),
            assignments: Vec::new(),
            groups: Vec::new(),
        }
    }

    /// Checks everything that needs no look into the directory; the addresses come back in their normal form.
    pub(super) fn check(&self, settings: &CollaborationSettings) -> Result<Checked, InviteError> {
        if self.address.is_empty() {
            return Err(InviteError::Missing("invitedUserEmailAddress"));
        }
        let address = Address::parse(&self.address, settings.wide_addresses)?;
        if self.redirect_url.is_empty() {
            return Err(InviteError::Missing("inviteRedirectUrl"));
        }
        if self.reset_redemption && self.invited_user.is_none() {
            return Err(InviteError::Missing("invitedUser"));
        }
        let name = self.display_name.as_deref().map(str::trim).filter(|name| !name.is_empty());
        at_most(NAME_LIMIT, name.unwrap_or_default(), "invitedUserDisplayName")?;
        if name.is_some_and(names::holds_hidden) {
            let problem = "a name holds no control or hidden characters".to_owned();
            return Err(InviteError::Property("invitedUserDisplayName", problem));
        }
        check_words(self.message.as_deref(), self.language.as_deref())?;
        if self.cc.len() > 1 {
            return Err(InviteError::Property("ccRecipients", "at most one recipient is possible".to_owned()));
        }
        let copies = self.cc.iter().map(|cc| Address::parse(cc, true).map(|cc| cc.as_str().to_owned()));
        let cc = copies
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| InviteError::Property("ccRecipients", error.to_string()))?;
        if self.sponsors.as_ref().is_some_and(|sponsors| sponsors.len() > SPONSORS) {
            return Err(InviteError::Property(
                "invitedUserSponsors",
                format!("at most {SPONSORS} sponsors are possible"),
            ));
        }
        if self.assignments.len() + self.groups.len() > ASSIGNMENTS {
            let property = if self.assignments.len() > ASSIGNMENTS { "appRoleAssignments" } else { GROUPS };
            let problem = format!("at most {ASSIGNMENTS} groups and roles are given with one invitation");
            return Err(InviteError::Property(property, problem));
        }
        let display_name = name.map_or_else(|| address.local().to_owned(), str::to_owned);
        Ok(Checked { address, display_name, cc })
    }
}

/// The parts of an invitation that have a normal form.
pub(super) struct Checked {
    pub(super) address: Address,
    pub(super) display_name: String,
    pub(super) cc: Vec<String>,
}

fn at_most(limit: usize, text: &str, property: &'static str) -> Result<(), InviteError> {
    let length = text.chars().count();
    if length <= limit {
        return Ok(());
    }
    Err(InviteError::Property(property, format!("it has {length} characters; at most {limit} are possible")))
}

/// Checks the inviter's words, and the language they ask for.
pub fn check_words(message: Option<&str>, language: Option<&str>) -> Result<(), InviteError> {
    at_most(MESSAGE_LIMIT, message.unwrap_or_default(), "customizedMessageBody")?;
    check_language(language)
}

/// A tag such as `de-AT` (RFC 5646). One we have no texts for is no error: the next language in line is used.
fn check_language(tag: Option<&str>) -> Result<(), InviteError> {
    let is_tag = |tag: &str| {
        tag.len() <= LANGUAGE_LIMIT
            && tag.split('-').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
    };
    match tag {
        Some(tag) if !is_tag(tag) => {
            Err(InviteError::Property("messageLanguage", "it is no language tag such as en-US".to_owned()))
        }
        _ => Ok(()),
    }
}
