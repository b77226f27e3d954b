//! Sets of conditions, in words.

use crate::platform::ids::{ClientId, TenantId};
use crate::service_principals::{self, ServicePrincipal};
use crate::tenants::grant_policies::{Classification, ConditionSet, GrantPolicy, PermissionType, Side};
use database::{Result, Transaction};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use uuid::Uuid;

/// Apps and permissions of a set that are named; of further ones the number is told.
const NAMED: usize = 5;

/// A set as the page tells it.
#[derive(Debug)]
pub(super) struct Told {
    /// How a form names the set: its side and its id.
    pub(super) key: String,
    /// The apps that want something.
    pub(super) clients: String,
    /// Whose permissions they want.
    pub(super) resource: String,
    /// The permissions.
    pub(super) permissions: String,
    /// Where the apps are registered, as far as that is not said yet, what risk the organisation sees in the permissions, and conditions
    /// that only programs write, each with whether anything here meets it.
    pub(super) further: Vec<&'static str>,
}

/// The apps that were looked up for one page.
#[derive(Debug, Default)]
pub(super) struct Known(HashMap<ClientId, Option<ServicePrincipal>>);

impl Known {
    async fn find(
        &mut self,
        tx: &mut Transaction,
        tenant: TenantId,
        client: ClientId,
    ) -> Result<Option<&ServicePrincipal>> {
        let found = match self.0.entry(client) {
            Entry::Occupied(found) => found.into_mut(),
            Entry::Vacant(place) => place.insert(service_principals::store::find_by_client(tx, tenant, client).await?),
        };
        Ok(found.as_ref())
    }

    /// The name of an app, or its id where it is not here.
    async fn name(&mut self, tx: &mut Transaction, tenant: TenantId, client: ClientId) -> Result<String> {
        let found = self.find(tx, tenant, client).await?;
        Ok(found.map_or_else(|| client.to_string(), |app| app.display_name.clone()))
    }
}

/// The sets of one side of a rule.
pub(super) async fn told(
    tx: &mut Transaction,
    tenant: TenantId,
    (rule, side): (&GrantPolicy, Side),
    known: &mut Known,
) -> Result<Vec<Told>> {
    let mut sets = Vec::new();
    for set in rule.sets(side) {
        let resource = match set.resource {
            Some(client) => known.name(tx, tenant, client).await?,
            None => "Anywhere".to_owned(),
        };
        sets.push(Told {
            key: format!("{side}.{}", set.id),
            clients: clients(tx, tenant, set, known).await?,
            resource,
            permissions: permissions(tx, tenant, (set, side), known).await?,
            further: further(tenant, (set, side)),
        });
    }
    Ok(sets)
}

async fn clients(tx: &mut Transaction, tenant: TenantId, set: &ConditionSet, known: &mut Known) -> Result<String> {
    let Some(clients) = &set.clients else { return Ok("Any app".to_owned()) };
    let mut names = Vec::new();
    for client in clients.iter().take(NAMED) {
        names.push(known.name(tx, tenant, *client).await?);
    }
    Ok(joined(&names, ", ", clients.len()))
}

async fn permissions(
    tx: &mut Transaction,
    tenant: TenantId,
    (set, side): (&ConditionSet, Side),
    known: &mut Known,
) -> Result<String> {
    let Some(ids) = &set.permissions else {
        let all = match side {
            Side::Includes => "Everything that needs no administrator",
            Side::Excludes => "Everything",
        };
        return Ok(all.to_owned());
    };
    let resource = match set.resource {
        Some(client) => known.find(tx, tenant, client).await?,
        None => None,
    };
    let scopes = resource.map(ServicePrincipal::exposed_scopes).unwrap_or_default();
    let name = |id: &Uuid| {
        let scope = scopes.iter().find(|scope| scope.id == *id);
        scope.map_or_else(|| id.to_string(), |scope| scope.value.clone())
    };
    let names: Vec<String> = ids.iter().take(NAMED).map(name).collect();
    Ok(joined(&names, " ", ids.len()))
}

