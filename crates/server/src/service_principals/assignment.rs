//! Who was given which role of an application (Graph: appRoleAssignment).

use super::error::AssignError;
use super::service_principal::ServicePrincipal;
use crate::applications::{AppRole, MemberType};
use crate::changes::Kind;
use crate::platform::ids::{AppRoleId, AssignmentId, PrincipalId, ServicePrincipalId, TenantId};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use database::Timestamp;
use uuid::Uuid;

database::text_enum! {
    /// `principalType`
    pub enum PrincipalType {
        /// A member or guest.
        User = "User",
        /// A group: those who belong to it directly.
        Group = "Group",
        /// A program.
        ServicePrincipal = "ServicePrincipal",
    }
}

impl PrincipalType {
    /// The member type a role must allow.
    pub const fn member_type(self) -> MemberType {
        match self {
            // A group stands for its people.
            Self::User | Self::Group => MemberType::User,
            Self::ServicePrincipal => MemberType::Application,
        }
    }

    const fn kind(self) -> Kind {
        match self {
            Self::User => Kind::User,
            Self::Group => Kind::Group,
            Self::ServicePrincipal => Kind::ServicePrincipal,
        }
    }
}

/// One assignment, with the names of both sides.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct AppRoleAssignment {
    /// The tenant.
    pub tenant_id: TenantId,
    /// The id; on the wire it is opaque, see [`AppRoleAssignment::wire_id`].
    pub id: AssignmentId,
    /// Who was assigned.
    pub principal_id: PrincipalId,
    /// What that is.
    pub principal_type: PrincipalType,
    /// Its name.
    pub principal_display_name: String,
    /// The application.
    pub resource_id: ServicePrincipalId,
    /// Its name.
    pub resource_display_name: String,
    /// The role, all zero for none in particular.
    pub app_role_id: AppRoleId,
    /// `createdDateTime`
    pub created_at: Timestamp,
}

impl AppRoleAssignment {
    /// Who was assigned, as an object of the directory.
    pub const fn principal(&self) -> (Kind, Uuid) {
        (self.principal_type.kind(), self.principal_id.0)
    }

    /// The id as Graph writes it: not a UUID, so that nobody takes it for an object id.
    pub fn wire_id(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.id.0.as_bytes())
    }

    /// Reads what [`AppRoleAssignment::wire_id`] wrote.
    pub fn parse_wire_id(text: &str) -> Option<AssignmentId> {
        let bytes: [u8; 16] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
        Some(AssignmentId(Uuid::from_bytes(bytes)))
    }
}

/// Whether a role of `resource` can be given to a principal of this kind. The all-zero role is for resources that
/// declare none this kind could have.
pub(super) fn check_role(
    resource: &ServicePrincipal,
    role: AppRoleId,
    principal: PrincipalType,
) -> Result<(), AssignError> {
    let roles = resource.app_roles();
    let kind = principal.member_type();
    let fits = if role == AppRole::DEFAULT {
        !roles.iter().any(|declared| declared.is_usable_by(kind))
    } else {
        roles.iter().any(|declared| declared.id == role && declared.is_usable_by(kind))
    };
    if fits { Ok(()) } else { Err(AssignError::Role) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_opaque_ids_are_read() {
        let id = AssignmentId(Uuid::from_u128(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef));
        let text = URL_SAFE_NO_PAD.encode(id.0.as_bytes());
        assert_eq!(AppRoleAssignment::parse_wire_id(&text), Some(id));
        for other in ["", "AAAA", &id.0.to_string(), &format!("{text}A")] {
            assert_eq!(AppRoleAssignment::parse_wire_id(other), None, "{other}");
        }
    }
}
