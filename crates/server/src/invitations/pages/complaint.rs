//! What the form says about an error, and at which field.

use super::wish;
use crate::invitations::error::InviteError;
use crate::invitations::new_invitation::GROUPS;
use crate::users::UserError;

/// The field an error belongs to.
pub(super) fn field(error: &InviteError) -> &'static str {
    match error.property() {
        Some("inviteRedirectUrl") => "redirect_url",
        Some("invitedUserDisplayName") => "display_name",
        Some("customizedMessageBody") => "message",
        Some("messageLanguage") => "language",
        Some("ccRecipients") => "cc",
        Some("invitedUserSponsors") => "sponsors",
        Some("appRoleAssignments") => "assignment",
        Some(GROUPS) => GROUPS,
        Some(property) => wish::field_of(property).unwrap_or("email"),
        None => "email",
    }
}

/// What the form says about an error; `None` for one that the form cannot help with.
pub(super) fn sentence(error: &InviteError) -> Option<String> {
    Some(match error {
        InviteError::Missing(_) => "Write the address of the person you invite.".to_owned(),
        InviteError::Address(problem) => format!("This address cannot be invited: {problem}."),
        InviteError::Landing(problem) => format!("An invitation cannot lead there: {problem}."),
        InviteError::Property("ccRecipients", problem) => format!("The copy cannot be sent there: {problem}."),
        InviteError::Property("customizedMessageBody", problem) => format!("The message is too long: {problem}."),
        InviteError::Property("appRoleAssignments", problem) => format!("This cannot be given: {problem}."),
        InviteError::Property(GROUPS, problem) => format!("The guest cannot belong to this: {problem}."),
        InviteError::GroupDenied(_) => {
            "You may not put people into one of these groups: its owners and those who manage groups may.".to_owned()
        }
        InviteError::Property(_, problem) => format!("Change this: {problem}."),
        InviteError::OwnDomain => {
            "This is an address of your own organization. Its people sign in as members and need no invitation."
                .to_owned()
        }
        InviteError::MemberExists(_) | InviteError::MailOfMember => {
            "A member of your organization has this address and needs no invitation.".to_owned()
        }
        InviteError::DomainBlocked(domain) => {
            format!("Your organization does not invite people from {domain}. An administrator can change that.")
        }
        InviteError::NameTaken => "Another account has the name this guest would get.".to_owned(),
        _ => return None,
    })
}

/// What the form says about a detail of the person.
pub(super) fn of_detail(error: &UserError) -> String {
    match error {
        UserError::Invalid { property: "usageLocation", .. } => {
            "Write a country as two letters, such as PT for Portugal.".to_owned()
        }
        UserError::Invalid { problem, .. } => format!("Change this: {problem}."),
        other => format!("Change this: {other}."),
    }
}
