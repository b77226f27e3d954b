//! The groups and directory roles of a person, as far as an app wants to be told them (Microsoft identity platform: groups
//! claim and groups overage).

use super::client::Client;
use super::told::Told;
use crate::Server;
use crate::applications::GroupClaim;
use crate::users::User;
use crate::{directory_roles, groups, service_principals, tenants};
use database::{Result, Transaction};
use oauth::claims::ClaimSource;
use std::collections::BTreeMap;

/// Groups that a token names at most.
const MOST: usize = 200;

/// What the source of the groups is called within a token.
const SOURCE: &str = "src1";

/// What tokens say.
#[derive(Debug, Default)]
pub struct Memberships {
    /// `groups`: the ids.
    pub groups: Vec<String>,
    /// `wids`: the templates of the directory roles.
    pub roles: Vec<String>,
    /// `_claim_names`: the groups, if they are too many.
    pub names: BTreeMap<String, String>,
    /// `_claim_sources`: where they can be asked for then.
    pub sources: BTreeMap<String, ClaimSource>,
}

/// What an app is told of a person. Whom the directory tells nothing learns of groups that it was given to, whatever it asks for.
pub async fn of(
    tx: &mut Transaction,
    server: &Server,
    (client, may): (&Client, Told),
    user: &User,
) -> Result<Memberships> {
    let wanted = &client.application.group_membership_claims.0;
    let mut told = Memberships::default();
    if wanted.is_empty() {
        return Ok(told);
    }
    let wants = |claim| wanted.contains(&claim) || wanted.contains(&GroupClaim::All);
    if may.directory && wants(GroupClaim::DirectoryRole) {
        told.roles = roles(tx, server, user).await?;
    }
    let found = if may.directory && wants(GroupClaim::SecurityGroup) {
        groups::store::list_transitive_above(tx, user.tenant_id, user.id.into()).await?
    } else if wants(GroupClaim::ApplicationGroup) || wants(GroupClaim::SecurityGroup) {
        service_principals::assigned_groups(tx, user.tenant_id, user.id, client.principal.id).await?
    } else {
        Vec::new()
    };
    if found.len() > MOST {
        let endpoint = format!("{}/v1.0/users/{}/getMemberObjects", server.settings.public_address(), user.id);
        told.names.insert("groups".to_owned(), SOURCE.to_owned());
        told.sources.insert(SOURCE.to_owned(), ClaimSource { endpoint });
    } else {
        told.groups = found.into_iter().map(|group| group.to_string()).collect();
    }
    Ok(told)
}

/// The roles that have an effect.
async fn roles(tx: &mut Transaction, server: &Server, user: &User) -> Result<Vec<String>> {
    let held = directory_roles::held(tx, server, user.tenant_id, user.id.into()).await?;
    let settings = tenants::settings(tx, server, user.tenant_id).await?;
    let effective = held.into_iter().filter(|role| !user.is_guest() || settings.lets_guests_hold(*role));
    let mut ids: Vec<String> = effective.map(|role| role.id().to_string()).collect();
    ids.sort_unstable();
    Ok(ids)
}
