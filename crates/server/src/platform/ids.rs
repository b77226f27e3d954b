//! Every id is a type of its own, so that none can be taken for another.

use database::id;

id! { /// An organisation on this server (`tid` in tokens).
pub struct TenantId }
id! { /// A member or guest of one tenant (`oid` in tokens).
pub struct UserId }
id! { /// A group of one tenant.
pub struct GroupId }
id! { /// The object id of an application registration.
pub struct ApplicationId }
id! { /// The client id of an application (`appId`), the same for its registration and its service principal.
pub struct ClientId }
id! { /// The object id of a service principal: an application as it stands in a tenant.
pub struct ServicePrincipalId }
id! { /// A user, group or service principal, where any of them may stand.
pub struct PrincipalId }
id! { /// A directory role; the built-in ones have the ids of their templates.
pub struct RoleId }
id! { /// A role an application declares for its users or clients.
pub struct AppRoleId }
id! { /// One assignment of an app role to a principal.
pub struct AssignmentId }
id! { /// One invitation of one person.
pub struct InvitationId }
id! { /// One file or list of people to invite.
pub struct BulkInvitationId }
id! { /// A session of a browser, as named in tokens (`sid`); the cookie holds a secret instead.
pub struct SessionId }
id! { /// A step the browser was sent away from and comes back to.
pub struct ContinuationId }
id! { /// A one-time passcode that was asked for.
pub struct PasscodeId }
id! { /// What a user has given an app: a code exchange and the refresh tokens that follow.
pub struct GrantId }
id! { /// What an app was granted at a resource, for everybody or for one person.
pub struct DelegatedGrantId }
id! { /// What somebody asked an administrator to let an app do.
pub struct ConsentRequestId }
id! { /// A mail that is owed or was sent.
pub struct MailId }
id! { /// A job in the queue.
pub struct JobId }
id! { /// Somebody who is told what changes in the directory.
pub struct SubscriptionId }
id! { /// A credential of an application (`keyId`).
pub struct KeyId }
id! { /// An identity elsewhere that an application trusts as itself.
pub struct FederatedCredentialId }
id! { /// A policy that says how long tokens are good.
pub struct TokenLifetimePolicyId }
id! { /// A property that an application adds to objects of the directory.
pub struct ExtensionPropertyId }
id! { /// One row of the directory audit or of the sign-in log.
pub struct EventId }
id! { /// Ties together everything that happened for one request.
pub struct CorrelationId }

impl From<UserId> for PrincipalId {
    fn from(id: UserId) -> Self {
        Self(id.0)
    }
}

impl From<GroupId> for PrincipalId {
    fn from(id: GroupId) -> Self {
        Self(id.0)
    }
}

impl From<ServicePrincipalId> for PrincipalId {
    fn from(id: ServicePrincipalId) -> Self {
        Self(id.0)
    }
}

impl CorrelationId {
    /// What people read out: the first eight characters in two groups, `B21D-04E7`.
    pub fn reference(self) -> String {
        let text = self.0.simple().to_string().to_uppercase();
        format!("{}-{}", &text[..4], &text[4..8])
    }
}
