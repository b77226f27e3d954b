//! Reading and changing the policy (Graph: adminConsentRequestPolicy).

use super::ask::MOST_OPEN;
use crate::Server;
use crate::audit::{self, Activity, Outcome, Target};
use crate::consent_requests::policy::{MOST_DAYS, MOST_REVIEWERS, Policy, Reviewer};
use crate::consent_requests::{DecideError, policy_store, store};
use crate::graph::{Caller, Permission, Role};
use crate::{groups, tenants, users};
use database::Transaction;
use serde_json::{Value, json};
use sqlx::types::Json;

/// What lets a caller read the policy (Graph: get adminConsentRequestPolicy).
const READ: [Permission; 4] = [
    Permission::PolicyReadAll,
    Permission::PolicyReadWriteConsentRequest,
    Permission::DirectoryReadAll,
    Permission::DirectoryReadWriteAll,
];
/// What lets a caller change it (Graph: update adminConsentRequestPolicy).
const WRITE: [Permission; 2] = [Permission::PolicyReadWriteConsentRequest, Permission::DirectoryReadWriteAll];
/// Who changes it beside Global Administrators.
const ROLES: [Role; 2] = [Role::ApplicationAdministrator, Role::CloudApplicationAdministrator];

/// The whole policy as it is to be; the version is the one it has now, where it was named.
#[derive(Debug, Clone)]
pub struct PolicyChange {
    /// `isEnabled`
    pub is_enabled: bool,
    /// `notifyReviewers`
    pub notifies_reviewers: bool,
    /// `remindersEnabled`
    pub has_reminders: bool,
    /// `requestDurationInDays`
    pub duration_days: i64,
    /// The queries of `reviewers`.
    pub reviewers: Vec<String>,
    /// `version`
    pub of_version: Option<i64>,
}

/// The policy, for programs with the permission and for people who hold a role.
pub async fn get_policy(server: &Server, caller: &Caller) -> Result<Policy, DecideError> {
    if !caller.has_any(&READ) || !(caller.is_application() || caller.holds_any(Role::ALL)) {
        return Err(DecideError::Denied);
    }
    let mut tx = server.read().await?;
    Ok(policy_store::get(&mut tx, caller.tenant).await?)
}

/// Refuses whoever may not change the policy.
pub fn check_may_change_policy(caller: &Caller) -> Result<(), DecideError> {
    if caller.may(&WRITE, &ROLES) { Ok(()) } else { Err(DecideError::Denied) }
}

/// How many requests wait that reviewers see, for whoever may change the policy.
pub async fn count_waiting(server: &Server, caller: &Caller) -> Result<usize, DecideError> {
    check_may_change_policy(caller)?;
    let mut tx = server.read().await?;
    Ok(store::list_all_open(&mut tx, caller.tenant, MOST_OPEN).await?.len())
}

/// Replaces the policy; it holds from the next request on. What waits already lapses when it was going to.
///
/// # Errors
/// `Invalid` names what makes no sense; `Changed` if it has another version than was named.
pub async fn change_policy(server: &Server, caller: &Caller, change: PolicyChange) -> Result<(), DecideError> {
    check_may_change_policy(caller)?;
    let mut tx = server.write().await?;
    let before = policy_store::get(&mut tx, caller.tenant).await?;
    if change.of_version.is_some_and(|version| version != before.version) {
        return Err(DecideError::Changed);
    }
    check(&mut tx, caller, &change).await?;
    let after = Policy {
        is_enabled: change.is_enabled,
        notifies_reviewers: change.notifies_reviewers,
        has_reminders: change.has_reminders,
        duration_days: change.duration_days,
        reviewers: Json(change.reviewers),
        version: before.version,
    };
    if !policy_store::put(&mut tx, caller.tenant, &after).await? {
        return Err(DecideError::Changed);
    }
    let tenant = tenants::store::find(&mut tx, caller.tenant).await?.ok_or(database::Error::NotFound)?;
    let changed = properties(&before).into_iter().zip(properties(&after)).filter(|(old, new)| old != new);
    let target = Target::new("Policy", tenant.id.0, "Admin Consent Request Policy");
    let target = changed.fold(target, |target, ((name, old), (_, new))| target.change(name, old, new));
    let activity = Activity::UpdateConsentRequestPolicy;
    audit::record(&mut tx, server, caller, activity, &Outcome::Success, &target, &[]).await?;
    Ok(tx.commit().await?)
}

fn properties(policy: &Policy) -> [(&'static str, Value); 5] {
    [
        ("IsEnabled", policy.is_enabled.into()),
        ("NotifyReviewers", policy.notifies_reviewers.into()),
        ("RemindersEnabled", policy.has_reminders.into()),
        ("RequestDurationInDays", policy.duration_days.into()),
        ("Reviewers", json!(policy.reviewers.0)),
    ]
}

async fn check(tx: &mut Transaction, caller: &Caller, change: &PolicyChange) -> Result<(), DecideError> {
    let invalid = |property, problem: String| Err(DecideError::Invalid(property, problem));
    let shortest = i64::from(change.is_enabled);
    if !(shortest..=MOST_DAYS).contains(&change.duration_days) {
        return invalid("requestDurationInDays", format!("it must be between 1 and {MOST_DAYS} days"));
    }
    if change.reviewers.len() > MOST_REVIEWERS {
        return invalid("reviewers", format!("at most {MOST_REVIEWERS} are possible"));
    }
    if change.is_enabled && change.reviewers.is_empty() {
        return invalid("reviewers", "without any nobody would answer".to_owned());
    }
    for query in &change.reviewers {
        let Some(reviewer) = Reviewer::parse(query) else {
            let forms = "/users/{id}, /groups/{id}/transitiveMembers or \
                         /roleManagement/directory/roleAssignments?$filter=roleDefinitionId eq '{id}'";
            return invalid("reviewers", format!("'{query}' is none of {forms}"));
        };
        if !exists(tx, caller, reviewer).await? {
            return invalid("reviewers", format!("'{query}' names no member and no group of the organization"));
        }
    }
    Ok(())
}

/// Whether the query names somebody; a guest reviews nothing.
async fn exists(tx: &mut Transaction, caller: &Caller, reviewer: Reviewer) -> database::Result<bool> {
    Ok(match reviewer {
        Reviewer::User(id) => users::store::find(tx, caller.tenant, id).await?.is_some_and(|user| !user.is_guest()),
        Reviewer::Group(id) => groups::store::find(tx, caller.tenant, id).await?.is_some(),
        Reviewer::Role(_) => true,
    })
}
