//! Users who stand in a relation to one: sponsors, manager, those who report to them, those they answer for.

use super::{Key, read::see};
use crate::Server;
use crate::graph::Caller;
use crate::platform::ids::{TenantId, UserId};
use crate::users::rights::{self, Sight};
use crate::users::sponsors::SponsorGroup;
use crate::users::{User, UserError, manager, sponsors, store};
use database::Transaction;
use uuid::Uuid;

/// The relations of a user to other users.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// Those who answer for a guest. A guest may see who answers for them.
    Sponsors,
    /// Those whom the user answers for.
    SponsorOf,
    /// The one they report to.
    Manager,
    /// Those who report to them.
    DirectReports,
}

impl Relation {
    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sponsors => "sponsors",
            Self::SponsorOf => "sponsorOf",
            Self::Manager => "manager",
            Self::DirectReports => "directReports",
        }
    }
}

/// The users in a relation to one, by id from behind `after`, at most `limit`, and what the caller may see of them.
pub async fn related(
    server: &Server,
    caller: &Caller,
    key: &Key,
    relation: Relation,
    after: Option<Uuid>,
    limit: i64,
) -> Result<(Vec<User>, Sight), UserError> {
    let mut tx = server.read().await?;
    let user = check(&mut tx, caller, key, relation).await?;
    let found = list(&mut tx, caller.tenant, user.id, relation, after, limit).await?;
    Ok((found, Sight::of_all(caller).unwrap_or(Sight::PUBLIC)))
}

/// The groups that answer for a user, for whoever may see the people who do.
pub async fn sponsoring_groups(server: &Server, caller: &Caller, key: &Key) -> Result<Vec<SponsorGroup>, UserError> {
    let mut tx = server.read().await?;
    let user = check(&mut tx, caller, key, Relation::Sponsors).await?;
    Ok(sponsors::list_groups(&mut tx, caller.tenant, user.id).await?)
}

/// The user whose relation the caller may see.
async fn check(tx: &mut Transaction, caller: &Caller, key: &Key, relation: Relation) -> Result<User, UserError> {
    rights::check_relations(caller)?;
    let (user, sight) = see(tx, caller, key).await?;
    if !rights::shows_relations(caller, user.id) || !sight.shows(relation.name()) {
        return Err(UserError::Denied);
    }
    // Whoever sees nobody else sees nobody through their own relations either, but who answers for them.
    let sees_nobody = matches!(Sight::of_other(caller, ""), Err(UserError::NotFound(_)));
    if sees_nobody && relation != Relation::Sponsors {
        return Err(UserError::Denied);
    }
    Ok(user)
}

async fn list(
    tx: &mut Transaction,
    tenant: TenantId,
    user: UserId,
    relation: Relation,
    after: Option<Uuid>,
    limit: i64,
) -> database::Result<Vec<User>> {
    match relation {
        Relation::Sponsors => store::list_sponsors(tx, tenant, user).await,
        Relation::SponsorOf => sponsors::list_of(tx, tenant, user, after, limit).await,
        Relation::Manager => Ok(manager::find(tx, tenant, user).await?.into_iter().collect()),
        Relation::DirectReports => manager::list_reports(tx, tenant, user, after, limit).await,
    }
}
