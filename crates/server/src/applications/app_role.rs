//! Roles an application declares for its users and clients (Graph: appRole).

use super::error::Invalid;
use crate::platform::ids::AppRoleId;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use uuid::Uuid;

database::text_enum! {
    /// Who may be given a role.
    pub enum MemberType {
        /// People.
        User = "User",
        /// Programs.
        Application = "Application",
    }
}

database::text_enum! {
    /// Where a role or scope was declared.
    #[derive(Default)]
    pub enum Origin {
        /// In the registration of the application.
        #[default]
        Application = "Application",
    }
}

/// A role, as it is stored and as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AppRole {
    /// Named by assignments; chosen by whoever registers the application.
    pub id: AppRoleId,
    /// What tokens say in `roles`; a role without it can be assigned but is not told to the application.
    #[serde(default)]
    pub value: Option<String>,
    /// Shown where the role is chosen.
    pub display_name: String,
    /// What one may do with it.
    #[serde(default)]
    pub description: Option<String>,
    /// Who may be given it.
    pub allowed_member_types: Vec<MemberType>,
    /// Whether it can be assigned and is written into tokens.
    #[serde(default = "enabled")]
    pub is_enabled: bool,
    /// Where it was declared.
    #[serde(default)]
    pub origin: Origin,
}

const fn enabled() -> bool {
    true
}

impl AppRole {
    /// The role of an assignment that names none: the all-zero id.
    pub const DEFAULT: AppRoleId = AppRoleId(Uuid::nil());

    /// What a role that somebody was given is called. One that is declared no longer gives nothing, and must not look like the
    /// access of those who were given no role in particular.
    pub fn name_of(declared: &[Self], id: AppRoleId) -> String {
        if id == Self::DEFAULT {
            return "Default access".to_owned();
        }
        let role = declared.iter().find(|role| role.id == id);
        role.map_or_else(|| "A role that is no more".to_owned(), |role| role.display_name.clone())
    }

    /// Whether principals of this kind can be given it now.
    pub fn is_usable_by(&self, kind: MemberType) -> bool {
        self.is_enabled && self.allowed_member_types.contains(&kind)
    }
}

/// Whether a text may stand in a space-separated list of a token (RFC 6749 section 3.3, scope-token).
pub(super) fn is_token_word(text: &str) -> bool {
    let in_range = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\');
    (1..=120).contains(&text.len()) && text.bytes().all(in_range)
}

/// Checks the roles an application wants to declare against each other and against those it declares now.
pub(super) fn check(roles: &[AppRole], before: &[AppRole]) -> Result<(), Invalid> {
    const PROPERTY: &str = "appRoles";
    let refuse = |problem: String| Err(Invalid { property: PROPERTY, problem });
    let (mut ids, mut values) = (HashSet::new(), HashSet::new());
    for role in roles {
        if role.id == AppRole::DEFAULT || !ids.insert(role.id) {
            return refuse(format!("the id '{}' is all zero, or stands more than once", role.id));
        }
        super::error::check_text(PROPERTY, &role.display_name)?;
        if !before.contains(role) {
            super::error::check_explanation(PROPERTY, role.description.as_deref())?;
        }
        if role.allowed_member_types.is_empty() {
            return refuse(format!("allowedMemberTypes of '{}' is empty", role.display_name));
        }
        let Some(value) = &role.value else { continue };
        if !is_token_word(value) {
            return refuse(format!("'{value}' has other characters than RFC 6749 allows in a scope, or is too long"));
        }
        if !values.insert(value) {
            return refuse(format!("the value '{value}' stands more than once"));
        }
    }
    match before.iter().find(|role| role.is_enabled && !ids.contains(&role.id)) {
        Some(role) => {
            refuse(format!("'{}' must be disabled (isEnabled: false) before it is removed", role.display_name))
        }
        None => Ok(()),
    }
}
