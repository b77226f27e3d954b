//! What the portal says for the names of the audit, in the words of its readers.

/// What was done, in plain words; a name without words of its own stays as it is.
pub fn plain(activity: &str) -> &str {
    match activity {
        "Invite external user" => "Invited a guest",
        "Bulk invite users - uploaded (bulk)" => "Sent a file of people to invite",
        "Bulk invite users - started (bulk)" => "Began to invite the people of a file",
        "Bulk invite users - stopped (bulk)" => "Stopped inviting the people of a file",
        "Bulk invite users - finished (bulk)" => "Invited the people of a file",
        "Redeem external user invite" => "Accepted the invitation",
        "Revoke external user invite" => "Withdrew the invitation",
        "Delete external user" => "Removed a guest",
        "Email not sent, user unsubscribed" => "Sent no mail: the mailbox wants no invitations",
        "Email subscribed" => "Wants invitations again",
        "Email unsubscribed" => "Wants no further invitations",
        "Retry email" => "Sent a mail again that was given up",
        "Restore from backup" => "Restored everything from a backup",
        "Add user" => "Added a user",
        "Update user" => "Changed a user",
        "Delete user" => "Removed a user",
        "Disable account" => "Blocked",
        "Enable account" => "Unblocked",
        "Reset user password" => "Set a password",
        "Issue recovery link" => "Made a link for somebody locked out",
        "Use recovery link" => "Used a link for somebody locked out",
        "Sign out" => "Signed out",
        "Update StsRefreshTokenValidFrom Timestamp" => "Signed out everywhere",
        "Authorization code reuse detected" => "Ended a sign-in whose code was used twice",
        "Refresh token reuse detected" => "Ended a sign-in whose token was used twice",
        "Add app role assignment grant to user" => "Gave access to an app",
        "Remove app role assignment from user" => "Took access to an app",
        "Add app role assignment to service principal" => "Gave a program a permission",
        "Remove app role assignment from service principal" => "Took a permission from a program",
        "Add application" => "Added an app",
        "Update application" => "Changed an app",
        "Delete application" => "Removed an app",
        "Update application - Certificates and secrets management" => "Changed the secrets of an app",
        "Add service principal" => "Added an app to the organisation",
        "Update service principal" => "Changed who may use an app",
        "Remove service principal" => "Removed an app from the organisation",
        "Add delegated permission grant" => "Gave an app a permission for everybody",
        "Add member to role" => "Gave an administrator role",
        "Remove member from role" => "Took an administrator role",
        "Update authorization policy" | "Update policy" => "Changed the settings",
        "Set Company Information" => "Made the organisation",
        "Add verified domain" => "Proved a domain",
        "Rotate signing key" => "Changed the signing key",
        other => other,
    }
}

/// How somebody proved who they are.
pub fn method(method: &str) -> &str {
    match method {
        "password" => "Password",
        "passcode" => "Code by mail",
        "session" => "Was signed in already",
        "secret" => "Secret of the app",
        other => other,
    }
}
