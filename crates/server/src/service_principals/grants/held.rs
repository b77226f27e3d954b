//! What was granted, as tokens need it.

use super::store::{self, Naming};
use crate::Server;
use crate::applications::pre_authorized_scopes;
use crate::graph::{Permission, permission};
use crate::platform::ids::{ClientId, ServicePrincipalId, TenantId, UserId};
use database::{Result, Transaction};
use std::sync::Arc;

/// What an app may do at one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantedScope {
    /// The client id of the resource.
    pub resource: ClientId,
    /// The words, as the resource spells them.
    pub words: Vec<String>,
}

/// What an app may do for one person: what was granted for everybody, what the resource lets it do without anybody's consent
/// (Graph: preAuthorizedApplications), and what they have granted themselves.
#[derive(Debug, Clone)]
pub struct Granted {
    everybody: Arc<Vec<GrantedScope>>,
    person: Arc<Vec<GrantedScope>>,
}

impl Granted {
    /// The words granted at a resource, each once.
    pub fn words(&self, resource: ClientId) -> Vec<&str> {
        let both = self.everybody.iter().chain(self.person.iter()).filter(|scope| scope.resource == resource);
        let mut words: Vec<&str> = Vec::new();
        for word in both.flat_map(|scope| &scope.words) {
            if !words.contains(&word.as_str()) {
                words.push(word);
            }
        }
        words
    }

    /// Whether nothing was granted at all.
    pub fn is_empty(&self) -> bool {
        self.everybody.iter().chain(self.person.iter()).all(|scope| scope.words.is_empty())
    }

    /// Whether this word was granted.
    pub fn holds(&self, resource: ClientId, word: &str) -> bool {
        self.words(resource).contains(&word)
    }

    /// The permissions of the directory API that were granted.
    pub fn permissions(&self) -> Vec<Permission> {
        self.words(ClientId(permission::RESOURCE)).into_iter().filter_map(Permission::from_name).collect()
    }
}

/// What an app may do for one person, as the last commit left it: for who asks, not for what changes it.
pub async fn granted(
    tx: &mut Transaction,
    server: &Server,
    tenant: TenantId,
    client: ServicePrincipalId,
    user: UserId,
) -> Result<Granted> {
    let changes = server.database.changes();
    let everybody = match server.caches.delegations.get(changes, &(tenant, client)) {
        Ok(kept) => kept,
        Err(vacancy) => {
            let mut read = scopes(store::held_for_everybody(tx, tenant, client).await?);
            read.extend(pre_authorized(store::list_naming(tx, tenant, client).await?));
            server.caches.delegations.keep(vacancy, tx, (tenant, client), read)
        }
    };
    let person = match server.caches.consents.get(changes, &(tenant, client, user)) {
        Ok(kept) => kept,
        Err(vacancy) => {
            let read = scopes(store::held_for_person(tx, tenant, client, user).await?);
            server.caches.consents.keep(vacancy, tx, (tenant, client, user), read)
        }
    };
    Ok(Granted { everybody, person })
}

/// The same, read now: for what changes it, and for work that comes later.
pub async fn permissions_for(
    tx: &mut Transaction,
    tenant: TenantId,
    client: ServicePrincipalId,
    user: UserId,
) -> Result<Vec<Permission>> {
    let everybody = Arc::new(scopes(store::held_for_everybody(tx, tenant, client).await?));
    let person = Arc::new(scopes(store::held_for_person(tx, tenant, client, user).await?));
    Ok(Granted { everybody, person }.permissions())
}

/// The permissions of the directory API an app may use on behalf of whoever signs in. `User.Read` and the scopes of
/// `OpenID` Connect need no grant.
pub async fn delegated_scope(
    tx: &mut Transaction,
    tenant: TenantId,
    client: ServicePrincipalId,
) -> Result<Vec<Permission>> {
    let everybody = Arc::new(scopes(store::held_for_everybody(tx, tenant, client).await?));
    Ok(Granted { everybody, person: Arc::default() }.permissions())
}

fn pre_authorized(rows: Vec<Naming>) -> impl Iterator<Item = GrantedScope> {
    rows.into_iter().filter_map(|(resource, named, scopes, client)| {
        let words = pre_authorized_scopes(&named, &scopes, client);
        (!words.is_empty()).then_some(GrantedScope { resource, words })
    })
}

fn scopes(rows: Vec<(ClientId, String)>) -> Vec<GrantedScope> {
    let words = |scope: &str| scope.split_ascii_whitespace().map(str::to_owned).collect();
    rows.into_iter().map(|(resource, scope)| GrantedScope { resource, words: words(&scope) }).collect()
}
