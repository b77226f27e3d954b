//! What a change is.

use database::Timestamp;
use uuid::Uuid;

database::text_enum! {
    /// The kind of an object.
    pub enum Kind {
        /// A member or guest.
        User = "User",
        /// A group.
        Group = "Group",
        /// An application registration.
        Application = "Application",
        /// An application as it stands in the tenant.
        ServicePrincipal = "ServicePrincipal",
        /// What an app may do for people.
        Grant = "Grant",
        /// A built-in directory role, as an object of the tenant.
        DirectoryRole = "DirectoryRole",
    }
}

database::text_enum! {
    /// What happened to it.
    pub enum What {
        /// It was added, changed or brought back.
        Set = "Set",
        /// It was deleted and can be brought back.
        Deleted = "Deleted",
        /// It is gone for good.
        Purged = "Purged",
        /// A member was added.
        MemberAdded = "MemberAdded",
        /// A member was removed.
        MemberRemoved = "MemberRemoved",
    }
}

/// One change, to be noted.
#[derive(Debug, Clone, Copy)]
pub struct Change {
    /// The kind of the object.
    pub kind: Kind,
    /// The object.
    pub object: Uuid,
    /// What happened to it.
    pub what: What,
    /// The member that was added or removed.
    pub related: Option<(Kind, Uuid)>,
}

impl Change {
    /// The object was added, changed or brought back.
    pub const fn set(kind: Kind, object: Uuid) -> Self {
        Self { kind, object, what: What::Set, related: None }
    }

    /// The object was deleted and can be brought back.
    pub const fn deleted(kind: Kind, object: Uuid) -> Self {
        Self { kind, object, what: What::Deleted, related: None }
    }

    /// The row of the object was written: it is deleted if it has an instant at which it was.
    pub const fn written(kind: Kind, object: Uuid, deleted_at: Option<Timestamp>) -> Self {
        match deleted_at {
            Some(_) => Self::deleted(kind, object),
            None => Self::set(kind, object),
        }
    }

    /// The object is gone for good.
    pub const fn purged(kind: Kind, object: Uuid) -> Self {
        Self { kind, object, what: What::Purged, related: None }
    }

    /// A group has a member more (`true`) or less.
    pub const fn member(group: Uuid, member: (Kind, Uuid), is_added: bool) -> Self {
        let what = if is_added { What::MemberAdded } else { What::MemberRemoved };
        Self { kind: Kind::Group, object: group, what, related: Some(member) }
    }

    /// A directory role has a holder more (`true`) or less. `role` is the id of the role's object in the tenant.
    pub const fn holder(role: Uuid, holder: (Kind, Uuid), is_added: bool) -> Self {
        Self { kind: Kind::DirectoryRole, ..Self::member(role, holder, is_added) }
    }
}

/// A change as it is read back.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Logged {
    /// Its number in the tenant.
    pub number: i64,
    /// The object.
    pub object_id: Uuid,
    /// What happened to it.
    pub what: What,
    /// The member that was added or removed.
    pub related_id: Option<Uuid>,
    /// The kind of that member.
    pub related_kind: Option<Kind>,
}
