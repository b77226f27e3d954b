//! What the directory audit tells of.

use serde_json::{Value, json};
use uuid::Uuid;

macro_rules! activities {
    ($($(#[$meta:meta])* $name:ident = $text:literal, $service:literal, $category:literal, $operation:literal;)+) => {
        /// What was done (`activityDisplayName`).
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Activity { $($(#[$meta])* $name),+ }

        impl Activity {
            /// All of them.
            #[cfg(test)]
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// Name, service, category and kind of operation as the log writes them.
            pub(super) const fn words(self) -> (&'static str, &'static str, &'static str, &'static str) {
                match self { $(Self::$name => ($text, $service, $category, $operation)),+ }
            }

            /// The name in the log.
            pub const fn name(self) -> &'static str {
                self.words().0
            }

            /// The category in the log.
            #[cfg(test)]
            pub const fn category(self) -> &'static str {
                self.words().2
            }
        }
    };
}

activities! {
    /// A guest was invited.
    InviteExternalUser = "Invite external user", "Invited Users", "UserManagement", "Add";
    /// A guest was invited to prove themselves anew.
    ResetRedemption = "Invite external user with reset invitation status", "Invited Users", "UserManagement", "Update";
    /// Somebody of the house was invited to sign in from outside.
    ConvertToExternal = "Invite internal user to B2B collaboration", "Invited Users", "UserManagement", "Update";
    /// A file of people to invite was sent.
    SendBulkInvite = "Bulk invite users - uploaded (bulk)", "Azure AD Management UX", "UserManagement", "Add";
    /// The people of a file began to be invited.
    StartBulkInvite = "Bulk invite users - started (bulk)", "Azure AD Management UX", "UserManagement", "Update";
    /// Inviting the people of a file ended before its end.
    StopBulkInvite = "Bulk invite users - stopped (bulk)", "Azure AD Management UX", "UserManagement", "Update";
    /// Inviting the people of a file went on after it had failed too often.
    ResumeBulkInvite = "Bulk invite users - resumed (bulk)", "Azure AD Management UX", "UserManagement", "Update";
    /// Every row of a file has its result.
    FinishBulkInvite = "Bulk invite users - finished (bulk)", "Azure AD Management UX", "UserManagement", "Update";
    /// A guest accepted, or a redemption was refused.
    RedeemExternalUserInvite = "Redeem external user invite", "Invited Users", "UserManagement", "Update";
    /// A guest proved who they are, by which they accepted (Entra spells it so).
    RedeemExternUserInvite = "Redeem extern user invite", "B2B Auth", "UserManagement", "Update";
    /// An invitation was withdrawn.
    RevokeExternalUserInvite = "Revoke external user invite", "Invited Users", "UserManagement", "Update";
    /// A guest was removed.
    DeleteExternalUser = "Delete external user", "Invited Users", "UserManagement", "Delete";
    /// A mailbox wants no invitations, so none was sent.
    MailNotSentUnsubscribed = "Email not sent, user unsubscribed", "Invited Users", "UserManagement", "Update";
    /// A mailbox wants invitations again.
    MailSubscribed = "Email subscribed", "Invited Users", "UserManagement", "Update";
    /// A mailbox wants no further invitations.
    MailUnsubscribed = "Email unsubscribed", "Invited Users", "UserManagement", "Update";
    /// A mail that was given up is tried again.
    RetryMail = "Retry email", "Invited Users", "UserManagement", "Update";
    /// A user was added.
    AddUser = "Add user", "Core Directory", "UserManagement", "Add";
    /// A user was changed.
    UpdateUser = "Update user", "Core Directory", "UserManagement", "Update";
    /// A user was deleted.
    DeleteUser = "Delete user", "Core Directory", "UserManagement", "Delete";
    /// A deleted user was brought back.
    RestoreUser = "Restore user", "Core Directory", "UserManagement", "Update";
    /// A deleted user was removed for good.
    PurgeUser = "Hard Delete user", "Core Directory", "UserManagement", "Delete";
    /// A user was blocked.
    DisableAccount = "Disable account", "Core Directory", "UserManagement", "Update";
    /// A user was unblocked.
    EnableAccount = "Enable account", "Core Directory", "UserManagement", "Update";
    /// A password was set.
    ResetPassword = "Reset user password", "Core Directory", "UserManagement", "Update";
    /// Whether a password must be changed at the next sign-in was decided.
    ForcePasswordChange = "Set force change user password", "Core Directory", "UserManagement", "Update";
    /// Somebody changed their own password, or tried to without knowing it.
    ChangePassword = "Change user password", "Core Directory", "UserManagement", "Update";
    /// A one-time link for somebody locked out was made.
    IssueRecoveryLink = "Issue recovery link", "Core Directory", "UserManagement", "Update";
    /// A one-time link for somebody locked out was used, or presented when it was dead.
    UseRecoveryLink = "Use recovery link", "Core Directory", "UserManagement", "Update";
    /// Somebody ended their session in a browser, by a page of ours or at the wish of an app.
    SignOut = "Sign out", "Core Directory", "UserManagement", "Update";
    /// All sessions of a user ended.
    RevokeSessions = "Update StsRefreshTokenValidFrom Timestamp", "Core Directory", "UserManagement", "Update";
    /// An authorization code was presented twice; what it had led to ended.
    CodeReuse = "Authorization code reuse detected", "Core Directory", "UserManagement", "Update";
    /// A refresh token was presented twice; its whole family ended.
    RefreshTokenReuse = "Refresh token reuse detected", "Core Directory", "UserManagement", "Update";
    /// An app gave back what somebody had granted it.
    RevokeGrant = "Revoke tokens of an app", "Core Directory", "UserManagement", "Update";
    /// A user was assigned to an app.
    AssignUser = "Add app role assignment grant to user", "Core Directory", "UserManagement", "Assign";
    /// A user was unassigned from an app.
    UnassignUser = "Remove app role assignment from user", "Core Directory", "UserManagement", "Unassign";
    /// A group was assigned to an app.
    AssignGroup = "Add app role assignment to group", "Core Directory", "GroupManagement", "Assign";
    /// A group was unassigned from an app.
    UnassignGroup = "Remove app role assignment from group", "Core Directory", "GroupManagement", "Unassign";
    /// A program was given a permission or role.
    AssignServicePrincipal = "Add app role assignment to service principal", "Core Directory", "ApplicationManagement", "Assign";
    /// A permission or role was taken from a program.
    UnassignServicePrincipal = "Remove app role assignment from service principal", "Core Directory", "ApplicationManagement", "Unassign";
    /// A group was made.
    AddGroup = "Add group", "Core Directory", "GroupManagement", "Add";
    /// A group was changed.
    UpdateGroup = "Update group", "Core Directory", "GroupManagement", "Update";
    /// A group was deleted.
    DeleteGroup = "Delete group", "Core Directory", "GroupManagement", "Delete";
    /// A deleted group was brought back.
    RestoreGroup = "Restore group", "Core Directory", "GroupManagement", "Update";
    /// A deleted group was removed for good.
    PurgeGroup = "Hard Delete group", "Core Directory", "GroupManagement", "Delete";
    /// Somebody or something became a member of a group.
    AddGroupMember = "Add member to group", "Core Directory", "GroupManagement", "Assign";
    /// Somebody or something is a member of a group no longer.
    RemoveGroupMember = "Remove member from group", "Core Directory", "GroupManagement", "Unassign";
    /// Somebody or something became an owner of a group.
    AddGroupOwner = "Add owner to group", "Core Directory", "GroupManagement", "Assign";
    /// Somebody or something is an owner of a group no longer.
    RemoveGroupOwner = "Remove owner from group", "Core Directory", "GroupManagement", "Unassign";
    /// An application was registered.
    AddApplication = "Add application", "Core Directory", "ApplicationManagement", "Add";
    /// An application was changed.
    UpdateApplication = "Update application", "Core Directory", "ApplicationManagement", "Update";
    /// A deleted application was brought back.
    RestoreApplication = "Restore application", "Core Directory", "ApplicationManagement", "Update";
    /// A deleted application was removed for good.
    PurgeApplication = "Hard Delete application", "Core Directory", "ApplicationManagement", "Delete";
    /// An application was deleted.
    DeleteApplication = "Delete application", "Core Directory", "ApplicationManagement", "Delete";
    /// Somebody or something became an owner of an application.
    AddApplicationOwner = "Add owner to application", "Core Directory", "ApplicationManagement", "Assign";
    /// Somebody or something is an owner of an application no longer.
    RemoveApplicationOwner = "Remove owner from application", "Core Directory", "ApplicationManagement", "Unassign";
    /// Somebody or something became an owner of a service principal.
    AddServicePrincipalOwner = "Add owner to service principal", "Core Directory", "ApplicationManagement", "Assign";
    /// Somebody or something is an owner of a service principal no longer.
    RemoveServicePrincipalOwner = "Remove owner from service principal", "Core Directory", "ApplicationManagement", "Unassign";
    /// A secret was added or removed.
    ManageCredentials = "Update application - Certificates and secrets management", "Core Directory", "ApplicationManagement", "Update";
    /// A secret was added to a service principal.
    AddServicePrincipalCredentials = "Add service principal credentials", "Core Directory", "ApplicationManagement", "Update";
    /// A secret was taken from a service principal.
    RemoveServicePrincipalCredentials = "Remove service principal credentials", "Core Directory", "ApplicationManagement", "Update";
    /// An application was added to the tenant.
    AddServicePrincipal = "Add service principal", "Core Directory", "ApplicationManagement", "Add";
    /// A service principal was changed.
    UpdateServicePrincipal = "Update service principal", "Core Directory", "ApplicationManagement", "Update";
    /// A service principal was removed.
    DeleteServicePrincipal = "Remove service principal", "Core Directory", "ApplicationManagement", "Delete";
    /// A deleted service principal was brought back.
    RestoreServicePrincipal = "Restore service principal", "Core Directory", "ApplicationManagement", "Update";
    /// A deleted service principal was removed for good.
    PurgeServicePrincipal = "Hard Delete service principal", "Core Directory", "ApplicationManagement", "Delete";
    /// An app was granted delegated permissions, by the API or the admin centre.
    AddDelegatedGrant = "Add delegated permission grant", "Core Directory", "ApplicationManagement", "Assign";
    /// Delegated permissions were taken from an app.
    RemoveDelegatedGrant = "Remove delegated permission grant", "Core Directory", "ApplicationManagement", "Unassign";
    /// Somebody granted an app what its page asked for, for themselves or for everybody.
    ConsentToApplication = "Consent to application", "Core Directory", "ApplicationManagement", "Assign";
    /// Somebody asked an administrator to let an app act for everybody.
    RequestConsent = "Request consent to application", "Core Directory", "ApplicationManagement", "Add";
    /// What people asked for an app was granted.
    ApproveConsentRequest = "Approve consent request", "Core Directory", "ApplicationManagement", "Update";
    /// What people asked for an app was not granted.
    DenyConsentRequest = "Deny consent request", "Core Directory", "ApplicationManagement", "Update";
    /// What somebody asked for an app was not answered in time.
    ExpireConsentRequest = "Expire consent request", "Core Directory", "ApplicationManagement", "Update";
    /// Nobody is to ask for an app any more.
    BlockConsentRequests = "Block consent requests", "Core Directory", "ApplicationManagement", "Update";
    /// People may ask for an app again.
    UnblockConsentRequests = "Unblock consent requests", "Core Directory", "ApplicationManagement", "Update";
    /// Whether people may ask an administrator about apps, or who looks at it, was changed.
    UpdateConsentRequestPolicy = "Update admin consent request policy", "Core Directory", "Policy", "Update";
    /// A policy of what people may consent to was made.
    AddGrantPolicy = "Add permission grant policy", "Core Directory", "Policy", "Add";
    /// A policy of what people may consent to was changed.
    UpdateGrantPolicy = "Update permission grant policy", "Core Directory", "Policy", "Update";
    /// A policy of what people may consent to was removed.
    DeleteGrantPolicy = "Delete permission grant policy", "Core Directory", "Policy", "Delete";
    /// How much risk there is in a permission was said.
    AddClassification = "Add delegated permission classification", "Core Directory", "ApplicationManagement", "Add";
    /// It was taken back how much risk there is in a permission.
    DeleteClassification = "Delete delegated permission classification", "Core Directory", "ApplicationManagement", "Delete";
    /// A policy of how long tokens are good was made.
    AddTokenLifetimePolicy = "Add token lifetime policy", "Core Directory", "Policy", "Add";
    /// A policy of how long tokens are good was changed.
    UpdateTokenLifetimePolicy = "Update token lifetime policy", "Core Directory", "Policy", "Update";
    /// A policy of how long tokens are good was removed.
    DeleteTokenLifetimePolicy = "Delete token lifetime policy", "Core Directory", "Policy", "Delete";
    /// An application was given a policy.
    AddApplicationPolicy = "Add policy to application", "Core Directory", "Policy", "Assign";
    /// A policy was taken from an application.
    RemoveApplicationPolicy = "Remove policy from application", "Core Directory", "Policy", "Unassign";
    /// A service principal was given a policy.
    AddServicePrincipalPolicy = "Add policy to service principal", "Core Directory", "Policy", "Assign";
    /// A policy was taken from a service principal.
    RemoveServicePrincipalPolicy = "Remove policy from service principal", "Core Directory", "Policy", "Unassign";
    /// A role was given.
    AddRoleMember = "Add member to role", "Core Directory", "RoleManagement", "Assign";
    /// A role was taken.
    RemoveRoleMember = "Remove member from role", "Core Directory", "RoleManagement", "Unassign";
    /// The authorization policy was changed.
    UpdateAuthorizationPolicy = "Update authorization policy", "Core Directory", "AuthorizationPolicy", "Update";
    /// By which methods people sign in was changed.
    UpdateAuthenticationMethods = "Authentication Methods Policy Update", "Authentication Methods", "ApplicationManagement", "Update";
    /// A list of domains was made: from then on not everybody's domain is let in.
    AddDomainList = "Add policy", "Core Directory", "Policy", "Add";
    /// The list of domains was given up.
    DeleteDomainList = "Delete policy", "Core Directory", "Policy", "Delete";
    /// The list of domains or another setting of collaboration was changed.
    UpdateCollaborationSettings = "Update policy", "Core Directory", "Policy", "Update";
    /// A tenant was made.
    AddTenant = "Create Company", "Core Directory", "DirectoryManagement", "Add";
    /// What guests are told about a tenant was changed.
    UpdateOrganization = "Set Company Information", "Core Directory", "DirectoryManagement", "Update";
    /// A domain was named that is to be proved.
    AddUnverifiedDomain = "Add unverified domain", "Core Directory", "DirectoryManagement", "Add";
    /// A domain that was not proved was given up.
    RemoveUnverifiedDomain = "Remove unverified domain", "Core Directory", "DirectoryManagement", "Delete";
    /// A proved domain was given up.
    RemoveVerifiedDomain = "Remove verified domain", "Core Directory", "DirectoryManagement", "Delete";
    /// A domain became the default.
    UpdateDomain = "Update domain", "Core Directory", "DirectoryManagement", "Update";
    /// A domain was proved.
    AddVerifiedDomain = "Add verified domain", "Core Directory", "DirectoryManagement", "Add";
    /// The database was restored from a backup; what was open before it is void.
    RestoreBackup = "Restore from backup", "Core Directory", "DirectoryManagement", "Update";
    /// A program asked to be told what changes.
    AddSubscription = "Add subscription", "Core Directory", "DirectoryManagement", "Add";
    /// A subscription to changes was prolonged or shortened.
    UpdateSubscription = "Update subscription", "Core Directory", "DirectoryManagement", "Update";
    /// A subscription to changes was ended.
    DeleteSubscription = "Delete subscription", "Core Directory", "DirectoryManagement", "Delete";
    /// A log was taken as a file.
    ExportLog = "Export log", "Core Directory", "DirectoryManagement", "Read";
    /// The list of users was taken as a file (Entra: bulk download).
    ExportUsers = "Download users - finished (bulk)", "Azure AD Management UX", "UserManagement", "Read";
    /// The list of groups was taken as a file.
    ExportGroups = "Download groups - finished (bulk)", "Azure AD Management UX", "GroupManagement", "Read";
    /// The list of apps was taken as a file.
    ExportApps = "Download service principals - finished (bulk)", "Azure AD Management UX", "ApplicationManagement", "Read";
    /// Work that was given up is tried again: telling a program, clearing up.
    RetryJob = "Retry job", "Core Directory", "DirectoryManagement", "Update";
    /// A signing key was made or retired.
    RotateSigningKey = "Rotate signing key", "Core Directory", "DirectoryManagement", "Update";
    /// Signing keys were taken back at once, because somebody else may hold them.
    WithdrawSigningKey = "Withdraw signing key", "Core Directory", "DirectoryManagement", "Update";
}

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was done.
    Success,
    /// It was refused, for this reason.
    Failure(String),
}

/// What it was done to.
#[derive(Debug, Clone)]
pub struct Target {
    /// `User`, `Group`, `Application`, `ServicePrincipal`, `Policy`, `Directory`, `Invitation`, `Mail`, `Job`.
    pub kind: &'static str,
    /// Its object id, if it has one.
    pub id: Option<Uuid>,
    /// Its name.
    pub display_name: Option<String>,
    /// `userPrincipalName` of a user.
    pub principal_name: Option<String>,
    /// What changed: property, old and new value.
    pub changes: Vec<(&'static str, Value, Value)>,
}

impl Target {
    /// A target with an id and a name.
    pub fn new(kind: &'static str, id: Uuid, display_name: impl Into<String>) -> Self {
        let display_name = Some(display_name.into());
        Self { kind, id: Some(id), display_name, principal_name: None, changes: Vec::new() }
    }

    /// Adds the sign-in name of a user.
    #[must_use]
    pub fn named(mut self, principal_name: impl Into<String>) -> Self {
        self.principal_name = Some(principal_name.into());
        self
    }

    /// Adds a changed property. Values that are secret do not belong here.
    #[must_use]
    pub fn change(mut self, property: &'static str, old: impl Into<Value>, new: impl Into<Value>) -> Self {
        self.changes.push((property, old.into(), new.into()));
        self
    }

    /// As the log holds it.
    pub(super) fn wire(&self) -> Value {
        let changes: Vec<Value> = self
            .changes
            .iter()
            .map(|(name, old, new)| json!({ "displayName": name, "oldValue": old.to_string(), "newValue": new.to_string() }))
            .collect();
        json!({
            "id": self.id,
            "displayName": self.display_name,
            "type": self.kind,
            "userPrincipalName": self.principal_name,
            "groupType": null,
            "modifiedProperties": changes,
        })
    }
}
