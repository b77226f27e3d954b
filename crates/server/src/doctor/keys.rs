//! The master key, and the keys that tokens are signed with.

use super::Finding;
use crate::config::Settings;
use crate::platform::ids::TenantId;
use crate::platform::master_key_proof::ProofError;
use crate::platform::signing_keys::{self, KeyRecord};
use crate::platform::{MasterKey, Timestamp, master_key_proof};
use crate::tenants;
use database::Database;
use std::time::Duration;

const ABOUT: &str = "keys";

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
    match signing(database, &key, now, settings.keys.signing_age()).await {
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
    age: Option<Duration>,
) -> database::Result<(Vec<Finding>, Option<Known>)> {
    let mut tx = database.read().await?;
    let (mut closed, mut overdue, mut keyless) = (Vec::new(), Vec::new(), Vec::new());
    let (mut count, mut known) = (0, None);
    for tenant in tenants::store::list(&mut tx).await? {
        let records = signing_keys::records(&mut tx, tenant.id, now).await?;
        count += records.len();
        if records.iter().any(|record| signing_keys::open(record, key).is_err()) {
            closed.push(tenant.initial_domain.clone());
        }
        let is_overdue =
            |record: &KeyRecord| signing_keys::is_overdue(record.active_from, record.published_until, age, now);
        if records.is_empty() {
            keyless.push(tenant.initial_domain);
        } else if records.iter().any(is_overdue) {
            overdue.push(tenant.initial_domain);
        }
        if known.as_ref().is_none_or(|known: &Known| known.names.is_empty()) {
            known = Some(Known { tenant: tenant.id, names: records.into_iter().map(|record| record.id).collect() });
        }
    }
    let mut findings = judge(count, &closed, &keyless);
    if !overdue.is_empty() {
        findings.push(late(&overdue, age));
    }
    Ok((findings, known))
}

/// Keys whose successors did not come.
fn late(overdue: &[String], age: Option<Duration>) -> Finding {
    let whose = names(overdue);
    match age {
        Some(age) => Finding::warning(
            ABOUT,
            format!("A signing key of {whose} has signed for {} days, and none follows it.", age.as_secs() / 86_400),
            "A server exchanges it by itself within a quarter of an hour, or says in its log why it could not; by hand: \
             vestibule keys rotate --config FILE.",
        ),
        None => Finding::warning(
            ABOUT,
            format!("A signing key of {whose} is more than a year old, and the settings leave its exchange to you."),
            "vestibule keys rotate --config FILE; apps follow by themselves.",
        ),
    }
}

fn judge(count: usize, closed: &[String], keyless: &[String]) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !closed.is_empty() {
        let means = format!("Signing keys of {} do not open: nobody can sign in to their apps.", names(closed));
        findings.push(Finding::failure(ABOUT, means, "Put the right master key back, or restore a backup."));
    }
    if !keyless.is_empty() {
        let means = format!("{} has no signing key yet; the first sign-in makes it.", names(keyless));
        findings.push(Finding::ok(ABOUT, means));
    }
    if findings.is_empty() {
        findings.push(Finding::ok(ABOUT, format!("All {count} signing keys open.")));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict::{self, Ok as Well, Warning};
    use crate::testing::on_both_engines;
    use oauth::jose::Algorithm;

    const DAY: Duration = Duration::from_hours(24);

    #[tokio::test]
    async fn a_key_that_nobody_exchanged_is_a_warning_as_soon_as_it_should_not_sign_any_more() {
        on_both_engines(async |server| {
            let tenant = server.tenant("Contoso", "contoso.example").await;
            server.signing_keys.signer(&server, tenant.id, Algorithm::Es256).await.expect("a key");
            let worst = async |now: Timestamp, age: Option<Duration>| -> Verdict {
                let (findings, _) = signing(&server.database, &server.master_key, now, age).await.expect("the keys");
                findings.iter().map(|finding| finding.verdict).max().expect("a finding")
            };
            let due = server.clock.now().plus(90 * DAY);
            let later = due.plus(Duration::from_secs(1));
            assert_eq!(worst(due, Some(90 * DAY)).await, Well);
            assert_eq!(worst(later, Some(90 * DAY)).await, Warning);
            assert_eq!(worst(later, None).await, Well, "the operator exchanges it");
            assert_eq!(worst(later.plus(275 * DAY), None).await, Warning);
        })
        .await;
    }
}
