//! Delegated permissions an application exposes to other applications (Graph: permissionScope).

use super::app_role::{Origin, is_token_word};
use super::error::{Invalid, check_explanation, check_text};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use uuid::Uuid;

database::text_enum! {
    /// Who may grant a scope.
    #[derive(Default)]
    pub enum ScopeKind {
        /// The person it is about.
        #[default]
        User = "User",
        /// An administrator only.
        Admin = "Admin",
    }
}

/// A scope, as it is stored and as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExposedScope {
    /// Named by the applications that want it.
    pub id: Uuid,
    /// What requests and tokens say in `scope`.
    pub value: String,
    /// Who may grant it.
    #[serde(default, rename = "type")]
    pub kind: ScopeKind,
    /// Whether it can be asked for.
    #[serde(default = "enabled")]
    pub is_enabled: bool,
    /// Its title for administrators.
    #[serde(default)]
    pub admin_consent_display_name: Option<String>,
    /// Its explanation for administrators.
    #[serde(default)]
    pub admin_consent_description: Option<String>,
    /// Its title for the person it is about.
    #[serde(default)]
    pub user_consent_display_name: Option<String>,
    /// Its explanation for the person it is about.
    #[serde(default)]
    pub user_consent_description: Option<String>,
    /// Where it was declared.
    #[serde(default)]
    pub origin: Origin,
}

const fn enabled() -> bool {
    true
}

const PROPERTY: &str = "api.oauth2PermissionScopes";

/// Titles are shown to whoever is asked, in the words of the application; empty ones are none.
fn check_texts(scope: &ExposedScope) -> Result<(), Invalid> {
    let titles = [&scope.admin_consent_display_name, &scope.user_consent_display_name];
    for title in titles.into_iter().flatten().filter(|title| !title.trim().is_empty()) {
        check_text(PROPERTY, title)?;
    }
    for explanation in [&scope.admin_consent_description, &scope.user_consent_description] {
        check_explanation(PROPERTY, explanation.as_deref())?;
    }
    Ok(())
}

/// Checks the scopes an application wants to expose against each other and against those it exposes now.
pub(super) fn check(scopes: &[ExposedScope], before: &[ExposedScope]) -> Result<(), Invalid> {
    let refuse = |problem: String| Err(Invalid { property: PROPERTY, problem });
    let (mut ids, mut values) = (HashSet::new(), HashSet::new());
    for scope in scopes {
        if scope.id.is_nil() || !ids.insert(scope.id) {
            return refuse(format!("the id '{}' is all zero, or stands more than once", scope.id));
        }
        if !is_token_word(&scope.value) {
            return refuse(format!("'{}' has other characters than RFC 6749 allows in a scope", scope.value));
        }
        if !values.insert(&scope.value) {
            return refuse(format!("the value '{}' stands more than once", scope.value));
        }
    }
    for scope in scopes.iter().filter(|scope| !before.contains(scope)) {
        check_texts(scope)?;
    }
    match before.iter().find(|scope| scope.is_enabled && !ids.contains(&scope.id)) {
        Some(scope) => refuse(format!("'{}' must be disabled (isEnabled: false) before it is removed", scope.value)),
        None => Ok(()),
    }
}
