//! Who answers, and who is told.

use super::policy::Reviewer;
use super::policy_store;
use crate::changes::Kind;
use crate::directory_roles::{self, Holder};
use crate::graph::Caller;
use crate::groups;
use crate::platform::ids::{GroupId, PrincipalId, TenantId, UserId};
use crate::service_principals::grants::may_manage;
use crate::users::{self, User};
use database::{Result, Transaction};

/// People who are told by mail at most: a group may hold thousands.
const TOLD: usize = 100;

/// Members of one group that are looked at for whom to tell.
const LOOKED_AT: u32 = 500;

/// Whether the person sees and answers requests: as a reviewer, or because they decide what apps may do anyway.
pub async fn may_review(tx: &mut Transaction, caller: &Caller) -> Result<bool> {
    Ok((caller.user().is_some() && may_manage(caller)) || is_reviewer(tx, caller).await?)
}

/// Whether the policy names the person as a reviewer. A guest is none, whatever group they belong to: requests tell who asked.
pub async fn is_reviewer(tx: &mut Transaction, caller: &Caller) -> Result<bool> {
    let Some(user) = caller.user().filter(|user| !user.is_guest) else { return Ok(false) };
    let reviewers = policy_store::get(tx, caller.tenant).await?.reviewers();
    let mut belongs: Option<Vec<GroupId>> = None;
    for reviewer in reviewers {
        let is_one = match reviewer {
            Reviewer::User(id) => id == user.id,
            Reviewer::Role(role) => caller.holds_any(&[role]),
            Reviewer::Group(id) => {
                if belongs.is_none() {
                    let person = PrincipalId::from(user.id);
                    belongs = Some(groups::store::list_transitive_above(tx, caller.tenant, person).await?);
                }
                belongs.as_ref().is_some_and(|groups| groups.contains(&id))
            }
        };
        if is_one {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The reviewers who can be told by mail: members who may sign in, each once, at most [`TOLD`].
pub(super) async fn to_tell(tx: &mut Transaction, tenant: TenantId, reviewers: &[Reviewer]) -> Result<Vec<User>> {
    let mut told: Vec<User> = Vec::new();
    for reviewer in reviewers {
        for id in named(tx, tenant, *reviewer).await? {
            if told.len() >= TOLD {
                return Ok(told);
            }
            if told.iter().any(|user| user.id == id) {
                continue;
            }
            let found = users::store::find(tx, tenant, id).await?;
            let able = |user: &User| user.account_enabled && !user.is_guest() && user.mail.is_some();
            told.extend(found.filter(able));
        }
    }
    Ok(told)
}

/// Whom a part of the policy means.
async fn named(tx: &mut Transaction, tenant: TenantId, reviewer: Reviewer) -> Result<Vec<UserId>> {
    match reviewer {
        Reviewer::User(id) => Ok(vec![id]),
        Reviewer::Group(id) => members(tx, tenant, id).await,
        Reviewer::Role(role) => {
            let mut people = Vec::new();
            for holder in directory_roles::store::list_holders(tx, tenant, role, (None, None), LOOKED_AT).await? {
                match holder {
                    Holder::User(user) => people.push(user.id),
                    Holder::Group(group) => people.extend(members(tx, tenant, group.id).await?),
                    Holder::Program(_) => {}
                }
            }
            Ok(people)
        }
    }
}

/// The people of a group, directly or through other groups.
async fn members(tx: &mut Transaction, tenant: TenantId, group: GroupId) -> Result<Vec<UserId>> {
    let mut people = Vec::new();
    for nested in groups::store::list_nested(tx, tenant, group).await? {
        let found = groups::store::list_members(tx, tenant, nested, None, LOOKED_AT).await?;
        people.extend(found.into_iter().filter(|(kind, _)| *kind == Kind::User).map(|(_, id)| UserId(id)));
        if people.len() >= TOLD * 2 {
            break;
        }
    }
    Ok(people)
}
