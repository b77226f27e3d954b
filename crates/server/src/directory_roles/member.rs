//! A user, as far as roles concern them.

use crate::graph::Role;
use crate::platform::ids::{TenantId, UserId};
use sqlx::types::Json;
use uuid::{Builder, Uuid};

/// A user who holds a role or is to hold one. What stands here is what the API writes of a user when nothing is selected, and
/// whether they are a guest: whoever may read roles may know it, whatever else they may read.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Member {
    /// `id`
    pub id: UserId,
    /// `userPrincipalName`
    pub user_principal_name: String,
    /// `displayName`
    pub display_name: String,
    /// `givenName`
    pub given_name: Option<String>,
    /// `surname`
    pub surname: Option<String>,
    /// `mail`
    pub mail: Option<String>,
    /// `jobTitle`
    pub job_title: Option<String>,
    /// `mobilePhone`
    pub mobile_phone: Option<String>,
    /// `officeLocation`
    pub office_location: Option<String>,
    /// `preferredLanguage`
    pub preferred_language: Option<String>,
    /// `businessPhones`
    pub business_phones: Json<Vec<String>>,
    /// `userType`
    pub user_type: String,
}

impl Member {
    /// Whether `userType` is `Guest`.
    pub fn is_guest(&self) -> bool {
        self.user_type == "Guest"
    }
}

/// The object id of a role in a tenant. The template is the same everywhere, its role in a tenant is an object of that tenant
/// (Graph: directoryRole); the id is derived, so that no row has to hold it.
pub fn object_id(tenant: TenantId, role: Role) -> Uuid {
    let text = [b"directory role".as_slice(), tenant.0.as_bytes(), role.id().0.as_bytes()].concat();
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &text);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.as_ref()[..16]);
    Builder::from_custom_bytes(bytes).into_uuid()
}
