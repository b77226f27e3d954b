//! Adding and removing certificates.

use super::{Key, audit, get_to_write, target};
use crate::Server;
use crate::applications::certificate::{self, ApplicationKey, MOST, NewKey};
use crate::applications::error::Invalid;
use crate::applications::{Application, ApplicationError, key_store};
use crate::audit::Activity;
use crate::graph::Caller;
use crate::platform::ids::KeyId;
use database::Transaction;
use oauth::jose::Assertion;

/// Whom a proof of possession is for (Graph: application: addKey): the client id of Azure AD Graph, which programs still
/// write, or that of the directory API.
const PROOF_AUDIENCES: [&str; 2] = ["00000002-0000-0000-c000-000000000000", "00000003-0000-0000-c000-000000000000"];

/// A certificate of a whole collection: one that stays, or a new one.
#[derive(Debug, Clone)]
pub enum Wanted {
    /// One that is there.
    Kept(KeyId),
    /// One to be added.
    New(NewKey),
}

/// Adds a certificate (Graph: application: addKey).
pub async fn add_key(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    key: Key,
    new: NewKey,
) -> Result<ApplicationKey, ApplicationError> {
    let application = get_to_write(tx, caller, key).await?;
    let held = key_store::list(tx, caller.tenant, application.id).await?;
    let added = insert(tx, server, &application, new, held.len()).await?;
    record(tx, server, caller, &application, ("", &named(&added))).await?;
    Ok(added)
}

async fn insert(
    tx: &mut Transaction,
    server: &Server,
    application: &Application,
    new: NewKey,
    held: usize,
) -> Result<ApplicationKey, ApplicationError> {
    let refuse = |problem: String| Invalid { property: "keyCredentials", problem };
    if held >= MOST {
        return Err(refuse(format!("an application has at most {MOST} certificates")).into());
    }
    let now = server.clock.now();
    let id = KeyId(server.entropy.random_uuid());
    let made = certificate::make((application.tenant_id, application.id, id), new, now)?;
    if !key_store::insert(tx, &made, now).await? {
        return Err(refuse("the application has this certificate already".to_owned()).into());
    }
    Ok(made)
}

/// Removes a certificate (Graph: application: removeKey).
pub async fn remove_key(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    key: Key,
    id: KeyId,
) -> Result<(), ApplicationError> {
    let application = get_to_write(tx, caller, key).await?;
    let held = key_store::list(tx, caller.tenant, application.id).await?;
    let gone = held.iter().find(|held| held.id == id).ok_or(ApplicationError::NoSuchSecret)?;
    key_store::delete(tx, caller.tenant, application.id, id, server.clock.now()).await?;
    Ok(record(tx, server, caller, &application, (&named(gone), "")).await?)
}

/// Replaces the certificates as a whole (Graph: application, keyCredentials).
pub async fn set_keys(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    key: Key,
    wanted: Vec<Wanted>,
) -> Result<(), ApplicationError> {
    let application = get_to_write(tx, caller, key).await?;
    let held = key_store::list(tx, caller.tenant, application.id).await?;
    let kept: Vec<KeyId> =
        wanted.iter().filter_map(|wanted| if let Wanted::Kept(id) = wanted { Some(*id) } else { None }).collect();
    if let Some(unknown) = kept.iter().find(|id| !held.iter().any(|held| held.id == **id)) {
        let problem = format!("key is required: there is no certificate '{unknown}' to keep");
        return Err(Invalid { property: "keyCredentials", problem }.into());
    }
    let mut count = kept.len();
    for gone in held.iter().filter(|held| !kept.contains(&held.id)) {
        key_store::delete(tx, caller.tenant, application.id, gone.id, server.clock.now()).await?;
        record(tx, server, caller, &application, (&named(gone), "")).await?;
    }
    for wanted in wanted {
        if let Wanted::New(new) = wanted {
            let added = insert(tx, server, &application, new, count).await?;
            record(tx, server, caller, &application, ("", &named(&added))).await?;
            count += 1;
        }
    }
    Ok(())
}

/// Refuses who does not show that they hold the private key of a certificate the application has (Graph: generate a proof of
/// possession): a statement of the application about itself, signed with it.
pub async fn check_proof(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    key: Key,
    proof: &str,
) -> Result<(), ApplicationError> {
    let application = get_to_write(tx, caller, key).await?;
    let now = server.clock.now();
    let held = key_store::list(tx, caller.tenant, application.id).await?;
    let is_good = Assertion::parse(proof).is_ok_and(|proof| {
        let claims = proof.claims();
        let is_for_us = claims.aud.iter().any(|audience| PROOF_AUDIENCES.contains(&audience.as_str()));
        let names = [application.id.to_string(), application.app_id.to_string()];
        is_for_us
            && names.contains(&claims.iss)
            && proof.is_timely(now.seconds())
            && held.iter().any(|held| held.is_good_at(now) && held.has_signed(&proof))
    });
    let problem = "it is not signed with a certificate of the application, or not for this".to_owned();
    if is_good { Ok(()) } else { Err(Invalid { property: "proof", problem }.into()) }
}

fn named(key: &ApplicationKey) -> String {
    format!("{} {}", key.id, key.shown_thumbprint())
}

async fn record(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    application: &Application,
    (before, after): (&str, &str),
) -> database::Result<()> {
    let named = target(application).change("KeyDescription", before, after);
    audit(tx, server, caller, Activity::ManageCredentials, named).await
}