/// The names, and how many there are beyond them.
fn joined(names: &[String], between: &str, of: usize) -> String {
    let text = names.join(between);
    match of.saturating_sub(names.len()) {
        0 => text,
        others => format!("{text} and {others} more"),
    }
}

/// How the permissions have to be classified.
const fn risk(classification: Classification) -> &'static str {
    match classification {
        Classification::Low => "Only what is of low risk.",
        Classification::Medium => "Only what is of medium risk.",
        Classification::High => "Only what is of high risk.",
    }
}

/// What else has to be met, and whether apps of other organisations meet it. Nobody verified a publisher.
fn further(tenant: TenantId, (set, side): (&ConditionSet, Side)) -> Vec<&'static str> {
    let registered = match set.tenants.as_deref() {
        // Who reads that people may let in any app would not think of these.
        None if side == Side::Includes && set.clients.is_none() => Some("Those of other organisations, too."),
        None => None,
        Some([only]) if *only == tenant => Some("Registered in this organisation."),
        Some(tenants) if tenants.contains(&tenant) => Some("Registered in this organisation, or in certain others."),
        Some(_) => Some("Registered in certain other organisations."),
    };
    let others = [
        (
            set.permission_type == PermissionType::Application,
            "For programs by themselves, which nobody grants for themselves.",
        ),
        (set.publishers.is_some(), "Of certain publishers: no app is."),
        (set.verified_publishers_only, "Of verified publishers: no app is."),
    ];
    let others = others.into_iter().filter(|(is_so, _)| *is_so).map(|(_, text)| text);
    registered.into_iter().chain(set.classification.map(risk)).chain(others).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_names_some_are_told_and_the_others_counted() {
        let names = ["a".to_owned(), "b".to_owned()];
        assert_eq!(joined(&names, ", ", 2), "a, b");
        assert_eq!(joined(&names, " ", 7), "a b and 5 more");
    }

    #[test]
    fn where_apps_are_registered_and_what_none_meets_is_said() {
        let own = TenantId(Uuid::from_u128(1));
        let plain = ConditionSet {
            id: Uuid::from_u128(9),
            permission_type: PermissionType::Delegated,
            resource: None,
            permissions: None,
            classification: None,
            clients: None,
            tenants: None,
            publishers: None,
            verified_publishers_only: false,
        };
        let told = |set: &ConditionSet, side| further(own, (set, side));
        assert_eq!(told(&plain, Side::Includes), ["Those of other organisations, too."]);
        assert!(told(&plain, Side::Excludes).is_empty());
        let named = ConditionSet { clients: Some(vec![ClientId(Uuid::from_u128(5))]), ..plain.clone() };
        assert!(told(&named, Side::Includes).is_empty());
        let here = ConditionSet { tenants: Some(vec![own]), ..plain.clone() };
        assert_eq!(told(&here, Side::Includes), ["Registered in this organisation."]);
        let several = ConditionSet { tenants: Some(vec![TenantId(Uuid::from_u128(2)), own]), ..plain.clone() };
        assert_eq!(told(&several, Side::Includes), ["Registered in this organisation, or in certain others."]);
        let low = ConditionSet { classification: Some(Classification::Low), ..plain.clone() };
        assert_eq!(told(&low, Side::Excludes), ["Only what is of low risk."]);
        let none = ConditionSet {
            permission_type: PermissionType::Application,
            tenants: Some(vec![TenantId(Uuid::from_u128(2))]),
            publishers: Some(vec!["1234567".to_owned()]),
            verified_publishers_only: true,
            ..plain
        };
        let told = told(&none, Side::Includes);
        assert_eq!((told.len(), told[0]), (4, "Registered in certain other organisations."));
    }

    #[test]
    fn sides_are_found_by_their_names() {
        assert_eq!(Side::parse("includes"), Some(Side::Includes));
        assert_eq!(Side::parse("excludes"), Some(Side::Excludes));
        assert_eq!(Side::parse(""), None);
    }
}
