//! What somebody can answer for.

use crate::changes::Kind;
use crate::platform::ids::{ApplicationId, ServicePrincipalId};
use uuid::Uuid;

/// A registration or a service principal, as something that has owners.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owned {
    /// Which of the two.
    pub kind: Kind,
    /// Its object id.
    pub id: Uuid,
}

impl From<ApplicationId> for Owned {
    fn from(id: ApplicationId) -> Self {
        Self { kind: Kind::Application, id: id.0 }
    }
}

impl From<ServicePrincipalId> for Owned {
    fn from(id: ServicePrincipalId) -> Self {
        Self { kind: Kind::ServicePrincipal, id: id.0 }
    }
}
