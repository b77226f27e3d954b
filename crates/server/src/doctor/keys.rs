//! The master key, and the keys that tokens are signed with.

use super::Finding;
use crate::config::Settings;
use crate::platform::ids::TenantId;
use crate::platform::master_key_proof::ProofError;
use crate::platform::{MasterKey, Timestamp, master_key_proof, signing_keys};
use crate::tenants;
use database::Database;
use std::time::Duration;

const ABOUT: &str = "keys";

/// An exchange once a year limits what a key that leaked unnoticed is good for.
const OLD: Duration = Duration::from_hours(24 * 366);
/// Organisations named one by one; the rest is a number.
const NAMED: usize = 5;

/// An organisation and the names of its published keys, by which its server is recognised.
pub(super) struct Known {
    pub(super) tenant: TenantId,
    pub(super) names: Vec<String>,
}

/// What was found, and an organisation to recognise the server by: one with keys if there is any.
pub(super) async fn examine(
    settings: &Settings,
    database: Option<&Database>,
    now: Timestamp,
) -> (Vec<Finding>, Option<Known>) {
    let key = match settings.master_key().map_err(|error| error.to_string()) {
        Ok(text) => MasterKey::parse(&text).map_err(|error| error.to_string()),
        Err(problem) => Err(problem),
    };
    let key = match key {
        Ok(key) => key,
        Err(problem) => {
            let advice =
                "Put the key of this installation back in its place; never make a new one for an old database.";
            return (vec![Finding::failure(ABOUT, format!("There is no usable master key: {problem}."), advice)], None);
        }
    };
    let Some(database) = database else {
        let advice = "Mend the database, then look again.";
        return (
            vec![Finding::warning(ABOUT, "Without the database it is not known whether the master key fits.", advice)],
            None,
        );
    };
    let mut findings = vec![fits(database, &key).await];
    match signing(database, &key, now).await {
        Ok((of_signing, known)) => {
            findings.extend(of_signing);
            (findings, known)
        }
        Err(error) => {
            findings.push(Finding::failure(
                ABOUT,
                format!("The signing keys cannot be read: {error}."),
                "Mend the database.",
            ));
            (findings, None)
        }
    }
}

async fn fits(database: &Database, key: &MasterKey) -> Finding {
    let opened = async { master_key_proof::open(&mut database.read().await?, key).await };
    match opened.await {
        Ok(Some(_)) => Finding::ok(ABOUT, "The master key is the one of this database."),
        Ok(None) => {
            Finding::ok(ABOUT, "The database has not been used yet; the first start binds it to the master key.")
        }
        Err(ProofError::MasterKey(error)) => Finding::failure(
            ABOUT,
            format!("The configured master key does not open this database: {error}."),
            "Put the right key back; after a restore it is the key of the time of the backup.",
        ),
        Err(ProofError::Database(error)) => Finding::failure(
            ABOUT,
            format!("Whether the master key fits cannot be read: {error}."),
            "Mend the database.",
        ),
    }
}

async fn signing(
    database: &Database,
    key: &MasterKey,
    now: Timestamp,
) -> database::Result<(Vec<Finding>, Option<Known>)> {
    let mut tx = database.read().await?;
    let (mut closed, mut old, mut keyless) = (Vec::new(), Vec::new(), Vec::new());
    let (mut count, mut known) = (0, None);
    for tenant in tenants::store::list(&mut tx).await? {
        let records = signing_keys::records(&mut tx, tenant.id, now).await?;
        count += records.len();
        if records.iter().any(|record| signing_keys::open(record, key).is_err()) {
            closed.push(tenant.initial_domain.clone());
        }
        match records.iter().map(|record| record.created_at).max() {
            None => keyless.push(tenant.initial_domain),
            Some(newest) if now.since(newest) > OLD => old.push(tenant.initial_domain),
            Some(_) => {}
        }
        if known.as_ref().is_none_or(|known: &Known| known.names.is_empty()) {
            known = Some(Known { tenant: tenant.id, names: records.into_iter().map(|record| record.id).collect() });
        }
    }
    Ok((judge(count, &closed, &old, &keyless), known))
}

fn judge(count: usize, closed: &[String], old: &[String], keyless: &[String]) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !closed.is_empty() {
        let means = format!("Signing keys of {} do not open: nobody can sign in to their apps.", names(closed));
        findings.push(Finding::failure(ABOUT, means, "Put the right master key back, or restore a backup."));
    }
    if !old.is_empty() {
        let means = format!("The newest signing key of {} is more than a year old.", names(old));
        findings.push(Finding::warning(
            ABOUT,
            means,
            "vestibule keys rotate --config FILE; apps follow by themselves.",
        ));
    }
    if !keyless.is_empty() {
        let means = format!("{} has no signing key yet; the first sign-in makes it.", names(keyless));
        findings.push(Finding::ok(ABOUT, means));
    }
    if findings.is_empty() {
        findings.push(Finding::ok(
            ABOUT,
            format!("All {count} signing keys open, and each organisation has one of this year."),
        ));
    }
    findings
}

fn names(domains: &[String]) -> String {
    let mut text = domains.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    if domains.len() > NAMED {
        text.push_str(&format!(" and {} more", domains.len() - NAMED));
    }
    text
}
