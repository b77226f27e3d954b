//! A role that somebody holds, as an object of its own (Graph: unifiedRoleAssignment).

use crate::graph::Role;
use crate::platform::ids::{PrincipalId, RoleId};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

/// Who holds which role. Its id is made of both, so that it is the same whenever the same role is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoleAssignment {
    /// The principal.
    pub principal: PrincipalId,
    /// The role.
    pub role: Role,
}

impl RoleAssignment {
    /// The id on the wire: opaque to callers.
    pub fn id(self) -> String {
        URL_SAFE_NO_PAD.encode([self.role.id().0.as_bytes().as_slice(), self.principal.0.as_bytes()].concat())
    }

    /// Reads what [`RoleAssignment::id`] wrote; whether it is held is another question.
    pub fn parse(id: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(id).ok()?;
        let (role, principal) = bytes.split_first_chunk::<16>()?;
        let principal: [u8; 16] = principal.try_into().ok()?;
        let role = Role::from_id(RoleId(Uuid::from_bytes(*role)))?;
        Some(Self { principal: PrincipalId(Uuid::from_bytes(principal)), role })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_names_one_role_of_one_principal() {
        for role in Role::ALL.iter().copied() {
            let assignment = RoleAssignment { principal: PrincipalId(Uuid::from_u128(7)), role };
            assert_eq!(RoleAssignment::parse(&assignment.id()), Some(assignment));
        }
        let unknown = URL_SAFE_NO_PAD.encode([1; 32]);
        for id in ["", "x", "AAAA", unknown.as_str(), "%"] {
            assert_eq!(RoleAssignment::parse(id), None, "{id}");
        }
    }
}
