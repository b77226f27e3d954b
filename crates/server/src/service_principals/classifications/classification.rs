//! What a classified permission is, and how Graph names it.

use crate::service_principals::ServicePrincipalError;
use crate::tenants::grant_policies::Classification;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

/// A permission that an app exposes, and how much risk an organisation sees in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Classified {
    /// `permissionId`: the id of the scope.
    pub permission_id: Uuid,
    /// `classification`
    pub classification: Classification,
}

/// Why a permission is not classified, or stays so.
#[derive(Debug, thiserror::Error)]
pub enum ClassifyError {
    /// The caller may not, or there is no such app.
    #[error(transparent)]
    Resource(#[from] ServicePrincipalError),
    /// The permission is not classified, or not so.
    #[error("there is no classification '{0}'")]
    NotFound(String),
    /// A property that cannot have this value: its name, and what is wrong.
    #[error("{0}: {1}")]
    Invalid(&'static str, String),
    /// The permission is classified already.
    #[error("the permission is classified already")]
    Exists,
    /// The database.
    #[error(transparent)]
    Storage(#[from] database::Error),
}

impl Classified {
    /// The id as Entra writes it: the permission, least significant bytes of its parts first, and the number of the classification.
    /// It is unique among those of one app.
    pub fn wire_id(&self) -> String {
        let bytes: Vec<u8> =
            self.permission_id.to_bytes_le().into_iter().chain([number(self.classification)]).collect();
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads what [`Classified::wire_id`] wrote.
    pub fn parse_wire_id(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (last, id) = bytes.split_last()?;
        let permission_id = Uuid::from_bytes_le(id.try_into().ok()?);
        let classification = Classification::ALL.iter().copied().find(|known| number(*known) == *last)?;
        Some(Self { permission_id, classification })
    }
}

/// The value of the member (Graph: permissionClassificationType).
const fn number(classification: Classification) -> u8 {
    match classification {
        Classification::Low => 1,
        Classification::Medium => 2,
        Classification::High => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_those_that_entra_writes() {
        let user_read = Uuid::from_u128(0xe1fe_6dd8_ba31_4d61_89e7_8863_9da4_683d);
        let low = Classified { permission_id: user_read, classification: Classification::Low };
        assert_eq!(low.wire_id(), "2G3-4TG6YU2J54hjnaRoPQE");
        for classification in Classification::ALL.iter().copied() {
            let classified = Classified { classification, ..low };
            assert_eq!(Classified::parse_wire_id(&classified.wire_id()), Some(classified));
        }
        let none = URL_SAFE_NO_PAD.encode([0_u8; 17]);
        for other in ["", "2G3-4TG6YU2J54hjnaRoPQ", "2G3-4TG6YU2J54hjnaRoPQEA", &none, &user_read.to_string()] {
            assert_eq!(Classified::parse_wire_id(other), None, "{other}");
        }
    }
}
