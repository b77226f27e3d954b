//! Which identities elsewhere an application trusts as itself.

use super::{Key, audit, get, get_to_write, lock_to_write, target};
use crate::Server;
use crate::applications::federated_credential::{FederatedChanges, FederatedCredential, MOST};
use crate::applications::{Application, ApplicationError, Invalid, federated_store};
use crate::audit::Activity;
use crate::graph::Caller;
use crate::platform::ids::FederatedCredentialId;
use database::Transaction;

/// How a request names one of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CredentialKey {
    /// By its id.
    Id(FederatedCredentialId),
    /// By its name.
    Name(String),
}

impl CredentialKey {
    /// Reads a path segment: an id, a name, or `name=` and a name.
    pub fn parse(segment: &str) -> Self {
        match (segment.strip_prefix("name="), segment.parse::<FederatedCredentialId>()) {
            (None, Ok(id)) => Self::Id(id),
            (name, _) => Self::Name(name.unwrap_or(segment).to_owned()),
        }
    }

    fn names(&self, credential: &FederatedCredential) -> bool {
        match self {
            Self::Id(id) => credential.id == *id,
            Self::Name(name) => credential.name == *name,
        }
    }
}

impl std::fmt::Display for CredentialKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Id(id) => write!(formatter, "{id}"),
            Self::Name(name) => formatter.write_str(name),
        }
    }
}

/// One of an application the caller may see.
pub async fn get_federated(
    tx: &mut Transaction,
    caller: &Caller,
    key: Key,
    which: &CredentialKey,
) -> Result<FederatedCredential, ApplicationError> {
    let application = get(tx, caller, key).await?;
    find(tx, &application, which).await
}

/// The same of an application the caller may change.
pub async fn get_federated_to_write(
    tx: &mut Transaction,
    caller: &Caller,
    (key, which): (Key, &CredentialKey),
) -> Result<FederatedCredential, ApplicationError> {
    let application = get_to_write(tx, caller, key).await?;
    find(tx, &application, which).await
}

async fn find(
    tx: &mut Transaction,
    application: &Application,
    which: &CredentialKey,
) -> Result<FederatedCredential, ApplicationError> {
    let held = federated_store::list(tx, application.tenant_id, application.id).await?;
    let found = held.into_iter().find(|credential| which.names(credential));
    found.ok_or_else(|| ApplicationError::NoCredential(which.to_string()))
}

/// Trusts a further identity (Graph: create federatedIdentityCredential), in the transaction of the caller.
///
/// # Errors
/// `Taken` if the application has one of this name, or of this issuer and subject.
pub async fn add_federated(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    key: Key,
    new: FederatedChanges,
) -> Result<FederatedCredential, ApplicationError> {
    // One after the other, so that neither the limit nor a name is passed by two at once.
    let application = lock_to_write(tx, caller, key).await?;
    let now = server.clock.now();
    let id = FederatedCredentialId(server.entropy.uuid(now));
    let added = new.make(server, (application.tenant_id, application.id, id))?;
    let held = federated_store::list(tx, caller.tenant, application.id).await?;
    if held.len() >= MOST {
        let problem = format!("an application has at most {MOST} of them");
        return Err(Invalid { property: "federatedIdentityCredentials", problem }.into());
    }
    check_free(&held, &added)?;
    federated_store::insert(tx, &added, now).await?;
    record(tx, server, caller, &application, (None, Some(&added))).await?;
    Ok(added)
}

/// Trusts another identity instead (Graph: update federatedIdentityCredential), in the transaction of the caller.
///
/// # Errors
/// `Taken` if the application has another one of this issuer and subject.
pub async fn change_federated(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    (key, which): (Key, &CredentialKey),
    changes: FederatedChanges,
) -> Result<FederatedCredential, ApplicationError> {
    let application = lock_to_write(tx, caller, key).await?;
    let before = find(tx, &application, which).await?;
    let after = changes.apply(server, &before)?;
    if after == before {
        return Ok(after);
    }
    check_free(&federated_store::list(tx, caller.tenant, application.id).await?, &after)?;
    federated_store::update(tx, &after, server.clock.now()).await?;
    record(tx, server, caller, &application, (Some(&before), Some(&after))).await?;
    Ok(after)
}

/// Trusts an identity no longer (Graph: delete federatedIdentityCredential), in the transaction of the caller.
pub async fn remove_federated(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    (key, which): (Key, &CredentialKey),
) -> Result<(), ApplicationError> {
    let application = get_to_write(tx, caller, key).await?;
    let gone = find(tx, &application, which).await?;
    federated_store::delete(tx, caller.tenant, (application.id, gone.id), server.clock.now()).await?;
    Ok(record(tx, server, caller, &application, (Some(&gone), None)).await?)
}

fn check_free(held: &[FederatedCredential], wanted: &FederatedCredential) -> Result<(), ApplicationError> {
    let mut others = held.iter().filter(|other| other.id != wanted.id);
    if others.clone().any(|other| other.name == wanted.name) {
        return Err(ApplicationError::Taken("name"));
    }
    if others.any(|other| other.issuer == wanted.issuer && other.subject == wanted.subject) {
        return Err(ApplicationError::Taken("subject"));
    }
    Ok(())
}

async fn record(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    application: &Application,
    (before, after): (Option<&FederatedCredential>, Option<&FederatedCredential>),
) -> database::Result<()> {
    let told = |credential: Option<&FederatedCredential>| {
        credential.map_or_else(String::new, |credential| {
            let FederatedCredential { name, issuer, subject, audience, .. } = credential;
            format!("{name}: {issuer} {subject} for {audience}")
        })
    };
    let named = target(application).change("FederatedIdentityCredentials", told(before), told(after));
    audit(tx, server, caller, Activity::ManageCredentials, named).await
}
