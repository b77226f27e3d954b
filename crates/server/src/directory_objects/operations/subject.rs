//! The object that is asked about.

use super::by_id::check_may_read;
use crate::Server;
use crate::applications::Owned;
use crate::changes::Kind;
use crate::graph::{Caller, Error};
use crate::groups::operations::Sight as GroupSight;
use crate::groups::store::find_object;
use crate::platform::ids::{GroupId, PrincipalId, ServicePrincipalId, UserId};
use crate::users::operations::Found;
use crate::users::{Sight, UserError};
use crate::{applications, groups, service_principals, users};
use uuid::Uuid;

/// The object a path names.
#[derive(Debug, Clone)]
pub enum Subject {
    /// The signed-in person.
    Me,
    /// A user by id or `userPrincipalName`.
    User(users::operations::Key),
    /// A group.
    Group(groups::operations::Key),
    /// A service principal.
    Program(service_principals::operations::Key),
    /// A registration.
    Application(applications::Key),
    /// An object of whatever kind, by its id.
    Any(String),
}

/// Who or what it is, found and allowed to be asked about.
#[derive(Debug, Clone, Copy)]
pub struct Who {
    /// The id.
    pub id: PrincipalId,
    /// Whether it is the caller.
    pub is_self: bool,
}

impl Subject {
    /// Whose memberships are asked for. Ids of groups (`ids_only`) are told to whoever knows the person as `User.ReadBasic.All`
    /// does; more to whoever may read all of them. A guest below the level of members is told their own.
    pub async fn find(&self, server: &Server, caller: &Caller, ids_only: bool) -> Result<Who, Error> {
        match self {
            Self::Any(id) => known(server, caller, id).await?.find_of_kind(server, caller, ids_only).await,
            known => known.find_of_kind(server, caller, ids_only).await,
        }
    }

    async fn find_of_kind(&self, server: &Server, caller: &Caller, ids_only: bool) -> Result<Who, Error> {
        match self {
            Self::Any(id) => Err(Error::not_found(id)),
            Self::Group(key) => {
                let group = self.group_by(server, caller, key).await?;
                Ok(Who { id: group.into(), is_self: false })
            }
            // Guests of every level read apps, but not what these belong to.
            Self::Program(_) if !caller.sees_others() => Err(Error::denied()),
            Self::Program(key) => {
                let program = service_principals::operations::get(&mut server.read().await?, caller, *key).await?;
                Ok(Who { id: program.id.into(), is_self: false })
            }
            Self::Application(_) => Err(Error::not_found("")),
            Self::Me => {
                let person = caller.user().ok_or(UserError::NoPerson)?;
                Sight::of_self(caller)?;
                Ok(Who { id: person.id.into(), is_self: true })
            }
            Self::User(key) => {
                let Found { user, sight, .. } = users::operations::find(server, caller, key).await?;
                let is_self = caller.user().is_some_and(|person| person.id == user.id);
                let basic = if ids_only { "givenName" } else { "memberOf" };
                if is_self || sight.shows(basic) {
                    Ok(Who { id: user.id.into(), is_self })
                } else {
                    Err(Error::denied())
                }
            }
        }
    }

    /// The group, whose members are asked for.
    pub async fn find_group(&self, server: &Server, caller: &Caller) -> Result<GroupId, Error> {
        match self {
            Self::Group(key) => self.group_by(server, caller, key).await,
            Self::Me | Self::User(_) | Self::Program(_) | Self::Application(_) | Self::Any(_) => {
                Err(Error::not_found(""))
            }
        }
    }

    /// The app, whose owners are asked for.
    pub async fn find_owned(&self, server: &Server, caller: &Caller) -> Result<Owned, Error> {
        let mut tx = server.read().await?;
        match self {
            Self::Application(key) => Ok(applications::operations::get(&mut tx, caller, *key).await?.id.into()),
            Self::Program(key) => Ok(service_principals::operations::get(&mut tx, caller, *key).await?.id.into()),
            Self::Me | Self::User(_) | Self::Group(_) | Self::Any(_) => Err(Error::not_found("")),
        }
    }

    async fn group_by(
        &self,
        server: &Server,
        caller: &Caller,
        key: &groups::operations::Key,
    ) -> Result<GroupId, Error> {
        match groups::operations::see(&mut server.read().await?, caller, key).await? {
            (group, GroupSight::Whole) => Ok(group.id),
            (_, GroupSight::Id) => Err(Error::denied()),
        }
    }
}

/// What an id stands for, for those who may ask about objects of any kind. What they may know of this one is decided by its kind.
async fn known(server: &Server, caller: &Caller, id: &str) -> Result<Subject, Error> {
    check_may_read(caller)?;
    let missing = || Error::not_found(id);
    let object: Uuid = id.parse().map_err(|_| missing())?;
    let found = find_object(&mut server.read().await?, caller.tenant, object).await?;
    match found.map(|(kind, _)| kind).ok_or_else(missing)? {
        Kind::User => Ok(Subject::User(users::operations::Key::Id(UserId(object)))),
        Kind::Group => Ok(Subject::Group(groups::operations::Key::Id(GroupId(object)))),
        Kind::ServicePrincipal => {
            Ok(Subject::Program(service_principals::operations::Key::Id(ServicePrincipalId(object))))
        }
        Kind::Application | Kind::DirectoryRole | Kind::Grant => Err(missing()),
    }
}
