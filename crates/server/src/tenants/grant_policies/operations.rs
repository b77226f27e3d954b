//! Making, changing and removing policies (Graph: create, update and delete permissionGrantPolicy).

use super::grant_policy::is_custom_id;
use super::{AssignedPolicy, ConditionSet, GrantPolicy, LONGEST_ID, MOST_POLICIES, MOST_SETS, Side, store};
use crate::Server;
use crate::audit::{self, Activity, Outcome, Target};
use crate::graph::{Caller, Error};
use crate::tenants::operations::{Part, check_may_change};
use crate::tenants::{ConsentPolicy, SettingsError, store as tenants};
use axum::http::StatusCode;
use database::Transaction;
use serde_json::{Value, json};
use sqlx::types::Json;
use uuid::Uuid;

/// Characters of a name or a description at most.
const LONGEST_TEXT: usize = 1024;

/// Why a policy is not made, changed or removed.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// The caller may not.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// There is no policy, or no set, with this id.
    #[error("there is no '{0}'")]
    NotFound(String),
    /// A policy that the server brings along.
    #[error("the policy belongs to the server")]
    BuiltIn,
    /// There is a policy with this id.
    #[error("there is such a policy already")]
    Exists,
    /// It is assigned to people.
    #[error("the policy is assigned to people")]
    Assigned,
    /// The database.
    #[error(transparent)]
    Storage(#[from] database::Error),
}

impl From<PolicyError> for Error {
    fn from(error: PolicyError) -> Self {
        match error {
            PolicyError::Settings(error) => error.into(),
            PolicyError::NotFound(id) => Self::not_found(id),
            PolicyError::BuiltIn => {
                Self::bad_request("The policy comes with the server. It can be neither changed nor removed.")
            }
            PolicyError::Exists => {
                let message = "Another policy has this id.";
                Self::new(StatusCode::CONFLICT, "Request_MultipleObjectsWithSameKeyValue", message).with_target("id")
            }
            PolicyError::Assigned => Self::bad_request(
                "The policy is assigned to people. Take it out of permissionGrantPoliciesAssigned first.",
            ),
            PolicyError::Storage(error) => error.into(),
        }
    }
}

/// A new policy.
#[derive(Debug, Clone)]
pub struct NewPolicy {
    /// `id`
    pub id: String,
    /// `displayName`
    pub display_name: String,
    /// `description`
    pub description: Option<String>,
}

/// What of a policy is to be changed.
#[derive(Debug, Clone, Default)]
pub struct PolicyChange {
    /// `displayName`
    pub display_name: Option<String>,
    /// `description`; `Some(None)` takes it away.
    pub description: Option<Option<String>>,
    /// The version that the policy must still have; `None` changes it as it is.
    pub of_version: Option<i64>,
}

/// Refuses whoever may not change policies of what people consent to.
pub fn check_may_write(caller: &Caller) -> Result<(), PolicyError> {
    Ok(check_may_change(caller, Part::GrantPolicies)?)
}

/// Whether there is a policy with this id that can be changed, for calls that look at the rest of what they were sent afterwards.
///
/// # Errors
/// `NotFound` and `BuiltIn`.
pub async fn check_exists(server: &Server, caller: &Caller, id: &str) -> Result<(), PolicyError> {
    check_may_write(caller)?;
    find(&mut server.read().await?, caller, id).await.map(drop)
}

/// Makes a policy that includes nothing yet.
pub async fn create(server: &Server, caller: &Caller, new: NewPolicy) -> Result<GrantPolicy, PolicyError> {
    check_may_write(caller)?;
    if !is_custom_id(&new.id) {
        let problem = format!(
            "it has 1 to {LONGEST_ID} letters, digits, hyphens, underscores and full stops, and begins not with microsoft-"
        );
        return Err(SettingsError::Invalid("id", problem).into());
    }
    let policy = GrantPolicy {
        id: new.id.to_lowercase(),
        display_name: text("displayName", new.display_name)?,
        description: new.description.map(|description| text("description", description)).transpose()?,
        includes: Json(Vec::new()),
        excludes: Json(Vec::new()),
        version: 1,
    };
    let mut tx = server.write().await?;
    if store::list(&mut tx, caller.tenant).await?.len() >= MOST_POLICIES {
        let problem = format!("an organization has at most {MOST_POLICIES} policies");
        return Err(SettingsError::Invalid("id", problem).into());
    }
    if !store::insert(&mut tx, caller.tenant, &policy).await? {
        return Err(PolicyError::Exists);
    }
    record(&mut tx, server, caller, Activity::AddGrantPolicy, (None, Some(&policy))).await?;
    tx.commit().await?;
    Ok(policy)
}

/// Changes the name and the description of a policy. Refused where it has another version than the change names.
pub async fn change(server: &Server, caller: &Caller, id: &str, change: PolicyChange) -> Result<(), PolicyError> {
    check_may_write(caller)?;
    let mut tx = server.write().await?;
    let before = find(&mut tx, caller, id).await?;
    if change.of_version.is_some_and(|version| version != before.version) {
        return Err(SettingsError::Changed.into());
    }
    let mut after = before.clone();
    if let Some(name) = change.display_name {
        after.display_name = text("displayName", name)?;
    }
    if let Some(description) = change.description {
        after.description = description.map(|description| text("description", description)).transpose()?;
    }
    write(&mut tx, server, caller, (&before, &after)).await?;
    Ok(tx.commit().await?)
}

