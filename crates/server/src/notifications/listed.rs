//! Subscriptions as a list shows them: with the names of whoever made them.

use super::subscription::Subscription;
use crate::changes::Kind;
use crate::platform::ids::{ApplicationId, ServicePrincipalId, SubscriptionId};
use serde::{Deserialize, Serialize};

/// Which subscriptions are listed. What is absent does not limit.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter {
    /// Whether their address could not be told last.
    pub is_failing: Option<bool>,
    /// The kind of object that they are about.
    pub kind: Option<Kind>,
}

/// A subscription with what stands in other tables.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Listed {
    /// The subscription.
    #[sqlx(flatten)]
    pub subscription: Subscription,
    /// The name of the app it was made with, as long as the app is here.
    pub app_name: Option<String>,
    /// The registration of that app, where it is in this tenant.
    pub registration_id: Option<ApplicationId>,
    /// That app as it stands in the tenant.
    pub principal_id: Option<ServicePrincipalId>,
    /// The name of the person who made it, as long as they are here.
    pub person_name: Option<String>,
}

/// Where a page of the list begins: those that end first come first.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Place {
    pub(super) expires_at: i64,
    pub(super) id: SubscriptionId,
}

impl From<&Listed> for Place {
    fn from(listed: &Listed) -> Self {
        let Subscription { expires_at, id, .. } = &listed.subscription;
        Self { expires_at: expires_at.microseconds(), id: *id }
    }
}
