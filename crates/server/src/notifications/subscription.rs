//! What a subscription is.

use crate::changes::{Kind, Logged, What};
use crate::graph::Permission;
use crate::platform::ids::{ClientId, SubscriptionId, TenantId};
use database::Timestamp;
use sqlx::types::Json;
use std::time::Duration;
use uuid::Uuid;

/// How long a subscription lasts at most (Graph: subscription, maximum length for directory resources).
pub const LONGEST: Duration = Duration::from_mins(41_760);

/// Subscriptions of one tenant, at most.
pub const MOST: i64 = 500;

/// Characters of `clientState` (Graph: subscription).
pub const CLIENT_STATE: usize = 128;

database::text_enum! {
    /// Who made it.
    pub enum CreatorKind {
        /// A person, through an app or without one.
        User = "User",
        /// A program by itself.
        Application = "Application",
    }
}

database::text_enum! {
    /// `changeType`. What is new, and what can be brought back, is `updated`; what is gone for good is `deleted`.
    pub enum ChangeType {
        /// Added, changed, deleted softly, brought back.
        Updated = "updated",
        /// Gone for good.
        Deleted = "deleted",
    }
}

database::text_enum! {
    /// `lifecycleEvent`: what `lifecycleNotificationUrl` is told (Graph: lifecycle notifications).
    pub enum LifecycleEvent {
        /// The subscription ends soon, or its creator may not read any more what it tells.
        ReauthorizationRequired = "reauthorizationRequired",
        /// It has lapsed, or somebody else removed it.
        SubscriptionRemoved = "subscriptionRemoved",
        /// Something was not told and will not be.
        Missed = "missed",
    }
}

/// What somebody is told about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resource {
    /// The kind of object.
    pub kind: Kind,
    /// One object; all of them without one.
    pub object: Option<Uuid>,
    /// The members of a group instead of the group itself.
    pub members: bool,
}

/// A subscription as it is stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Subscription {
    /// Whose directory.
    pub tenant_id: TenantId,
    /// `id`
    pub id: SubscriptionId,
    /// `resource` as it was written.
    pub resource: String,
    /// The kind of object it is about.
    pub kind: Kind,
    /// The one object it is about.
    pub object_id: Option<Uuid>,
    /// Whether it is about members of a group.
    pub tells_members: bool,
    /// `changeType`
    pub change_types: Json<Vec<ChangeType>>,
    /// `notificationUrl`
    pub notification_url: String,
    /// `lifecycleNotificationUrl`
    pub lifecycle_url: Option<String>,
    /// `clientState`, sealed.
    pub client_state: Option<Vec<u8>>,
    /// `latestSupportedTlsVersion`
    pub tls_version: Option<String>,
    /// Who made it.
    pub creator_kind: CreatorKind,
    /// The person or service principal.
    pub creator_id: Uuid,
    /// `applicationId`: the app it was made with.
    pub application_id: Option<ClientId>,
    /// The number of the last change it was told.
    pub told: i64,
    /// What the lifecycle address was not told yet.
    pub lifecycle_event: Option<LifecycleEvent>,
    /// Whether it was asked to be renewed since it last was.
    pub is_asked: bool,
    /// Why it could not be told last.
    pub last_error: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// `expirationDateTime`
    pub expires_at: Timestamp,
}

impl Resource {
    /// Reads `users`, `users/{id}`, `groups`, `groups/{id}` or `groups/{id}/members`, with or without a slash in front.
    pub fn parse(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.trim_matches('/').split('/').collect();
        let (kind, rest) = match parts.as_slice() {
            ["users", rest @ ..] => (Kind::User, rest),
            ["groups", rest @ ..] => (Kind::Group, rest),
            _ => return None,
        };
        let (object, members) = match (kind, rest) {
            (_, []) => (None, false),
            (_, [id]) => (Some(id.parse().ok()?), false),
            (Kind::Group, [id, "members"]) => (Some(id.parse().ok()?), true),
            _ => return None,
        };
        Some(Self { kind, object, members })
    }

    /// One of these is enough to read it. Each that lets groups be read lets their members be read, whom a notification about a
    /// group names.
    pub const fn permissions(self) -> &'static [Permission] {
        match (self.kind, self.members) {
            (Kind::Group, true) => &[
                Permission::GroupMemberReadAll,
                Permission::GroupMemberReadWriteAll,
                Permission::GroupReadAll,
                Permission::GroupReadWriteAll,
                Permission::DirectoryReadAll,
                Permission::DirectoryReadWriteAll,
            ],
            (Kind::Group, false) => &[
                Permission::GroupReadAll,
                Permission::GroupReadWriteAll,
                Permission::DirectoryReadAll,
                Permission::DirectoryReadWriteAll,
            ],
            _ => &[
                Permission::UserReadAll,
                Permission::UserReadWriteAll,
                Permission::DirectoryReadAll,
                Permission::DirectoryReadWriteAll,
            ],
        }
    }

    /// How a notification calls an object.
    pub const fn set(self) -> &'static str {
        match self.kind {
            Kind::Group => "Groups",
            _ => "Users",
        }
    }
}

impl Subscription {
    /// What the lifecycle address is to be told; nothing without one.
    pub fn event(&self, event: LifecycleEvent) -> Option<LifecycleEvent> {
        self.lifecycle_url.is_some().then_some(event)
    }

    /// What it is about.
    pub const fn about(&self) -> Resource {
        Resource { kind: self.kind, object: self.object_id, members: self.tells_members }
    }

    /// What is told of a change; `None` for nothing.
    pub fn tells(&self, change: &Logged) -> Option<ChangeType> {
        if self.object_id.is_some_and(|object| object != change.object_id) {
            return None;
        }
        let told = match (self.tells_members, change.what) {
            (false, What::Set | What::Deleted) => ChangeType::Updated,
            (false, What::Purged) => ChangeType::Deleted,
            (true, What::MemberAdded | What::MemberRemoved) => ChangeType::Updated,
            // Whoever belongs to a group is a part of what is told about it (Graph: groups, `members@delta`).
            (false, What::MemberAdded | What::MemberRemoved) => ChangeType::Updated,
            (true, _) => return None,
        };
        self.change_types.contains(&told).then_some(told)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_is_a_set_an_object_or_the_members_of_a_group() {
        let id = "2a6f0b9e-7d44-4cf0-8d0c-0a9d3f6c1b11";
        let all = |kind| Some(Resource { kind, object: None, members: false });
        assert_eq!(Resource::parse("users"), all(Kind::User));
        assert_eq!(Resource::parse("/groups/"), all(Kind::Group));
        let one = Resource::parse(&format!("users/{id}")).expect("a user");
        assert_eq!((one.object.map(|id| id.to_string()).as_deref(), one.members), (Some(id), false));
        assert!(Resource::parse(&format!("groups/{id}/members")).is_some_and(|resource| resource.members));
        for text in
            ["", "me", "users/x", "applications", &format!("users/{id}/members"), &format!("groups/{id}/owners")]
        {
            assert_eq!(Resource::parse(text), None, "{text}");
        }
    }

    #[test]
    fn whoever_may_follow_groups_may_read_their_members() {
        let groups = Resource { kind: Kind::Group, object: None, members: false };
        let readers = Resource { members: true, ..groups }.permissions();
        assert!(groups.permissions().iter().all(|permission| readers.contains(permission)));
    }
}
