//! What a grant is (Graph: oAuth2PermissionGrant).

use crate::platform::ids::{DelegatedGrantId, ServicePrincipalId, TenantId, UserId};
use crate::service_principals::ServicePrincipal;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use database::Timestamp;
use uuid::Uuid;

/// Most characters of the words of one grant.
pub const LONGEST: usize = 8 * 1024;

database::text_enum! {
    /// `consentType`
    pub enum ConsentType {
        /// For everybody of the tenant, guests included.
        Everybody = "AllPrincipals",
        /// For one person, who then stands in `principalId`.
        Person = "Principal",
    }
}

/// A grant, with the names of both sides.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct DelegatedGrant {
    /// The tenant.
    pub tenant_id: TenantId,
    /// The id; on the wire it is opaque, see [`DelegatedGrant::wire_id`].
    pub id: DelegatedGrantId,
    /// The app that may.
    pub client_id: ServicePrincipalId,
    /// Its name.
    pub client_display_name: String,
    /// For whom.
    pub consent_type: ConsentType,
    /// The one person, unless it is for everybody.
    pub principal_id: Option<UserId>,
    /// Where it may.
    pub resource_id: ServicePrincipalId,
    /// The name of that.
    pub resource_display_name: String,
    /// What it may: words between single blanks.
    pub scope: String,
    /// When it was granted first.
    pub created_at: Timestamp,
}

/// Why a grant is not shown, made or changed.
#[derive(Debug, thiserror::Error)]
pub enum GrantError {
    /// The caller may not do this.
    #[error("the caller may not do this")]
    Denied,
    /// There is no such grant, or none the caller may see.
    #[error("there is no grant '{0}'")]
    NotFound(String),
    /// A property that cannot have this value: its name, and what is wrong.
    #[error("{0}: {1}")]
    Invalid(&'static str, String),
    /// The app has a grant at this resource for these people already.
    #[error("there is such a grant already")]
    Exists,
    /// The database.
    #[error(transparent)]
    Storage(#[from] database::Error),
}

impl DelegatedGrant {
    /// The id as Graph writes it: not a UUID, so that nobody takes it for an object id.
    pub fn wire_id(&self) -> String {
        Self::write_id(self.id.0)
    }

    /// The same for an id of which the grant is not at hand, or is no more.
    pub fn write_id(id: Uuid) -> String {
        URL_SAFE_NO_PAD.encode(id.as_bytes())
    }

    /// Reads what [`DelegatedGrant::wire_id`] wrote.
    pub fn parse_wire_id(text: &str) -> Option<DelegatedGrantId> {
        Self::read_id(text).map(DelegatedGrantId)
    }

    /// Reads what [`DelegatedGrant::write_id`] wrote.
    pub fn read_id(text: &str) -> Option<Uuid> {
        let bytes: [u8; 16] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
        Some(Uuid::from_bytes(bytes))
    }
}

/// The words of a scope as they are stored: each once, as the resource spells it. Entra wrote a blank in front of them for
/// years, and programs still send it.
///
/// # Errors
/// When there is none, or one that the resource does not expose.
pub fn exposed_words(resource: &ServicePrincipal, scope: &str) -> Result<String, GrantError> {
    let refuse = |problem: String| Err(GrantError::Invalid("scope", problem));
    if scope.len() > LONGEST {
        return refuse(format!("it is longer than {LONGEST} characters"));
    }
    let exposed = resource.exposed_scopes();
    let mut words: Vec<&str> = Vec::new();
    for word in scope.split_ascii_whitespace() {
        let spelt = |value: &str| value == word || (resource.is_directory_api() && value.eq_ignore_ascii_case(word));
        let Some(found) = exposed.iter().find(|scope| scope.is_enabled && spelt(&scope.value)) else {
            return refuse(format!("'{}' exposes no permission '{word}'", resource.display_name));
        };
        if !words.contains(&found.value.as_str()) {
            words.push(&found.value);
        }
    }
    if words.is_empty() { refuse("it names no permission".to_owned()) } else { Ok(words.join(" ")) }
}

/// What is in `after` and not in `before`: words of two scopes.
pub fn added<'s>(before: &str, after: &'s str) -> Vec<&'s str> {
    let had: Vec<&str> = before.split_ascii_whitespace().collect();
    after.split_ascii_whitespace().filter(|word| !had.contains(word)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_opaque_ids_are_read() {
        let id = DelegatedGrantId(Uuid::from_u128(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef));
        let text = URL_SAFE_NO_PAD.encode(id.0.as_bytes());
        assert_eq!(DelegatedGrant::parse_wire_id(&text), Some(id));
        for other in ["", "AAAA", &id.0.to_string(), &format!("{text}A")] {
            assert_eq!(DelegatedGrant::parse_wire_id(other), None, "{other}");
        }
    }

    #[test]
    fn what_was_added_is_what_was_not_there() {
        assert_eq!(added("a b", "b c  d"), ["c", "d"]);
        assert_eq!(added("a b", "a"), Vec::<&str>::new());
    }
}
