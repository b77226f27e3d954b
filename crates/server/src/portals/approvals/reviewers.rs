//! Who answers, in words: those whom the policy names, and those whom somebody means by what was typed.

use super::policy_form::PolicyForm;
use crate::consent_requests::{MOST_REVIEWERS, Reviewer};
use crate::graph::Role;
use crate::platform::ids::TenantId;
use crate::portals::failure::Failure;
use crate::users::operations::{NotOne, find_by_address};
use crate::{groups, users};
use database::{Result, Transaction};

/// One of those who answer.
#[derive(Debug, Clone)]
pub(super) struct Named {
    /// How the policy names them.
    pub(super) query: String,
    /// Their name.
    pub(super) name: String,
    /// What they are.
    pub(super) kind: &'static str,
    /// What tells them apart from others of the name.
    pub(super) detail: String,
}

/// Those whom these queries name, in their order. Who was removed, or is a guest by now, answers nothing and is left out.
pub(super) async fn named(tx: &mut Transaction, tenant: TenantId, queries: &[String]) -> Result<Vec<Named>> {
    let mut found = Vec::with_capacity(queries.len());
    for query in queries {
        found.extend(one(tx, tenant, query).await?);
    }
    Ok(found)
}

async fn one(tx: &mut Transaction, tenant: TenantId, query: &str) -> Result<Option<Named>> {
    let found = match Reviewer::parse(query) {
        Some(Reviewer::User(id)) => {
            let user = users::store::find(tx, tenant, id).await?.filter(|user| !user.is_guest());
            user.map(|user| ("Member", user.display_name, user.user_principal_name))
        }
        Some(Reviewer::Group(id)) => {
            let group = groups::store::find(tx, tenant, id).await?;
            group.map(|group| ("Group", group.display_name, group.description.unwrap_or_default()))
        }
        Some(Reviewer::Role(role)) => Some(("Role", role.name().to_owned(), "whoever holds it".to_owned())),
        None => None,
    };
    Ok(found.map(|(kind, name, detail)| Named { query: query.to_owned(), name, kind, detail }))
}

/// Those whom somebody adds: a role that was chosen, people by a name or an address, groups by their whole name.
pub(super) async fn added(
    tx: &mut Transaction,
    tenant: TenantId,
    form: &PolicyForm,
) -> std::result::Result<Vec<Reviewer>, Failure> {
    let mut found = Vec::new();
    if !form.role.is_empty() {
        let role = Role::from_slug(&form.role);
        found.push(Reviewer::Role(role.ok_or_else(|| mistake("role", "Choose one of the roles.".to_owned()))?));
    }
    if form.lines().count() > MOST_REVIEWERS {
        return Err(mistake("added", format!("At most {MOST_REVIEWERS} can answer.")));
    }
    for line in form.lines() {
        found.push(meant(tx, tenant, line).await?);
    }
    Ok(found)
}

/// Whom one line means.
async fn meant(tx: &mut Transaction, tenant: TenantId, who: &str) -> std::result::Result<Reviewer, Failure> {
    let problem = match find_by_address(tx, tenant, who).await {
        Ok(user) if user.is_guest() => format!("{who} is a guest. Guests answer no requests."),
        Ok(user) => return Ok(Reviewer::User(user.id)),
        Err(NotOne::Storage(error)) => return Err(error.into()),
        Err(NotOne::Several) => format!("Several people have the address {who}; use the name they have here."),
        Err(NotOne::Nobody | NotOne::Form(_)) => {
            match groups::operations::with_name(tx, tenant, who).await?.as_slice() {
                [only] => return Ok(Reviewer::Group(only.id)),
                [] => format!("Nobody here has the address {who}, and no group is called so."),
                _ => format!("Several groups are called {who}."),
            }
        }
    };
    Err(mistake("added", problem))
}

fn mistake(field: &'static str, problem: String) -> Failure {
    Failure::Mistake(field, problem)
}
