//! Who can answer for a guest: a person, or a group (Graph: sponsors).

use crate::changes::Kind;
use crate::platform::ids::{GroupId, UserId};
use crate::users::User;
use database::Timestamp;
use uuid::Uuid;

/// A group that answers for a guest: whoever belongs to it does.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct SponsorGroup {
    /// The object id.
    pub id: GroupId,
    /// `displayName`
    pub display_name: String,
    /// `mailNickname`
    pub mail_nickname: String,
    /// `createdDateTime`
    pub created_at: Timestamp,
}

/// Somebody who answers for a guest, or can.
#[derive(Debug, Clone)]
pub enum Sponsor {
    /// A person.
    Person(Box<User>),
    /// A group.
    Group(SponsorGroup),
}

/// The same by id, known to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SponsorId {
    /// A person.
    Person(UserId),
    /// A group.
    Group(GroupId),
}

impl SponsorId {
    /// The object id.
    pub fn id(self) -> Uuid {
        match self {
            Self::Person(user) => user.0,
            Self::Group(group) => group.0,
        }
    }

    /// The kind of object that it is.
    pub fn kind(self) -> Kind {
        match self {
            Self::Person(_) => Kind::User,
            Self::Group(_) => Kind::Group,
        }
    }
}

impl Sponsor {
    /// Which of the two it is, and its id.
    pub fn key(&self) -> SponsorId {
        match self {
            Self::Person(user) => SponsorId::Person(user.id),
            Self::Group(group) => SponsorId::Group(group.id),
        }
    }

    /// The object id.
    pub fn id(&self) -> Uuid {
        match self {
            Self::Person(user) => user.id.0,
            Self::Group(group) => group.id.0,
        }
    }

    /// The name.
    pub fn display_name(&self) -> &str {
        match self {
            Self::Person(user) => &user.display_name,
            Self::Group(group) => &group.display_name,
        }
    }
}