/// Removes a policy that is assigned to nobody. Refused where it has another version than the caller has read.
pub async fn delete(server: &Server, caller: &Caller, id: &str, expected: Option<i64>) -> Result<(), PolicyError> {
    check_may_write(caller)?;
    let mut tx = server.write().await?;
    let policy = find(&mut tx, caller, id).await?;
    if let Some(version) = expected {
        // Written as it is, so that nobody changes it until it is gone.
        if policy.version != version || !store::update(&mut tx, caller.tenant, &policy).await? {
            return Err(SettingsError::Changed.into());
        }
    }
    // Whoever assigns it meanwhile waits, and then finds it gone.
    tenants::lock(&mut tx, caller.tenant).await?;
    let settings = tenants::get_settings(&mut tx, caller.tenant).await?;
    if settings.consent_policies.0.contains(&AssignedPolicy::Custom(policy.id.clone())) {
        return Err(PolicyError::Assigned);
    }
    if !store::delete(&mut tx, caller.tenant, &policy.id).await? {
        return Err(PolicyError::NotFound(id.to_owned()));
    }
    record(&mut tx, server, caller, Activity::DeleteGrantPolicy, (Some(&policy), None)).await?;
    Ok(tx.commit().await?)
}

/// Adds a set of conditions to one side of a policy.
pub async fn add_set(
    server: &Server,
    caller: &Caller,
    id: &str,
    (side, set): (Side, ConditionSet),
) -> Result<(), PolicyError> {
    check_may_write(caller)?;
    let mut tx = server.write().await?;
    let before = find(&mut tx, caller, id).await?;
    if before.sets(side).len() >= MOST_SETS {
        let problem = format!("a policy has at most {MOST_SETS} of them");
        return Err(SettingsError::Invalid("permissionType", problem).into());
    }
    let mut after = before.clone();
    after.sets_mut(side).push(set);
    write(&mut tx, server, caller, (&before, &after)).await?;
    Ok(tx.commit().await?)
}

/// Takes a set of conditions out of one side of a policy.
pub async fn remove_set(
    server: &Server,
    caller: &Caller,
    id: &str,
    (side, set): (Side, &str),
) -> Result<(), PolicyError> {
    check_may_write(caller)?;
    let missing = || PolicyError::NotFound(set.to_owned());
    let mut tx = server.write().await?;
    let before = find(&mut tx, caller, id).await?;
    let wanted: Uuid = set.parse().map_err(|_| missing())?;
    let mut after = before.clone();
    after.sets_mut(side).retain(|set| set.id != wanted);
    if after.sets(side).len() == before.sets(side).len() {
        return Err(missing());
    }
    write(&mut tx, server, caller, (&before, &after)).await?;
    Ok(tx.commit().await?)
}

/// The policy with this id, whose case does not matter.
async fn find(tx: &mut Transaction, caller: &Caller, id: &str) -> Result<GrantPolicy, PolicyError> {
    if !is_custom_id(id) {
        let is_ours = ConsentPolicy::ALL.iter().any(|policy| policy.id().eq_ignore_ascii_case(id));
        return Err(if is_ours { PolicyError::BuiltIn } else { PolicyError::NotFound(id.to_owned()) });
    }
    let found = store::find(tx, caller.tenant, &id.to_lowercase()).await?;
    found.ok_or_else(|| PolicyError::NotFound(id.to_owned()))
}

async fn write(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    (before, after): (&GrantPolicy, &GrantPolicy),
) -> Result<(), PolicyError> {
    if properties(before) == properties(after) {
        return Ok(());
    }
    if !store::update(tx, caller.tenant, after).await? {
        return Err(SettingsError::Changed.into());
    }
    record(tx, server, caller, Activity::UpdateGrantPolicy, (Some(before), Some(after))).await
}

async fn record(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    activity: Activity,
    (before, after): (Option<&GrantPolicy>, Option<&GrantPolicy>),
) -> Result<(), PolicyError> {
    let id = before.or(after).map_or("", |policy| policy.id.as_str());
    let nothing = || ["DisplayName", "Description", "Includes", "Excludes"].map(|name| (name, Value::Null));
    let [old, new] = [before, after].map(|policy| policy.map_or_else(nothing, properties));
    let changed = old.into_iter().zip(new).filter(|(old, new)| old != new);
    let target = changed.fold(Target::new("Policy", caller.tenant.0, id), |target, ((name, old), (_, new))| {
        target.change(name, old, new)
    });
    Ok(audit::record(tx, server, caller, activity, &Outcome::Success, &target, &[]).await?)
}

fn properties(policy: &GrantPolicy) -> [(&'static str, Value); 4] {
    [
        ("DisplayName", policy.display_name.clone().into()),
        ("Description", policy.description.clone().into()),
        ("Includes", json!(policy.includes.0)),
        ("Excludes", json!(policy.excludes.0)),
    ]
}

fn text(property: &'static str, text: String) -> Result<String, PolicyError> {
    let length = text.chars().count();
    if text.trim().is_empty() || length > LONGEST_TEXT {
        let problem = format!("it has 1 to {LONGEST_TEXT} characters");
        return Err(SettingsError::Invalid(property, problem).into());
    }
    Ok(text)
}
