//! What an application says it needs of others (Graph: requiredResourceAccess). It grants nothing.

use super::error::Invalid;
use crate::platform::ids::ClientId;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use uuid::Uuid;

database::text_enum! {
    /// The form of a permission.
    pub enum AccessKind {
        /// Delegated: on behalf of a signed-in person.
        Scope = "Scope",
        /// Of the application itself.
        Role = "Role",
    }
}

/// What is needed of one resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RequiredResourceAccess {
    /// The client id of the resource.
    pub resource_app_id: ClientId,
    /// The permissions.
    pub resource_access: Vec<ResourceAccess>,
}

/// One permission that is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResourceAccess {
    /// The id of the scope or role.
    pub id: Uuid,
    /// Which of the two it is.
    #[serde(rename = "type")]
    pub kind: AccessKind,
}

/// Refuses a list that names a resource twice.
pub(super) fn check(required: &[RequiredResourceAccess]) -> Result<(), Invalid> {
    let mut resources = HashSet::new();
    match required.iter().find(|entry| !resources.insert(entry.resource_app_id)) {
        Some(entry) => Err(Invalid {
            property: "requiredResourceAccess",
            problem: format!("the resource '{}' stands more than once", entry.resource_app_id),
        }),
        None => Ok(()),
    }
}
